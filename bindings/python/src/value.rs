//! From JSON to Python's values, by the type that the document gives them.

use bytes::Bytes;
use devin_v2::{Timestamp, UnixMillis};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyInt, PyList, PyMappingProxy, PyString, PyTuple, PyType};

use crate::json::{self, Name, Names, Part, text};
use crate::model::Spec;
use crate::secret::Secret;

/// What a value is, as the generated classes say it: `"str"`, `[Member]` (a list), `{"": "float"}` (a map), ….
pub(crate) enum Type {
    Any,
    Str,
    Int,
    Float,
    Bool,
    Time,
    Secret,
    Model(Py<Spec>),
    List(Box<Type>),
    Map(Box<Type>),
}

impl Type {
    /// Reads a type of a generated class.
    pub(crate) fn read(written: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(name) = written.cast::<PyString>() {
            return Ok(match name.to_str()? {
                "any" => Self::Any,
                "str" => Self::Str,
                "int" => Self::Int,
                "float" => Self::Float,
                "bool" => Self::Bool,
                "time" => Self::Time,
                "secret" => Self::Secret,
                other => return Err(PyTypeError::new_err(format!("there is no type {other}"))),
            });
        }
        if let Ok(class) = written.cast::<PyType>() {
            return Ok(Self::Model(Spec::of(class)?.unbind()));
        }
        if let Ok(list) = written.cast::<PyList>() {
            return Ok(Self::List(Box::new(Self::read(&list.get_item(0)?)?)));
        }
        let map = written.cast::<PyDict>()?;
        let inner = map.get_item("")?.ok_or_else(|| PyTypeError::new_err("a map has the key \"\""))?;
        Ok(Self::Map(Box::new(Self::read(&inner)?)))
    }

    /// What stands for a list or map that isn't there although it should be.
    pub(crate) fn empty<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        Ok(match self {
            Self::List(_) => Some(PyTuple::empty(py).into_any()),
            Self::Map(_) => Some(PyMappingProxy::new(py, PyDict::new(py).as_mapping()).into_any()),
            _ => None,
        })
    }

    /// All of `json`, a valid JSON value, as Python's value.
    pub(crate) fn convert<'py>(&self, py: Python<'py>, json: &Bytes) -> PyResult<Bound<'py, PyAny>> {
        self.convert_part(py, json, Part::all(json))
    }

    /// A part of `whole` as Python's value. One of another type than this comes as what it is.
    pub(crate) fn convert_part<'py>(
        &self,
        py: Python<'py>,
        whole: &Bytes,
        part: Part<'_>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let json = part.json;
        let converted = match self {
            Self::Str => match part.plain_text() {
                Some(text) => Some(PyString::from_bytes(py, text)?.into_any()),
                None => None,
            },
            Self::Time => match part.plain_text().and_then(|text| std::str::from_utf8(text).ok()) {
                Some(text) => Some(time(py, text)?),
                // A number of milliseconds.
                None => match serde_json::from_slice::<UnixMillis>(json) {
                    Ok(instant) => Some(time(py, &instant.to_string())?),
                    Err(_) => None,
                },
            },
            Self::Secret => match text(json) {
                Some(text) => Some(Bound::new(py, Secret(text.into()))?.into_any()),
                None => None,
            },
            Self::Int => match number::<i64>(json) {
                Some(number) => Some(number.into_pyobject(py)?.into_any()),
                None => None,
            },
            Self::Float => match number::<f64>(json).filter(|number| number.is_finite()) {
                Some(number) => Some(number.into_pyobject(py)?.into_any()),
                None => None,
            },
            Self::Model(spec) if json.first() == Some(&b'{') => {
                Some(Spec::instance(spec.bind(py), whole.slice_ref(json))?)
            }
            Self::List(inner) if json.first() == Some(&b'[') => {
                let mut values = Vec::new();
                let end = json::each_element(json, |part| values.push(inner.convert_part(py, whole, part)));
                end.ok_or_else(broken)?;
                let values: PyResult<Vec<_>> = values.into_iter().collect();
                Some(PyTuple::new(py, values?)?.into_any())
            }
            Self::Map(inner) if json.first() == Some(&b'{') => {
                let map = PyDict::new(py);
                let mut done = Ok(());
                let end = json::each_member(json, &Names::default(), |name, part| {
                    if done.is_ok() {
                        done = inner.convert_part(py, whole, part).and_then(|value| put(&map, name, value));
                    }
                });
                end.ok_or_else(broken)?;
                done?;
                Some(PyMappingProxy::new(py, map.as_mapping()).into_any())
            }
            _ => None,
        };
        match converted {
            Some(value) => Ok(value),
            None => any(py, part),
        }
    }
}

fn put(map: &Bound<'_, PyDict>, name: Name<'_>, value: Bound<'_, PyAny>) -> PyResult<()> {
    match name {
        Name::Other(name) => map.set_item(PyString::from_bytes(map.py(), name)?, value),
        // None was.
        Name::Expected(_) => Ok(()),
    }
}

fn number<T: std::str::FromStr>(json: &[u8]) -> Option<T> {
    std::str::from_utf8(json).ok()?.trim().parse().ok()
}

/// An ISO 8601 date-time as an aware `datetime`; one without a zone is UTC, as everywhere in the SDK. What isn't one
/// stays text.
pub(crate) fn time<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    static READ: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let read = READ.get_or_try_init(py, || {
        PyResult::Ok(py.import("datetime")?.getattr("datetime")?.getattr("fromisoformat")?.unbind())
    })?;
    let read = |text: &Bound<'py, PyString>| read.bind(py).call1((text,));
    // The usual form is read by Python itself; others are brought into it.
    let usual = text.len() <= 27 && text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T');
    let given = PyString::new(py, text);
    if usual && let Ok(time) = read(&given) {
        return Ok(time);
    }
    // Python keeps microseconds.
    let whole =
        text.parse::<Timestamp>().and_then(|time| jiff::Timestamp::from_microsecond(time.as_microsecond()));
    Ok(match whole {
        // Outside the years 1 to 9999 there is no datetime.
        Ok(whole) => read(&PyString::new(py, &whole.to_string())).unwrap_or_else(|_| given.into_any()),
        Err(_) => given.into_any(),
    })
}

/// An ISO 8601 date as a `date`.
pub(crate) fn date<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("datetime")?.getattr("date")?.call_method1("fromisoformat", (text,))
}

/// Whether it is a `datetime.date` or `datetime.datetime`.
pub(crate) fn is_date(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    static DATE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = value.py();
    let date = DATE.get_or_try_init(py, || {
        PyResult::Ok(py.import("datetime")?.getattr("date")?.cast_into::<PyType>()?.unbind())
    })?;
    value.is_instance(date.bind(py))
}

/// A JSON value as what it is: `dict`, `list`, `str`, `int`, `float`, `bool` or `None`.
pub(crate) fn any<'py>(py: Python<'py>, part: Part<'_>) -> PyResult<Bound<'py, PyAny>> {
    if let Some(text) = part.plain_text() {
        return Ok(PyString::from_bytes(py, text)?.into_any());
    }
    let json = part.json;
    Ok(match json.trim_ascii().first() {
        Some(b'{') => {
            let map = PyDict::new(py);
            let mut done = Ok(());
            let end = json::each_member(json, &Names::default(), |name, part| {
                if done.is_ok() {
                    done = any(py, part).and_then(|value| put(&map, name, value));
                }
            });
            end.ok_or_else(broken)?;
            done?;
            map.into_any()
        }
        Some(b'[') => {
            let list = PyList::empty(py);
            let mut done = Ok(());
            let end = json::each_element(json, |part| {
                if done.is_ok() {
                    done = any(py, part).and_then(|value| list.append(value));
                }
            });
            end.ok_or_else(broken)?;
            done?;
            list.into_any()
        }
        Some(b'"') => PyString::new(py, &text(json).ok_or_else(broken)?).into_any(),
        Some(b't') => PyBool::new(py, true).to_owned().into_any(),
        Some(b'f') => PyBool::new(py, false).to_owned().into_any(),
        Some(b'n') => py.None().into_bound(py),
        Some(_) if json.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E')) => {
            number::<f64>(json).ok_or_else(broken)?.into_pyobject(py)?.into_any()
        }
        Some(_) => match number::<i64>(json) {
            Some(number) => number.into_pyobject(py)?.into_any(),
            // Of any length, digit by digit.
            None => {
                let digits = std::str::from_utf8(json).map_err(|_| broken())?;
                py.get_type::<PyInt>().call1((digits.trim(),))?
            }
        },
        None => return Err(broken()),
    })
}

/// The error for what the core would not have let through.
pub(crate) fn broken() -> PyErr {
    PyValueError::new_err("not JSON")
}
