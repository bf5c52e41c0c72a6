//! TypeScript: interfaces, aliases and classes of the npm package.

use std::collections::BTreeMap;

use super::led_to;
use crate::shown::{Case, Declared, Method, Shown, Ty};
use crate::sources::Sources;
use crate::tokens::{Syntax, Tokens};

const SYNTAX: Syntax = Syntax {
    comment: "//",
    quotes: &["\"", "'", "`"],
    backticks: false,
    plain: &["string", "number", "boolean", "Date", "Timestamp", "unknown"],
};

/// Members by name and methods by name.
type Class = (BTreeMap<String, Ty>, BTreeMap<String, Method>);

pub(super) fn read(sources: &Sources) -> Result<Shown, String> {
    let (mut types, mut classes) = (BTreeMap::new(), BTreeMap::new());
    let mut client = BTreeMap::new();
    for file in ["types.ts", "resources.ts"] {
        let path = format!("bindings/node/lib/generated/{file}");
        let mut tokens = Tokens::of(&path, sources.text(&path)?, SYNTAX)?;
        while tokens.peek().is_some() {
            if tokens.eat(&["export", "interface"]) {
                types.insert(tokens.word()?.to_owned(), interface(&mut tokens)?);
            } else if tokens.eat(&["export", "class"]) {
                let name = tokens.word()?.to_owned();
                let (members, methods) = class(&mut tokens, &types)?;
                if name == "Resources" {
                    client = members;
                } else {
                    classes.insert(name, methods);
                }
            } else if tokens.eat(&["export", "type"]) {
                let name = tokens.word()?.to_owned();
                tokens.expect(&["="])?;
                if tokens.clone().text().is_ok() {
                    let values = tokens.literals()?.into_iter().map(|value| (value, None)).collect();
                    types.insert(name, Declared::Values(values));
                }
                tokens.skip_to(&[";"])?;
                tokens.expect(&[";"])?;
            } else if tokens.sees(&["import"]) || tokens.sees(&["declare", "const"]) {
                tokens.skip_to(&[";"])?;
                tokens.expect(&[";"])?;
            } else {
                return Err(tokens.wrong("expected an interface, a type or a class"));
            }
        }
    }
    let path = "bindings/node/lib/listing.ts";
    let mut tokens = Tokens::of(path, sources.text(path)?, SYNTAX)?;
    if !tokens.clone().find(&["async", "page", "(", ")", ":", "Promise", "<", "Page", "<", "T", ">", ">"])
        || !tokens.find(&["export", "class", "Page"])
    {
        return Err(format!("{path}: no longer gives pages"));
    }
    let (page, _) = class(&mut tokens, &types)?;
    Ok(Shown {
        language: "node",
        code: Case::Camel,
        data: Case::AsIs,
        value: Case::AsIs,
        body: "body_",
        methods: led_to(&client, classes),
        types,
        page,
    })
}

fn interface(tokens: &mut Tokens<'_>) -> Result<Declared, String> {
    let (mut members, mut open) = (BTreeMap::new(), false);
    tokens.expect(&["{"])?;
    while !tokens.eat(&["}"]) {
        if tokens.eat(&["[", "field", ":", "string", "]", ":", "unknown", ";"]) {
            open = true;
            continue;
        }
        let name = tokens.word()?.to_owned();
        tokens.eat(&["?"]);
        tokens.expect(&[":"])?;
        members.insert(name, tokens.ty()?);
        tokens.expect(&[";"])?;
    }
    Ok(Declared::Record { members, open })
}

/// A class, after its name. What is private or of JavaScript's own is passed over.
fn class(tokens: &mut Tokens<'_>, types: &BTreeMap<String, Declared>) -> Result<Class, String> {
    let (mut members, mut methods) = (BTreeMap::new(), BTreeMap::new());
    tokens.skip_to(&["{"])?;
    tokens.expect(&["{"])?;
    while !tokens.eat(&["}"]) {
        if tokens.sees(&["readonly", "#"]) {
            tokens.skip_to(&[";"])?;
            tokens.expect(&[";"])?;
        } else if tokens.eat(&["readonly"]) {
            let name = tokens.word()?.to_owned();
            tokens.expect(&[":"])?;
            members.insert(name, tokens.ty()?);
            tokens.expect(&[";"])?;
        } else if tokens.eat(&["constructor"]) {
            tokens.skip_group()?;
            tokens.skip_group()?;
        } else if tokens.sees(&["["]) {
            tokens.skip_to(&["{"])?;
            tokens.skip_group()?;
        } else {
            let name = tokens.word()?.to_owned();
            let parameters = parameters(tokens, types)?;
            tokens.expect(&[":"])?;
            methods.insert(name, Method { parameters, answer: tokens.ty()? });
            tokens.skip_group()?;
        }
    }
    Ok((members, methods))
}

/// Parameters of a method: those that stand alone, and the members of `params`.
fn parameters(
    tokens: &mut Tokens<'_>,
    types: &BTreeMap<String, Declared>,
) -> Result<BTreeMap<String, Ty>, String> {
    let mut parameters = BTreeMap::new();
    tokens.expect(&["("])?;
    while !tokens.eat(&[")"]) {
        let name = tokens.word()?.to_owned();
        tokens.eat(&["?"]);
        tokens.expect(&[":"])?;
        let ty = tokens.ty()?;
        match &ty {
            Ty::Named(named) if name == "params" => match types.get(named) {
                Some(Declared::Record { members, .. }) => parameters.extend(members.clone()),
                _ => return Err(tokens.wrong(&format!("{named} should be declared before this"))),
            },
            _ => drop(parameters.insert(name, ty)),
        }
        tokens.eat(&[","]);
    }
    Ok(parameters)
}
