//! The program of a language.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::Language;

/// Longer than any call of a scenario takes: an agent that does not answer by then hangs.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Agent {
    // Ends the process with this.
    _child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Agent {
    pub(crate) fn start(language: &Language) -> Result<Self, String> {
        let (program, arguments) = language.command.split_first().ok_or("no program")?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        // What the machine has set must not reach a client.
        for name in ["DEVIN_V2_API_KEY", "DEVIN_API_KEY", "DEVIN_V2_BASE_URL", "DEVIN_BASE_URL"] {
            command.env_remove(name);
        }
        let mut child = command.spawn().map_err(|error| format!("{program}: {error}"))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => {
                Ok(Self { _child: child, input, output: BufReader::new(output).lines() })
            }
            _ => Err(format!("{program} has no input or output")),
        }
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
}
