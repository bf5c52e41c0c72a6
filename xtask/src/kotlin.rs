//! The Kotlin package: built, tested, and used by a project that knows nothing of this one.

use std::path::PathBuf;
use std::process::Command;

use crate::run::{self, command, target};
use crate::test::Emulator;

/// Where the module is, from the workspace's root.
const MODULE: &str = "bindings/kotlin";

/// Builds the jar with the native library of this platform, tests it, and runs the example on it.
pub(crate) fn test() -> Result<(), String> {
    let native = native()?;
    run::run(run::cargo().args(["build", "--quiet", "--package", "devin-v2-emulator"]))?;
    let emulator = target().join("debug").join(format!("devin-v2-emulator{}", std::env::consts::EXE_SUFFIX));
    let mut build = maven(MODULE);
    build.arg(format!("-Dnative.dir={}", native.display())).args(["clean", "install"]);
    run::run(build.env("DEVIN_V2_EMULATOR", &emulator))?;
    let server = Emulator::start()?;
    let mut example = maven(&format!("{MODULE}/examples/member-report"));
    example.args(["clean", "compile", "exec:java"]);
    run::run(example.env("DEVIN_V2_BASE_URL", &server.url).env("DEVIN_V2_API_KEY", &server.key))
}

/// The jar beside what users would pick instead, in one run.
pub(crate) fn bench() -> Result<(), String> {
    install()?;
    run::run(run::cargo().args(["build", "--release", "--package", "devin-v2-peers"]))?;
    let mut bench = maven("tests/peers/kotlin");
    bench.arg(format!("-Dserver={}", target().join("release/devin-v2-peers").display()));
    run::run(bench.args(["clean", "compile", "exec:exec"]))
}

/// Installs the jar, untested.
fn install() -> Result<(), String> {
    let mut build = maven(MODULE);
    build.arg(format!("-Dnative.dir={}", native()?.display()));
    run::run(build.args(["-Dmaven.test.skip", "clean", "install"]))
}

/// Kotlin's part in the scenarios that all languages pass: how it is started.
pub(crate) fn agent() -> Result<Command, String> {
    const AGENT: &str = "tests/conformance/agents/kotlin";
    install()?;
    run::run(maven(AGENT).args(["clean", "package"]))?;
    let mut start = command("java");
    start.arg("--class-path").arg(run::root().join(AGENT).join("target/jars").join("*")).arg("AgentKt");
    Ok(start)
}

/// Maven for a module, without the keys of the machine.
fn maven(module: &str) -> Command {
    let mut maven = command("mvn");
    maven.args(["--batch-mode", "--no-transfer-progress", "--file"]).arg(format!("{module}/pom.xml"));
    for name in ["DEVIN_V2_API_KEY", "DEVIN_API_KEY", "DEVIN_V2_BASE_URL", "DEVIN_BASE_URL"] {
        maven.env_remove(name);
    }
    maven
}

/// The native library, laid out as JNA finds it in a jar: `linux-x86-64/libdevin_v2_uniffi.so`.
fn native() -> Result<PathBuf, String> {
    let library = crate::uniffi::library()?;
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let processor = std::env::consts::ARCH.replace('_', "-");
    let native = target().join("kotlin/native");
    let folder = native.join(format!("{system}-{processor}"));
    let name = library.file_name().unwrap_or_default();
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::copy(&library, folder.join(name)))
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(native)
}
