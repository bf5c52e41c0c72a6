//! The toolchains of other languages: whether they are here, how to get them, and the tools installed with them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run;

/// A toolchain that something needs.
pub(crate) struct Tool {
    /// What people call it.
    pub(crate) name: &'static str,
    /// The command that shows its version.
    version: &'static [&'static str],
    /// What it is for.
    pub(crate) purpose: &'static str,
    /// How to get it.
    pub(crate) remedy: &'static str,
}

pub(crate) const RUST: Tool = Tool {
    name: "Rust",
    version: &["cargo", "--version"],
    purpose: "everything",
    remedy: "install it with rustup (rustup.rs), 1.89 or later",
};
pub(crate) const RUSTFMT: Tool = Tool {
    name: "rustfmt",
    version: &["cargo", "fmt", "--version"],
    purpose: "test rust",
    remedy: "rustup component add rustfmt",
};
pub(crate) const CLIPPY: Tool = Tool {
    name: "Clippy",
    version: &["cargo", "clippy", "--version"],
    purpose: "test rust",
    remedy: "rustup component add clippy",
};
pub(crate) const PYTHON: Tool = Tool {
    name: "Python",
    version: &["python3", "--version"],
    purpose: "test python, document, schemathesis; bench and dist python",
    remedy: "install Python 3.11 or later with venv (Debian: apt-get install python3 python3-venv)",
};
pub(crate) const NODE: Tool = Tool {
    name: "Node.js",
    version: &["node", "--version"],
    purpose: "test node, document, prism; bench and dist node",
    remedy: "install Node.js 20.19 or later with npm (nodejs.org)",
};
pub(crate) const JAVA: Tool = Tool {
    name: "JDK",
    version: &["javac", "-version"],
    purpose: "test, bench and dist kotlin",
    remedy: "install a JDK 17 or later (Debian: apt-get install openjdk-17-jdk)",
};
pub(crate) const MAVEN: Tool = Tool {
    name: "Maven",
    version: &["mvn", "--version"],
    purpose: "test, bench and dist kotlin",
    remedy: "install Maven 3.8 or later (Debian: apt-get install maven)",
};

pub(crate) const SWIFT: Tool = Tool {
    name: "Swift",
    version: &["swift", "--version"],
    purpose: "test, bench and dist swift",
    remedy: "install Swift 6 (swift.org), or run this as root on Debian, which installs one below the target folder",
};
pub(crate) const DEBOOTSTRAP: Tool = Tool {
    name: "debootstrap",
    version: &["debootstrap", "--version"],
    purpose: "test swift, without a Swift on this machine",
    remedy: "for that, debootstrap is missing (Debian: apt-get install debootstrap)",
};
pub(crate) const ROOT: Tool = Tool {
    name: "root",
    version: &["sh", "-c", "test \"$(id -u)\" = 0 && echo root"],
    purpose: "test swift, without a Swift on this machine",
    remedy: "for that, the rights of root are missing",
};

pub(crate) const CPLUSPLUS: Tool = Tool {
    name: "C++",
    version: &["c++", "--version"],
    purpose: "test fuzz, fuzz (libFuzzer is compiled from source)",
    remedy: "install a C++ compiler (Debian: apt-get install g++)",
};

/// Every toolchain that the project knows of.
pub(crate) const ALL: &[&Tool] =
    &[&RUST, &RUSTFMT, &CLIPPY, &PYTHON, &NODE, &JAVA, &MAVEN, &SWIFT, &CPLUSPLUS];

impl Tool {
    /// Its version's first line, or `None` if it isn't here.
    pub(crate) fn find(&self) -> Option<String> {
        let (program, arguments) = self.version.split_first()?;
        let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
        // Some print their version as an error message.
        let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&text).lines().next().unwrap_or_default().to_owned())
    }
}

/// The program `name` of the Python packages in `tests/peers/requirements.txt`, installed if need be.
pub(crate) fn python(name: &str) -> Result<PathBuf, String> {
    Ok(python_environment("peers", "tests/peers/requirements.txt")?.join("bin").join(name))
}

/// An environment with the Python packages of a requirements file, made if need be.
pub(crate) fn python_environment(name: &str, requirements: &str) -> Result<PathBuf, String> {
    let wanted = std::fs::read_to_string(run::root().join(requirements))
        .map_err(|error| format!("{requirements}: {error}"))?;
    let folder = run::target().join("environments").join(name);
    let done = folder.join("installed.txt");
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(folder);
    }
    run::run(run::command("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let pip = folder.join("bin/pip");
    run::run(run::command(pip).args(["install", "--quiet", "--requirement", requirements]))?;
    std::fs::write(&done, wanted).map_err(|error| format!("{}: {error}", done.display()))?;
    Ok(folder)
}

/// The program `name` of the npm packages in `tests/peers/package-lock.json`, installed if need be.
pub(crate) fn node(name: &str) -> Result<PathBuf, String> {
    let folder = node_environment("node", &run::root().join("tests/peers"))?;
    Ok(folder.join("node_modules/.bin").join(name))
}

/// A folder with the npm packages that `package-lock.json` of another folder names, made if need be.
pub(crate) fn node_environment(name: &str, source: &Path) -> Result<PathBuf, String> {
    let lock = source.join("package-lock.json");
    let wanted = std::fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    let folder = run::target().join("environments").join(name);
    let done = folder.join("installed.json");
    if !std::fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for file in ["package.json", "package-lock.json"] {
            std::fs::copy(source.join(file), folder.join(file))
                .map_err(|error| format!("{file}: {error}"))?;
        }
        run::run(run::command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))?;
        std::fs::write(&done, wanted).map_err(|error| format!("{}: {error}", done.display()))?;
    }
    Ok(folder)
}
