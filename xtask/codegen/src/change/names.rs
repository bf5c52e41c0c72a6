//! Types that are called otherwise and are the same.

use std::collections::BTreeMap;

use super::Explains::Only;
use super::Level::{Breaking, Compatible};
use super::{Change, Language, Side, What};
use crate::emit::surface::Surface;
use crate::model::{Api, Shape, TypeRef};

/// Types that only changed their name: where one stood, one stands that the other side doesn't know.
pub(super) fn renamed(old: &Api, new: &Api, pairs: &[(usize, usize)]) -> BTreeMap<String, String> {
    let mut search = Renames { old, new, names: BTreeMap::new(), seen: Vec::new() };
    let operations: Vec<_> = old.operations().collect();
    let others: Vec<_> = new.operations().collect();
    for (was, is) in pairs {
        let (was, is) = (operations[*was], others[*is]);
        search.visit(&was.response, &is.response);
        if let (Some(was), Some(is)) = (&was.body, &is.body) {
            search.visit(&was.ty, &is.ty);
        }
        for (was, is) in [(&was.path, &is.path), (&was.query, &is.query)] {
            for parameter in was {
                if let Some(other) = is.iter().find(|other| other.name == parameter.name) {
                    search.visit(&parameter.ty, &other.ty);
                }
            }
        }
    }
    search.names
}

struct Renames<'a> {
    old: &'a Api,
    new: &'a Api,
    names: BTreeMap<String, String>,
    seen: Vec<(String, String)>,
}

impl Renames<'_> {
    fn visit(&mut self, was: &TypeRef, is: &TypeRef) {
        let (was, is) = match (was, is) {
            (TypeRef::Array(was), TypeRef::Array(is)) | (TypeRef::Map(was), TypeRef::Map(is)) => {
                return self.visit(was, is);
            }
            (TypeRef::Named(was), TypeRef::Named(is)) => (was, is),
            _ => return,
        };
        let pair = (was.clone(), is.clone());
        if self.seen.contains(&pair) {
            return;
        }
        self.seen.push(pair);
        let is_renamed = was != is
            && self.new.named(was).is_none()
            && self.old.named(is).is_none()
            && !self.names.values().any(|taken| taken == is);
        if is_renamed && !self.names.contains_key(was) {
            self.names.insert(was.clone(), is.clone());
        }
        match (self.old.shape(was), self.new.shape(is)) {
            (Some(Shape::Object(fields)), Some(Shape::Object(others))) => {
                for field in fields {
                    if let Some(other) = others.iter().find(|other| other.name == field.name) {
                        self.visit(&field.ty, &other.ty);
                    }
                }
            }
            (Some(Shape::Alias(was)), Some(Shape::Alias(is))) => self.visit(was, is),
            _ => {}
        }
    }
}

/// A change for each type that is called otherwise.
pub(super) fn renames(old: &Side, new: &Side, names: &BTreeMap<String, String>) -> Vec<Change> {
    let surface = Surface::of(&old.api);
    let renames = names.iter().map(|(was, is)| {
        let change =
            Change::new(What::Changed, format!("type `{was}` is called `{is}`"), Only(&["$ref", "x-name"]))
                .at(old.places.of_type(was), new.places.of_type(is));
        Language::ALL.into_iter().fold(change, |change, language| {
            if !surface.ways(language, was).is_empty() {
                change.with(language, Breaking, "code that names it no longer works")
            } else if language == Language::Rust {
                change.with(language, Compatible, "no call takes it as a whole")
            } else {
                change
            }
        })
    });
    renames.collect()
}

/// The API with some of its types called otherwise.
pub(super) fn with_names(api: &Api, names: &BTreeMap<String, String>) -> Api {
    if names.is_empty() {
        return api.clone();
    }
    let name = |name: &String| names.get(name).unwrap_or(name).clone();
    let mut api = api.clone();
    for operation in api.resources.iter_mut().flat_map(|resource| &mut resource.operations) {
        let parameters =
            operation.path.iter_mut().chain(&mut operation.query).map(|parameter| &mut parameter.ty);
        let body = operation.body.iter_mut().map(|body| &mut body.ty);
        let row = operation.paging.iter_mut().map(|paging| &mut paging.row);
        parameters.chain(body).chain(row).chain([&mut operation.response]).for_each(|ty| rename(ty, names));
    }
    for named in &mut api.types {
        named.name = name(&named.name);
        match &mut named.shape {
            Shape::Object(fields) => fields.iter_mut().for_each(|field| rename(&mut field.ty, names)),
            Shape::Alias(ty) => rename(ty, names),
            Shape::Enum(_) | Shape::Other => {}
        }
    }
    api.written = api.written.iter().map(name).collect();
    api.read = api.read.iter().map(name).collect();
    api
}

fn rename(ty: &mut TypeRef, names: &BTreeMap<String, String>) {
    match ty {
        TypeRef::Named(name) => {
            if let Some(new) = names.get(name) {
                name.clone_from(new);
            }
        }
        TypeRef::Array(inner) | TypeRef::Map(inner) => rename(inner, names),
        _ => {}
    }
}
