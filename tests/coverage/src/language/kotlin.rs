//! Kotlin: data classes and sealed classes of uniffi, and the classes of resources over them.

use std::collections::BTreeMap;

use super::led_to;
use crate::shown::{Case, Declared, Method, Shown, Ty};
use crate::sources::Sources;
use crate::tokens::{Syntax, Tokens};

const SYNTAX: Syntax = Syntax {
    comment: "//",
    quotes: &["\"\"\"", "\"", "'"],
    backticks: true,
    plain: &["String", "Int", "Long", "Double", "Boolean", "Instant", "Secret", "JsonText"],
};

const PACKAGE: &str = "bindings/kotlin/src/main/kotlin/io/github/devinv2";

/// Methods by name, and whether each suspends.
type Functions = BTreeMap<String, (bool, Method)>;

/// What Kotlin sees, and what Java does: it calls nothing that suspends, but for that there are functions of the same
/// name with `Async` behind it, and it can't name some parameters and not others.
pub(super) fn read(sources: &Sources) -> Result<(Shown, Shown), String> {
    let path = format!("{PACKAGE}/generated/Resources.kt");
    let mut tokens = Tokens::of(&path, sources.text(&path)?, SYNTAX)?;
    let (mut kotlin, mut java) = (BTreeMap::new(), BTreeMap::new());
    while tokens.find(&["public", "class"]) {
        let name = tokens.word()?.to_owned();
        tokens.skip_to(&["{"])?;
        let (of_java, of_kotlin) = functions(&mut tokens)?
            .into_iter()
            .partition::<Functions, _>(|(name, (suspends, _))| !suspends && name.ends_with("Async"));
        let both = of_kotlin.iter().filter(|(_, (suspends, _))| !suspends);
        let both = both.map(|(name, (_, method))| (name.clone(), method.clone()));
        let of_java = of_java
            .into_iter()
            .map(|(name, (_, method))| (name.trim_end_matches("Async").to_owned(), method));
        java.insert(name.clone(), both.chain(of_java).collect());
        kotlin.insert(name, of_kotlin.into_iter().map(|(name, (_, method))| (name, method)).collect());
    }
    let client = client(&mut Tokens::of(&path, sources.text(&path)?, SYNTAX)?)?;
    let types = types(sources)?;
    let shown = |language, methods| {
        Ok::<_, String>(Shown {
            language,
            code: Case::Camel,
            data: Case::Camel,
            value: Case::Pascal,
            body: "body",
            methods: led_to(&client, methods),
            types: types.clone(),
            page: page(sources, language)?,
        })
    };
    Ok((shown("kotlin", kotlin)?, shown("java", java)?))
}

/// The properties that lead to resources.
fn client(tokens: &mut Tokens<'_>) -> Result<BTreeMap<String, Ty>, String> {
    let mut properties = BTreeMap::new();
    if !tokens.find(&["public", "abstract", "class", "Resources"]) {
        return Err(tokens.wrong("expected the class Resources"));
    }
    tokens.skip_to(&["{"])?;
    tokens.expect(&["{"])?;
    while tokens.eat(&["public", "val"]) {
        let name = tokens.word()?.to_owned();
        tokens.expect(&[":"])?;
        properties.insert(name, tokens.ty()?);
        tokens.expect(&["="])?;
        tokens.word()?;
        tokens.skip_group()?;
    }
    tokens.expect(&["}"])?;
    Ok(properties)
}

/// The functions of a class, which opens here.
fn functions(tokens: &mut Tokens<'_>) -> Result<Functions, String> {
    let mut functions = BTreeMap::new();
    tokens.expect(&["{"])?;
    while !tokens.eat(&["}"]) {
        tokens.eat(&["@", "JvmOverloads"]);
        tokens.expect(&["public"])?;
        let suspends = tokens.eat(&["suspend"]);
        tokens.expect(&["fun"])?;
        let name = tokens.word()?.to_owned();
        let parameters = tokens.values(&[])?;
        tokens.expect(&[":"])?;
        let method = Method { parameters, answer: tokens.ty()? };
        functions.insert(name, (suspends, method));
        tokens.expect(&["="])?;
        tokens.skip_to(&["public", "@", "}"])?;
    }
    Ok(functions)
}

fn types(sources: &Sources) -> Result<BTreeMap<String, Declared>, String> {
    let path = format!("{PACKAGE}/generated/devin_v2_uniffi.kt");
    let mut types = BTreeMap::new();
    let mut tokens = Tokens::of(&path, sources.text(&path)?, SYNTAX)?;
    while let Some(token) = tokens.next() {
        if token.indent != Some(0) {
            continue;
        }
        if token.is("data") && tokens.eat(&["class"]) {
            let name = tokens.word()?.to_owned();
            let members = tokens.values(&["val"])?;
            let open = matches!(members.get("extra"), Some(Ty::Map(_)));
            types.insert(name, Declared::Record { members, open });
        } else if token.is("sealed") && tokens.eat(&["class"]) {
            let name = tokens.word()?.to_owned();
            // Errors have a base class.
            if tokens.sees(&["{"]) {
                types.insert(name, Declared::Values(variants(&mut tokens)?));
            }
        }
    }
    Ok(types)
}

/// The classes within a sealed one, which opens here.
fn variants(tokens: &mut Tokens<'_>) -> Result<BTreeMap<String, Option<Ty>>, String> {
    let mut variants = BTreeMap::new();
    tokens.expect(&["{"])?;
    while !tokens.eat(&["}"]) {
        if tokens.eat(&["companion", "object"]) {
            continue;
        }
        let (name, holds) = if tokens.eat(&["data", "object"]) {
            (tokens.word()?, None)
        } else {
            tokens.expect(&["data", "class"])?;
            (tokens.word()?, tokens.values(&["val"])?.remove("value"))
        };
        variants.insert(name.to_owned(), holds);
        tokens.expect(&[":"])?;
        tokens.word()?;
        tokens.skip_group()?;
        if tokens.sees(&["{"]) {
            tokens.skip_group()?;
        }
    }
    Ok(variants)
}

fn page(sources: &Sources, language: &str) -> Result<BTreeMap<String, Ty>, String> {
    let path = format!("{PACKAGE}/Listing.kt");
    let mut tokens = Tokens::of(&path, sources.text(&path)?, SYNTAX)?;
    let page: &[&str] = match language {
        "java" => &[
            "public",
            "fun",
            "pageAsync",
            "(",
            ")",
            ":",
            "CompletableFuture",
            "<",
            "Page",
            "<",
            "T",
            ">",
            ">",
        ],
        _ => &["public", "suspend", "fun", "page", "(", ")", ":", "Page", "<", "T", ">"],
    };
    if !tokens.find(page) || !tokens.find(&["public", "data", "class", "Page", "<", "T", ">"]) {
        return Err(format!("{path}: no longer gives pages"));
    }
    tokens.values(&["val"])
}
