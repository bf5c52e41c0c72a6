//! `types.rs`: records, enums, and how they are read and written.

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;
use serde_json::Value;

use super::super::rust::{MARK, ident, prose};
use super::argument::{Kind, arguments, change};
use crate::model::{Api, Field, Shape, Type, TypeRef};

pub(super) fn file(api: &Api) -> String {
    let (read, written) = (api.answer_types(), api.argument_types());
    let mut body = String::new();
    for named in &api.types {
        let (read, written) = (read.contains(&named.name), written.contains(&named.name));
        match &named.shape {
            Shape::Enum(values) if read || written => body += &open_enum(named, values),
            Shape::Object(fields) if read || written => {
                body += &record(api, named, fields, read);
                if read {
                    body += &reading(api, named, fields);
                }
                if written {
                    body += &writing(api, named, fields, read);
                }
            }
            _ => {}
        }
    }
    for (name, ty) in changes(api) {
        body += &format!(
            "\nchange!(\n    /// A change of a field that may also be emptied.\n    {name}, {ty}\n);\n"
        );
    }
    format!(
        "{MARK}#![allow(unused_imports, reason = \"not every document needs everything\")]\n\nuse \
         std::collections::HashMap;\nuse std::sync::Arc;\nuse std::time::SystemTime;\n\nuse serde::de::MapAccess;\nuse \
         serde_json::Value;\n\nuse crate::secret::Secret;\nuse crate::value::{{Fields, JsonText, Members, Object, Sent, \
         change, open_enum, required}};\n{body}"
    )
}

/// Enums that say how a field changes, and the types of their values.
pub(super) fn changes(api: &Api) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for operation in api.operations() {
        for argument in arguments(api, operation) {
            if let Kind::Change(ty) = argument.kind {
                found.insert(change(api, &ty), self::ty(api, &ty));
            }
        }
    }
    found
}

/// A type in Rust.
pub(super) fn ty(api: &Api, of: &TypeRef) -> String {
    match api.resolve(of) {
        TypeRef::Named(name) => match api.shape(name) {
            // A record can't hold itself, however deep: it has no end.
            Some(Shape::Object(_)) if !reaches(api, name, name, 0) => name.clone(),
            Some(Shape::Enum(_)) => name.clone(),
            _ => "JsonText".to_owned(),
        },
        TypeRef::Array(inner) => format!("Vec<{}>", ty(api, inner)),
        TypeRef::Map(inner) => format!("HashMap<String, {}>", ty(api, inner)),
        TypeRef::String => "String".to_owned(),
        TypeRef::Integer => "i64".to_owned(),
        TypeRef::Number => "f64".to_owned(),
        TypeRef::Boolean => "bool".to_owned(),
        TypeRef::Timestamp | TypeRef::UnixMillis => "SystemTime".to_owned(),
        TypeRef::Secret => "Arc<Secret>".to_owned(),
        TypeRef::Any => "JsonText".to_owned(),
    }
}

/// Whether a type holds another one somewhere.
fn reaches(api: &Api, from: &str, wanted: &str, depth: usize) -> bool {
    let Some(Shape::Object(fields)) = api.shape(from) else { return false };
    depth > 16
        || fields.iter().any(|field| {
            api.named_in(&field.ty)
                .is_some_and(|name| name == wanted || reaches(api, &name, wanted, depth + 1))
        })
}

/// How a field stands in its record.
pub(in super::super) enum Held {
    Required,
    Optional,
    /// With what stands for it where it is missing or null.
    Or(String),
}

pub(in super::super) fn held(api: &Api, field: &Field) -> Held {
    if field.nullable {
        return Held::Optional;
    }
    match (&field.default, api.resolve(&field.ty)) {
        (Some(Value::String(text)), TypeRef::Named(name))
            if matches!(api.shape(name), Some(Shape::Enum(_))) =>
        {
            let values = match api.shape(name) {
                Some(Shape::Enum(values)) => values.as_slice(),
                _ => &[],
            };
            let variant = variants(values).into_iter().find(|(value, _)| value == text);
            variant.map_or(Held::Optional, |(_, variant)| Held::Or(format!("{name}::{variant}")))
        }
        (Some(Value::String(text)), TypeRef::String) => Held::Or(format!("{text:?}.to_owned()")),
        (
            Some(value @ (Value::Bool(_) | Value::Number(_))),
            TypeRef::Integer | TypeRef::Number | TypeRef::Boolean,
        ) => Held::Or(value.to_string()),
        (Some(Value::Array(_)) | None, TypeRef::Array(_)) if !field.required || field.default.is_some() => {
            Held::Or("Vec::new()".to_owned())
        }
        (Some(Value::Object(_)) | None, TypeRef::Map(_)) if !field.required || field.default.is_some() => {
            Held::Or("HashMap::new()".to_owned())
        }
        _ if field.required => Held::Required,
        _ => Held::Optional,
    }
}

/// The name of what holds the fields that a record doesn't know.
pub(super) fn rest(fields: &[Field]) -> &'static str {
    if fields.iter().any(|field| field.name == "extra") { "other_fields" } else { "extra" }
}

fn comment(text: &str, indent: &str) -> String {
    prose(text).lines().map(|line| format!("{indent}/// {line}").trim_end().to_owned() + "\n").collect()
}

/// Values of an enum, with the names of their variants.
pub(in super::super) fn variants(values: &[String]) -> Vec<(String, String)> {
    let mut taken = vec!["Unknown".to_owned()];
    let variant = |value: &String| {
        let mut variant = value.to_upper_camel_case();
        if !variant.starts_with(|first: char| first.is_ascii_alphabetic()) {
            variant = format!("Value{variant}");
        }
        while taken.contains(&variant) || syn::parse_str::<syn::Ident>(&variant).is_err() {
            variant.push('_');
        }
        taken.push(variant.clone());
        (value.clone(), variant)
    };
    values.iter().map(variant).collect()
}

fn open_enum(named: &Type, values: &[String]) -> String {
    let mut out = format!("\nopen_enum!(\n{}    {} {{\n", comment(&named.docs, "    "), named.name);
    for (value, variant) in variants(values) {
        out += &format!("        {variant} = {value:?},\n");
    }
    out + "    }\n);\n"
}

fn record(api: &Api, named: &Type, fields: &[Field], read: bool) -> String {
    let mut out = format!(
        "\n{}#[derive(Clone, Debug, PartialEq, uniffi::Record)]\npub struct {} {{\n",
        comment(&named.docs, ""),
        named.name
    );
    for field in fields {
        let mut docs = field.docs.clone();
        if field.sensitive.as_deref() == Some("personal") {
            docs += "\n\nPersonal data.";
        }
        out += &comment(&docs, "    ");
        let ty = ty(api, &field.ty);
        let (before, ty) = match held(api, field) {
            Held::Optional => ("    #[uniffi(default = None)]\n", format!("Option<{ty}>")),
            Held::Required | Held::Or(_) => ("", ty),
        };
        out += &format!("{before}    pub {}: {ty},\n", ident(&field.name));
    }
    if read {
        out += "    /// Fields that this version does not know, as JSON.\n    #[uniffi(default)]\n";
        out += &format!("    pub {}: HashMap<String, JsonText>,\n", rest(fields));
    }
    out + "}\n"
}

fn reading(api: &Api, named: &Type, fields: &[Field]) -> String {
    let mut out = format!(
        "\nimpl Object for {} {{\n    fn gather<'de, A: MapAccess<'de>>(mut members: Members<A>) -> Result<Self, A::Error> {{\n",
        named.name
    );
    for field in fields {
        let ty = ty(api, &field.ty);
        let ty = match held(api, field) {
            Held::Required => ty,
            Held::Optional | Held::Or(_) => format!("Option<{ty}>"),
        };
        out += &format!("        let mut {}: Option<{ty}> = None;\n", ident(&field.name));
    }
    let rest = rest(fields);
    out += &format!("        let mut {rest} = HashMap::new();\n");
    out += "        while let Some(member_name) = members.name()? {\n            \
            match &*member_name {\n";
    for field in fields {
        out += &format!(
            "                {:?} => {} = Some(members.value()?),\n",
            field.name,
            ident(&field.name)
        );
    }
    out +=
        &format!("                _ => drop({rest}.insert(member_name.into_owned(), members.value()?)),\n");
    out += "            }\n        }\n        \
            Ok(Self {\n";
    for field in fields {
        let name = ident(&field.name);
        out += &match held(api, field) {
            Held::Or(default) => {
                let or = match default.as_str() {
                    "Vec::new()" | "HashMap::new()" => "unwrap_or_default()".to_owned(),
                    text if text.ends_with("to_owned()") => format!("unwrap_or_else(|| {text})"),
                    other => format!("unwrap_or({other})"),
                };
                format!("            {name}: {name}.flatten().{or},\n")
            }
            Held::Required | Held::Optional => {
                format!("            {name}: required({name}, {:?})?,\n", field.name)
            }
        };
    }
    out + &format!("            {rest},\n        }})\n    }}\n}}\n")
}

fn writing(api: &Api, named: &Type, fields: &[Field], read: bool) -> String {
    let mut out = format!(
        "\nimpl Sent for {} {{\n    fn json(self) -> Value {{\n        Fields::default()\n",
        named.name
    );
    for field in fields {
        let with = match held(api, field) {
            Held::Optional if field.required => "with_or_null",
            Held::Optional => "with_some",
            Held::Required | Held::Or(_) => "with",
        };
        out += &format!("            .{with}({:?}, self.{})\n", field.name, ident(&field.name));
    }
    if read {
        out += &format!("            .with_all(self.{})\n", rest(fields));
    }
    out + "            .json()\n    }\n}\n"
}
