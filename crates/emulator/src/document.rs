//! The embedded document: parsed once, with the few look-ups that the emulator needs.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::generated::DOCUMENT;

/// How deep a made-up answer goes before it gives up; only reached by schemas that contain themselves.
const SAMPLE_DEPTH: usize = 12;

static PARSED: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(DOCUMENT).expect("the embedded document is JSON that the compiler wrote")
});

/// The whole document.
pub(crate) fn document() -> &'static Value {
    &PARSED
}

/// Follows `$ref`s within the document; the value itself where there is none.
pub(crate) fn resolve(mut value: &'static Value) -> &'static Value {
    // A chain of references longer than this refers to itself.
    for _ in 0..16 {
        let Some(target) = value.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'))
        else {
            return value;
        };
        let Some(next) = document().pointer(target) else { return value };
        value = next;
    }
    value
}

/// The schema without its null alternative, and whether null was one.
pub(crate) fn without_null(schema: &'static Value) -> (&'static Value, bool) {
    let schema = resolve(schema);
    for keyword in ["anyOf", "oneOf"] {
        if let Some(branches) = schema.get(keyword).and_then(Value::as_array) {
            let is_null = |branch: &&Value| branch.get("type").and_then(Value::as_str) == Some("null");
            let rest: Vec<_> = branches.iter().filter(|branch| !is_null(branch)).collect();
            if let [only] = rest[..] {
                return (resolve(only), branches.len() > 1);
            }
        }
    }
    (schema, types(schema).any(|name| name == "null"))
}

/// The names in `type`, be it one or a list.
pub(crate) fn types(schema: &Value) -> impl Iterator<Item = &str> {
    let one = schema.get("type").and_then(Value::as_str);
    let many = schema.get("type").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    one.into_iter().chain(many.iter().filter_map(Value::as_str))
}

/// The example of an operation's 200 answer, or one made from its schema.
pub(crate) fn example(pointer: &str) -> Value {
    let content = document().pointer(pointer).and_then(|operation| {
        resolve(operation.pointer("/responses/200")?).pointer("/content/application~1json")
    });
    let Some(content) = content else { return Value::Object(Map::new()) };
    if let Some(example) = content.get("example") {
        return example.clone();
    }
    let named =
        content.get("examples").and_then(Value::as_object).and_then(|examples| examples.values().next());
    if let Some(example) = named.and_then(|example| resolve(example).get("value")) {
        return example.clone();
    }
    content.get("schema").map_or(Value::Null, |schema| sample(schema, 0))
}

/// A small value that the schema accepts: its own example or default, else the plainest of its type.
fn sample(schema: &'static Value, depth: usize) -> Value {
    let (plain, nullable) = without_null(schema);
    for keyword in ["example", "default", "const"] {
        if let Some(value) = plain.get(keyword) {
            return value.clone();
        }
    }
    for keyword in ["examples", "enum"] {
        if let Some(value) = plain.get(keyword).and_then(Value::as_array).and_then(|values| values.first()) {
            return value.clone();
        }
    }
    if depth > SAMPLE_DEPTH && nullable {
        return Value::Null;
    }
    let mut object = Map::new();
    for part in plain.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        if let Value::Object(fields) = sample(part, depth + 1) {
            object.extend(fields);
        }
    }
    let kind = types(plain).find(|name| *name != "null");
    let properties = plain.get("properties").and_then(Value::as_object);
    match kind {
        Some("string") => Value::from(match plain.get("format").and_then(Value::as_str) {
            Some("date-time") => "2026-03-01T12:00:00Z",
            Some("date") => "2026-03-01",
            Some("email") => "ada@example.com",
            _ => "text",
        }),
        Some("integer") => plain.get("minimum").cloned().unwrap_or_else(|| Value::from(0)),
        Some("number") => plain.get("minimum").cloned().unwrap_or_else(|| Value::from(0.0)),
        Some("boolean") => Value::Bool(false),
        Some("array") => {
            let items = plain.get("items").filter(|_| depth < SAMPLE_DEPTH);
            Value::Array(items.map(|items| sample(items, depth + 1)).into_iter().collect())
        }
        _ if properties.is_some() || !object.is_empty() || kind == Some("object") => {
            for (name, property) in properties.into_iter().flatten() {
                if depth < SAMPLE_DEPTH {
                    object.insert(name.clone(), sample(property, depth + 1));
                }
            }
            Value::Object(object)
        }
        _ => Value::Null,
    }
}
