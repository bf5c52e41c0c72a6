//! One set of scenarios for all languages, and a chaos of calls and faults, and what comes of them as tables.

mod broken;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, command, target};

const AGENTS: &str = "tests/conformance/agents";

/// How many calls each language makes in the chaos.
const CALLS: &str = "2000";

/// Starts the agents of the languages and the driver that asks them; then again with decisions turned round.
pub(crate) fn test() -> Result<(), String> {
    let packages = ["--package", "devin-v2-conformance", "--package", "devin-v2-conformance-rust"];
    run::run(run::cargo().args(["build", "--quiet"]).args(packages))?;
    let programs = target().join("debug");
    let driver = programs.join("devin-v2-conformance");
    let python = crate::python::installed()?;
    let node = crate::node::installed()?;
    let rust = || agent("rust", command(programs.join("devin-v2-conformance-rust")));
    let languages = [
        rust(),
        self::python("python-sync", &python),
        self::python("python-async", &python),
        self::node(&node),
        agent("kotlin", crate::kotlin::agent()?),
        agent("swift", crate::swift::agent()?),
    ];
    let all = languages.join(&"--".to_owned());
    run::run(drive(&driver, "conformance.json").args(&all))?;
    run::run(drive(&driver, "chaos.json").args(["--chaos", CALLS]).args(&all))?;
    broken::test(&driver, &python, &node)
}

/// README's tables of what is supported: written from the suites' results, or compared with them.
pub(crate) fn matrix(options: &[&str]) -> Result<(), String> {
    let mut matrix = run::cargo();
    matrix.args(["run", "--quiet", "--package", "devin-v2-conformance", "--", "matrix"]).args(options);
    run::run(matrix.arg(target()))
}

/// The driver, which leaves its results in a file below the target folder.
fn drive(driver: &Path, results: &str) -> Command {
    let mut drive = command(driver);
    drive.arg("--results").arg(target().join(results));
    drive
}

/// A language's name and how its agent is started, as the driver takes them.
fn agent(name: &str, start: Command) -> Vec<String> {
    let words = std::iter::once(start.get_program()).chain(start.get_args());
    std::iter::once(name.to_owned()).chain(words.map(|word| word.to_string_lossy().into_owned())).collect()
}

/// `python-sync` or `python-async`, with the package that an interpreter has.
fn python(name: &str, interpreter: &Path) -> Vec<String> {
    let mut start = command(interpreter);
    start.args(["-P", &format!("{AGENTS}/python.py"), name.trim_start_matches("python-")]);
    agent(name, start)
}

/// With the package of a folder.
fn node(folder: &PathBuf) -> Vec<String> {
    let mut start = command("node");
    start.arg(format!("{AGENTS}/node.mjs")).arg(folder).arg("bindings/node/test/calls.json");
    agent("node", start)
}
