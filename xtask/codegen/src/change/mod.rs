//! What a new document means for users of each language: what is added, changed and removed, what breaks and why, the
//! next version and its changelog entry.
//!
//! Two models are compared, so that renames, paging and guards count too. Then the documents themselves are: whatever
//! differs there and is explained by no difference of the models is either documentation or reported as not understood.
//! Nothing that differs is left out.

mod arguments;
mod document;
mod fields;
mod limits;
mod names;
mod operations;
mod places;
mod print;
mod types;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::emit::surface::Surface;
use crate::model::{self, Api};
use crate::problem::{Document, Problems};
use crate::spec;
use places::Places;

/// A language that the SDK is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the name says it")]
pub enum Language {
    Rust,
    Python,
    Node,
    Kotlin,
    Swift,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Rust, Self::Python, Self::Node, Self::Kotlin, Self::Swift];
}

/// What a change does to code that was written before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It goes on working as it stands, once it is compiled anew.
    Compatible,
    /// Some of it no longer compiles, is refused, or means something else.
    Breaking,
}

/// The kinds of changes that a changelog has sections for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "named as in Keep a Changelog")]
pub enum What {
    Added,
    Changed,
    Deprecated,
    Removed,
}

/// One change of what users see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind of change it is.
    pub what: What,
    /// What changed, and how, in plain words.
    pub text: String,
    /// JSON pointers into the old document with its overlay applied.
    pub old: Vec<String>,
    /// JSON pointers into the new document with its overlay applied.
    pub new: Vec<String>,
    /// What it does in each language, and why; a language that isn't named doesn't show it.
    pub effects: BTreeMap<Language, (Level, String)>,
    /// The keywords at or below these places that it explains.
    explains: Explains,
}

/// Which differences of the documents a change explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Explains {
    /// That its places are there on one side only.
    Whole,
    /// All at or below its places.
    All,
    /// Those of these keywords at or below its places.
    Only(&'static [&'static str]),
}

impl Change {
    fn new(what: What, text: impl Into<String>, explains: Explains) -> Self {
        let text = text.into();
        Self { what, text, old: Vec::new(), new: Vec::new(), effects: BTreeMap::new(), explains }
    }

    fn at(mut self, old: &[String], new: &[String]) -> Self {
        self.old = old.to_vec();
        self.new = new.to_vec();
        self
    }

    fn everywhere(self, level: Level, why: &str) -> Self {
        Language::ALL.into_iter().fold(self, |change, language| change.with(language, level, why))
    }

    /// The effect in one language. A worse one that is there already stays.
    fn with(mut self, language: Language, level: Level, why: &str) -> Self {
        let effect = self.effects.entry(language).or_insert_with(|| (level, why.to_owned()));
        if level > effect.0 {
            *effect = (level, why.to_owned());
        }
        self
    }

    /// Whether it breaks code in any language.
    pub fn level(&self) -> Level {
        self.effects.values().map(|(level, _)| *level).max().unwrap_or(Level::Compatible)
    }
}

/// A difference of the documents that the generated code doesn't show and this comparison doesn't understand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclear {
    /// JSON pointer into the new document, or into the old one for what is gone.
    pub place: String,
    /// What stood there and what does, shortened.
    pub text: String,
}

/// What the whole comparison comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing differs.
    Same,
    /// Something differs, and no code breaks.
    Compatible,
    /// Code breaks in at least one language.
    Breaking,
    /// Something differs that was not understood, so that the rest is not the whole answer.
    Incomplete,
}

/// What differs.
#[derive(Clone, Debug)]
pub struct Report {
    /// What users see.
    pub changes: Vec<Change>,
    /// Places in the documents where only descriptions, examples and the like differ.
    pub docs: Vec<String>,
    /// What nobody but a person can judge.
    pub unclear: Vec<Unclear>,
}

impl Report {
    /// What it comes to.
    pub fn verdict(&self) -> Verdict {
        match self.level() {
            _ if !self.unclear.is_empty() => Verdict::Incomplete,
            Some(Level::Breaking) => Verdict::Breaking,
            Some(Level::Compatible) => Verdict::Compatible,
            None => Verdict::Same,
        }
    }

    /// The worst of what was understood; none if nothing differs.
    fn level(&self) -> Option<Level> {
        let docs = (!self.docs.is_empty()).then_some(Level::Compatible);
        self.changes.iter().map(Change::level).chain(docs).max()
    }

    /// The version after `current`: before 1.0 what breaks raises the second number and all else the third, from 1.0 on
    /// it is the first, the second for what is added or deprecated, and the third.
    pub fn next_version(&self, current: &str) -> Option<String> {
        let numbers: Vec<u64> =
            current.split('.').map(|number| number.parse().ok()).collect::<Option<_>>()?;
        let [major, minor, patch] = numbers.try_into().ok()?;
        let adds = self.changes.iter().any(|change| matches!(change.what, What::Added | What::Deprecated));
        let [major, minor, patch] = match (self.level(), major) {
            (None, _) => [major, minor, patch],
            (Some(Level::Breaking), 0) => [0, minor + 1, 0],
            (Some(Level::Compatible), 0) => [0, minor, patch + 1],
            (Some(Level::Breaking), _) => [major + 1, 0, 0],
            (Some(Level::Compatible), _) if adds => [major, minor + 1, 0],
            (Some(Level::Compatible), _) => [major, minor, patch + 1],
        };
        Some(format!("{major}.{minor}.{patch}"))
    }
}

/// A document with its overlay, read for comparison.
#[derive(Clone, Debug)]
pub struct Side {
    /// As published.
    published: Document,
    /// With the overlay applied.
    overlaid: Document,
    /// The same in OpenAPI 3.0.3.
    lowered: Document,
    api: Api,
    places: Places,
    /// What a maintainer should know: names that were derived, actions of the overlay that found nothing.
    pub notes: Vec<String>,
}

impl Side {
    /// Reads the document at `spec` and, if given, the overlay at `overlay`.
    ///
    /// # Errors
    /// As for [`run`](crate::run), and for a document without operations: compared with it, everything would be new.
    pub fn read(spec: &Path, overlay: Option<&Path>) -> Result<Self, Problems> {
        let overlay = overlay.map(spec::read).transpose()?;
        Self::of(spec::read(spec)?, overlay.as_ref())
    }

    /// The same of documents that are read already.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn of(published: Document, overlay: Option<&Document>) -> Result<Self, Problems> {
        let (overlaid, mut notes) = match overlay {
            Some(overlay) => spec::overlay(&published, overlay)?,
            None => (published.clone(), Vec::new()),
        };
        let lowered = spec::lower(&overlaid)?;
        let mut shaped = spec::shape(lowered.clone())?;
        notes.append(&mut shaped.report);
        let api = model::build(&shaped)?;
        if api.operations().next().is_none() {
            return Err(published
                .problem("/paths", "describes no operation, so that there is nothing to compare")
                .into());
        }
        let places = Places::of(&overlaid.root, &api);
        Ok(Self { published, overlaid, lowered, api, places, notes })
    }
}

/// Everything that differs between two documents.
pub fn compare(old: &Side, new: &Side) -> Report {
    let pairs = operations::pair(&old.api, &new.api);
    let names = names::renamed(&old.api, &new.api, &pairs);
    let mut changes = names::renames(old, new, &names);
    // From here on a type has the same name on both sides.
    let (api, places) = (names::with_names(&old.api, &names), old.places.with_names(&names));
    let sides = Sides { old: View::of(old, &api, &places), new: View::of(new, &new.api, &new.places) };
    operations::compare(&sides, &pairs, &mut changes);
    types::compare(&sides, &mut changes);
    let mut report = Report { changes: Vec::new(), docs: Vec::new(), unclear: Vec::new() };
    document::compare(&sides, &pairs, &names, &mut changes, &mut report);
    for change in changes {
        if !report.changes.contains(&change) {
            report.changes.push(change);
        }
    }
    report.changes.sort_by_key(|change| (std::cmp::Reverse(change.level()), change.what));
    report
}

/// Both documents.
struct Sides<'a> {
    old: View<'a>,
    new: View<'a>,
}

/// A document, and what it comes to.
struct View<'a> {
    published: &'a Value,
    root: &'a Value,
    lowered: &'a Value,
    places: &'a Places,
    shows: Surface<'a>,
}

impl<'a> View<'a> {
    fn of(side: &'a Side, api: &'a Api, places: &'a Places) -> Self {
        Self {
            published: &side.published.root,
            root: &side.overlaid.root,
            lowered: &side.lowered.root,
            places,
            shows: Surface::of(api),
        }
    }
}
