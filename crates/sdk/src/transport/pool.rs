//! Connections that are kept for further requests. One that was closed, or that received anything, while no request was
//! under way is never used again.

#[cfg(feature = "http2")]
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{HOST, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
#[cfg(feature = "http2")]
use hyper::client::conn::http2;
use hyper::client::conn::{TrySendError, http1};

use tokio::time::timeout;

use super::connect::{Connector, Sender, Watch};
use crate::proxy::{Hop, Route};

/// How long a connection is kept without use. What stands between may forget it, and then says nothing when it is used.
const MAX_IDLE: Duration = Duration::from_secs(90);
/// How long a connection may take to be done with a request whose response was read to its end.
const MAX_SETTLING: Duration = Duration::from_secs(1);

/// A request apart from a connection.
pub(super) struct Outgoing {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Why there is no response.
pub(super) enum Failure {
    /// No connection was made, or it ended before the request was on it: it certainly did not arrive.
    NotSent(std::io::Error),
    /// The connection failed after the request was, or may have been, sent.
    Broken(hyper::Error),
}

/// The connections of a client, all to one origin.
pub(crate) struct Pool {
    connector: Connector,
    /// `Host`, for HTTP/1.
    host: HeaderValue,
    idle: Mutex<Idle>,
}

#[derive(Default)]
struct Idle {
    /// The one used last is at the end, and used first: the others can grow old.
    http1: Vec<Http1>,
    #[cfg(feature = "http2")]
    http2: Option<Http2>,
}

/// A connection for one request at a time.
struct Http1 {
    sender: http1::SendRequest<Full<Bytes>>,
    watch: Watch,
    since: Instant,
}

impl Drop for Http1 {
    fn drop(&mut self) {
        self.watch.shut_down();
    }
}

/// A connection for many requests at a time.
#[cfg(feature = "http2")]
#[derive(Clone)]
struct Http2 {
    sender: http2::SendRequest<Full<Bytes>>,
    watch: Watch,
    /// Held by each request that is under way.
    users: Arc<Mutex<Instant>>,
}

#[cfg(feature = "http2")]
impl Http2 {
    /// Whether it can be used further; `known` of those who hold it don't use it.
    fn is_sound(&self, known: usize) -> bool {
        // While others use it, what comes is theirs.
        let in_use = Arc::strong_count(&self.users) > known;
        let unasked = || !self.watch.is_quiet() || lock(&self.users).elapsed() >= MAX_IDLE;
        !self.sender.is_closed() && (in_use || !unasked())
    }
}

/// The connection on which a response comes; to be given back when all of it was read.
pub(super) struct Lease(Kept);

enum Kept {
    Http1(Http1),
    #[cfg(feature = "http2")]
    Http2(Http2),
}

impl Pool {
    /// A pool without connections. `host` is the origin's host and, if it isn't the scheme's own, port.
    pub(crate) fn new(connector: Connector, host: HeaderValue) -> Self {
        Self { connector, host, idle: Mutex::default() }
    }

    /// Sends a request: over a connection that is there, or else a new one.
    ///
    /// `sent` becomes true once the request may be on its way, also for a caller that no longer waits.
    ///
    /// # Errors
    /// If there is no response, and whether the request can have arrived.
    pub(super) async fn send(
        &self,
        outgoing: &Outgoing,
        sent: &AtomicBool,
    ) -> Result<(Response<Incoming>, Lease), Failure> {
        #[cfg(feature = "http2")]
        loop {
            let Some(shared) = lock(&self.idle).http2.clone() else { break };
            // Compared without our own use of it.
            if !shared.is_sound(2) {
                self.forget(&shared);
                continue;
            }
            match self.over_http2(shared, outgoing, sent).await {
                Err(Failure::NotSent(_)) => {}
                done => return done,
            }
        }
        loop {
            let Some(mut kept) = lock(&self.idle).http1.pop() else { break };
            let is_ready = timeout(MAX_SETTLING, kept.sender.ready()).await.is_ok_and(|ready| ready.is_ok());
            // Asked last: what comes from here on can't be told from a response to this request.
            if !is_ready || kept.since.elapsed() >= MAX_IDLE || !kept.watch.is_quiet() {
                continue;
            }
            match self.over_http1(kept, outgoing, sent).await {
                // It ended just now: what is in its place is as good.
                Err(Failure::NotSent(_)) => {}
                done => return done,
            }
        }
        match self.connector.connect().await.map_err(Failure::NotSent)? {
            (Sender::Http1(sender), watch) => {
                self.over_http1(Http1 { sender, watch, since: Instant::now() }, outgoing, sent).await
            }
            #[cfg(feature = "http2")]
            (Sender::Http2(sender), watch) => {
                let fresh = Http2 { sender, watch, users: Arc::new(Mutex::new(Instant::now())) };
                let shared = lock(&self.idle).http2.get_or_insert(fresh).clone();
                self.over_http2(shared, outgoing, sent).await
            }
        }
    }

    /// Takes a connection back whose response was read to its end.
    pub(super) fn put_back(&self, lease: Lease) {
        match lease.0 {
            Kept::Http1(mut http1) => {
                let mut gone = Vec::new();
                let mut idle = lock(&self.idle);
                http1.since = Instant::now();
                let old = idle.http1.iter().take_while(|kept| kept.since.elapsed() >= MAX_IDLE).count();
                gone.extend(idle.http1.drain(..old));
                idle.http1.push(http1);
                // Closed behind the lock.
                drop(idle);
            }
            #[cfg(feature = "http2")]
            Kept::Http2(http2) => *lock(&http2.users) = Instant::now(),
        }
    }

    async fn over_http1(
        &self,
        mut http1: Http1,
        outgoing: &Outgoing,
        sent: &AtomicBool,
    ) -> Result<(Response<Incoming>, Lease), Failure> {
        let mut request = self.request(outgoing, matches!(self.connector.route(), Route::Forward(_)));
        request.headers_mut().insert(HOST, self.host.clone());
        if let Route::Forward(Hop { login: Some(login), .. }) = self.connector.route() {
            request.headers_mut().insert(PROXY_AUTHORIZATION, login.clone());
        }
        sent.store(true, Ordering::Relaxed);
        match http1.sender.try_send_request(request).await {
            Ok(response) => Ok((response, Lease(Kept::Http1(http1)))),
            Err(error) => Err(failed(error, sent)),
        }
    }

    #[cfg(feature = "http2")]
    async fn over_http2(
        &self,
        mut http2: Http2,
        outgoing: &Outgoing,
        sent: &AtomicBool,
    ) -> Result<(Response<Incoming>, Lease), Failure> {
        sent.store(true, Ordering::Relaxed);
        match http2.sender.try_send_request(self.request(outgoing, true)).await {
            Ok(response) => Ok((response, Lease(Kept::Http2(http2)))),
            Err(error) => {
                let failure = failed(error, sent);
                if matches!(failure, Failure::NotSent(_)) {
                    self.forget(&http2);
                }
                Err(failure)
            }
        }
    }

    #[cfg(feature = "http2")]
    fn forget(&self, http2: &Http2) {
        let mut idle = lock(&self.idle);
        if idle.http2.as_ref().is_some_and(|kept| Arc::ptr_eq(&kept.users, &http2.users)) {
            idle.http2 = None;
        }
    }

    /// The request as it is sent: with the whole URL, or with path and query alone.
    fn request(&self, outgoing: &Outgoing, whole: bool) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(outgoing.body.clone()));
        *request.method_mut() = outgoing.method.clone();
        *request.uri_mut() = match outgoing.uri.path_and_query() {
            Some(path) if !whole => Uri::from(path.clone()),
            _ => outgoing.uri.clone(),
        };
        *request.headers_mut() = outgoing.headers.clone();
        request
    }
}

/// Tells whether a request can have arrived: what it did not take, a connection gives back.
fn failed<T>(mut error: TrySendError<T>, sent: &AtomicBool) -> Failure {
    let returned = error.take_message().is_some();
    let error = error.into_error();
    #[cfg(feature = "http2")]
    let returned = returned || refused_stream(&error);
    if !returned {
        return Failure::Broken(error);
    }
    sent.store(false, Ordering::Relaxed);
    Failure::NotSent(std::io::Error::other(error))
}

/// Whether the service refused a request before it looked at it (RFC 9113, 8.7).
#[cfg(feature = "http2")]
fn refused_stream(error: &hyper::Error) -> bool {
    use std::error::Error as _;
    let found = error.source().and_then(|source| source.downcast_ref::<h2::Error>());
    found.and_then(h2::Error::reason) == Some(h2::Reason::REFUSED_STREAM)
}

/// A panic while holding one of the locks leaves nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
