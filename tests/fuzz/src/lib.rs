//! What the targets share.

pub mod documents;

use devin_v2::{BadRow, Client, Error};

/// The part of the key that tells who its owner is.
const SECRET: &str = "Q2FuYXJ5S2V5MTIz";
/// The shortest piece of it that must not be shown.
const MIN_PIECE: usize = 8;

/// A client whose key starts with `prefix`.
pub fn client(prefix: &str, strict: bool) -> Client {
    Client::builder()
        .base_url("http://127.0.0.1:9")
        .api_key(format!("{prefix}{SECRET}"))
        .strict(strict)
        .build()
        .expect("the settings are fine")
}

/// Splits at the first line break.
pub fn line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}

/// What may be printed is one short line.
pub fn one_line(text: &str) {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    assert!(!text.contains(breaks), "several lines, or control characters: {text:?}");
    assert!(text.chars().count() < 4_000, "{} characters", text.chars().count());
}

/// An error as people see it.
pub fn printable(error: &Error) {
    one_line(&error.to_string());
    one_line(&format!("{error:?}"));
    one_line(error.detail().unwrap_or_default());
    error.causes().iter().for_each(|cause| one_line(cause));
}

/// A bad row as people see it.
pub fn printable_row(bad: &BadRow) {
    one_line(&bad.to_string());
    one_line(&format!("{bad:?}"));
}

/// No piece of the key is in anything that an error shows.
pub fn keeps_the_key(error: &Error) {
    let shown = format!(
        "{error}\n{error:?}\n{error:#?}\n{}\n{:?}\n{:?}\n{:?}\n{:?}",
        error.message(),
        error.detail(),
        error.hint(),
        error.request_id(),
        error.causes()
    )
    .to_ascii_lowercase();
    let secret = SECRET.to_ascii_lowercase();
    for piece in secret.as_bytes().windows(MIN_PIECE) {
        let piece = std::str::from_utf8(piece).unwrap_or_default();
        assert!(!shown.contains(piece), "{piece} is shown: {shown}");
    }
}
