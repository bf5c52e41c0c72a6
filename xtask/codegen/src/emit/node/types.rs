//! `types.ts`: an interface per object, a union per enum. `fill.ts`: what stands for what the service left out.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToLowerCamelCase;
use serde_json::Value;

use super::text::{self, MARK, Way, access, comment, literal};
use crate::model::{Api, Field, Operation, Shape, Type, TypeRef};

pub(super) fn file(api: &Api) -> String {
    let (read, written) = (api.answer_types(), api.argument_types());
    let mut out = format!(
        "{MARK}\n/**\n * What the service answers, and what calls take.\n *\n * Values of enums and fields that this version \
         doesn't know come as they are.\n *\n * @module\n */\n\n\
         declare const timestamp: unique symbol;\n\n\
         /** A time in ISO 8601, as the service sent it. `toDate` makes a `Date` of it. */\n\
         export type Timestamp = string & {{ readonly [timestamp]?: never }};\n"
    );
    for named in &api.types {
        match &named.shape {
            Shape::Enum(values) if read.contains(&named.name) || written.contains(&named.name) => {
                let values: Vec<String> =
                    values.iter().map(|value| literal(&Value::String(value.clone()))).collect();
                out += "\n";
                out += &comment(&named.docs, "");
                out += &format!("export type {} = {} | (string & {{}});\n", named.name, values.join(" | "));
            }
            Shape::Object(fields) => {
                if read.contains(&named.name) {
                    out += &interface(api, named, &named.name, fields, Way::Read);
                }
                if written.contains(&named.name) {
                    let name = text::written(api, &named.name);
                    out += &interface(api, named, &name, fields, Way::Written);
                }
            }
            _ => {}
        }
    }
    out
}

fn interface(api: &Api, named: &Type, name: &str, fields: &[Field], way: Way) -> String {
    let mut out = format!("\n{}export interface {name} {{\n", comment(&named.docs, ""));
    for field in fields {
        let mut docs = field.docs.clone();
        match field.sensitive.as_deref() {
            Some("personal") => docs += "\n\nPersonal data.",
            Some("secret") => docs += "\n\nSecret: keep it out of logs.",
            _ => {}
        }
        out += &comment(&docs, "  ");
        let filled = way == Way::Read && default(api, field).is_some();
        let optional = if field.required || filled { "" } else { "?" };
        let null = if field.nullable { " | null" } else { "" };
        // Callers may pass on what may be undefined, also where the compiler tells that from absence.
        let undefined = if way == Way::Written && !optional.is_empty() { " | undefined" } else { "" };
        let ty = text::ty(api, &field.ty, way, "");
        out += &format!("  {}{optional}: {ty}{null}{undefined};\n", text::property(&field.name));
    }
    if named.open {
        out += "  /** Fields that the document does not name. */\n  [field: string]: unknown;\n";
    }
    out + "}\n"
}

/// What stands for a field that the service left out, or sent as null although it may not be. The core refuses answers
/// without a required field.
pub(in super::super) fn default(api: &Api, field: &Field) -> Option<String> {
    if field.nullable || (field.required && field.default.is_none()) {
        return None;
    }
    match (&field.default, api.resolve(&field.ty)) {
        (Some(Value::Null), _) => None,
        (Some(value), _) => Some(literal(value)),
        (None, TypeRef::Array(_)) => Some("[]".to_owned()),
        (None, TypeRef::Map(_)) => Some("{}".to_owned()),
        (None, _) => None,
    }
}

/// `fill.ts`.
pub(super) fn fill(api: &Api) -> String {
    let read = api.answer_types();
    let filled = filled(api, &read);
    let mut out = format!(
        "{MARK}\n// What stands for what the service left out, or sent as null although it may not be.\n"
    );
    out +=
        if filled.is_empty() { "\nexport {};\n" } else { "\nimport type * as types from \"./types.js\";\n" };
    for (name, fields) in &filled {
        out += &format!("\nexport function {}(value: types.{name}): void {{\n", function(name));
        for field in fields {
            let place = access("value", &field.name);
            if let Some(default) = default(api, field) {
                out += &format!("  {place} ??= {default};\n");
            }
            let Some(inner) = api.named_in(&field.ty).filter(|inner| filled.contains_key(inner)) else {
                continue;
            };
            let call = function(&inner);
            out += &match api.resolve(&field.ty) {
                TypeRef::Array(_) => format!("  {place}?.forEach({call});\n"),
                TypeRef::Map(_) => format!("  Object.values({place} ?? {{}}).forEach({call});\n"),
                _ => format!("  if ({place}) {call}({place});\n"),
            };
        }
        out += "}\n";
    }
    out
}

/// The name of the function that fills a type.
fn function(name: &str) -> String {
    format!("fill{name}")
}

/// The function that fills what an operation answers, if there is something to fill.
pub(super) fn fill_of(api: &Api, ty: &TypeRef) -> Option<String> {
    match api.resolve(ty) {
        TypeRef::Named(name) => filled(api, &api.answer_types()).contains_key(name).then(|| function(name)),
        _ => None,
    }
}

/// Types with something to fill, in them or below; lists in lists are left as they come.
fn filled<'a>(api: &'a Api, read: &BTreeSet<String>) -> BTreeMap<String, Vec<&'a Field>> {
    let mut found: BTreeMap<String, Vec<&Field>> = BTreeMap::new();
    loop {
        let before = found.values().map(Vec::len).sum::<usize>();
        for named in api.types.iter().filter(|named| read.contains(&named.name)) {
            let Shape::Object(fields) = &named.shape else { continue };
            let to_do: Vec<&Field> = fields
                .iter()
                .filter(|field| {
                    let deep = match api.resolve(&field.ty) {
                        TypeRef::Array(inner) | TypeRef::Map(inner) => api.resolve(inner),
                        other => other,
                    };
                    let below = matches!(deep, TypeRef::Named(inner) if found.contains_key(inner));
                    default(api, field).is_some() || below
                })
                .collect();
            if !to_do.is_empty() {
                found.insert(named.name.clone(), to_do);
            }
        }
        if found.values().map(Vec::len).sum::<usize>() == before {
            return found;
        }
    }
}

/// The name of the interface of an operation's parameters.
pub(super) fn params(operation: &Operation) -> String {
    let name = format!("{}_{}_params", operation.resource, operation.method).to_lower_camel_case();
    name[..1].to_uppercase() + &name[1..]
}
