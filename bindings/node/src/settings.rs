//! Settings and options, as JSON from the TypeScript half.

use std::time::Duration;

use devin_v2::{CallOptions, Client, ClientBuilder};
use serde_json::{Map, Value};

use crate::failure::Failure;

type Result<T> = std::result::Result<T, Failure>;

/// Reads what a client is made of.
pub(crate) fn builder(given: &str) -> Result<ClientBuilder> {
    let ours = concat!("devin-v2-node/", env!("CARGO_PKG_VERSION"));
    let mut builder = Client::builder().user_agent_suffix(ours);
    for (name, value) in members(given)? {
        let name = name.as_str();
        builder = match name {
            "apiKey" => builder.api_key(text(name, value)?),
            "baseUrl" => builder.base_url(text(name, value)?),
            "timeout" => builder.timeout(duration(name, &value)?),
            "attemptTimeout" => builder.attempt_timeout(duration(name, &value)?),
            "connectTimeout" => builder.connect_timeout(duration(name, &value)?),
            "maxRetries" => builder.max_retries(count(name, &value)?),
            "retryBaseDelay" => builder.retry_base_delay(duration(name, &value)?),
            "maxRetryAfter" => builder.max_retry_after(duration(name, &value)?),
            "maxConcurrency" => builder.max_concurrency(count(name, &value)?),
            "prefetch" => builder.prefetch(count(name, &value)?),
            "maxBodyBytes" => builder.max_body_bytes(count(name, &value)?),
            "strict" => builder.strict(flag(name, &value)?),
            "caCertificate" => builder.ca_certificate(text(name, value)?),
            "proxy" if value == Value::Bool(false) => builder.no_proxy(),
            "proxy" => builder.proxy(text(name, value)?),
            "allowInsecureHttp" => builder.allow_insecure_http(flag(name, &value)?),
            "userAgentSuffix" => builder.user_agent_suffix(format!("{ours} {}", text(name, value)?)),
            _ => return Err(unknown(name)),
        };
    }
    Ok(builder)
}

/// Reads what a call may have of its own.
pub(crate) fn options(given: &str) -> Result<CallOptions> {
    let mut options = CallOptions::new();
    for (name, value) in members(given)? {
        let name = name.as_str();
        options = match name {
            "timeout" => options.timeout(duration(name, &value)?),
            "attemptTimeout" => options.attempt_timeout(duration(name, &value)?),
            "maxRetries" => options.max_retries(count(name, &value)?),
            "strict" => options.strict(flag(name, &value)?),
            _ => return Err(unknown(name)),
        };
    }
    Ok(options)
}

/// The members of a JSON object.
pub(crate) fn members(given: &str) -> Result<Map<String, Value>> {
    let needed = || Failure::misused("config", "", "an object is needed here".to_owned());
    serde_json::from_str(given).map_err(|_| needed())
}

/// The TypeScript half knows the names, and refuses others itself.
fn unknown(name: &str) -> Failure {
    Failure::misused("config", name, format!("there is no setting {name}"))
}

fn wrong(name: &str, what: &str) -> Failure {
    Failure::misused("config", name, format!("{name} is not {what}"))
}

fn text(name: &str, value: Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(wrong(name, "a string")),
    }
}

fn flag(name: &str, value: &Value) -> Result<bool> {
    value.as_bool().ok_or_else(|| wrong(name, "true or false"))
}

fn duration(name: &str, value: &Value) -> Result<Duration> {
    let wrong = || wrong(name, "a number of milliseconds that can be waited for");
    Duration::try_from_secs_f64(value.as_f64().ok_or_else(wrong)? / 1000.0).map_err(|_| wrong())
}

/// A count; its bounds are the core's.
fn count<T: TryFrom<u64>>(name: &str, value: &Value) -> Result<T> {
    let count = value.as_u64().and_then(|count| T::try_from(count).ok());
    count.ok_or_else(|| wrong(name, "a whole number from 0 on"))
}
