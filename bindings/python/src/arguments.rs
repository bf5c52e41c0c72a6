//! Arguments on their way to the core: from Python's values to JSON.

use std::collections::HashSet;
use std::sync::Arc;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyBytes, PyDict, PyFloat, PyInt, PyIterator, PyList, PyMapping, PyString, PyTuple,
};
use serde_json::{Map, Number, Value};

use crate::billing_day::BillingDay;
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
            let value = json(&argument, 0).map_err(|error| within(&argument, &name, error))?;
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

/// What a value is in JSON.
enum Form<'py> {
    Scalar(Value),
    Text(Bound<'py, PyString>),
    /// The digits of an integer of more than 64 bits.
    Integer(String),
    /// A number that isn't finite.
    Float(f64),
    Model(Bound<'py, Model>),
    Array(Bound<'py, PyIterator>),
    /// Its members as pairs.
    Object(Bound<'py, PyIterator>),
}

fn form<'py>(value: &Bound<'py, PyAny>) -> PyResult<Form<'py>> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Form::Text(text.clone()));
    }
    if value.is_none() {
        return Ok(Form::Scalar(Value::Null));
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Form::Scalar(Value::Bool(flag.is_true())));
    }
    if value.is_instance_of::<PyInt>() {
        let number =
            value.extract::<i64>().map(Number::from).or_else(|_| value.extract::<u64>().map(Number::from));
        return match number {
            Ok(number) => Ok(Form::Scalar(number.into())),
            // Of subclasses too, whose own text may be another.
            Err(_) => {
                let digits = value.py().get_type::<PyInt>().call_method1("__repr__", (value,))?;
                Ok(Form::Integer(digits.extract()?))
            }
        };
    }
    if value.is_instance_of::<PyFloat>() {
        let number = value.extract()?;
        return Ok(Number::from_f64(number).map_or(Form::Float(number), |number| Form::Scalar(number.into())));
    }
    if let Ok(mapping) = value.cast::<PyDict>() {
        return Ok(Form::Object(mapping.items().try_iter()?));
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        return Ok(Form::Array(value.try_iter()?));
    }
    if let Ok(model) = value.cast::<Model>() {
        return Ok(Form::Model(model.clone()));
    }
    if let Ok(day) = value.cast::<BillingDay>() {
        return Ok(Form::Scalar(day.get().starts_at().into()));
    }
    if value::is_date(value)? {
        // Without a time zone the core refuses it, with the remedy.
        return Ok(Form::Text(value.call_method0("isoformat")?.cast_into()?));
    }
    if let Ok(mapping) = value.cast::<PyMapping>() {
        return Ok(Form::Object(mapping.items()?.try_iter()?));
    }
    if value.hasattr("__index__")? {
        return form(&value.call_method0("__index__")?);
    }
    if value.hasattr("__iter__")? && !value.is_instance_of::<PyBytes>() {
        return Ok(Form::Array(value.try_iter()?));
    }
    if value.hasattr("__float__")? {
        // As a `Decimal` may be, which also stands for integers that Python doesn't read from text.
        let text: String = value.str()?.extract()?;
        if text.strip_prefix('-').unwrap_or(&text).bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(match text.parse::<i64>() {
                Ok(number) => Form::Scalar(number.into()),
                Err(_) => Form::Integer(text),
            });
        }
        return form(&value.call_method0("__float__")?);
    }
    Err(PyTypeError::new_err(format!("a {} can't be sent", value.get_type().name()?)))
}

/// Name and value of a member, unless it was left out.
fn member<'py>(pair: &Bound<'py, PyAny>) -> PyResult<Option<(Bound<'py, PyString>, Bound<'py, PyAny>)>> {
    let (name, value): (Bound<'py, PyAny>, Bound<'py, PyAny>) = pair.extract()?;
    if value.is_instance_of::<NotGiven>() {
        return Ok(None);
    }
    match name.cast_into::<PyString>() {
        Ok(name) => Ok(Some((name, value))),
        Err(error) => {
            let kind = error.into_inner().get_type();
            Err(PyTypeError::new_err(format!("has a key that is no text but a {}", kind.name()?)))
        }
    }
}

/// A value as JSON that is sent.
pub(crate) fn json(value: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    if depth > MAX_DEPTH {
        return Err(PyValueError::new_err(format!("is nested more than {MAX_DEPTH} deep")));
    }
    match form(value)? {
        Form::Scalar(scalar) => Ok(scalar),
        Form::Text(text) => Ok(Value::String(text.to_str()?.to_owned())),
        Form::Integer(_) => Err(PyValueError::new_err("is an integer of more than 64 bits")),
        Form::Float(_) => Err(PyValueError::new_err("is not a finite number")),
        Form::Model(model) => model.get().value(),
        Form::Array(values) => {
            values.map(|value| json(&value?, depth + 1)).collect::<PyResult<_>>().map(Value::Array)
        }
        Form::Object(pairs) => {
            let mut members = Map::new();
            for pair in pairs {
                if let Some((name, value)) = member(&pair?)? {
                    members.insert(name.to_str()?.to_owned(), json(&value, depth + 1)?);
                }
            }
            Ok(Value::Object(members))
        }
    }
}

/// A value as JSON that is kept: with numbers that are not sent, and however deep it is nested.
pub(crate) fn exact(value: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    // The objects that are not complete, what is left of each, and how it ends.
    let mut open: Vec<(Bound<'_, PyAny>, Bound<'_, PyIterator>, u8)> = Vec::new();
    let mut inside = HashSet::new();
    let mut next = Some(value.clone());
    loop {
        if let Some(value) = next.take() {
            let opened = match form(&value)? {
                Form::Array(values) => Some((values, b'[', b']')),
                Form::Object(pairs) => Some((pairs, b'{', b'}')),
                other => {
                    write(&mut out, other)?;
                    None
                }
            };
            if let Some((values, begin, end)) = opened {
                if !inside.insert(value.as_ptr() as usize) {
                    return Err(PyValueError::new_err("is a part of itself"));
                }
                out.push(begin);
                open.push((value, values, end));
            }
        }
        let Some((object, values, end)) = open.last_mut() else { return Ok(out) };
        let Some(value) = values.next().transpose()? else {
            out.push(*end);
            inside.remove(&(object.as_ptr() as usize));
            open.pop();
            continue;
        };
        let (name, value) = match *end {
            b']' => (None, value),
            _ => match member(&value)? {
                Some((name, value)) => (Some(name), value),
                None => continue,
            },
        };
        if !matches!(out.last(), Some(b'[' | b'{')) {
            out.push(b',');
        }
        if let Some(name) = name {
            write(&mut out, Form::Text(name))?;
            out.push(b':');
        }
        next = Some(value);
    }
}

/// Writes what holds no other value.
fn write(out: &mut Vec<u8>, form: Form<'_>) -> PyResult<()> {
    match form {
        Form::Text(text) => match text.to_str() {
            Ok(text) => out.extend_from_slice(Value::from(text).to_string().as_bytes()),
            // It has halves of surrogate pairs, which only an escape can name: all of it is written with escapes.
            Err(_) => {
                let units = text.call_method1("encode", ("utf-16-be", "surrogatepass"))?;
                out.push(b'"');
                for unit in units.cast::<PyBytes>()?.as_bytes().chunks_exact(2) {
                    out.extend_from_slice(format!("\\u{:02x}{:02x}", unit[0], unit[1]).as_bytes());
                }
                out.push(b'"');
            }
        },
        Form::Scalar(scalar) => out.extend_from_slice(scalar.to_string().as_bytes()),
        Form::Integer(digits) => out.extend_from_slice(digits.as_bytes()),
        Form::Float(number) if number.is_nan() => return Err(PyValueError::new_err("is not a number")),
        // JSON has no infinity, but numbers that are read as it.
        Form::Float(number) => out.extend_from_slice(if number > 0.0 { &b"1e999"[..] } else { b"-1e999" }),
        Form::Model(model) => out.extend_from_slice(model.get().json()),
        Form::Array(_) | Form::Object(_) => {}
    }
    Ok(())
}
