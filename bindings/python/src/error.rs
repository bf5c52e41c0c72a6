//! The core's error as an exception of the Python half.

use devin_v2::{Error, Report};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyTuple};

/// The exception for an error of the core.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    made(py, error).unwrap_or_else(|problem| problem)
}

fn made(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let make = MAKE.get_or_try_init(py, || {
        PyResult::Ok(py.import("devin_v2.errors")?.getattr("_from_native")?.unbind())
    })?;
    let fields = PyDict::new(py);
    fields.set_item("operation", error.operation())?;
    fields.set_item("field", error.field())?;
    fields.set_item("status_code", error.status())?;
    fields.set_item("request_id", error.request_id())?;
    fields.set_item("attempts", error.attempts())?;
    fields.set_item("waited", error.waited().as_secs_f64())?;
    fields.set_item("retry_after", error.retry_after().map(|wait| wait.as_secs_f64()))?;
    fields.set_item("detail", error.detail())?;
    fields.set_item("hint", error.hint())?;
    fields.set_item("body", error.body().map(|body| PyBytes::new(py, body)))?;
    let made = make.call1(py, (error.kind().as_str(), error.to_string(), fields, error.causes()))?;
    Ok(PyErr::from_value(made.into_bound(py)))
}

/// The exception for a setting that can't be used, where the core has no type to put it in.
pub(crate) fn config(py: Python<'_>, field: &str, message: &str) -> PyErr {
    ours(py, "config", Some(field), message)
}

/// The exception for a call that is refused here, before the core hears of it.
pub(crate) fn refused(py: Python<'_>, message: &str) -> PyErr {
    ours(py, "refused", None, message)
}

/// An exception of the Python half for a failure outside of the core.
pub(crate) fn ours(py: Python<'_>, kind: &str, field: Option<&str>, message: &str) -> PyErr {
    let made = || {
        let fields = PyDict::new(py);
        fields.set_item("field", field)?;
        fields.set_item("status_code", py.None())?;
        let make = py.import("devin_v2.errors")?.getattr("_from_native")?;
        make.call1((kind, message, fields, PyTuple::empty(py)))
    };
    made().map_or_else(|problem| problem, PyErr::from_value)
}

/// What the Python half makes its `BadRow` of.
pub(crate) type BadRow = (u64, String, String, String);

pub(crate) fn bad_row(row: &devin_v2::BadRow) -> BadRow {
    (row.index, row.json.clone(), row.path.clone(), row.reason.clone())
}

/// What the Python half makes its `Report` of.
pub(crate) fn report<'py>(py: Python<'py>, report: &Report) -> PyResult<Bound<'py, PyDict>> {
    let fields = PyDict::new(py);
    fields.set_item("complete", report.complete)?;
    fields.set_item("expected", report.expected)?;
    fields.set_item("seen", report.seen)?;
    fields.set_item("duplicates", report.duplicates)?;
    fields.set_item("bad_rows", report.bad_rows.iter().map(bad_row).collect::<Vec<_>>())?;
    fields.set_item("bad_row_count", report.bad_row_count)?;
    fields.set_item("pages", report.pages)?;
    fields.set_item("total_changed", report.total_changed)?;
    fields.set_item("resume", report.resume.as_ref().map(ToString::to_string))?;
    Ok(fields)
}
