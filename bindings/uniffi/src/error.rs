//! Errors: one variant per kind of the core.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use devin_v2::{Error, ErrorKind};

use crate::secret::Secret;

/// What is known of a failed call.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ErrorDetails {
    /// One line: what happened, to which operation, and what to do.
    pub description: String,
    /// The operation, such as `members.get`.
    pub operation: Option<String>,
    /// The argument or setting that is the reason.
    pub field: Option<String>,
    /// The answer's status code.
    pub status: Option<i32>,
    /// The id of the request, for support to find it by.
    pub request_id: Option<String>,
    /// How often the request was sent.
    pub attempts: i32,
    /// How long the call waited between its attempts, all together.
    pub waited: Duration,
    /// How long the service asked to wait.
    pub retry_after: Option<Duration>,
    /// What the service said.
    pub detail: Option<String>,
    /// What to do.
    pub hint: Option<String>,
    /// The answer's body. It may hold personal data.
    pub body: Option<Arc<Secret>>,
    /// What led to it, the nearest first.
    pub causes: Vec<String>,
}

macro_rules! errors {
    ($($(#[$docs:meta])* $variant:ident,)*) => {
        /// Why a call failed.
        #[derive(Debug, uniffi::Error)]
        pub enum DevinError {
            $($(#[$docs])* $variant {
                /// What is known of it.
                details: ErrorDetails,
            },)*
        }

        impl DevinError {
            fn new(kind: ErrorKind, details: ErrorDetails) -> Self {
                match kind {
                    $(ErrorKind::$variant => Self::$variant { details },)*
                    // Kinds that the core may get.
                    _ => Self::Decode { details },
                }
            }

            fn details(&self) -> &ErrorDetails {
                match self {
                    $(Self::$variant { details })|* => details,
                }
            }
        }
    };
}

errors! {
    /// The client cannot be made from these settings (key, base URL, proxy, certificates, limits).
    Config,
    /// The SDK refused to send the request, or to follow a redirect: nothing was changed.
    Refused,
    /// No connection could be made, or it broke before the answer was complete.
    Connect,
    /// The attempt or the whole call took longer than allowed, or the service said so itself (408).
    Timeout,
    /// The call was cancelled.
    Cancelled,
    /// The key is missing, invalid or used from an address that is not allowed (401).
    Authentication,
    /// The key is not allowed to do this (403).
    Permission,
    /// There is no such thing (404, 410).
    NotFound,
    /// What was asked for clashes with the state of the service (409).
    Conflict,
    /// The service did not accept the request (400, 422 and other 4xx).
    Validation,
    /// Too many requests (429), and the retries did not help.
    RateLimited,
    /// The service failed (5xx), and the retries did not help.
    Server,
    /// The answer could not be read as what the document promises.
    Decode,
    /// The pages of a list contradict each other, so that going on would lose rows or never end.
    Paging,
}

impl DevinError {
    /// What can't be used, where the core has no type to put it in.
    pub(crate) fn unusable(what: &str) -> Self {
        Self::new(ErrorKind::Config, ErrorDetails::saying(what))
    }

    /// An argument or setting that can't be used, where the core has no type to put it in.
    pub(crate) fn misused(kind: ErrorKind, field: &str, what: &str) -> Self {
        let details = ErrorDetails {
            field: Some(field.to_owned()),
            ..ErrorDetails::saying(&format!("{field} {what}"))
        };
        Self::new(kind, details)
    }

    /// An answer that the core takes and its record does not.
    pub(crate) fn unreadable(operation: &str, what: &serde_json::Error) -> Self {
        // Neither the place nor the names in it: they may be the service's.
        let what = format!("{operation}: the answer is not of the documented shape ({:?})", what.classify());
        let details = ErrorDetails { operation: Some(operation.to_owned()), ..ErrorDetails::saying(&what) };
        Self::new(ErrorKind::Decode, details)
    }
}

impl ErrorDetails {
    fn saying(what: &str) -> Self {
        Self {
            description: what.to_owned(),
            operation: None,
            field: None,
            status: None,
            request_id: None,
            attempts: 0,
            waited: Duration::ZERO,
            retry_after: None,
            detail: None,
            hint: None,
            body: None,
            causes: Vec::new(),
        }
    }
}

impl From<Error> for DevinError {
    fn from(error: Error) -> Self {
        let details = ErrorDetails {
            description: error.to_string(),
            operation: error.operation().map(str::to_owned),
            field: error.field().map(str::to_owned),
            status: error.status().map(i32::from),
            request_id: error.request_id().map(str::to_owned),
            attempts: i32::try_from(error.attempts()).unwrap_or(i32::MAX),
            waited: error.waited(),
            retry_after: error.retry_after(),
            detail: error.detail().map(str::to_owned),
            hint: error.hint().map(str::to_owned),
            body: error.body().map(|body| Secret::new(String::from_utf8_lossy(body))),
            causes: error.causes(),
        };
        Self::new(error.kind(), details)
    }
}

impl fmt::Display for DevinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.details().description)
    }
}

impl std::error::Error for DevinError {}
