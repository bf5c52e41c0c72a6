//! The one version number: `[workspace.package]` in `Cargo.toml`, and its copies in files that can't read it there.
//!
//! Everything else reads it: crates inherit it, maturin takes it from the crate, `pack.mjs` and Maven get it as an argument.

use std::fs;

use semver::Version;

use crate::run;

/// The number, as Cargo gave it to this crate.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where it stands, source and copies: a file from the workspace's root, and the text around the number, before and after.
const PLACES: &[(&str, &str, &str)] = &[
    ("Cargo.toml", "[workspace.package]\nversion = \"", "\""),
    ("Cargo.toml", "devin-v2 = { path = \"crates/sdk\", version = \"", "\""),
    ("Cargo.toml", "devin-v2-api = { path = \"crates/api\", version = \"", "\""),
    ("Cargo.toml", "devin-v2-emulator = { path = \"crates/emulator\", version = \"", "\""),
    ("bindings/node/lib/native.ts", "\nconst VERSION = \"", "\""),
    ("bindings/kotlin/pom.xml", "\n  <artifactId>devin-v2</artifactId>\n  <version>", "</version>"),
    ("bindings/kotlin/README.md", "\n  <artifactId>devin-v2</artifactId>\n  <version>", "</version>"),
    (
        "bindings/kotlin/examples/member-report/pom.xml",
        "\n      <artifactId>devin-v2</artifactId>\n      <version>",
        "</version>",
    ),
];

/// Tells the number, compares its copies, or raises all of them.
pub(crate) fn version(arguments: &[&str]) -> Result<(), String> {
    match arguments {
        [] => println!("{VERSION}"),
        ["--check"] => check()?,
        [wanted] => raise(wanted)?,
        _ => return Err("usage: cargo xtask version [X.Y.Z | --check]".to_owned()),
    }
    Ok(())
}

/// An error that names each place where another number stands, or none.
pub(crate) fn check() -> Result<(), String> {
    let mut wrong = Vec::new();
    for (file, before, after) in PLACES {
        let text = read(file)?;
        let found: Vec<&str> = text.split(before).skip(1).collect();
        let same = found.iter().all(|rest| rest.starts_with(&format!("{VERSION}{after}")));
        let what = match (found.is_empty(), same) {
            (false, true) => continue,
            (true, _) => "doesn't have",
            (false, false) => "has another number than",
        };
        wrong.push(format!("{file} {what} {before}{VERSION}{after}"));
    }
    if wrong.is_empty() {
        println!("{VERSION} stands in all {} places.", PLACES.len());
        return Ok(());
    }
    Err(format!("The version is {VERSION}, but\n{}", wrong.join("\n")))
}

/// Writes another number to all places, and to Cargo.lock.
fn raise(wanted: &str) -> Result<(), String> {
    let version =
        Version::parse(wanted).map_err(|error| format!("{wanted} is no semantic version: {error}"))?;
    if !version.build.is_empty() {
        return Err(format!("{wanted} names a build, which other registries don't know"));
    }
    check()?;
    for (file, before, after) in PLACES {
        let text =
            read(file)?.replace(&format!("{before}{VERSION}{after}"), &format!("{before}{wanted}{after}"));
        fs::write(run::root().join(file), text).map_err(|error| format!("{file}: {error}"))?;
    }
    run::run(run::cargo().args(["update", "--quiet", "--offline", "--workspace"]))?;
    println!("From {VERSION} to {wanted}.");
    Ok(())
}

fn read(file: &str) -> Result<String, String> {
    fs::read_to_string(run::root().join(file)).map_err(|error| format!("{file}: {error}"))
}
