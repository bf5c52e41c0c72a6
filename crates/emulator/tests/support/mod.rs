//! A small client for the emulator's own tests: plain HTTP, no SDK.

#![allow(dead_code, reason = "each test file uses a part of it")]

use devin_v2_emulator::{Config, Emulator};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;

pub(crate) const USER: &str = "email|65f1c0ffee65f1c0ffee65f1";
pub(crate) const ORGANIZATION: &str = "org-0a1b2c3d4e5f60718293a4b5c6d7e8f9";
pub(crate) const SESSION: &str = "devin-5f2d9c3b7a1e4d6f8b0c2a4e6d8f0b1c";
pub(crate) const SNAPSHOT: &str = "snapshot-1f2e3d4c5b6a79880716253443526170";

/// A plain client.
pub(crate) fn http() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .expect("a client")
}

/// An emulator and a client of it.
pub(crate) struct Host {
    pub(crate) emulator: Emulator,
    client: reqwest::Client,
    pub(crate) key: String,
}

impl Host {
    pub(crate) async fn start() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let emulator = Emulator::start(config).await.expect("a free port");
        let client = http();
        let key = emulator.api_key().to_owned();
        Self { emulator, client, key }
    }

    /// Sends a request with the key; `path` may hold a query.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<Response> {
        self.send_as(Some(&self.key), method, path, body).await
    }

    pub(crate) async fn send_as(
        &self,
        key: Option<&str>,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<Response> {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.client.request(method, format!("{}{path}", self.emulator.url()));
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await
    }

    /// Status and JSON (null where the body is none).
    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let response = self.send(method, path, body).await.expect("an answer");
        let status = response.status();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    pub(crate) async fn status(&self, method: &str, path: &str, body: Option<Value>) -> u16 {
        self.call(method, path, body).await.0.as_u16()
    }

    /// The JSON of a GET that has to succeed.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, value) = self.call("GET", path, None).await;
        assert_eq!(status, 200, "GET {path}: {value}");
        value
    }

    /// A change that has to succeed.
    pub(crate) async fn change(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let (status, value) = self.call(method, path, body).await;
        assert_eq!(status, 200, "{method} {path}: {value}");
        value
    }
}

/// One field of every element.
pub(crate) fn column(rows: &Value, name: &str) -> Vec<String> {
    let rows = rows.as_array().expect("an array");
    rows.iter().map(|row| row[name].as_str().unwrap_or_default().to_owned()).collect()
}
