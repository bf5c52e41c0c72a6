//! What the targets for the compiler share: documents to start from, and what must hold of problems.

use devin_v2_codegen::problem::{Document, Problems};
use serde_json::Value;

/// Documents that compile; `overlay.yaml` is for the first.
pub const SEEDS: &[&str] = &[
    include_str!("../documents/published.yaml"),
    include_str!("../../../xtask/codegen/tests/documents/collections.yaml"),
    include_str!("../../../xtask/codegen/tests/documents/composition.yaml"),
    include_str!("../../../xtask/codegen/tests/documents/inline-objects.yaml"),
    include_str!("../../../xtask/codegen/tests/documents/nullable-unions.yaml"),
    include_str!("../../../xtask/codegen/tests/documents/openapi-3.0.yaml"),
    include_str!("../../../xtask/codegen/tests/documents/ref-siblings.yaml"),
];

/// A document of [`SEEDS`].
pub fn seed(index: usize) -> Document {
    let text = SEEDS[index % SEEDS.len()];
    devin_v2_codegen::spec::parse("api.yaml".to_owned(), text).expect("seeds can be read")
}

/// Every problem says what is wrong, and where: in a file, at a pointer.
pub fn told(problems: &Problems) {
    assert!(!problems.0.is_empty(), "refused without a problem");
    for problem in &problems.0 {
        assert!(!problem.message.is_empty(), "{problem:?}");
        assert!(
            ["api.yaml", "api.json", "overlay.yaml", "overlay.json"].contains(&problem.file.as_str()),
            "{problem:?}"
        );
        assert!(problem.pointer.is_empty() || problem.pointer.starts_with('/'), "{problem:?}");
    }
}

/// Levels of objects and lists below which nothing is.
pub fn depth(value: &Value) -> usize {
    let inner: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Object(object) => Box::new(object.values()),
        Value::Array(array) => Box::new(array.iter()),
        _ => return 0,
    };
    1 + inner.map(depth).max().unwrap_or(0)
}
