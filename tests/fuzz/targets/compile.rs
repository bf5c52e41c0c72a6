//! Changes to a document that compiles: which document, then four bytes for each change. What comes of it goes all the
//! way to the generated files, and is compared with what it was.
//!
//! It is refused with a place, or gives files.
#![no_main]

use devin_v2_codegen::change::{Side, compare};
use devin_v2_codegen::problem::Document;
use devin_v2_fuzz::documents::{SEEDS, seed, told};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

/// More changes make nothing new, and take longer.
const MAX_CHANGES: usize = 12;
/// Copies of copies grow beyond what anyone publishes.
const MAX_NODES: usize = 4_000;

fn values() -> Vec<Value> {
    let mut values = vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(-1),
        json!(1),
        json!(1.5),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(1e300),
        json!(""),
        json!("a"),
        json!("/"),
        json!("self"),
        json!("ä\n\"{"),
        json!("*/ ``` #"),
        json!([]),
        json!({}),
        json!({"$ref": "#/components/schemas/Thing"}),
        json!({"$ref": ""}),
        json!({"type": "object"}),
        json!({"type": ["string", "null"]}),
        json!({"type": "array", "items": {"type": "array"}}),
        json!({"allOf": [{}]}),
        json!({"anyOf": [{"type": "null"}]}),
        json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}),
        json!({"enum": ["a", "b"]}),
        json!({"enum": [null]}),
        json!({"const": "x"}),
        json!({"type": "string", "enum": ["a-b", "a_b", "*", ""]}),
        json!({"type": "string", "pattern": "("}),
        json!({"properties": {"a": {"properties": {"b": {}}}}, "required": ["a", "z"]}),
        json!({"type": "integer", "minimum": i64::MAX, "exclusiveMinimum": true}),
        json!({"type": "integer", "default": "x"}),
        json!({"type": "string", "default": 7}),
        json!({"additionalProperties": false}),
        json!({"style": "offset", "rows": "items", "row-id": "id", "size": 1}),
        json!([["start_date", "end_date"]]),
    ];
    for word in [
        "string",
        "integer",
        "number",
        "boolean",
        "array",
        "date-time",
        "binary",
        "email",
        "path",
        "query",
        "header",
        "read",
        "write",
        "bulk-destructive",
        "secret",
        "id",
        "type",
        "client",
        "2fa",
    ] {
        values.push(json!(word));
    }
    values
}

/// Names of members, of which each means something somewhere.
const NAMES: &[&str] = &[
    "type",
    "format",
    "properties",
    "items",
    "additionalProperties",
    "required",
    "enum",
    "const",
    "nullable",
    "default",
    "allOf",
    "anyOf",
    "oneOf",
    "$ref",
    "description",
    "example",
    "examples",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "minItems",
    "maxItems",
    "minLength",
    "pattern",
    "uniqueItems",
    "readOnly",
    "deprecated",
    "discriminator",
    "parameters",
    "requestBody",
    "responses",
    "content",
    "application/json",
    "schema",
    "schemas",
    "components",
    "paths",
    "get",
    "post",
    "delete",
    "patch",
    "put",
    "head",
    "tags",
    "operationId",
    "name",
    "in",
    "200",
    "204",
    "default",
    "x-resource",
    "x-method",
    "x-kind",
    "x-confirm",
    "x-paging",
    "x-ranges",
    "x-billing-days",
    "x-sensitive",
    "x-table-key",
    "x-name",
    "x-note",
    "x-same-as-path",
    "x-v3-note",
    "x-v3-twin",
    "summary",
    "info",
    "title",
    "version",
    "extra",
    "webhooks",
    "/t/{id}",
    "a b",
    "",
];

thread_local! {
    static VALUES: Vec<Value> = values();
    static SIDES: Vec<Side> = (0..SEEDS.len()).map(|index| Side::of(seed(index), None).expect("seeds compile")).collect();
}

/// The pointers of all nodes but the top.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let mut go = |key: &str, inner: &Value| {
        let at = devin_v2_codegen::problem::join(at, key);
        found.push(at.clone());
        pointers(inner, &at, found);
    };
    match value {
        Value::Object(object) => object.iter().for_each(|(key, inner)| go(key, inner)),
        Value::Array(array) => {
            array.iter().enumerate().for_each(|(index, inner)| go(&index.to_string(), inner))
        }
        _ => {}
    }
}

fn change(root: &mut Value, [what, high, low, with]: [u8; 4]) {
    let mut places = Vec::new();
    pointers(root, "", &mut places);
    if places.is_empty() || places.len() > MAX_NODES {
        return;
    }
    let place = |number: usize| &places[number % places.len()];
    let target = place(usize::from(high) << 8 | usize::from(low));
    let value = match what & 8 {
        0 => VALUES.with(|values| values[usize::from(with) % values.len()].clone()),
        _ => root.pointer(place(usize::from(with) * 7 + usize::from(low))).cloned().unwrap_or_default(),
    };
    let name = NAMES[usize::from(with.wrapping_mul(5) ^ high) % NAMES.len()];
    let (parent, key) = target.rsplit_once('/').unwrap_or_default();
    let key = key.replace("~1", "/").replace("~0", "~");
    match (what % 8, root.pointer_mut(target)) {
        (0 | 1, Some(node)) => *node = value,
        (2 | 3, Some(Value::Object(object))) => {
            object.insert(name.to_owned(), value);
        }
        (2 | 3, Some(Value::Array(array))) => array.push(value),
        (4, Some(node)) => *node = json!({ name: node.take() }),
        (5, _) => {
            if let Some(Value::Object(object)) = root.pointer_mut(parent) {
                object.shift_remove(&key);
            }
        }
        (6, _) => {
            if let Some(Value::Object(object)) = root.pointer_mut(parent)
                && let Some(node) = object.shift_remove(&key)
            {
                object.insert(name.to_owned(), node);
            }
        }
        _ => {}
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((first, changes)) = data.split_first() else { return };
    let index = usize::from(*first) % SEEDS.len();
    let Document { file, mut root } = seed(index);
    for bytes in changes.as_chunks().0.iter().take(MAX_CHANGES) {
        change(&mut root, *bytes);
    }
    let document = Document { file, root };
    match devin_v2_codegen::compile(document.clone(), None) {
        Ok(run) => assert!(run.files.iter().all(|(path, text)| !path.is_empty() && !text.is_empty())),
        Err(problems) => told(&problems),
    }
    match Side::of(document, None) {
        Ok(side) => SIDES.with(|sides| {
            let report = compare(&sides[index], &side);
            assert!(!report.text("0.1.0").is_empty());
            report.verdict();
        }),
        Err(problems) => told(&problems),
    }
});
