//! `Calls.swift`: calls by name, and what they are made of, for the scenarios that all languages pass. Swift finds no
//! method by its name.

use std::collections::BTreeSet;

use heck::{ToLowerCamelCase, ToSnakeCase};

use super::argument::arguments;
use super::rust::rows;
use super::swift::{MARK, name};
use super::types::{changes, rest, variants};
use super::{Answer, answer};
use crate::model::{Api, Field, Operation, Resource, Shape};

pub(super) fn file(api: &Api) -> String {
    let mut out = format!(
        "{MARK}\nimport DevinV2\n\n/// Calls the method of this name; a list is only made.\nfunc call(_ client: DevinClient, _ \
         operation: String, _ given: Members, _ options: CallOptions) async throws -> Any {{\n  switch operation {{\n"
    );
    for resource in &api.resources {
        out +=
            &resource.operations.iter().map(|operation| case(api, resource, operation)).collect::<String>();
    }
    out += "  default: stop(\"there is no operation \\(operation)\")\n  }\n}\n";
    let [_, pieces] = rows(api);
    for word in pieces.keys() {
        out += &format!("\nextension {word}Rows: InOnePiece {{}}\n");
    }
    for change in changes(api).keys() {
        out += &format!("\nextension {change}: Change {{}}\n");
    }
    let (read, written) = (api.answer_types(), api.argument_types());
    let shapes = api.types.iter().filter(|named| read.contains(&named.name)).map(|named| &named.shape);
    let odd: BTreeSet<&str> = shapes.flat_map(odd_names).collect();
    let odd =
        odd.iter().map(|name| format!("{:?}: {name:?}", name.to_lower_camel_case())).collect::<Vec<_>>();
    let odd = if odd.is_empty() { ":".to_owned() } else { odd.join(", ") };
    out += &format!(
        "\n/// Names of the service that Swift's do not lead back to.\nlet oddNames: [String: String] = [{odd}]\n"
    );
    for named in &api.types {
        let (read, written) = (read.contains(&named.name), written.contains(&named.name));
        match &named.shape {
            Shape::Enum(values) if read || written => out += &open_enum(&named.name, values),
            Shape::Object(fields) if written => out += &record(&named.name, fields, read),
            _ => {}
        }
    }
    out
}

/// Fields whose names can't be told from Swift's, such as `last_7_days`.
fn odd_names(shape: &Shape) -> Vec<&str> {
    let Shape::Object(fields) = shape else { return Vec::new() };
    let names = fields.iter().map(|field| field.name.as_str());
    names.filter(|name| name.to_lower_camel_case().to_snake_case() != *name).collect()
}

fn case(api: &Api, resource: &Resource, operation: &Operation) -> String {
    let given: String = arguments(api, operation)
        .iter()
        .map(|argument| format!("{}: given.take({:?}), ", name(&argument.key), argument.key))
        .collect();
    let before = if matches!(answer(api, operation), Answer::List(_)) { "" } else { "try await " };
    format!(
        "  case {:?}: return {before}client.{}.{}({given}options: given.last(options))\n",
        operation.name(),
        name(&resource.name),
        name(&operation.method)
    )
}

fn open_enum(name: &str, values: &[String]) -> String {
    let known: Vec<String> = variants(values)
        .iter()
        .map(|(value, variant)| format!("{value:?}: .{}", variant.to_lower_camel_case()))
        .collect();
    format!(
        "\nextension {name}: OpenEnum {{\n  static var known: [String: {name}] {{ [{}] }}\n}}\n",
        known.join(", ")
    )
}

fn record(name: &str, fields: &[Field], read: bool) -> String {
    let mut given: Vec<String> = fields
        .iter()
        .map(|field| format!("{}: given.take({:?})", field.name.to_lower_camel_case(), field.name))
        .collect();
    if read {
        given.push(format!("{}: given.rest()", rest(fields).to_lower_camel_case()));
    }
    format!(
        "\nextension {name}: Record {{\n  init(of given: Members) {{\n    self = given.last({name}({}))\n  }}\n}}\n",
        given.join(", ")
    )
}
