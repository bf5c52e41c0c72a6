//! progenitor's client as a request builder: the one place where its hooks are implemented.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use progenitor_client::{ClientHooks, ClientInfo, Error, OperationInfo, ResponseValue};

use crate::Client;

/// Where a generated method leaves the request that it would have sent.
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Mutex<Option<reqwest::Request>>>);

impl ClientHooks<Recorder> for Client {
    /// Keeps the request instead of sending it, and never comes back: what the generated method would do with an answer
    /// is not its business.
    async fn exec(&self, request: reqwest::Request, _: &OperationInfo) -> reqwest::Result<reqwest::Response> {
        *self.inner().0.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
        std::future::pending().await
    }
}

/// Builds the request of one generated method: `build(base, &http, async |api| api.members_get("…").await)`.
///
/// `base` is the URL in front of every path, without a slash at its end. The result is what progenitor made of the
/// arguments; no byte is sent.
///
/// # Errors
/// What progenitor or the URL parser found wrong with the arguments, as text.
pub fn build<T>(
    base: &str,
    http: &reqwest::Client,
    method: impl AsyncFnOnce(&Client) -> Result<ResponseValue<T>, Error<()>>,
) -> Result<reqwest::Request, String> {
    let recorder = Recorder::default();
    let client = Client::new_with_client(base, http.clone(), recorder.clone());
    let mut future = std::pin::pin!(method(&client));
    // The hook above keeps the request and waits for ever: the first poll is the last.
    match Future::poll(future.as_mut(), &mut Context::from_waker(Waker::noop())) {
        Poll::Pending | Poll::Ready(Ok(_)) => {}
        // progenitor's own Display may print bodies and headers; the variants that can come up here hold neither.
        Poll::Ready(Err(Error::InvalidRequest(reason))) => return Err(reason),
        Poll::Ready(Err(Error::CommunicationError(error))) => return Err(error.to_string()),
        Poll::Ready(Err(_)) => return Err("the generated method failed before it had a request".to_owned()),
    }
    recorder
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
        .ok_or_else(|| "the generated method made no request".to_owned())
}
