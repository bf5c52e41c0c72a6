//! One file per output: each turns the model into text and touches nothing else. A new language is a new file here.

mod api;
mod docs;
mod emulator;
mod node;
mod prose;
mod python;
mod rust;
mod sdk;
pub(crate) mod surface;
mod uniffi;

use serde_json::Value;

use crate::output::Files;
use crate::problem::{Document, Problems};
use crate::{model::Api, spec::Shaped};

/// Everything that an emitter may read.
pub struct Source<'a> {
    /// The document with the overlay applied, as the service publishes it otherwise.
    pub overlaid: &'a Document,
    /// The same in OpenAPI 3.0.3, everything named.
    pub shaped: &'a Shaped,
    /// The model.
    pub api: &'a Api,
    /// What progenitor reads.
    pub lowered: Value,
}

/// All generated files.
pub fn emit(source: &Source) -> Result<Files, Problems> {
    let mut files = Files::default();
    let client = api::emit(source, &mut files)?;
    sdk::emit(source, &client, &mut files)?;
    emulator::emit(source, &mut files);
    docs::emit(source, &mut files);
    node::emit(source, &mut files);
    python::emit(source, &mut files);
    uniffi::emit(source, &mut files);
    Ok(files)
}
