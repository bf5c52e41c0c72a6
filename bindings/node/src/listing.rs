//! Paged lists: one page, or batches of rows.

use std::sync::{Arc, Mutex, PoisonError};

use devin_v2::{BadRow, Error, Items as CoreItems, Json, Listing, Report};
use napi::bindgen_prelude::{FnArgs, Function, PromiseRaw};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Env, Result};
use napi_derive::napi;
use serde_json::{Value, json};

use crate::failure::{Failure, Handed};
use crate::text::Text;

/// Rows as the text of an array, between these texts.
pub(crate) fn rows(before: &str, rows: &[Json], after: &str) -> Text {
    let length = rows.iter().map(|row| row.bytes().len() + 1).sum::<usize>() + 2;
    let mut text = Vec::with_capacity(before.len() + length + after.len());
    text.extend_from_slice(before.as_bytes());
    text.push(b'[');
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        text.extend_from_slice(row.bytes());
    }
    text.push(b']');
    text.extend_from_slice(after.as_bytes());
    Text::new(text)
}

pub(crate) fn bad_row(row: &BadRow) -> Value {
    json!({ "index": row.index, "json": row.json, "path": row.path, "reason": row.reason })
}

fn described(report: &Report) -> Value {
    json!({
        "complete": report.complete,
        "expected": report.expected,
        "seen": report.seen,
        "duplicates": report.duplicates,
        "badRows": report.bad_rows.iter().map(bad_row).collect::<Vec<_>>(),
        "badRowCount": report.bad_row_count,
        "pages": report.pages,
        "totalChanged": report.total_changed,
        "resume": report.resume.as_ref().map(ToString::to_string),
    })
}

/// A list with its filters, of which nothing was fetched yet.
#[napi]
pub struct List(Listing<Json>);

impl List {
    pub(crate) fn new(listing: Listing<Json>) -> Self {
        Self(listing)
    }
}

#[napi]
impl List {
    /// Fetches one page. `early` gets the answer's text while its rows are still checked, so that Node can parse it
    /// meanwhile; if all of them fit, they are its member `list`, and there are no `rows` in what is promised.
    #[napi]
    pub fn page<'env>(
        &self,
        env: &'env Env,
        early: Function<'_, FnArgs<(Text,)>, ()>,
    ) -> Result<PromiseRaw<'env, Handed<Text>>> {
        let listing = self.0.clone();
        let early = early
            .build_threadsafe_function::<Text>()
            .build_callback(|call| Ok(FnArgs::from((call.value,))))?;
        env.spawn_future(async move {
            let tell = |text| {
                early.call(text, ThreadsafeFunctionCallMode::NonBlocking);
            };
            Ok(Handed(page(listing, tell).await))
        })
    }

    /// All rows, from the first on.
    #[napi]
    pub fn items(&self) -> Items {
        let items = self.0.items();
        let report = Mutex::new(items.report().clone());
        Items(Arc::new(Shared { items: tokio::sync::Mutex::const_new(Some(items)), report }))
    }
}

async fn page(listing: Listing<Json>, early: impl FnOnce(Text)) -> std::result::Result<Text, Failure> {
    let fetched = listing.fetch().await?;
    // JSON.parse takes no byte order mark.
    let body = fetched.raw().bytes();
    early(Text::new(body.slice_ref(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body))));
    let list = fetched.member();
    let page = fetched.read()?;
    let about = json!({
        "list": list,
        "total": page.total,
        "skip": page.skip,
        "limit": page.limit,
        "hasMore": page.has_more,
        "next": page.next.as_ref().map(ToString::to_string),
        "requestId": page.raw().request_id(),
        "badRows": page.bad_rows.iter().map(bad_row).collect::<Vec<_>>(),
    });
    if page.bad_rows.is_empty() {
        return Ok(Text::new(format!("{{\"about\":{about}}}")));
    }
    Ok(rows("{\"rows\":", &page.rows, &format!(",\"about\":{about}}}")))
}

/// The rows of a list, page after page.
#[napi]
pub struct Items(Arc<Shared>);

struct Shared {
    /// `None` once they were closed.
    items: tokio::sync::Mutex<Option<CoreItems<Json>>>,
    /// As it was when the last batch was handed over.
    report: Mutex<Report>,
}

impl Shared {
    /// The rows at hand; none at the end.
    async fn next(&self) -> std::result::Result<Vec<Json>, Error> {
        let mut slot = self.items.lock().await;
        let Some(items) = &mut *slot else { return Ok(Vec::new()) };
        let batch = items.next_batch().await;
        *self.report.lock().unwrap_or_else(PoisonError::into_inner) = items.report().clone();
        batch
    }
}

#[napi]
impl Items {
    /// The next rows as the text of an array; an empty one at the end.
    #[napi]
    pub fn next<'env>(&self, env: &'env Env) -> Result<PromiseRaw<'env, Handed<Text>>> {
        let shared = self.0.clone();
        env.spawn_future(async move {
            let next = shared.next().await;
            Ok(Handed(next.map(|batch| rows("", &batch, "")).map_err(Failure::from)))
        })
    }

    /// How far it has come.
    #[napi]
    pub fn report(&self) -> String {
        described(&self.0.report.lock().unwrap_or_else(PoisonError::into_inner)).to_string()
    }

    /// Ends what is under way.
    #[napi]
    pub fn close(&self) {
        if let Ok(mut items) = self.0.items.try_lock() {
            items.take();
        }
    }
}
