//! Swift: structs and enums of uniffi, and the structs of resources over them.

use std::collections::BTreeMap;

use super::led_to;
use crate::shown::{Case, Declared, Method, Shown, Ty};
use crate::sources::Sources;
use crate::tokens::{Syntax, Tokens};

const SYNTAX: Syntax = Syntax {
    comment: "//",
    quotes: &["\"\"\"", "\""],
    backticks: true,
    plain: &["String", "Int64", "Double", "Bool", "Date", "Secret", "JsonText"],
};

const PACKAGE: &str = "bindings/swift/Sources/DevinV2";

pub(super) fn read(sources: &Sources) -> Result<Shown, String> {
    let path = format!("{PACKAGE}/generated/Resources.swift");
    let mut tokens = Tokens::of(&path, sources.text(&path)?, SYNTAX)?;
    let mut classes = BTreeMap::new();
    while tokens.find(&["public", "struct"]) {
        let name = tokens.word()?.to_owned();
        tokens.skip_to(&["{"])?;
        classes.insert(name, functions(&mut tokens)?);
    }
    let client = client(&mut Tokens::of(&path, sources.text(&path)?, SYNTAX)?)?;
    Ok(Shown {
        language: "swift",
        code: Case::Camel,
        data: Case::Camel,
        value: Case::Camel,
        body: "body",
        methods: led_to(&client, classes),
        types: types(sources)?,
        page: page(sources)?,
    })
}

/// The properties that lead to resources.
fn client(tokens: &mut Tokens<'_>) -> Result<BTreeMap<String, Ty>, String> {
    let mut properties = BTreeMap::new();
    if !tokens.find(&["extension", "DevinClient"]) {
        return Err(tokens.wrong("expected an extension of DevinClient"));
    }
    tokens.expect(&["{"])?;
    while tokens.eat(&["public", "var"]) {
        let name = tokens.word()?.to_owned();
        tokens.expect(&[":"])?;
        properties.insert(name, tokens.ty()?);
        tokens.skip_group()?;
    }
    tokens.expect(&["}"])?;
    Ok(properties)
}

/// The functions of a struct, which opens here.
fn functions(tokens: &mut Tokens<'_>) -> Result<BTreeMap<String, Method>, String> {
    let mut functions = BTreeMap::new();
    tokens.expect(&["{", "let", "native", ":", "NativeClient"])?;
    while !tokens.eat(&["}"]) {
        tokens.eat(&["@", "discardableResult"]);
        tokens.expect(&["public", "func"])?;
        let name = tokens.word()?.to_owned();
        let parameters = tokens.values(&[])?;
        tokens.eat(&["async", "throws"]);
        tokens.expect(&["->"])?;
        functions.insert(name, Method { parameters, answer: tokens.ty()? });
        tokens.skip_group()?;
    }
    Ok(functions)
}

fn types(sources: &Sources) -> Result<BTreeMap<String, Declared>, String> {
    let path = format!("{PACKAGE}/generated/devin_v2_uniffi.swift");
    let mut types = BTreeMap::new();
    let mut tokens = Tokens::of(&path, sources.text(&path)?, SYNTAX)?;
    while let Some(token) = tokens.next() {
        if token.indent != Some(0) || !token.is("public") {
            continue;
        }
        if tokens.eat(&["struct"]) {
            let name = tokens.word()?.to_owned();
            if !name.starts_with("FfiConverter") {
                let members = members(&mut tokens)?;
                let open = matches!(members.get("extra"), Some(Ty::Map(_)));
                types.insert(name, Declared::Record { members, open });
            }
        } else if tokens.eat(&["enum"]) {
            let name = tokens.word()?.to_owned();
            // Errors are described by what they say, in functions.
            if name != "DevinError" {
                types.insert(name, Declared::Values(cases(&mut tokens)?));
            }
        }
    }
    Ok(types)
}

/// The members of a struct, up to what makes it.
fn members(tokens: &mut Tokens<'_>) -> Result<BTreeMap<String, Ty>, String> {
    let mut members = BTreeMap::new();
    tokens.skip_to(&["{"])?;
    tokens.expect(&["{"])?;
    while !tokens.eat(&["public", "init"]) && !tokens.eat(&["init"]) {
        if !tokens.eat(&["public", "let"]) {
            tokens.expect(&["public", "var"])?;
        }
        let name = tokens.word()?.to_owned();
        tokens.expect(&[":"])?;
        members.insert(name, tokens.ty()?);
    }
    Ok(members)
}

/// The cases of an enum, and what they hold.
fn cases(tokens: &mut Tokens<'_>) -> Result<BTreeMap<String, Option<Ty>>, String> {
    let mut cases = BTreeMap::new();
    tokens.skip_to(&["{"])?;
    tokens.expect(&["{"])?;
    while !tokens.eat(&["}"]) {
        tokens.expect(&["case"])?;
        let name = tokens.word()?.to_owned();
        let holds = if tokens.sees(&["("]) { tokens.values(&[])?.remove("value") } else { None };
        cases.insert(name, holds);
    }
    Ok(cases)
}

fn page(sources: &Sources) -> Result<BTreeMap<String, Ty>, String> {
    let path = format!("{PACKAGE}/Listing.swift");
    let mut tokens = Tokens::of(&path, sources.text(&path)?, SYNTAX)?;
    let page = ["public", "func", "page", "(", ")", "async", "throws", "->", "Page", "<", "Row", ">"];
    if !tokens.clone().find(&page) || !tokens.find(&["public", "struct", "Page"]) {
        return Err(format!("{path}: no longer gives pages"));
    }
    members(&mut tokens)
}
