//! Finds the parts of a JSON text that is known to be valid: the core has read all of it once. Nothing is checked again,
//! but a text that isn't valid gives `None` or odd parts, never a panic.

use std::ops::Range;

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Where the next thing that is no white space stands.
fn skip_space(json: &[u8], mut at: usize) -> usize {
    while json.get(at).copied().is_some_and(is_space) {
        at += 1;
    }
    at
}

/// The end of the string that starts at `at`, behind its quotes; and whether it has escapes.
fn string_end(json: &[u8], at: usize) -> Option<(usize, bool)> {
    let mut next = at + 1;
    let mut escaped = false;
    loop {
        next += memchr::memchr2(b'"', b'\\', json.get(next..)?)?;
        if json.get(next) == Some(&b'"') {
            return Some((next + 1, escaped));
        }
        escaped = true;
        next += 2;
    }
}

/// The end of the value that starts at `at`.
fn value_end(json: &[u8], at: usize) -> Option<usize> {
    match json.get(at)? {
        b'"' => string_end(json, at).map(|(end, _)| end),
        b'{' | b'[' => {
            let (mut depth, mut next) = (0_usize, at);
            loop {
                match json.get(next)? {
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => {
                        depth -= 1;
                        if depth == 0 {
                            return Some(next + 1);
                        }
                    }
                    b'"' => {
                        next = string_end(json, next)?.0;
                        continue;
                    }
                    _ => {}
                }
                next += 1;
            }
        }
        _ => {
            let rest = json.get(at..)?;
            let length = rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']') || is_space(*byte));
            Some(at + length.unwrap_or(rest.len()))
        }
    }
}

/// The text of a string without escapes.
pub(crate) fn plain(json: &[u8]) -> Option<&str> {
    match string_end(json, 0)? {
        (end, false) if end == json.len() && json[0] == b'"' => std::str::from_utf8(&json[1..end - 1]).ok(),
        _ => None,
    }
}

/// The text of a string.
pub(crate) fn text(json: &[u8]) -> Option<String> {
    plain(json).map(str::to_owned).or_else(|| serde_json::from_slice(json).ok())
}

/// Calls `take` with the place of each element of an array.
pub(crate) fn each_element(json: &[u8], mut take: impl FnMut(Range<usize>)) -> Option<()> {
    let mut at = skip_space(json, 0);
    if json.get(at) != Some(&b'[') {
        return None;
    }
    at = skip_space(json, at + 1);
    while json.get(at)? != &b']' {
        let end = value_end(json, at)?;
        take(at..end);
        at = skip_space(json, end);
        if json.get(at) == Some(&b',') {
            at = skip_space(json, at + 1);
        }
    }
    Some(())
}

/// Calls `take` with the name of each member of an object, which is UTF-8, and the place of its value.
pub(crate) fn each_member(json: &[u8], mut take: impl FnMut(&[u8], Range<usize>)) -> Option<()> {
    let mut at = skip_space(json, 0);
    if json.get(at) != Some(&b'{') {
        return None;
    }
    at = skip_space(json, at + 1);
    while json.get(at)? != &b'}' {
        let (name_end, escaped) = string_end(json, at)?;
        let name = json.get(at..name_end)?;
        at = skip_space(json, name_end);
        if json.get(at)? != &b':' {
            return None;
        }
        at = skip_space(json, at + 1);
        let end = value_end(json, at)?;
        if escaped {
            take(text(name)?.as_bytes(), at..end);
        } else {
            take(name.get(1..name.len() - 1)?, at..end);
        }
        at = skip_space(json, end);
        if json.get(at) == Some(&b',') {
            at = skip_space(json, at + 1);
        }
    }
    Some(())
}
