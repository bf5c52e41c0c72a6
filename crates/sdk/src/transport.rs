//! One call: attempts, time limits, retries and redirects.

mod body;
mod connect;
mod pool;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri};
use hyper::body::Incoming;
use reqwest::{Request, Url};
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
pub(crate) use connect::Connector;
pub(crate) use pool::Pool;
use pool::{Lease, Outgoing};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Redirects that one attempt follows.
const MAX_REDIRECTS: usize = 5;
/// What to do where a change may or may not have been made.
const DOUBT: &str = "The service may have done it all the same: look before you repeat it.";

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
        sent: AtomicBool::new(false),
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
            () = token.cancelled() => Err(call.blame(call.cancelled())),
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
    /// Whether the current attempt may have sent the request.
    sent: AtomicBool,
}

/// Why an attempt has no response.
enum Failure {
    /// The request was not sent: there was no connection for it.
    NotSent(std::io::Error),
    /// The request was not sent, and won't be: the other side's TLS or certificate is not acceptable.
    Untrusted(std::io::Error),
    /// The connection broke; with the status, if the head of the response had arrived.
    Broken(hyper::Error, Option<StatusCode>),
    /// The body ended too early although the connection did not break.
    CutShort(StatusCode),
    /// Neither response nor failure in time.
    TimedOut,
    /// Nothing that another attempt could mend.
    Final(Error),
}

/// A complete answer of any status.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Bytes,
}

impl Call<'_> {
    async fn run(&self, request: Request) -> Result<Raw, Error> {
        let limits = self.client.limits();
        let policy = self.client.retry_policy();
        let deadline = self.started + limits.timeout;
        let url = request.url().clone();
        let outgoing = self.outgoing(request).map_err(|error| self.blame(error))?;
        loop {
            let retries = self.attempts();
            let slot = match self.client.slots().try_acquire() {
                Ok(slot) => slot,
                Err(_) => match timeout_at(deadline, self.client.slots().acquire()).await {
                    Ok(Ok(slot)) => slot,
                    _ => return Err(self.blame(crowded(limits.timeout))),
                },
            };
            let begun = Instant::now();
            self.sent.store(false, Ordering::Relaxed);
            let number = self.attempts.fetch_add(1, Ordering::Relaxed) + 1;
            let until = deadline.min(begun + limits.attempt_timeout);
            let result = match timeout_at(until, self.attempt(&outgoing, &url)).await {
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
                        Failure::NotSent(_) => (Some(Outcome::NotSent), "not sent"),
                        Failure::Broken(..) => (Some(Outcome::Broken), "broken"),
                        Failure::CutShort(_) => (Some(Outcome::Broken), "cut short"),
                        Failure::TimedOut if self.is_sent() => (Some(Outcome::TimedOut), "timed out"),
                        Failure::TimedOut => (Some(Outcome::NotSent), "timed out before it was sent"),
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

    /// What is sent: the request that was built, with our headers; what the builder set beside them stays.
    fn outgoing(&self, request: Request) -> Result<Outgoing, Error> {
        let mut headers = HeaderMap::with_capacity(10);
        headers.extend(request.headers().iter().map(|(name, value)| (name.clone(), value.clone())));
        headers.insert(AUTHORIZATION, self.client.credential().header());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert(USER_AGENT, self.client.user_agent());
        if let Ok(id) = HeaderValue::from_str(&self.request_id) {
            headers.insert(REQUEST_ID, id);
        }
        let body = request.body().and_then(reqwest::Body::as_bytes).map(Bytes::copy_from_slice);
        let uri = uri(request.url())?;
        Ok(Outgoing { method: self.method.clone(), uri, headers, body: body.unwrap_or_default() })
    }

    /// Sends once and reads the whole response, following redirects where that is safe.
    async fn attempt(&self, outgoing: &Outgoing, url: &Url) -> Result<Answer, Failure> {
        let (mut response, mut lease) = self.execute(outgoing).await?;
        let mut url = url.clone();
        let mut hops = 0;
        while response.status().is_redirection() && response.status() != StatusCode::NOT_MODIFIED {
            let status = response.status();
            let Some(target) = location(&response, &url, self.client.base()) else {
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
            // Its body is worth nothing, the connection is.
            self.read(response, lease).await?;
            let next = Outgoing {
                method: outgoing.method.clone(),
                uri: uri(&target).map_err(Failure::Final)?,
                headers: outgoing.headers.clone(),
                body: Bytes::new(),
            };
            (response, lease) = self.execute(&next).await?;
            url = target;
        }
        self.read(response, lease).await
    }

    async fn execute(&self, outgoing: &Outgoing) -> Result<(Response<Incoming>, Lease), Failure> {
        self.client.pool().send(outgoing, &self.sent).await.map_err(|failure| match failure {
            pool::Failure::NotSent(error) if is_tls(&error) => Failure::Untrusted(error),
            pool::Failure::NotSent(error) => Failure::NotSent(error),
            pool::Failure::Broken(error) if error.is_parse() => {
                let reason = format!("the response is not valid HTTP: {}", chain(&error));
                let error = Error::new(ErrorKind::Decode, reason).caused(error);
                Failure::Final(if self.changes() {
                    error.hinted(DOUBT)
                } else {
                    error.hinted("Check the base URL and any proxy.")
                })
            }
            pool::Failure::Broken(error) => Failure::Broken(error, None),
        })
    }

    /// Reads a body, but no more of it than allowed.
    async fn read(&self, mut response: Response<Incoming>, lease: Lease) -> Result<Answer, Failure> {
        let status = response.status();
        let mut headers = std::mem::take(response.headers_mut());
        let most = self.client.max_body_bytes();
        let (bytes, mut fault) = body::read(response.body_mut(), &headers, most).await;
        if fault.is_none() {
            self.client.pool().put_back(lease);
        }
        let bytes = match body::decode(bytes, &mut headers, most) {
            Ok(bytes) => bytes,
            Err(found) => {
                fault.get_or_insert(found);
                Bytes::new()
            }
        };
        let Some(fault) = fault.filter(|_| status.is_success()) else {
            // What the status says of a failure holds whatever became of the body.
            return Ok(Answer { status, headers, bytes });
        };
        let wrong = |problem: String| Error::new(ErrorKind::Decode, problem).answered(status);
        Err(match fault {
            body::Fault::Broken(error) => Failure::Broken(error, Some(status)),
            body::Fault::CutShort => Failure::CutShort(status),
            body::Fault::TooLarge => Failure::Final(
                wrong(format!("the response is larger than {most} bytes"))
                    .hinted("Ask for fewer rows (limit), or raise max_body_bytes."),
            ),
            body::Fault::Malformed(reason) => {
                let error = wrong(format!("the body of the response ({}) is {reason}", status.as_u16()));
                Failure::Final(if self.changes() {
                    error.hinted(DOUBT)
                } else {
                    error.hinted("Check any proxy between here and the service.")
                })
            }
        })
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
            Err(Failure::NotSent(cause)) => {
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
                    .hinted(if self.changes() { DOUBT } else { "Try again." })
                    .caused(cause);
                match status {
                    Some(status) => error.answered(status),
                    None => error,
                }
            }
            Err(Failure::CutShort(status)) => {
                let problem =
                    format!("the compressed body of the response ({}) was cut short", status.as_u16());
                Error::new(ErrorKind::Connect, problem).answered(status).hinted(if self.changes() {
                    DOUBT
                } else {
                    "Try again."
                })
            }
            Err(Failure::TimedOut) => {
                let limits = self.client.limits();
                let (limit, name) = if Instant::now() >= deadline {
                    (limits.timeout, "timeout")
                } else {
                    (limits.attempt_timeout, "attempt_timeout")
                };
                if !self.is_sent() {
                    let problem = format!("no connection within {limit:?} ({name})");
                    let error = Error::new(ErrorKind::Timeout, problem);
                    return self.blame(error.hinted("Check the base URL, the network and any proxy."));
                }
                let error =
                    Error::new(ErrorKind::Timeout, format!("no complete answer within {limit:?} ({name})"));
                if self.changes() {
                    error.hinted(DOUBT)
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

    /// Whether the current attempt may have sent the request.
    fn is_sent(&self) -> bool {
        self.sent.load(Ordering::Relaxed)
    }

    fn cancelled(&self) -> Error {
        let error = Error::new(ErrorKind::Cancelled, "cancelled by the caller");
        match self.method {
            Method::GET | Method::HEAD => error,
            _ if self.is_sent() => error.hinted(DOUBT),
            _ => error,
        }
    }

    /// Whether repeating it can do something twice.
    fn changes(&self) -> bool {
        matches!(self.method, Method::POST | Method::PATCH)
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

/// A URL as HTTP libraries have it.
fn uri(url: &Url) -> Result<Uri, Error> {
    Uri::try_from(url.as_str()).map_err(|_| {
        Error::new(ErrorKind::Refused, "the URL of the request is not valid")
            .hinted("Check the arguments of this call: one of them holds characters that no URL can have.")
    })
}

/// Where a redirect leads.
fn location(response: &Response<Incoming>, url: &Url, base: &Url) -> Option<Url> {
    let target = response.headers().get(LOCATION)?.to_str().ok()?;
    let mut url = url.join(target).or_else(|_| base.join(target)).ok()?;
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
