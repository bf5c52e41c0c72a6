//! Refuses names that Rust has no room for, before an emitter meets them.
//!
//! Names come from the document, and emitters turn them into modules, types, methods, arguments and fields. Most fit, or
//! get an underscore where they are a word of the language. What is left is found here, each with its place and its
//! remedy: names that hold nothing Rust can use, names that are taken by hand-written code or by Rust's prelude, and
//! names that are different in the document and the same in Rust.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::Value;

use super::{Api, Field, Operation, Shape, Type, TypeRef};
use crate::problem::{Document, Problem, Problems, join};

/// Methods of `devin_v2::Client`, beside which each resource gets one; `clone` is what the resources call themselves.
/// A test compares this list with the source.
const CLIENT_METHODS: &[&str] = &[
    "assemble",
    "base",
    "base_url",
    "builder",
    "clone",
    "credential",
    "decode",
    "decode_rows",
    "from_env",
    "pool",
    "key_fingerprint",
    "key_kind",
    "limits",
    "max_body_bytes",
    "prefetch",
    "prepare",
    "request",
    "retry_policy",
    "send",
    "slots",
    "user_agent",
    "with_options",
];

/// Files beside those of the resources.
const OWN_FILES: &[&str] = &["dynamic", "mod", "operations", "row_types"];

/// Types and traits that generated code names without a path, so that a type of that name beside it would hide them.
const PRELUDE: &[&str] = &["Into", "IntoIterator", "Option", "Result", "Self", "String", "Vec"];

/// Types that the SDK has under `types` itself.
const OWN_TYPES: &[&str] = &["Nullable", "Secret", "Timestamp", "UnixMillis"];

/// HTTP methods that progenitor has no call for.
const NO_CALL: &[&str] = &["OPTIONS", "TRACE"];

/// Everything in `api`, which was read from `document`, whose name or form can't be written.
pub(super) fn check(api: &Api, document: &Document) -> Problems {
    let mut names = Names { api, document, problems: Problems::default() };
    names.resources();
    names.operations();
    names.requests();
    for operation in api.operations() {
        names.arguments(operation);
    }
    for named in &api.types {
        names.named(named);
    }
    names.problems
}

struct Names<'a> {
    api: &'a Api,
    document: &'a Document,
    problems: Problems,
}

impl Names<'_> {
    /// Tells a problem, once: two operations may share what is wrong.
    fn problem(&mut self, pointer: &str, message: impl Into<String>) {
        let problem: Problem = self.document.problem(pointer, message);
        if !self.problems.0.contains(&problem) {
            self.problems.0.push(problem);
        }
    }

    fn resources(&mut self) {
        for resource in &self.api.resources {
            let name = resource.name.as_str();
            let ty = name.to_upper_camel_case();
            let reason = if !is_word(name) {
                "it must begin with an ASCII letter and hold only ASCII letters, digits and underscores"
            } else if is_keyword(name) {
                "it is a word of Rust"
            } else if CLIENT_METHODS.contains(&name) {
                "the SDK's Client has a method of that name"
            } else if OWN_FILES.contains(&name) {
                "the SDK has a file of that name"
            } else if PRELUDE.contains(&ty.as_str()) {
                "its type would hide Rust's own"
            } else {
                continue;
            };
            for operation in &resource.operations {
                self.problem(
                    &operation.pointer,
                    format!("{name:?} can't be a resource's name: {reason}; give it an x-resource"),
                );
            }
        }
    }

    fn operations(&mut self) {
        // Of all operations by resource and method, and of one resource's by the type of the call.
        let mut ids = BTreeMap::<String, &Operation>::new();
        let mut calls = BTreeMap::<(String, String), &Operation>::new();
        for operation in self.api.operations() {
            let Operation { resource, method, pointer, .. } = operation;
            if NO_CALL.contains(&operation.http_method.as_str()) {
                self.problem(
                    pointer,
                    format!(
                        "{} requests can't be expressed; remove it with the overlay",
                        operation.http_method
                    ),
                );
            }
            let ty = method.to_upper_camel_case();
            let reason = if !is_word(method) {
                "it must begin with an ASCII letter and hold only ASCII letters, digits and underscores"
            } else if method == "new" {
                "every resource of the SDK has a function of that name"
            } else if method == "gen" {
                "it is a word of Rust"
            } else if PRELUDE.contains(&ty.as_str()) {
                "the type of its call would hide Rust's own"
            } else if format!("{resource}_{method}") == "new_with_client" {
                "progenitor's client has a function new_with_client"
            } else {
                ""
            };
            if !reason.is_empty() {
                self.problem(
                    pointer,
                    format!("{method:?} can't be a method's name: {reason}; give it an x-method"),
                );
                continue;
            }
            let id = format!("{resource}_{method}").to_upper_camel_case();
            let ty = if ty == resource.to_upper_camel_case() { format!("{ty}Call") } else { ty };
            let other = ids.insert(id, operation).or(calls.insert((resource.clone(), ty), operation));
            if let Some(other) = other {
                self.problem(
                    pointer,
                    format!(
                        "{} and {} of {} are the same in Rust; give one of them another x-method",
                        operation.name(),
                        other.name(),
                        other.pointer
                    ),
                );
            }
        }
    }

    /// Two paths that differ in nothing but the names of their parameters are one request.
    fn requests(&mut self) {
        let mut requests = BTreeMap::<(String, String), &Operation>::new();
        for operation in self.api.operations() {
            let segments = operation.template.split('/');
            let form: Vec<&str> =
                segments.map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect();
            let key = (operation.http_method.clone(), form.join("/"));
            if let Some(other) = requests.insert(key, operation) {
                self.problem(
                    &operation.pointer,
                    format!(
                        "is the same request as {}: the paths differ only in the names of parameters; remove one of the two with the overlay",
                        other.pointer
                    ),
                );
            }
        }
    }

    /// Parameters, and fields of a body that is given field by field.
    fn arguments(&mut self, operation: &Operation) {
        let document = self.document;
        let described = document.root.pointer(&operation.pointer).unwrap_or(&Value::Null);
        let mut taken = BTreeMap::<String, String>::new();
        let parameters = described["parameters"].as_array();
        for (index, parameter) in parameters.into_iter().flatten().enumerate() {
            let at = join(&join(&operation.pointer, "parameters"), &index.to_string());
            let in_path = parameter["in"] == "path";
            if !in_path && parameter["in"] != "query" {
                continue;
            }
            let name = parameter["name"].as_str().unwrap_or_default();
            let Some(ident) = argument(name, "_") else {
                self.problem(
                    &join(&at, "name"),
                    format!(
                        "{name:?} can't be a parameter's name in Rust; rename or remove it with the overlay"
                    ),
                );
                continue;
            };
            let required = in_path || parameter["required"] == true;
            let time = operation.query.iter().any(|own| own.name == name && own.ty == TypeRef::Timestamp);
            let own = match ident.as_str() {
                "client" => true,
                "body" => operation.body.is_some(),
                // A setter of that name would be a method twice; an argument is none.
                "request" => !required,
                "resume" => operation.paging.is_some(),
                // Times are checked just before the request is built, where these are variables.
                "api" | "base" | "http" => time,
                "place" | "size" => time && operation.paging.is_some(),
                _ => false,
            };
            if own {
                self.problem(
                    &join(&at, "name"),
                    format!(
                        "{name:?} is what the SDK's call has itself; rename or remove it with the overlay"
                    ),
                );
            }
            if let Some(other) = taken.insert(ident.clone(), name.to_owned()) {
                self.problem(
                    &join(&at, "name"),
                    format!(
                        "{name:?} and the parameter {other:?} are both {ident} in Rust; rename or remove one with the overlay"
                    ),
                );
            }
        }

        let Some((body, fields)) = body_fields(self.api, operation) else { return };
        let at = join("/components/schemas", body);
        if document.root["components"]["schemas"][body]["additionalProperties"].is_object() {
            self.problem(
                &join(&at, "additionalProperties"),
                "a body can't have both fields and a schema for others; remove it with the overlay",
            );
        }
        let at = join(&at, "properties");
        for Field { name, required, .. } in fields {
            let at = join(&at, name);
            let Some(mut ident) = argument(name, "x") else {
                self.problem(
                    &at,
                    format!("{name:?} can't be a field's name in Rust; rename or remove it with the overlay"),
                );
                continue;
            };
            if taken.contains_key(&ident) {
                ident = format!("body_{ident}");
            }
            if ident == "request" && !required {
                self.problem(
                    &at,
                    format!(
                        "{name:?} is what the SDK's call has itself; rename or remove it with the overlay"
                    ),
                );
            }
            // Two fields that are the same in Rust are found with the type.
            let same = |other: &String| rust_name(other, "x") == rust_name(name, "x");
            if let Some(other) = taken.insert(ident.clone(), name.clone()).filter(|other| !same(other)) {
                self.problem(
                    &at,
                    format!(
                        "{name:?} and {other:?} of {} are both {ident} in Rust; rename or remove one with the overlay",
                        operation.pointer
                    ),
                );
            }
        }
    }

    fn named(&mut self, named: &Type) {
        let name = named.name.as_str();
        let at = join("/components/schemas", name);
        let document = self.document;
        let schema = &document.root["components"]["schemas"][name];
        let fits = name.starts_with(|first: char| first.is_ascii_uppercase()) && is_ident(name);
        let reason = if !fits {
            "it must begin with an ASCII letter and hold only letters and digits"
        } else if OWN_TYPES.contains(&name) {
            "the SDK has a type of that name"
        } else if name == "Self" {
            "it is a word of Rust"
        } else if PRELUDE.contains(&name) && matches!(named.shape, Shape::Enum(_)) {
            // Only enums are written by a macro of ours, which names these without a path.
            "it would hide Rust's own"
        } else {
            ""
        };
        if !reason.is_empty() {
            self.problem(&at, format!("{name:?} can't be a type's name: {reason}; give it an x-name"));
        }

        let mut fields = Vec::new();
        self.fields(&at, schema, &mut BTreeSet::new(), &mut fields);
        // progenitor keeps unknown fields under `extra`: in all that is read, and in what the document says so of.
        let lenient = self.api.read.contains(name) || !self.api.written.contains(name);
        let keeps_unknown = if lenient {
            !fields.iter().any(|(field, _)| field == "extra")
        } else {
            schema.get("additionalProperties").is_some_and(Value::is_object)
        };
        let mut taken = BTreeMap::<String, String>::new();
        for (field, at) in fields {
            let ident = rust_name(&field, "x");
            if keeps_unknown && ident == "extra" {
                self.problem(
                    &at,
                    format!(
                        "{field:?} would be the field extra, which keeps unknown fields; rename or remove it with the overlay"
                    ),
                );
            }
            if let Some(other) = taken.insert(ident.clone(), field.clone()).filter(|other| *other != field) {
                self.problem(
                    &at,
                    format!(
                        "{field:?} and the field {other:?} are both {ident} in Rust; rename or remove one with the overlay"
                    ),
                );
            }
        }
    }

    /// The fields of a schema with those of its `allOf`, which become one type, and their places.
    fn fields(
        &self,
        at: &str,
        schema: &Value,
        seen: &mut BTreeSet<String>,
        found: &mut Vec<(String, String)>,
    ) {
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let name = target.rsplit('/').next().unwrap_or_default();
            if seen.insert(name.to_owned()) {
                let schema = &self.document.root["components"]["schemas"][name];
                self.fields(&join("/components/schemas", name), schema, seen, found);
            }
            return;
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        for field in properties.into_iter().flat_map(serde_json::Map::keys) {
            found.push((field.clone(), join(&join(at, "properties"), field)));
        }
        let parts = schema.get("allOf").and_then(Value::as_array);
        for (index, part) in parts.into_iter().flatten().enumerate() {
            self.fields(&join(&join(at, "allOf"), &index.to_string()), part, seen, found);
        }
    }
}

/// The type and fields of a body that the SDK takes field by field: what only requests hold.
fn body_fields<'a>(api: &'a Api, operation: &Operation) -> Option<(&'a str, &'a [Field])> {
    let TypeRef::Named(name) = &operation.body.as_ref()?.ty else { return None };
    let named = api.named(name).filter(|_| !api.read.contains(name))?;
    match &named.shape {
        Shape::Object(fields) => Some((&named.name, fields)),
        _ => None,
    }
}

/// Whether a name in snake_case can be that of a file, a module and a method, and its UpperCamelCase that of a type.
fn is_word(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Whether Rust takes a name as it is.
fn is_ident(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_ok()
}

/// Whether a name in snake_case is a word of Rust; `gen` is one that syn doesn't know.
fn is_keyword(name: &str) -> bool {
    name == "gen" || !is_ident(name)
}

/// The name of an argument of the SDK; none if Rust takes none made of `name`, or if it isn't the name that progenitor
/// makes (see [`rust_name`]).
fn argument(name: &str, prefix: &str) -> Option<String> {
    let mut ident = name.to_snake_case();
    if ident.starts_with(|first: char| first.is_ascii_digit()) {
        ident.insert(0, '_');
    }
    if ident.is_empty() {
        return None;
    }
    if !is_ident(&ident) {
        ident.push('_');
    }
    let fits = is_ident(&ident) && ident == rust_name(name, prefix);
    // `page` fetches in the SDK's calls, so that the parameter is called otherwise.
    fits.then(|| if ident == "page" { "start_page".to_owned() } else { ident })
}

/// The name that progenitor makes of a parameter (with `_` as `prefix`) or that typify makes of a field (with `x`).
fn rust_name(name: &str, prefix: &str) -> String {
    let mut ident = match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => {
            let kept = name.replace('\'', "");
            let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || is_ident(&format!("a{c}"));
            kept.replace(|c: char| !fits(c), "-").to_snake_case()
        }
    };
    match ident.chars().next() {
        None => ident.push('x'),
        Some(first) if !is_ident(&format!("{first}a")) => ident.insert_str(0, prefix),
        Some(_) => {}
    }
    if is_keyword(&ident) {
        ident.push('_');
    }
    ident
}
