//! A document as text: JSON if it starts with a brace, YAML otherwise. It is read, lowered, named and modelled.
//!
//! It is refused with a place, or there is a model.
#![no_main]

use devin_v2_codegen::problem::Problems;
use devin_v2_codegen::{model, spec};
use devin_v2_fuzz::documents::{depth, told};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let file = if text.starts_with('{') { "api.json" } else { "api.yaml" };
    let made = spec::parse(file.to_owned(), text).map_err(Problems::from).and_then(|document| {
        assert!(depth(&document.root) <= 128);
        let shaped = spec::shape(spec::lower(&document)?)?;
        assert_eq!(shaped.document.root["openapi"], "3.0.3");
        let api = model::build(&shaped)?;
        let lowered = spec::for_progenitor(&shaped, &api.written, &api.read);
        assert_eq!(lowered["openapi"], "3.0.3");
        Ok(())
    });
    if let Err(problems) = made {
        told(&problems);
    }
});
