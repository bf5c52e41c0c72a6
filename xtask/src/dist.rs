//! `cargo xtask dist`: what users get, made for this platform, and used by empty projects as users would.

mod crates;
mod sbom;

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::run::{self, target};
use crate::test::Emulator;
use crate::tools::{self, Tool};
use crate::version::{self, VERSION};

/// The empty projects, from the workspace's root: each lists members, and has a call refused.
pub(crate) const CONSUMERS: &str = "tests/consumers";

/// The packages of a language: what they need, what is compiled into them, and what makes and uses them.
struct Part {
    name: &'static str,
    needs: &'static [&'static Tool],
    /// Folders of crates.
    ships: &'static [&'static str],
    run: fn(&Path, &Emulator) -> Result<(), String>,
}

const PARTS: &[Part] = &[
    Part {
        name: "rust",
        needs: &[&tools::RUST],
        ships: &["crates/emulator", "crates/sdk"],
        run: crates::dist,
    },
    Part {
        name: "python",
        needs: &[&tools::RUST, &tools::PYTHON],
        ships: &["bindings/python"],
        run: crate::python::dist,
    },
    Part {
        name: "node",
        needs: &[&tools::RUST, &tools::NODE],
        ships: &["bindings/node", "bindings/node/emulator"],
        run: crate::node::dist,
    },
    Part {
        name: "kotlin",
        needs: &[&tools::RUST, &tools::JAVA, &tools::MAVEN],
        ships: &["bindings/uniffi"],
        run: crate::kotlin::dist,
    },
    Part { name: "swift", needs: &[&tools::RUST], ships: &["bindings/uniffi"], run: crate::swift::dist },
];

/// Makes and uses the packages of all languages, or of those named. Nothing begins if a toolchain is missing.
pub(crate) fn dist(arguments: &[&str]) -> Result<(), String> {
    let (names, out) = arguments_of(arguments)?;
    let parts: Vec<&Part> =
        PARTS.iter().filter(|part| names.is_empty() || names.contains(&part.name)).collect();
    let missing: Vec<String> = parts
        .iter()
        .flat_map(|part| part.needs.iter().map(|tool| (part.name, *tool)))
        .filter(|(_, tool)| tool.find().is_none())
        .map(|(part, tool)| format!("{part}: {} is missing: {}", tool.name, tool.remedy))
        .collect();
    if !missing.is_empty() {
        return Err(missing.join("\n"));
    }
    version::check()?;
    let _ = fs::remove_dir_all(&out);
    fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    let server = Emulator::start()?;
    let mut times = Vec::new();
    for part in &parts {
        println!("\n==== {}", part.name);
        let start = std::time::Instant::now();
        (part.run)(&out, &server)?;
        times.push(format!("{} {} s", part.name, start.elapsed().as_secs()));
    }
    println!("\n==== what they are made of");
    sbom::dist(&out, &parts.iter().flat_map(|part| part.ships).copied().collect())?;
    summary(&out)?;
    println!("\n{VERSION}, used by empty projects: {}", times.join(", "));
    Ok(())
}

/// The parts that were named, and the folder, which is emptied.
fn arguments_of<'argument>(arguments: &[&'argument str]) -> Result<(Vec<&'argument str>, PathBuf), String> {
    let mut names = Vec::new();
    let mut out = target().join("packages");
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--out" => {
                let folder = rest.next().ok_or("--out needs a folder")?;
                out = std::path::absolute(folder).map_err(|error| format!("{folder}: {error}"))?;
                if fs::read_dir(&out).is_ok_and(|found| found.count() > 0) && !out.join(SUMS).exists() {
                    return Err(format!("{folder} is not empty, and not of this command"));
                }
            }
            name if PARTS.iter().any(|part| part.name == name) => names.push(name),
            name => {
                let known: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
                return Err(format!("there are no packages of {name}; there are {}", known.join(", ")));
            }
        }
    }
    Ok((names, out))
}

/// The file with the SHA-256 of all others, as `sha256sum --check` reads it.
const SUMS: &str = "SHA256SUMS";

/// Writes that file, and prints each file with its size. A package without the texts of its licences is an error.
fn summary(out: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", out.display());
    let mut files: Vec<PathBuf> =
        fs::read_dir(out).map_err(failed)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.sort();
    let mut sums = String::new();
    println!("\n{}", out.display());
    for file in &files {
        let bytes = fs::read(file).map_err(failed)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        for text in ["LICENSE-MIT", "LICENSE-APACHE"] {
            if contents(file)?.is_some_and(|names| !names.contains(text)) {
                return Err(format!("{name} has no {text}"));
            }
        }
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        println!("{:>12} bytes  {name}", bytes.len());
        sums += &format!("{digest}  {name}\n");
    }
    fs::write(out.join(SUMS), sums).map_err(failed)
}

/// The names of what is in a package; nothing for other files, and for the jar of sources, which goes with another.
fn contents(file: &Path) -> Result<Option<String>, String> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let (program, arguments): (&str, &[&str]) =
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("whl") => ("python3", &["-m", "zipfile", "-l"]),
            Some("jar") if !name.ends_with("-sources.jar") => ("jar", &["-tf"]),
            Some("crate" | "gz" | "tgz") => ("tar", &["-tf"]),
            _ => return Ok(None),
        };
    let output = run::command(program).args(arguments).arg(file).output();
    let output = output.map_err(|error| format!("{name}: {error}"))?;
    Ok(Some(String::from_utf8_lossy(&output.stdout).into_owned()))
}
