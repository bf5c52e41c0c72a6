//! Lists of many pages: one page, a stream of rows, or all of them.

mod position;
mod report;
mod seen;
mod walk;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use crate::client::Client;
use crate::decode::{self, BadRow, DecodeRow, Json, RawRow};
use crate::error::{Error, ErrorKind};
use crate::operation::Operation;
use crate::response::Raw;
use crate::shape::{Shaped, Type};

pub(crate) use position::Position;
pub use position::ResumeToken;
pub use report::{Collected, Interrupted, Report};
use walk::{Build, Plan, Row, Walk};

/// Rows that [`Items::next_batch`] gives at most.
const MAX_BATCH: usize = 1_000;

/// A paged list with its filters: read one page, stream the rows, or collect them all.
///
/// Pages are fetched ahead (see [`ClientBuilder::prefetch`](crate::ClientBuilder::prefetch)) once the first one told
/// how many rows there are, and given in order. Rows are told apart by their id, so that one that moves to a later page
/// is not given twice; this takes up to 19 MiB for a million rows, and nothing else grows with the length of the list.
pub struct Listing<T> {
    plan: Result<Plan, Error>,
    decode: DecodeRow<T>,
}

impl<T> Clone for Listing<T> {
    fn clone(&self) -> Self {
        Self { plan: self.plan.clone(), decode: self.decode }
    }
}

impl<T> fmt::Debug for Listing<T> {
    /// The operation only: the filters are the caller's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.plan.as_ref().map(|plan| plan.operation.name).ok();
        f.debug_struct("Listing").field("operation", &operation).finish_non_exhaustive()
    }
}

impl<T: DeserializeOwned> Listing<T> {
    /// A listing of this operation from a start, or from where `resume` leads. `build` makes the request of the page at
    /// a position, with all filters. For generated code.
    pub(crate) fn new(
        client: Client,
        operation: &'static Operation,
        start: Position,
        resume: Option<ResumeToken>,
        build: Build,
    ) -> Self
    where
        T: Shaped,
    {
        let plan = match operation.paging.filter(|paging| position::is_of(&start, paging.style)) {
            Some(paging) => Ok(Plan { client, operation, paging, build, start, row_type: &Type::Any }),
            None => Err(Error::new(ErrorKind::Paging, "this list is not paged like that").of(operation)),
        };
        let listing = Self { plan, decode: decode::row::<T> };
        match resume {
            Some(token) => listing.resume(&token),
            None => listing,
        }
    }

    /// The same listing with rows that are held against their type, but stay JSON.
    pub(crate) fn undecoded(self) -> Listing<Json>
    where
        T: Shaped,
    {
        let row_type = const { &T::TYPE };
        Listing { plan: self.plan.map(|plan| Plan { row_type, ..plan }), decode: decode::checked::<T> }
    }
}

impl<T> Listing<T> {
    /// Goes on where another listing with the same filters left off. A token of another operation is an error when the
    /// first page is asked for.
    pub fn resume(mut self, token: &ResumeToken) -> Self {
        self.plan = self.plan.and_then(|mut plan| {
            plan.start = plan.start.resumed(plan.operation, token)?;
            Ok(plan)
        });
        self
    }

    /// One page: the first, or the one that the caller's `skip`, `page` or `before` names.
    ///
    /// # Errors
    /// As every call; in strict mode also if a row does not fit.
    pub async fn page(&self) -> Result<Page<T>, Error> {
        self.fetch().await?.read()
    }

    /// The answer that [`page`](Self::page) reads its page from, unread.
    ///
    /// # Errors
    /// As every call.
    pub async fn fetch(&self) -> Result<Fetched<T>, Error> {
        let plan = self.plan.clone()?;
        let request = plan.request(&plan.start)?;
        let raw = plan.client.send(plan.operation, request, None).await?;
        Ok(Fetched { plan, decode: self.decode, raw })
    }

    /// An answer that was made up, unread.
    #[cfg(fuzzing)]
    pub(crate) fn answered(&self, raw: Raw) -> Result<Fetched<T>, Error> {
        Ok(Fetched { plan: self.plan.clone()?, decode: self.decode, raw })
    }

    /// All rows from the start on, as a stream. Nothing is sent before the stream is polled.
    pub fn items(&self) -> Items<T> {
        let (walk, error) = match self.plan.clone() {
            Ok(plan) => (Some(Walk::new(plan)), None),
            Err(error) => (None, Some(error)),
        };
        Items { walk, error, nothing: Report::default(), decode: self.decode }
    }

    /// All rows from the start on. [`Collected::report`] tells whether they are all.
    ///
    /// # Errors
    /// [`Interrupted`], with the rows that came before the failure and a token to go on from.
    pub async fn collect(&self) -> Result<Collected<T>, Interrupted<T>> {
        let mut items = self.items();
        let mut rows = Vec::new();
        while let Some(row) = items.next().await {
            match row {
                Ok(row) => rows.push(row),
                Err(error) => {
                    let report = Box::new(items.into_report());
                    let resume = report.resume.clone();
                    return Err(Interrupted { rows, report, error, resume });
                }
            }
        }
        Ok(Collected { rows, report: items.into_report() })
    }
}

/// The answer with a page of a list, which is still to be read.
pub struct Fetched<T> {
    plan: Plan,
    decode: DecodeRow<T>,
    raw: Raw,
}

impl<T> Fetched<T> {
    /// The answer as it arrived.
    pub fn raw(&self) -> &Raw {
        &self.raw
    }

    /// The member of the answer that holds the rows.
    pub fn member(&self) -> &'static str {
        self.plan.paging.rows
    }

    /// Reads the page.
    ///
    /// # Errors
    /// [`Decode`](ErrorKind::Decode) if the answer holds no page, in strict mode also if a row does not fit;
    /// [`Paging`](ErrorKind::Paging) if it is another page than the one asked for.
    pub fn read(self) -> Result<Page<T>, Error> {
        let Self { plan, decode: row, raw } = self;
        let page = plan.cut(&raw)?;
        let strict = plan.client.limits().strict;
        if let (Position::Offset { skip, .. }, Some(echo)) = (&plan.start, page.skip)
            && *skip != echo
        {
            let problem = format!("the page from row {skip} was asked for, the one from row {echo} came");
            return Err(raw.blame(Error::new(ErrorKind::Paging, problem)));
        }
        let length = page.rows.len() as u64;
        let last_id = page.last_id(&raw);
        let mut rows = Vec::with_capacity(page.rows.len());
        let mut bad_rows = Vec::new();
        for (index, at) in (0..).zip(page.rows) {
            match row(RawRow { json: raw.bytes.slice(at.range), index, fits: at.fits }) {
                Ok(row) => rows.push(row),
                Err(bad) if strict => return Err(decode::too_strict(&raw, &bad)),
                Err(bad) => bad_rows.push(bad),
            }
        }
        let next = match &plan.start {
            Position::Offset { skip, limit } => {
                Some(Position::Offset { skip: skip.saturating_add(length), limit: *limit })
            }
            Position::Page { page, per_page } => {
                Some(Position::Page { page: page.saturating_add(1), per_page: *per_page })
            }
            Position::Audit { limit, .. } => {
                last_id.map(|id| Position::Audit { before: Some(id), limit: *limit })
            }
        };
        let end = plan.start.rows_before().saturating_add(length);
        let has_more = page.has_more.unwrap_or(match page.total {
            Some(total) => end < total,
            None => length > 0,
        });
        Ok(Page {
            rows,
            bad_rows,
            total: page.total,
            skip: page.skip,
            limit: page.limit,
            has_more,
            next: next.filter(|_| has_more && length > 0).map(|position| position.token(plan.operation)),
            raw,
        })
    }
}

impl<T> fmt::Debug for Fetched<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetched").field("raw", &self.raw).finish_non_exhaustive()
    }
}

/// One page of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows that fit, in the order of the service.
    pub rows: Vec<T>,
    /// Those that did not. Always empty if the client is strict.
    pub bad_rows: Vec<BadRow>,
    /// Rows in the whole list; `None` where the service does not say.
    pub total: Option<u64>,
    /// Rows before this page; `None` where the service does not say.
    pub skip: Option<u64>,
    /// The size of pages that the service went by; `None` where it does not say.
    pub limit: Option<u64>,
    /// Whether more rows follow. Where the service does not say (audit log), whether this page held any.
    pub has_more: bool,
    /// The next page: pass it to [`Listing::resume`]. `None` on the last one.
    pub next: Option<ResumeToken>,
    raw: Raw,
}

impl<T> Page<T> {
    /// The answer as it arrived.
    pub fn raw(&self) -> &Raw {
        &self.raw
    }
}

impl<T> std::ops::Deref for Page<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.rows
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

/// The rows of a list as a [`Stream`]; [`next`](Self::next) reads it without any other crate.
///
/// After an error it ends. Dropping it cancels what is under way.
#[must_use = "nothing is sent before the stream is polled"]
pub struct Items<T> {
    /// `None` if the listing could not even begin.
    walk: Option<Walk>,
    /// What is to be said next: why it could not begin, or what came after rows that had to be given first.
    error: Option<Error>,
    nothing: Report,
    decode: DecodeRow<T>,
}

impl<T> Items<T> {
    /// The next row; `None` at the end. Rows that do not fit are kept in the [`report`](Self::report), or are errors in
    /// strict mode.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The next row if it is at hand; [`Pending`](Poll::Pending) if [`next`](Self::next) would have to wait for a page.
    pub fn next_now(&mut self) -> Poll<Option<Result<T, Error>>> {
        Pin::new(self).poll_next(&mut Context::from_waker(Waker::noop()))
    }

    /// Rows that are given together: those of one page that are left, 1,000 at most. None at the end.
    ///
    /// For those to whom every row costs a crossing into another language. An error that comes after some rows is kept
    /// for the next call.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub async fn next_batch(&mut self) -> Result<Vec<T>, Error> {
        let mut batch = Vec::new();
        let mut next = self.next().await;
        while let Some(row) = next {
            match row {
                Ok(row) => batch.push(row),
                Err(error) if batch.is_empty() => return Err(error),
                Err(error) => {
                    self.error = Some(error);
                    break;
                }
            }
            if batch.len() >= MAX_BATCH || !self.walk.as_ref().is_some_and(Walk::has_more_of_page) {
                break;
            }
            next = match self.next_now() {
                Poll::Ready(next) => next,
                Poll::Pending => None,
            };
        }
        Ok(batch)
    }

    /// How far it has come, whether it is complete, and where to go on.
    pub fn report(&self) -> &Report {
        self.walk.as_ref().map_or(&self.nothing, Walk::report)
    }

    fn into_report(self) -> Report {
        self.walk.map_or(self.nothing, Walk::into_report)
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some(error) = this.error.take() {
            return Poll::Ready(Some(Err(error)));
        }
        let Some(walk) = &mut this.walk else { return Poll::Ready(None) };
        loop {
            let row = match std::task::ready!(walk.poll_row(context)) {
                Some(Ok(row)) => row,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            };
            let Row { place, raw: row } = row;
            match (this.decode)(row) {
                Ok(value) => return Poll::Ready(Some(Ok(value))),
                Err(bad) if walk.is_strict() => {
                    let error = match walk.current() {
                        Some(raw) => decode::too_strict(raw, &bad),
                        None => Error::new(ErrorKind::Decode, bad.to_string()),
                    };
                    walk.stop_at(place);
                    return Poll::Ready(Some(Err(error)));
                }
                Err(bad) => walk.report_mut().note_bad(bad),
            }
        }
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("report", self.report()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
