//! Looks for what must stay secret in all that a language prints.

use serde_json::Value;

/// The key of every client. Neither it nor a piece of it may be printed.
pub(crate) const KEY: &str = "apk_user_Kn4rIenV0gelQz7wXy2LpD5tGb8sHj3m";

/// What stands at the start of every key of the kind, and gives nobody away.
const KIND: &str = "apk_user_";

/// How long a piece is that gives a key away.
const PIECE: usize = 8;

/// What was read, and what was found in it.
#[derive(Default)]
pub(crate) struct Canary {
    pub(crate) texts: usize,
    pub(crate) bytes: usize,
    pub(crate) hits: usize,
    /// Words that no log may hold.
    hidden: Vec<String>,
}

impl Canary {
    /// Reads an answer: all of it but for fields that one asks for by name, which are as the service sent them.
    pub(crate) fn answer(&mut self, answer: &Value, hidden: &[String]) -> Result<(), String> {
        self.hidden
            .extend(hidden.iter().filter(|word| !self.hidden.contains(word)).cloned().collect::<Vec<_>>());
        let mut printed = answer.clone();
        for name in ["value", "rows", "next"] {
            printed.as_object_mut().map(|members| members.remove(name));
        }
        if let Some(error) = printed.get_mut("error").and_then(Value::as_object_mut) {
            error.remove("body");
        }
        let mut texts = Vec::new();
        strings(&printed, String::new(), &mut texts);
        for (place, text) in texts {
            self.read(&text, hidden).map_err(|what| format!("{place} holds {what}: {text}"))?;
        }
        Ok(())
    }

    /// Reads a log, which must hold none of the words that any scenario hides.
    pub(crate) fn log(&mut self, log: &str) -> Result<(), String> {
        let hidden = std::mem::take(&mut self.hidden);
        log.lines().try_for_each(|line| {
            self.read(line, &hidden).map_err(|what| format!("the log holds {what}: {line}"))
        })
    }

    fn read(&mut self, text: &str, hidden: &[String]) -> Result<(), String> {
        self.texts += 1;
        self.bytes += text.len();
        let found = if holds_key(text) {
            Some("the key".to_owned())
        } else {
            hidden.iter().find(|word| text.contains(word.as_str())).cloned()
        };
        match found {
            Some(what) => {
                self.hits += 1;
                Err(what)
            }
            None => Ok(()),
        }
    }
}

/// Whether a text holds a piece of the key, in any case of letters.
fn holds_key(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let key = KEY.trim_start_matches(KIND).to_ascii_lowercase();
    (0..=key.len() - PIECE).any(|start| text.contains(&key[start..start + PIECE]))
}

fn strings(value: &Value, place: String, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => found.push((place, text.clone())),
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                strings(value, format!("{place}[{index}]"), found);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                found.push((place.clone(), name.clone()));
                strings(value, format!("{place}.{name}"), found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Canary, KEY};

    #[test]
    fn finds_pieces_of_the_key_and_hidden_words() {
        let look = |answer| Canary::default().answer(&answer, &["ada@example.com".to_owned()]);
        assert!(look(json!({ "error": { "message": "apk_user_…#1a2b3c4d" } })).is_ok());
        assert!(look(json!({ "value": { "email": "ada@example.com" }, "error": { "body": KEY } })).is_ok());
        assert!(look(json!({ "error": { "message": format!("head {}", &KEY[..20]) } })).is_err());
        assert!(look(json!({ "shown": { "pickle": KEY.to_uppercase() } })).is_err());
        assert!(look(json!({ "shown": { "repr": "Member(email='ada@example.com')" } })).is_err());
        let mut canary = Canary::default();
        assert!(canary.answer(&json!({}), &["ada@example.com".to_owned()]).is_ok());
        assert!(canary.log("DEBUG sent\nDEBUG to ada@example.com").is_err());
        assert_eq!((canary.texts, canary.hits), (2, 1));
    }
}
