//! A value that must not be printed.

use devin_v2::Secret as Inner;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// A value that must not be printed, such as an API key.
///
/// `repr`, `str` and formatting show its kind and a short hash (`apk_user_…#1a2b3c4d`); `get_secret_value()` is the only
/// way to the value. It can't be pickled, so that it isn't written anywhere by accident.
#[pyclass(frozen, eq, hash, module = "devin_v2")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Secret(pub(crate) Inner);

#[pymethods]
impl Secret {
    #[new]
    fn new(value: String) -> Self {
        Self(Inner::from(value))
    }

    /// The value itself. Keep it out of logs.
    fn get_secret_value(&self) -> &str {
        self.0.expose()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }

    fn __format__(&self, _spec: &str) -> String {
        self.0.to_string()
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a Secret is not pickled, so that it isn't written anywhere by accident: pass get_secret_value() yourself",
        ))
    }
}
