//! Kotlin and Swift as uniffi makes them of the native half: generated files like the others.

mod replaced;

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{self, command, target};
use replaced::REPLACED;

/// What uniffi writes, and where it belongs.
const FILES: [(&str, &str); 4] = [
    (
        "io/github/devinv2/devin_v2_uniffi.kt",
        "bindings/kotlin/src/main/kotlin/io/github/devinv2/generated/devin_v2_uniffi.kt",
    ),
    ("devin_v2_uniffi.swift", "bindings/swift/Sources/DevinV2/generated/devin_v2_uniffi.swift"),
    ("devin_v2_uniffiFFI.h", "bindings/swift/Sources/devin_v2_uniffiFFI/devin_v2_uniffiFFI.h"),
    ("devin_v2_uniffiFFI.modulemap", "bindings/swift/Sources/devin_v2_uniffiFFI/module.modulemap"),
];

/// Writes the files anew, or only compares.
pub(crate) fn bindings(check: bool) -> Result<(), String> {
    run::run(run::cargo().args([
        "build",
        "--locked",
        "--package",
        "devin-v2-uniffi",
        "--package",
        "devin-v2-bindgen",
    ]))?;
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let library = target().join("debug").join(format!("{prefix}devin_v2_uniffi{suffix}"));
    let made = target().join("uniffi");
    let _ = fs::remove_dir_all(&made);
    let mut bindgen =
        command(target().join("debug").join(format!("devin-v2-bindgen{}", std::env::consts::EXE_SUFFIX)));
    bindgen.arg("generate").arg(&library).args([
        "--language",
        "kotlin",
        "--language",
        "swift",
        "--no-format",
        "--out-dir",
    ]);
    run::run(bindgen.arg(&made))?;
    let mut differing = Vec::new();
    for (from, to) in FILES {
        let text = text(&made.join(from))?;
        let to = run::root().join(to);
        if fs::read_to_string(&to).is_ok_and(|existing| existing == text) {
            continue;
        }
        if !check {
            write(&to, &text)?;
        }
        differing.push(to.display().to_string());
    }
    match (differing.is_empty(), check) {
        (true, _) => println!("{} files of uniffi are what the native half says.", FILES.len()),
        (false, false) => println!("{} files of uniffi, {} of them changed.", FILES.len(), differing.len()),
        (false, true) => {
            return Err(format!(
                "Files of uniffi differ: run `cargo xtask regen`.\n{}",
                differing.join("\n")
            ));
        }
    }
    Ok(())
}

/// The native half as it is shipped.
pub(crate) fn library() -> Result<PathBuf, String> {
    run::run(run::cargo().args([
        "build",
        "--locked",
        "--profile",
        "dist-fast",
        "--package",
        "devin-v2-uniffi",
    ]))?;
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    Ok(target().join("dist-fast").join(format!("{prefix}devin_v2_uniffi{suffix}")))
}

/// A file as it is checked in.
fn text(path: &Path) -> Result<String, String> {
    let mut text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    for (kind, from, to) in REPLACED {
        if path.extension().is_some_and(|extension| extension == *kind) {
            if !text.contains(from) {
                return Err(format!("{} no longer has what is to be replaced:\n{from}", path.display()));
            }
            text = text.replace(from, to);
        }
    }
    let swift = path.extension().is_some_and(|extension| extension == "swift");
    let line = |line: &str| if swift { small_case(line.trim_end()) } else { line.trim_end().to_owned() };
    let lines: String = text.lines().map(|text| line(text) + "\n").collect();
    Ok(lines.trim_end().to_owned() + "\n")
}

/// Cases begin with a small letter in Swift; uniffi lets those of errors begin with a capital.
fn small_case(line: &str) -> String {
    for before in ["    case ", "return .", "case let ."] {
        if let Some((start, name)) = line.split_once(before)
            && name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.contains('(')
        {
            return format!("{start}{before}{}{}", name[..1].to_ascii_lowercase(), &name[1..]);
        }
    }
    line.to_owned()
}

fn write(path: &PathBuf, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}
