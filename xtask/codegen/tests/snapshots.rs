//! What the compiler makes of a few documents, each about one thing. A change of the compiler shows its effect here:
//! `INSTA_UPDATE=always cargo test -p devin-v2-codegen` writes the snapshots anew.

use std::path::Path;

macro_rules! snapshots {
    ($($test:ident: $file:literal,)*) => {
        $(#[test]
        fn $test() {
            insta::assert_snapshot!(stringify!($test), compiled($file));
        })*
    };
}

snapshots! {
    collections: "collections.yaml",
    composition: "composition.yaml",
    duplicate_tags: "duplicate-tags.yaml",
    errors: "errors.yaml",
    inline_objects: "inline-objects.yaml",
    nullable_unions: "nullable-unions.yaml",
    openapi_3_0: "openapi-3.0.yaml",
    ref_siblings: "ref-siblings.yaml",
}

/// The report and every generated file but the emulator's copy of the document.
fn compiled(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents").join(file);
    let run = devin_v2_codegen::run(&path, None).unwrap_or_else(|problems| panic!("{problems}"));
    let mut text = run.report.join("\n");
    for (path, content) in run.files.iter().filter(|(path, _)| !path.ends_with("document.json")) {
        text += &format!("\n==== {path}\n{content}");
    }
    text
}
