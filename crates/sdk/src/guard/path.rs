//! Path values and the path of a built URL.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_decode_str, utf8_percent_encode};
use reqwest::Url;

use crate::error::Error;
use crate::operation::{Operation, parameter};

/// What stays as it is in a segment of a path: the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A segment as it is sent.
pub(crate) fn encoded(segment: &str) -> PercentEncode<'_> {
    utf8_percent_encode(segment, SEGMENT)
}

/// Encodes the path of a URL as strictly as [`encoded`] does: URL parsers leave a `|`, which ids have, as it is, and not
/// every server and proxy takes that.
pub(crate) fn encode(url: &mut Url) {
    // What is encoded stays as it is: decoding could make dots or slashes of it.
    const PATH: &AsciiSet = &SEGMENT.remove(b'%').remove(b'/');
    let path = utf8_percent_encode(url.path(), PATH).to_string();
    if path != url.path() {
        url.set_path(&path);
    }
}

/// The longest path value: far beyond any id, and short enough for every proxy.
const MAX_BYTES: usize = 1024;

/// How often a value is percent-decoded before it is given up as an attempt to get something past us.
const MAX_DECODINGS: usize = 8;

/// Checks one value of the path before the URL is built.
///
/// # Errors
/// [`Refused`](crate::ErrorKind::Refused), naming the parameter.
pub(crate) fn value(operation: &Operation, name: &'static str, value: &str) -> Result<(), Error> {
    let refused = |problem: &str, remedy: &'static str| Err(Error::refused(operation, name, problem, remedy));
    if let Err(Unsafe { problem, remedy }) = segment(value) {
        return refused(problem, remedy);
    }
    let reserved = operation.reserved.iter().find(|(parameter, _)| *parameter == name);
    if let Some((_, words)) = reserved
        && words.iter().any(|word| reads_as(value, word))
    {
        return refused(
            "is a word of the API's own paths, so that the request would be another operation's",
            "Pass the id of the thing itself.",
        );
    }
    Ok(())
}

/// Whether a text is this word in any case, as it stands or percent-decoded.
fn reads_as(text: &str, word: &str) -> bool {
    if !text.contains('%') {
        return text.eq_ignore_ascii_case(word);
    }
    let same = |text: &str| {
        percent_decode_str(text)
            .map(|byte| byte.to_ascii_lowercase())
            .eq(word.bytes().map(|byte| byte.to_ascii_lowercase()))
    };
    same(text) || (text.contains("%25") && same(&fully_decoded(text)))
}

/// Why a text must not be a segment of a path.
pub(crate) struct Unsafe {
    pub(crate) problem: &'static str,
    pub(crate) remedy: &'static str,
}

/// Checks that a text, however often a server or proxy percent-decodes it, stays one segment of a path.
pub(crate) fn segment(value: &str) -> Result<(), Unsafe> {
    if is_plain(value) {
        return Ok(());
    }
    let refused = |problem, remedy| Err(Unsafe { problem, remedy });
    if value.len() > MAX_BYTES {
        return refused("is longer than 1,024 bytes", "Pass a single id.");
    }
    let mut current = Cow::Borrowed(value);
    for _ in 0..MAX_DECODINGS {
        // What some servers leave out when they read a path: parameters behind a semicolon, characters without a width.
        let bare = current.split(';').next().unwrap_or_default();
        let bare = bare.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
        if bare.is_empty() {
            return refused(
                "is empty",
                "Pass an id: without one the request would go to the whole collection.",
            );
        }
        if matches!(bare, "." | "..") {
            return refused(
                "is made of dots, which name a folder of the path and no thing in it",
                "Pass an id.",
            );
        }
        if current.contains(['/', '\\', '?', '#']) {
            return refused(
                "holds one of / \\ ? #, also in its percent-decoded form",
                "Pass the id alone, not a path or URL.",
            );
        }
        if current.contains(char::is_control) {
            return refused("holds a control character", "Pass the id without line ends.");
        }
        // Only what changes when decoded can hide anything.
        match decoded(&current) {
            Cow::Borrowed(_) => return Ok(()),
            Cow::Owned(next) if next == *current => return Ok(()),
            Cow::Owned(next) => current = Cow::Owned(next),
        }
    }
    refused("is percent-encoded many times over", "Pass the id as the service gave it.")
}

/// Whether a text, percent-decoded or not, holds nothing but characters of usual ids: a quick yes for nearly all of them.
fn is_plain(value: &str) -> bool {
    let bytes = value.as_bytes();
    let mut has_more_than_dots = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        let byte = match byte {
            // What an escape hides is looked at as well; an escaped `%` is not plain, so that one look is enough.
            b'%' => match bytes.get(at..at + 2).map(|digits| (hex(digits[0]), hex(digits[1]))) {
                Some((Some(high), Some(low))) => {
                    at += 2;
                    high * 16 + low
                }
                _ => return false,
            },
            byte => byte,
        };
        if !PLAIN[usize::from(byte)] {
            return false;
        }
        has_more_than_dots |= byte != b'.';
    }
    has_more_than_dots && bytes.len() <= MAX_BYTES
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// The characters of usual ids.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        plain[byte] = (byte as u8).is_ascii_alphanumeric()
            || matches!(byte as u8, b'-' | b'_' | b'.' | b'|' | b'@' | b':' | b'+' | b'=' | b',' | b'~');
        byte += 1;
    }
    plain
};

/// Whether a character takes up no room where it is shown.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// The text percent-decoded once; bytes that are no UTF-8 become replacement characters.
pub(crate) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(percent_decode_str(text).decode_utf8_lossy().into_owned())
}

/// The text percent-decoded until nothing changes.
pub(crate) fn fully_decoded(text: &str) -> Cow<'_, str> {
    let mut current = Cow::Borrowed(text);
    for _ in 0..MAX_DECODINGS {
        let next = decoded(&current).into_owned();
        if next == *current {
            break;
        }
        current = Cow::Owned(next);
    }
    current
}

/// Checks the path of a built URL: it must have the segments of its template, no more, no fewer, none moved.
///
/// # Errors
/// [`Refused`](crate::ErrorKind::Refused), naming the parameter or `path`.
pub(crate) fn of_url(operation: &Operation, url: &Url) -> Result<(), Error> {
    let other = || {
        Error::refused(
            operation,
            "path",
            "was changed by one of its values, so that the request would be another operation's",
            "Pass ids only.",
        )
    };
    let mut path = segments(url.path());
    if operation.template.is_empty() {
        // A path of the caller's own: there is no template to hold it against.
        return path.skip(1).try_for_each(|part| {
            segment(part)
                .map_err(|Unsafe { problem, remedy }| Error::refused(operation, "path", problem, remedy))
        });
    }
    let mut template = segments(operation.template);
    loop {
        match (template.next(), path.next()) {
            (None, None) => return Ok(()),
            (Some(expected), Some(found)) => match parameter(expected) {
                Some(name) => value(operation, name, found)?,
                None if expected == found => {}
                None => return Err(other()),
            },
            _ => return Err(other()),
        }
    }
}

/// The parts of a path between slashes: `split('/')`, which takes five times as long on paths as short as these.
fn segments<'a>(path: &'a str) -> impl Iterator<Item = &'a str> + use<'a> {
    let mut rest = Some(path);
    std::iter::from_fn(move || {
        let path = rest.take()?;
        let Some(slash) = path.bytes().position(|byte| byte == b'/') else { return Some(path) };
        rest = Some(&path[slash + 1..]);
        Some(&path[..slash])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::operation;

    #[test]
    fn ids_of_the_service_pass() {
        for id in [
            "email|5f3a0c",
            "org-0123456789abcdef",
            "devin-1",
            "Größe & Co.",
            "100%",
            "100%25",
            "a..b",
            "...",
            "a b",
            "50%25",
            "%zz",
        ] {
            assert!(value(operation("members.get"), "user_id", id).is_ok(), "{id}");
        }
    }

    #[test]
    fn ids_that_leave_their_segment_do_not() {
        let long = "x".repeat(1025);
        for id in [
            "",
            " ",
            "%20",
            ".",
            "..",
            "%2e",
            "%2E%2e",
            ".%2e",
            "%252e%252e",
            "%25252e",
            "a/b",
            "a%2fb",
            "a%252Fb",
            "x\\..",
            "%5c",
            "a?b",
            "a%3Fb",
            "a#b",
            "%23",
            "a\nb",
            "a%0Ab",
            "a%00",
            "\u{85}",
            "%25252525252525252525252541",
            ";",
            ";x",
            "..;x",
            "%3B",
            "\u{200b}",
            &long,
        ] {
            let error = value(operation("members.get"), "user_id", id).expect_err(id);
            assert_eq!(error.field(), Some("user_id"), "{id}");
            assert_eq!(error.attempts(), 0);
            assert!(error.hint().is_some());
        }
    }

    #[test]
    fn words_of_the_api_are_no_ids() {
        for id in ["roles", "ROLES", "%72oles", "%2572oles", "invite"] {
            assert!(value(operation("members.get"), "user_id", id).is_err(), "{id}");
        }
        assert!(value(operation("organizations.delete"), "org_id", "roles").is_ok());
    }
}
