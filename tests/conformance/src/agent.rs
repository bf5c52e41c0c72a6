//! The program of a language.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::Language;

/// Longer than any call takes: an agent that does not answer by then hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What an agent wrote to its standard error.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    fn add(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
    }
}

pub(crate) struct Agent {
    // Ends the process with this.
    _child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Agent {
    /// Starts the agent; what it logs is added to `log`.
    pub(crate) fn start(
        language: &Language,
        environment: &BTreeMap<String, String>,
        log: &Log,
    ) -> Result<Self, String> {
        let (program, arguments) = language.command.split_first().ok_or("no program")?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
        // What the machine has set must not reach a client.
        for name in ["DEVIN_V2_API_KEY", "DEVIN_API_KEY", "DEVIN_V2_BASE_URL", "DEVIN_BASE_URL"] {
            command.env_remove(name);
        }
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            command.env_remove(name).env_remove(name.to_lowercase());
        }
        command.envs(environment);
        let mut child = command.spawn().map_err(|error| format!("{program}: {error}"))?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(output), Some(mut errors)) = pipes else {
            return Err(format!("{program} has no input or output"));
        };
        let log = log.clone();
        tokio::spawn(async move {
            let mut piece = vec![0; 1 << 16];
            while let Ok(length @ 1..) = errors.read(&mut piece).await {
                log.add(&piece[..length]);
            }
        });
        Ok(Self { _child: child, input, output: BufReader::new(output).lines() })
    }

    pub(crate) async fn tell(&mut self, what: &Value) -> Result<(), String> {
        let line = format!("{what}\n");
        self.input.write_all(line.as_bytes()).await.map_err(|error| format!("the agent is gone: {error}"))
    }

    pub(crate) async fn hear(&mut self) -> Result<Value, String> {
        let line = tokio::time::timeout(PATIENCE, self.output.next_line())
            .await
            .map_err(|_| format!("no answer within {} s: it hangs", PATIENCE.as_secs()))?
            .map_err(|error| format!("the agent can't be read: {error}"))?
            .ok_or("the agent ended")?;
        serde_json::from_str(&line).map_err(|error| format!("the agent said {line}: {error}"))
    }

    /// Tells it of a client, and hears what came of that.
    pub(crate) async fn client(&mut self, settings: &Value) -> Result<Value, String> {
        self.tell(&serde_json::json!({ "do": "client", "settings": settings })).await?;
        self.hear().await
    }
}
