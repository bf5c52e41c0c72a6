//! `audit_logs.*`: what was changed, by whom and when.

use serde_json::{Map, Value};

use super::{Outcome, Visit};
use crate::{answer::Answer, generated::AuditLogsList, time};

/// The most entries that are kept, and that one answer holds.
const KEPT: usize = 200_000;
const PAGE: usize = 1000;

/// An entry; the whole row is made when it is written.
pub(super) struct Entry {
    id: String,
    milliseconds: i64,
    row: Value,
}

impl Entry {
    pub(super) fn new(
        id: String,
        milliseconds: i64,
        action: &str,
        org_id: Option<&str>,
        user_id: Option<&str>,
        user_email: Option<&str>,
        details: Value,
    ) -> Self {
        let mut row = match details {
            Value::Object(details) => details,
            _ => Map::new(),
        };
        row.insert("audit_log_id".to_owned(), Value::from(id.as_str()));
        row.insert("action".to_owned(), Value::from(action));
        row.insert("org_id".to_owned(), Value::from(org_id));
        row.insert("user_id".to_owned(), Value::from(user_id));
        row.insert("user_email".to_owned(), Value::from(user_email));
        row.insert("created_at".to_owned(), Value::from(milliseconds));
        Self { id, milliseconds, row: Value::Object(row) }
    }
}

/// Appends an entry. The oldest ones go when there are very many, so that a long run doesn't fill the memory.
pub(super) fn push(entries: &mut Vec<Entry>, entry: Entry) {
    if entries.len() >= KEPT {
        entries.drain(..KEPT / 2);
    }
    entries.push(entry);
}

/// Newest first. `before` and `after` are an entry's id, a date or a date-time.
pub(super) fn list(visit: &mut Visit<'_>, args: AuditLogsList) -> Outcome {
    let entries = &visit.world.audit;
    // Entries are sorted by time and newer ones are behind, so both bounds are positions.
    let end = match &args.before {
        Some(text) => match position(entries, text)? {
            Position::Entry(index) => index,
            Position::Time(milliseconds) => {
                entries.partition_point(|entry| entry.milliseconds < milliseconds)
            }
        },
        None => entries.len(),
    };
    let start = match &args.after {
        Some(text) => match position(entries, text)? {
            Position::Entry(index) => index + 1,
            // A date means its whole day, a moment is excluded like an entry is.
            Position::Time(milliseconds) if time::is_date(text) => {
                entries.partition_point(|entry| entry.milliseconds < milliseconds)
            }
            Position::Time(milliseconds) => {
                entries.partition_point(|entry| entry.milliseconds <= milliseconds)
            }
        },
        None => 0,
    };
    let limit = usize::try_from(args.limit).unwrap_or_default().min(PAGE);
    let chosen = entries.get(start..end).unwrap_or_default();
    let mut body = String::from(r#"{"audit_logs":["#);
    for (index, entry) in chosen.iter().rev().take(limit).enumerate() {
        if index > 0 {
            body.push(',');
        }
        body.push_str(&entry.row.to_string());
    }
    body.push_str("]}");
    Ok(Answer::text(body))
}

enum Position {
    Entry(usize),
    Time(i64),
}

fn position(entries: &[Entry], text: &str) -> Result<Position, Answer> {
    if let Some(index) = entries.iter().rposition(|entry| entry.id == text) {
        return Ok(Position::Entry(index));
    }
    time::parse(text)
        .map(|time| Position::Time(time.as_millisecond()))
        .ok_or_else(|| Answer::error(400, "before and after take an audit_log_id, a date or a date-time"))
}
