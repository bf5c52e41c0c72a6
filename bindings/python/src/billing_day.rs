//! Billing days, as Python sees them.

use devin_v2::{BillingDay as Inner, Timestamp};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use crate::error::exception;
use crate::value;

/// A day as the service bills it: from 08:00 UTC to 08:00 UTC of the next day.
///
/// Consumption and metrics agree with the dashboard only if their ranges start and end on these borders. Where a call
/// takes a time, a `BillingDay` stands for its start.
#[pyclass(frozen, eq, ord, hash, module = "devin_v2")]
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct BillingDay(Inner);

/// A date or time as text.
fn text(date: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(text) = date.cast::<PyString>() {
        return Ok(text.to_string());
    }
    if value::is_date(date)? || date.is_instance_of::<BillingDay>() {
        return date.call_method0("isoformat")?.extract();
    }
    Err(PyTypeError::new_err(format!("a date or its text is needed, not a {}", date.get_type().name()?)))
}

fn instant(time: &Bound<'_, PyAny>) -> PyResult<Timestamp> {
    let text = text(time)?;
    devin_v2::IntoTimestamp::into_timestamp(text, "instant").map_err(|error| exception(time.py(), &error))
}

#[pymethods]
impl BillingDay {
    /// The billing day that this date names: `"2025-12-05"` or a `datetime.date`.
    #[new]
    fn new(date: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text = text(date)?;
        Inner::parse(&text).map(Self).map_err(|error| exception(date.py(), &error))
    }

    /// The billing day that an instant falls on: an aware `datetime`, or text with an offset or `Z`.
    #[classmethod]
    fn containing(_cls: &Bound<'_, PyType>, instant: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(Inner::containing(self::instant(instant)?)))
    }

    /// The billing day of this moment.
    #[classmethod]
    fn today(_cls: &Bound<'_, PyType>) -> Self {
        Self(Inner::today())
    }

    /// The date that names it.
    #[getter]
    fn date<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        value::date(py, &self.0.to_string())
    }

    /// Its first instant: 08:00 UTC.
    #[getter]
    fn start<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        value::time(py, &self.0.start().to_string())
    }

    /// The first instant after it: the start of the next day.
    #[getter]
    fn end<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        value::time(py, &self.0.end().to_string())
    }

    /// The day after it.
    fn next(&self) -> Self {
        Self(self.0.next())
    }

    /// The day before it.
    fn prev(&self) -> Self {
        Self(self.0.prev())
    }

    /// All days from this one to `last`, both included; none if `last` is earlier.
    fn through(&self, last: &Self) -> Vec<Self> {
        self.0.through(last.0).map(Self).collect()
    }

    /// Its date, as text.
    fn isoformat(&self) -> String {
        self.0.to_string()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("BillingDay('{}')", self.0)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyType>, (String,)) {
        (slf.get_type(), (slf.get().0.to_string(),))
    }
}

impl BillingDay {
    pub(crate) fn starts_at(&self) -> String {
        self.0.start().to_string()
    }
}
