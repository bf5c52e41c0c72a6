//! The emulator inside of the Python process.

use std::sync::Mutex;

use devin_v2_emulator::{Config, Emulator, Fault, run_program};
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::arguments;
use crate::process::{Owned, lock};

/// A running emulator.
#[pyclass(frozen, module = "devin_v2._native")]
pub(crate) struct EmulatorCore {
    running: Mutex<Option<Owned<Emulator>>>,
    url: String,
    api_key: String,
}

fn invalid(text: impl Into<String>) -> PyErr {
    PyValueError::new_err(text.into())
}

/// A whole number, as the setting `name`.
fn number<T: TryFrom<i128>>(name: &str, value: &Bound<'_, PyAny>) -> PyResult<T> {
    let number: i128 = value.extract()?;
    T::try_from(number).map_err(|_| invalid(format!("{name}: {number} is out of range")))
}

fn config(settings: &Bound<'_, PyDict>) -> PyResult<Config> {
    let mut config = Config::default();
    for (name, value) in settings {
        let name: String = name.extract()?;
        match name.as_str() {
            "host" => {
                config.host =
                    value.extract::<String>()?.parse().map_err(|_| invalid("host is not an IP address"))?;
            }
            "port" => config.port = number(&name, &value)?,
            "seed" => config.seed = number(&name, &value)?,
            "organizations" => config.organizations = number(&name, &value)?,
            "members" => config.members = number(&name, &value)?,
            "sessions" => config.sessions = number(&name, &value)?,
            "api_key" => config.api_key = Some(value.extract()?),
            "now" => {
                let text: String = arguments::json(&value, 0)?.as_str().unwrap_or_default().to_owned();
                config.now = text.parse().map_err(|_| invalid("now is not a time with a zone"))?;
            }
            other => return Err(invalid(format!("there is no setting {other}"))),
        }
    }
    Ok(config)
}

impl EmulatorCore {
    fn with<T>(&self, use_it: impl FnOnce(&Emulator) -> T) -> PyResult<T> {
        let running = lock(&self.running);
        match running.as_ref().and_then(Owned::get) {
            Some(emulator) => Ok(use_it(emulator)),
            None => Err(PyRuntimeError::new_err("the emulator doesn't run in this process (any more)")),
        }
    }
}

#[pymethods]
impl EmulatorCore {
    #[new]
    fn new(py: Python<'_>, settings: &Bound<'_, PyDict>) -> PyResult<Self> {
        let config = config(settings)?;
        let emulator = py.detach(|| Emulator::spawn(config)).map_err(|error| match error.kind() {
            std::io::ErrorKind::InvalidInput => invalid(error.to_string()),
            _ => PyOSError::new_err(error.to_string()),
        })?;
        let (url, api_key) = (emulator.url().to_owned(), emulator.api_key().to_owned());
        Ok(Self { running: Mutex::new(Some(Owned::new(emulator))), url, api_key })
    }

    #[getter]
    fn url(&self) -> &str {
        &self.url
    }

    #[getter]
    fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Scripts a fault, given as its JSON.
    fn fault(&self, fault: &Bound<'_, PyDict>) -> PyResult<()> {
        let fault = arguments::json(fault, 0)?;
        let fault: Fault = serde_json::from_value(fault).map_err(|error| invalid(error.to_string()))?;
        if let Some(problem) = fault.problem() {
            return Err(invalid(problem));
        }
        self.with(|emulator| emulator.fault(fault))
    }

    /// The requests that arrived.
    fn requests<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let arrived = self.with(Emulator::requests)?;
        arrived
            .into_iter()
            .map(|request| {
                let fields = PyDict::new(py);
                fields.set_item("method", request.method)?;
                fields.set_item("path", request.path)?;
                fields.set_item("query", request.query)?;
                fields.set_item("headers", request.headers)?;
                fields.set_item("body", request.body)?;
                Ok(fields)
            })
            .collect()
    }

    fn clear_requests(&self) -> PyResult<()> {
        self.with(Emulator::clear_requests)
    }

    fn reset(&self) -> PyResult<()> {
        self.with(Emulator::reset)
    }

    /// Stops it; it is gone when this returns.
    fn close(&self, py: Python<'_>) {
        let running = lock(&self.running).take();
        py.detach(|| drop(running));
    }
}

/// Runs the emulator as a program until it is stopped, and gives its exit code.
#[pyfunction]
pub(crate) fn emulate(py: Python<'_>, arguments: Vec<String>) -> u8 {
    py.detach(|| u8::from(run_program(arguments.into_iter()) != std::process::ExitCode::SUCCESS))
}
