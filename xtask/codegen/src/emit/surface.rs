//! What users of each language see of types, fields and arguments, as the emitters write them: what a change of the
//! document is judged by.

use std::collections::BTreeSet;

pub(crate) use super::node::text::Way;
pub(crate) use super::sdk::argument::key;
use super::uniffi::types::{Held, held, variants};
use super::uniffi::{argument::change, kotlin, swift};
use super::{node, python, rust};
use crate::change::Language;
use crate::model::{Api, Field, Shape, TypeRef};

/// A field or an argument as a language shows it.
#[derive(Debug, PartialEq)]
pub(crate) struct Shown {
    /// Its type, but for what the others say.
    pub(crate) ty: String,
    /// Whether it may be left out.
    pub(crate) absent: bool,
    /// Whether it may be null.
    pub(crate) null: bool,
}

/// What the languages show of an API.
pub(crate) struct Surface<'a> {
    pub(crate) api: &'a Api,
    answers: BTreeSet<String>,
    arguments: BTreeSet<String>,
    /// Bodies that are given field by field: the type itself is nothing that a call takes.
    spread: BTreeSet<&'a str>,
}

impl<'a> Surface<'a> {
    pub(crate) fn of(api: &'a Api) -> Self {
        let arguments = api.argument_types();
        let spread = api.operations().filter_map(|operation| match &operation.body.as_ref()?.ty {
            TypeRef::Named(name) if api.body_fields(operation).is_some() => Some(name.as_str()),
            _ => None,
        });
        let spread = spread.filter(|name| !arguments.contains(*name)).collect();
        Self { api, answers: api.answer_types(), arguments, spread }
    }

    /// The ways in which a language shows a type; none if it doesn't.
    pub(crate) fn ways(&self, language: Language, name: &str) -> Vec<Way> {
        let (read, written) = match language {
            _ if self.spread.contains(name) => (false, false),
            // Rust has a type for each, also for errors and the envelopes of pages.
            Language::Rust => {
                let written = self.api.written.contains(name);
                (self.api.read.contains(name) || !written, written)
            }
            _ => (self.answers.contains(name), self.arguments.contains(name)),
        };
        [(read, Way::Read), (written, Way::Written)]
            .into_iter()
            .filter(|(is, _)| *is)
            .map(|(_, way)| way)
            .collect()
    }

    /// A type. Where enums are plain text, they are shown as that.
    pub(crate) fn ty(&self, language: Language, of: &TypeRef, way: Way) -> String {
        let api = self.api;
        match (language, way) {
            (Language::Rust, _) => rust::ty(of).to_string().replace(' ', ""),
            (Language::Node, _) => node::text::ty(api, &self.plain(of), way, ""),
            (Language::Python, Way::Read) => python::text::read(api, &self.plain(of), ""),
            (Language::Python, Way::Written) => python::text::taken(api, &self.plain(of), ""),
            (Language::Kotlin, _) => kotlin::ty(api, of),
            (Language::Swift, _) => swift::ty(api, of),
        }
    }

    fn plain(&self, of: &TypeRef) -> TypeRef {
        match self.api.resolve(of) {
            TypeRef::Named(name) if matches!(self.api.shape(name), Some(Shape::Enum(_))) => TypeRef::String,
            TypeRef::Array(inner) => TypeRef::Array(Box::new(self.plain(inner))),
            TypeRef::Map(inner) => TypeRef::Map(Box::new(self.plain(inner))),
            other => other.clone(),
        }
    }

    /// A field of the type called `name`.
    pub(crate) fn field(&self, language: Language, name: &str, field: &Field, way: Way) -> Shown {
        let (api, read) = (self.api, way == Way::Read);
        let default = field.default.as_ref().filter(|default| !default.is_null());
        let (absent, null) = match language {
            // Of what is read, a nullable field may be missing; lists, maps and what has a default never are.
            Language::Rust if self.api.read.contains(name) || !self.api.written.contains(name) => {
                let filled = default.is_some() || matches!(field.ty, TypeRef::Array(_) | TypeRef::Map(_));
                (false, field.nullable || !(field.required || filled))
            }
            Language::Rust => (!field.required && !matches!(field.ty, TypeRef::Map(_)), field.nullable),
            Language::Python if read => {
                let filled = field.required || python::types::default(api, field) != "None";
                (false, field.nullable || !filled)
            }
            Language::Node if read => {
                (!field.required && node::types::default(api, field).is_none(), field.nullable)
            }
            Language::Python | Language::Node => (!field.required, field.nullable),
            Language::Kotlin | Language::Swift => (false, matches!(held(api, field), Held::Optional)),
        };
        Shown { ty: self.ty(language, &field.ty, way), absent, null }
    }

    /// An argument; `null` says whether null is something to say.
    pub(crate) fn argument(&self, language: Language, of: &TypeRef, required: bool, null: bool) -> Shown {
        let is_change = null && matches!(language, Language::Kotlin | Language::Swift);
        let ty = if is_change { change(self.api, of) } else { self.ty(language, of, Way::Written) };
        Shown { ty, absent: !required, null: null && !is_change }
    }

    /// The names of a type in requests and answers.
    pub(crate) fn names(&self, language: Language, name: &str) -> Vec<String> {
        let is_object = matches!(self.api.shape(name), Some(Shape::Object(_)));
        let ways = self.ways(language, name);
        let name_of = |way: &Way| match (language, way) {
            (Language::Python, Way::Written) if is_object => format!("{name}Param"),
            (Language::Node, Way::Written) if is_object => node::text::written(self.api, name),
            _ => name.to_owned(),
        };
        let mut names: Vec<String> = ways.iter().map(name_of).collect();
        names.dedup();
        names
    }

    /// The names of an enum's values where they have one: in Rust, Kotlin and Swift.
    pub(crate) fn variants(values: &[String]) -> Vec<(String, String)> {
        variants(values)
    }
}

/// Whether code that was written for one type goes on working with the other, in a language where they differ.
pub(crate) fn fits(language: Language, way: Way, old: &str, new: &str) -> bool {
    match (language, way) {
        _ if old == new => true,
        (Language::Node, Way::Read) => (old, new) == ("string", "Timestamp"),
        (Language::Node, Way::Written) => new == "unknown" || (old, new) == ("string", "string | Date"),
        (Language::Python, Way::Read) => (old, new) == ("float", "int"),
        (Language::Python, Way::Written) => {
            new == "Any" || [("int", "float"), ("str", "Instant")].contains(&(old, new))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use quote::ToTokens;

    use super::*;
    use crate::spec;

    /// What is said here of Rust is what progenitor writes: the other languages are asked through their emitters.
    #[test]
    fn fields_in_rust_are_those_that_progenitor_writes() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let (document, overlay) = (root.join("openapi/devin-v2.yaml"), root.join("openapi/overlay.yaml"));
        let mut count = fields(&document, Some(&overlay));
        assert!(count > 200, "{count}");
        for file in std::fs::read_dir(root.join("xtask/codegen/tests/documents")).unwrap() {
            count += fields(&file.unwrap().path(), None);
        }
        assert!(count > 230, "{count}");
    }

    fn fields(document: &Path, overlay: Option<&Path>) -> usize {
        let run = crate::run(document, overlay).unwrap();
        let (_, text) =
            run.files.iter().find(|(path, _)| path.ends_with("api/src/generated/client.rs")).unwrap();
        let client = syn::parse_file(text).unwrap();
        let types = client.items.iter().find_map(|item| match item {
            syn::Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
            _ => None,
        });
        let api = api(document, overlay);
        let surface = Surface::of(&api);
        let mut count = 0;
        for named in &api.types {
            let Shape::Object(fields) = &named.shape else { continue };
            let written = types.unwrap().1.iter().find_map(|item| match item {
                syn::Item::Struct(item) if item.ident == named.name => Some(&item.fields),
                _ => None,
            });
            for field in fields {
                let ident = rust::ident(&field.name);
                let real =
                    written.unwrap().iter().find(|other| other.ident.as_ref() == Some(&ident)).unwrap();
                let lenient = api.read.contains(&named.name) || !api.written.contains(&named.name);
                let way = if lenient { Way::Read } else { Way::Written };
                let Shown { ty, absent, null } = surface.field(Language::Rust, &named.name, field, way);
                let expected = match (absent, null) {
                    (true, true) => format!("Option<Nullable<{ty}>>"),
                    (false, false) => ty,
                    _ => format!("Option<{ty}>"),
                };
                let place = format!("{}.{} of {}", named.name, field.name, document.display());
                assert_eq!(bare(&real.ty.to_token_stream().to_string()), bare(&expected), "{place}");
                count += 1;
            }
        }
        count
    }

    fn api(document: &Path, overlay: Option<&Path>) -> Api {
        let document = spec::read(document).unwrap();
        let overlaid = match overlay.map(PathBuf::from) {
            Some(overlay) => spec::overlay(&document, &spec::read(&overlay).unwrap()).unwrap().0,
            None => document,
        };
        crate::model::build(&spec::shape(spec::lower(&overlaid).unwrap()).unwrap()).unwrap()
    }

    /// A type without paths, and without the boxes and the maps that only differ in how they hold the same.
    fn bare(ty: &str) -> String {
        let words = ty
            .replace(' ', "")
            .replace(",>", ">")
            .replace("Box<Thing>", "Thing")
            .replace("serde_json::Map<", "BTreeMap<");
        let mut out = String::new();
        for part in words.split_inclusive(['<', '>', ',']) {
            out += part.rsplit("::").next().unwrap();
        }
        out
    }
}
