//! Generated files: written all or not at all, or compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use similar::TextDiff;

/// The list of all generated files, itself generated: what stands in it and is no longer generated is removed.
const MANIFEST: &str = "openapi/generated-files.txt";

/// Generated files by their path from the root of the workspace.
#[derive(Clone, Debug, Default)]
pub struct Files(BTreeMap<String, String>);

impl Files {
    /// Adds a file.
    pub fn add(&mut self, path: impl Into<String>, text: String) {
        let path = path.into();
        let before = self.0.insert(path.clone(), text);
        assert!(before.is_none(), "two emitters write {path}");
    }

    /// Every file with its text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Adds the manifest.
    #[must_use]
    pub fn with_manifest(mut self) -> Self {
        let mut paths: Vec<&str> = self.0.keys().map(String::as_str).chain([MANIFEST]).collect();
        paths.sort_unstable();
        let text = format!("# Every file that `cargo xtask regen` writes.\n{}\n", paths.join("\n"));
        self.add(MANIFEST, text);
        self
    }

    /// Files below `root` that an earlier run wrote and this one does not.
    fn stale(&self, root: &Path) -> Vec<PathBuf> {
        let manifest = fs::read_to_string(root.join(MANIFEST)).unwrap_or_default();
        manifest
            .lines()
            .filter(|line| !line.starts_with('#') && !self.0.contains_key(*line))
            // A manifest can be edited by hand; what it names outside the root is not ours to remove.
            .filter(|line| {
                !line.is_empty()
                    && Path::new(line)
                        .components()
                        .all(|part| matches!(part, std::path::Component::Normal(_)))
            })
            .map(|line| root.join(line))
            .filter(|path| path.is_file())
            .collect()
    }

    /// Writes every file below `root` and removes stale ones. Says how many files changed.
    pub fn write(&self, root: &Path) -> io::Result<usize> {
        let stale = self.stale(root);
        let mut changed = Vec::new();
        for (path, text) in &self.0 {
            let path = root.join(path);
            if fs::read_to_string(&path).is_ok_and(|existing| existing == *text) {
                continue;
            }
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let draft = PathBuf::from(format!("{}.new", path.display()));
            fs::write(&draft, text)?;
            changed.push((draft, path));
        }
        for (draft, path) in &changed {
            fs::rename(draft, path)?;
        }
        for path in &stale {
            fs::remove_file(path)?;
        }
        Ok(changed.len() + stale.len())
    }

    /// The differences between what is below `root` and what would be written, as a unified diff; empty if none.
    pub fn differences(&self, root: &Path) -> String {
        let mut result = String::new();
        for (path, text) in &self.0 {
            let existing = fs::read_to_string(root.join(path)).unwrap_or_default();
            if existing != *text {
                let diff = TextDiff::from_lines(existing.as_str(), text.as_str());
                result += &diff.unified_diff().header(path, &format!("{path} (regenerated)")).to_string();
            }
        }
        for path in self.stale(root) {
            result += &format!("{} is generated no longer and would be removed\n", path.display());
        }
        result
    }
}
