//! The native half of the Python package `devin_v2`: it carries arguments and answers across the border and decides
//! nothing. The Python half, in `python/devin_v2`, holds the classes that users see.

#![forbid(unsafe_code)]

mod arguments;
mod billing_day;
mod bridge;
mod client;
mod emulator;
mod error;
mod json;
mod listing;
mod model;
mod process;
mod secret;
mod table;
mod value;

use devin_v2::{Kind, Operation};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Rust underneath the package `devin_v2`. Not part of its interface.
#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use super::arguments::NotGiven;
    #[pymodule_export]
    use super::billing_day::{BillingDay, BillingDays};
    #[pymodule_export]
    use super::bridge::{Bridge, Task};
    #[pymodule_export]
    use super::client::Core;
    #[pymodule_export]
    use super::emulator::{EmulatorCore, emulate};
    #[pymodule_export]
    use super::listing::{Items, ListingCore};
    #[pymodule_export]
    use super::model::{Field, Model};
    #[pymodule_export]
    use super::process::{forked, shut_down};
    #[pymodule_export]
    use super::secret::Secret;
    #[pymodule_export]
    use super::table::arrow_stream;
    #[pymodule_export]
    use super::{operations, version};
}

/// The version of this package.
#[pyfunction]
fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// What the document and its overlay say of each operation.
#[pyfunction]
fn operations(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    Operation::all()
        .iter()
        .map(|operation| {
            let row = PyDict::new(py);
            row.set_item("name", operation.name)?;
            row.set_item("resource", operation.resource)?;
            row.set_item("method", operation.method_name)?;
            row.set_item("http_method", operation.http_method)?;
            row.set_item("path", operation.template)?;
            let kind = match operation.kind {
                Kind::Read => "read",
                Kind::Write => "write",
                Kind::Destructive => "destructive",
                _ => "bulk-destructive",
            };
            row.set_item("kind", kind)?;
            row.set_item("confirm", operation.confirm)?;
            row.set_item("paged", operation.paging.is_some())?;
            row.set_item("summary", operation.summary)?;
            row.set_item("v3_twin", operation.v3_twin)?;
            row.set_item("beta", operation.beta)?;
            Ok(row)
        })
        .collect()
}
