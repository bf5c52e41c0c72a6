//! The core's error as text that the TypeScript half makes an error of its own of.

use napi::Status;
use serde_json::{Value, json};

/// An error of the core.
pub(crate) fn thrown(error: &devin_v2::Error) -> napi::Error {
    described(&json!({
        "kind": error.kind().as_str(),
        "message": error.to_string(),
        "operation": error.operation(),
        "field": error.field(),
        "status": error.status(),
        "requestId": error.request_id(),
        "attempts": error.attempts(),
        "waited": milliseconds(error.waited()),
        "retryAfter": error.retry_after().map(milliseconds),
        "detail": error.detail(),
        "hint": error.hint(),
        "body": error.body().map(|body| String::from_utf8_lossy(body)),
        "causes": error.causes(),
    }))
}

/// A setting or argument that can't be used, where the core has no type to put it in.
pub(crate) fn misused(kind: &str, field: &str, message: &str) -> napi::Error {
    described(&json!({ "kind": kind, "field": field, "message": message }))
}

fn described(error: &Value) -> napi::Error {
    napi::Error::new(Status::GenericFailure, error.to_string())
}

fn milliseconds(duration: std::time::Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
