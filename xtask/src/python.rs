//! The Python package: built, installed and tested as its users get it.

use std::path::{Path, PathBuf};

use crate::dist::CONSUMERS;
use crate::run::{self, command, target};
use crate::test::Emulator;
use crate::tools;

/// The package's sources, from the workspace's root.
const PACKAGE: &str = "bindings/python";
/// What its tests need beside it.
const REQUIREMENTS: &str = "bindings/python/tests/requirements.txt";
/// The tests that the build of the source distribution has to pass too: all operations.
const GATE: &str = "bindings/python/tests/test_operations.py";

/// Builds, installs and tests the wheel, then the source distribution.
pub(crate) fn test() -> Result<(), String> {
    let python = tools::python_environment("python", REQUIREMENTS)?;
    let wheel = wheel(&python)?;
    // By itself first: it depends on nothing.
    let alone = clean_environment("alone")?;
    install(&alone, &wheel)?;
    run::run(command(alone.join("bin/python")).args([
        "-W",
        "error",
        "-c",
        "import devin_v2; print(devin_v2)",
    ]))?;

    install(&python, &wheel)?;
    run::run(pytest(&python).arg("bindings/python/tests"))?;
    types(&python)?;
    other_documents(&python)?;

    let source = sdist(&python)?;
    let from_source = clean_environment("from-source")?;
    run::run(pip(&from_source).arg("install").arg("--quiet").arg(&source).args(["pytest"]))?;
    run::run(pytest(&from_source).arg(GATE))
}

/// The package beside what users would pick instead, in one run.
pub(crate) fn bench() -> Result<(), String> {
    let tests = tools::python_environment("python", REQUIREMENTS)?;
    let wheel = wheel(&tests)?;
    let peers = tools::python_environment("python-peers", "tests/peers/python/requirements.txt")?;
    install(&peers, &wheel)?;
    run::run(run::cargo().args(["build", "--release", "--package", "devin-v2-peers"]))?;
    let mut bench = command(peers.join("bin/python"));
    bench.args(["tests/peers/python/bench.py", "--server"]).arg(target().join("release/devin-v2-peers"));
    run::run(bench.arg("--wheel").arg(wheel))
}

/// An interpreter that has the package, for the scenarios that all languages pass.
pub(crate) fn installed() -> Result<PathBuf, String> {
    let tools = tools::python_environment("python", REQUIREMENTS)?;
    let environment = clean_environment("conformance")?;
    install(&environment, &wheel(&tools)?)?;
    Ok(environment.join("bin/python"))
}

/// Leaves the wheel and the source distribution in `out`, and has an empty environment use each.
pub(crate) fn dist(out: &Path, server: &Emulator) -> Result<(), String> {
    let tools = tools::python_environment("python", REQUIREMENTS)?;
    for made in [wheel(&tools)?, sdist(&tools)?] {
        let package = out.join(made.file_name().unwrap_or_default());
        run::copy(&made, &package)?;
        let environment = clean_environment("consumer")?;
        // Depends on nothing; a source distribution is built with what it asks for.
        run::run(pip(&environment).args(["install", "--quiet", "--no-deps"]).arg(&package))?;
        let mut consumer = command(environment.join("bin/python"));
        consumer.args(["-W", "error", "-P"]).arg(Path::new(CONSUMERS).join("consumer.py"));
        run::run(server.account(&mut consumer))?;
    }
    Ok(())
}

/// The wheel of this machine.
fn wheel(python: &Path) -> Result<PathBuf, String> {
    packed(python, "wheel", &["build", "--locked"])
}

/// The sources, from which pip makes a wheel.
fn sdist(python: &Path) -> Result<PathBuf, String> {
    packed(python, "sdist", &["sdist"])
}

/// What maturin makes, in a folder where nothing else is.
fn packed(python: &Path, kind: &str, arguments: &[&str]) -> Result<PathBuf, String> {
    let folder = target().join("python").join(kind);
    let _ = std::fs::remove_dir_all(&folder);
    let mut maturin = command(python.join("bin/maturin"));
    run::run(
        maturin.args(arguments).args(["--manifest-path", "bindings/python/Cargo.toml", "--out"]).arg(&folder),
    )?;
    let made = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let first = made.filter_map(Result::ok).map(|entry| entry.path()).next();
    first.ok_or_else(|| format!("maturin made nothing in {}", folder.display()))
}

/// An environment with nothing in it.
fn clean_environment(name: &str) -> Result<PathBuf, String> {
    let folder = target().join("python").join(name);
    run::run(command("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    Ok(folder)
}

fn pip(environment: &Path) -> std::process::Command {
    let mut pip = command(environment.join("bin/python"));
    pip.args(["-m", "pip", "--disable-pip-version-check"]);
    pip
}

fn install(environment: &Path, wheel: &Path) -> Result<(), String> {
    run::run(pip(environment).args(["install", "--quiet", "--force-reinstall", "--no-deps"]).arg(wheel))
}

fn pytest(environment: &Path) -> std::process::Command {
    let mut pytest = command(environment.join("bin/python"));
    // The sources must not be found in place of what is installed.
    pytest.args(["-P", "-m", "pytest", "--quiet", "-p", "no:cacheprovider", "--rootdir", PACKAGE]);
    pytest.env("PYTHONDONTWRITEBYTECODE", "1");
    pytest
}

/// What is generated from documents of other shapes has to be a package too.
fn other_documents(python: &Path) -> Result<(), String> {
    let documents = run::root().join("xtask/codegen/tests/documents");
    let found = std::fs::read_dir(&documents).map_err(|error| format!("{}: {error}", documents.display()))?;
    let mut check = command(python.join("bin/python"));
    check.args(["-P", "bindings/python/tests/check_generated.py"]);
    for document in found.filter_map(Result::ok).map(|entry| entry.path()) {
        let out = target().join("python/documents").join(document.file_stem().unwrap_or_default());
        let _ = std::fs::remove_dir_all(&out);
        run::codegen(&["--spec", &document.to_string_lossy(), "--out", &out.to_string_lossy()])?;
        check.arg(out);
    }
    run::run(&mut check)
}

/// Annotations and stubs, by three checkers.
fn types(python: &Path) -> Result<(), String> {
    let tool = |name: &str| {
        let programs = python.join("bin");
        let mut tool = command(programs.join(name));
        // Not among the sources, which must not be found in place of what is installed; pyright looks for its
        // interpreter on the path.
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(programs).chain(std::env::split_paths(&path)));
        tool.current_dir(target()).env("PATH", path.unwrap_or_default());
        tool
    };
    let usage = run::root().join("bindings/python/tests/types/usage.py");
    let interpreter = python.join("bin/python");
    let settings = run::root().join("bindings/python/pyproject.toml");
    run::run(tool("mypy").arg("--config-file").arg(&settings).args(["--strict", "--package", "devin_v2"]))?;
    run::run(tool("mypy").arg("--config-file").arg(&settings).arg("--strict").arg(&usage))?;
    let allowed = run::root().join("bindings/python/tests/types/stubtest-allowlist.txt");
    let mut stubtest = tool("stubtest");
    stubtest.arg("--mypy-config-file").arg(&settings).arg("--allowlist").arg(allowed);
    run::run(stubtest.arg("devin_v2"))?;
    run::run(tool("pyright").arg("--pythonpath").arg(&interpreter).arg(&usage))?;
    run::run(tool("pyright").arg("--pythonpath").arg(&interpreter).args([
        "--verifytypes",
        "devin_v2",
        "--ignoreexternal",
    ]))
}
