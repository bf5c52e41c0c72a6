//! `types.py`: a class per answer, an alias per enum, a `TypedDict` per object that a call takes.

use std::collections::BTreeSet;

use serde_json::Value;

use super::text::{self, MARK, docstring, literal};
use crate::model::{Api, Field, Shape, Type, TypeRef};

pub(super) fn file(api: &Api) -> String {
    let (read, written) = (api.answer_types(), api.argument_types());
    let mut out = String::new();
    let names: Vec<String> = api
        .types
        .iter()
        .flat_map(|named| {
            let mut names = Vec::new();
            match &named.shape {
                Shape::Enum(_) if read.contains(&named.name) || written.contains(&named.name) => {
                    names.push(named.name.clone());
                }
                Shape::Object(_) => {
                    if read.contains(&named.name) {
                        names.push(named.name.clone());
                    }
                    if written.contains(&named.name) {
                        names.push(format!("{}Param", named.name));
                    }
                }
                _ => {}
            }
            names
        })
        .collect();
    out += "__all__ = [\n";
    let mut sorted = names;
    sorted.sort_unstable();
    for name in sorted {
        out += &format!("    \"{name}\",\n");
    }
    out += "]\n";
    for named in &api.types {
        if let Shape::Enum(values) = &named.shape
            && (read.contains(&named.name) || written.contains(&named.name))
        {
            let values: Vec<String> =
                values.iter().map(|value| literal(&Value::String(value.clone()))).collect();
            out += &format!("\n{} = Union[Literal[{}], str]\n", named.name, values.join(", "));
            let docs = format!("{}\n\nValues that this version doesn't know come as they are.", named.docs);
            out += &docstring(&docs, "");
        }
    }
    let mut classes = Classes { api, begun: BTreeSet::new(), done: BTreeSet::new(), out };
    for named in &api.types {
        if read.contains(&named.name) {
            classes.add(named);
        }
    }
    let mut out = classes.out;
    for named in &api.types {
        if let Shape::Object(fields) = &named.shape
            && written.contains(&named.name)
        {
            out += &typed_dict(api, named, fields);
        }
    }
    let head = "\"\"\"What the service answers, and what calls take beside plain values.\"\"\"\n\n\
                from __future__ import annotations\n\n";
    let imports = text::imports(
        &out,
        &[
            ("typing", "Any"),
            ("typing", "Literal"),
            ("typing", "TypedDict"),
            ("typing", "Union"),
            ("._model", "Model"),
            ("._native", "BillingDays"),
        ],
        &[
            ("collections.abc", "Iterable"),
            ("collections.abc", "Mapping"),
            ("datetime", "datetime"),
            ("typing", "Required"),
            ("._native", "Field"),
            ("._native", "Secret"),
            ("._params", "Instant"),
        ],
    );
    format!("{MARK}{head}{imports}\n{out}")
}

/// The classes of answers, each after those that it is made of.
struct Classes<'a> {
    api: &'a Api,
    begun: BTreeSet<String>,
    done: BTreeSet<String>,
    out: String,
}

impl Classes<'_> {
    fn add(&mut self, named: &Type) {
        let Shape::Object(fields) = &named.shape else { return };
        if !self.begun.insert(named.name.clone()) {
            return;
        }
        let api = self.api;
        for field in fields {
            if let Some(inner) = api.named_in(&field.ty).and_then(|name| api.named(&name)) {
                self.add(inner);
            }
        }
        let lines = self.class(named, fields);
        self.out += &lines;
        self.done.insert(named.name.clone());
    }

    /// The type of a field; one that holds the class itself can't name it yet, and comes as plain values.
    fn ty<'t>(&self, ty: &'t TypeRef) -> &'t TypeRef {
        let name = self.api.named_in(ty);
        let is_object = |name: &String| matches!(self.api.shape(name), Some(Shape::Object(_)));
        match name.filter(is_object) {
            Some(name) if !self.done.contains(&name) => &TypeRef::Any,
            _ => ty,
        }
    }

    fn class(&self, named: &Type, fields: &[Field]) -> String {
        let api = self.api;
        let mut out = format!("\n\nclass {}(Model):\n", named.name);
        out += &docstring(&named.docs, "    ");
        out += "\n    __slots__ = ()\n";
        out += "    _spec = (\n";
        for field in fields {
            let default = default(api, field);
            let sensitive = field.sensitive.as_ref().map_or("None".to_owned(), |kind| format!("\"{kind}\""));
            let key = field.key.as_ref().map_or("None".to_owned(), |key| format!("\"{key}\""));
            out += &format!(
                "        (\"{}\", {}, {}, {}, {default}, {sensitive}, {key}),\n",
                text::attribute(&field.name),
                literal(&Value::String(field.name.clone())),
                text::native(api, self.ty(&field.ty), ""),
                if field.nullable { "True" } else { "False" },
            );
        }
        out += "    )\n";
        for field in fields {
            let ty = text::read(api, self.ty(&field.ty), "");
            let never_none = !field.nullable && (field.required || default(api, field) != "None");
            let ty = if never_none { ty } else { format!("{ty} | None") };
            // A descriptor, as at run time: checkers see its value on objects, and that it can't be set.
            out += &format!("\n    {}: Field[{ty}]\n", text::attribute(&field.name));
            let mut docs = field.docs.clone();
            match field.sensitive.as_deref() {
                Some("personal") => docs += "\n\nPersonal: not shown by `repr`.",
                Some("secret") => docs += "\n\nSecret: shown redacted.",
                _ => {}
            }
            if !docs.trim().is_empty() {
                out += &docstring(&docs, "    ");
            }
        }
        if let Some((start, end)) = &named.billing_days {
            let docs = "Its billing days. The end is excluded.";
            out += "\n    @property\n    def days(self) -> BillingDays:\n";
            out += &docstring(docs, "        ");
            out += &format!(
                "        return BillingDays.between(self.{}, self.{})\n",
                text::attribute(start),
                text::attribute(end)
            );
        }
        out
    }
}

/// What a field is that the service left out.
pub(in super::super) fn default(api: &Api, field: &Field) -> String {
    match (&field.default, api.resolve(&field.ty)) {
        (Some(Value::Array(values)), _) if values.is_empty() => "()".to_owned(),
        (Some(value), _) => literal(value),
        (None, TypeRef::Array(_) | TypeRef::Map(_)) if !field.nullable => "()".to_owned(),
        (None, _) => "None".to_owned(),
    }
}

fn typed_dict(api: &Api, named: &Type, fields: &[Field]) -> String {
    let annotation = |field: &Field| {
        let ty = text::taken(api, &field.ty, "");
        let ty = if field.nullable { format!("{ty} | None") } else { ty };
        if field.required { format!("Required[{ty}]") } else { ty }
    };
    let name = format!("{}Param", named.name);
    if !fields.iter().all(|field| text::is_identifier(&field.name)) {
        let members: Vec<String> = fields
            .iter()
            .map(|field| {
                format!("{}: \"{}\"", literal(&Value::String(field.name.clone())), annotation(field))
            })
            .collect();
        return format!("\n\n{name} = TypedDict(\"{name}\", {{{}}}, total=False)\n", members.join(", "))
            + &docstring(&named.docs, "");
    }
    let mut out = format!("\n\nclass {name}(TypedDict, total=False):\n");
    out += &docstring(&named.docs, "    ");
    for field in fields {
        out += &format!("\n    {}: {}\n", field.name, annotation(field));
        if !field.docs.trim().is_empty() {
            out += &docstring(&field.docs, "    ");
        }
    }
    out
}
