//! Lists: rows, pages, and batches of rows.

use std::sync::{Arc, Mutex, PoisonError};

use devin_v2::{Items, Json, Listing};

use crate::error::DevinError;
use crate::runtime::{run, spawn};
use crate::secret::Secret;
use crate::value;

/// A row that does not fit its type. The rows around it are not affected.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct BadRow {
    /// Its place among the rows, from 0.
    pub index: i64,
    /// The row as the service sent it. It may hold personal data.
    pub json: Arc<Secret>,
    /// Where it does not fit, such as `pull_requests[0].url`.
    pub path: String,
    /// Why, without the value.
    pub reason: String,
}

impl From<devin_v2::BadRow> for BadRow {
    fn from(row: devin_v2::BadRow) -> Self {
        Self { index: count(row.index), json: Secret::new(row.json), path: row.path, reason: row.reason }
    }
}

/// How far a listing has come, and whether it can be trusted to be whole.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Report {
    /// Whether every row that the service counts was given exactly once. Where the service gives no total (audit log):
    /// whether the listing came to its regular end.
    pub complete: bool,
    /// Rows that the service says there are, from where the listing started; null if it does not say.
    pub expected: Option<i64>,
    /// Different rows seen so far, bad ones included.
    pub seen: i64,
    /// Rows that came again and were left out.
    pub duplicates: i64,
    /// Rows that did not fit their type: the first 1,000.
    pub bad_rows: Vec<BadRow>,
    /// How many rows did not fit.
    pub bad_row_count: i64,
    /// Pages read so far.
    pub pages: i64,
    /// Whether the total changed while the pages were read: rows came, went or moved.
    pub total_changed: bool,
    /// Where to go on; null once the end was reached.
    pub resume: Option<String>,
}

impl From<&devin_v2::Report> for Report {
    fn from(report: &devin_v2::Report) -> Self {
        Self {
            complete: report.complete,
            expected: report.expected.map(count),
            seen: count(report.seen),
            duplicates: count(report.duplicates),
            bad_rows: report.bad_rows.iter().cloned().map(BadRow::from).collect(),
            bad_row_count: count(report.bad_row_count),
            pages: count(report.pages),
            total_changed: report.total_changed,
            resume: report.resume.as_ref().map(ToString::to_string),
        }
    }
}

/// What a page says beside its rows.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct PageInfo {
    /// Those rows that did not fit.
    pub bad_rows: Vec<BadRow>,
    /// Rows in the whole list; null where the service does not say.
    pub total: Option<i64>,
    /// Rows before this page; null where the service does not say.
    pub skip: Option<i64>,
    /// The size of pages that the service went by; null where it does not say.
    pub limit: Option<i64>,
    /// Whether more rows follow. Where the service does not say (audit log), whether this page held any.
    pub has_more: bool,
    /// The next page: pass it as `resume`. Null on the last one.
    pub next: Option<String>,
    /// The id of the request, for support to find it by.
    pub request_id: String,
}

/// A count as Java has it too.
fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(crate) fn records<T: value::Json>(operation: &str, rows: &[Json]) -> Result<Vec<T>, DevinError> {
    let row =
        |row: &Json| value::read(row.bytes()).map_err(|error| DevinError::unreadable(operation, &error));
    rows.iter().map(row).collect()
}

/// Fetches a page.
pub(crate) async fn page<T: value::Json + Send + 'static>(
    operation: &'static str,
    listing: Listing<Json>,
) -> Result<(Vec<T>, PageInfo), DevinError> {
    run(async move {
        let page = listing.page().await?;
        let rows = records(operation, &page.rows)?;
        let info = PageInfo {
            total: page.total.map(count),
            skip: page.skip.map(count),
            limit: page.limit.map(count),
            has_more: page.has_more,
            next: page.next.as_ref().map(ToString::to_string),
            request_id: page.raw().request_id().to_owned(),
            bad_rows: page.bad_rows.into_iter().map(BadRow::from).collect(),
        };
        Ok((rows, info))
    })
    .await
}

/// The rows of a list, batch after batch.
pub(crate) struct Batches {
    operation: &'static str,
    /// `None` once they were stopped.
    reading: Arc<tokio::sync::Mutex<Option<Items<Json>>>>,
    /// As it was when the last batch was handed over.
    report: Arc<Mutex<Report>>,
}

impl Batches {
    pub(crate) fn new(operation: &'static str, listing: &Listing<Json>) -> Self {
        let items = listing.items();
        let report = Arc::new(Mutex::new(items.report().into()));
        let reading = Arc::new(tokio::sync::Mutex::new(Some(items)));
        Self { operation, reading, report }
    }

    /// The rows at hand, of one page as far as possible; none at the end.
    pub(crate) async fn next<T: value::Json + Send + 'static>(&self) -> Result<Vec<T>, DevinError> {
        let (operation, reading, report) = (self.operation, self.reading.clone(), self.report.clone());
        run(async move {
            let mut slot = reading.lock().await;
            let Some(items) = &mut *slot else { return Ok(Vec::new()) };
            let batch = items.next_batch().await;
            *report.lock().unwrap_or_else(PoisonError::into_inner) = items.report().into();
            records(operation, &batch?)
        })
        .await
    }

    pub(crate) fn report(&self) -> Report {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends what is under way.
    pub(crate) fn stop(&self) {
        let reading = self.reading.clone();
        // One that was given up a moment ago may still hold it.
        spawn(async move { drop(reading.lock().await.take()) });
    }
}

/// The list of a row type, of which nothing was fetched yet; its pages and its batches.
macro_rules! list {
    ($list:ident, $page:ident, $items:ident, $row:ty) => {
        /// A list of which nothing was fetched yet.
        #[derive(uniffi::Object)]
        pub struct $list {
            operation: &'static str,
            listing: devin_v2::Listing<devin_v2::Json>,
        }

        impl $list {
            pub(crate) fn new(
                (operation, listing): (&'static str, devin_v2::Listing<devin_v2::Json>),
            ) -> std::sync::Arc<Self> {
                std::sync::Arc::new(Self { operation, listing })
            }
        }

        #[uniffi::export]
        impl $list {
            /// Fetches one page.
            pub async fn page(&self) -> Result<$page, $crate::error::DevinError> {
                let (rows, info) = $crate::listing::page(self.operation, self.listing.clone()).await?;
                Ok($page { rows, info })
            }

            /// All rows, from the first on.
            pub fn items(&self) -> std::sync::Arc<$items> {
                std::sync::Arc::new($items($crate::listing::Batches::new(self.operation, &self.listing)))
            }
        }

        /// A page of a list.
        #[derive(Clone, Debug, uniffi::Record)]
        pub struct $page {
            /// The rows that fit, in the order of the service.
            pub rows: Vec<$row>,
            /// What the page says beside them.
            pub info: $crate::listing::PageInfo,
        }

        /// The rows of a list, batch after batch.
        #[derive(uniffi::Object)]
        pub struct $items($crate::listing::Batches);

        #[uniffi::export]
        impl $items {
            /// The rows at hand, of one page as far as possible; none at the end.
            pub async fn next(&self) -> Result<Vec<$row>, $crate::error::DevinError> {
                self.0.next().await
            }

            /// How far it has come.
            pub fn report(&self) -> $crate::listing::Report {
                self.0.report()
            }

            /// Ends what is under way.
            pub fn stop(&self) {
                self.0.stop();
            }
        }
    };
}

pub(crate) use list;

/// The rows of an unpaged list.
macro_rules! rows {
    ($rows:ident, $row:ty) => {
        /// The rows of an unpaged list.
        #[derive(Clone, Debug, uniffi::Record)]
        pub struct $rows {
            /// The rows that fit, in the order of the service.
            pub rows: Vec<$row>,
            /// Those that did not.
            pub bad_rows: Vec<$crate::listing::BadRow>,
        }

        impl $rows {
            pub(crate) fn of((rows, bad_rows): (Vec<$row>, Vec<$crate::listing::BadRow>)) -> Self {
                Self { rows, bad_rows }
            }
        }
    };
}

pub(crate) use rows;
