//! Python: classes of resources, and classes of answers with their annotations and what makes the attributes.

use std::collections::BTreeMap;

use super::led_to;
use crate::shown::{Case, Declared, Method, Shown, Ty};
use crate::sources::Sources;
use crate::tokens::{Kind, Syntax, Tokens};

const SYNTAX: Syntax = Syntax {
    comment: "#",
    quotes: &["\"\"\"", "\"", "'"],
    backticks: false,
    plain: &["str", "int", "float", "bool", "datetime", "Instant", "Secret", "Any"],
};

const PACKAGE: &str = "bindings/python/python/devin_v2";

/// A class: what it inherits from, its annotations, the attributes that `_spec` makes of JSON names, its methods.
#[derive(Default)]
struct Class {
    bases: Vec<String>,
    annotations: BTreeMap<String, Ty>,
    spec: Option<Vec<(String, String)>>,
    methods: BTreeMap<String, Method>,
}

/// The client whose classes start with `prefix`.
pub(super) fn read(sources: &Sources, prefix: &str) -> Result<Shown, String> {
    let path = |name: &str| format!("{PACKAGE}/{name}");
    let (types_path, rows_path) = (path("types.py"), path("_rows.py"));
    let mut tokens = Tokens::of(&types_path, sources.text(&types_path)?, SYNTAX)?;
    let mut types = enums(tokens.clone())?;
    let keeps_others = keeps_others(sources)?;
    for (name, class) in classes(&mut tokens, |_| true)? {
        types.insert(name, declared(class, keeps_others));
    }
    let mut resources = BTreeMap::new();
    let folder = path("resources/");
    for (path, text) in sources.folder(&folder) {
        for (name, class) in classes(&mut Tokens::of(path, text, SYNTAX)?, |_| true)? {
            resources.insert(name, class);
        }
    }
    let client = resources.remove(&format!("{prefix}Resources")).unwrap_or_default().annotations;
    let methods = resources.into_iter().map(|(name, class)| (name, class.methods)).collect();
    pages(sources, prefix)?;
    let mut tokens = Tokens::of(&rows_path, sources.text(&rows_path)?, SYNTAX)?;
    let page = classes(&mut tokens, |name| name == "Page")?.remove("Page").unwrap_or_default();
    let mut members = page.annotations;
    if page.bases == ["Rows", "T"] {
        // A page is the sequence of its rows.
        members.insert("rows".to_owned(), Ty::List(Box::new(Ty::Row)));
    }
    Ok(Shown {
        language: if prefix.is_empty() { "python" } else { "python-async" },
        code: Case::AsIs,
        data: Case::AsIs,
        value: Case::AsIs,
        body: "body",
        methods: led_to(&client, methods),
        types,
        page: members,
    })
}

/// Whether the class under all answers has the fields that they don't name.
fn keeps_others(sources: &Sources) -> Result<bool, String> {
    let path = format!("{PACKAGE}/_native.pyi");
    let mut tokens = Tokens::of(&path, sources.text(&path)?, SYNTAX)?;
    Ok(tokens.find(&["class", "Model", ":"]) && tokens.block().find(&["def", "extra", "(", "self", ")"]))
}

/// That a listing gives pages.
fn pages(sources: &Sources, prefix: &str) -> Result<(), String> {
    let path = format!("{PACKAGE}/_listing.py");
    let mut tokens = Tokens::of(&path, sources.text(&path)?, SYNTAX)?;
    let name = format!("{prefix}Listing");
    let page = ["def", "page", "(", "self", ")", "->", "Page", "[", "T", "]"];
    if tokens.find(&["class", &name]) && tokens.block().find(&page) {
        return Ok(());
    }
    Err(format!("{path}: {name} no longer gives pages"))
}

/// Aliases of what has a few known values: `Name = Union[Literal["a"], str]`.
fn enums(mut tokens: Tokens<'_>) -> Result<BTreeMap<String, Declared>, String> {
    let mut enums = BTreeMap::new();
    while let Some(token) = tokens.next() {
        if token.indent == Some(0) && token.kind == Kind::Word && tokens.eat(&["=", "Union"]) {
            tokens.expect(&["["])?;
            let values = tokens.literals()?.into_iter().map(|value| (value, None)).collect();
            enums.insert(token.text.to_owned(), Declared::Values(values));
        }
    }
    Ok(enums)
}

/// An attribute is there if `_spec` makes it and its type is told.
fn declared(class: Class, keeps_others: bool) -> Declared {
    let open = keeps_others && class.bases == ["Model"];
    let Class { annotations, spec, .. } = class;
    let members = match spec {
        Some(spec) => spec
            .into_iter()
            .filter_map(|(attribute, name)| Some((name, annotations.get(&attribute)?.clone())))
            .collect(),
        None if class.bases == ["TypedDict", "total", "False"] => annotations,
        None => BTreeMap::new(),
    };
    Declared::Record { members, open }
}

fn classes(
    tokens: &mut Tokens<'_>,
    wanted: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, Class>, String> {
    let mut classes = BTreeMap::new();
    while let Some(token) = tokens.next() {
        if token.indent == Some(0) && token.is("class") {
            let mut block = tokens.block();
            let name = block.word()?;
            if wanted(name) {
                classes.insert(name.to_owned(), class(&mut block)?);
            }
        }
    }
    Ok(classes)
}

/// A class, after its name.
fn class(tokens: &mut Tokens<'_>) -> Result<Class, String> {
    let mut class = Class::default();
    while !tokens.eat(&[":"]) {
        let token = tokens.next().ok_or("a class that ends at its name")?;
        if token.kind == Kind::Word {
            class.bases.push(token.text.to_owned());
        }
    }
    while let Some(token) = tokens.next() {
        if token.indent != Some(4) || token.kind != Kind::Word {
            continue;
        }
        if token.is("def") || token.is("async") && tokens.eat(&["def"]) {
            let name = tokens.word()?;
            if name.starts_with('_') {
                continue;
            }
            let parameters = parameters(tokens)?;
            tokens.expect(&["->"])?;
            class.methods.insert(name.to_owned(), Method { parameters, answer: tokens.ty()? });
        } else if token.is("_spec") {
            tokens.expect(&["=", "("])?;
            class.spec = Some(spec(tokens)?);
        } else if tokens.eat(&[":"]) {
            class.annotations.insert(token.text.to_owned(), tokens.ty()?);
        }
    }
    Ok(class)
}

/// `("attribute", "name in JSON", …),` for each field.
fn spec(tokens: &mut Tokens<'_>) -> Result<Vec<(String, String)>, String> {
    let mut spec = Vec::new();
    while !tokens.eat(&[")"]) {
        let mut row = tokens.clone();
        tokens.skip_group()?;
        tokens.expect(&[","])?;
        row.expect(&["("])?;
        let attribute = row.text()?.to_owned();
        row.expect(&[","])?;
        spec.push((attribute, row.text()?.to_owned()));
    }
    Ok(spec)
}

fn parameters(tokens: &mut Tokens<'_>) -> Result<BTreeMap<String, Ty>, String> {
    let mut parameters = BTreeMap::new();
    tokens.expect(&["("])?;
    while !tokens.eat(&[")"]) {
        if !tokens.eat(&["self"]) && !tokens.eat(&["*"]) {
            let name = tokens.word()?.to_owned();
            tokens.expect(&[":"])?;
            parameters.insert(name, tokens.ty()?);
            tokens.skip_to(&[",", ")"])?;
        }
        tokens.eat(&[","]);
    }
    Ok(parameters)
}
