//! The native half of the npm package `devin-v2`: it carries arguments and answers across the border as JSON text and
//! decides nothing. The TypeScript half, in `lib`, holds the classes that users see.

#![allow(clippy::result_large_err, reason = "failures are few, and handed over at once")]

mod billing;
mod client;
mod failure;
mod listing;
mod settings;
mod text;

use napi_derive::{module_init, napi};

/// One worker: it only moves bytes, and Node's own thread parses them.
#[module_init]
fn init() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("devin-v2")
        .enable_all()
        .build();
    // Without one of ours, the one that comes with the bridge does.
    if let Ok(runtime) = runtime {
        napi::bindgen_prelude::create_custom_tokio_runtime(runtime);
    }
}

/// The version of this package.
#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
