//! The native half of the Kotlin and Swift packages: records, errors and one function per operation, over the core's
//! calls by name. It decides nothing. What users see beside the records is in `bindings/kotlin` and `bindings/swift`.

#![allow(unreachable_pub, reason = "what is exported is reached from other languages")]
#![allow(clippy::result_large_err, reason = "an error crosses the border as a record")]

mod billing;
mod client;
mod error;
#[rustfmt::skip]
mod generated;
mod listing;
mod runtime;
mod secret;
mod settings;
mod value;

uniffi::setup_scaffolding!();
