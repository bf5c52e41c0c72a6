//! What differs in the operations: what they are called, what they take, send and give.

use super::Explains::{All, Only, Whole};
use super::Level::{Breaking, Compatible};
use super::arguments::{PARAMS, arguments, takes_params};
use super::places::answer_at;
use super::{Change, Explains, Language, Sides, What, types};
use crate::emit::surface::{Way, fits};
use crate::model::{Api, Kind, Operation, Paging, Style, TypeRef};
use crate::problem::join;

/// Operations of the old and the new API that are the same one. What sends the same request is, whatever it is called;
/// of the rest, what is called the same.
pub(super) fn pair(old: &Api, new: &Api) -> Vec<(usize, usize)> {
    let request = |operation: &Operation| format!("{} {}", operation.http_method, form(&operation.template));
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for same in [&request as &dyn Fn(&Operation) -> String, &|operation: &Operation| operation.name()] {
        for (was, operation) in old.operations().enumerate() {
            let mut others = new.operations().enumerate();
            let partner = others.find(|(is, other)| {
                same(other) == same(operation) && pairs.iter().all(|(_, taken)| taken != is)
            });
            if let Some((is, _)) = partner
                && pairs.iter().all(|(taken, _)| *taken != was)
            {
                pairs.push((was, is));
            }
        }
    }
    pairs
}

pub(super) fn compare(sides: &Sides, pairs: &[(usize, usize)], changes: &mut Vec<Change>) {
    for (index, operation) in sides.old.shows.api.operations().enumerate() {
        if pairs.iter().all(|(was, _)| *was != index) {
            let text = format!("`{}` (`{}`)", operation.name(), request(operation));
            changes.push(
                Change::new(What::Removed, text, Whole)
                    .at(std::slice::from_ref(&operation.pointer), &[])
                    .everywhere(Breaking, "calls of it no longer work"),
            );
        }
    }
    for (index, operation) in sides.new.shows.api.operations().enumerate() {
        match pairs.iter().find(|(_, is)| *is == index) {
            Some((was, _)) => {
                let old = sides.old.shows.api.operations().nth(*was).expect("a pair is of operations");
                Pair { sides, old, new: operation, changes }.compare();
            }
            None => {
                let text = format!("`{}` (`{}`)", operation.name(), request(operation));
                changes.push(
                    Change::new(What::Added, text, Whole)
                        .at(&[], std::slice::from_ref(&operation.pointer))
                        .everywhere(Compatible, "a new method"),
                );
            }
        }
    }
}

/// A path without the names of its parameters.
fn form(template: &str) -> String {
    let parts = template.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn request(operation: &Operation) -> String {
    format!("{} {}", operation.http_method, operation.template)
}

/// One operation, before and now.
pub(super) struct Pair<'a, 'b> {
    pub(super) sides: &'a Sides<'a>,
    pub(super) old: &'a Operation,
    pub(super) new: &'a Operation,
    pub(super) changes: &'b mut Vec<Change>,
}

impl Pair<'_, '_> {
    fn compare(&mut self) {
        // Each part is named, so that a part that is new in the model can't be forgotten here. The documentation is
        // compared where it stands; whether an operation is a beta one is part of its path.
        let Operation {
            resource: _,
            method: _,
            published_id,
            http_method,
            template,
            pointer: _,
            summary: _,
            docs: _,
            kind,
            confirm,
            paging,
            path: _,
            query: _,
            body: _,
            response: _,
            ranges,
            billing_days,
            same_as_path,
            reserved,
            v3_twin: _,
            v3_note: _,
            beta: _,
        } = self.old;
        let new = self.new;
        let name = new.name();
        if self.old.name() != name {
            let text = format!("`{}` is called `{name}`", self.old.name());
            self.tell(text, Only(&["operationId", "tags", "x-method", "x-resource"]), "", |change| {
                change.everywhere(Breaking, "calls of the old name no longer work")
            });
        } else if *published_id != new.published_id {
            let text =
                format!("`{name}`: the document calls it `{}`, no longer `{published_id}`", new.published_id);
            self.tell(text, Only(&["operationId"]), "", |change| {
                change.with(Language::Rust, Compatible, "only the operation's row in the table tells it")
            });
        }
        if *http_method != new.http_method {
            self.method();
        }
        if form(template) != form(&new.template) {
            let text = format!("`{name}`: asks at `{}`, no longer at `{template}`", new.template);
            self.tell(text, Only(&[]), "", |change| change.everywhere(Compatible, "calls read as before"));
        }
        if *kind != new.kind {
            let text = format!("`{name}`: is {}, no longer {}", kind_words(new.kind), kind_words(*kind));
            self.tell(text, Only(&["x-kind"]), "", |change| {
                change.everywhere(Compatible, "told by the documentation and the table of operations")
            });
        }
        if *confirm != new.confirm {
            let (text, why) = match (confirm, &new.confirm) {
                (None, Some(phrase)) => {
                    (format!("needs the confirmation `{phrase}`"), "without it, a call is refused")
                }
                (Some(_), None) => {
                    ("needs no confirmation".to_owned(), "there is no `confirm` to give it to")
                }
                (_, phrase) => {
                    let phrase = phrase.as_deref().unwrap_or_default();
                    (
                        format!("needs another confirmation, `{phrase}`"),
                        "with the old phrase, a call is refused",
                    )
                }
            };
            self.tell(format!("`{name}`: {text}"), All, "x-confirm", |change| {
                change.everywhere(Breaking, why)
            });
        }
        for (from, to) in ranges.iter().filter(|range| !new.ranges.contains(range)) {
            let text = format!("`{name}`: `{to}` may be before `{from}`");
            self.tell(text, All, "x-ranges", |change| {
                change.everywhere(Compatible, "no longer refused before sending")
            });
        }
        for (from, to) in new.ranges.iter().filter(|range| !ranges.contains(range)) {
            let text = format!("`{name}`: `{to}` may not be before `{from}`");
            self.tell(text, All, "x-ranges", |change| {
                change.everywhere(Breaking, "what was sent is refused before sending")
            });
        }
        let had_params = takes_params(self.old, &arguments(self.sides.old.shows.api, self.old));
        if *billing_days != new.billing_days {
            let (text, level, why) = match (billing_days, &new.billing_days) {
                (None, _) => ("takes billing days", Compatible, "a new optional argument"),
                (_, None) => {
                    ("takes no billing days", Breaking, "there is no `billing_days` to give them to")
                }
                _ => ("billing days set other parameters", Compatible, "calls read as before"),
            };
            self.tell(format!("`{name}`: {text}"), All, "x-billing-days", |change| {
                let change = change.everywhere(level, why);
                if had_params { change } else { change.with(Language::Node, Breaking, PARAMS) }
            });
        }
        for (field, path) in new.same_as_path.iter().filter(|same| !same_as_path.contains(same)) {
            let text = format!("`{name}`: `{field}` may hold nothing but `{path}`");
            self.tell(text, All, "x-same-as-path", |change| {
                change.everywhere(Breaking, "what was sent is refused before sending")
            });
        }
        for (field, path) in same_as_path.iter().filter(|same| !new.same_as_path.contains(same)) {
            let text = format!("`{name}`: `{field}` may differ from `{path}`");
            self.tell(text, All, "x-same-as-path", |change| {
                change.everywhere(Compatible, "no longer refused before sending")
            });
        }
        for (id, words) in refused(reserved, &new.reserved) {
            self.tell(format!("`{name}`: `{id}` may be {words} again"), Only(&[]), "", |change| {
                change.everywhere(Compatible, "less is refused before sending")
            });
        }
        for (id, words) in refused(&new.reserved, reserved) {
            self.tell(format!("`{name}`: `{id}` may not be {words}"), Only(&[]), "", |change| {
                change.everywhere(Compatible, "such an id would reach another operation")
            });
        }
        self.paging(paging.as_ref());
        self.answer();
        self.arguments();
        self.body();
    }

    /// Adds a change of the operation, or of its part called `part`.
    fn tell(&mut self, text: String, explains: Explains, part: &str, effects: impl FnOnce(Change) -> Change) {
        let at = |operation: &Operation| {
            if part.is_empty() { operation.pointer.clone() } else { join(&operation.pointer, part) }
        };
        let change = Change::new(What::Changed, text, explains).at(&[at(self.old)], &[at(self.new)]);
        self.changes.push(effects(change));
    }

    fn method(&mut self) {
        let repeats = |operation: &Operation| {
            ["GET", "HEAD", "PUT", "DELETE"].contains(&operation.http_method.as_str())
        };
        let (was, is) = (&self.old.http_method, &self.new.http_method);
        let retries = match (repeats(self.old), repeats(self.new)) {
            (true, false) => {
                "; what fails on the way is no longer tried again, save 429 and connections never made"
            }
            (false, true) => "; what fails on the way is tried again",
            _ => "",
        };
        let text = format!("`{}`: sent as {is}, no longer as {was}{retries}", self.new.name());
        self.tell(text, Only(&[]), "", |change| change.everywhere(Compatible, "calls read as before"));
    }

    fn paging(&mut self, old: Option<&Paging>) {
        let name = self.new.name();
        let (old, new) = match (old, &self.new.paging) {
            (Some(old), Some(new)) => (old, new),
            (None, None) => return,
            (old, _) => {
                let text =
                    if old.is_none() { "gives a listing" } else { "gives one answer, no longer a listing" };
                self.tell(format!("`{name}`: {text}"), All, "x-paging", |change| {
                    change.everywhere(Breaking, "what it gives is used otherwise")
                });
                return;
            }
        };
        let Paging { style, rows, row_id, size, row } = old;
        let mut told = Vec::new();
        if *style != new.style {
            told.push((
                format!("pages by {}, no longer by {}", style_words(new.style), style_words(*style)),
                "tokens to resume from no longer fit",
            ));
        }
        if *rows != new.rows {
            told.push((
                format!("rows come as `{}`, no longer as `{rows}`", new.rows),
                "calls read as before",
            ));
        }
        if *row_id != new.row_id {
            let text = format!("rows are told apart by `{}`, no longer by `{row_id}`", new.row_id);
            told.push((text, "calls read as before"));
        }
        if *size != new.size {
            told.push((
                format!("asks for {} rows at once, no longer for {size}", new.size),
                "calls read as before",
            ));
        }
        for (text, why) in told {
            self.tell(format!("`{name}`: {text}"), All, "x-paging", |change| {
                change.everywhere(Compatible, why)
            });
        }
        let (was, is) = (row.clone(), new.row.clone());
        self.gives("rows", &was, &is);
    }

    fn answer(&mut self) {
        let (old, new) = (&self.old.response, &self.new.response);
        let is_list = |ty: &TypeRef| matches!(ty, TypeRef::Array(_));
        if self.old.paging.is_some() != self.new.paging.is_some() {
            if old != new {
                let text = format!(
                    "`{}`: the answer: {} becomes {}",
                    self.new.name(),
                    types::words(old),
                    types::words(new)
                );
                let (was, is) = self.answers();
                self.changes.push(
                    Change::new(What::Changed, text, Only(types::TYPE))
                        .at(&was, &is)
                        .everywhere(Breaking, "what it gives is used otherwise"),
                );
            }
            return;
        }
        if self.new.paging.is_some() {
            if old != new {
                let text = format!("`{}`: its pages come as another type", self.new.name());
                let (was, is) = self.answers();
                self.changes.push(
                    Change::new(What::Changed, text, Only(types::TYPE))
                        .at(&was, &is)
                        .everywhere(Compatible, "only the rows are seen"),
                );
            }
        } else if is_list(old) != is_list(new) {
            let text = if is_list(new) { "gives a list" } else { "gives one thing, no longer a list" };
            let (was, is) = self.answers();
            self.changes.push(
                Change::new(What::Changed, format!("`{}`: {text}", self.new.name()), Only(types::TYPE))
                    .at(&was, &is)
                    .everywhere(Breaking, "what it gives is used otherwise"),
            );
        } else {
            let (was, is) = (old.clone(), new.clone());
            self.gives("the answer", &was, &is);
        }
    }

    fn answers(&self) -> (Vec<String>, Vec<String>) {
        (vec![answer_at(self.sides.old.root, self.old)], vec![answer_at(self.sides.new.root, self.new)])
    }

    /// A type that an operation gives.
    fn gives(&mut self, what: &str, old: &TypeRef, new: &TypeRef) {
        if old == new {
            return;
        }
        let (was, is) = self.answers();
        let text =
            format!("`{}`: {what}: {} becomes {}", self.new.name(), types::words(old), types::words(new));
        let mut change = Change::new(What::Changed, text, Only(types::TYPE)).at(&was, &is);
        for language in Language::ALL {
            let was = self.sides.old.shows.ty(language, old, Way::Read);
            let is = self.sides.new.shows.ty(language, new, Way::Read);
            change = if fits(language, Way::Read, &was, &is) {
                change.with(language, Compatible, "code for the old type fits the new one")
            } else {
                change.with(language, Breaking, &format!("`{was}` becomes `{is}`"))
            };
        }
        self.changes.push(change);
    }
}

/// Words that ids may not be on one side and may be on the other.
fn refused(one: &[(String, Vec<String>)], other: &[(String, Vec<String>)]) -> Vec<(String, String)> {
    let found = one.iter().map(|(id, words)| {
        let known = other.iter().find(|(other, _)| other == id).map_or(&[][..], |(_, words)| words);
        let words = words.iter().filter(|word| !known.contains(word)).map(|word| format!("`{word}`"));
        (id.clone(), words.collect::<Vec<_>>().join(", "))
    });
    found.filter(|(_, words)| !words.is_empty()).collect()
}

fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Read => "read",
        Kind::Write => "write",
        Kind::Destructive => "destructive",
        Kind::BulkDestructive => "bulk-destructive",
    }
}

fn style_words(style: Style) -> &'static str {
    match style {
        Style::Offset => "offset",
        Style::PageNumber => "page number",
        Style::AuditLog => "the last row's id",
    }
}
