//! `resources/`: a module per resource with its methods, once for `Client` and once for `AsyncClient`.

use heck::ToUpperCamelCase;
use serde_json::Value;

use super::super::prose::{about, billing_days};
use super::super::sdk::argument::key;
use super::text::{self, MARK, docstring, literal};
use crate::model::{Api, Operation, Resource, TypeRef};

/// The forms of billing days.
const FORMS: &str = "a month (`\"2026-02\"`), a day, a billing cycle, `BillingDays`, or a pair. Dates and `BillingDay`s name \
                     days, so the last one is included. A `datetime` must be 08:00 UTC, and as an end it is excluded.";

/// An argument of a method.
pub(super) struct Argument {
    /// Its name in Python.
    pub(super) name: String,
    /// Its name in the core.
    pub(super) key: String,
    annotation: String,
    docs: String,
    required: bool,
    /// Whether it may be given without its name.
    pub(super) positional: bool,
    /// The document's example.
    pub(super) example: Option<Value>,
}

/// Everything that a method takes: what may be given by position first, then what must be given.
pub(super) fn arguments(api: &Api, operation: &Operation) -> Vec<Argument> {
    let types = "types.";
    let mut arguments: Vec<Argument> = Vec::new();
    for parameter in &operation.path {
        arguments.push(Argument {
            name: text::argument(&key(&parameter.name, false)),
            key: key(&parameter.name, false),
            annotation: text::taken(api, &parameter.ty, types),
            docs: parameter.docs.clone(),
            required: true,
            positional: true,
            example: parameter.example.clone(),
        });
    }
    for parameter in &operation.query {
        arguments.push(Argument {
            name: text::argument(&key(&parameter.name, false)),
            key: key(&parameter.name, false),
            annotation: text::taken(api, &parameter.ty, types),
            docs: parameter.docs.clone(),
            required: parameter.required,
            positional: false,
            example: parameter.example.clone(),
        });
    }
    match (api.body_fields(operation), &operation.body) {
        (Some(fields), Some(body)) => {
            for field in fields {
                let taken = arguments.iter().any(|argument| argument.name == text::argument(&field.name));
                let prefix = if taken { "body_" } else { "" };
                let ty = text::taken(api, &field.ty, types);
                let nullable = field.nullable && !field.required;
                arguments.push(Argument {
                    name: format!("{prefix}{}", text::argument(&key(&field.name, false))),
                    key: if taken { format!("body_{}", field.name) } else { key(&field.name, false) },
                    annotation: if nullable { format!("{ty} | None") } else { ty },
                    docs: field.docs.clone()
                        + if nullable { " `None` sends null; leaving it out changes nothing." } else { "" },
                    required: operation.requires(field),
                    positional: false,
                    example: body
                        .example
                        .as_ref()
                        .filter(|_| operation.path_of(field).is_none())
                        .and_then(|example| example.get(&field.name))
                        .cloned(),
                });
            }
        }
        (None, Some(body)) => arguments.push(Argument {
            name: "body".to_owned(),
            key: "body".to_owned(),
            annotation: text::taken(api, &body.ty, types),
            docs: "The request's body.".to_owned(),
            required: true,
            positional: true,
            example: body.example.clone(),
        }),
        _ => {}
    }
    if let Some(days) = &operation.billing_days {
        arguments.push(own("billing_days", "Days", &billing_days(days, FORMS)));
    }
    if operation.confirm.is_some() {
        arguments.push(own("confirm", "str", "The phrase that says that this is meant."));
    }
    if operation.paging.is_some() {
        arguments.push(own(
            "resume",
            "str",
            "Goes on where an interrupted listing of this operation stopped (`report.resume`). Give the same filters \
             again.",
        ));
    }
    let order = |argument: &Argument| (!argument.positional, !argument.required);
    arguments.sort_by_key(order);
    arguments
}

fn own(name: &str, annotation: &str, docs: &str) -> Argument {
    Argument {
        name: name.to_owned(),
        key: name.to_owned(),
        annotation: annotation.to_owned(),
        docs: docs.to_owned(),
        required: false,
        positional: false,
        example: None,
    }
}

/// The arguments of the document's own example; `None` if it has too few.
pub(super) fn example(operation: &Operation, arguments: &[Argument]) -> Option<Vec<(String, Value)>> {
    let place = operation.paging.as_ref().map(|paging| paging.style.parameters()[0]);
    let mut given = Vec::new();
    for argument in arguments {
        match &argument.example {
            Some(example) if place != Some(argument.key.as_str()) => {
                given.push((argument.name.clone(), example.clone()));
            }
            _ if argument.required => return None,
            _ => {}
        }
    }
    if let Some(phrase) = &operation.confirm {
        let mut phrase = phrase.clone();
        for parameter in &operation.path {
            phrase = phrase.replace(
                &format!("{{{}}}", parameter.name),
                parameter.example.as_ref().and_then(Value::as_str)?,
            );
        }
        given.push(("confirm".to_owned(), Value::String(phrase)));
    }
    Some(given)
}

/// The attributes of the two clients.
pub(super) fn index(api: &Api) -> String {
    let mut out = format!(
        "{MARK}\"\"\"The resources of a client, loaded when the first client is made.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from .._typing import TYPE_CHECKING\n\n\
         if TYPE_CHECKING:\n\
         \x20   from .._base import AsyncCaller, SyncCaller\n"
    );
    for resource in &api.resources {
        let class = resource.name.to_upper_camel_case();
        let module = text::resource(&resource.name);
        out += &format!("    from .{module} import Async{class}, {class}\n");
    }
    out += "\n__all__ = [\"AsyncResources\", \"Resources\"]\n";
    for (class, prefix, caller, which) in
        [("Resources", "", "SyncCaller", "Client"), ("AsyncResources", "Async", "AsyncCaller", "AsyncClient")]
    {
        out += &format!("\n\nclass {class}:\n    \"\"\"The resources of `{which}`.\"\"\"\n");
        let named: Vec<(String, String, &str)> = api
            .resources
            .iter()
            .map(|resource| {
                let ty = format!("{prefix}{}", resource.name.to_upper_camel_case());
                (text::resource(&resource.name), ty, resource.docs.as_str())
            })
            .collect();
        for (name, ty, docs) in &named {
            out += &format!("\n    {name}: {ty}\n");
            out += &docstring(docs, "    ");
        }
        out += &format!("\n    def _bind(self, caller: {caller}) -> None:\n");
        for (name, ty, _) in &named {
            out += &format!("        from .{name} import {ty}\n");
        }
        out += "\n";
        for (name, ty, _) in &named {
            out += &format!("        self.{name} = {ty}(caller)\n");
        }
    }
    out
}

/// The module of a resource.
pub(super) fn file(api: &Api, resource: &Resource) -> String {
    let class = resource.name.to_upper_camel_case();
    let mut out = MARK.to_owned();
    out += &docstring(&format!("`client.{}`: {}", resource.name, resource.docs), "");
    out += "\nfrom __future__ import annotations\n\n";
    let mut body = String::new();
    body += &format!("\n__all__ = [\"Async{class}\", \"{class}\"]\n");
    for (prefix, caller) in [("", "SyncCaller"), ("Async", "AsyncCaller")] {
        body += &format!("\n\nclass {prefix}{class}:\n");
        body += &docstring(&resource.docs, "    ");
        body += &format!(
            "\n    __slots__ = (\"_caller\",)\n\n    def __init__(self, caller: {caller}) -> None:\n        self._caller = caller\n"
        );
        for operation in &resource.operations {
            body += &method(api, operation, prefix == "Async");
        }
    }
    let imports = text::imports(
        &body,
        &[
            ("..", "types"),
            (".._listing", "AsyncListing"),
            (".._listing", "Listing"),
            (".._params", "NOT_GIVEN"),
        ],
        &[
            ("collections.abc", "Iterable"),
            ("collections.abc", "Mapping"),
            ("datetime", "datetime"),
            ("typing", "Any"),
            (".._base", "AsyncCaller"),
            (".._base", "SyncCaller"),
            (".._native", "NotGiven"),
            (".._native", "Secret"),
            (".._params", "Days"),
            (".._params", "Instant"),
            (".._params", "Progress"),
            (".._rows", "Rows"),
        ],
    );
    out + &imports + &body
}

fn method(api: &Api, operation: &Operation, is_async: bool) -> String {
    let arguments = arguments(api, operation);
    let mut signature = vec!["self".to_owned()];
    let mut named = false;
    for argument in &arguments {
        if !argument.positional && !named {
            named = true;
            signature.push("*".to_owned());
        }
        let Argument { name, annotation, .. } = argument;
        signature.push(if argument.required {
            format!("{name}: {annotation}")
        } else {
            format!("{name}: {annotation} | NotGiven = NOT_GIVEN")
        });
    }
    if operation.paging.is_some() {
        if !named {
            signature.push("*".to_owned());
        }
        signature.push("progress: Progress = False".to_owned());
    }
    let given: Vec<String> =
        arguments.iter().map(|argument| format!("\"{}\": {}", argument.key, argument.name)).collect();
    let given = format!("{{{}}}", given.join(", "));
    let name = operation.name();
    let prefix = if is_async { "Async" } else { "" };
    let wait = if is_async { "await " } else { "" };
    let (answer, body) = match (&operation.paging, &operation.response) {
        (Some(paging), _) => {
            let row = text::read(api, &paging.row, "types.");
            let native = text::native(api, &paging.row, "types.");
            (
                format!("{prefix}Listing[{row}]"),
                format!("{prefix}Listing(self._caller, \"{name}\", {native}, {given}, progress)"),
            )
        }
        (None, TypeRef::Array(row)) => {
            let native = text::native(api, row, "types.");
            (
                format!("Rows[{}]", text::read(api, row, "types.")),
                format!("{wait}self._caller.rows(\"{name}\", {native}, {given})"),
            )
        }
        (None, ty) => {
            let native = text::native(api, ty, "types.");
            (text::read(api, ty, "types."), format!("{wait}self._caller.call(\"{name}\", {native}, {given})"))
        }
    };
    let body = format!("        return {body}\n");
    let keyword = if is_async && operation.paging.is_none() { "async def" } else { "def" };
    let mut out = format!("\n    {keyword} {}(\n", text::argument(&operation.method));
    for part in signature {
        out += &format!("        {part},\n");
    }
    out += &format!("    ) -> {answer}:\n");
    out += &docstring(&docs(api, operation, &arguments, is_async), "        ");
    out + &body
}

fn docs(api: &Api, operation: &Operation, arguments: &[Argument], is_async: bool) -> String {
    let mut docs = about(api, operation);
    let mut described: Vec<(String, String)> =
        arguments.iter().map(|argument| (argument.name.clone(), argument.docs.clone())).collect();
    if operation.paging.is_some() {
        described.push((
            "progress".to_owned(),
            "`True` shows a bar (needs tqdm); a function is called with the `Report` after each page."
                .to_owned(),
        ));
    }
    if !described.is_empty() {
        docs += "\n\nArgs:\n";
        for (name, text) in described {
            let text = text.trim().replace('\n', "\n        ");
            docs += &format!("    {name}: {text}\n");
        }
    }
    if let Some(example) = example(operation, arguments) {
        let positional =
            |name: &str| arguments.iter().any(|argument| argument.positional && argument.name == name);
        let given: Vec<String> = example
            .iter()
            .map(
                |(name, value)| {
                    if positional(name) { literal(value) } else { format!("{name}={}", literal(value)) }
                },
            )
            .collect();
        let call = format!(
            "client.{}.{}({})",
            text::resource(&operation.resource),
            text::argument(&operation.method),
            given.join(", ")
        );
        let (each, wait) = if is_async { ("async for", "await ") } else { ("for", "") };
        docs = format!("{}\n\nExample:\n", docs.trim_end());
        docs += &if operation.paging.is_some() {
            format!("    >>> {each} row in {call}:\n    ...     print(row)\n")
        } else {
            format!("    >>> print({wait}{call})\n")
        };
    }
    docs
}
