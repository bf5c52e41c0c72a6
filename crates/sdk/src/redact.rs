//! Makes text that others wrote fit to be printed: no keys, no control characters, not too long.

/// The most characters of foreign text that an error shows.
const MAX_CHARS: usize = 600;

/// The shortest key that is taken out by its value: no real one is shorter, and taking out single letters would leave
/// nothing to read.
const MIN_KEY: usize = 4;

/// Foreign text as it may be printed. `key` is the key in use: it is taken out wherever it stands, whatever it looks
/// like; so is everything that looks like a key of this service or follows `Bearer`.
pub(crate) fn foreign(text: &str, key: Option<&str>) -> String {
    let mut out = String::with_capacity(text.len().min(MAX_CHARS * 4));
    let key = key.unwrap_or_default().as_bytes();
    let mut rest = text;
    let mut count = 0;
    while let Some(first) = rest.chars().next() {
        if count >= MAX_CHARS {
            out.push('…');
            break;
        }
        // In any case of letters: host names, for one, come in lower case.
        if key.len() >= MIN_KEY && starts_with(rest, key) {
            out.push_str("<key>");
            count += 5;
            // A character of several bytes cannot be cut: the key is ASCII.
            rest = &rest[key.len()..];
            continue;
        }
        if let Some((shown, length)) = secret(rest) {
            out.push_str(shown);
            count += shown.len();
            rest = &rest[length..];
            continue;
        }
        // Line breaks would let a server write lines of its own into our logs.
        if first.is_control() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(first);
        }
        count += 1;
        rest = &rest[first.len_utf8()..];
    }
    out.trim().to_owned()
}

/// What to show in place of a secret at the start of `text`, and how many bytes it takes up there.
fn secret(text: &str) -> Option<(&'static str, usize)> {
    let head = text.as_bytes();
    for (prefix, shown) in
        [("apk_user_", "apk_user_…"), ("apk_", "apk_…"), ("cog_", "cog_…"), ("bearer ", "Bearer …")]
    {
        if starts_with(text, prefix.as_bytes()) {
            let length = head[prefix.len()..].iter().take_while(|byte| token(**byte)).count();
            // "apk_user_…" in a sentence about keys is no key.
            return (length > 0).then_some((shown, prefix.len() + length));
        }
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

/// A serde message without the values it quotes, which come from the row: `invalid type: string, expected u64`.
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
    foreign(&out.replace(" ,", ","), None)
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
        ] {
            let shown = foreign(text, None);
            assert!(!shown.contains("ZW1haWx8"), "{shown}");
        }
        assert_eq!(foreign("my odd key ZZZ9, ü", Some("zzz9")), "my odd key <key>, ü");
        assert_eq!(foreign("a personal key (apk_user_…)", None), "a personal key (apk_user_…)");
    }

    #[test]
    fn keeps_one_short_line() {
        assert_eq!(foreign("a\r\nb\u{1b}[31m", None), "a b [31m");
        assert!(foreign(&"x".repeat(10_000), None).chars().count() <= MAX_CHARS + 1);
    }

    #[test]
    fn serde_reasons_hold_no_values() {
        let error = serde_json::from_str::<u64>("\"ada@example.com, \\\"x\"").unwrap_err();
        assert_eq!(reason(&error), "invalid type: string, expected u64");
    }
}
