//! The core's client.

use devin_v2::dynamic::{Answer, Call};
use devin_v2::{CancellationToken, Client, Method, Operation};
use napi::bindgen_prelude::PromiseRaw;
use napi::{Env, Result};
use napi_derive::napi;
use serde_json::{Value, json};

use crate::error::{misused, thrown};
use crate::listing::{List, bad_row, rows};
use crate::settings::{builder, members, options};
use crate::text::Text;

/// Ends what it was given to.
#[napi]
#[derive(Default)]
pub struct Cancel(CancellationToken);

#[napi]
impl Cancel {
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    #[napi]
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

/// A client with its settings.
#[napi]
pub struct Core(Client);

#[napi]
impl Core {
    #[napi(constructor)]
    pub fn new(settings: String) -> Result<Self> {
        builder(&settings)?.build().map(Self).map_err(|error| thrown(&error))
    }

    /// The same client with other options.
    #[napi]
    pub fn with_options(&self, given: String) -> Result<Self> {
        self.of_call(Some(&given), None).map(Self)
    }

    #[napi(getter)]
    pub fn base_url(&self) -> &str {
        self.0.base_url()
    }

    #[napi(getter)]
    pub fn key_fingerprint(&self) -> String {
        self.0.key_fingerprint()
    }

    fn of_call(&self, given: Option<&str>, cancel: Option<&Cancel>) -> Result<Client> {
        if given.is_none() && cancel.is_none() {
            return Ok(self.0.clone());
        }
        let mut options = options(given.unwrap_or("{}"))?;
        if let Some(Cancel(token)) = cancel {
            options = options.cancel(token.clone());
        }
        self.0.with_options(options).map_err(|error| thrown(&error))
    }

    fn started(
        &self,
        operation: &str,
        arguments: &str,
        options: Option<&str>,
        cancel: Option<&Cancel>,
    ) -> Result<Call> {
        let operation = Operation::find(operation)
            .ok_or_else(|| misused("refused", "", &format!("there is no operation {operation}")))?;
        let client = self.of_call(options, cancel)?;
        client.call(operation, members(arguments)?).map_err(|error| thrown(&error))
    }

    /// Makes a call that answers once: the answer, or `{ rows, badRows }` for a bare array.
    #[napi]
    pub fn call<'env>(
        &self,
        env: &'env Env,
        operation: String,
        arguments: String,
        options: Option<String>,
        cancel: Option<&Cancel>,
    ) -> Result<PromiseRaw<'env, Text>> {
        let Call::Single(call) = self.started(&operation, &arguments, options.as_deref(), cancel)? else {
            return Err(misused("refused", "", &format!("{operation} is a list")));
        };
        env.spawn_future(async move {
            Ok(match call.send().await.map_err(|error| thrown(&error))? {
                Answer::One(json) => Text::new(json.bytes().clone()),
                Answer::Rows(answer) => {
                    let bad: Vec<Value> = answer.bad.iter().map(bad_row).collect();
                    rows("{\"rows\":", &answer.rows, &format!(",\"badRows\":{}}}", Value::Array(bad)))
                }
            })
        })
    }

    /// A list of which nothing was fetched yet.
    #[napi]
    pub fn list(
        &self,
        operation: String,
        arguments: String,
        options: Option<String>,
        cancel: Option<&Cancel>,
    ) -> Result<List> {
        match self.started(&operation, &arguments, options.as_deref(), cancel)? {
            Call::List(listing) => Ok(List::new(listing)),
            Call::Single(_) => Err(misused("refused", "", &format!("{operation} is no list"))),
        }
    }

    /// Sends a request of the caller's own making.
    #[napi]
    pub fn request<'env>(
        &self,
        env: &'env Env,
        request: String,
        options: Option<String>,
        cancel: Option<&Cancel>,
    ) -> Result<PromiseRaw<'env, Text>> {
        let given = members(&request)?;
        let of = |name: &str| given.get(name).and_then(Value::as_str);
        let method = Method::from_bytes(of("method").unwrap_or_default().as_bytes())
            .map_err(|_| misused("refused", "method", "the method is none that HTTP has"))?;
        let client = self.of_call(options.as_deref(), cancel)?;
        let mut request = client.request(method, of("path").unwrap_or_default());
        for pair in given.get("query").and_then(Value::as_array).into_iter().flatten() {
            let part = |index: usize| pair.get(index).and_then(Value::as_str).unwrap_or_default();
            request = request.query(part(0), part(1));
        }
        if let Some(body) = given.get("body") {
            request = request.json(body);
        }
        if let Some(phrase) = of("confirm") {
            request = request.confirm(phrase);
        }
        let sent = request.send();
        env.spawn_future(async move {
            let raw = sent.await.map_err(|error| thrown(&error))?;
            let headers: Vec<(&str, String)> = raw
                .headers()
                .iter()
                .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
                .collect();
            let answer = json!({
                "status": raw.status(),
                "headers": headers,
                "text": String::from_utf8_lossy(raw.bytes()),
                "requestId": raw.request_id(),
                "attempts": raw.attempts(),
                "elapsed": raw.elapsed().as_secs_f64() * 1000.0,
            });
            Ok(Text::new(answer.to_string()))
        })
    }
}
