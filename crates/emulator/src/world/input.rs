//! Reading validated bodies. What the schema guarantees is not checked again: a field that isn't there reads as absent.

use serde_json::Value;

/// A text field; absent and null read as `None`.
pub(super) fn text(body: &Value, name: &str) -> Option<String> {
    body.get(name)?.as_str().map(str::to_owned)
}

/// A text field that the schema requires.
pub(super) fn required_text(body: &Value, name: &str) -> String {
    text(body, name).unwrap_or_default()
}

/// A list of texts; absent and null read as empty.
pub(super) fn texts(body: &Value, name: &str) -> Vec<String> {
    let list = body.get(name).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// An integer. JSON allows `5.0` and numbers beyond 64 bits for it; the latter become the nearest.
pub(super) fn integer(value: &Value) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation, reason = "saturating is what is wanted")]
    value.as_i64().or_else(|| value.as_f64().map(|number| number as i64))
}

/// Whether this can be an address: something, an `@` and something, with no blanks.
pub(super) fn is_email(text: &str) -> bool {
    let blank = |character: char| character.is_whitespace() || character.is_control();
    text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !text.contains(blank)
}
