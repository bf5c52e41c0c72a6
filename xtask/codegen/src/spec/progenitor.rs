//! The document that progenitor reads: what the core decides is taken out of it.
//!
//! - Every success is a stream of bytes and no error is described, so that generated methods neither decode nor judge
//!   an answer (see the README's architecture section).
//! - Bounds, defaults and nullability of parameters go: the SDK's guards check them before a request is built.
//! - What is read is read leniently: a nullable field may be absent, unknown fields are kept in `extra`.
//! - What is written keeps absent, `null` and a value apart.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::shape::Shaped;

/// `shaped` as progenitor is to read it; `written` and `read` are the names of the types that requests send and
/// responses hold.
pub fn for_progenitor(shaped: &Shaped, written: &BTreeSet<String>, read: &BTreeSet<String>) -> Value {
    let root = &shaped.document.root;
    let mut paths = Map::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        let operations: Map<String, Value> = item
            .as_object()
            .into_iter()
            .flatten()
            .map(|(method, operation)| (method.clone(), operation_for_progenitor(operation)))
            .collect();
        paths.insert(path.clone(), Value::Object(operations));
    }
    let schemas: Map<String, Value> = root["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            let mut schema = schema.clone();
            if read.contains(name) || !written.contains(name) {
                lenient(&mut schema);
            } else {
                three_states(&mut schema);
            }
            (name.clone(), plain(&schema))
        })
        .collect();
    json!({
        "openapi": "3.0.3",
        "info": { "title": root["info"]["title"], "version": root["info"]["version"] },
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

fn operation_for_progenitor(operation: &Value) -> Value {
    let mut result = Map::new();
    for key in ["operationId", "summary", "description"] {
        if let Some(value) = operation.get(key) {
            result.insert(key.to_owned(), value.clone());
        }
    }
    let parameters: Vec<Value> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| {
            let mut schema = parameter["schema"].clone();
            if let Some(schema) = schema.as_object_mut() {
                for key in ["nullable", "default"] {
                    schema.shift_remove(key);
                }
            }
            let mut parameter = parameter.clone();
            parameter["schema"] = plain(&schema);
            if let Some(parameter) = parameter.as_object_mut() {
                parameter.shift_remove("example");
            }
            parameter
        })
        .collect();
    result.insert("parameters".to_owned(), json!(parameters));
    if let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") {
        let required = operation.pointer("/requestBody/required").cloned().unwrap_or(json!(false));
        let content = json!({ "application/json": { "schema": plain(schema) } });
        result.insert("requestBody".to_owned(), json!({ "required": required, "content": content }));
    }
    let bytes = json!({ "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } });
    let success = json!({ "description": "The answer, undecoded.", "content": bytes });
    result.insert("responses".to_owned(), json!({ "2XX": success }));
    Value::Object(result)
}

/// A type of responses: nullable fields may be absent, unknown fields are kept.
fn lenient(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    for part in object.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        lenient(part);
    }
    let Some(properties) = object.get("properties").and_then(Value::as_object).cloned() else { return };
    if let Some(required) = object.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| {
            let nullable = name.as_str().and_then(|name| properties.get(name)?.get("nullable"));
            nullable != Some(&json!(true))
        });
    }
    if properties.contains_key("extra") {
        // progenitor keeps unknown fields in a field of that name: there is no room for both.
        object.shift_remove("additionalProperties");
    } else {
        object.insert("additionalProperties".to_owned(), json!({}));
    }
}

/// A type of request bodies: `null`, absent and empty are different things to send.
fn three_states(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    let required: Vec<Value> = object.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    for (name, property) in object.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten()
    {
        if required.contains(&json!(name)) {
            continue;
        }
        let mut inner = property.clone();
        let Some(fields) = inner.as_object_mut() else { continue };
        // A default would be sent by an update that didn't mention the field.
        fields.shift_remove("default");
        let nullable = fields.shift_remove("nullable") == Some(json!(true));
        let description = fields.shift_remove("description");
        let (path, parameter) = if nullable {
            ("devin_v2_api::Nullable", plain(&inner))
        } else if inner.get("type") == Some(&json!("array")) {
            ("std::vec::Vec", plain(&inner["items"]))
        } else {
            if let Some(property) = property.as_object_mut() {
                property.shift_remove("default");
            }
            continue;
        };
        *property = rust_type(path, &[parameter]);
        if let Some(description) = description {
            property["description"] = description;
        }
    }
}

/// A schema without what the core checks, and with our own types for times and secrets.
fn plain(schema: &Value) -> Value {
    let Some(object) = schema.as_object() else { return schema.clone() };
    let mut result = Map::new();
    for (key, value) in object {
        let value = match key.as_str() {
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" | "minLength"
            | "maxLength" | "pattern" | "minItems" | "maxItems" | "uniqueItems" | "minProperties"
            | "maxProperties" | "format" | "example" | "readOnly" | "writeOnly" | "deprecated" | "x-name"
            | "x-sensitive" | "x-table-key" | "x-billing-days" => continue,
            "properties" => value
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, property)| (name.clone(), plain(property)))
                .collect(),
            "items" | "additionalProperties" => plain(value),
            "anyOf" | "oneOf" | "allOf" => value.as_array().into_iter().flatten().map(plain).collect(),
            _ => value.clone(),
        };
        result.insert(key.clone(), value);
    }
    let special = match (object.get("format").and_then(Value::as_str), object.get("x-sensitive")) {
        (Some("date-time"), _) => Some("devin_v2_api::Timestamp"),
        (Some("unix-milliseconds"), _) => Some("devin_v2_api::UnixMillis"),
        (_, Some(level)) if level == "secret" => Some("devin_v2_api::Secret"),
        _ => None,
    };
    if let Some(path) = special {
        result.insert("x-rust-type".to_owned(), rust_type(path, &[])["x-rust-type"].clone());
    }
    Value::Object(result)
}

fn rust_type(path: &str, parameters: &[Value]) -> Value {
    let krate = if path.starts_with("std::") { "std" } else { "devin-v2-api" };
    let mut extension = json!({ "crate": krate, "version": "*", "path": path });
    if !parameters.is_empty() {
        extension["parameters"] = json!(parameters);
    }
    json!({ "type": "string", "x-rust-type": extension })
}
