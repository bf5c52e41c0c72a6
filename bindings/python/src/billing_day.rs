//! Billing days, as Python sees them.

use std::sync::{Mutex, PoisonError};

use devin_v2::{BillingDay as Inner, BillingDays as InnerDays, Timestamp};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyList, PyString, PyTuple, PyType};
use serde_json::Value;

use crate::arguments;
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

    /// The day that many days later.
    fn __add__(&self, days: i64) -> Self {
        Self(self.0 + days)
    }

    fn __radd__(&self, days: i64) -> Self {
        Self(self.0 + days)
    }

    /// The day that many days earlier, or the number of days from another day to this one.
    fn __sub__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        if let Ok(day) = other.cast::<Self>() {
            return (self.0 - day.get().0).into_bound_py_any(py);
        }
        match other.cast::<PyInt>() {
            Ok(days) => Self(self.0 - days.extract::<i64>()?).into_bound_py_any(py),
            Err(_) => Ok(py.NotImplemented().into_bound(py)),
        }
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

/// One or more billing days in a row.
#[pyclass(frozen, eq, hash, module = "devin_v2")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct BillingDays(InnerDays);

#[pymethods]
impl BillingDays {
    /// The days that these arguments name.
    #[new]
    #[pyo3(signature = (days, last=None))]
    fn new(days: &Bound<'_, PyAny>, last: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let given = match last {
            Some(last) => vec![argument(days)?, argument(last)?].into(),
            None => argument(days)?,
        };
        let days_of = |given| devin_v2::dynamic::billing_days(&given).map(Self);
        days_of(given).map_err(|error| exception(days.py(), &error))
    }

    /// The days between two borders at 08:00 UTC; the end is excluded.
    #[classmethod]
    fn between(cls: &Bound<'_, PyType>, start: &Bound<'_, PyAny>, end: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (start, end) = (instant(start)?, instant(end)?);
        InnerDays::between(start, end).map(Self).map_err(|error| exception(cls.py(), &error))
    }

    /// The first day.
    #[getter]
    fn first(&self) -> BillingDay {
        BillingDay(self.0.first())
    }

    /// The last day, which is included.
    #[getter]
    fn last(&self) -> BillingDay {
        BillingDay(self.0.last())
    }

    /// The first instant: 08:00 UTC of the first day.
    #[getter]
    fn start<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        value::time(py, &self.0.start().to_string())
    }

    /// The first instant after the last day.
    #[getter]
    fn end<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        value::time(py, &self.0.end().to_string())
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __getitem__(&self, index: i64) -> PyResult<BillingDay> {
        let from = if index < 0 { self.0.last() + 1 } else { self.0.first() };
        let day = from + index;
        if !self.0.contains(day) {
            return Err(PyIndexError::new_err("there are fewer days"));
        }
        Ok(BillingDay(day))
    }

    fn __iter__(&self) -> DayIterator {
        DayIterator { next: Mutex::new(self.0.first()), last: self.0.last() }
    }

    fn __contains__(&self, day: &Bound<'_, PyAny>) -> bool {
        day.cast::<BillingDay>().is_ok_and(|day| self.0.contains(day.get().0))
    }

    fn __repr__(&self) -> String {
        format!("BillingDays('{}', '{}')", self.0.first(), self.0.last())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyType>, (String, String)) {
        let days = slf.get().0;
        (slf.get_type(), (days.first().to_string(), days.last().to_string()))
    }
}

/// Gives days one after the other.
#[pyclass(frozen, module = "devin_v2._native")]
struct DayIterator {
    next: Mutex<Inner>,
    last: Inner,
}

#[pymethods]
impl DayIterator {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self) -> Option<BillingDay> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let day = *next;
        (day <= self.last).then(|| {
            *next = day.next();
            BillingDay(day)
        })
    }
}

/// Billing days as the core reads them: where a `BillingDay` is meant as a day it is its date, not its start.
pub(crate) fn argument(days: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Ok(days) = days.cast::<BillingDays>() {
        let days = days.get().0;
        return Ok(vec![days.first().to_string(), days.last().to_string()].into());
    }
    if let Ok(day) = days.cast::<BillingDay>() {
        return Ok(day.get().0.to_string().into());
    }
    if days.is_instance_of::<PyTuple>() || days.is_instance_of::<PyList>() {
        return days.try_iter()?.map(|day| argument(&day?)).collect::<PyResult<_>>().map(Value::Array);
    }
    arguments::json(days, 0)
}
