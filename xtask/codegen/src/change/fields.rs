//! What differs in the fields of a type.

use serde_json::Value;

use super::Explains::{Only, Whole};
use super::Level::{Breaking, Compatible};
use super::types::{Pair, TYPE, words};
use super::{Change, Explains, Language, Level, What};
use crate::emit::surface::{Shown, Way, fits};
use crate::model::Field;

impl Pair<'_, '_> {
    pub(super) fn fields(&mut self, was: &[Field], is: &[Field]) {
        let (sides, name) = (self.sides, self.new.name.clone());
        for field in was.iter().filter(|field| !is.iter().any(|other| other.name == field.name)) {
            let change = Change::new(What::Removed, format!("`{name}.{}`", field.name), Whole)
                .at(&sides.old.places.of_field(&name, &field.name), &[]);
            let languages = Language::ALL.into_iter().filter(|language| self.shows(*language));
            let change = languages.fold(change, |change, language| {
                change.with(language, Breaking, "code that uses it no longer works")
            });
            self.push(change);
        }
        for field in is.iter().filter(|field| !was.iter().any(|other| other.name == field.name)) {
            let required = if field.required && sides.new.shows.api.written.contains(&name) {
                ", which must be sent"
            } else {
                ""
            };
            let mut change = Change::new(What::Added, format!("`{name}.{}`{required}", field.name), Whole)
                .at(&[], &sides.new.places.of_field(&name, &field.name));
            for language in Language::ALL {
                for way in self.sides.new.shows.ways(language, &name) {
                    let is = self.sides.new.shows.field(language, &name, field, way);
                    let (level, why) = added(language, way, field, &is);
                    change = change.with(language, level, why);
                }
            }
            self.push(change);
        }
        for old in was {
            if let Some(new) = is.iter().find(|other| other.name == old.name) {
                self.field(old, new);
            }
        }
        let order = |fields: &[Field], others: &[Field]| -> Vec<String> {
            let common = fields.iter().filter(|field| others.iter().any(|other| other.name == field.name));
            common.map(|field| field.name.clone()).collect()
        };
        if order(was, is) != order(is, was) {
            let mut change = self.change("has its fields in another order", Only(&[]));
            for language in [Language::Kotlin, Language::Swift] {
                for way in self.sides.old.shows.ways(language, &name) {
                    let (level, why) = match way {
                        Way::Read => {
                            (Compatible, "only code that makes one itself, or takes it apart, shows it")
                        }
                        Way::Written => (Breaking, "its initializer takes them in order"),
                    };
                    change = change.with(language, level, why);
                }
            }
            self.push(change);
        }
    }

    /// One field, before and now.
    fn field(&mut self, old: &Field, new: &Field) {
        let (sides, name) = (self.sides, self.new.name.clone());
        // Each part is named, so that a part that is new in the model can't be forgotten here.
        let Field { name: field, docs: _, ty, required, nullable, default, sensitive, key } = old;
        let (was_at, is_at) =
            (sides.old.places.of_field(&name, field), sides.new.places.of_field(&name, field));
        let tell = |text: &str, explains: Explains| {
            Change::new(What::Changed, format!("`{name}.{field}` {text}"), explains).at(&was_at, &is_at)
        };
        let shown: Vec<Language> =
            Language::ALL.into_iter().filter(|language| self.shows(*language)).collect();
        let mut found = Vec::new();
        let mut text = Vec::new();
        if *ty != new.ty {
            text.push(format!("is {}, no longer {}", words(&new.ty), words(ty)));
        }
        match (*required, new.required) {
            (false, true) => text.push("is always there".to_owned()),
            (true, false) => text.push("may be missing".to_owned()),
            _ => {}
        }
        match (*nullable, new.nullable) {
            (false, true) => text.push("may be null".to_owned()),
            (true, false) => text.push("is never null".to_owned()),
            _ => {}
        }
        let mut forms = Vec::new();
        if !text.is_empty() {
            forms.push(tell(&text.join("; "), Only(TYPE)));
        }
        if !same_default(default.as_ref(), new.default.as_ref()) {
            let value =
                |default: &Option<Value>| default.as_ref().map_or("nothing".to_owned(), Value::to_string);
            let text = format!("is {} if it is missing, no longer {}", value(&new.default), value(default));
            forms.push(tell(&text, Only(&["default"])));
        }
        for mut change in forms {
            for language in &shown {
                let ways = sides.new.shows.ways(*language, &name);
                for way in sides.old.shows.ways(*language, &name).into_iter().filter(|way| ways.contains(way))
                {
                    let was = sides.old.shows.field(*language, &name, old, way);
                    let is = sides.new.shows.field(*language, &name, new, way);
                    let (level, why) = changed(*language, way, &was, &is);
                    change = change.with(*language, level, &why);
                }
            }
            found.push(change);
        }
        // A secret is a type of its own.
        if *sensitive != new.sensitive && *ty == new.ty {
            let text =
                if new.sensitive.is_some() { "is personal data" } else { "is no longer personal data" };
            let change = tell(text, Only(&["x-sensitive"]));
            found.push(shown.iter().fold(change, |change, language| {
                change.with(*language, Compatible, "what is printed and logged of it differs")
            }));
        }
        if *key != new.key {
            let change = tell("is laid out otherwise in tables", Only(&["x-table-key"]));
            if shown.contains(&Language::Python) {
                found.push(change.with(
                    Language::Python,
                    Breaking,
                    "columns of data frames have other names",
                ));
            }
        }
        for change in found {
            self.push(change);
        }
    }
}

/// What a new field does.
fn added(language: Language, way: Way, field: &Field, is: &Shown) -> (Level, &'static str) {
    match (language, way) {
        (_, Way::Written) if field.required => (Breaking, "code that makes one must give it"),
        (Language::Rust, Way::Written) => (Breaking, "code that makes one with all its fields must give it"),
        (Language::Python | Language::Node, Way::Written) => (Compatible, "a new field that may be left out"),
        (Language::Kotlin | Language::Swift, Way::Written) if is.null => {
            (Compatible, "a new field that may be left out; compiled code must be compiled anew")
        }
        (Language::Kotlin | Language::Swift, Way::Written) => (Breaking, "code that makes one must give it"),
        (Language::Rust | Language::Python, Way::Read) => {
            (Compatible, "a new field; it came in `extra` before")
        }
        (Language::Node, Way::Read) if is.absent => (Compatible, "a new field"),
        (Language::Node, Way::Read) => {
            (Compatible, "a new field; only code that makes such answers itself must give it")
        }
        (Language::Kotlin | Language::Swift, Way::Read) if is.null => {
            (Compatible, "a new field; compiled code must be compiled anew")
        }
        (Language::Kotlin | Language::Swift, Way::Read) => (
            Compatible,
            "a new field; only code that makes such answers itself must give it, and compiled code must be compiled anew",
        ),
    }
}

/// What another form of a field does.
fn changed(language: Language, way: Way, was: &Shown, is: &Shown) -> (Level, String) {
    if !fits(language, way, &was.ty, &is.ty) {
        return (Breaking, format!("`{}` becomes `{}`", was.ty, is.ty));
    }
    if was.absent == is.absent && was.null == is.null {
        return (Compatible, "it reads as before".to_owned());
    }
    let is_wider = (is.absent && !was.absent) || (is.null && !was.null);
    let is_narrower = (was.absent && !is.absent) || (was.null && !is.null);
    let (level, why) = match (language, way) {
        (Language::Rust, _) if is_wider => (Breaking, "it becomes an `Option`, or one of another kind"),
        (Language::Rust, _) => (Breaking, "it is no longer the same `Option`"),
        (_, Way::Read) if is_wider => (Breaking, "code that uses it must be ready for nothing being there"),
        (Language::Swift, Way::Read) => (Breaking, "code that unwraps it no longer compiles"),
        (_, Way::Read) => (Compatible, "code that is ready for nothing being there still works"),
        (_, Way::Written) if is_narrower => {
            (Breaking, "code that leaves it out or gives nothing no longer works")
        }
        (_, Way::Written) => (Compatible, "what was taken still is"),
    };
    (level, why.to_owned())
}

/// Whether two defaults are the same to a language that fills in what is missing.
pub(super) fn same_default(old: Option<&Value>, new: Option<&Value>) -> bool {
    old.filter(|value| !value.is_null()) == new.filter(|value| !value.is_null())
}
