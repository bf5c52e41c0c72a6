//! What the documentation of a method says in every language that is called by name.

use super::rust::sentence;
use crate::model::{Api, BillingDays, Operation};

/// What the operation does, where it goes, what follows it in v3, and what it asks for.
pub(super) fn about(api: &Api, operation: &Operation) -> String {
    let mut text = sentence(&operation.summary);
    if !operation.docs.is_empty() {
        text += &format!("\n\n{}", operation.docs);
    }
    text += &format!("\n\n`{} {}`", operation.http_method, operation.template);
    text += &match &operation.v3_twin {
        Some(twin) => format!("; in v3: `{twin}`.{}", v3_note(operation)),
        None if api.operations().any(|operation| operation.v3_twin.is_some()) => {
            format!("; no successor in v3 is known.{}", v3_note(operation))
        }
        None => ".".to_owned(),
    };
    if operation.beta {
        text += " Beta: it may change.";
    }
    if let Some(phrase) = &operation.confirm {
        text += &format!("\n\nRefused unless `confirm` is the phrase `{phrase}`.");
    }
    text
}

/// What is different about the successor, on lines of its own.
pub(super) fn v3_note(operation: &Operation) -> String {
    operation.v3_note.as_ref().map_or_else(String::new, |note| format!("\n{}", wrapped(note)))
}

/// What the argument `billing_days` takes; `forms` names how the language writes it.
pub(super) fn billing_days(days: &BillingDays, forms: &str) -> String {
    let BillingDays { from, to, last_instant } = days;
    let about = if *last_instant { format!(" {}", about_last_instant(to)) } else { String::new() };
    wrapped(&format!(
        "Whole billing days, which start at 08:00 UTC, in place of `{from}` and `{to}`: {forms}{about}"
    ))
}

/// Why the end of billing days is their last instant.
pub(super) fn about_last_instant(to: &str) -> String {
    format!(
        "Whether the service includes its bounds is not published: `{to}` is sent as the last microsecond of the last \
         day, so no row is in two windows that follow each other."
    )
}

/// Text in lines of moderate length.
pub(super) fn wrapped(text: &str) -> String {
    const WIDTH: usize = 100;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().filter(|line| line.len() + word.len() < WIDTH);
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => line.extend([" ", word]),
            None => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}
