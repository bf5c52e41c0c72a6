//! The compiler behind `cargo xtask regen`: `spec` (read, overlay, lower, shape) → `model` → `emit`; and `change`, which
//! compares two models.
#![forbid(unsafe_code)]

pub mod change;
pub mod emit;
pub mod model;
pub mod output;
pub mod problem;
pub mod spec;

use std::path::Path;

use problem::{Document, Problems};

/// What a run gives: the files, and a line for each thing that was derived or found nothing.
#[derive(Debug)]
pub struct Run {
    /// Every generated file.
    pub files: output::Files,
    /// What a maintainer should know.
    pub report: Vec<String>,
}

/// Generates everything from the document at `spec` and, if given, the overlay at `overlay`. Writes nothing.
///
/// # Errors
/// Everything in the documents that can't be read or expressed, each with its file and JSON pointer.
pub fn run(spec: &Path, overlay: Option<&Path>) -> Result<Run, Problems> {
    let overlay = overlay.map(spec::read).transpose()?;
    compile(spec::read(spec)?, overlay.as_ref())
}

/// The same of documents that are read already.
///
/// # Errors
/// As for [`run`].
pub fn compile(document: Document, overlay: Option<&Document>) -> Result<Run, Problems> {
    let (overlaid, mut report) = match overlay {
        Some(overlay) => spec::overlay(&document, overlay)?,
        None => (document, Vec::new()),
    };
    let lowered = spec::lower(&overlaid)?;
    let mut shaped = spec::shape(lowered)?;
    report.append(&mut shaped.report);
    let api = model::build(&shaped)?;
    let lowered = spec::for_progenitor(&shaped, &api.written, &api.read);
    let files = emit::emit(&emit::Source { overlaid: &overlaid, shaped: &shaped, api: &api, lowered })?;
    Ok(Run { files: files.with_manifest(), report })
}
