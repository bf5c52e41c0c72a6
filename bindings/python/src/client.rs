//! The core's client, remade in every process that uses it.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use devin_v2::dynamic::{Answer, Call, Single};
use devin_v2::{CallOptions, Client, ClientBuilder, Error, Method, Operation, Raw};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use crate::arguments;
use crate::bridge::{Bridge, Outcome, Task};
use crate::error::{bad_row, config, exception, refused};
use crate::listing::ListingCore;
use crate::process::{Owned, lock, wait};
use crate::value::Type;

/// Settings, and the client that this process made of them.
#[pyclass(frozen, module = "devin_v2._native")]
pub(crate) struct Core {
    pool: Arc<Pool>,
    options: Option<CallOptions>,
}

struct Pool {
    settings: ClientBuilder,
    /// Locked for moments only, by threads that are attached to the interpreter.
    client: Mutex<Slot>,
    /// Base URL and fingerprint of the key, known once there is a client.
    shown: OnceLock<(String, String)>,
}

enum Slot {
    /// Made when it is used.
    Empty,
    Made(Owned<Client>),
    Closed,
}

fn shown(client: &Client) -> (String, String) {
    (client.base_url().to_owned(), client.key_fingerprint())
}

/// A number of seconds, as the setting `name`.
fn seconds(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    let seconds: f64 = value.extract()?;
    Duration::try_from_secs_f64(seconds).map_err(|_| {
        config(
            value.py(),
            name,
            &format!("{name} is {seconds}. Give a number of seconds that can be waited for."),
        )
    })
}

/// A count, as the setting `name`; its bounds are the core's.
fn count<T: TryFrom<i64>>(name: &str, value: &Bound<'_, PyAny>) -> PyResult<T> {
    let count: i64 = value.extract()?;
    T::try_from(count)
        .map_err(|_| config(value.py(), name, &format!("{name} is {count}. Give a number from 0 on.")))
}

/// Reads the settings that were given.
fn builder(settings: &Bound<'_, PyDict>) -> PyResult<ClientBuilder> {
    let ours = concat!("devin-v2-python/", env!("CARGO_PKG_VERSION"));
    let mut builder = Client::builder().user_agent_suffix(ours);
    for (name, value) in settings {
        let name: String = name.extract()?;
        builder = match name.as_str() {
            "api_key" => builder.api_key(value.extract::<String>()?),
            "base_url" => builder.base_url(value.extract::<String>()?),
            "timeout" => builder.timeout(seconds(&name, &value)?),
            "attempt_timeout" => builder.attempt_timeout(seconds(&name, &value)?),
            "connect_timeout" => builder.connect_timeout(seconds(&name, &value)?),
            "max_retries" => builder.max_retries(count(&name, &value)?),
            "retry_base_delay" => builder.retry_base_delay(seconds(&name, &value)?),
            "max_retry_after" => builder.max_retry_after(seconds(&name, &value)?),
            "max_concurrency" => builder.max_concurrency(count(&name, &value)?),
            "prefetch" => builder.prefetch(count(&name, &value)?),
            "max_body_bytes" => builder.max_body_bytes(count(&name, &value)?),
            "strict" => builder.strict(value.extract()?),
            "ca_certificate" => builder.ca_certificate(match value.extract::<String>() {
                Ok(text) => text.into_bytes(),
                Err(_) => value.extract::<Vec<u8>>()?,
            }),
            "proxy" if value.is_none() => builder.no_proxy(),
            "proxy" => builder.proxy(value.extract::<String>()?),
            "allow_insecure_http" => builder.allow_insecure_http(value.extract()?),
            "user_agent_suffix" => {
                builder.user_agent_suffix(format!("{ours} {}", value.extract::<String>()?))
            }
            other => return Err(PyValueError::new_err(format!("there is no setting {other}"))),
        };
    }
    Ok(builder)
}

/// Reads the options that were given.
fn options(given: &Bound<'_, PyDict>) -> PyResult<CallOptions> {
    let mut options = CallOptions::new();
    for (name, value) in given {
        let name: String = name.extract()?;
        options = match name.as_str() {
            "timeout" => options.timeout(seconds(&name, &value)?),
            "attempt_timeout" => options.attempt_timeout(seconds(&name, &value)?),
            "max_retries" => options.max_retries(count(&name, &value)?),
            "strict" => options.strict(value.extract()?),
            other => return Err(PyValueError::new_err(format!("there is no option {other}"))),
        };
    }
    Ok(options)
}

impl Core {
    /// The client of this process.
    fn client(&self, py: Python<'_>) -> PyResult<Client> {
        // Exceptions are made behind the lock: Python may let other threads go on meanwhile.
        let client = {
            let mut slot = lock(&self.pool.client);
            let made = match &*slot {
                Slot::Closed => None,
                Slot::Empty => Some(None),
                // Another process made it if it isn't there.
                Slot::Made(owned) => Some(owned.get().cloned()),
            };
            made.map(|client| match client {
                Some(client) => Ok(client),
                None => self.pool.settings.clone().build().inspect(|client| {
                    *slot = Slot::Made(Owned::new(client.clone()));
                }),
            })
        };
        let client = client
            .ok_or_else(|| refused(py, "the client was closed: make another one"))?
            .map_err(|error| exception(py, &error))?;
        match &self.options {
            None => Ok(client),
            Some(options) => client.with_options(options.clone()).map_err(|error| exception(py, &error)),
        }
    }

    fn shown(&self, py: Python<'_>) -> PyResult<&(String, String)> {
        match self.pool.shown.get() {
            Some(shown) => Ok(shown),
            None => {
                let client = self.client(py)?;
                Ok(self.pool.shown.get_or_init(|| shown(&client)))
            }
        }
    }

    fn call_of(
        &self,
        py: Python<'_>,
        name: &str,
        arguments: &Bound<'_, PyDict>,
    ) -> PyResult<(&'static Operation, Call)> {
        let arguments = arguments::given(arguments)?;
        let operation = Operation::find(name)
            .ok_or_else(|| PyValueError::new_err(format!("there is no operation {name}")))?;
        let call = self.client(py)?.call(operation, arguments).map_err(|error| exception(py, &error))?;
        Ok((operation, call))
    }

    fn single(&self, py: Python<'_>, name: &str, arguments: &Bound<'_, PyDict>) -> PyResult<Single> {
        match self.call_of(py, name, arguments)?.1 {
            Call::Single(single) => Ok(single),
            Call::List(_) => Err(PyValueError::new_err(format!("{name} is a list"))),
        }
    }

    fn request_of(
        &self,
        py: Python<'_>,
        method: &str,
        path: String,
        query: &Bound<'_, PyDict>,
        body: Option<&Bound<'_, PyAny>>,
        confirm: Option<String>,
    ) -> PyResult<impl Future<Output = Result<Raw, Error>> + Send + 'static> {
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| PyValueError::new_err("the method is none that HTTP has"))?;
        let mut request = self.client(py)?.request(method, path);
        for (name, value) in arguments::given(query)? {
            let text = |value: &serde_json::Value| match value {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            match &value {
                serde_json::Value::Array(values) => {
                    for value in values {
                        request = request.query(name.clone(), text(value));
                    }
                }
                value => request = request.query(name, text(value)),
            }
        }
        if let Some(body) = body {
            request = request.json(&arguments::json(body, 0)?);
        }
        if let Some(confirm) = confirm {
            request = request.confirm(confirm);
        }
        Ok(request.send())
    }
}

/// The answer as the Python half takes it: a value, or a list of rows with the bad ones beside it.
fn answer<'py>(py: Python<'py>, answer: Answer, ty: &Type) -> PyResult<Bound<'py, PyAny>> {
    match answer {
        Answer::One(json) => ty.convert(py, json.bytes()),
        Answer::Rows(rows) => {
            let values: PyResult<Vec<_>> = rows.rows.iter().map(|row| ty.convert(py, row.bytes())).collect();
            let bad: Vec<_> = rows.bad.iter().map(bad_row).collect();
            Ok((PyList::new(py, values?)?, bad).into_pyobject(py)?.into_any())
        }
    }
}

/// An answer before decoding, as the Python half takes it.
fn response<'py>(py: Python<'py>, raw: &Raw) -> PyResult<Bound<'py, PyDict>> {
    let fields = PyDict::new(py);
    let headers: Vec<(&str, String)> = raw
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    fields.set_item("status_code", raw.status())?;
    fields.set_item("headers", headers)?;
    fields.set_item("content", PyBytes::new(py, raw.bytes()))?;
    fields.set_item("request_id", raw.request_id())?;
    fields.set_item("attempts", raw.attempts())?;
    fields.set_item("elapsed", raw.elapsed().as_secs_f64())?;
    Ok(fields)
}

/// What a future gets of a result.
pub(crate) fn outcome<T: Send + 'static>(
    result: Result<T, Error>,
    convert: impl FnOnce(Python<'_>, T) -> PyResult<Py<PyAny>> + Send + 'static,
) -> Outcome {
    Box::new(move |py| match result {
        Ok(value) => convert(py, value),
        Err(error) => Err(exception(py, &error)),
    })
}

#[pymethods]
impl Core {
    /// A client of these settings.
    #[new]
    fn new(py: Python<'_>, settings: &Bound<'_, PyDict>) -> PyResult<Self> {
        let settings = builder(settings)?;
        // Made now, so that settings which can't be used are told now.
        let client = settings.clone().build().map_err(|error| exception(py, &error))?;
        let shown = OnceLock::from(shown(&client));
        let client = Mutex::new(Slot::Made(Owned::new(client)));
        Ok(Self { pool: Arc::new(Pool { settings, client, shown }), options: None })
    }

    /// A client of settings that come from another process. What is wrong with them here, such as a missing key, is
    /// told by its calls: an exception while it is unpickled would be the end of a pool's worker.
    #[staticmethod]
    fn restored(settings: &Bound<'_, PyDict>, given: &Bound<'_, PyDict>) -> PyResult<Self> {
        let settings = builder(settings)?;
        let options = (!given.is_empty()).then(|| options(given)).transpose()?;
        let pool = Pool { settings, client: Mutex::new(Slot::Empty), shown: OnceLock::new() };
        Ok(Self { pool: Arc::new(pool), options })
    }

    /// The same client with other limits.
    fn with_options(&self, py: Python<'_>, given: &Bound<'_, PyDict>) -> PyResult<Self> {
        let options = options(given)?;
        let core = Self { pool: self.pool.clone(), options: Some(options) };
        core.client(py)?;
        Ok(core)
    }

    /// Where it sends its requests.
    #[getter]
    fn base_url(&self, py: Python<'_>) -> PyResult<&str> {
        Ok(&self.shown(py)?.0)
    }

    /// The kind of the key and a short hash of it.
    #[getter]
    fn key_fingerprint(&self, py: Python<'_>) -> PyResult<&str> {
        Ok(&self.shown(py)?.1)
    }

    /// Gives its connections up.
    fn close(&self) {
        // Dropped behind the lock: closing connections takes a moment.
        let client = std::mem::replace(&mut *lock(&self.pool.client), Slot::Closed);
        drop(client);
    }

    /// Calls an operation and waits for its answer.
    fn call<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        ty: &Bound<'py, PyAny>,
        arguments: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let ty = Type::read(ty)?;
        let single = self.single(py, name, arguments)?;
        match wait(py, single.send())? {
            Ok(done) => answer(py, done, &ty),
            Err(error) => Err(exception(py, &error)),
        }
    }

    /// Calls an operation; the answer goes to `future`.
    fn start(
        &self,
        py: Python<'_>,
        bridge: &Bound<'_, Bridge>,
        future: Py<PyAny>,
        name: &str,
        ty: &Bound<'_, PyAny>,
        arguments: &Bound<'_, PyDict>,
    ) -> PyResult<Task> {
        let ty = Type::read(ty)?;
        let single = self.single(py, name, arguments)?;
        Bridge::run(bridge, future, async move {
            let result = single.send().await;
            outcome(result, move |py, done| Ok(answer(py, done, &ty)?.unbind()))
        })
    }

    /// A paged list. Nothing is sent yet.
    fn list(
        &self,
        py: Python<'_>,
        name: &str,
        ty: &Bound<'_, PyAny>,
        arguments: &Bound<'_, PyDict>,
    ) -> PyResult<ListingCore> {
        match self.call_of(py, name, arguments)?.1 {
            Call::List(listing) => Ok(ListingCore::new(listing, Type::read(ty)?)),
            Call::Single(_) => Err(PyValueError::new_err(format!("{name} is no list"))),
        }
    }

    /// Sends a request of the caller's own making and waits for its answer.
    fn request<'py>(
        &self,
        py: Python<'py>,
        method: &str,
        path: String,
        query: &Bound<'py, PyDict>,
        body: Option<&Bound<'py, PyAny>>,
        confirm: Option<String>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let request = self.request_of(py, method, path, query, body, confirm)?;
        match wait(py, request)? {
            Ok(raw) => response(py, &raw),
            Err(error) => Err(exception(py, &error)),
        }
    }

    /// Sends a request of the caller's own making; the answer goes to `future`.
    #[expect(clippy::too_many_arguments, reason = "those of a request, and where its answer goes")]
    fn start_request(
        &self,
        py: Python<'_>,
        bridge: &Bound<'_, Bridge>,
        future: Py<PyAny>,
        method: &str,
        path: String,
        query: &Bound<'_, PyDict>,
        body: Option<&Bound<'_, PyAny>>,
        confirm: Option<String>,
    ) -> PyResult<Task> {
        let request = self.request_of(py, method, path, query, body, confirm)?;
        Bridge::run(bridge, future, async move {
            outcome(request.await, |py, raw| Ok(response(py, &raw)?.into_any().unbind()))
        })
    }
}
