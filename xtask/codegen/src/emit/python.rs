//! `bindings/python`: the classes of what the service answers, one module per resource, and the calls that tests make.

mod calls;
mod resources;
pub(super) mod text;
pub(super) mod types;

use super::Source;
use crate::output::Files;

/// The package's modules.
const PACKAGE: &str = "bindings/python/python/devin_v2";

pub(super) fn emit(source: &Source, files: &mut Files) {
    let api = source.api;
    files.add(format!("{PACKAGE}/types.py"), types::file(api));
    files.add(format!("{PACKAGE}/resources/__init__.py"), resources::index(api));
    for resource in &api.resources {
        let module = text::resource(&resource.name);
        files.add(format!("{PACKAGE}/resources/{module}.py"), resources::file(api, resource));
    }
    files.add("bindings/python/tests/calls.json", calls::file(api));
}
