//! Failures, handed over as values.
//!
//! An exception of napi is made in the realm that loaded the package, with nothing but a message. A realm of its own, as
//! Jest gives every test file, couldn't tell it from other values, and whatever the message held would be printed.

use napi::bindgen_prelude::ToNapiValue;
use napi::{Result, sys};
use napi_derive::napi;

/// Why something failed.
#[napi(object, object_from_js = false)]
pub(crate) struct Failure {
    pub kind: String,
    pub message: String,
    pub operation: Option<String>,
    pub field: Option<String>,
    pub status: Option<u16>,
    pub request_id: Option<String>,
    pub attempts: u32,
    pub waited: f64,
    pub retry_after: Option<f64>,
    pub detail: Option<String>,
    pub hint: Option<String>,
    pub body: Option<String>,
    pub causes: Vec<String>,
}

impl From<devin_v2::Error> for Failure {
    fn from(error: devin_v2::Error) -> Self {
        Self {
            kind: error.kind().as_str().to_owned(),
            message: error.to_string(),
            operation: error.operation().map(str::to_owned),
            field: error.field().map(str::to_owned),
            status: error.status(),
            request_id: error.request_id().map(str::to_owned),
            attempts: error.attempts(),
            waited: milliseconds(error.waited()),
            retry_after: error.retry_after().map(milliseconds),
            detail: error.detail().map(str::to_owned),
            hint: error.hint().map(str::to_owned),
            body: error.body().map(|body| String::from_utf8_lossy(body).into_owned()),
            causes: error.causes(),
        }
    }
}

impl Failure {
    /// For a setting or argument that can't be used, where the core has no type to put it in.
    pub(crate) fn misused(kind: &str, field: &str, message: String) -> Self {
        Self {
            kind: kind.to_owned(),
            message,
            operation: None,
            field: (!field.is_empty()).then(|| field.to_owned()),
            status: None,
            request_id: None,
            attempts: 0,
            waited: 0.0,
            retry_after: None,
            detail: None,
            hint: None,
            body: None,
            causes: Vec::new(),
        }
    }
}

fn milliseconds(duration: std::time::Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// A value for JavaScript, or a list of the one failure that there is in its place.
pub struct Handed<T>(pub(crate) std::result::Result<T, Failure>);

#[allow(
    unsafe_code,
    reason = "napi's own trait is so: it is called on Node's thread, with an environment that is alive"
)]
impl<T: ToNapiValue> ToNapiValue for Handed<T> {
    unsafe fn to_napi_value(env: sys::napi_env, Self(handed): Self) -> Result<sys::napi_value> {
        match handed {
            // SAFETY: the environment is the one that this was called with.
            Ok(value) => unsafe { T::to_napi_value(env, value) },
            // SAFETY: as above.
            Err(failure) => unsafe { Vec::to_napi_value(env, vec![failure]) },
        }
    }
}
