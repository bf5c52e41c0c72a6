//! Turns an answer that is no success into an error: kind, what the service said, and what to do.

use std::borrow::Cow;
use std::time::SystemTime;

use http::StatusCode;
use serde_json::Value;

use crate::credential::{Credential, KeyKind};
use crate::decode::without_mark;
use crate::error::{Error, ErrorKind};
use crate::operation::Operation;
use crate::redact;
use crate::response::Raw;
use crate::retry;

/// How many invalid fields an error names.
const MAX_FIELDS: usize = 5;
/// The largest body of an error that is read as JSON.
const MAX_JSON: usize = 256 * 1024;
/// How many words of a page or text an error shows.
const MAX_WORDS: usize = 16;

/// The error for an answer of any status but 2xx.
pub(crate) fn from_answer(raw: &Raw, credential: &Credential) -> Error {
    let (kind, phrase) = classify(raw.status);
    let said = said(&raw.bytes);
    let page = matches!(said, Said::Page(_));
    let detail = match said {
        Said::Nothing => None,
        Said::Text(text) | Said::Page(text) => Some(redact::foreign(&text, Some(credential.expose()))),
    };
    let error = Error::new(kind, format!("{phrase} ({})", raw.status.as_u16()))
        .detailed(detail.filter(|detail| !detail.is_empty()))
        .retry_in(retry::retry_after(&raw.headers, SystemTime::now()));
    let error = match hint(kind, raw, credential.kind(), page) {
        Some(hint) => error.hinted(hint),
        None => error,
    };
    raw.blame(error)
}

/// The kind of a status and how it is called in a message.
fn classify(status: StatusCode) -> (ErrorKind, &'static str) {
    match status.as_u16() {
        300..=399 => (ErrorKind::Refused, "a redirect was not followed"),
        401 => (ErrorKind::Authentication, "not authenticated"),
        403 => (ErrorKind::Permission, "not allowed"),
        404 => (ErrorKind::NotFound, "not found"),
        408 => (ErrorKind::Timeout, "the service gave up waiting"),
        409 => (ErrorKind::Conflict, "in conflict with what is there"),
        410 => (ErrorKind::NotFound, "gone"),
        422 => (ErrorKind::Validation, "invalid request"),
        429 => (ErrorKind::RateLimited, "too many requests"),
        400..=499 => (ErrorKind::Validation, "request not accepted"),
        _ => (ErrorKind::Server, "the service failed"),
    }
}

/// What to do, where we know.
fn hint(kind: ErrorKind, raw: &Raw, key: KeyKind, page: bool) -> Option<Cow<'static, str>> {
    let operation: &Operation = raw.operation;
    Some(match kind {
        ErrorKind::Authentication | ErrorKind::Permission if key == KeyKind::V3 => {
            "This is a v3 key (cog_…): v2 takes a personal key (apk_user_…) of an Enterprise Admin.".into()
        }
        ErrorKind::Authentication | ErrorKind::Permission if key == KeyKind::ServiceKey => {
            "This is a service key (apk_…): v2 takes a personal key (apk_user_…) of an Enterprise Admin.".into()
        }
        ErrorKind::Authentication | ErrorKind::Permission if key == KeyKind::Unknown => {
            "This key has no prefix that we know: v2 takes a personal key (apk_user_…) of an Enterprise Admin.".into()
        }
        ErrorKind::Authentication => {
            "The key is invalid or revoked, or this machine's address is not in the enterprise's IP access list.".into()
        }
        ErrorKind::Permission if operation.resource == "consumption" => {
            "The key's owner lacks the Enterprise Admin role, or the account's consumption API is not switched on.".into()
        }
        ErrorKind::Permission => "The key's owner lacks the Enterprise Admin role, or the key was revoked.".into(),
        ErrorKind::NotFound if page => {
            "This is no answer of the API: check the base URL and any proxy in between.".into()
        }
        ErrorKind::NotFound if operation.http_method == "DELETE" && raw.attempts > 1 => {
            "An earlier attempt of this call may have deleted it already.".into()
        }
        ErrorKind::NotFound if operation.path_parameters().next().is_some() => {
            "Check the id: it must be one of this enterprise.".into()
        }
        ErrorKind::NotFound => "Check the base URL: the service knows no such path.".into(),
        ErrorKind::RateLimited => match retry::retry_after(&raw.headers, SystemTime::now()) {
            Some(wait) => format!("Try again in {} s, or send fewer requests at a time (max_concurrency).", wait.as_secs_f64().ceil()).into(),
            None => "Send fewer requests at a time (max_concurrency), or try again later.".into(),
        },
        ErrorKind::Validation if operation.beta => "This operation is beta: the service may have changed it.".into(),
        ErrorKind::Server | ErrorKind::Timeout if matches!(operation.http_method, "POST" | "PATCH") => {
            "The service may have done it all the same: look before you repeat it.".into()
        }
        ErrorKind::Server if page => "A proxy in front of the service answered: try again later.".into(),
        ErrorKind::Server => "Try again later.".into(),
        _ => return None,
    })
}

/// What a body says.
enum Said {
    Nothing,
    Text(String),
    /// A web page, which the API itself never sends.
    Page(String),
}

/// Reads FastAPI's `detail` in its three forms, and what proxies send in its place.
fn said(body: &[u8]) -> Said {
    let body = without_mark(body);
    // A larger one is no error of the service, and reading it as JSON would take many times its size.
    if body.len() <= MAX_JSON
        && let Ok(value) = serde_json::from_slice::<Value>(body)
    {
        return match text_of(&value) {
            Some(text) => Said::Text(text),
            None => Said::Nothing,
        };
    }
    let text = String::from_utf8_lossy(&body[..body.len().min(16 * 1024)]);
    let text = text.trim();
    if text.is_empty() {
        Said::Nothing
    } else if text.starts_with('<') {
        Said::Page(title(text).unwrap_or_else(|| words(&without_tags(text))))
    } else {
        Said::Text(words(text))
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(entries) => {
            let mut fields: Vec<_> = entries.iter().take(MAX_FIELDS).filter_map(field).collect();
            if entries.len() > MAX_FIELDS {
                fields.push(format!("and {} more", entries.len() - MAX_FIELDS));
            }
            (!fields.is_empty()).then(|| fields.join("; "))
        }
        Value::Object(members) => {
            ["detail", "message", "msg", "error"].iter().find_map(|name| members.get(*name).and_then(text_of))
        }
        _ => None,
    }
}

/// One entry of FastAPI's list: `query.limit: Input should be less than or equal to 200`. The `input` beside it is
/// left out: it is what the caller sent, a secret perhaps.
fn field(entry: &Value) -> Option<String> {
    let message = match entry {
        Value::String(text) => text.as_str(),
        _ => entry.get("msg")?.as_str()?,
    };
    let place: Vec<_> = entry
        .get("loc")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|step| match step {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
        .collect();
    Some(if place.is_empty() { message.to_owned() } else { format!("{}: {message}", place.join(".")) })
}

/// The title of a web page.
fn title(page: &str) -> Option<String> {
    // ASCII lower case keeps every byte where it was.
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find('<')?;
    let title = words(&page[start..end]);
    (!title.is_empty()).then_some(title)
}

fn without_tags(page: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for character in page.chars() {
        match character {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if inside => {}
            _ => text.push(character),
        }
    }
    text
}

fn words(text: &str) -> String {
    let mut words = text.split_whitespace();
    let mut shown: Vec<_> = words.by_ref().take(MAX_WORDS).collect();
    if words.next().is_some() {
        shown.push("…");
    }
    shown.join(" ")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;
    use crate::testing::operation;

    fn raw(name: &str, status: u16, body: &str) -> Raw {
        Raw {
            operation: operation(name),
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            bytes: Bytes::from(body.to_owned()),
            request_id: Arc::from("r-1"),
            attempts: 1,
            waited: Duration::ZERO,
            elapsed: Duration::ZERO,
        }
    }

    fn error(name: &str, status: u16, body: &str, key: &str) -> Error {
        from_answer(&raw(name, status, body), &Credential::new(key, "a test").unwrap())
    }

    #[test]
    fn every_status_has_its_kind() {
        for (status, kind) in [
            (302, ErrorKind::Refused),
            (400, ErrorKind::Validation),
            (401, ErrorKind::Authentication),
            (403, ErrorKind::Permission),
            (404, ErrorKind::NotFound),
            (408, ErrorKind::Timeout),
            (409, ErrorKind::Conflict),
            (410, ErrorKind::NotFound),
            (418, ErrorKind::Validation),
            (422, ErrorKind::Validation),
            (429, ErrorKind::RateLimited),
            (500, ErrorKind::Server),
            (599, ErrorKind::Server),
        ] {
            let error = error("members.get", status, "", "apk_user_x");
            assert_eq!((error.kind(), error.status()), (kind, Some(status)));
            assert_eq!(error.request_id(), Some("r-1"));
        }
    }

    #[test]
    fn reads_as_a_sentence() {
        assert_eq!(
            error("members.get", 404, r#"{"detail":"User not found"}"#, "apk_user_x").to_string(),
            "members.get: not found (404): User not found. Check the id: it must be one of this enterprise. \
             [request id r-1, 1 attempt]"
        );
    }

    #[test]
    fn fastapi_lists_are_flattened_without_input() {
        let body = r#"{"detail":[{"loc":["query","limit"],"msg":"too much","type":"t","input":"canary"},
                                 {"loc":["body","emails",3],"msg":"no address","type":"t"}]}"#;
        let error = error("members.list", 422, body, "apk_user_x");
        assert_eq!(error.detail(), Some("query.limit: too much; body.emails.3: no address"));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }

    #[test]
    fn pages_of_proxies_are_shortened() {
        let page = "<!DOCTYPE html><html><head><TITLE>502 Bad\nGateway</TITLE></head><body>x</body></html>";
        assert_eq!(error("members.list", 502, page, "apk_user_x").detail(), Some("502 Bad Gateway"));
        let bare = format!("<html><p>Sorry</p>{}</html>", "word ".repeat(500));
        assert!(error("members.list", 502, &bare, "apk_user_x").detail().unwrap().len() < 200);
        assert_eq!(error("members.list", 500, "", "apk_user_x").detail(), None);
        assert_eq!(error("members.list", 500, "{}", "apk_user_x").detail(), None);
    }

    #[test]
    fn the_key_tells_the_hint() {
        for (key, words) in [("cog_x", "v3 key"), ("apk_x", "service key"), ("x", "no prefix")] {
            for status in [401, 403] {
                let shown = error("members.list", status, "", key).to_string();
                assert!(shown.contains(words), "{shown}");
            }
        }
        assert!(error("members.list", 401, "", "apk_user_x").to_string().contains("IP access list"));
    }

    #[test]
    fn an_echoed_key_is_not_shown() {
        for key in ["apk_user_ZW1haWx8MQ", "cog_ZW1haWx8MQ", "ZW1haWx8MQ"] {
            let body = format!(r#"{{"detail":"bad key {key} in Authorization: Bearer {key}"}}"#);
            let error = error("members.list", 401, &body, key);
            let shown = format!("{error} {error:?} {:?}", error.detail());
            assert!(!shown.contains("ZW1haWx8"), "{shown}");
        }
    }
}
