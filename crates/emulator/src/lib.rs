//! An embedded, stateful Devin v2 Enterprise API server: for tests, examples and CI, without an account.
//!
//! It holds a whole enterprise in memory (organizations, members, roles, keys, sessions, playbooks, audit log, …) and
//! answers all operations of the API's document. State changes as in the service: an invited member is listed, a revoked
//! key stops working, each change writes an audit entry, consumption sums up from the sessions. The same
//! [`Config`] gives the same data on every run and machine.
//!
//! ```
//! use devin_v2_emulator::{Config, Effect, Emulator, Fault};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let emulator = Emulator::start(Config::default()).await?;
//! println!("{} with {}", emulator.url(), emulator.api_key());
//!
//! // Script a fault: the next request is answered 503.
//! emulator.fault(Fault::everywhere().effect(Effect::status(503)));
//! // … run the code under test against emulator.url() …
//! assert!(emulator.requests().is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! The same over HTTP, for hosts in other languages: `POST /_emulator/faults` (a [`Fault`] or an array of them),
//! `GET` and `DELETE /_emulator/requests`, `POST /_emulator/reset`; answered on loopback addresses only.
//!
//! What it is not: the service. Where the service's behaviour is not published, the emulator takes the plainest one.

#![forbid(unsafe_code)]

mod answer;
mod auth;
mod body;
mod call;
mod config;
mod document;
mod emulator;
mod faults;
// The compiler formats what it writes.
#[rustfmt::skip]
mod generated;
mod operation;
mod program;
mod requests;
mod router;
mod server;
mod service;
mod time;
mod validate;
mod world;

pub use self::{
    config::Config,
    emulator::Emulator,
    faults::{Effect, Fault},
    program::run_program,
    requests::Arrived,
};
