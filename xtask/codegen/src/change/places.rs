//! Where in a document things stand that the model knows by name.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::{Api, Operation, Shape, TypeRef};
use crate::problem::join;
use crate::spec::type_name;

/// References that lead to references; more than that lead in a circle.
const MAX_REFERENCES: usize = 32;

/// The places of the types of a document: a type that is written in place may be written in several.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(BTreeMap<String, Vec<String>>);

impl Places {
    pub(super) fn of(root: &Value, api: &Api) -> Self {
        let mut places = Self::default();
        for (key, schema) in root["components"]["schemas"].as_object().into_iter().flatten() {
            let name = type_name(schema.get("x-name").and_then(Value::as_str).unwrap_or(key));
            places.visit(root, api, &join("/components/schemas", key), &TypeRef::Named(name));
        }
        for operation in api.operations() {
            for (place, parameters) in [("path", &operation.path), ("query", &operation.query)] {
                for parameter in parameters {
                    let at = parameter_at(root, operation, place, &parameter.name);
                    places.visit(root, api, &join(&at, "schema"), &parameter.ty);
                }
            }
            if let Some(body) = &operation.body {
                places.visit(root, api, &body_at(root, operation), &body.ty);
            }
            places.visit(root, api, &answer_at(root, operation), &operation.response);
        }
        places
    }

    fn visit(&mut self, root: &Value, api: &Api, at: &str, ty: &TypeRef) {
        let at = bare(root, at);
        match ty {
            TypeRef::Array(inner) => self.visit(root, api, &join(&at, "items"), inner),
            TypeRef::Map(inner) => self.visit(root, api, &join(&at, "additionalProperties"), inner),
            TypeRef::Named(name) => {
                let places = self.0.entry(name.clone()).or_default();
                if places.contains(&at) {
                    return;
                }
                places.push(at.clone());
                match api.shape(name) {
                    Some(Shape::Object(fields)) => {
                        for field in fields {
                            self.visit(root, api, &join(&join(&at, "properties"), &field.name), &field.ty);
                        }
                    }
                    Some(Shape::Alias(target)) => self.visit(root, api, &at, target),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The same with types called otherwise.
    pub(super) fn with_names(&self, names: &BTreeMap<String, String>) -> Self {
        let entries = self.0.iter().map(|(name, at)| (names.get(name).unwrap_or(name).clone(), at.clone()));
        Self(entries.collect())
    }

    /// Where a type stands; nowhere if it is part of a choice that is written in place.
    pub(super) fn of_type(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Where a field of a type stands.
    pub(super) fn of_field(&self, name: &str, field: &str) -> Vec<String> {
        self.of_type(name).iter().map(|at| join(&join(at, "properties"), field)).collect()
    }
}

/// Where a reference leads.
fn follow(root: &Value, at: &str) -> String {
    let mut at = at.to_owned();
    for _ in 0..MAX_REFERENCES {
        match root.pointer(&at).and_then(|node| node["$ref"].as_str()) {
            Some(target) => at = target.trim_start_matches('#').to_owned(),
            None => break,
        }
    }
    at
}

/// Where the schema at `at` really stands: past references, and past what only adds "or null" or a description.
fn bare(root: &Value, at: &str) -> String {
    let at = follow(root, at);
    let Some(node) = root.pointer(&at) else { return at };
    for key in ["anyOf", "oneOf", "allOf"] {
        let all = node[key].as_array().into_iter().flatten().enumerate();
        let mut choices =
            all.filter(|(_, choice)| choice["type"] != "null" && choice.get("const") != Some(&Value::Null));
        if let (Some((index, _)), None) = (choices.next(), choices.next()) {
            return bare(root, &join(&join(&at, key), &index.to_string()));
        }
    }
    at
}

/// Where a parameter of an operation stands: with it, with its path, or where a reference leads.
pub(super) fn parameter_at(root: &Value, operation: &Operation, place: &str, name: &str) -> String {
    let item = operation.pointer.rsplit_once('/').map_or("", |(item, _)| item);
    for owner in [operation.pointer.as_str(), item] {
        let list = join(owner, "parameters");
        let count = root.pointer(&list).and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..count {
            let at = follow(root, &join(&list, &index.to_string()));
            if root.pointer(&at).is_some_and(|node| node["name"] == name && node["in"] == place) {
                return at;
            }
        }
    }
    operation.pointer.clone()
}

/// Where the schema of an operation's body stands.
pub(super) fn body_at(root: &Value, operation: &Operation) -> String {
    follow(root, &join(&operation.pointer, "requestBody")) + "/content/application~1json/schema"
}

/// Where the schema of an operation's answer stands.
pub(super) fn answer_at(root: &Value, operation: &Operation) -> String {
    let at = join(&operation.pointer, "responses");
    let statuses = root.pointer(&at).and_then(Value::as_object).into_iter().flatten();
    let success = statuses.map(|(status, _)| status).find(|status| status.starts_with('2'));
    follow(root, &join(&at, success.map_or("", String::as_str))) + "/content/application~1json/schema"
}

/// Where `pattern` (`*` is every element or value) leads from the schema at `at`.
pub(super) fn inside(root: &Value, at: &str, pattern: &str) -> Option<String> {
    let found = pattern.split('/').skip(1).try_fold(at.to_owned(), |at, part| {
        let at = bare(root, &at);
        let keys = if part == "*" {
            vec![join(&at, "items"), join(&at, "additionalProperties")]
        } else {
            vec![join(&join(&at, "properties"), part)]
        };
        keys.into_iter().find(|key| root.pointer(key).is_some())
    })?;
    Some(found)
}
