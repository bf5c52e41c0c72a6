//! What the packages are made of, as CycloneDX, and whether its licences let them be what they are: MIT OR Apache-2.0.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::run::{self, cargo, target};
use crate::version::VERSION;

/// The tool, of which each version writes something else.
const TOOL: &str = "0.5.9";

/// Licences that ask no more than to be named.
const ALLOWED: [&str; 11] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Others, and which crates may have them: used unchanged, and named in the READMEs.
const ALLOWED_HERE: [(&str, &str); 3] =
    [("MPL-2.0", "progenitor-client"), ("MPL-2.0", "uniffi"), ("CDLA-Permissive-2.0", "webpki-root-certs")];

/// Leaves a file in `out` for each of the crates in these folders. A dependency with no licence, or one that doesn't fit,
/// is an error.
pub(super) fn dist(out: &Path, shipped: &BTreeSet<&str>) -> Result<(), String> {
    let tools = target().join("tools");
    let version = format!("cargo-cyclonedx@{TOOL}");
    run::run(cargo().args(["install", "--quiet", "--locked", &version, "--root"]).arg(&tools))?;
    let mut cyclonedx = run::command(tools.join("bin/cargo-cyclonedx"));
    cyclonedx.args(["cyclonedx", "--quiet", "--format", "json", "--spec-version", "1.5", "--no-build-deps"]);
    let made = run::run(cyclonedx.args(["--override-filename", "devin-v2.cdx"]));
    // It leaves one beside every Cargo.toml.
    let files: Vec<PathBuf> = members()?.iter().map(|folder| folder.join("devin-v2.cdx.json")).collect();
    let texts: Result<Vec<String>, String> = shipped
        .iter()
        .map(|folder| fs::read_to_string(run::root().join(folder).join("devin-v2.cdx.json")))
        .collect::<Result<_, _>>()
        .map_err(|error: std::io::Error| format!("of cargo-cyclonedx: {error}"));
    for file in files {
        let _ = fs::remove_file(file);
    }
    let mut licences = BTreeMap::<String, BTreeSet<String>>::new();
    let mut wrong = BTreeSet::new();
    made?;
    for text in texts? {
        // Where the checkout was is nobody's business.
        let text = text.replace(&format!("{}/", run::root().display()), "");
        let document: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let name = document["metadata"]["component"]["name"].as_str().unwrap_or_default();
        let components = document["components"].as_array().map(Vec::as_slice).unwrap_or_default();
        println!("{:>5} components in {name}", components.len());
        if components.is_empty() {
            return Err(format!("cargo-cyclonedx found nothing that {name} is made of"));
        }
        for component in components {
            let name = component["name"].as_str().unwrap_or_default();
            let licence = component["licenses"][0]["expression"].as_str().unwrap_or("no licence");
            licences.entry(licence.to_owned()).or_default().insert(name.to_owned());
            if let Err(reason) = fits(name, licence) {
                wrong.insert(format!("{name} {}: {reason}", component["version"]));
            }
        }
        let file = out.join(format!("{name}-{VERSION}.cdx.json"));
        fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    for (licence, names) in licences {
        let few = names.iter().take(4).map(String::as_str).collect::<Vec<_>>().join(", ");
        println!("{:>5} {licence}: {few}{}", names.len(), if names.len() > 4 { ", …" } else { "" });
    }
    if wrong.is_empty() { Ok(()) } else { Err(Vec::from_iter(wrong).join("\n")) }
}

/// Whether a crate with this licence may be linked.
fn fits(name: &str, licence: &str) -> Result<(), String> {
    let expression = spdx::Expression::parse_mode(licence, spdx::ParseMode::LAX)
        .map_err(|error| format!("{licence}: {}", error.reason))?;
    let allowed = expression.evaluate(|term| {
        let term = term.to_string();
        let here = |(licence, family): &(&str, &str)| term == *licence && name.starts_with(family);
        ALLOWED.contains(&term.as_str()) || ALLOWED_HERE.iter().any(here)
    });
    if allowed { Ok(()) } else { Err(format!("{licence} is not among the licences that fit")) }
}

/// The folders of the workspace's crates.
fn members() -> Result<Vec<PathBuf>, String> {
    let output = cargo()
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    let metadata: Value =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata: {error}"))?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let manifests = packages.iter().filter_map(|package| package["manifest_path"].as_str());
    Ok(manifests.filter_map(|manifest| Path::new(manifest).parent()).map(Path::to_path_buf).collect())
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn licences_are_read_as_terms() {
        for (name, licence) in [
            ("any", "MIT/Apache-2.0"),
            ("any", "GPL-3.0-only OR MIT"),
            ("any", "(MIT OR GPL-3.0-only) AND Unicode-3.0"),
            ("uniffi_core", "MPL-2.0"),
        ] {
            assert_eq!(fits(name, licence), Ok(()));
        }
        for licence in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "MPL-2.0", "no licence", ""] {
            assert!(fits("any", licence).is_err(), "{licence}");
        }
    }
}
