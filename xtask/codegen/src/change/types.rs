//! What differs in the named types: their names, their fields, their values, and which languages show them how.

use super::Explains::{Only, Whole};
use super::Level::{Breaking, Compatible};
use super::{Change, Explains, Language, Level, Sides, What};
use crate::emit::surface::{Surface, Way};
use crate::model::{Shape, Type, TypeRef};

/// Keywords that types are made of, and whether something may be missing or null.
pub(super) const TYPE: &[&str] = &[
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "content",
    "enum",
    "format",
    "items",
    "nullable",
    "oneOf",
    "properties",
    "required",
    "schema",
    "type",
    "x-name",
    "x-sensitive",
];

/// A type in plain words.
pub(super) fn words(ty: &TypeRef) -> String {
    match ty {
        TypeRef::Named(name) => format!("`{name}`"),
        TypeRef::Array(inner) => format!("a list of {}", many(inner)),
        TypeRef::Map(inner) => format!("a map of {}", many(inner)),
        TypeRef::String => "text".to_owned(),
        TypeRef::Integer => "a whole number".to_owned(),
        TypeRef::Number => "a number".to_owned(),
        TypeRef::Boolean => "true or false".to_owned(),
        TypeRef::Timestamp => "a time".to_owned(),
        TypeRef::UnixMillis => "a time in milliseconds".to_owned(),
        TypeRef::Secret => "a secret".to_owned(),
        TypeRef::Any => "any value".to_owned(),
    }
}

fn many(ty: &TypeRef) -> String {
    match ty {
        TypeRef::Integer => "whole numbers".to_owned(),
        TypeRef::Number => "numbers".to_owned(),
        TypeRef::Timestamp => "times".to_owned(),
        TypeRef::UnixMillis => "times in milliseconds".to_owned(),
        TypeRef::Secret => "secrets".to_owned(),
        TypeRef::Any => "any values".to_owned(),
        other => words(other),
    }
}

pub(super) fn compare(sides: &Sides, changes: &mut Vec<Change>) {
    let (old, new) = (sides.old.shows.api, sides.new.shows.api);
    for was in old.types.iter().filter(|was| new.named(&was.name).is_none()) {
        let change = Change::new(What::Removed, format!("type `{}`", was.name), Whole)
            .at(sides.old.places.of_type(&was.name), &[]);
        changes.push(shown(
            &sides.old.shows,
            &was.name,
            change,
            (Breaking, "code that names it no longer works"),
        ));
    }
    for is in &new.types {
        match old.named(&is.name) {
            Some(was) => Pair { sides, old: was, new: is, changes }.compare(),
            None => {
                let change = Change::new(What::Added, format!("type `{}`", is.name), Whole)
                    .at(&[], sides.new.places.of_type(&is.name));
                changes.push(shown(&sides.new.shows, &is.name, change, (Compatible, "a new type")));
            }
        }
    }
}

/// `change` with the same effect in each language that shows the type. Rust has a type for everything.
fn shown(surface: &Surface, name: &str, change: Change, (level, why): (Level, &str)) -> Change {
    let change = Language::ALL.into_iter().fold(change, |change, language| {
        if surface.ways(language, name).is_empty() { change } else { change.with(language, level, why) }
    });
    change.with(Language::Rust, Compatible, "a type that no call takes or gives as a whole")
}

/// One type, before and now.
pub(super) struct Pair<'a, 'b> {
    pub(super) sides: &'a Sides<'a>,
    old: &'a Type,
    pub(super) new: &'a Type,
    pub(super) changes: &'b mut Vec<Change>,
}

impl Pair<'_, '_> {
    fn compare(&mut self) {
        // Each part is named, so that a part that is new in the model can't be forgotten here.
        let Type { name, docs: _, shape, open, billing_days } = self.old;
        self.roles();
        if *open != self.new.open && self.shows(Language::Node) {
            let (text, level, why) = if self.new.open {
                ("may have fields beside those that are named", Compatible, "reading them is typed")
            } else {
                ("has no fields beside those that are named", Breaking, "reading others is no longer typed")
            };
            let change = self.change(text, Only(&["additionalProperties"])).with(Language::Node, level, why);
            self.changes.push(change);
        }
        if *billing_days != self.new.billing_days {
            let (text, level, why) = match (billing_days, &self.new.billing_days) {
                (Some(_), None) => ("is no range of billing days", Breaking, "it can't be passed as one"),
                _ => ("is a range of billing days", Compatible, "it can be passed as one"),
            };
            let change = self.change(text, Only(&["x-billing-days"])).everywhere(level, why);
            self.changes.push(change);
        }
        match (shape, &self.new.shape) {
            (Shape::Object(was), Shape::Object(is)) => self.fields(was, is),
            (Shape::Enum(was), Shape::Enum(is)) => self.values(was, is),
            (Shape::Alias(was), Shape::Alias(is)) => {
                if was != is {
                    let text = format!("is {}, no longer {}", words(is), words(was));
                    let change = self.change(&text, Only(TYPE));
                    self.changes.push(change.with(Language::Rust, Breaking, "it holds another type"));
                }
            }
            // The parts of choices and combinations are not in the model: they are compared as the document has them.
            (Shape::Other, Shape::Other) => {}
            (was, is) => {
                let text = format!("is {}, no longer {}", kind(is), kind(was));
                let change = self.change(&text, Only(TYPE));
                let shows = &self.sides.old.shows;
                self.changes.push(shown(
                    shows,
                    name,
                    change,
                    (Breaking, "code that uses it no longer works"),
                ));
            }
        }
    }

    pub(super) fn shows(&self, language: Language) -> bool {
        !self.sides.old.shows.ways(language, &self.old.name).is_empty()
    }

    pub(super) fn change(&self, text: &str, explains: Explains) -> Change {
        let name = &self.new.name;
        Change::new(What::Changed, format!("type `{name}` {text}"), explains)
            .at(self.sides.old.places.of_type(name), self.sides.new.places.of_type(name))
    }

    /// Whether the type is sent or answered otherwise than before, and what it is called there.
    fn roles(&mut self) {
        let (was, is) = (&self.sides.old.shows, &self.sides.new.shows);
        let name = &self.new.name;
        let mut change = self.change(&role(was, is, name), Only(&[]));
        for language in Language::ALL {
            let (old, new) = (was.ways(language, name), is.ways(language, name));
            if old == new {
                continue;
            }
            let is_object = matches!(self.old.shape, Shape::Object(_));
            let gone = was.names(language, name).iter().any(|old| !is.names(language, name).contains(old));
            let gained = |way: Way| new.contains(&way) && !old.contains(&way) && !old.is_empty();
            let lost = |way: Way| old.contains(&way) && !new.contains(&way);
            change = if old.is_empty() && language != Language::Rust {
                change.with(language, Compatible, "a new type")
            } else if gone {
                change.with(language, Breaking, "code that names it no longer works")
            } else if is_object && gained(Way::Read) && matches!(language, Language::Rust | Language::Node) {
                change.with(
                    language,
                    Breaking,
                    "the name is now that of what is answered, which has another form",
                )
            } else if is_object && lost(Way::Written) && language == Language::Rust {
                change.with(language, Breaking, "only the SDK makes it now")
            } else if is_object && lost(Way::Read) && language != Language::Python {
                change.with(language, Breaking, "it keeps no unknown fields any more")
            } else {
                change.with(language, Compatible, "what was there still is")
            };
        }
        self.push(change);
    }

    fn values(&mut self, was: &[String], is: &[String]) {
        let name = self.new.name.clone();
        let (old, new) = (Surface::variants(was), Surface::variants(is));
        for (value, _) in new.iter().filter(|(value, _)| !was.contains(value)) {
            let mut change = self.change("", Only(&["const", "enum"]));
            (change.what, change.text) = (What::Added, format!("value `{value}` of `{name}`"));
            for language in Language::ALL.into_iter().filter(|language| self.shows(*language)) {
                change = match language {
                    Language::Rust => change.with(
                        language,
                        Compatible,
                        "matches have an arm for all else already; what came as `Unknown` comes as a variant",
                    ),
                    Language::Python | Language::Node => {
                        change.with(language, Compatible, "any text fits the type")
                    }
                    Language::Kotlin | Language::Swift => change.with(
                        language,
                        Breaking,
                        "a `when` or `switch` over all values without a branch for the rest no longer compiles",
                    ),
                };
            }
            self.changes.push(change);
        }
        for (value, _) in old.iter().filter(|(value, _)| !is.contains(value)) {
            let mut change = self.change("", Only(&["const", "enum"]));
            (change.what, change.text) = (What::Removed, format!("value `{value}` of `{name}`"));
            for language in Language::ALL.into_iter().filter(|language| self.shows(*language)) {
                change = match language {
                    Language::Python | Language::Node => {
                        change.with(language, Compatible, "any text fits the type")
                    }
                    _ => change.with(language, Breaking, "code that names it no longer compiles"),
                };
            }
            self.changes.push(change);
        }
        for (value, variant) in &old {
            let now = new.iter().find(|(other, _)| other == value).map(|(_, variant)| variant);
            if let Some(now) = now.filter(|now| *now != variant) {
                let text = format!("has its value `{value}` as `{now}`, no longer as `{variant}`");
                let change = self.change(&text, Only(&["enum"]));
                let languages = [Language::Rust, Language::Kotlin, Language::Swift];
                let languages = languages.into_iter().filter(|language| self.shows(*language));
                let change = languages.fold(change, |change, language| {
                    change.with(language, Breaking, "code that names it means another value")
                });
                self.changes.push(change);
            }
        }
        if was != is && was.len() == is.len() && was.iter().all(|value| is.contains(value)) {
            let change = self.change("has its values in another order", Only(&["enum"]));
            self.changes.push(change.with(Language::Rust, Compatible, "only sorting shows it"));
        }
    }

    /// Adds a change that some language shows.
    pub(super) fn push(&mut self, change: Change) {
        if !change.effects.is_empty() {
            self.changes.push(change);
        }
    }
}

/// How a type is sent or answered otherwise: in the document or, if it is the same there, in what calls take and give.
fn role(was: &Surface, is: &Surface, name: &str) -> String {
    let of_calls = |surface: &Surface| {
        let ways = surface.ways(Language::Python, name);
        [ways.contains(&Way::Read), ways.contains(&Way::Written)]
    };
    let in_document =
        |surface: &Surface| [&surface.api.read, &surface.api.written].map(|names| names.contains(name));
    let (mut old, mut new) = (in_document(was), in_document(is));
    if old == new {
        (old, new) = (of_calls(was), of_calls(is));
    }
    let mut words = Vec::new();
    for (index, word) in ["answered", "sent"].into_iter().enumerate() {
        match (old[index], new[index]) {
            (false, true) => words.push(format!("is {word} too")),
            (true, false) => words.push(format!("is no longer {word}")),
            _ => {}
        }
    }
    if words.is_empty() { "is given otherwise".to_owned() } else { words.join(", ") }
}

fn kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::Object(_) => "an object",
        Shape::Enum(_) => "a set of values",
        Shape::Alias(_) => "another name for a type",
        Shape::Other => "a choice or combination",
    }
}
