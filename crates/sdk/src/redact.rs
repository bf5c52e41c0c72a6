//! Makes text that others wrote fit to be printed: no keys, no control characters, not too long.

/// The most characters of foreign text that an error shows.
const MAX_CHARS: usize = 600;

/// The shortest key that is taken out by its value: no real one is shorter, and taking out single letters would leave
/// nothing to read.
const MIN_KEY: usize = 4;

/// The shortest piece of the key in use that is taken out where it stands without the rest.
const MIN_PIECE: usize = 8;

/// Foreign text as it may be printed. `key` is the key in use: it and every longer piece of it is taken out wherever it
/// stands, whatever it looks like; so is everything that looks like a key of this service or follows `Bearer`.
pub(crate) fn foreign(text: &str, key: Option<&str>) -> String {
    scrubbed(text, key.unwrap_or_default(), MAX_CHARS).trim().to_owned()
}

/// Text of ours, in which values of the caller or the service may stand, without keys and line breaks.
pub(crate) fn ours(text: &str) -> String {
    scrubbed(text, "", usize::MAX)
}

fn scrubbed(text: &str, key: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len().min(MAX_CHARS * 4));
    let key = key.as_bytes();
    let mut rest = text;
    let mut count = 0;
    while let Some(first) = rest.chars().next() {
        if count >= most {
            out.push('…');
            break;
        }
        // In any case of letters: host names, for one, come in lower case. A character of several bytes cannot be cut:
        // the key is ASCII.
        let piece = common(rest.as_bytes(), key);
        if piece >= MIN_PIECE || (piece == key.len() && piece >= MIN_KEY) {
            out.push_str("<key>");
            count += 5;
            rest = &rest[piece..];
            continue;
        }
        if let Some((shown, length)) = secret(rest) {
            out.push_str(shown);
            count += shown.len();
            rest = &rest[length..];
            continue;
        }
        // Line breaks would let a server write lines of its own into our logs.
        if first.is_control() || matches!(first, '\u{2028}' | '\u{2029}') {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(first);
        }
        count += 1;
        rest = &rest[first.len_utf8()..];
    }
    out
}

/// How many bytes at the start of `text` stand somewhere in `key`, in any case of letters. What all keys of a kind start
/// with gives nobody away and does not count.
fn common(text: &[u8], key: &[u8]) -> usize {
    let whole = text.len() >= key.len() && text[..key.len()].eq_ignore_ascii_case(key);
    if whole {
        return key.len();
    }
    let kind = ["apk_user_", "apk_", "cog_"].iter().find(|kind| key.starts_with(kind.as_bytes()));
    let tail = &key[kind.map_or(0, |kind| kind.len())..];
    (0..tail.len())
        .map(|start| text.iter().zip(&tail[start..]).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count())
        .max()
        .unwrap_or(0)
}

/// What to show in place of a secret at the start of `text`, and how many bytes it takes up there.
fn secret(text: &str) -> Option<(&'static str, usize)> {
    let head = text.as_bytes();
    let tokens = |from: usize| head[from..].iter().take_while(|byte| token(**byte)).count();
    for (prefix, shown) in [("apk_user_", "apk_user_…"), ("apk_", "apk_…"), ("cog_", "cog_…")] {
        if starts_with(text, prefix.as_bytes()) {
            // "apk_user_…" in a sentence about keys is no key.
            return Some(tokens(prefix.len()))
                .filter(|length| *length > 0)
                .map(|length| (shown, prefix.len() + length));
        }
    }
    if starts_with(text, b"bearer") {
        let gap = head[6..].iter().take_while(|byte| b" :=\t\r\n\"'".contains(byte)).count();
        let escaped = if starts_with(&text[6..], b"%20") { 3 } else { 0 };
        let start = 6 + gap.max(escaped);
        return Some(tokens(start))
            .filter(|length| *length > 0 && start > 6)
            .map(|length| ("Bearer …", start + length));
    }
    None
}

/// Whether a text starts with this, in any case of letters.
fn starts_with(text: &str, start: &[u8]) -> bool {
    text.len() >= start.len() && text.as_bytes()[..start.len()].eq_ignore_ascii_case(start)
}

/// Whether a byte can be part of a key or token (base64 of both kinds, JSON web tokens, percent-encoding).
fn token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-+/=.~%|".contains(&byte)
}

/// A serde message without the values it quotes, which come from the row, and without types of Rust: `invalid type: string,
/// expected an integer`.
pub(crate) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or(&text);
    let mut out = String::with_capacity(text.len());
    let mut quoted = false;
    let mut escaped = false;
    for character in text.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            _ => out.push(character),
        }
    }
    // What was found stands in backquotes, where it is no text; names of fields and types do too.
    let found =
        ["invalid type: ", "invalid value: ", "unknown variant "].iter().any(|start| out.starts_with(start));
    if found
        && let Some((before, (_, after))) =
            out.split_once('`').and_then(|(b, rest)| Some((b, rest.split_once('`')?)))
    {
        out = format!("{}{after}", before.trim_end());
    }
    if let Some((before, expected)) = out.split_once(", expected ") {
        out = format!("{before}, expected {}", in_json(expected));
    }
    let out = out.replace("type: sequence", "type: list").replace("type: map", "type: object");
    foreign(&out.replace("type: floating point", "type: number").replace(" ,", ","), None)
}

/// A type as JSON calls it: those of Rust mean nothing in other languages.
fn in_json(expected: &str) -> &str {
    match expected.split(' ').next().unwrap_or_default() {
        "u8" | "u16" | "u32" | "u64" | "usize" => "an integer from 0 on",
        "i8" | "i16" | "i32" | "i64" | "isize" => "an integer",
        "f32" | "f64" => "a number",
        "struct" => "an object",
        _ => match expected {
            "a map" => "an object",
            "a sequence" => "a list",
            other => other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_keys_out() {
        for text in [
            "key apk_user_ZW1haWx8MQ== refused",
            "key=apk_ZW1haWx8MQ, refused",
            "{\"Authorization\":\"Bearer ZW1haWx8MQ\"}",
            "authorization: bearer ZW1haWx8MQ",
            "COG_ZW1haWx8MQ",
            "x-apk_user_ZW1haWx8MQ",
            "Bearer: ZW1haWx8MQ",
            "Bearer\nZW1haWx8MQ",
            "Bearer%20ZW1haWx8MQ",
        ] {
            let shown = foreign(text, None);
            assert!(!shown.contains("ZW1haWx8"), "{shown}");
        }
        assert_eq!(foreign("my odd key ZZZ9, ü", Some("zzz9")), "my odd key <key>, ü");
        // Pieces of the key in use, without what tells that they are.
        let key = Some("apk_user_ZW1haWx8MQcanary");
        for text in ["starts with ZW1haWx8MQ", "apk%5Fuser%5FZW1haWx8MQcanary", "…haWx8MQcana…"] {
            let shown = foreign(text, key);
            assert!(shown.contains("<key>") && !shown.contains("haWx8MQ"), "{shown}");
        }
        assert_eq!(foreign("apk_user_ is the kind", key), "apk_user_ is the kind");
        assert_eq!(ours("group x\nFAKE apk_user_ZW1haWx8MQ"), "group x FAKE apk_user_…");
        assert_eq!(foreign("a personal key (apk_user_…)", None), "a personal key (apk_user_…)");
    }

    #[test]
    fn keeps_one_short_line() {
        assert_eq!(foreign("a\r\nb\u{1b}[31m", None), "a b [31m");
        assert_eq!(foreign("a\u{2028}b\u{2029}\u{85}c", None), "a b c");
        assert!(foreign(&"x".repeat(10_000), None).chars().count() <= MAX_CHARS + 1);
    }

    #[test]
    fn serde_reasons_hold_no_values() {
        let error = serde_json::from_str::<u64>("\"ada@example.com, \\\"x\"").unwrap_err();
        assert_eq!(reason(&error), "invalid type: string, expected an integer from 0 on");
        for (json, shown) in [
            ("70912", "invalid type: integer, expected a string"),
            ("70.912", "invalid type: number, expected a string"),
            ("true", "invalid type: boolean, expected a string"),
            ("null", "invalid type: null, expected a string"),
        ] {
            assert_eq!(reason(&serde_json::from_str::<String>(json).unwrap_err()), shown);
        }
        let error = serde_json::from_str::<u8>("-70912").unwrap_err();
        assert_eq!(reason(&error), "invalid value: integer, expected an integer from 0 on");
        let error = serde_json::from_str::<crate::types::Role>("7").unwrap_err();
        assert_eq!(reason(&error), "invalid type: integer, expected an object");
        let error = serde_json::from_str::<Vec<f64>>("{}").unwrap_err();
        assert_eq!(reason(&error), "invalid type: object, expected a list");
        let error = serde_json::from_str::<f64>("[]").unwrap_err();
        assert_eq!(reason(&error), "invalid type: list, expected a number");
        let missing = serde_json::from_str::<crate::types::Role>("{}").unwrap_err();
        assert_eq!(reason(&missing), "missing field `role_id`");
    }
}
