//! Rust: the methods and calls of `devin-v2`, and the types that progenitor made.

use std::collections::BTreeMap;

use syn::{FnArg, GenericArgument, Item, Pat, PathArguments, ReturnType, Type, TypeParamBound, Visibility};

use super::led_to;
use crate::shown::{Case, Declared, Method, Shown, Ty};
use crate::sources::Sources;

const SDK: &str = "crates/sdk/src/generated";
const API: &str = "crates/api/src/generated";

/// Types that are neither records nor enums, also as what is made into one.
const PLAIN: &[&str] = &[
    "String",
    "bool",
    "u32",
    "u64",
    "i32",
    "i64",
    "f32",
    "f64",
    "Timestamp",
    "IntoTimestamp",
    "UnixMillis",
    "Secret",
    "Value",
    "ResumeToken",
];

/// Public functions of a type by name.
type Functions = BTreeMap<String, syn::Signature>;

pub(super) fn read(sources: &Sources) -> Result<Shown, String> {
    let client = functions(&parse(sources, &format!("{SDK}/mod.rs"))?).remove("Client").unwrap_or_default();
    let (mut led, mut classes) = (BTreeMap::new(), BTreeMap::new());
    for (resource, signature) in client {
        let ReturnType::Type(_, ty) = &signature.output else { continue };
        let Type::Path(path) = &**ty else { continue };
        let names: Vec<String> = path.path.segments.iter().map(|part| part.ident.to_string()).collect();
        let [module, class] = &names[..] else {
            return Err(format!("{SDK}/mod.rs: {names:?} of {resource}"));
        };
        let path = format!("{SDK}/{module}.rs");
        let mut calls = functions(&parse(sources, &path)?);
        let starts = calls.remove(class).unwrap_or_default();
        let methods = starts.into_iter().map(|(name, signature)| {
            method(&signature, &calls).map(|method| (name, method)).map_err(|what| format!("{path}: {what}"))
        });
        classes.insert(format!("{module}::{class}"), methods.collect::<Result<_, _>>()?);
        led.insert(resource, Ty::Named(format!("{module}::{class}")));
    }
    Ok(Shown {
        language: "rust",
        code: Case::AsIs,
        data: Case::AsIs,
        value: Case::AsIs,
        body: "body",
        methods: led_to(&led, classes),
        types: types(sources)?,
        page: page(sources)?,
    })
}

fn parse(sources: &Sources, path: &str) -> Result<Vec<Item>, String> {
    let file = syn::parse_file(sources.text(path)?).map_err(|error| format!("{path}: {error}"))?;
    Ok(file.items)
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// The public functions of types, but for those of traits.
fn functions(items: &[Item]) -> BTreeMap<String, Functions> {
    let mut all: BTreeMap<String, Functions> = BTreeMap::new();
    for item in items {
        let Item::Impl(block) = item else { continue };
        let Type::Path(path) = &*block.self_ty else { continue };
        let (Some(name), None) = (path.path.get_ident(), &block.trait_) else { continue };
        let functions = all.entry(name.to_string()).or_default();
        for item in &block.items {
            if let syn::ImplItem::Fn(function) = item
                && is_public(&function.vis)
            {
                functions.insert(function.sig.ident.to_string(), function.sig.clone());
            }
        }
    }
    all
}

/// A method and the call that it starts: arguments and setters are parameters, `page` or `send` gives the answer.
fn method(start: &syn::Signature, calls: &BTreeMap<String, Functions>) -> Result<Method, String> {
    let named = |output: &ReturnType| match output {
        ReturnType::Type(_, ty) => understood(ty),
        ReturnType::Default => Err(format!("`{}` gives nothing", start.ident)),
    };
    let Ty::Named(call) = named(&start.output)? else {
        return Err(format!("`{}` starts no call", start.ident));
    };
    let call = calls.get(&call).ok_or_else(|| format!("`{call}` has no functions"))?;
    let mut parameters = arguments(start)?;
    for (name, function) in call {
        if let ReturnType::Type(_, ty) = &function.output
            && matches!(understood(ty), Ok(Ty::Named(name)) if name == "Self")
            && let Some((_, ty)) = arguments(function)?.pop_first()
        {
            parameters.insert(name.clone(), ty);
        }
    }
    let answer = match (call.get("page"), call.get("send")) {
        (Some(page), None) => named(&page.output)?,
        (None, Some(send)) => named(&send.output)?,
        _ => return Err(format!("`{}` has to end in either a page or an answer", start.ident)),
    };
    Ok(Method { parameters, answer })
}

fn arguments(signature: &syn::Signature) -> Result<BTreeMap<String, Ty>, String> {
    let mut arguments = BTreeMap::new();
    for argument in &signature.inputs {
        if let FnArg::Typed(argument) = argument {
            let Pat::Ident(name) = &*argument.pat else {
                return Err(format!("{}: a pattern", signature.ident));
            };
            arguments.insert(name.ident.to_string(), understood(&argument.ty)?);
        }
    }
    Ok(arguments)
}

fn understood(ty: &Type) -> Result<Ty, String> {
    let path = match ty {
        Type::Path(path) => &path.path,
        Type::ImplTrait(of) => match of.bounds.first() {
            Some(TypeParamBound::Trait(bound)) if of.bounds.len() == 1 => &bound.path,
            _ => return Err("a parameter of several traits".to_owned()),
        },
        _ => return Err("a type that is neither a name nor a trait".to_owned()),
    };
    let last = path.segments.last().ok_or("a type without a name")?;
    let mut parts = Vec::new();
    if let PathArguments::AngleBracketed(arguments) = &last.arguments {
        for argument in &arguments.args {
            match argument {
                GenericArgument::Type(ty) => parts.push(ty),
                GenericArgument::AssocType(of) if of.ident == "Item" => parts.push(&of.ty),
                _ => return Err(format!("`{}` of something that isn't a type", last.ident)),
            }
        }
    }
    let boxed = |part: &Type| understood(part).map(Box::new);
    Ok(match (last.ident.to_string().as_str(), &parts[..]) {
        ("Option" | "Box" | "Into" | "Nullable", [of]) | ("Result", [of, _]) => understood(of)?,
        ("Vec" | "Rows" | "IntoIterator", [row]) => Ty::List(boxed(row)?),
        ("HashMap" | "BTreeMap" | "Map", [_, value]) => Ty::Map(boxed(value)?),
        ("Page", [row]) => Ty::Listing(boxed(row)?),
        ("T", []) => Ty::Row,
        (name, []) if PLAIN.contains(&name) => Ty::Plain,
        (name, []) => Ty::Named(name.to_owned()),
        (name, _) => return Err(format!("don't know the type `{name}`")),
    })
}

/// Structs by the names of their fields in JSON, and the enums beside them.
fn types(sources: &Sources) -> Result<BTreeMap<String, Declared>, String> {
    let path = format!("{API}/client.rs");
    let mut types = enums(sources)?;
    for item in parse(sources, &path)? {
        let Item::Mod(module) = item else { continue };
        if module.ident != "types" {
            continue;
        }
        for item in module.content.map(|(_, items)| items).unwrap_or_default() {
            if let Item::Struct(item) = item {
                let record = record(&item).map_err(|what| format!("{path}: {}: {what}", item.ident))?;
                types.insert(item.ident.to_string(), record);
            }
        }
    }
    Ok(types)
}

fn record(item: &syn::ItemStruct) -> Result<Declared, String> {
    let (mut members, mut open) = (BTreeMap::new(), false);
    for field in item.fields.iter().filter(|field| is_public(&field.vis)) {
        let Some(name) = &field.ident else { continue };
        let (mut name, mut skipped) = (name.to_string(), false);
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            let read = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("rename") {
                    name = meta.value()?.parse::<syn::LitStr>()?.value();
                } else if meta.path.is_ident("flatten") {
                    (open, skipped) = (true, true);
                } else if meta.path.is_ident("default") && !meta.input.peek(syn::Token![=]) {
                } else if meta.path.is_ident("default") || meta.path.is_ident("skip_serializing_if") {
                    meta.value()?.parse::<syn::LitStr>()?;
                } else {
                    return Err(meta.error("don't know what that does"));
                }
                Ok(())
            });
            read.map_err(|error| error.to_string())?;
        }
        if !skipped {
            members.insert(name, understood(&field.ty)?);
        }
    }
    Ok(Declared::Record { members, open })
}

/// `open_enum! { Name { Variant = "value", … } }`
fn enums(sources: &Sources) -> Result<BTreeMap<String, Declared>, String> {
    let path = format!("{API}/enums.rs");
    let mut enums = BTreeMap::new();
    for item in parse(sources, &path)? {
        let Item::Macro(item) = item else {
            return Err(format!("{path}: something that isn't an open enum"));
        };
        let read = item.mac.parse_body_with(|input: syn::parse::ParseStream<'_>| {
            syn::Attribute::parse_outer(input)?;
            let name: syn::Ident = input.parse()?;
            let (mut values, inner) = (BTreeMap::new(), {
                let inner;
                syn::braced!(inner in input);
                inner
            });
            while !inner.is_empty() {
                syn::Attribute::parse_outer(&inner)?;
                inner.parse::<syn::Ident>()?;
                inner.parse::<syn::Token![=]>()?;
                values.insert(inner.parse::<syn::LitStr>()?.value(), None);
                inner.parse::<syn::Token![,]>()?;
            }
            Ok((name.to_string(), Declared::Values(values)))
        });
        let (name, values) = read.map_err(|error| format!("{path}: {error}"))?;
        enums.insert(name, values);
    }
    Ok(enums)
}

fn page(sources: &Sources) -> Result<BTreeMap<String, Ty>, String> {
    let path = "crates/sdk/src/paging.rs";
    for item in parse(sources, path)? {
        if let Item::Struct(item) = item
            && item.ident == "Page"
            && let Declared::Record { members, .. } =
                record(&item).map_err(|what| format!("{path}: {what}"))?
        {
            return Ok(members);
        }
    }
    Err(format!("{path}: no longer has pages"))
}
