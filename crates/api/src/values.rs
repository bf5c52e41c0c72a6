//! Hand-written types that the generated ones are made of.

mod nullable;
mod open_enum;
mod secret;
mod timestamp;
mod unix_millis;

pub use nullable::Nullable;
pub(crate) use open_enum::open_enum;
pub use secret::Secret;
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use unix_millis::UnixMillis;
