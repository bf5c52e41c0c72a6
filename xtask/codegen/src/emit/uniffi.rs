//! `bindings/uniffi`, `bindings/kotlin`, `bindings/swift`: records and one native function per operation in Rust, and the
//! resources of the client in Kotlin and Swift, and the calls of Swift's part in the scenarios. uniffi makes the rest of the
//! records and functions.

pub(super) mod argument;
pub(super) mod kotlin;
mod rust;
pub(super) mod swift;
mod swift_agent;
pub(super) mod types;

use super::Source;
use super::node::calls;
use crate::model::{Api, Operation, TypeRef};
use crate::output::Files;

pub(super) fn emit(source: &Source, files: &mut Files) {
    let api = source.api;
    files.add("bindings/uniffi/src/generated/mod.rs", rust::module());
    files.add("bindings/uniffi/src/generated/types.rs", types::file(api));
    files.add("bindings/uniffi/src/generated/calls.rs", rust::file(api));
    files.add("bindings/kotlin/src/main/kotlin/io/github/devinv2/generated/Resources.kt", kotlin::file(api));
    files.add("bindings/kotlin/src/test/resources/calls.json", calls::file(api));
    files.add("bindings/swift/Sources/DevinV2/generated/Resources.swift", swift::file(api));
    files.add("tests/conformance/agents/swift/Agent/Sources/generated/Calls.swift", swift_agent::file(api));
}

/// What an operation gives.
enum Answer<'a> {
    One(&'a TypeRef),
    Rows(&'a TypeRef),
    List(&'a TypeRef),
}

fn answer<'a>(api: &'a Api, operation: &'a Operation) -> Answer<'a> {
    match (&operation.paging, api.resolve(&operation.response)) {
        (Some(paging), _) => Answer::List(&paging.row),
        (None, TypeRef::Array(row)) => Answer::Rows(row),
        (None, _) => Answer::One(&operation.response),
    }
}
