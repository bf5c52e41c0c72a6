//! Finds the parts of a JSON text that is known to be valid: the core has read all of it once. Nothing is checked again,
//! but a text that isn't valid gives `None` or odd parts, never a panic.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::value::number;

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
    /// Another one, as [`text`] gives it.
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

/// The text of a string. It is UTF-8 but for halves of surrogate pairs, which JSON can name and which come as if they
/// were characters (WTF-8).
pub(crate) fn text(json: &[u8]) -> Option<Cow<'_, [u8]>> {
    let quoted = json.get(1..json.len().checked_sub(1)?)?;
    if memchr::memchr(b'\\', quoted).is_none() {
        return Some(quoted.into());
    }
    let mut text = Vec::with_capacity(quoted.len());
    let mut rest = quoted;
    while let Some(next) = memchr::memchr(b'\\', rest) {
        text.extend_from_slice(rest.get(..next)?);
        let escape = *rest.get(next + 1)?;
        rest = rest.get(next + 2..)?;
        text.push(match escape {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let mut code = u32::from(unit(rest)?);
                rest = rest.get(4..)?;
                let low =
                    rest.strip_prefix(b"\\u").and_then(unit).filter(|low| (0xdc00..0xe000).contains(low));
                if let (0xd800..0xdc00, Some(low)) = (code, low) {
                    code = 0x10000 + ((code - 0xd800) << 10) + (u32::from(low) - 0xdc00);
                    rest = rest.get(6..)?;
                }
                push(&mut text, code);
                continue;
            }
            other => other,
        });
    }
    text.extend_from_slice(rest);
    Some(text.into())
}

/// The four hexadecimal digits at the start.
fn unit(digits: &[u8]) -> Option<u16> {
    u16::from_str_radix(std::str::from_utf8(digits.get(..4)?).ok()?, 16).ok()
}

fn push(text: &mut Vec<u8>, code: u32) {
    match char::from_u32(code) {
        Some(character) => text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        None => text.extend(
            [0xe0 | code >> 12, 0x80 | (code >> 6 & 0x3f), 0x80 | (code & 0x3f)].map(|byte| byte as u8),
        ),
    }
}

/// What a JSON text consists of.
pub(crate) enum Token<'a> {
    Object,
    Array,
    /// The end of an object or array.
    End,
    /// The name of a member, with its quotes.
    Name(&'a [u8]),
    /// A string, number or word.
    Scalar(Part<'a>),
}

/// All of a text, however deep it is nested.
pub(crate) struct Tokens<'a> {
    json: &'a [u8],
    at: usize,
    /// Of each object or array that is open, whether it is an object.
    open: Vec<bool>,
    named: bool,
}

impl<'a> Tokens<'a> {
    pub(crate) fn of(json: &'a [u8]) -> Self {
        Self { json, at: 0, open: Vec::new(), named: false }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while self
            .json
            .get(self.at)
            .copied()
            .is_some_and(|byte| is_space(byte) || byte == b',' || byte == b':')
        {
            self.at += 1;
        }
        let byte = *self.json.get(self.at)?;
        if byte == b'"' && !self.named && self.open.last() == Some(&true) {
            let (end, _) = string_end(self.json, self.at)?;
            let name = self.json.get(self.at..end)?;
            (self.at, self.named) = (end, true);
            return Some(Token::Name(name));
        }
        self.named = false;
        Some(match byte {
            b'{' | b'[' => {
                self.at += 1;
                self.open.push(byte == b'{');
                if byte == b'{' { Token::Object } else { Token::Array }
            }
            b'}' | b']' => {
                self.at += 1;
                self.open.pop();
                Token::End
            }
            _ => {
                let part = value(self.json, self.at)?;
                self.at += part.json.len();
                Token::Scalar(part)
            }
        })
    }
}

/// Whether a scalar is an integer.
pub(crate) fn is_integer(json: &[u8]) -> bool {
    is_number(json) && !json.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
}

/// Whether a value is a number.
pub(crate) fn is_number(json: &[u8]) -> bool {
    matches!(json.first(), Some(b'-' | b'0'..=b'9'))
}

/// Names of members, and where each starts.
type Places<'a> = Vec<(Cow<'a, [u8]>, usize)>;

/// Bytes that are the same for texts that say the same: whatever the order of members, the way that characters and
/// numbers are written. Of members with one name, the last counts.
pub(crate) fn canonical(json: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(json.len());
    // Of each object that is open, the names of its members and where each starts.
    let mut open: Vec<Option<Places<'_>>> = Vec::new();
    let counted = |out: &mut Vec<u8>, text: &[u8]| {
        out.push(b'"');
        out.extend_from_slice(&text.len().to_le_bytes());
        out.extend_from_slice(text);
    };
    for token in Tokens::of(json) {
        match token {
            Token::Object => {
                out.push(b'{');
                open.push(Some(Vec::new()));
            }
            Token::Array => {
                out.push(b'[');
                open.push(None);
            }
            Token::Name(name) => {
                let name = text(name)?;
                let start = out.len();
                counted(&mut out, &name);
                open.last_mut()?.as_mut()?.push((name, start));
            }
            Token::Scalar(part) => match part.json.first()? {
                b'"' => counted(&mut out, &text(part.json)?),
                b't' | b'f' | b'n' => out.extend_from_slice(part.json.get(..1)?),
                _ if part.json == b"-0" => out.extend_from_slice(b"0,"),
                _ if is_integer(part.json) => {
                    out.extend_from_slice(part.json);
                    out.push(b',');
                }
                _ => {
                    out.push(b'.');
                    // Without the sign of zero.
                    out.extend_from_slice(&(number::<f64>(part.json)? + 0.0).to_le_bytes());
                }
            },
            Token::End => {
                if let Some(members) = open.pop()?
                    && !members.is_sorted_by(|(one, _), (next, _)| one < next)
                {
                    in_order(&mut out, members);
                }
                out.push(b'}');
            }
        }
    }
    open.is_empty().then_some(out)
}

/// Brings the members at the end of `out` into the order of their names.
fn in_order(out: &mut Vec<u8>, members: Vec<(Cow<'_, [u8]>, usize)>) {
    let first = members.first().map_or(out.len(), |(_, start)| *start);
    let written = out.split_off(first);
    let mut end = written.len();
    let mut ranges: Vec<_> = members
        .into_iter()
        .rev()
        .map(|(name, start)| {
            let range = start - first..std::mem::replace(&mut end, start - first);
            (name, range)
        })
        .collect();
    // Stable, so that the last of one name stays the first here.
    ranges.sort_by(|(one, _), (other, _)| one.cmp(other));
    ranges.dedup_by(|(other, _), (one, _)| other == one);
    for (_, range) in ranges {
        out.extend_from_slice(&written[range]);
    }
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
                    &*unescaped
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
