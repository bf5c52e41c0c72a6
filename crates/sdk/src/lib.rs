//! Unofficial SDK for the Devin v2 Enterprise API.
//!
//! ```no_run
//! # async fn example() -> Result<(), devin_v2::Error> {
//! // The key comes from DEVIN_V2_API_KEY: a personal key (apk_user_…) of an Enterprise Admin.
//! let client = devin_v2::Client::from_env()?;
//!
//! let mut members = client.members().list().items();
//! while let Some(member) = members.next().await {
//!     println!("{}", member?.email);
//! }
//! assert!(members.report().complete);
//! # Ok(()) }
//! ```
//!
//! # What every call does
//! - It checks ids, limits, ranges of time and confirmations before a byte is sent ([`ErrorKind::Refused`]).
//! - It sends the key to the client's own host and nowhere else; only `GET` follows redirects, within that host.
//! - It tries again what can be tried again without harm, waits as long as `Retry-After` says, and ends within
//!   [`ClientBuilder::timeout`].
//! - It reads what it can: an unknown value of an enum or an unknown field is kept, a row that does not fit is put aside
//!   as a [`BadRow`], and a list tells in its [`Report`] whether it is complete.
//! - Its [`Error`] says what happened and what to do, with the request id, and never holds the key.
//!
//! # What is read
//! - A change that is answered with nothing (204, an empty body or `null`) succeeded: fields of its result are `None`,
//!   lists and maps empty, in strict mode too. An empty response to a read is [`ErrorKind::Decode`]. If the response to a
//!   change cannot be read, the error's hint says that the request succeeded.
//! - A byte order mark before JSON is skipped.
//! - Integers are recognised by their value: `3.0`, `1e2` and `-0` are integers. `1.5`, and what does not fit into 64 bits, make
//!   a row a [`BadRow`]. Of other numbers, those beyond the range of `f64` do. In unknown fields, an integer beyond 64
//!   bits is the nearest `f64`; [`Raw::bytes`] has its digits.
//! - Times are read as [`Timestamp`] says.
//! - Of two members of the same name, the last one holds. Values may be nested 127 levels deep.
//!
//! # Features
//! - `http2` (default): many requests over one connection, where the server offers it.
//!
//! The v2 API is deprecated, with no end date published: the documentation of each operation names its successor in v3,
//! where there is one.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod billing;
mod client;
mod config;
mod credential;
mod decode;
pub mod dynamic;
mod error;
mod failure;
#[cfg(fuzzing)]
pub mod fuzzing;
#[rustfmt::skip]
mod generated;
mod guard;
mod operation;
mod paging;
mod proxy;
mod raw_request;
mod redact;
mod response;
mod retry;
mod shape;
#[cfg(test)]
mod testing;
mod transport;

pub use billing::{BillingDay, BillingDays, IntoBillingDays, IntoTimestamp};
pub use client::Client;
pub use config::{CallOptions, ClientBuilder};
pub use credential::{Credential, KeyKind};
pub use decode::{BadRow, Json, Rows};
pub use error::{Error, ErrorKind};
pub use operation::{Check, Kind, Operation, Paging, Rule, Style};
pub use paging::{Collected, Fetched, Interrupted, Items, Listing, Page, Report, ResumeToken};
pub use raw_request::RawRequest;
pub use response::Raw;

pub use devin_v2_api::{InvalidTimestamp, Nullable, Secret, Timestamp, UnixMillis};
pub use http::Method;
pub use tokio_util::sync::CancellationToken;

/// What the client's methods give: one module for each resource, with a type for each of its calls.
pub mod resources {
    pub use crate::generated::*;
}

/// The types of requests and answers, as the document names them.
pub mod types {
    pub use devin_v2_api::types::*;
    pub use devin_v2_api::{Nullable, Secret, Timestamp, UnixMillis};
}

/// The README's example has to compile.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
