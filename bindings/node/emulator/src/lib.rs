//! The native half of `devin-v2/testing`: the emulator inside of the Node process.

use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use devin_v2_emulator::{Config, Emulator as Running, Fault, run_program};
use napi::Either;
use napi_derive::napi;
use serde_json::{Map, Value, json};

/// A running emulator.
#[napi]
pub struct Emulator {
    running: Mutex<Option<Running>>,
    url: String,
    api_key: String,
}

/// Failures are handed over as text: an exception of napi would be of the realm that loaded the package.
type Result<T> = std::result::Result<T, String>;

const CLOSED: &str = "the emulator was closed";

fn config(settings: &str) -> Result<Config> {
    let mut config = Config::default();
    let settings: Map<String, Value> =
        serde_json::from_str(settings).map_err(|_| "the settings are no object".to_owned())?;
    for (name, value) in settings {
        let wrong = || format!("{name} has a value that it can't have");
        let text = || value.as_str().ok_or_else(wrong);
        let number = || value.as_u64().ok_or_else(wrong);
        let size = || number().and_then(|number| u32::try_from(number).map_err(|_| wrong()));
        match name.as_str() {
            "host" => config.host = text()?.parse().map_err(|_| wrong())?,
            "port" => config.port = u16::try_from(number()?).map_err(|_| wrong())?,
            "seed" => config.seed = number()?,
            "organizations" => config.organizations = size()?,
            "members" => config.members = size()?,
            "sessions" => config.sessions = size()?,
            "apiKey" => config.api_key = Some(text()?.to_owned()),
            "now" => config.now = text()?.parse().map_err(|_| wrong())?,
            _ => return Err(format!("there is no setting {name}")),
        }
    }
    Ok(config)
}

impl Emulator {
    fn with<T>(&self, use_it: impl FnOnce(&Running) -> T) -> Option<T> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(use_it)
    }

    fn spawned(settings: &str) -> Result<Self> {
        let running = Running::spawn(config(settings)?).map_err(|error| error.to_string())?;
        let (url, api_key) = (running.url().to_owned(), running.api_key().to_owned());
        Ok(Self { running: Mutex::new(Some(running)), url, api_key })
    }
}

/// What went wrong with something that has no other outcome.
fn unless_closed(done: Option<()>) -> Option<String> {
    done.is_none().then(|| CLOSED.to_owned())
}

#[napi]
impl Emulator {
    /// Starts one with these settings, given as JSON; text says why it can't.
    #[napi]
    pub fn start(settings: String) -> Either<Emulator, String> {
        Self::spawned(&settings).map_or_else(Either::B, Either::A)
    }

    /// Where it listens.
    #[napi(getter)]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The key of an enterprise admin.
    #[napi(getter)]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Scripts a fault, given as its JSON; gives the reason if it can't.
    #[napi]
    pub fn fault(&self, fault: String) -> Option<String> {
        let fault: Fault = match serde_json::from_str(&fault) {
            Ok(fault) => fault,
            Err(error) => {
                let reason = error.to_string();
                return Some(reason.split(" at line ").next().unwrap_or(&reason).to_owned());
            }
        };
        fault.problem().or_else(|| unless_closed(self.with(|running| running.fault(fault))))
    }

    /// The requests that arrived, as JSON; nothing if it was closed.
    #[napi]
    pub fn requests(&self) -> Option<String> {
        let arrived = self.with(Running::requests)?;
        let requests: Vec<Value> = arrived
            .into_iter()
            .map(|request| {
                json!({
                    "method": request.method,
                    "path": request.path,
                    "query": request.query,
                    "headers": request.headers,
                    "body": request.body,
                })
            })
            .collect();
        Some(Value::Array(requests).to_string())
    }

    /// Forgets the requests that arrived.
    #[napi]
    pub fn clear_requests(&self) -> Option<String> {
        unless_closed(self.with(Running::clear_requests))
    }

    /// Back to the seed: state, faults and remembered requests.
    #[napi]
    pub fn reset(&self) -> Option<String> {
        unless_closed(self.with(Running::reset))
    }

    /// Stops it; it is gone when this returns.
    #[napi]
    pub fn close(&self) {
        drop(self.running.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// The version of this package.
#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Runs the emulator as a program until it is stopped, and gives its exit code.
#[napi]
pub fn emulate(arguments: Vec<String>) -> u8 {
    u8::from(run_program(arguments.into_iter()) != ExitCode::SUCCESS)
}
