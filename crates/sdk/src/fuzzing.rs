//! What the fuzzers of `tests/fuzz` reach: the ways from an answer's bytes to what callers get, without a network. Only
//! compiled with `--cfg fuzzing`.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use crate::client::Client;
use crate::decode::Json;
use crate::dynamic::{Answer, Single};
use crate::error::Error;
use crate::operation::Operation;
use crate::paging::{Listing, Page};
use crate::response::Raw;
use crate::{failure, retry, transport};

/// An answer to this operation, as it comes out of the transport.
pub fn raw(
    client: &Client,
    operation: &'static Operation,
    status: StatusCode,
    headers: HeaderMap,
    body: &[u8],
) -> Raw {
    Raw {
        operation,
        status,
        request_id: transport::answered_as(&headers, &Arc::from("r-1"), client.credential()),
        headers,
        bytes: Bytes::copy_from_slice(body),
        attempts: 1,
        waited: Duration::ZERO,
        elapsed: Duration::ZERO,
    }
}

/// Reads a page.
///
/// # Errors
/// As [`Fetched::read`](crate::Fetched::read).
pub fn page(listing: &Listing<Json>, raw: &Raw) -> Result<Page<Json>, Error> {
    listing.answered(raw.clone())?.read()
}

/// Reads an answer that comes in one piece.
///
/// # Errors
/// As [`Single::send`].
pub fn single(call: &Single, raw: &Raw) -> Result<Answer, Error> {
    call.answered(raw)
}

/// The error for an answer that is no success.
pub fn failure(client: &Client, raw: &Raw) -> Error {
    failure::from_answer(raw, client.credential())
}

/// What `Retry-After` asks for.
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    retry::retry_after(headers, now)
}

/// How long the client waits before the first retry of a call that was answered like this; `None` if there is none.
pub fn wait(
    client: &Client,
    method: &Method,
    status: StatusCode,
    told: Option<Duration>,
) -> Option<Duration> {
    client.retry_policy().decide(method, retry::Outcome::Status(status), 0, told, 1.0)
}
