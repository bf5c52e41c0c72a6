//! `resources.ts`: a class per resource with its methods, and an interface per operation for what it takes by name.

use heck::ToUpperCamelCase;
use serde_json::{Map, Value};

use super::super::prose::{about, billing_days};
use super::super::sdk::argument::key;
use super::text::{self, MARK, Way, comment, literal};
use super::types;
use crate::model::{Api, Operation, Resource, TypeRef};

/// The forms of billing days.
const FORMS: &str = "a month (`\"2026-02\"`), a day, a billing cycle, or a pair. Dates and `BillingDay`s name days, so the last \
                     one is included. A time must be 08:00 UTC, and as an end it is excluded.";

/// Something that a method takes.
pub(super) struct Argument {
    /// Its name in the core.
    pub(super) key: String,
    ty: String,
    docs: String,
    required: bool,
    /// The document's example.
    example: Option<Value>,
}

/// What a method takes.
pub(super) struct Arguments {
    /// By position.
    pub(super) positional: Vec<Argument>,
    /// By name, in one object.
    pub(super) named: Vec<Argument>,
}

impl Arguments {
    pub(super) fn of(api: &Api, operation: &Operation) -> Self {
        let ty = |ty: &TypeRef| text::ty(api, ty, Way::Written, "types.");
        let mut positional: Vec<Argument> = operation
            .path
            .iter()
            .map(|parameter| Argument {
                key: key(&parameter.name, false),
                ty: ty(&parameter.ty),
                docs: parameter.docs.clone(),
                required: true,
                example: parameter.example.clone(),
            })
            .collect();
        let mut named: Vec<Argument> = operation
            .query
            .iter()
            .map(|parameter| Argument {
                key: key(&parameter.name, false),
                ty: ty(&parameter.ty),
                docs: parameter.docs.clone(),
                required: parameter.required,
                example: parameter.example.clone(),
            })
            .collect();
        match (api.body_fields(operation), &operation.body) {
            (Some(fields), Some(body)) => named.extend(fields.iter().map(|field| {
                let taken =
                    operation.path.iter().chain(&operation.query).any(|other| other.name == field.name);
                let nullable = field.nullable && !field.required;
                let note =
                    if nullable { " `null` is sent as such; leaving it out changes nothing." } else { "" };
                Argument {
                    key: if taken { format!("body_{}", field.name) } else { key(&field.name, false) },
                    ty: ty(&field.ty) + if nullable { " | null" } else { "" },
                    docs: field.docs.clone() + note,
                    required: operation.requires(field),
                    example: body
                        .example
                        .as_ref()
                        .filter(|_| operation.path_of(field).is_none())
                        .and_then(|example| example.get(&field.name))
                        .cloned(),
                }
            })),
            (None, Some(body)) => positional.push(Argument {
                key: "body".to_owned(),
                ty: ty(&body.ty),
                docs: "The request's body.".to_owned(),
                required: true,
                example: body.example.clone(),
            }),
            _ => {}
        }
        if let Some(days) = &operation.billing_days {
            named.push(own("billing_days", "BillingDays", &billing_days(days, FORMS)));
        }
        if operation.confirm.is_some() {
            named.push(own("confirm", "string", "The phrase that says that this is meant."));
        }
        if operation.paging.is_some() {
            named.push(own(
                "resume",
                "string",
                "Goes on where an interrupted listing of this operation stopped (`report.resume`). Give the same filters \
                 again.",
            ));
        }
        Self { positional, named }
    }

    /// The arguments of the document's own example, as they stand in a call; `None` if it has too few.
    pub(super) fn example(&self, operation: &Operation) -> Option<Vec<Value>> {
        let place = operation.paging.as_ref().map(|paging| paging.style.parameters()[0]);
        let mut given = Vec::new();
        for argument in &self.positional {
            given.push(argument.example.clone()?);
        }
        let mut named = Map::new();
        for argument in &self.named {
            match &argument.example {
                Some(example) if place != Some(argument.key.as_str()) => {
                    named.insert(argument.key.clone(), example.clone());
                }
                _ if argument.required => return None,
                _ => {}
            }
        }
        if let Some(phrase) = &operation.confirm {
            let mut phrase = phrase.clone();
            for parameter in &operation.path {
                let value = parameter.example.as_ref().and_then(Value::as_str)?;
                phrase = phrase.replace(&format!("{{{}}}", parameter.name), value);
            }
            named.insert("confirm".to_owned(), Value::String(phrase));
        }
        if !named.is_empty() {
            given.push(Value::Object(named));
        }
        Some(given)
    }
}

fn own(name: &str, ty: &str, docs: &str) -> Argument {
    Argument {
        key: name.to_owned(),
        ty: ty.to_owned(),
        docs: docs.to_owned(),
        required: false,
        example: None,
    }
}

pub(super) fn file(api: &Api) -> String {
    let mut body = String::new();
    for resource in &api.resources {
        for operation in &resource.operations {
            body += &params(operation, &Arguments::of(api, operation));
        }
        body += &class(api, resource);
    }
    body += "\n/** The resources of a client. */\nexport class Resources {\n";
    let named: Vec<(String, String)> =
        api.resources.iter().map(|resource| (text::resource(&resource.name), class_name(resource))).collect();
    for (resource, (name, class)) in api.resources.iter().zip(&named) {
        body += &comment(&resource.docs, "  ");
        body += &format!("  readonly {name}: {class};\n");
    }
    body += "\n  constructor(caller: Caller) {\n";
    for (name, class) in &named {
        body += &format!("    this.{name} = new {class}(caller);\n");
    }
    body += "  }\n}\n";
    let mut out = format!("{MARK}\n");
    if body.contains(": BillingDays ") {
        out += "import type { BillingDays } from \"../billing.js\";\n";
    }
    out += "import type { Caller, RequestOptions } from \"../caller.js\";\n";
    let lists: Vec<&str> =
        ["Listing", "Rows"].into_iter().filter(|name| body.contains(&format!("{name}<"))).collect();
    if !lists.is_empty() {
        out += &format!("import type {{ {} }} from \"../listing.js\";\n", lists.join(", "));
    }
    if body.contains("fill.") {
        out += "import * as fill from \"./fill.js\";\n";
    }
    if body.contains("types.") {
        out += "import type * as types from \"./types.js\";\n";
    }
    out + &body
}

fn params(operation: &Operation, arguments: &Arguments) -> String {
    if arguments.named.is_empty() {
        return String::new();
    }
    let name = types::params(operation);
    let docs = format!("What `{}` takes by name.", call(operation));
    let mut out = format!("\n{}export interface {name} {{\n", comment(&docs, ""));
    for argument in &arguments.named {
        out += &comment(&argument.docs, "  ");
        let (optional, undefined) = if argument.required { ("", "") } else { ("?", " | undefined") };
        out += &format!("  {}{optional}: {}{undefined};\n", text::property(&argument.key), argument.ty);
    }
    out + "}\n"
}

/// `client.members.list`
fn call(operation: &Operation) -> String {
    format!("client.{}.{}", text::resource(&operation.resource), text::method(&operation.method))
}

/// Types of answers may be called as their resource is.
fn class_name(resource: &Resource) -> String {
    format!("{}Resource", resource.name.to_upper_camel_case())
}

fn class(api: &Api, resource: &Resource) -> String {
    let mut out = format!(
        "\n{}export class {} {{\n  readonly #caller: Caller;\n\n  constructor(caller: Caller) {{\n    this.#caller = \
         caller;\n  }}\n",
        comment(&format!("`client.{}`: {}", text::resource(&resource.name), resource.docs), ""),
        class_name(resource)
    );
    for operation in &resource.operations {
        out += &method(api, operation);
    }
    out + "}\n"
}

fn method(api: &Api, operation: &Operation) -> String {
    let arguments = Arguments::of(api, operation);
    let mut signature: Vec<String> = arguments
        .positional
        .iter()
        .map(|argument| format!("{}: {}", text::variable(&argument.key), argument.ty))
        .collect();
    let params = if arguments.named.is_empty() {
        "undefined"
    } else {
        let optional = if arguments.named.iter().any(|argument| argument.required) { "" } else { "?" };
        signature.push(format!("params{optional}: {}", types::params(operation)));
        "params"
    };
    signature.push("options?: RequestOptions".to_owned());
    let ids: Vec<String> = arguments
        .positional
        .iter()
        .map(|argument| format!("{}: {}", text::property(&argument.key), text::variable(&argument.key)))
        .collect();
    let ids = if ids.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", ids.join(", ")) };
    let (row, kind) = match (&operation.paging, &operation.response) {
        (Some(paging), _) => (&paging.row, "list"),
        (None, TypeRef::Array(row)) => (&**row, "rows"),
        (None, ty) => (ty, "call"),
    };
    let answer = text::ty(api, row, Way::Read, "types.");
    let answer = match kind {
        "list" => format!("Listing<{answer}>"),
        "rows" => format!("Promise<Rows<{answer}>>"),
        _ => format!("Promise<{answer}>"),
    };
    let fill = types::fill_of(api, row).map_or(String::new(), |name| format!(", fill.{name}"));
    let mut out = format!("\n{}", comment(&docs(api, operation, &arguments), "  "));
    out += &format!("  {}({}): {answer} {{\n", text::method(&operation.method), signature.join(", "));
    let name = operation.name();
    out += &format!("    return this.#caller.{kind}(\"{name}\", {ids}, {params}, options{fill});\n  }}\n");
    out
}

fn docs(api: &Api, operation: &Operation, arguments: &Arguments) -> String {
    let mut docs = about(api, operation);
    docs += "\n";
    for argument in &arguments.positional {
        let text = argument.docs.trim().replace('\n', "\n  ");
        docs += &format!("\n@param {} - {text}", text::variable(&argument.key));
    }
    if let Some(given) = arguments.example(operation) {
        let given: Vec<String> = given.iter().map(literal).collect();
        let call = format!("{}({})", call(operation), given.join(", "));
        let code = if operation.paging.is_some() {
            format!("for await (const row of {call}) {{\n  console.log(row);\n}}")
        } else {
            format!("console.log(await {call});")
        };
        docs += &format!("\n@example\n```ts\n{code}\n```");
    }
    docs
}
