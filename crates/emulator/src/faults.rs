//! Scripted faults: which requests they meet, how often, and what they do.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::validate::decode_query;

/// A fault: a matcher, a count and an effect. The same type in Rust and as the body of `POST /_emulator/faults`.
///
/// ```
/// use devin_v2_emulator::{Effect, Fault};
///
/// // Two times 503 on the member list, then business as usual.
/// let fault = Fault::on("GET", "/v2/enterprise/members").times(2).effect(Effect::status(503));
/// let same: Fault = serde_json::from_str(
///     r#"{"method": "GET", "path": "/v2/enterprise/members", "times": 2, "effect": {"kind": "status", "status": 503}}"#,
/// )?;
/// assert_eq!(fault, same);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Fault {
    /// The method to meet; every method if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path to meet, as sent. A segment `*` meets any one segment, a last segment `**` the rest, if any. Every path
    /// if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Query parameters that must be there with these values (decoded); others don't matter.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// How many requests that match are let through first.
    #[serde(default)]
    pub skip: u64,
    /// How many requests it meets after that; `None` (JSON `null`) for all that follow. Default 1.
    #[serde(default = "once")]
    pub times: Option<u64>,
    /// Milliseconds to wait before the request is handled.
    #[serde(default)]
    pub delay_ms: u64,
    /// Whether the request takes effect before the fault does: a change that was made although its answer got lost.
    /// Default: as the effect needs it (effects that spoil an answer need one; `status`, `html`, `redirect` and `reset`
    /// come instead of handling the request).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execute: Option<bool>,
    /// What happens; nothing but the delay if absent.
    #[serde(default, deserialize_with = "effect")]
    pub effect: Effect,
}

/// Reads an effect. Serde ignores unknown members of variants that have none.
fn effect<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Effect, D::Error> {
    let given = serde_json::Map::deserialize(deserializer)?;
    let effect: Effect = serde_json::from_value(Value::Object(given.clone())).map_err(D::Error::custom)?;
    let has_none = matches!(
        effect,
        Effect::None | Effect::Reset | Effect::MalformedJson | Effect::InvalidUtf8 | Effect::EmptyBody
    );
    match given.keys().find(|name| has_none && *name != "kind") {
        Some(name) => Err(D::Error::custom(format!(
            "unknown field `{name}`: this kind of effect has only `kind`, which says what happens"
        ))),
        None => Ok(effect),
    }
}

#[allow(clippy::unnecessary_wraps, reason = "the default of a field of this type")]
fn once() -> Option<u64> {
    Some(1)
}

/// What a fault does to the answer. The effects on fields reach each row of a list (`items`, `audit_logs`, or a bare
/// array), or the object itself where the answer is no list, and only answers with status 200.
///
/// Fields are named by dotted paths (`session_analysis.action_items`); an array on the way means each of its elements.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Effect {
    /// Nothing but the delay.
    #[default]
    None,
    /// A status of your choice.
    Status {
        /// 200–599.
        status: u16,
        /// Headers to add, e.g. `retry-after`.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// A JSON body. Without it and `body_text`: the service's error shape.
        #[serde(default)]
        body: Option<Value>,
        /// A body that needn't be JSON; wins over `body`.
        #[serde(default)]
        body_text: Option<String>,
    },
    /// The connection closes after this many bytes of the body, short of the declared length.
    CutBody {
        /// Bytes of the body that are still sent.
        #[serde(default)]
        after: usize,
    },
    /// The connection is reset before an answer (TCP RST).
    Reset,
    /// The body stops being JSON half-way, its length declared correctly.
    MalformedJson,
    /// A page as proxies send them.
    Html {
        /// Its status. Default 502.
        #[serde(default = "bad_gateway")]
        status: u16,
    },
    /// A value that no published enum knows, wherever the field is.
    UnknownEnum {
        /// The field. Default `status`.
        #[serde(default = "status_field")]
        field: String,
        /// The value.
        #[serde(default = "unknown_value")]
        value: String,
        /// Only this row, counted from 0.
        #[serde(default)]
        row: Option<usize>,
        /// The envelope of a list (`total`, `has_more`, …) instead of its rows.
        #[serde(default)]
        envelope: bool,
    },
    /// A field that is not published.
    ExtraField {
        /// The field.
        name: String,
        /// Its value.
        value: Value,
        /// Only this row, counted from 0.
        #[serde(default)]
        row: Option<usize>,
        /// The envelope of a list instead of its rows.
        #[serde(default)]
        envelope: bool,
    },
    /// Null, wherever the field is.
    NullField {
        /// The field.
        name: String,
        /// Only this row, counted from 0.
        #[serde(default)]
        row: Option<usize>,
        /// The envelope of a list instead of its rows.
        #[serde(default)]
        envelope: bool,
    },
    /// The field is left out.
    RemoveField {
        /// The field.
        name: String,
        /// Only this row, counted from 0.
        #[serde(default)]
        row: Option<usize>,
        /// The envelope of a list instead of its rows.
        #[serde(default)]
        envelope: bool,
    },
    /// Another value, wherever the field is.
    ReplaceField {
        /// The field.
        name: String,
        /// The new value.
        value: Value,
        /// Only this row, counted from 0.
        #[serde(default)]
        row: Option<usize>,
        /// The envelope of a list instead of its rows.
        #[serde(default)]
        envelope: bool,
    },
    /// A redirect.
    Redirect {
        /// 300–399. Default 307.
        #[serde(default = "temporary_redirect")]
        status: u16,
        /// Where to.
        location: String,
    },
    /// Bytes that are no UTF-8 in the middle of the body.
    InvalidUtf8,
    /// The answer's status with nothing in the body.
    EmptyBody,
    /// Another content type on the same body.
    ContentType {
        /// The header's value.
        value: String,
    },
}

fn bad_gateway() -> u16 {
    502
}

fn temporary_redirect() -> u16 {
    307
}

fn status_field() -> String {
    "status".to_owned()
}

fn unknown_value() -> String {
    "hibernating".to_owned()
}

impl Effect {
    /// A status with the service's error shape.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Status { status, headers: BTreeMap::new(), body: None, body_text: None }
    }

    /// A status with a `Retry-After` header, in seconds or as an HTTP date.
    #[must_use]
    pub fn retry_after(status: u16, retry_after: &str) -> Self {
        let headers = BTreeMap::from([("retry-after".to_owned(), retry_after.to_owned())]);
        Self::Status { status, headers, body: None, body_text: None }
    }

    /// Whether the request is handled first.
    pub(crate) fn needs_answer(&self) -> bool {
        !matches!(self, Self::Status { .. } | Self::Html { .. } | Self::Redirect { .. } | Self::Reset)
    }

    /// Changes the JSON of a 200 answer; true if this effect is one that does so.
    pub(crate) fn edit(&self, answer: &mut Value) -> bool {
        let (name, row, envelope, change) = match self {
            Self::UnknownEnum { field, value, row, envelope } => {
                (field, row, envelope, Change::Replace(Value::from(value.as_str())))
            }
            Self::ExtraField { name, value, row, envelope } => {
                (name, row, envelope, Change::Insert(value.clone()))
            }
            Self::NullField { name, row, envelope } => (name, row, envelope, Change::Replace(Value::Null)),
            Self::RemoveField { name, row, envelope } => (name, row, envelope, Change::Remove),
            Self::ReplaceField { name, value, row, envelope } => {
                (name, row, envelope, Change::Replace(value.clone()))
            }
            _ => return false,
        };
        let path: Vec<_> = name.split('.').collect();
        for target in targets(answer, *row, *envelope) {
            apply(target, &path, &change);
        }
        true
    }
}

enum Change {
    Insert(Value),
    Replace(Value),
    Remove,
}

/// The rows of a list, or the object itself.
fn targets(answer: &mut Value, row: Option<usize>, envelope: bool) -> Vec<&mut Value> {
    if envelope {
        return vec![answer];
    }
    let list = ["items", "audit_logs"].into_iter().find(|name| answer.get(name).is_some_and(Value::is_array));
    let rows = match list {
        Some(name) => answer.get_mut(name),
        None => Some(answer),
    };
    match rows {
        Some(Value::Array(rows)) => {
            let wanted = |index: usize| row.is_none_or(|row| row == index);
            rows.iter_mut().enumerate().filter(|(index, _)| wanted(*index)).map(|(_, value)| value).collect()
        }
        Some(object) if row.is_none_or(|row| row == 0) => vec![object],
        _ => Vec::new(),
    }
}

fn apply(target: &mut Value, path: &[&str], change: &Change) {
    match (target, path) {
        (Value::Array(elements), _) => elements.iter_mut().for_each(|element| apply(element, path, change)),
        (Value::Object(fields), [name]) => match change {
            Change::Insert(value) => {
                fields.insert((*name).to_owned(), value.clone());
            }
            Change::Replace(value) => {
                if let Some(field) = fields.get_mut(*name) {
                    *field = value.clone();
                }
            }
            Change::Remove => {
                fields.remove(*name);
            }
        },
        (Value::Object(fields), [name, rest @ ..]) => {
            if let Some(field) = fields.get_mut(*name) {
                apply(field, rest, change);
            }
        }
        _ => {}
    }
}

impl Fault {
    /// A fault on this method and path that does nothing yet, once.
    #[must_use]
    pub fn on(method: &str, path: &str) -> Self {
        Self { method: Some(method.to_owned()), path: Some(path.to_owned()), ..Self::everywhere() }
    }

    /// A fault on every request that does nothing yet, once.
    #[must_use]
    pub fn everywhere() -> Self {
        Self {
            method: None,
            path: None,
            query: BTreeMap::new(),
            skip: 0,
            times: once(),
            delay_ms: 0,
            execute: None,
            effect: Effect::None,
        }
    }

    /// Only requests with this query parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Lets this many requests that match through first.
    #[must_use]
    pub fn skip(mut self, requests: u64) -> Self {
        self.skip = requests;
        self
    }

    /// Meets this many requests.
    #[must_use]
    pub fn times(mut self, requests: u64) -> Self {
        self.times = Some(requests);
        self
    }

    /// Meets every request from now on.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.times = None;
        self
    }

    /// Waits this many milliseconds before the request is handled.
    #[must_use]
    pub fn delay_ms(mut self, milliseconds: u64) -> Self {
        self.delay_ms = milliseconds;
        self
    }

    /// Says whether the request takes effect although its answer is spoilt.
    #[must_use]
    pub fn execute(mut self, execute: bool) -> Self {
        self.execute = Some(execute);
        self
    }

    /// What happens.
    #[must_use]
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// What is wrong with this fault, for the writer of it; `None` if it can be served.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        let status = match &self.effect {
            Effect::Status { status, headers, .. } => {
                for (name, value) in headers {
                    let name_ok = http::HeaderName::try_from(name.as_str()).is_ok();
                    if !name_ok || http::HeaderValue::try_from(value.as_str()).is_err() {
                        return Some(format!("effect.headers: `{name}` is not a valid header"));
                    }
                    if name.eq_ignore_ascii_case("content-length")
                        || name.eq_ignore_ascii_case("transfer-encoding")
                    {
                        return Some(format!(
                            "effect.headers: `{name}` is set by the server; use cut_body instead"
                        ));
                    }
                }
                (*status, 200..=599)
            }
            Effect::Html { status } => (*status, 200..=599),
            Effect::Redirect { status, location } => {
                if http::HeaderValue::try_from(location.as_str()).is_err() {
                    return Some("effect.location: not a valid header value".to_owned());
                }
                (*status, 300..=399)
            }
            Effect::ContentType { value } if http::HeaderValue::try_from(value.as_str()).is_err() => {
                return Some("effect.value: not a valid header value".to_owned());
            }
            _ => (200, 200..=599),
        };
        let (status, range) = status;
        (!range.contains(&status))
            .then(|| format!("effect.status: {status} is not between {} and {}", range.start(), range.end()))
    }

    fn matches(&self, method: &str, path: &str, query: Option<&str>) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_ref().is_none_or(|pattern| path_matches(pattern, path))
            && (self.query.is_empty() || {
                let pairs = decode_query(query.unwrap_or_default());
                self.query
                    .iter()
                    .all(|(name, value)| pairs.iter().any(|pair| pair.0 == *name && pair.1 == *value))
            })
    }
}

fn path_matches(pattern: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    for wanted in pattern.split('/') {
        if wanted == "**" {
            return true;
        }
        match segments.next() {
            Some(segment) if wanted == "*" || wanted == segment => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

/// The faults that are still to come, in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        if fault.times != Some(0) {
            self.0.push(fault);
        }
    }

    pub(crate) fn list(&self) -> &[Fault] {
        &self.0
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault for this request, its count taken.
    pub(crate) fn take(&mut self, method: &str, path: &str, query: Option<&str>) -> Option<Fault> {
        let mut found = None;
        for (index, fault) in self.0.iter_mut().enumerate() {
            if !fault.matches(method, path, query) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            let taken = fault.clone();
            if let Some(times) = &mut fault.times {
                *times -= 1;
            }
            found = Some((index, taken, fault.times == Some(0)));
            break;
        }
        let (index, fault, used_up) = found?;
        if used_up {
            self.0.remove(index);
        }
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths() {
        assert!(path_matches("/v2/enterprise/members", "/v2/enterprise/members"));
        assert!(!path_matches("/v2/enterprise/members", "/v2/enterprise/members/1"));
        assert!(!path_matches("/v2/enterprise/members/*", "/v2/enterprise/members"));
        assert!(path_matches("/v2/enterprise/members/*", "/v2/enterprise/members/1"));
        assert!(path_matches("/v2/**", "/v2/enterprise/members/1"));
        assert!(path_matches("**", "/beta"));
    }

    #[test]
    fn counts() {
        let mut faults = Faults::default();
        faults.add(Fault::on("GET", "/a").skip(1).times(2));
        let mut met = || faults.take("GET", "/a", None).is_some();
        assert_eq!([met(), met(), met(), met()], [false, true, true, false]);
        assert!(faults.list().is_empty(), "a used-up fault is forgotten");
    }

    #[test]
    fn effects_without_members_take_none() {
        for kind in ["none", "reset", "malformed_json", "invalid_utf8", "empty_body"] {
            assert!(serde_json::from_value::<Fault>(json!({"effect": {"kind": kind}})).is_ok(), "{kind}");
            let error = serde_json::from_value::<Fault>(json!({"effect": {"kind": kind, "knd": "status"}}));
            assert!(error.unwrap_err().to_string().contains("unknown field `knd`"), "{kind}");
        }
    }

    #[test]
    fn queries() {
        let mut faults = Faults::default();
        faults.add(Fault::on("GET", "/a").query("skip", "2").forever());
        assert!(faults.take("GET", "/a", None).is_none());
        assert!(faults.take("GET", "/a", Some("skip=20")).is_none());
        assert!(faults.take("GET", "/a", Some("limit=1&skip=2")).is_some());
    }

    #[test]
    fn fields() {
        let page = || json!({ "items": [{ "status": "exit", "a": { "b": [{ "c": 1 }, { "c": 2 }] } }, { "d": 1 }], "total": 2 });
        let edited = |effect: Value| {
            let effect: Effect = serde_json::from_value(effect).unwrap_or_default();
            let mut page = page();
            assert!(effect.edit(&mut page), "{effect:?}");
            page
        };
        let page = edited(json!({ "kind": "unknown_enum" }));
        assert_eq!(page["items"][0]["status"], "hibernating");
        assert!(page["items"][1].get("status").is_none(), "only where the field is");
        let page = edited(json!({ "kind": "extra_field", "name": "new", "value": [1], "row": 1 }));
        assert!(page["items"][0].get("new").is_none());
        assert_eq!(page["items"][1]["new"], json!([1]));
        let page = edited(json!({ "kind": "null_field", "name": "a.b.c" }));
        assert_eq!(page["items"][0]["a"]["b"], json!([{ "c": null }, { "c": null }]));
        let page = edited(json!({ "kind": "remove_field", "name": "a.b" }));
        assert_eq!(page["items"][0]["a"], json!({}));
        let page = edited(json!({ "kind": "replace_field", "name": "total", "value": 9, "envelope": true }));
        assert_eq!(page["total"], 9);
    }
}
