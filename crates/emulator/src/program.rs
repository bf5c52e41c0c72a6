//! The emulator as a program, for every front door that has one. See `--help`.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use crate::{Config, Emulator};

const HELP: &str = "\
devin-v2-emulator: an embedded Devin v2 Enterprise API server

Prints one line of JSON when it is ready, {\"url\":…,\"api_key\":…}, and serves until it is stopped.

  --host ADDRESS        listen here (127.0.0.1); the control surface /_emulator/ answers on loopback only
  --port PORT           0 lets the system choose (0)
  --seed NUMBER         same seed, same data (7)
  --organizations N     1 to 10,000 (3)
  --members N           1 to 100,000 (120)
  --sessions N          0 to 10,000,000 (1000)
  --now TIME            the emulator's clock (2026-03-01T12:00:00Z)
  --api-key apk_user_…  the initial key; made from the seed if absent
  --zoned-times         no time without a zone; the service has one, against its own document
  --exit-with-stdin     stop when standard input ends, so that a child does not outlive its parent
  --help                this text
";

enum Start {
    Serve { config: Config, exit_with_stdin: bool },
    Help,
}

/// Runs the program with these arguments (without its own name) until it is stopped. It takes SIGINT and SIGTERM for
/// itself.
#[must_use]
pub fn run_program(given: impl Iterator<Item = String>) -> ExitCode {
    let (config, exit_with_stdin) = match arguments(given) {
        Ok(Start::Serve { config, exit_with_stdin }) => (config, exit_with_stdin),
        Ok(Start::Help) => {
            // A closed pipe is no reason to complain.
            let _ = io::stdout().write_all(HELP.as_bytes());
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("devin-v2-emulator: {problem}\nTry --help.");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.and_then(|runtime| runtime.block_on(serve(config, exit_with_stdin))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("devin-v2-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads `--name value` and `--name=value`.
fn arguments(mut given: impl Iterator<Item = String>) -> Result<Start, String> {
    let mut config = Config::default();
    let mut exit_with_stdin = false;
    while let Some(argument) = given.next() {
        let (name, attached) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument, None),
        };
        if attached.is_none() {
            match name.as_str() {
                "--help" | "-h" => return Ok(Start::Help),
                "--zoned-times" => {
                    config.naive_times = false;
                    continue;
                }
                "--exit-with-stdin" => {
                    exit_with_stdin = true;
                    continue;
                }
                _ => {}
            }
        }
        const NAMES: [&str; 8] = [
            "--host",
            "--port",
            "--seed",
            "--organizations",
            "--members",
            "--sessions",
            "--now",
            "--api-key",
        ];
        if !NAMES.contains(&name.as_str()) {
            return Err(format!("`{name}` is not an option"));
        }
        let value = attached.or_else(|| given.next()).ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--host" => config.host = parsed(&name, &value, "an IP address")?,
            "--port" => config.port = parsed(&name, &value, "a port, 0 to 65535")?,
            "--seed" => config.seed = parsed(&name, &value, "a whole number")?,
            "--organizations" => config.organizations = parsed(&name, &value, "a whole number")?,
            "--members" => config.members = parsed(&name, &value, "a whole number")?,
            "--sessions" => config.sessions = parsed(&name, &value, "a whole number")?,
            "--now" => config.now = parsed(&name, &value, "a time like 2026-03-01T12:00:00Z")?,
            // Not echoed if it is wrong: it may be a real key.
            _ => config.api_key = Some(value),
        }
    }
    Ok(Start::Serve { config, exit_with_stdin })
}

fn parsed<T: std::str::FromStr>(name: &str, value: &str, expected: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{name}: `{value}` is not {expected}"))
}

async fn serve(config: Config, exit_with_stdin: bool) -> io::Result<()> {
    let stop = stop_signal()?;
    let emulator = Emulator::start(config).await?;
    let ready = serde_json::json!({ "url": emulator.url(), "api_key": emulator.api_key() });
    {
        let mut out = io::stdout().lock();
        writeln!(out, "{ready}")?;
        out.flush()?;
    }
    let (ended, end) = tokio::sync::oneshot::channel();
    if exit_with_stdin {
        // A plain thread: the runtime would wait for a blocking task of its own when it ends.
        std::thread::spawn(move || {
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            let _ = ended.send(());
        });
        tokio::select! {
            () = stop => {}
            _ = end => {}
        }
    } else {
        stop.await;
    }
    Ok(())
}

/// Resolves at SIGINT or SIGTERM (Ctrl-C elsewhere). Installed before the ready line, so that no signal is missed.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Resolves at Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
