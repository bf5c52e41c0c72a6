//! The envelope of the offset and page-number styles.

use serde_json::{Value, json};

use crate::answer::Answer;

/// Cuts a page out of `rows` and wraps it.
pub(super) fn offset<T>(rows: &[T], skip: i64, limit: i64, row: impl FnMut(&T) -> Value) -> Answer {
    let start = usize::try_from(skip).unwrap_or_default().min(rows.len());
    let size = usize::try_from(limit).unwrap_or_default();
    let page = rows.iter().skip(start).take(size);
    let items: Vec<_> = page.map(row).collect();
    let end = start + items.len();
    let has_more = end < rows.len();
    let next = has_more.then_some(end);
    envelope(items, rows.len(), skip, limit, has_more, next)
}

/// The same for pages that are numbered from 1; the cursor is the next page's number.
pub(super) fn numbered<T>(rows: &[T], page: i64, per_page: i64, row: impl FnMut(&T) -> Value) -> Answer {
    let skip = page.saturating_sub(1).saturating_mul(per_page);
    let start = usize::try_from(skip).unwrap_or_default().min(rows.len());
    let size = usize::try_from(per_page).unwrap_or_default();
    let items: Vec<_> = rows.iter().skip(start).take(size).map(row).collect();
    let has_more = start + items.len() < rows.len();
    let next = has_more.then(|| usize::try_from(page).unwrap_or_default().saturating_add(1));
    envelope(items, rows.len(), skip, per_page, has_more, next)
}

fn envelope(
    items: Vec<Value>,
    total: usize,
    skip: i64,
    limit: i64,
    has_more: bool,
    next: Option<usize>,
) -> Answer {
    Answer::json(&json!({
        "items": items, "total": total, "skip": skip, "limit": limit, "has_more": has_more, "next_cursor": next,
    }))
}
