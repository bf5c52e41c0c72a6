//! What differs in what an operation takes.

use serde_json::Value;

use super::Explains::{Only, Whole};
use super::Level::{Breaking, Compatible};
use super::fields::same_default;
use super::limits::{LIMITS, limited, limits};
use super::operations::Pair;
use super::places::{body_at, parameter_at};
use super::{Change, Explains, Language, Level, Places, Sides, What, types};
use crate::emit::surface::{Surface, Way, fits, key};
use crate::model::{Api, Check, Operation, Parameter, TypeRef};
use crate::problem::join;

/// Something that an operation takes.
pub(super) struct Argument<'a> {
    /// Its name in the core.
    key: String,
    wire: &'a str,
    place: Place,
    ty: &'a TypeRef,
    required: bool,
    /// Whether null is something to say.
    null: bool,
    default: Option<&'a Value>,
    checks: &'a [Check],
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Path,
    Query,
    Body,
    WholeBody,
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Body | Self::WholeBody => "body",
        }
    }
}

/// What an operation takes, in the order of the document.
pub(super) fn arguments<'a>(api: &'a Api, operation: &'a Operation) -> Vec<Argument<'a>> {
    let parameter = |place: Place| {
        move |parameter: &'a Parameter| {
            // Documentation and examples are compared where they stand.
            let Parameter { name, docs: _, ty, required, default, checks, example: _ } = parameter;
            Argument {
                key: key(name, false),
                wire: name,
                place,
                ty,
                required: *required || place == Place::Path,
                null: false,
                default: default.as_ref(),
                checks,
            }
        }
    };
    let mut found: Vec<Argument> = operation.path.iter().map(parameter(Place::Path)).collect();
    found.extend(operation.query.iter().map(parameter(Place::Query)));
    match (api.body_fields(operation), &operation.body) {
        (Some(fields), _) => {
            for field in fields {
                let is_taken =
                    found.iter().any(|other| other.place != Place::Body && other.wire == field.name);
                let key = if is_taken { format!("body_{}", field.name) } else { key(&field.name, false) };
                found.push(Argument {
                    key,
                    wire: &field.name,
                    place: Place::Body,
                    ty: &field.ty,
                    required: operation.requires(field),
                    null: field.nullable && !field.required,
                    default: field.default.as_ref(),
                    checks: &[],
                });
            }
        }
        (None, Some(body)) => found.push(Argument {
            key: "body".to_owned(),
            wire: "body",
            place: Place::WholeBody,
            ty: &body.ty,
            required: true,
            null: false,
            default: None,
            checks: &[],
        }),
        (None, None) => {}
    }
    found
}

/// Whether an operation takes anything by name in Node, where that is one object before the options of the call.
pub(super) fn takes_params(operation: &Operation, arguments: &[Argument]) -> bool {
    let own = operation.billing_days.is_some() || operation.confirm.is_some() || operation.paging.is_some();
    own || arguments.iter().any(|argument| matches!(argument.place, Place::Query | Place::Body))
}

impl Pair<'_, '_> {
    pub(super) fn arguments(&mut self) {
        let (sides, name) = (self.sides, self.new.name());
        let was = arguments(sides.old.shows.api, self.old);
        let is = arguments(sides.new.shows.api, self.new);
        let whole =
            |arguments: &[Argument]| arguments.iter().any(|argument| argument.place == Place::WholeBody);
        let pairs = partners(&was, &is);
        let lone =
            |index: &usize, of: fn(&(usize, usize)) -> usize| pairs.iter().all(|pair| of(pair) != *index);
        if self.old.body.is_some() && self.new.body.is_some() && whole(&was) != whole(&is) {
            let text = if whole(&is) {
                "the body is given as one argument, since answers hold its type too or it is no object"
            } else {
                "the fields of the body are given one by one"
            };
            let (old, new) = (body_at(sides.old.root, self.old), body_at(sides.new.root, self.new));
            self.changes.push(
                Change::new(What::Changed, format!("`{name}`: {text}"), Only(&[]))
                    .at(&[old], &[new])
                    .everywhere(Breaking, "calls give it otherwise"),
            );
        } else {
            for (_, argument) in was.iter().enumerate().filter(|(index, _)| lone(index, |(was, _)| *was)) {
                let mut places = places(sides.old.root, sides.old.places, self.old, argument);
                if self.new.body.is_none() && matches!(argument.place, Place::Body | Place::WholeBody) {
                    places.push(join(&self.old.pointer, "requestBody"));
                }
                self.changes.push(
                    Change::new(What::Removed, format!("`{name}`: {}", title(argument)), Whole)
                        .at(&places, &[])
                        .everywhere(Breaking, "calls that give it no longer work"),
                );
            }
            let had_params = takes_params(self.old, &was);
            for (_, argument) in is.iter().enumerate().filter(|(index, _)| lone(index, |(_, is)| *is)) {
                self.added(argument, had_params);
            }
        }
        for (old, new) in &pairs {
            self.argument(&was[*old], &is[*new]);
        }
        self.order(&was, &is, &pairs);
    }

    fn added(&mut self, argument: &Argument, had_params: bool) {
        let (name, sides) = (self.new.name(), self.sides);
        let required = if argument.required { ", which must be given" } else { "" };
        let mut places = places(sides.new.root, sides.new.places, self.new, argument);
        if self.old.body.is_none() && matches!(argument.place, Place::Body | Place::WholeBody) {
            places.push(join(&self.new.pointer, "requestBody"));
        }
        let mut change = Change::new(What::Added, format!("`{name}`: {}{required}", title(argument)), Whole)
            .at(&[], &places);
        if argument.required {
            change = change.everywhere(Breaking, "calls must give it");
        } else {
            for language in Language::ALL {
                change = match language {
                    Language::Rust => change.with(language, Compatible, "a new setter"),
                    Language::Node if !had_params => change.with(language, Breaking, PARAMS),
                    Language::Python | Language::Node => {
                        change.with(language, Compatible, "a new optional argument, given by name")
                    }
                    Language::Kotlin => change.with(
                        language,
                        Compatible,
                        "a new optional argument for calls by name; by position, as from Java, what follows it moves; compiled \
                         code must be compiled anew",
                    ),
                    Language::Swift => change.with(
                        language,
                        Compatible,
                        "a new optional argument; compiled code must be compiled anew",
                    ),
                };
            }
        }
        self.changes.push(change);
    }

    /// One argument, before and now.
    fn argument(&mut self, old: &Argument, new: &Argument) {
        let (name, sides) = (self.new.name(), self.sides);
        let was_at = places(sides.old.root, sides.old.places, self.old, old);
        let is_at = places(sides.new.root, sides.new.places, self.new, new);
        let start = format!("`{name}`: {}", title(new));
        let tell = |text: String, explains: Explains| {
            Change::new(What::Changed, format!("{start} {text}"), explains).at(&was_at, &is_at)
        };
        let mut found = Vec::new();
        if old.key != new.key {
            let change = tell(format!("was called `{}`", old.key), Only(&["name"]));
            found.push(if new.place == Place::Path {
                Language::ALL.into_iter().fold(change, |change, language| match language {
                    Language::Rust | Language::Node => change.with(language, Compatible, "given by position"),
                    Language::Python | Language::Kotlin => {
                        change.with(language, Breaking, "calls that give it by name no longer work")
                    }
                    Language::Swift => change.with(language, Breaking, "its label is another one"),
                })
            } else {
                change.everywhere(Breaking, "calls give it by name")
            });
        }
        if old.place != new.place {
            let text = format!("is sent in the {}, no longer in the {}", new.place.name(), old.place.name());
            found.push(tell(text, Whole).everywhere(Compatible, "calls read as before"));
        }
        if (old.ty, old.required, old.null) != (new.ty, new.required, new.null) {
            let mut text = Vec::new();
            if old.ty != new.ty {
                text.push(format!("takes {}, no longer {}", types::words(new.ty), types::words(old.ty)));
            }
            match (old.required, new.required) {
                (false, true) => text.push("must be given".to_owned()),
                (true, false) => text.push("may be left out".to_owned()),
                _ => {}
            }
            match (old.null, new.null) {
                (false, true) => text.push("may be null".to_owned()),
                (true, false) => text.push("may not be null".to_owned()),
                _ => {}
            }
            let change = tell(text.join("; "), Only(types::TYPE));
            found.push(Language::ALL.into_iter().fold(change, |change, language| {
                let (level, why) = taken(sides, language, (self.old, old), (self.new, new));
                change.with(language, level, &why)
            }));
        }
        if !same_default(old.default, new.default) {
            let value = |default: Option<&Value>| default.map_or("nothing".to_owned(), Value::to_string);
            let text =
                format!("is {} if it is left out, no longer {}", value(new.default), value(old.default));
            found.push(tell(text, Only(&["default"])).everywhere(Compatible, "the service fills it in"));
        }
        let dates = old.ty != new.ty;
        for (text, level) in limits(old.checks, new.checks, dates) {
            found.push(tell(text, Only(LIMITS)).everywhere(level, limited(level)));
        }
        self.changes.append(&mut found);
    }

    /// Arguments that are given by position or must come in order.
    fn order(&mut self, was: &[Argument], is: &[Argument], pairs: &[(usize, usize)]) {
        let moved = |counts: &dyn Fn(&Argument) -> bool, required_first: bool| {
            let mut pairs: Vec<_> =
                pairs.iter().filter(|(old, new)| counts(&was[*old]) && counts(&is[*new])).collect();
            pairs.sort_by_key(|(old, _)| (required_first && !was[*old].required, *old));
            let now = pairs.iter().map(|(_, new)| (required_first && !is[*new].required, *new));
            !now.is_sorted()
        };
        let positional = |argument: &Argument| matches!(argument.place, Place::Path | Place::WholeBody);
        let mut change = Change::new(
            What::Changed,
            format!("`{}`: its arguments come in another order", self.new.name()),
            Only(&[]),
        )
        .at(std::slice::from_ref(&self.old.pointer), std::slice::from_ref(&self.new.pointer));
        if moved(&|argument| argument.required, false) {
            change = change.with(Language::Rust, Breaking, "they are given by position");
        }
        if moved(&positional, false) {
            for language in [Language::Python, Language::Node] {
                change = change.with(language, Breaking, "they are given by position");
            }
        }
        if moved(&|_| true, true) {
            change = change.with(Language::Kotlin, Breaking, "who gives them by position gives others").with(
                Language::Swift,
                Breaking,
                "labels must come in their order",
            );
        }
        if !change.effects.is_empty() {
            self.changes.push(change);
        }
    }
}

/// Why the first argument by name breaks calls in Node.
pub(super) const PARAMS: &str =
    "arguments by name come before the options of the call, which were in their place";

/// Arguments that are the same one: what is called the same where it is given in the same manner, then what is in the
/// same place of the request.
fn partners(was: &[Argument], is: &[Argument]) -> Vec<(usize, usize)> {
    let path = |argument: &Argument| argument.place == Place::Path;
    let whole = |argument: &Argument| argument.place == Place::WholeBody;
    type Test<'a> = &'a dyn Fn((usize, &Argument), (usize, &Argument)) -> bool;
    let tests: [Test; 3] = [
        &|(_, old), (_, new)| old.key == new.key && path(old) == path(new) && whole(old) == whole(new),
        &|(_, old), (_, new)| old.wire == new.wire && old.place == new.place,
        // Path parameters come first, in the order of the path.
        &|(was, old), (is, new)| was == is && path(old) && path(new),
    ];
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for fits in tests {
        for old in was.iter().enumerate() {
            let is_free = |new: usize, pairs: &[(usize, usize)]| {
                pairs.iter().all(|pair| pair.0 != old.0 && pair.1 != new)
            };
            if let Some((new, _)) =
                is.iter().enumerate().find(|new| fits(old, *new) && is_free(new.0, &pairs))
            {
                pairs.push((old.0, new));
            }
        }
    }
    pairs
}

fn title(argument: &Argument) -> String {
    if argument.place == Place::WholeBody {
        "the body".to_owned()
    } else {
        format!("argument `{}`", argument.key)
    }
}

/// Where an argument stands in the document.
fn places(root: &Value, places: &Places, operation: &Operation, argument: &Argument) -> Vec<String> {
    match (argument.place, operation.body.as_ref().map(|body| &body.ty)) {
        (Place::Body, Some(TypeRef::Named(name))) => places.of_field(name, argument.wire),
        (Place::WholeBody, _) => vec![body_at(root, operation)],
        (place, _) => vec![parameter_at(root, operation, place.name(), argument.wire)],
    }
}

/// What another type, or being required or nullable, does to calls that give an argument.
fn taken(
    sides: &Sides,
    language: Language,
    (was_of, old): (&Operation, &Argument),
    (is_of, new): (&Operation, &Argument),
) -> (Level, String) {
    let shown = |surface: &Surface, operation: &Operation, argument: &Argument| {
        let mut shown = surface.argument(language, argument.ty, argument.required, argument.null);
        // Places and sizes of pages are never negative.
        let parameters = operation.paging.as_ref().map(|paging| paging.style.parameters());
        if language == Language::Rust
            && *argument.ty == TypeRef::Integer
            && parameters.is_some_and(|parameters| parameters.contains(&argument.wire))
        {
            shown.ty =
                if parameters.is_some_and(|[place, _]| place == argument.wire) { "u64" } else { "u32" }
                    .to_owned();
        }
        shown
    };
    let was = shown(&sides.old.shows, was_of, old);
    let is = shown(&sides.new.shows, is_of, new);
    if !fits(language, Way::Written, &was.ty, &is.ty) {
        return (Breaking, format!("takes `{}`, no longer `{}`", is.ty, was.ty));
    }
    if was.absent && !is.absent {
        return (Breaking, "calls must give it".to_owned());
    }
    if was.null && !is.null {
        return (Breaking, "null is no longer taken".to_owned());
    }
    match language {
        Language::Rust if is.absent && !was.absent => (
            Breaking,
            "it is set by a method of the call, no longer given to the method that starts it".to_owned(),
        ),
        Language::Rust if is.null && !was.null && matches!(old.ty, TypeRef::Array(_) | TypeRef::Map(_)) => {
            (Breaking, "it takes a `Vec` or a map, no longer anything to be iterated".to_owned())
        }
        Language::Kotlin if is.absent && !was.absent => {
            (Compatible, "what was taken still is; compiled code must be compiled anew".to_owned())
        }
        _ => (Compatible, "what was taken still is".to_owned()),
    }
}
