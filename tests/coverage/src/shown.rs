//! What a language shows, in one form for all of them.

use std::collections::BTreeMap;

/// A type, without whether it may be missing or null.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ty {
    /// A text, number, time, truth value, or whatever JSON.
    Plain,
    List(Box<Ty>),
    Map(Box<Ty>),
    /// A list that is read page by page, of these rows.
    Listing(Box<Ty>),
    /// The rows of a page, in the declaration of the page.
    Row,
    Named(String),
    Either(Vec<Ty>),
}

/// How a type is declared.
#[derive(Clone, Debug)]
pub(crate) enum Declared {
    /// Members by name; `open` says whether fields that are not among them can be read too.
    Record { members: BTreeMap<String, Ty>, open: bool },
    /// An enum: its values, with what those hold that hold something.
    Values(BTreeMap<String, Option<Ty>>),
}

#[derive(Clone, Debug)]
pub(crate) struct Method {
    pub(crate) parameters: BTreeMap<String, Ty>,
    pub(crate) answer: Ty,
}

/// How a language writes a name of the document.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Case {
    AsIs,
    /// `lastLogin`
    Camel,
    /// `LastLogin`
    Pascal,
}

impl Case {
    pub(crate) fn of(self, name: &str) -> String {
        if matches!(self, Self::AsIs) {
            return name.to_owned();
        }
        let mut out = String::new();
        for word in name.split(['_', '-', ' ']) {
            if out.is_empty() && matches!(self, Self::Camel) {
                out += word;
            } else {
                let mut letters = word.chars();
                out.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
                out += letters.as_str();
            }
        }
        out
    }
}

/// What one language shows of everything.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) language: &'static str,
    /// Names of resources, methods, parameters of paths, and members of pages.
    pub(crate) code: Case,
    /// Names of other parameters and of fields.
    pub(crate) data: Case,
    /// Names of the values of enums.
    pub(crate) value: Case,
    /// The parameter that takes a body as a whole.
    pub(crate) body: &'static str,
    /// By resource and method.
    pub(crate) methods: BTreeMap<(String, String), Method>,
    pub(crate) types: BTreeMap<String, Declared>,
    /// Members of a page.
    pub(crate) page: BTreeMap<String, Ty>,
}
