//! The program: its ready line, its arguments, its end.

mod support;

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_devin-v2-emulator"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn ready(child: &mut Child) -> Value {
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    serde_json::from_str(&line).expect("JSON")
}

fn ends(child: &mut Child) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(10) {
        if child.try_wait().expect("a child").is_some() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = child.kill();
    false
}

#[test]
fn serves_until_its_standard_input_ends() {
    let arguments =
        ["--port", "0", "--members=5", "--sessions", "10", "--api-key", "apk_user_x", "--exit-with-stdin"];
    let mut child = program(&arguments).spawn().expect("the program");
    let ready = ready(&mut child);
    assert_eq!(ready["api_key"], "apk_user_x");
    let url = format!("{}/v2/enterprise/members", ready["url"].as_str().expect("a url"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let members: Value = runtime.block_on(async {
        let client = support::http();
        client.get(url).bearer_auth("apk_user_x").send().await.expect("an answer").json().await.expect("JSON")
    });
    assert_eq!(members["total"], 5);
    drop(child.stdin.take());
    assert!(ends(&mut child));
}

#[test]
fn a_million_sessions_start_soon() {
    let start = Instant::now();
    let mut child = program(&["--sessions", "1000000", "--exit-with-stdin"]).spawn().expect("the program");
    ready(&mut child);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    drop(child.stdin.take());
    assert!(ends(&mut child));
}

#[test]
fn wrong_arguments_are_named() {
    for (arguments, expected) in [
        (&["--prot", "1"][..], "`--prot` is not an option"),
        (&["--port"], "--port needs a value"),
        (&["--port", "70000"], "--port: `70000` is not a port"),
        (&["--members", "0"], "members: 0 is not between 1 and 100000"),
        (&["--api-key", "apk_service"], "api_key: has to be `apk_user_`"),
        (&["--now", "yesterday"], "--now: `yesterday` is not a time"),
    ] {
        let output = program(arguments).output().expect("the program");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && text.contains(expected), "{arguments:?}: {text}");
        assert!(output.stdout.is_empty());
    }
    let help = program(&["--help"]).output().expect("the program");
    assert!(help.status.success() && String::from_utf8_lossy(&help.stdout).contains("--exit-with-stdin"));
}

#[test]
fn hosts_without_a_runtime() {
    let emulator =
        devin_v2_emulator::Emulator::spawn(devin_v2_emulator::Config::default()).expect("a thread");
    let address = emulator.url().trim_start_matches("http://").to_owned();
    assert!(std::net::TcpStream::connect(&address).is_ok());
    drop(emulator);
    assert!(std::net::TcpStream::connect(&address).is_err(), "it stops when dropped");
    let config = devin_v2_emulator::Config { members: 0, ..Default::default() };
    assert!(devin_v2_emulator::Emulator::spawn(config).is_err());
}
