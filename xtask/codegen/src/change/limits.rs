//! What differs in the limits that are checked before sending.

use std::collections::BTreeMap;

use super::Explains::Only;
use super::Level::{Breaking, Compatible};
use super::operations::Pair;
use super::places::{body_at, inside};
use super::{Change, Language, Level, What, types};
use crate::model::Check;

impl Pair<'_, '_> {
    /// What is checked in the body before it is sent.
    pub(super) fn body(&mut self) {
        let (Some(old), Some(new)) = (&self.old.body, &self.new.body) else { return };
        let (sides, name) = (self.sides, self.new.name());
        let (was_at, is_at) = (body_at(sides.old.root, self.old), body_at(sides.new.root, self.new));
        if old.ty != new.ty {
            let text = format!(
                "`{name}`: the body is {}, no longer {}",
                types::words(&new.ty),
                types::words(&old.ty)
            );
            self.changes.push(
                Change::new(What::Changed, text, Only(types::TYPE))
                    .at(std::slice::from_ref(&was_at), std::slice::from_ref(&is_at))
                    .with(Language::Rust, Compatible, "arguments that differ are told apart"),
            );
        }
        let mut checks = BTreeMap::<&str, [Vec<Check>; 2]>::new();
        for (side, body) in [old, new].into_iter().enumerate() {
            for (at, check) in &body.checks {
                checks.entry(at).or_default()[side].push(check.clone());
            }
        }
        for (pattern, [was, is]) in checks {
            let places = (inside(sides.old.root, &was_at, pattern), inside(sides.new.root, &is_at, pattern));
            // A field that is new or gone is told as such.
            let (Some(old_at), Some(new_at)) = places else { continue };
            for (text, level) in limits(&was, &is, false) {
                let place = if pattern.is_empty() { String::new() } else { format!(" (`{pattern}`)") };
                self.changes.push(
                    Change::new(What::Changed, format!("`{name}`: the body{place} {text}"), Only(LIMITS))
                        .at(std::slice::from_ref(&old_at), std::slice::from_ref(&new_at))
                        .everywhere(level, limited(level)),
                );
            }
        }
    }
}

/// Keywords that [`Check`]s are made of.
pub(super) const LIMITS: &[&str] = &[
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "uniqueItems",
];

pub(super) fn limited(level: Level) -> &'static str {
    match level {
        Breaking => "what was sent is refused before sending",
        Compatible => "less is refused before sending",
    }
}

/// How limits differ, and whether less is let through. Where a type becomes a time, or is one no longer, that it is
/// checked to be one goes without saying.
pub(super) fn limits(old: &[Check], new: &[Check], dates: bool) -> Vec<(String, Level)> {
    let mut found = Vec::new();
    let same_kind = |one: &Check, other: &Check| std::mem::discriminant(one) == std::mem::discriminant(other);
    let counts = |check: &&Check| !(dates && **check == Check::DateTime);
    for check in new.iter().filter(counts).filter(|check| !old.contains(check)) {
        let before = old.iter().find(|other| same_kind(other, check));
        let is_looser = match (before, check) {
            (Some(Check::Minimum(was)), Check::Minimum(is)) => is < was,
            (Some(Check::Maximum(was)), Check::Maximum(is)) => is > was,
            (
                Some(Check::MinItems(was) | Check::MinLength(was)),
                Check::MinItems(is) | Check::MinLength(is),
            ) => is < was,
            (
                Some(Check::MaxItems(was) | Check::MaxLength(was)),
                Check::MaxItems(is) | Check::MaxLength(is),
            ) => is > was,
            _ => false,
        };
        let before = before.map_or(String::new(), |before| format!(", no longer {}", rule(before)));
        found.push((
            format!("must be {}{before}", rule(check)),
            if is_looser { Compatible } else { Breaking },
        ));
    }
    for check in old.iter().filter(counts).filter(|check| !new.iter().any(|other| same_kind(check, other))) {
        found.push((format!("need not be {}", rule(check)), Compatible));
    }
    found
}

fn rule(check: &Check) -> String {
    match check {
        Check::Minimum(least) => format!("at least {least}"),
        Check::Maximum(most) => format!("at most {most}"),
        Check::MinItems(least) => format!("a list of {least} or more"),
        Check::MaxItems(most) => format!("a list of at most {most}"),
        Check::UniqueItems => "a list without repetitions".to_owned(),
        Check::MinLength(least) => format!("{least} characters or longer"),
        Check::MaxLength(most) => format!("at most {most} characters long"),
        Check::Email => "an e-mail address".to_owned(),
        Check::DateTime => "a time".to_owned(),
    }
}
