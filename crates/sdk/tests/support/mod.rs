//! A server for the tests: the emulator in this process, or the one that the environment names.
#![allow(unreachable_pub, dead_code, reason = "each test uses a part of it")]

use devin_v2::Client;
use devin_v2_emulator::{Config, Emulator};
use serde_json::Value;

/// The document's example ids, which the emulator starts with.
pub mod ids {
    pub const USER: &str = "email|65f1c0ffee65f1c0ffee65f1";
    pub const ORGANIZATION: &str = "org-0a1b2c3d4e5f60718293a4b5c6d7e8f9";
    pub const SESSION: &str = "devin-5f2d9c3b7a1e4d6f8b0c2a4e6d8f0b1c";
    pub const PLAYBOOK: &str = "playbook-7c6b5a4938271605f4e3d2c1b0a99887";
    pub const API_KEY: &str = "apk-3f9a6d2c1b7e4f50";
    pub const GROUP: &str = "Engineering";
    pub const GIT_PERMISSION: &str = "git-permission-4d3c2b1a0f9e8d7c6b5a4938271605f4";
    pub const GIT_CONNECTION: &str = "git-connection-9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b";
    pub const SNAPSHOT: &str = "snapshot-1f2e3d4c5b6a79880716253443526170";
}

pub struct Server {
    /// Kept so that it goes on running.
    emulator: Option<Emulator>,
    pub url: String,
    control: String,
    pub key: String,
    http: reqwest::Client,
}

impl Server {
    /// The emulator, with the default seed.
    pub async fn start() -> Self {
        Self::with(Config::default()).await
    }

    pub async fn with(config: Config) -> Self {
        // Requests pile up on the client's side of a slow test machine; the emulator is never what is slow.
        let emulator = Emulator::start(config).await.expect("the emulator starts");
        let (url, key) = (emulator.url().to_owned(), emulator.api_key().to_owned());
        Self { emulator: Some(emulator), control: url.clone(), url, key, http: http() }
    }

    /// The server that `DEVIN_V2_TEST_URL` names (a proxy in front of an emulator), or the emulator.
    pub async fn from_env() -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        match variable("DEVIN_V2_TEST_URL") {
            Some(url) => Self {
                emulator: None,
                control: variable("DEVIN_V2_TEST_CONTROL_URL").unwrap_or_default(),
                url,
                key: variable("DEVIN_V2_TEST_KEY").expect("DEVIN_V2_TEST_KEY is set with DEVIN_V2_TEST_URL"),
                http: http(),
            },
            None => Self::start().await,
        }
    }

    pub fn client(&self) -> Client {
        self.client_with_key(&self.key)
    }

    pub fn client_with_key(&self, key: &str) -> Client {
        Client::builder().base_url(&self.url).api_key(key).build().expect("the settings are right")
    }

    /// A client that waits hardly at all between attempts.
    pub fn hasty(&self) -> devin_v2::ClientBuilder {
        let base = std::time::Duration::from_millis(1);
        Client::builder().base_url(&self.url).api_key(&self.key).retry_base_delay(base)
    }

    /// What arrived since the start or the last reset.
    pub async fn requests(&self) -> Vec<Value> {
        let response = self.http.get(format!("{}/_emulator/requests", self.control)).send().await.unwrap();
        match response.json().await.unwrap() {
            Value::Array(requests) => requests,
            Value::Object(mut object) => object["requests"].take().as_array().cloned().unwrap(),
            other => panic!("{other}"),
        }
    }

    pub async fn reset(&self) {
        let response = self.http.post(format!("{}/_emulator/reset", self.control)).send().await.unwrap();
        assert!(response.status().is_success());
    }

    pub async fn fault(&self, fault: Value) {
        let response =
            self.http.post(format!("{}/_emulator/faults", self.control)).json(&fault).send().await.unwrap();
        assert!(response.status().is_success(), "{}", response.text().await.unwrap());
    }
}

fn http() -> reqwest::Client {
    // A client of the SDK has installed the TLS provider that any client of this process needs.
    let _ = Client::builder().base_url("http://127.0.0.1:1").api_key("apk_user_example_value").build();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Whether `path` (as sent) is one of `template`.
pub fn matches(template: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(known, part)| known == part || known.starts_with('{'))
}
