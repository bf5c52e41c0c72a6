//! An answer as it arrived.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::decode;
use crate::error::Error;
use crate::operation::Operation;

/// A successful answer before decoding: status, headers and bytes as the service sent them.
///
/// `Debug` leaves headers and body out.
#[derive(Clone)]
pub struct Raw {
    pub(crate) operation: &'static Operation,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
    pub(crate) request_id: Arc<str>,
    pub(crate) attempts: u32,
    pub(crate) waited: Duration,
    pub(crate) elapsed: Duration,
}

impl Raw {
    /// The status code.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header as text; `None` if it is absent or not visible ASCII. Names are taken in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The body, without the rest.
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }

    /// The id that the service gave its answer (`x-request-id`), for support to find it by; if it gave none, the one that
    /// every attempt of this call carried.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How long the call waited between its attempts, all together.
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// How long the call took, waits included.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Decodes the body, as leniently as every call of the SDK does.
    ///
    /// An empty body of a change (204) is read as `null`, as `{}` or as `[]`: the first that is of the type. An empty
    /// body of a read is an error.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) if the body is not JSON or not of this type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        decode::untyped(self)
    }

    /// Ties an error to this answer.
    pub(crate) fn blame(&self, error: Error) -> Error {
        error.of(self.operation).answered(self.status).holding(self.bytes.clone()).traced(
            &self.request_id,
            self.attempts,
            self.waited,
        )
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Raw")
            .field("operation", &self.operation.name)
            .field("status", &self.status.as_u16())
            .field("bytes", &format_args!("<{} bytes>", self.bytes.len()))
            .field("request_id", &self.request_id)
            .field("attempts", &self.attempts)
            .field("waited", &self.waited)
            .field("elapsed", &self.elapsed)
            .finish_non_exhaustive()
    }
}
