//! What is generated from the other documents is Rust that compiles, together with the hand-written core around it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn the_core_compiles_with_every_document() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let copy = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compiles");
    let _ = fs::remove_dir_all(&copy);
    fs::create_dir_all(&copy).unwrap();
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let (start, rest) = manifest.split_once("members = [").unwrap();
    let (_, rest) = rest.split_once(']').unwrap();
    fs::write(copy.join("Cargo.toml"), format!("{start}members = [\"bindings/uniffi\", \"crates/*\"]{rest}"))
        .unwrap();
    fs::copy(root.join("Cargo.lock"), copy.join("Cargo.lock")).unwrap();
    for folder in ["crates", "bindings/uniffi"] {
        copy_folder(&root.join(folder), &copy.join(folder));
    }

    let mut documents: Vec<PathBuf> = fs::read_dir(root.join("xtask/codegen/tests/documents"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    documents.sort();
    assert!(documents.len() >= 8);
    for document in documents {
        for folder in ["crates/api", "crates/sdk", "bindings/uniffi"] {
            fs::remove_dir_all(copy.join(folder).join("src/generated")).unwrap();
        }
        let run = devin_v2_codegen::run(&document, None).unwrap_or_else(|problems| panic!("{problems}"));
        run.files.write(&copy).unwrap();
        let output = Command::new(env!("CARGO"))
            .current_dir(&copy)
            .args(["check", "--quiet", "--offline", "--package", "devin-v2", "--package", "devin-v2-uniffi"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let warned = said.contains("src/generated");
        assert!(output.status.success() && !warned, "{}:\n{said}", document.display());
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
