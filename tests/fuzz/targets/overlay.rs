//! An overlay as text, for a piece of the published document.
//!
//! It is refused with a place, or gives a document that isn't beyond what can be worked with.
#![no_main]

use devin_v2_codegen::problem::{Document, Problems};
use devin_v2_codegen::spec;
use devin_v2_fuzz::documents::{depth, seed, told};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static DOCUMENT: Document = seed(0);
}

fuzz_target!(|text: &str| {
    DOCUMENT.with(|document| {
        let file = if text.starts_with('{') { "overlay.json" } else { "overlay.yaml" };
        let made = spec::parse(file.to_owned(), text).map_err(Problems::from);
        match made.and_then(|overlay| spec::overlay(document, &overlay)) {
            Ok((result, _)) => assert!(depth(&result.root) <= 128),
            Err(problems) => told(&problems),
        }
    });
});
