//! `cargo xtask test`: every check of the project, suite by suite.

use std::process::Command;

use crate::run::{self, Server, cargo, command, target};
use crate::tools::{self, Tool};
use crate::version::VERSION;

/// A suite: what it needs and what it does.
struct Suite {
    name: &'static str,
    needs: &'static [&'static Tool],
    run: fn() -> Result<(), String>,
}

const SUITES: &[Suite] = &[
    Suite { name: "generated", needs: &[&tools::RUST], run: generated },
    Suite { name: "coverage", needs: &[&tools::RUST], run: coverage },
    Suite { name: "rust", needs: &[&tools::RUST, &tools::RUSTFMT, &tools::CLIPPY], run: rust },
    Suite { name: "node", needs: &[&tools::RUST, &tools::NODE], run: crate::node::test },
    Suite { name: "node-tools", needs: &[&tools::RUST, &tools::NODE], run: crate::node::tools },
    Suite { name: "python", needs: &[&tools::RUST, &tools::PYTHON], run: crate::python::test },
    Suite { name: "kotlin", needs: &[&tools::RUST, &tools::JAVA, &tools::MAVEN], run: crate::kotlin::test },
    Suite { name: "swift", needs: &[&tools::RUST], run: crate::swift::test },
    Suite {
        name: "conformance",
        needs: &[&tools::RUST, &tools::PYTHON, &tools::NODE, &tools::JAVA, &tools::MAVEN],
        run: crate::conformance::test,
    },
    Suite { name: "matrix", needs: &[&tools::RUST], run: || crate::conformance::matrix(&["--check"]) },
    Suite { name: "document", needs: &[&tools::NODE, &tools::PYTHON], run: document },
    Suite { name: "prism", needs: &[&tools::RUST, &tools::NODE], run: prism },
    Suite { name: "schemathesis", needs: &[&tools::RUST, &tools::PYTHON], run: schemathesis },
    Suite {
        name: "fuzz",
        needs: &[&tools::RUST, &tools::RUSTFMT, &tools::CPLUSPLUS],
        run: crate::fuzz::test,
    },
];

/// The published document with the overlay applied: the service's own plus the error answer that it doesn't publish.
const DOCUMENT: &str = "crates/emulator/src/generated/document.json";

pub(crate) fn test(arguments: &[&str]) -> Result<(), String> {
    let all = arguments.contains(&"--all");
    let names: Vec<&str> = arguments.iter().copied().filter(|argument| *argument != "--all").collect();
    if let Some(unknown) = names.iter().find(|name| !SUITES.iter().any(|suite| suite.name == **name)) {
        let known: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
        return Err(format!("there is no suite {unknown}; there are {}", known.join(", ")));
    }
    let mut summary = Vec::new();
    let mut failed = false;
    for suite in SUITES.iter().filter(|suite| names.is_empty() || names.contains(&suite.name)) {
        let missing: Vec<String> = suite
            .needs
            .iter()
            .filter(|tool| tool.find().is_none())
            .map(|tool| format!("{} is missing: {}", tool.name, tool.remedy))
            .collect();
        if !missing.is_empty() {
            failed |= all || !names.is_empty();
            summary.push(format!("  left out  {:13} {}", suite.name, missing.join("; ")));
            continue;
        }
        println!("\n==== {}", suite.name);
        let start = std::time::Instant::now();
        let result = (suite.run)();
        let seconds = start.elapsed().as_secs();
        match result {
            Ok(()) => summary.push(format!("  passed    {:13} {seconds} s", suite.name)),
            Err(message) => {
                failed = true;
                summary.push(format!("  FAILED    {:13} {seconds} s: {message}", suite.name));
            }
        }
    }
    println!("\n{}", summary.join("\n"));
    if failed { Err("\nNot everything passed.".to_owned()) } else { Ok(()) }
}

fn generated() -> Result<(), String> {
    crate::version::check()?;
    run::codegen(&["--check"])?;
    crate::uniffi::bindings(true)
}

/// Whether all that is in the published document is in all languages.
fn coverage() -> Result<(), String> {
    let results = target().join("coverage.json");
    run::run(cargo().args(["run", "--quiet", "--package", "devin-v2-coverage", "--"]).arg(results))
}

fn rust() -> Result<(), String> {
    run::run(cargo().args(["fmt", "--all", "--check"]))?;
    run::run(cargo().args([
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]))?;
    run::run(cargo().args(["test", "--quiet", "--workspace"]))?;
    let mut doc = cargo();
    run::run(doc.args(["doc", "--quiet", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings"))
}

/// A linter and a validator that are not ours, on the document as published.
fn document() -> Result<(), String> {
    let redocly = tools::node("redocly")?;
    run::run(
        command(redocly)
            .args(["lint", "--config", "tests/peers/redocly.yaml", "openapi/devin-v2.yaml"])
            .env("REDOCLY_TELEMETRY", "off")
            .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true"),
    )?;
    run::run(command(tools::python("openapi-spec-validator")?).args(["openapi/devin-v2.yaml", DOCUMENT]))
}

/// The emulator as a process.
pub(crate) struct Emulator {
    _server: Server,
    pub(crate) url: String,
    pub(crate) key: String,
}

impl Emulator {
    pub(crate) fn start() -> Result<Self, String> {
        run::run(cargo().args(["build", "--quiet", "--package", "devin-v2-emulator"]))?;
        let program = target().join("debug/devin-v2-emulator");
        // One time of the service has no zone, which no strict validator takes for the date-time that it's described as.
        let arguments = ["--port", "0", "--exit-with-stdin", "--zoned-times"];
        let server = Server::start(command(program).args(arguments), "api_key")?;
        let text = |key: &str| {
            let rest = server.ready.split_once(&format!("\"{key}\":\""));
            rest.and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value.to_owned())
        };
        let (url, key) = text("url").zip(text("api_key")).ok_or("the emulator said no url or key")?;
        Ok(Self { _server: server, url, key })
    }

    /// Has a program use it, and know which version of the package to expect.
    pub(crate) fn account<'command>(&self, program: &'command mut Command) -> &'command mut Command {
        program.envs([
            ("DEVIN_V2_BASE_URL", self.url.as_str()),
            ("DEVIN_V2_API_KEY", &self.key),
            ("EXPECTED_VERSION", VERSION),
        ])
    }
}

/// Prism, which knows nothing of us but the document: as a server that the SDK reads from, and as a proxy that watches
/// the SDK and the emulator talk and answers with an error if either breaks the document.
fn prism() -> Result<(), String> {
    let prism = tools::node("prism")?;
    let sdk_test = |test: &str, url: &str, control: &str, key: &str| {
        run::run(
            cargo()
                .args(["test", "--quiet", "--package", "devin-v2", "--test", test])
                .env("DEVIN_V2_TEST_URL", url)
                .env("DEVIN_V2_TEST_CONTROL_URL", control)
                .env("DEVIN_V2_TEST_KEY", key),
        )
    };

    let port = free_port()?;
    let mock =
        command(&prism).args(["mock", "--port", &port, "--host", "127.0.0.1", DOCUMENT]).to_server()?;
    sdk_test("prism_mock", &format!("http://127.0.0.1:{port}"), "", "apk_user_example_value")?;
    drop(mock);

    let emulator = Emulator::start()?;
    let port = free_port()?;
    let _proxy = command(&prism)
        .args(["proxy", "--errors", "--port", &port, "--host", "127.0.0.1", DOCUMENT, &emulator.url])
        .to_server()?;
    sdk_test("operations", &format!("http://127.0.0.1:{port}"), &emulator.url, &emulator.key)
}

trait ToServer {
    fn to_server(&mut self) -> Result<Server, String>;
}

impl ToServer for std::process::Command {
    fn to_server(&mut self) -> Result<Server, String> {
        Server::start(self, "Prism is listening")
    }
}

/// Hundreds of valid and invalid requests for each operation, and every check that Schemathesis has.
fn schemathesis() -> Result<(), String> {
    let program = tools::python("schemathesis")?;
    let emulator = Emulator::start()?;
    run::run(
        command(&program)
            .args(["--config-file", "tests/peers/schemathesis.toml", "run", DOCUMENT, "--url", &emulator.url])
            .env("PYTHONPATH", "tests/peers")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("DEVIN_V2_TEST_URL", &emulator.url)
            .env("DEVIN_V2_TEST_KEY", &emulator.key),
    )
}

/// A port that is free now.
fn free_port() -> Result<String, String> {
    let listener =
        std::net::TcpListener::bind("127.0.0.1:0").map_err(|error| format!("no free port: {error}"))?;
    listener
        .local_addr()
        .map(|address| address.port().to_string())
        .map_err(|error| format!("no free port: {error}"))
}
