//! Finds the parts of a JSON text that is known to be valid: the core has read all of it once. Nothing is checked again,
//! but a text that isn't valid gives `None` or odd parts, never a panic.

use std::collections::HashMap;

/// A value that is a part of a JSON text.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    /// Where it stands in the text.
    pub(crate) start: usize,
    pub(crate) json: &'a [u8],
    /// Whether it is a string without escapes.
    pub(crate) plain: bool,
}

impl<'a> Part<'a> {
    /// All of a text.
    pub(crate) fn all(json: &'a [u8]) -> Self {
        let plain = json.first() == Some(&b'"') && string_end(json, 0) == Some((json.len(), false));
        Self { start: 0, json, plain }
    }

    /// What is between the quotes of a string without escapes.
    pub(crate) fn plain_text(&self) -> Option<&'a [u8]> {
        self.json.get(1..self.json.len().checked_sub(1)?).filter(|_| self.plain)
    }
}

/// Names of members that are expected, in their usual order.
#[derive(Default)]
pub(crate) struct Names {
    /// Each as it stands in the text.
    quoted: Vec<Box<[u8]>>,
    places: HashMap<Box<[u8]>, usize>,
}

impl Names {
    pub(crate) fn push(&mut self, name: &str) {
        self.places.insert(name.as_bytes().into(), self.quoted.len());
        self.quoted.push(format!("\"{name}\"").into_bytes().into());
    }
}

/// The name of a member.
pub(crate) enum Name<'a> {
    /// Its place among those that were expected.
    Expected(usize),
    /// Another one. It is UTF-8.
    Other(&'a [u8]),
}

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

/// The value that starts at `at`.
fn value(json: &[u8], at: usize) -> Option<Part<'_>> {
    let mut plain = false;
    let end = match json.get(at)? {
        b'"' => {
            let (end, escaped) = string_end(json, at)?;
            plain = !escaped;
            end
        }
        b'{' | b'[' => {
            let (mut depth, mut next) = (0_usize, at);
            loop {
                match json.get(next)? {
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => {
                        depth -= 1;
                        if depth == 0 {
                            break next + 1;
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
            at + length.unwrap_or(rest.len())
        }
    };
    Some(Part { start: at, json: json.get(at..end)?, plain })
}

/// The text of a string.
pub(crate) fn text(json: &[u8]) -> Option<String> {
    serde_json::from_slice(json).ok()
}

/// Calls `take` with each element of an array.
pub(crate) fn each_element<'a>(json: &'a [u8], mut take: impl FnMut(Part<'a>)) -> Option<()> {
    let mut at = skip_space(json, 0);
    if json.get(at) != Some(&b'[') {
        return None;
    }
    at = skip_space(json, at + 1);
    while json.get(at)? != &b']' {
        let element = value(json, at)?;
        take(element);
        at = skip_space(json, at + element.json.len());
        if json.get(at) == Some(&b',') {
            at = skip_space(json, at + 1);
        }
    }
    Some(())
}

/// Calls `take` with the name and value of each member of an object.
pub(crate) fn each_member<'a>(
    json: &'a [u8],
    expected: &Names,
    mut take: impl FnMut(Name<'_>, Part<'a>),
) -> Option<()> {
    let mut at = skip_space(json, 0);
    if json.get(at) != Some(&b'{') {
        return None;
    }
    at = skip_space(json, at + 1);
    let mut likely = 0;
    while json.get(at)? != &b'}' {
        let unescaped;
        let here = json.get(at..)?;
        let name = match expected.quoted.get(likely) {
            Some(name) if here.starts_with(name) => {
                at += name.len();
                Name::Expected(likely)
            }
            _ => {
                let (end, escaped) = string_end(json, at)?;
                let quoted = json.get(at..end)?;
                at = end;
                let name = if escaped {
                    unescaped = text(quoted)?;
                    unescaped.as_bytes()
                } else {
                    quoted.get(1..quoted.len() - 1)?
                };
                expected.places.get(name).map_or(Name::Other(name), |place| Name::Expected(*place))
            }
        };
        if let Name::Expected(place) = name {
            likely = place + 1;
        }
        at = skip_space(json, at);
        if json.get(at)? != &b':' {
            return None;
        }
        at = skip_space(json, at + 1);
        let member = value(json, at)?;
        take(name, member);
        at = skip_space(json, at + member.json.len());
        if json.get(at) == Some(&b',') {
            at = skip_space(json, at + 1);
        }
    }
    Some(())
}
