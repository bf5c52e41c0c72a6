//! The one error type of the SDK.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

use crate::operation::Operation;
use crate::redact;

/// What went wrong, coarsely: stable names to branch on, the same in every language of this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client cannot be made from these settings (key, base URL, proxy, certificates, limits).
    Config,
    /// The SDK refused to send the request, or to follow a redirect: nothing was changed.
    Refused,
    /// No connection could be made, or it broke before the answer was complete.
    Connect,
    /// The attempt or the whole call took longer than allowed, or the service said so itself (408).
    Timeout,
    /// The caller's cancellation token was set.
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

impl ErrorKind {
    /// The kind's stable name in lower case, such as `rate_limited`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Refused => "refused",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Authentication => "authentication",
            Self::Permission => "permission",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Validation => "validation",
            Self::RateLimited => "rate_limited",
            Self::Server => "server",
            Self::Decode => "decode",
            Self::Paging => "paging",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a call failed.
///
/// `Display` is one line that says what happened and what to do. Neither it nor `Debug` ever holds the body, the key
/// or anything that looks like a key; [`body`](Self::body) gives the body to those who ask for it. Clones are cheap.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    operation: Option<&'static str>,
    field: Option<Cow<'static, str>>,
    status: Option<StatusCode>,
    request_id: Option<Arc<str>>,
    attempts: u32,
    waited: Duration,
    retry_after: Option<Duration>,
    message: Cow<'static, str>,
    detail: Option<String>,
    hint: Option<Cow<'static, str>>,
    body: Option<Bytes>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error with a message of our own making (foreign text goes through [`redact::foreign`] first).
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: None,
            field: None,
            status: None,
            request_id: None,
            attempts: 0,
            waited: Duration::ZERO,
            retry_after: None,
            message: message.into(),
            detail: None,
            hint: None,
            body: None,
            source: None,
        }))
    }

    /// A setting that cannot be used.
    pub(crate) fn config(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// A request that is not sent because of one of its fields.
    pub(crate) fn refused(
        operation: &Operation,
        field: impl Into<Cow<'static, str>>,
        problem: impl fmt::Display,
        remedy: impl Into<Cow<'static, str>>,
    ) -> Self {
        let field = field.into();
        Self::new(ErrorKind::Refused, format!("{field} {problem}"))
            .of(operation)
            .with(|inner| inner.field = Some(field))
            .hinted(remedy)
    }

    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(&mut self.0);
        self
    }

    pub(crate) fn of(self, operation: &Operation) -> Self {
        let name = (!operation.name.is_empty()).then_some(operation.name);
        self.with(|inner| inner.operation = name)
    }

    pub(crate) fn at(self, field: impl Into<Cow<'static, str>>) -> Self {
        self.with(|inner| inner.field = Some(field.into()))
    }

    pub(crate) fn hinted(self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.with(|inner| inner.hint = Some(hint.into()))
    }

    pub(crate) fn detailed(self, detail: Option<String>) -> Self {
        self.with(|inner| inner.detail = detail)
    }

    pub(crate) fn answered(self, status: StatusCode) -> Self {
        self.with(|inner| inner.status = Some(status))
    }

    pub(crate) fn retry_in(self, wait: Option<Duration>) -> Self {
        self.with(|inner| inner.retry_after = wait)
    }

    pub(crate) fn holding(self, body: Bytes) -> Self {
        self.with(|inner| inner.body = Some(body))
    }

    pub(crate) fn traced(self, request_id: &Arc<str>, attempts: u32, waited: Duration) -> Self {
        self.with(|inner| {
            inner.request_id = Some(request_id.clone());
            inner.attempts = attempts;
            inner.waited = waited;
        })
    }

    pub(crate) fn caused(self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.with(|inner| inner.source = Some(Arc::new(source)))
    }

    /// What went wrong, coarsely.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation's name (`members.get`); `None` where no operation is involved.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The field that was refused (`limit`, `emails`), if one field is the reason.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The status of the answer, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status.map(|status| status.as_u16())
    }

    /// The id that every attempt of this call carried in its `x-request-id` header; `None` if nothing was sent.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How often the request was sent; 0 if it never was.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the call waited between its attempts, all together.
    pub fn waited(&self) -> Duration {
        self.0.waited
    }

    /// How long the service asked to wait before another attempt (`Retry-After`).
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What the service said about it, shortened, without keys; a list of invalid fields is flattened to
    /// `query.limit: …; body.emails: …`.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// What happened, without what the service said and without the hint.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it, where we know.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// What caused it, nearest first, without keys: the messages of the chain that
    /// [`source`](std::error::Error::source) begins.
    pub fn causes(&self) -> Vec<String> {
        let mut causes = Vec::new();
        let mut next = self.source();
        while let Some(cause) = next {
            causes.push(redact::foreign(&cause.to_string(), None));
            next = cause.source();
        }
        causes
    }

    /// The body of the answer, byte for byte. It may hold personal data: keep it out of logs.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut text = String::new();
        if let Some(operation) = inner.operation {
            write!(text, "{operation}: ")?;
        }
        text.push_str(&inner.message);
        if let Some(detail) = &inner.detail {
            write!(text, ": {detail}")?;
        }
        if let Some(hint) = &inner.hint {
            let ended = inner.detail.as_deref().unwrap_or(&inner.message).ends_with(['.', '!', '?']);
            write!(text, "{} {hint}", if ended { "" } else { "." })?;
        }
        if let Some(id) = &inner.request_id {
            let plural = if inner.attempts == 1 { "" } else { "s" };
            write!(text, " [request id {id}, {} attempt{plural}]", inner.attempts)?;
        }
        // Ids and names that the caller passed may stand in it, and one of them may be a key passed by mistake.
        f.write_str(&redact::ours(&text))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut out = f.debug_struct("Error");
        out.field("kind", &inner.kind);
        if let Some(operation) = inner.operation {
            out.field("operation", &operation);
        }
        if let Some(status) = inner.status {
            out.field("status", &status.as_u16());
        }
        if let Some(wait) = inner.retry_after {
            out.field("retry_after", &wait);
        }
        if let Some(body) = &inner.body {
            out.field("body", &format_args!("<{} bytes>", body.len()));
        }
        out.field("text", &format_args!("{self}")).finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// The messages of an error and of what caused it, in one line: libraries below put the reason last.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    redact::foreign(&text, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "apk_user_ZW1haWx8Y2FuYXJ5";

    #[test]
    fn reads_as_one_line_with_the_way_out() {
        let error = Error::new(ErrorKind::NotFound, "not found (404)")
            .detailed(Some("User not found".to_owned()))
            .hinted("Check the id.")
            .traced(&Arc::from("r-1"), 2, Duration::ZERO);
        assert_eq!(
            error.to_string(),
            "not found (404): User not found. Check the id. [request id r-1, 2 attempts]"
        );
    }

    #[test]
    fn never_prints_the_body() {
        let error =
            Error::new(ErrorKind::Decode, "x").holding(Bytes::from(format!("{{\"k\":\"{CANARY}\"}}")));
        assert!(!format!("{error} {error:?} {error:#?}").contains("ZW1haWx8"));
        assert!(error.body().is_some_and(|body| body.len() > 10));
    }

    #[test]
    fn causes_are_scrubbed_too() {
        let cause = std::io::Error::other(format!("bad header {CANARY}"));
        assert!(!chain(&cause).contains("ZW1haWx8"));
    }

    #[test]
    fn is_small_and_crosses_threads() {
        fn check<T: Send + Sync + 'static>() {}
        check::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
