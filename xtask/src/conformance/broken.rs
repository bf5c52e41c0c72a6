//! Turns decisions round, one at a time, in a copy: the scenarios have to find each, or they prove nothing.

use std::fs;
use std::path::{Path, PathBuf};

use super::{agent, command, drive, run, target};

/// A decision that is turned round.
struct Flip {
    /// What goes wrong then.
    what: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    /// The scenarios that have to fail, by the name of their file.
    feature: &'static str,
}

const CORE: &[Flip] = &[
    Flip {
        what: "a change is sent again after 503",
        file: "crates/sdk/src/retry.rs",
        from: "Outcome::Status(status) => idempotent && ",
        to: "Outcome::Status(status) => ",
        feature: "retries",
    },
    Flip {
        what: "what revokes all keys needs no confirmation",
        file: "crates/sdk/src/guard.rs",
        from: "    confirmed(operation, url, confirm)\n",
        to: "    confirmed(operation, url, confirm).or(Ok(()))\n",
        feature: "guards",
    },
    Flip {
        what: "rows that come again are not told",
        file: "crates/sdk/src/paging/walk.rs",
        from: "self.report.duplicates += repeated;",
        to: "let _ = repeated;",
        feature: "paging",
    },
    Flip {
        what: "a change whose response was lost is sent again",
        file: "crates/sdk/src/retry.rs",
        from: "Outcome::Broken | Outcome::TimedOut => idempotent,",
        to: "Outcome::Broken | Outcome::TimedOut => true,",
        feature: "connections",
    },
    Flip {
        what: "only the first member of gzip is read",
        file: "crates/sdk/src/transport/body.rs",
        from: "if input.iter().all(|byte| *byte == 0) {",
        to: "if input.iter().all(|byte| *byte == 0) || !output.is_empty() {",
        feature: "bodies",
    },
    Flip {
        what: "NO_PROXY is ignored",
        file: "crates/sdk/src/proxy.rs",
        from: "is_some_and(|(_, list)| is_excepted(&list, base))",
        to: "is_some_and(|(_, list)| is_excepted(&list, base) && list.is_empty())",
        feature: "proxies",
    },
];

const PYTHON: Flip = Flip {
    what: "Python forgets the options of a call",
    file: "devin_v2/_client.py",
    from: "self._twin(self._caller.core.with_options(options), options",
    to: "self._twin(self._caller.core, options",
    feature: "retries",
};

const NODE: Flip = Flip {
    what: "Node forgets that a call is strict",
    file: "node_modules/devin-v2/dist/caller.js",
    from: "members.filter(([name]) => name !== \"signal\")",
    to: "members.filter(([name]) => name !== \"signal\" && name !== \"strict\")",
    feature: "paging",
};

/// Fails if the scenarios hold in spite of a decision that is turned round.
pub(super) fn test(driver: &Path, python: &Path, node: &Path) -> Result<(), String> {
    let copy = target().join("broken");
    let _ = fs::remove_dir_all(&copy);

    let workspace = copy.join("rust");
    for part in ["Cargo.toml", "Cargo.lock", "README.md", "crates", "tests/conformance/agents/rust"] {
        run::copy(&run::root().join(part), &workspace.join(part))?;
    }
    // The copy's program has a name of its own, since it is built beside the true one.
    replace(
        &workspace.join("tests/conformance/agents/rust/Cargo.toml"),
        "conformance-rust",
        "conformance-broken",
    )?;
    let manifest = workspace.join("Cargo.toml");
    let members = read(&manifest)?.lines().find(|line| line.starts_with("members = ")).map(str::to_owned);
    let members = members.ok_or("Cargo.toml has no line of members")?;
    replace(&manifest, &members, "members = [\"crates/*\", \"tests/conformance/agents/rust\"]")?;
    for flip in CORE {
        let file = workspace.join(flip.file);
        let whole = read(&file)?;
        replace(&file, flip.from, flip.to)?;
        let mut build = run::cargo();
        build.args(["build", "--quiet", "--package", "devin-v2-conformance-broken", "--manifest-path"]);
        run::run(build.arg(&manifest).env("CARGO_TARGET_DIR", target()))?;
        let program = target().join("debug/devin-v2-conformance-broken");
        finds(driver, flip, agent("rust", command(program)))?;
        fs::write(&file, whole).map_err(|error| format!("{}: {error}", file.display()))?;
    }

    let packages = copy.join("python");
    run::copy(&site_packages(python)?.join("devin_v2"), &packages.join("devin_v2"))?;
    replace(&packages.join(PYTHON.file), PYTHON.from, PYTHON.to)?;
    let mut start = command("env");
    start.arg(format!("PYTHONPATH={}", packages.display()));
    let words = super::python("python-sync", python);
    start.args(&words[1..]);
    finds(driver, &PYTHON, agent("python-sync", start))?;

    let project = copy.join("node");
    run::copy(node, &project)?;
    replace(&project.join(NODE.file), NODE.from, NODE.to)?;
    finds(driver, &NODE, super::node(&project))
}

/// Runs the scenarios of the feature, of which some have to fail.
fn finds(driver: &Path, flip: &Flip, language: Vec<String>) -> Result<(), String> {
    let name = language.first().cloned().unwrap_or_default();
    let output = drive(driver, "broken.json").args(["--feature", flip.feature]).args(&language).output();
    let output = output.map_err(|error| format!("the driver can't be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let found = text.lines().filter(|line| line.starts_with("FAILED")).count();
    let told = text.contains(&format!("FAILED in {name}: {}: ", flip.feature));
    if output.status.code() != Some(1) || !told {
        return Err(format!("the scenarios don't find it when {}:\n{text}", flip.what));
    }
    println!("found, by {found} failures: {}", flip.what);
    Ok(())
}

/// Where an interpreter has its packages.
fn site_packages(python: &Path) -> Result<PathBuf, String> {
    let output =
        command(python).args(["-c", "import sysconfig; print(sysconfig.get_path('platlib'))"]).output();
    let output = output.map_err(|error| format!("{}: {error}", python.display()))?;
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// Puts one text in place of another, which has to be there once.
fn replace(file: &Path, from: &str, to: &str) -> Result<(), String> {
    let text = read(file)?;
    if text.matches(from).count() != 1 {
        return Err(format!("{} has no single {from:?} to turn round", file.display()));
    }
    fs::write(file, text.replace(from, to)).map_err(|error| format!("{}: {error}", file.display()))
}
