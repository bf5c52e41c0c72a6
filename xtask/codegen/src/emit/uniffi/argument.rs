//! What a function takes.

use super::super::prose::billing_days;
use super::super::sdk::argument::key;
use crate::model::{Api, Operation, TypeRef};

/// Something that a function takes.
pub(super) struct Argument {
    /// Its name in the core.
    pub(super) key: String,
    pub(super) docs: String,
    pub(super) kind: Kind,
    pub(super) required: bool,
}

/// What an argument is.
pub(super) enum Kind {
    Value(TypeRef),
    /// A field of an update that may also be emptied.
    Change(TypeRef),
    BillingDays,
}

/// What a function takes: first what it must be given, in the order of the document.
pub(super) fn arguments(api: &Api, operation: &Operation) -> Vec<Argument> {
    let parameter = |parameter: &crate::model::Parameter, required: bool| Argument {
        key: key(&parameter.name, false),
        docs: parameter.docs.clone(),
        kind: Kind::Value(parameter.ty.clone()),
        required,
    };
    let mut found: Vec<Argument> = operation.path.iter().map(|path| parameter(path, true)).collect();
    found.extend(operation.query.iter().map(|query| parameter(query, query.required)));
    match (api.body_fields(operation), &operation.body) {
        (Some(fields), _) => found.extend(fields.iter().map(|field| {
            let taken = operation.path.iter().chain(&operation.query).any(|other| other.name == field.name);
            let change = field.nullable && !field.required;
            Argument {
                key: if taken { format!("body_{}", field.name) } else { key(&field.name, false) },
                docs: field.docs.clone() + if change { " Leaving it out changes nothing." } else { "" },
                kind: if change { Kind::Change(field.ty.clone()) } else { Kind::Value(field.ty.clone()) },
                required: operation.requires(field),
            }
        })),
        (None, Some(body)) => found.push(Argument {
            key: "body".to_owned(),
            docs: "The request's body.".to_owned(),
            kind: Kind::Value(body.ty.clone()),
            required: true,
        }),
        _ => {}
    }
    if let Some(days) = &operation.billing_days {
        found.push(Argument {
            key: "billing_days".to_owned(),
            docs: billing_days(
                days,
                "the days of a month or a billing cycle, or from a first to a last day.",
            ),
            kind: Kind::BillingDays,
            required: false,
        });
    }
    let own = |key: &str, docs: &str| Argument {
        key: key.to_owned(),
        docs: docs.to_owned(),
        kind: Kind::Value(TypeRef::String),
        required: false,
    };
    if operation.confirm.is_some() {
        found.push(own("confirm", "The phrase that says that this is meant."));
    }
    if operation.paging.is_some() {
        let docs = "Goes on where an interrupted listing of this operation stopped (`report.resume`). Give the same \
                    filters again.";
        found.push(own("resume", docs));
    }
    found.sort_by_key(|argument| !argument.required);
    found
}

/// The name of the enum that says how a field of this type changes.
pub(in super::super) fn change(api: &Api, ty: &TypeRef) -> String {
    fn word(api: &Api, ty: &TypeRef) -> String {
        match api.resolve(ty) {
            TypeRef::Named(name) => name.clone(),
            TypeRef::Array(inner) => format!("{}List", word(api, inner)),
            TypeRef::Map(inner) => format!("{}Map", word(api, inner)),
            TypeRef::String => "Text".to_owned(),
            TypeRef::Integer => "Integer".to_owned(),
            TypeRef::Number => "Number".to_owned(),
            TypeRef::Boolean => "Flag".to_owned(),
            TypeRef::Timestamp | TypeRef::UnixMillis => "Time".to_owned(),
            TypeRef::Secret => "Secret".to_owned(),
            TypeRef::Any => "Json".to_owned(),
        }
    }
    format!("{}Change", word(api, ty))
}
