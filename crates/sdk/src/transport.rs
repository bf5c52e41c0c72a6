//! One call: attempts, time limits, retries and redirects.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, AUTHORIZATION, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use reqwest::{Request, Response, Url};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument as _;

use crate::client::Client;
use crate::credential::Credential;
use crate::error::{Error, ErrorKind, chain};
use crate::failure;
use crate::guard;
use crate::operation::Operation;
use crate::redact;
use crate::response::Raw;
use crate::retry::{Outcome, retry_after};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Redirects that one attempt follows.
const MAX_REDIRECTS: usize = 5;
/// The most that is set aside for a body on the word of its `Content-Length`.
const MAX_RESERVE: usize = 1024 * 1024;

/// Sends a guarded request until it is answered, refused or out of time.
pub(crate) async fn call(
    client: &Client,
    operation: &'static Operation,
    request: Request,
) -> Result<Raw, Error> {
    in_runtime()?;
    let call = Call {
        client,
        operation,
        method: request.method().clone(),
        request_id: request_id(),
        started: Instant::now(),
        attempts: AtomicU32::new(0),
        waited: AtomicU64::new(0),
    };
    // Templates only: ids, filters and bodies are the caller's and stay out of logs.
    let span = tracing::debug_span!(
        "devin_v2.call",
        operation = operation.name,
        method = %call.method,
        template = operation.template,
        request_id = &*call.request_id,
    );
    let work = call.run(request).instrument(span);
    match &client.limits().cancel {
        None => work.await,
        Some(token) => tokio::select! {
            biased;
            () = token.cancelled() => Err(call.blame(cancelled(&call.method, call.attempts()))),
            result = work => result,
        },
    }
}

/// A random id of 32 hexadecimal digits.
fn request_id() -> Arc<str> {
    let mut random = fastrand::u128(..);
    let mut text = [0; 32];
    for digit in &mut text {
        *digit = b"0123456789abcdef"[(random & 15) as usize];
        random >>= 4;
    }
    std::str::from_utf8(&text).unwrap_or_default().into()
}

/// The id under which the service knows an answer: its own if it gave one, otherwise `ours`.
pub(crate) fn answered_as(headers: &HeaderMap, ours: &Arc<str>, credential: &Credential) -> Arc<str> {
    match headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()) {
        Some(id) if !id.is_empty() && *id != **ours => redact::foreign(id, Some(credential.expose())).into(),
        _ => ours.clone(),
    }
}

/// The state of one call.
struct Call<'a> {
    client: &'a Client,
    operation: &'static Operation,
    method: Method,
    request_id: Arc<str>,
    started: Instant,
    // Atomic since cancellation reads them from outside of the future that counts.
    attempts: AtomicU32,
    waited: AtomicU64,
}

/// Why an attempt has no answer.
enum Failure {
    /// No connection was made.
    NotConnected(reqwest::Error),
    /// No connection was made, and none will be: the other side's TLS or certificate is not acceptable.
    Untrusted(reqwest::Error),
    /// The connection broke; with the status, if the head of the answer had arrived.
    Broken(reqwest::Error, Option<StatusCode>),
    /// Neither answer nor failure in time.
    TimedOut,
    /// Nothing that another attempt could mend.
    Final(Error),
}

/// What is kept of a request for further attempts. Most requests have no body, and then the URL is all there is to it.
enum Spare {
    None,
    Bare(Url),
    Full(Box<Request>),
}

impl Spare {
    fn of(request: &Request, retries: u32) -> Self {
        match request.body() {
            _ if retries == 0 => Self::None,
            None => Self::Bare(request.url().clone()),
            // Bodies are bytes, which are shared and not copied.
            Some(_) => request.try_clone().map_or(Self::None, |copy| Self::Full(Box::new(copy))),
        }
    }

    fn request(&mut self, call: &Call<'_>) -> Option<Request> {
        match self {
            Self::None => None,
            Self::Bare(url) => Some(call.bare(url.clone())),
            Self::Full(request) => request.try_clone().map(|mut copy| {
                call.dress(copy.headers_mut());
                copy
            }),
        }
    }
}

/// A complete answer of any status.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Bytes,
}

impl Call<'_> {
    async fn run(&self, mut request: Request) -> Result<Raw, Error> {
        let limits = self.client.limits();
        let policy = self.client.retry_policy();
        let deadline = self.started + limits.timeout;
        let mut spare = Spare::of(&request, policy.max_retries);
        self.dress(request.headers_mut());
        let mut next = Some(request);
        loop {
            let retries = self.attempts();
            let Some(current) = next.take().or_else(|| spare.request(self)) else {
                return Err(self.blame(Error::new(ErrorKind::Connect, "the request cannot be repeated")));
            };
            let slot = match self.client.slots().try_acquire() {
                Ok(slot) => slot,
                Err(_) => match timeout_at(deadline, self.client.slots().acquire()).await {
                    Ok(Ok(slot)) => slot,
                    _ => return Err(self.blame(crowded(limits.timeout))),
                },
            };
            let begun = Instant::now();
            let number = self.attempts.fetch_add(1, Ordering::Relaxed) + 1;
            let until = deadline.min(begun + limits.attempt_timeout);
            let result = match timeout_at(until, self.attempt(current)).await {
                Ok(result) => result,
                Err(_) => Err(Failure::TimedOut),
            };
            drop(slot);
            let elapsed_ms = begun.elapsed().as_millis() as u64;
            let failed;

            let (outcome, asked) = match result {
                Ok(answer) => {
                    let status = answer.status.as_u16();
                    tracing::debug!(attempt = number, status, elapsed_ms, "answered");
                    if answer.status.is_success() {
                        return Ok(self.raw(answer));
                    }
                    let asked = retry_after(&answer.headers, SystemTime::now());
                    let outcome = Outcome::Status(answer.status);
                    failed = Ok(answer);
                    (outcome, asked)
                }
                Err(failure) => {
                    let (outcome, name) = match &failure {
                        Failure::NotConnected(_) => (Some(Outcome::NotConnected), "not connected"),
                        Failure::Broken(..) => (Some(Outcome::Broken), "broken"),
                        Failure::TimedOut => (Some(Outcome::TimedOut), "timed out"),
                        Failure::Untrusted(_) => (None, "not trusted"),
                        Failure::Final(_) => (None, "refused"),
                    };
                    tracing::debug!(attempt = number, failure = name, elapsed_ms, "failed");
                    failed = Err(failure);
                    match outcome {
                        Some(outcome) => (outcome, None),
                        None => return Err(self.error(failed, deadline)),
                    }
                }
            };
            let wait = policy.decide(&self.method, outcome, retries, asked, fastrand::f64());
            // A wait beyond the end of the call would only turn the reason into a timeout.
            match wait.filter(|wait| Instant::now() + *wait < deadline) {
                Some(wait) => {
                    tracing::debug!(attempt = number, wait_ms = wait.as_millis() as u64, "trying again");
                    sleep(wait).await;
                    self.waited.fetch_add(wait.as_micros() as u64, Ordering::Relaxed);
                }
                None => return Err(self.error(failed, deadline)),
            }
        }
    }

    /// A request of this call without a body.
    fn bare(&self, url: Url) -> Request {
        let mut request = Request::new(self.method.clone(), url);
        self.dress(request.headers_mut());
        request
    }

    /// Our headers; whatever the request builder set beside them stays.
    fn dress(&self, headers: &mut HeaderMap) {
        if headers.is_empty() {
            // Room for all of ours at once: growing from one to five costs more than all the rest here.
            *headers = HeaderMap::with_capacity(6);
        }
        headers.insert(AUTHORIZATION, self.client.credential().header());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, self.client.user_agent());
        if let Ok(id) = HeaderValue::from_str(&self.request_id) {
            headers.insert(REQUEST_ID, id);
        }
    }

    /// Sends once and reads the whole answer, following redirects where that is safe.
    async fn attempt(&self, request: Request) -> Result<Answer, Failure> {
        let mut response = self.execute(request).await?;
        let mut hops = 0;
        while response.status().is_redirection() && response.status() != StatusCode::NOT_MODIFIED {
            let status = response.status();
            let Some(target) = location(&response, self.client.base()) else {
                return Err(Failure::Final(lost(status, "without a usable target", &self.method)));
            };
            let key = self.client.credential().expose();
            let host = redact::foreign(target.host_str().unwrap_or_default(), Some(key));
            let refuse = |why: &str| Failure::Final(lost(status, &format!("to {host} {why}"), &self.method));
            if self.method != Method::GET {
                return Err(refuse(
                    "answers a request that may change something, and those are never redirected",
                ));
            }
            if !guard::is_same_origin(&target, self.client.base())
                || !target.username().is_empty()
                || target.password().is_some()
            {
                return Err(refuse("leaves the base URL, and the key would go with it"));
            }
            let harmless = |part: &str| guard::segment(part).is_ok();
            if !target.path().trim_end_matches('/').split('/').skip(1).all(harmless) {
                return Err(refuse("has a path that is not plain"));
            }
            if hops >= MAX_REDIRECTS {
                return Err(refuse(&format!("is the {}th in a row", MAX_REDIRECTS + 1)));
            }
            hops += 1;
            tracing::debug!(status = status.as_u16(), hops, "redirected");
            response = self.execute(self.bare(target)).await?;
        }
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let bytes = self.read(response, status).await?;
        Ok(Answer { status, headers, bytes })
    }

    async fn execute(&self, request: Request) -> Result<Response, Failure> {
        self.client.http().execute(request).await.map_err(|error| {
            let error = error.without_url();
            match error.is_connect() {
                true if is_tls(&error) => Failure::Untrusted(error),
                true => Failure::NotConnected(error),
                false => Failure::Broken(error, None),
            }
        })
    }

    /// Reads a body, but no more of it than allowed.
    async fn read(&self, mut response: Response, status: StatusCode) -> Result<Bytes, Failure> {
        let most = self.client.max_body_bytes();
        let too_large = || {
            Failure::Final(
                Error::new(ErrorKind::Decode, format!("the answer is larger than {most} bytes"))
                    .answered(status)
                    .hinted("Ask for fewer rows (limit), or raise max_body_bytes."),
            )
        };
        let expected = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        if expected > most {
            return Err(too_large());
        }
        let broken = |error: reqwest::Error| Failure::Broken(error.without_url(), Some(status));
        let Some(first) = response.chunk().await.map_err(broken)? else {
            return Ok(Bytes::new());
        };
        if first.len() > most {
            return Err(too_large());
        }
        // Small answers come in one piece and are not copied.
        let Some(second) = response.chunk().await.map_err(broken)? else {
            return Ok(first);
        };
        let mut body = BytesMut::with_capacity(expected.min(MAX_RESERVE).max(first.len() + second.len()));
        body.extend_from_slice(&first);
        body.extend_from_slice(&second);
        loop {
            if body.len() > most {
                return Err(too_large());
            }
            match response.chunk().await.map_err(broken)? {
                Some(chunk) => body.extend_from_slice(&chunk),
                None => return Ok(body.freeze()),
            }
        }
    }

    fn raw(&self, answer: Answer) -> Raw {
        Raw {
            request_id: answered_as(&answer.headers, &self.request_id, self.client.credential()),
            operation: self.operation,
            status: answer.status,
            headers: answer.headers,
            bytes: answer.bytes,
            attempts: self.attempts(),
            waited: self.waited(),
            elapsed: self.started.elapsed(),
        }
    }

    /// The error for how the last attempt ended.
    fn error(&self, result: Result<Answer, Failure>, deadline: Instant) -> Error {
        let changes = matches!(self.method, Method::POST | Method::PATCH);
        let doubt = "The service may have done it all the same: look before you repeat it.";
        let error = match result {
            Ok(answer) => return failure::from_answer(&self.raw(answer), self.client.credential()),
            Err(Failure::Final(error)) => error,
            Err(Failure::Untrusted(cause)) => {
                let reason = chain(&cause);
                Error::new(ErrorKind::Connect, format!("no secure connection could be made: {reason}"))
                    .hinted(
                        "Check the base URL; behind a proxy that inspects traffic, pass its authority as ca_certificate.",
                    )
                    .caused(cause)
            }
            Err(Failure::NotConnected(cause)) => {
                let reason = chain(&cause);
                Error::new(ErrorKind::Connect, format!("no connection could be made: {reason}"))
                    .hinted("Check the base URL, the network and any proxy.")
                    .caused(cause)
            }
            Err(Failure::Broken(cause, status)) => {
                let reason = chain(&cause);
                let when = match status {
                    Some(status) => {
                        format!("the connection broke while the answer ({}) was read", status.as_u16())
                    }
                    None => "the connection broke before there was an answer".to_owned(),
                };
                let error = Error::new(ErrorKind::Connect, format!("{when}: {reason}"))
                    .hinted(if changes { doubt } else { "Try again." })
                    .caused(cause);
                match status {
                    Some(status) => error.answered(status),
                    None => error,
                }
            }
            Err(Failure::TimedOut) => {
                let limits = self.client.limits();
                let (limit, name) = if Instant::now() >= deadline {
                    (limits.timeout, "timeout")
                } else {
                    (limits.attempt_timeout, "attempt_timeout")
                };
                let error =
                    Error::new(ErrorKind::Timeout, format!("no complete answer within {limit:?} ({name})"));
                if changes {
                    error.hinted(doubt)
                } else {
                    error.hinted(format!("Give it more time ({name}), or ask for less at a time."))
                }
            }
        };
        self.blame(error)
    }

    fn blame(&self, error: Error) -> Error {
        error.of(self.operation).traced(&self.request_id, self.attempts(), self.waited())
    }

    fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    fn waited(&self) -> Duration {
        Duration::from_micros(self.waited.load(Ordering::Relaxed))
    }
}

/// Whether TLS is the reason of an error. rustls hides inside of `io::Error`s, which do not name what they hold as their
/// source.
fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    if error.is::<rustls::Error>() {
        return true;
    }
    match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        Some(inner) => is_tls(inner),
        None => error.source().is_some_and(is_tls),
    }
}

/// Where a redirect leads.
fn location(response: &Response, base: &Url) -> Option<Url> {
    let target = response.headers().get(LOCATION)?.to_str().ok()?;
    let mut url = response.url().join(target).or_else(|_| base.join(target)).ok()?;
    url.set_fragment(None);
    Some(url)
}

fn lost(status: StatusCode, how: &str, method: &Method) -> Error {
    Error::new(
        ErrorKind::Refused,
        format!("a redirect ({}) of this {method} {how}; it was not followed", status.as_u16()),
    )
    .answered(status)
    .hinted("Check the base URL: it must be the service's own address, not one that forwards to it.")
}

fn cancelled(method: &Method, attempts: u32) -> Error {
    let error = Error::new(ErrorKind::Cancelled, "cancelled by the caller");
    if attempts > 0 && !matches!(*method, Method::GET | Method::HEAD) {
        return error.hinted("The service may have done it all the same: look before you repeat it.");
    }
    error
}

fn crowded(limit: Duration) -> Error {
    Error::new(
        ErrorKind::Timeout,
        format!("no free slot among the requests in flight within {limit:?} (timeout)"),
    )
    .hinted("Raise max_concurrency, or start fewer calls at a time.")
}

/// Timers and connections need tokio, which panics where it does not run.
pub(crate) fn in_runtime() -> Result<(), Error> {
    tokio::runtime::Handle::try_current().map(drop).map_err(|_| {
        Error::config("there is no tokio runtime here")
            .hinted("Await this inside a tokio runtime with time and I/O enabled (#[tokio::main] makes one).")
    })
}

#[cfg(test)]
mod tests;
