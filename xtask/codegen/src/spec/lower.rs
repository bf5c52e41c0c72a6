//! OpenAPI 3.1 → 3.0.3, the version that progenitor reads.
//!
//! Only the form changes: `anyOf [T, null]` becomes `nullable`, `const` becomes `enum`, and so on. What 3.0 has no form
//! for is a problem with its place, never dropped.

use serde_json::{Map, Value, json};

use crate::problem::{Document, Problems, join};

/// Keywords that say nothing about what a value may be, or that FastAPI writes for maps keyed by dates.
const DROPPED: &[&str] =
    &["$schema", "$comment", "$id", "title", "contentMediaType", "contentEncoding", "propertyNames"];

/// Keywords that are the same in 3.0 and are copied as they stand.
const COPIED: &[&str] = &[
    "type",
    "format",
    "description",
    "default",
    "example",
    "nullable",
    "required",
    "enum",
    "minimum",
    "maximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "readOnly",
    "writeOnly",
    "deprecated",
    "discriminator",
    "externalDocs",
    "xml",
];

/// `document` as OpenAPI 3.0.3.
pub fn lower(document: &Document) -> Result<Document, Problems> {
    let mut lowering = Lowering { document, problems: Problems::default() };
    let version = document.root.get("openapi").and_then(Value::as_str).unwrap_or_default();
    if !(version.starts_with("3.0.") || version.starts_with("3.1.")) {
        lowering.problem("/openapi", "must be an OpenAPI 3.0.x or 3.1.x version");
    }
    let mut root = lowering.node("", &document.root, Place::Document);
    root["openapi"] = json!("3.0.3");
    if let Some(root) = root.as_object_mut() {
        for key in ["webhooks", "jsonSchemaDialect"] {
            if root.shift_remove(key).is_some() {
                lowering.problem(&join("", key), "has no form in OpenAPI 3.0; remove it with the overlay");
            }
        }
    }
    lowering.problems.or(Document { file: document.file.clone(), root })
}

/// What kind of thing a node is, which tells where schemas are.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Anything outside schemas: walked until a key names a schema.
    Document,
    /// A map from names to schemas.
    SchemaMap,
    Schema,
    /// Free-form: examples, defaults, extensions.
    Opaque,
}

struct Lowering<'a> {
    document: &'a Document,
    problems: Problems,
}

impl Lowering<'_> {
    fn problem(&mut self, pointer: &str, message: impl Into<String>) {
        self.problems.0.push(self.document.problem(pointer, message));
    }

    fn node(&mut self, at: &str, node: &Value, place: Place) -> Value {
        match (place, node) {
            (Place::Opaque, _) => node.clone(),
            (Place::Schema, _) => self.schema(at, node),
            (_, Value::Object(object)) => {
                let mut result = Map::new();
                for (key, value) in object {
                    let inner = match (place, key.as_str()) {
                        (Place::SchemaMap, _) | (_, "schema") => Place::Schema,
                        (_, "schemas") => Place::SchemaMap,
                        (_, "example" | "examples" | "default") => Place::Opaque,
                        (_, key) if key.starts_with("x-") => Place::Opaque,
                        // A response may be called "default", an example map "schema": only these keys hold such maps.
                        (_, "responses" | "parameters" | "paths") => Place::Document,
                        _ => Place::Document,
                    };
                    let inner = if at.ends_with("/responses") { Place::Document } else { inner };
                    result.insert(key.clone(), self.node(&join(at, key), value, inner));
                }
                // A media type or parameter with `examples` keeps the first: 3.0 generators read `example`.
                if let Some(Value::Object(examples)) = result.shift_remove("examples") {
                    if at == "/components" {
                        result.insert("examples".to_owned(), Value::Object(examples));
                    } else if let Some(value) = examples.values().find_map(|example| example.get("value")) {
                        result.entry("example").or_insert_with(|| value.clone());
                    }
                }
                Value::Object(result)
            }
            (_, Value::Array(array)) => array
                .iter()
                .enumerate()
                .map(|(index, value)| self.node(&join(at, &index.to_string()), value, place))
                .collect(),
            _ => node.clone(),
        }
    }

    fn schema(&mut self, at: &str, node: &Value) -> Value {
        let object = match node {
            Value::Bool(true) => return json!({}),
            Value::Object(object) => object,
            _ => {
                self.problem(at, "must be a schema: an object, or `true`");
                return json!({});
            }
        };
        let mut result = Map::new();
        for (key, value) in object {
            let here = join(at, key);
            match key.as_str() {
                key if key.starts_with("x-") => {
                    result.insert(key.to_owned(), value.clone());
                }
                "$ref" => match value.as_str() {
                    Some(target) if target.starts_with("#/components/schemas/") => {
                        result.insert("$ref".to_owned(), value.clone());
                    }
                    _ => self.problem(&here, "must point into #/components/schemas of the same document"),
                },
                "type" => self.types(&here, value, &mut result),
                "const" => {
                    result.insert("enum".to_owned(), json!([value]));
                }
                "enum" => {
                    let values = value.as_array().cloned().unwrap_or_default();
                    let known: Vec<Value> = values.iter().filter(|value| !value.is_null()).cloned().collect();
                    if known.len() < values.len() {
                        result.insert("nullable".to_owned(), json!(true));
                    }
                    result.insert("enum".to_owned(), json!(known));
                }
                "exclusiveMinimum" | "exclusiveMaximum" if value.is_number() => {
                    result.insert(key.clone(), json!(true));
                    result.insert(key.replace("exclusiveM", "m"), value.clone());
                }
                "exclusiveMinimum" | "exclusiveMaximum" => {
                    result.insert(key.clone(), value.clone());
                }
                "examples" => {
                    if let Some(first) = value.as_array().and_then(|examples| examples.first()) {
                        result.entry("example").or_insert_with(|| first.clone());
                    }
                }
                "properties" => {
                    result.insert(key.clone(), self.node(&here, value, Place::SchemaMap));
                }
                "items" => {
                    result.insert(key.clone(), self.schema(&here, value));
                }
                "additionalProperties" => {
                    let value = if value.is_boolean() { value.clone() } else { self.schema(&here, value) };
                    result.insert(key.clone(), value);
                }
                "anyOf" | "oneOf" => self.choice(&here, key, value, &mut result),
                "allOf" => {
                    let parts = value.as_array().cloned().unwrap_or_default();
                    let parts: Vec<Value> = parts
                        .iter()
                        .enumerate()
                        .map(|(index, part)| self.schema(&join(&here, &index.to_string()), part))
                        .collect();
                    result.insert(key.clone(), json!(parts));
                }
                key if COPIED.contains(&key) => {
                    result.insert(key.to_owned(), value.clone());
                }
                key if DROPPED.contains(&key) => {}
                key => self.problem(&here, format!("`{key}` can't be expressed; change it with the overlay")),
            }
        }
        self.check_enum(at, &result);
        if result.get("type") == Some(&json!("array")) {
            result.entry("items").or_insert(json!({}));
        }
        // 3.0 ignores everything beside a `$ref`: keep it by wrapping the reference.
        if result.len() > 1
            && let Some(target) = result.shift_remove("$ref")
        {
            result.insert("allOf".to_owned(), json!([{ "$ref": target }]));
        }
        Value::Object(result)
    }

    fn types(&mut self, at: &str, value: &Value, result: &mut Map<String, Value>) {
        let names: Vec<&str> = match value {
            Value::String(name) => vec![name],
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            _ => vec![],
        };
        if names.contains(&"null") {
            result.insert("nullable".to_owned(), json!(true));
        }
        let names: Vec<&str> = names.into_iter().filter(|name| *name != "null").collect();
        match names.as_slice() {
            [] => self.problem(at, "names no type besides null; such a value holds nothing"),
            [name] => {
                result.insert("type".to_owned(), json!(name));
            }
            names => {
                let choices: Vec<Value> = names.iter().map(|name| json!({ "type": name })).collect();
                result.insert("oneOf".to_owned(), json!(choices));
            }
        }
    }

    /// `anyOf [T, null]` is a nullable T; a real choice keeps its form.
    fn choice(&mut self, at: &str, key: &str, value: &Value, result: &mut Map<String, Value>) {
        let all = value.as_array().cloned().unwrap_or_default();
        let mut choices = Vec::new();
        for (index, choice) in all.iter().enumerate() {
            if choice.get("type") == Some(&json!("null")) || choice.get("const") == Some(&Value::Null) {
                result.insert("nullable".to_owned(), json!(true));
            } else {
                choices.push(self.schema(&join(at, &index.to_string()), choice));
            }
        }
        match choices.as_mut_slice() {
            [] => self.problem(at, "offers nothing besides null"),
            [Value::Object(only)] => {
                // What the outer schema says about the property (its description, default) goes before the inner's.
                for (key, value) in std::mem::take(only) {
                    result.entry(key).or_insert(value);
                }
            }
            _ => {
                result.insert(key.to_owned(), json!(choices));
            }
        }
    }

    fn check_enum(&mut self, at: &str, schema: &Map<String, Value>) {
        let Some(values) = schema.get("enum").and_then(Value::as_array) else { return };
        if values.is_empty() || !values.iter().all(Value::is_string) {
            self.problem(&join(at, "enum"), "must be a list of strings; other enums can't be expressed");
        }
    }
}
