//! The files that are held against each other.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Texts by path, from the workspace's root.
#[derive(Clone)]
pub(crate) struct Sources(BTreeMap<String, String>);

/// Files, and folders of which all files are read.
const PLACES: &[&str] = &[
    "openapi/devin-v2.yaml",
    "openapi/overlay.yaml",
    "tests/coverage/exceptions.yaml",
    "crates/api/src/generated",
    "crates/sdk/src/generated",
    "crates/sdk/src/paging.rs",
    "bindings/python/python/devin_v2/resources",
    "bindings/python/python/devin_v2/types.py",
    "bindings/python/python/devin_v2/_listing.py",
    "bindings/python/python/devin_v2/_rows.py",
    "bindings/python/python/devin_v2/_native.pyi",
    "bindings/node/lib/generated",
    "bindings/node/lib/listing.ts",
    "bindings/kotlin/src/main/kotlin/io/github/devinv2/generated",
    "bindings/kotlin/src/main/kotlin/io/github/devinv2/Listing.kt",
    "bindings/swift/Sources/DevinV2/generated",
    "bindings/swift/Sources/DevinV2/Listing.swift",
];

impl Sources {
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        let mut texts = BTreeMap::new();
        for place in PLACES {
            let path = root.join(place);
            let wrong = |error: std::io::Error| format!("{place}: {error}");
            if !path.is_dir() {
                texts.insert((*place).to_owned(), fs::read_to_string(&path).map_err(wrong)?);
                continue;
            }
            for entry in fs::read_dir(&path).map_err(wrong)? {
                let entry = entry.map_err(wrong)?;
                if entry.path().is_file() {
                    let name = format!("{place}/{}", entry.file_name().to_string_lossy());
                    texts.insert(name, fs::read_to_string(entry.path()).map_err(wrong)?);
                }
            }
        }
        Ok(Self(texts))
    }

    pub(crate) fn text(&self, path: &str) -> Result<&str, String> {
        self.0.get(path).map(String::as_str).ok_or_else(|| format!("{path} is not there"))
    }

    /// The files of a folder, with their paths.
    pub(crate) fn folder<'s>(&'s self, folder: &'s str) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.0.iter().filter(move |(path, _)| path.starts_with(folder)).map(|(path, text)| (&**path, &**text))
    }

    /// Puts `new` in place of the first `old` that stands behind `after`.
    #[cfg(test)]
    pub(crate) fn replace(&mut self, path: &str, after: &str, old: &str, new: &str) {
        let text = self.0.get_mut(path).unwrap_or_else(|| panic!("{path} is not there"));
        let start = text.find(after).unwrap_or_else(|| panic!("{path} has no {after}"));
        let place = text[start..].find(old).unwrap_or_else(|| panic!("{path} has no {old} behind {after}"));
        text.replace_range(start + place..start + place + old.len(), new);
    }
}
