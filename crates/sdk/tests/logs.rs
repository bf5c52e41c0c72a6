//! What is logged through `tracing`: each call and attempt, and nothing that belongs to the caller or the key.

mod support;

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::json;
use support::{Server, ids};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn calls_and_attempts_are_logged_and_nothing_secret_is() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let key = "apk_user_Y2FuYXJ5LWtleS1oZWFk_0123456789";
    let config = devin_v2_emulator::Config { api_key: Some(key.to_owned()), ..Default::default() };
    let server = Server::with(config).await;
    let client = server.hasty().build().unwrap();
    server.fault(json!({"path": "/v2/enterprise/members/*", "times": 1, "effect": {"kind": "status", "status": 503}})).await;
    let raw = client.members().get(ids::USER).raw().await.unwrap();
    client.members().list().email("canary@example.com").page().await.unwrap();
    client.members().invite(["canary@example.com"]).send().await.unwrap();
    client.api_keys().provision(ids::ORGANIZATION).send().await.unwrap();
    client.members().get("canary-user").send().await.unwrap_err();

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let ours: Vec<&str> = log.lines().filter(|line| line.contains("devin_v2")).collect();
    let told = |words: &[&str]| ours.iter().any(|line| words.iter().all(|word| line.contains(word)));
    assert!(told(&["members.get", "GET", "/v2/enterprise/members/{user_id}", raw.request_id()]), "the call");
    assert!(told(&["attempt=1", "status=503"]) && told(&["attempt=1", "wait_ms="]), "the failed attempt");
    assert!(told(&["attempt=2", "status=200", "elapsed_ms="]), "the one that worked");
    // Not only in our lines: nothing below us logs headers or bodies either.
    for secret in ["Y2FuYXJ5", "0123456789", "canary@example", "canary%40", "ada@example.com"] {
        assert!(
            !log.contains(secret),
            "{secret} is logged: {:?}",
            log.lines().find(|line| line.contains(secret))
        );
    }
    for secret in ["canary-user", "65f1c0ffee"] {
        assert!(!ours.iter().any(|line| line.contains(secret)), "{secret} is logged by the SDK");
    }
}
