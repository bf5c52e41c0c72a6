//! The emulator as a process of its own, so that its CPU time and memory are not counted.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::Failure;

pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    pub(crate) key: String,
}

impl Server {
    pub(crate) fn start(sessions: u32) -> Result<Self, Failure> {
        let program = std::env::current_exe()?.with_file_name("devin-v2-emulator");
        let mut child = Command::new(&program)
            .args(["--port", "0", "--sessions", &sessions.to_string(), "--exit-with-stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}; run `cargo xtask bench rust`", program.display()))?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let ready: serde_json::Value = serde_json::from_str(&line)?;
        let text = |key: &str| ready[key].as_str().map(str::to_owned).ok_or("the server said no url or key");
        Ok(Self { url: text("url")?, key: text("api_key")?, child })
    }

    pub(crate) fn client(&self) -> Result<devin_v2::Client, devin_v2::Error> {
        devin_v2::Client::builder().base_url(&self.url).api_key(&self.key).build()
    }

    /// What a user would write without the SDK.
    pub(crate) fn bare(&self) -> Result<reqwest::Client, Failure> {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("authorization", format!("Bearer {}", self.key).parse()?);
        Ok(reqwest::Client::builder().no_proxy().default_headers(headers).build()?)
    }

    /// Makes every list of sessions take `milliseconds` longer.
    pub(crate) async fn delay_sessions(&self, milliseconds: u32) -> Result<(), Failure> {
        let fault = serde_json::json!({
            "method": "GET", "path": "/v2/enterprise/sessions", "times": null, "delay_ms": milliseconds,
        });
        self.bare()?
            .post(format!("{}/_emulator/faults", self.url))
            .json(&fault)
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
