//! The core's client.

use std::collections::HashMap;

use devin_v2::dynamic::{Answer, Call, Single};
use devin_v2::{CancellationToken, Client, Method, Operation, RawRequest};
use napi::bindgen_prelude::PromiseRaw;
use napi::{Env, Result};
use napi_derive::napi;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::failure::{Failure, Handed};
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

type Fallible<T> = std::result::Result<T, Failure>;

impl Core {
    fn with(&self, given: Option<&str>, cancel: Option<&Cancel>) -> Fallible<Client> {
        if given.is_none() && cancel.is_none() {
            return Ok(self.0.clone());
        }
        let mut options = options(given.unwrap_or("{}"))?;
        if let Some(Cancel(token)) = cancel {
            options = options.cancel(token.clone());
        }
        Ok(self.0.with_options(options)?)
    }

    fn started(
        &self,
        operation: &str,
        arguments: &str,
        options: Option<&str>,
        cancel: Option<&Cancel>,
    ) -> Fallible<Call> {
        let operation = Operation::find(operation)
            .ok_or_else(|| Failure::misused("refused", "", format!("there is no operation {operation}")))?;
        Ok(self.with(options, cancel)?.call(operation, members(arguments)?)?)
    }

    fn single(
        &self,
        operation: &str,
        arguments: &str,
        options: Option<&str>,
        cancel: Option<&Cancel>,
    ) -> Fallible<Single> {
        match self.started(operation, arguments, options, cancel)? {
            Call::Single(call) => Ok(call),
            Call::List(_) => Err(Failure::misused("refused", "", format!("{operation} is a list"))),
        }
    }

    fn own(&self, request: &str, options: Option<&str>, cancel: Option<&Cancel>) -> Fallible<RawRequest> {
        let given = members(request)?;
        let of = |name: &str| given.get(name).and_then(Value::as_str);
        let method = Method::from_bytes(of("method").unwrap_or_default().as_bytes())
            .map_err(|_| Failure::misused("refused", "method", "request: invalid HTTP method".to_owned()))?;
        let mut request = self.with(options, cancel)?.request(method, of("path").unwrap_or_default());
        for pair in given.get("query").and_then(Value::as_array).into_iter().flatten() {
            let part = |index: usize| pair.get(index).and_then(Value::as_str).unwrap_or_default();
            request = request.query(part(0), part(1));
        }
        if let Some(body) = of("body") {
            // Text, not a value: integers keep all their digits.
            let body = RawValue::from_string(body.to_owned())
                .map_err(|_| Failure::misused("refused", "body", "request: body is not JSON".to_owned()))?;
            request = request.json(&body);
        }
        if let Some(phrase) = of("confirm") {
            request = request.confirm(phrase);
        }
        Ok(request)
    }
}

#[napi]
impl Core {
    /// A client of these settings. `environment` is read in place of the process's, which a worker need not share.
    #[napi]
    pub fn create(settings: String, environment: HashMap<String, String>) -> Handed<Core> {
        let made = || Ok(Self(builder(&settings)?.environment(environment).build()?));
        Handed(made())
    }

    /// The same client with other options.
    #[napi]
    pub fn with_options(&self, given: String) -> Handed<Core> {
        Handed(self.with(Some(&given), None).map(Self))
    }

    #[napi(getter)]
    pub fn base_url(&self) -> &str {
        self.0.base_url()
    }

    #[napi(getter)]
    pub fn key_fingerprint(&self) -> String {
        self.0.key_fingerprint()
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
    ) -> Result<Handed<PromiseRaw<'env, Handed<Text>>>> {
        match self.single(&operation, &arguments, options.as_deref(), cancel) {
            Ok(call) => {
                env.spawn_future(async move { Ok(Handed(answer(call).await)) }).map(|sent| Handed(Ok(sent)))
            }
            Err(failure) => Ok(Handed(Err(failure))),
        }
    }

    /// A list of which nothing was fetched yet.
    #[napi]
    pub fn list(
        &self,
        operation: String,
        arguments: String,
        options: Option<String>,
        cancel: Option<&Cancel>,
    ) -> Handed<List> {
        Handed(match self.started(&operation, &arguments, options.as_deref(), cancel) {
            Ok(Call::List(listing)) => Ok(List::new(listing)),
            Ok(Call::Single(_)) => Err(Failure::misused("refused", "", format!("{operation} is no list"))),
            Err(failure) => Err(failure),
        })
    }

    /// Sends a request to a path outside the document, through the same guards.
    #[napi]
    pub fn request<'env>(
        &self,
        env: &'env Env,
        request: String,
        options: Option<String>,
        cancel: Option<&Cancel>,
    ) -> Result<Handed<PromiseRaw<'env, Handed<Text>>>> {
        match self.own(&request, options.as_deref(), cancel) {
            Ok(request) => env
                .spawn_future(async move { Ok(Handed(response(request).await)) })
                .map(|sent| Handed(Ok(sent))),
            Err(failure) => Ok(Handed(Err(failure))),
        }
    }
}

async fn answer(call: Single) -> Fallible<Text> {
    Ok(match call.send().await? {
        Answer::One(json) => Text::new(json.bytes().clone()),
        Answer::Rows(answer) => {
            let bad: Vec<Value> = answer.bad.iter().map(bad_row).collect();
            rows("{\"rows\":", &answer.rows, &format!(",\"badRows\":{}}}", Value::Array(bad)))
        }
    })
}

async fn response(request: RawRequest) -> Fallible<Text> {
    let raw = request.send().await?;
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
}
