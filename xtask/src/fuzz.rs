//! libFuzzer on the targets of `tests/fuzz`: briefly as a test, for longer as a command.
//!
//! What it needs of the compiler is stable: the crates forbid unsafe code, so that a sanitizer, which needs a nightly
//! Rust and doubles every time, would find nothing that a panic doesn't tell.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run::{self, cargo, command, target};

const FOLDER: &str = "tests/fuzz";

/// The targets, with the executions of one test.
const TARGETS: &[(&str, u64)] = &[
    ("answers", 40_000),
    ("errors", 10_000),
    ("retry_after", 200_000),
    ("texts", 50_000),
    ("document", 15_000),
    ("overlay", 30_000),
    ("compile", 300),
];

/// The most seconds of one target's test, if its executions are not done by then.
const TEST_SECONDS: u64 = 20;

/// How long a target is fuzzed.
struct Limit {
    /// Executions; without end if 0.
    runs: u64,
    seconds: u64,
    /// Where random numbers start; somewhere if 0.
    seed: u64,
}

/// What came of a target.
#[derive(Default)]
struct Outcome {
    executions: String,
    per_second: String,
    coverage: String,
    new: usize,
    crashes: Vec<PathBuf>,
}

/// The same numbers every time: a failure is one of the change under test.
pub(crate) fn test() -> Result<(), String> {
    run::run(cargo().args(["fmt", "--check", "--manifest-path"]).arg(format!("{FOLDER}/Cargo.toml")))?;
    fuzz_all(
        TARGETS.iter().map(|(name, runs)| (*name, Limit { runs: *runs, seconds: TEST_SECONDS, seed: 7 })),
    )
}

/// `cargo xtask fuzz`.
pub(crate) fn fuzz(arguments: &[&str]) -> Result<(), String> {
    let mut seconds = 300;
    let mut names = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if *argument == "--seconds" {
            let number = rest.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
            seconds = number.ok_or("--seconds needs a number")?;
        } else if let Some((name, _)) = TARGETS.iter().find(|(name, _)| name == argument) {
            names.push(*name);
        } else {
            let known: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
            return Err(format!("there is no target {argument}; there are {}", known.join(", ")));
        }
    }
    let names: Vec<&str> = TARGETS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| names.is_empty() || names.contains(name))
        .collect();
    fuzz_all(names.into_iter().map(|name| (name, Limit { runs: 0, seconds, seed: 0 })))
}

/// Builds and runs targets, and prints a table.
fn fuzz_all(targets: impl Iterator<Item = (&'static str, Limit)>) -> Result<(), String> {
    let programs = build()?;
    let mut table = vec![format!(
        "  {:12} {:>12} {:>9} {:>9} {:>9} {:>8}",
        "target", "executions", "per s", "coverage", "new", "crashes"
    )];
    let mut crashes = Vec::new();
    for (name, limit) in targets {
        let outcome = one(&programs, name, &limit)?;
        let Outcome { executions, per_second, coverage, new, .. } = &outcome;
        let count = outcome.crashes.len();
        table.push(format!("  {name:12} {executions:>12} {per_second:>9} {coverage:>9} {new:>9} {count:>8}"));
        crashes.extend(outcome.crashes.iter().map(|path| format!("{name} crashes on {}", path.display())));
    }
    println!("\n{}", table.join("\n"));
    if crashes.is_empty() { Ok(()) } else { Err(crashes.join("\n")) }
}

/// Compiles the targets with what libFuzzer needs; gives the folder of the programs.
fn build() -> Result<PathBuf, String> {
    const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                         -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                         -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";
    // Programs that run while others are compiled must not be instrumented, which a named target sees to.
    let version = command("rustc").arg("-vV").output().map_err(|error| format!("rustc: {error}"))?;
    let version = String::from_utf8_lossy(&version.stdout);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc names no host")?;
    let folder = target().join("fuzz");
    run::run(
        cargo()
            .args(["build", "--quiet", "--release", "--locked", "--bins", "--target", host])
            .args(["--manifest-path", &format!("{FOLDER}/Cargo.toml"), "--target-dir"])
            .arg(&folder)
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("RUSTFLAGS", FLAGS),
    )?;
    Ok(folder.join(host).join("release"))
}

/// Runs a target from the corpus that earlier runs left and the seeds.
fn one(programs: &Path, name: &str, limit: &Limit) -> Result<Outcome, String> {
    // A test starts from the seeds alone: it must not depend on what ran here before.
    let kept = if limit.runs == 0 { "fuzz/corpus" } else { "fuzz/test-corpus" };
    let corpus = target().join(kept).join(name);
    if limit.runs > 0 {
        let _ = fs::remove_dir_all(&corpus);
    }
    let corpus = made(corpus)?;
    let crashes = made(target().join("fuzz/crashes").join(name))?;
    let known = files(&crashes)?;
    let log = target().join("fuzz").join(format!("{name}.log"));
    let mut program = command(programs.join(name));
    // New finds go into the first folder.
    program.arg(&corpus).arg(run::root().join(FOLDER).join("seeds").join(name));
    program.arg(format!("-artifact_prefix={}/", crashes.display()));
    program.args([format!("-max_total_time={}", limit.seconds), format!("-seed={}", limit.seed)]);
    if limit.runs > 0 {
        program.arg(format!("-runs={}", limit.runs));
    }
    // An input that takes that long, or that much memory, is a crash too.
    program.args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"]);
    let before = files(&corpus)?.len();
    let succeeded = logged(&mut program, &log)?;
    let text = fs::read(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    let text = String::from_utf8_lossy(&text);
    let last = |mark: &str| {
        let rest = text.rsplit_once(mark).map(|(_, rest)| rest.split_whitespace().next().unwrap_or_default());
        rest.unwrap_or("?").to_owned()
    };
    let mut outcome = Outcome {
        executions: last("stat::number_of_executed_units:"),
        per_second: last("stat::average_exec_per_sec:"),
        coverage: last(" cov: "),
        new: files(&corpus)?.len().saturating_sub(before),
        crashes: files(&crashes)?.into_iter().filter(|path| !known.contains(path)).collect(),
    };
    if !succeeded && outcome.crashes.is_empty() {
        // An input that crashed before is written over, and the log says more.
        outcome.crashes.push(log);
    }
    Ok(outcome)
}

/// Runs a program with all that it prints in a file; whether it succeeded.
fn logged(program: &mut Command, log: &Path) -> Result<bool, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", log.display());
    let file = fs::File::create(log).map_err(failed)?;
    let both = file.try_clone().map_err(failed)?;
    let status = program.env("RUST_BACKTRACE", "1").stdin(Stdio::null()).stdout(file).stderr(both).status();
    status.map(|status| status.success()).map_err(failed)
}

fn made(folder: PathBuf) -> Result<PathBuf, String> {
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(entries.filter_map(Result::ok).map(|entry| entry.path()).collect())
}
