//! What a handler answers: a status and a JSON body.

use serde_json::{Value, json};

use crate::document;

/// A status and the text of a JSON body. The body is kept as text because the hot lists write it themselves.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// Headers beside the ones that every answer has.
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Answer {
    /// A 200 with this value.
    pub(crate) fn json(value: &Value) -> Self {
        Self::with_status(200, value)
    }

    /// A 200 with a body that is JSON already.
    pub(crate) fn text(body: String) -> Self {
        Self { status: 200, body, headers: Vec::new() }
    }

    /// Any status with this value.
    pub(crate) fn with_status(status: u16, value: &Value) -> Self {
        Self { status, body: value.to_string(), headers: Vec::new() }
    }

    /// The service's plain acknowledgement.
    pub(crate) fn success() -> Self {
        Self::text(r#"{"status":"success"}"#.to_owned())
    }

    /// An error in the service's shape: `{"detail": "…"}`.
    pub(crate) fn error(status: u16, detail: impl Into<String>) -> Self {
        Self::with_status(status, &json!({ "detail": detail.into() }))
    }

    /// A 404 for something that the enterprise doesn't have.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::error(404, format!("{what} not found"))
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The document's example for an operation that has no behaviour of its own here.
    pub(crate) fn example(pointer: &str) -> Self {
        Self::json(&document::example(pointer))
    }
}
