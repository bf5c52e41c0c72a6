//! Arguments on their way to the core: from Python's values to JSON.

use std::sync::Arc;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};
use serde_json::{Map, Number, Value};

use crate::billing_day::{self, BillingDay};
use crate::model::Model;
use crate::value;

/// How deep values may be nested.
const MAX_DEPTH: usize = 64;

/// The type of `NOT_GIVEN`: an argument that is left out, which is something else than `None`.
#[pyclass(frozen, module = "devin_v2")]
pub(crate) struct NotGiven {
    // A class without any fields would let pyo3 make instances that look alike but are not.
    _private: Arc<()>,
}

#[pymethods]
impl NotGiven {
    #[new]
    fn new() -> Self {
        Self { _private: Arc::default() }
    }

    fn __bool__(&self) -> bool {
        false
    }

    fn __repr__(&self) -> &'static str {
        "NOT_GIVEN"
    }

    /// Pickles as the name of the one instance.
    fn __reduce__(&self) -> &'static str {
        "NOT_GIVEN"
    }
}

/// The arguments that were given.
pub(crate) fn given(arguments: &Bound<'_, PyDict>) -> PyResult<Map<String, Value>> {
    let mut given = Map::new();
    for (name, argument) in arguments {
        if !argument.is_instance_of::<NotGiven>() {
            let name = name.extract::<String>()?;
            let value = match name.as_str() {
                "billing_days" => billing_day::argument(&argument),
                _ => json(&argument, 0),
            };
            let value = value.map_err(|error| within(&argument, &name, error))?;
            given.insert(name, value);
        }
    }
    Ok(given)
}

/// The same kind of error, naming the argument.
fn within(argument: &Bound<'_, PyAny>, name: &str, error: PyErr) -> PyErr {
    let py = argument.py();
    if error.is_instance_of::<PyTypeError>(py) || error.is_instance_of::<PyValueError>(py) {
        let kind = error.get_type(py);
        return PyErr::from_type(kind, format!("{name}: {}", error.value(py)));
    }
    error
}

/// A value as JSON.
pub(crate) fn json(value: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    if depth > MAX_DEPTH {
        return Err(PyValueError::new_err(format!("is nested more than {MAX_DEPTH} deep")));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::String(text.to_str()?.to_owned()));
    }
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Value::Bool(flag.is_true()));
    }
    if value.is_instance_of::<PyInt>() {
        let number =
            value.extract::<i64>().map(Number::from).or_else(|_| value.extract::<u64>().map(Number::from));
        return number
            .map(Value::Number)
            .map_err(|_| PyValueError::new_err("is an integer of more than 64 bits"));
    }
    if value.is_instance_of::<PyFloat>() {
        return Number::from_f64(value.extract()?)
            .map(Value::Number)
            .ok_or_else(|| PyValueError::new_err("is not a finite number"));
    }
    if let Ok(mapping) = value.cast::<PyDict>() {
        return object(mapping.iter(), depth);
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        return array(value, depth);
    }
    if let Ok(model) = value.cast::<Model>() {
        return model.get().value();
    }
    if let Ok(day) = value.cast::<BillingDay>() {
        return Ok(Value::String(day.get().starts_at()));
    }
    if value::is_date(value)? {
        // Without a time zone the core refuses it, with the remedy.
        return value.call_method0("isoformat")?.extract().map(Value::String);
    }
    if let Ok(mapping) = value.cast::<PyMapping>() {
        let items = mapping.items()?;
        let pairs: PyResult<Vec<_>> = items.iter().map(|pair| pair.extract()).collect();
        return object(pairs?.into_iter(), depth);
    }
    if value.hasattr("__index__")? {
        return json(&value.call_method0("__index__")?, depth + 1);
    }
    if value.hasattr("__iter__")? && !value.is_instance_of::<PyBytes>() {
        return array(value, depth);
    }
    if value.hasattr("__float__")? {
        return json(&value.call_method0("__float__")?, depth + 1);
    }
    Err(PyTypeError::new_err(format!("a {} can't be sent", value.get_type().name()?)))
}

fn array(values: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    values.try_iter()?.map(|value| json(&value?, depth + 1)).collect::<PyResult<_>>().map(Value::Array)
}

fn object<'py>(
    pairs: impl Iterator<Item = (Bound<'py, PyAny>, Bound<'py, PyAny>)>,
    depth: usize,
) -> PyResult<Value> {
    let mut members = Map::new();
    for (name, value) in pairs {
        if value.is_instance_of::<NotGiven>() {
            continue;
        }
        let Ok(name) = name.cast::<PyString>() else {
            return Err(PyTypeError::new_err(format!(
                "has a key that is no text but a {}",
                name.get_type().name()?
            )));
        };
        members.insert(name.to_str()?.to_owned(), json(&value, depth + 1)?);
    }
    Ok(Value::Object(members))
}
