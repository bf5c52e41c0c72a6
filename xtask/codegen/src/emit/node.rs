//! `bindings/node`: the types of what the service answers and takes, the resources of the client, and the calls that
//! tests make.

pub(super) mod calls;
mod resources;
pub(super) mod text;
pub(super) mod types;

use super::Source;
use crate::output::Files;

/// Where the package's generated modules are.
const GENERATED: &str = "bindings/node/lib/generated";

pub(super) fn emit(source: &Source, files: &mut Files) {
    let api = source.api;
    files.add(format!("{GENERATED}/types.ts"), types::file(api));
    files.add(format!("{GENERATED}/fill.ts"), types::fill(api));
    files.add(format!("{GENERATED}/resources.ts"), resources::file(api));
    files.add("bindings/node/test/calls.json", calls::file(api));
}
