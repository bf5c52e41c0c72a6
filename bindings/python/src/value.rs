//! From JSON to Python's values, by the type that the document gives them.

use bytes::Bytes;
use devin_v2::{Timestamp, UnixMillis};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDict, PyInt, PyList, PyMappingProxy, PyString, PyTuple, PyType};

use crate::json::{self, Name, Names, Part, Token, Tokens, text};
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

    /// What stands for a list or map that isn't there although it should be; also as JSON.
    pub(crate) fn empty<'py>(&self, py: Python<'py>) -> PyResult<Option<(Bound<'py, PyAny>, &'static [u8])>> {
        Ok(match self {
            Self::List(_) => Some((PyTuple::empty(py).into_any(), b"[]")),
            Self::Map(_) => Some((PyMappingProxy::new(py, PyDict::new(py).as_mapping()).into_any(), b"{}")),
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
            Self::Secret => match text(json).filter(|_| json.first() == Some(&b'"')) {
                Some(text) => Some(
                    Bound::new(py, Secret(String::from_utf8_lossy(&text).into_owned().into()))?.into_any(),
                ),
                None => None,
            },
            // The core has every integer in plain digits.
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
        Name::Other(name) => map.set_item(string(map.py(), name)?, value),
        // None was.
        Name::Expected(_) => Ok(()),
    }
}

pub(crate) fn number<T: std::str::FromStr>(json: &[u8]) -> Option<T> {
    std::str::from_utf8(json).ok()?.trim().parse().ok()
}

/// Text as [`json::text`] gives it.
pub(crate) fn string<'py>(py: Python<'py>, text: &[u8]) -> PyResult<Bound<'py, PyString>> {
    match std::str::from_utf8(text) {
        Ok(text) => Ok(PyString::new(py, text)),
        Err(_) => {
            let text = PyBytes::new(py, text);
            PyString::from_encoded_object(&text, Some(c"utf-8"), Some(c"surrogatepass"))
        }
    }
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
    // Python keeps microseconds, and cuts off what is below.
    Ok(match text.parse::<Timestamp>() {
        Ok(time) => read(&PyString::new(py, &time.to_string()))?,
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

/// A JSON value as what it is: `dict`, `list`, `str`, `int`, `float`, `bool` or `None`, however deep it is nested.
pub(crate) fn any<'py>(py: Python<'py>, part: Part<'_>) -> PyResult<Bound<'py, PyAny>> {
    if part.plain {
        return scalar(py, part);
    }
    // Objects and lists that are not complete, each with the name that its next member will have.
    let mut open: Vec<(Open<'py>, Option<Bound<'py, PyString>>)> = Vec::new();
    for token in Tokens::of(part.json) {
        let (value, opened) = match token {
            Token::Name(name) => {
                open.last_mut().ok_or_else(broken)?.1 = Some(string(py, &text(name).ok_or_else(broken)?)?);
                continue;
            }
            Token::End => match (open.pop(), open.is_empty()) {
                (Some((done, _)), true) => return Ok(done.into_any()),
                _ => continue,
            },
            Token::Scalar(part) => (scalar(py, part)?, None),
            Token::Object => {
                let map = PyDict::new(py);
                (map.clone().into_any(), Some(Open::Map(map)))
            }
            Token::Array => {
                let list = PyList::empty(py);
                (list.clone().into_any(), Some(Open::List(list)))
            }
        };
        match open.last_mut() {
            Some((Open::Map(map), name)) => map.set_item(name.take().ok_or_else(broken)?, value)?,
            Some((Open::List(list), _)) => list.append(value)?,
            None if opened.is_none() => return Ok(value),
            None => {}
        }
        open.extend(opened.map(|opened| (opened, None)));
    }
    Err(broken())
}

enum Open<'py> {
    Map(Bound<'py, PyDict>),
    List(Bound<'py, PyList>),
}

impl<'py> Open<'py> {
    fn into_any(self) -> Bound<'py, PyAny> {
        match self {
            Self::Map(map) => map.into_any(),
            Self::List(list) => list.into_any(),
        }
    }
}

/// A string, number or word.
fn scalar<'py>(py: Python<'py>, part: Part<'_>) -> PyResult<Bound<'py, PyAny>> {
    if let Some(text) = part.plain_text() {
        return Ok(PyString::from_bytes(py, text)?.into_any());
    }
    let json = part.json;
    Ok(match json.first() {
        Some(b'"') => string(py, &text(json).ok_or_else(broken)?)?.into_any(),
        Some(b't') => PyBool::new(py, true).to_owned().into_any(),
        Some(b'f') => PyBool::new(py, false).to_owned().into_any(),
        Some(b'n') => py.None().into_bound(py),
        Some(_) if json::is_integer(json) => match number::<i64>(json) {
            Some(number) => number.into_pyobject(py)?.into_any(),
            // Of any length, digit by digit.
            None => {
                let digits = std::str::from_utf8(json).map_err(|_| broken())?;
                match py.get_type::<PyInt>().call1((digits,)) {
                    Ok(number) => number,
                    // By default, Python reads no integer of more than 4,300 digits from text.
                    Err(_) => py.import("decimal")?.getattr("Decimal")?.call1((digits,))?,
                }
            }
        },
        Some(_) => number::<f64>(json).ok_or_else(broken)?.into_pyobject(py)?.into_any(),
        None => return Err(broken()),
    })
}

/// The error for what the core would not have let through.
pub(crate) fn broken() -> PyErr {
    PyValueError::new_err("not JSON")
}
