//! The pager: one for the three styles, and for rows of any type.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use reqwest::Request;
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use crate::client::Client;
use crate::decode::{self, RawPage, RawRow};
use crate::error::{Error, ErrorKind};
use crate::operation::{Operation, Paging};
use crate::paging::position::Position;
use crate::paging::report::Report;
use crate::paging::seen::Seen;
use crate::response::Raw;
use crate::shape::{RowAt, Type};

/// Builds the request of the page at a position.
pub(crate) type Build = Arc<dyn Fn(&Position) -> Result<Request, Error> + Send + Sync>;

/// Pages in a row without a new row, before the list counts as one that never ends.
const MAX_STALE_PAGES: u32 = 2;

/// What a listing asks for.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) client: Client,
    pub(crate) operation: &'static Operation,
    pub(crate) paging: Paging,
    pub(crate) build: Build,
    pub(crate) start: Position,
    /// What is known of the rows' type, where they are held against it and not decoded.
    pub(crate) row_type: &'static Type,
}

impl Plan {
    /// The request of a page, with its numbers checked.
    pub(crate) fn request(&self, position: &Position) -> Result<Request, Error> {
        position.check(self.operation)?;
        (self.build)(position)
    }

    /// Sends the request of a page and finds its rows.
    pub(crate) fn fetch(
        &self,
        request: Request,
    ) -> impl Future<Output = Result<(Raw, RawPage), Error>> + Send + 'static {
        let plan = self.clone();
        async move {
            let raw = plan.client.send(plan.operation, request, None).await?;
            let page = plan.cut(&raw)?;
            Ok((raw, page))
        }
    }

    /// Finds the rows of a page.
    pub(crate) fn cut(&self, raw: &Raw) -> Result<RawPage, Error> {
        decode::page(raw, self.paging.rows, self.row_type, self.paging.row_id)
    }
}

/// A page under way. Its own task, so that a caller who works on rows for long neither stalls the connection nor runs
/// into time limits; it ends with this handle.
struct Pending {
    position: Position,
    task: JoinHandle<Result<(Raw, RawPage), Error>>,
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A row that is to be given.
pub(crate) struct Row {
    /// Its place in the list of the service.
    pub(crate) place: u64,
    pub(crate) raw: RawRow,
}

/// Walks a list page by page and gives each row once.
pub(crate) struct Walk {
    plan: Plan,
    state: State,
    /// Pages asked for, in order.
    pending: VecDeque<Pending>,
    /// The next page to ask for.
    ahead: Position,
    /// Rows between the starts of two pages: what the service gives, not what was asked for.
    stride: u64,
    /// Pages to have under way.
    window: usize,
    seen: Seen,
    report: Report,
    /// The answer that the rows below are part of.
    current: Option<Raw>,
    /// Its rows that were not given yet, with their places in the list.
    rows: std::vec::IntoIter<(u64, RowAt)>,
    /// Rows given.
    given: u64,
    total: Option<u64>,
    stale_pages: u32,
    /// Whether the last page said both that nothing follows and what follows.
    contradicted: bool,
    /// Hash-free stand-in for ids where rows have none: the bytes of the last page's rows.
    last_rows: Option<Bytes>,
}

/// What comes after the rows at hand.
enum State {
    /// The page at this position.
    Page(Position),
    /// Nothing: the list has ended.
    End,
    /// This error.
    Broken(Error),
    /// Nothing any more: end or error were told.
    Done,
}

impl Walk {
    pub(crate) fn new(plan: Plan) -> Self {
        let mut seen = Seen::default();
        if let Position::Audit { before: Some(id), .. } = &plan.start
            && let Ok(json) = serde_json::to_string(id)
        {
            // Should the service give the row of the cursor itself again, it is not new.
            seen.insert(json.as_bytes());
        }
        let report = Report { resume: Some(plan.start.token(plan.operation)), ..Report::default() };
        Self {
            state: State::Page(plan.start.clone()),
            pending: VecDeque::new(),
            ahead: plan.start.clone(),
            stride: 0,
            window: plan.client.prefetch(),
            seen,
            report,
            current: None,
            rows: Vec::new().into_iter(),
            given: 0,
            total: None,
            stale_pages: 0,
            contradicted: false,
            last_rows: None,
            plan,
        }
    }

    pub(crate) fn report(&self) -> &Report {
        &self.report
    }

    pub(crate) fn report_mut(&mut self) -> &mut Report {
        &mut self.report
    }

    pub(crate) fn into_report(self) -> Report {
        self.report
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.plan.client.limits().strict
    }

    /// Whether rows of the page at hand are left.
    pub(crate) fn has_more_of_page(&self) -> bool {
        self.rows.len() > 0
    }

    /// The answer that the last row came from.
    pub(crate) fn current(&self) -> Option<&Raw> {
        self.current.as_ref()
    }

    /// Ends the walk at a row that was not taken.
    pub(crate) fn stop_at(&mut self, place: u64) {
        self.resume_at(place);
        self.stop();
    }

    /// Ends the walk; the report keeps saying where to go on.
    fn stop(&mut self) {
        self.pending.clear();
        self.rows = Vec::new().into_iter();
        self.state = State::Done;
    }

    /// The next row, undecoded.
    pub(crate) fn poll_row(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Row, Error>>> {
        loop {
            if let Some(row) = self.pop() {
                return Poll::Ready(Some(Ok(row)));
            }
            match &self.state {
                State::Page(next) => self.report.resume = Some(next.token(self.plan.operation)),
                State::Done => return Poll::Ready(None),
                State::End | State::Broken(_) => {
                    let told = std::mem::replace(&mut self.state, State::Done);
                    self.pending.clear();
                    return Poll::Ready(match told {
                        State::Broken(error) => Some(Err(error)),
                        _ => {
                            self.conclude();
                            None
                        }
                    });
                }
            }
            if let Err(error) = ready!(self.poll_page(context)) {
                self.stop();
                return Poll::Ready(Some(Err(error)));
            }
        }
    }

    /// A row of the page at hand.
    fn pop(&mut self) -> Option<Row> {
        let (place, row) = self.rows.next()?;
        let json = self.current.as_ref()?.bytes.slice(row.range);
        let raw = RawRow { json, index: self.given, fits: row.fits };
        self.given += 1;
        self.resume_at(place + 1);
        Some(Row { place, raw })
    }

    /// Moves the resume token to a row. Where rows are not counted, it stays at the start of the page until all of its
    /// rows were given: on resuming, rows come twice rather than never.
    fn resume_at(&mut self, place: u64) {
        if let Some(token) = &mut self.report.resume {
            token.set_skip(place);
        }
    }

    /// Waits for the next page and takes it in.
    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.refill()?;
        let Some(front) = self.pending.front_mut() else {
            return Poll::Ready(Err(self.broken("no page is under way".to_owned())));
        };
        let outcome = ready!(Pin::new(&mut front.task).poll(context));
        let position = front.position.clone();
        self.pending.pop_front();
        let (raw, page) = match outcome {
            Ok(result) => result?,
            // As if there were no task in between.
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => {
                return Poll::Ready(Err(Error::new(
                    ErrorKind::Cancelled,
                    "the runtime shut down while a page was read",
                )
                .of(self.plan.operation)));
            }
        };
        Poll::Ready(self.take(position, raw, page))
    }

    /// Asks for pages until enough are under way.
    fn refill(&mut self) -> Result<(), Error> {
        let State::Page(next) = &self.state else { return Ok(()) };
        if self.pending.front().is_some_and(|front| front.position != *next) {
            // A page was shorter or longer than the ones before: what was asked for ahead would leave a hole.
            self.pending.clear();
            self.window = (self.window / 2).max(1);
        }
        if self.pending.is_empty() {
            self.ahead = next.clone();
        }
        while self.pending.is_empty() || (self.pending.len() < self.window && self.is_ahead_known()) {
            let position = self.ahead.clone();
            let request = self.plan.request(&position)?;
            crate::transport::in_runtime()?;
            let task = tokio::spawn(self.plan.fetch(request).in_current_span());
            self.ahead = self.following(&position);
            self.pending.push_back(Pending { position, task });
        }
        Ok(())
    }

    /// Whether there is a page at the position ahead, as far as the total tells.
    fn is_ahead_known(&self) -> bool {
        self.stride > 0
            && !matches!(self.ahead, Position::Audit { .. })
            && self.total.is_some_and(|total| self.ahead.rows_before() < total)
    }

    /// The position a page further, if pages go on as they did.
    fn following(&self, position: &Position) -> Position {
        match *position {
            Position::Offset { skip, limit } => {
                Position::Offset { skip: skip.saturating_add(self.stride), limit }
            }
            Position::Page { page, per_page } => Position::Page { page: page.saturating_add(1), per_page },
            Position::Audit { .. } => position.clone(),
        }
    }

    /// Takes a page in: checks that it is the one asked for, leaves out rows that came before, and says what follows.
    fn take(&mut self, position: Position, raw: Raw, mut page: RawPage) -> Result<(), Error> {
        let length = page.rows.len() as u64;
        let begin = self.begin(&position, &page).map_err(|problem| self.broken(problem).about(&raw))?;
        self.note_total(page.total);

        let stale = if page.rows.iter().any(|row| row.id.is_some()) {
            None
        } else {
            Some(self.is_same_as_last(&raw, &page))
        };
        let last_id = page.last_id(&raw);
        let mut repeated = 0;
        let mut fresh = Vec::with_capacity(page.rows.len());
        for (place, row) in (begin..).zip(std::mem::take(&mut page.rows)) {
            match &row.id {
                Some(id) if !self.seen.insert(&raw.bytes[id.clone()]) => repeated += 1,
                _ => fresh.push((place, row)),
            }
        }
        let stale = stale.unwrap_or(fresh.is_empty());
        self.stale_pages = if stale { self.stale_pages + 1 } else { 0 };
        // Where there is a total, it tells better whether rows are missing.
        self.contradicted =
            page.total.is_none() && page.has_more == Some(false) && page.next_cursor.is_some();

        let next = match position {
            Position::Audit { before, limit } => self.after_audit(before, limit, length, stale, last_id),
            counted => self.after_counted(counted, begin, length, &page),
        };
        self.state = match next {
            Ok(Some(next)) => State::Page(next),
            Ok(None) => State::End,
            // The rows of this page are good: they come first.
            Err(problem) => State::Broken(self.broken(problem).about(&raw)),
        };
        if self.stale_pages >= MAX_STALE_PAGES && matches!(self.state, State::Page(_)) {
            let problem = format!("{MAX_STALE_PAGES} pages in a row held only rows that came before");
            self.state = State::Broken(self.broken(problem).about(&raw));
        }
        self.report.pages += 1;
        self.report.duplicates += repeated;
        self.report.seen += fresh.len() as u64;
        self.rows = fresh.into_iter();
        self.current = Some(raw);
        // While the caller works on these rows, the next pages come in.
        if matches!(self.state, State::Page(_))
            && let Err(error) = self.refill()
        {
            self.state = State::Broken(error);
        }
        Ok(())
    }

    /// Where in the list a page begins, or why it is not the page that was asked for.
    fn begin(&mut self, position: &Position, page: &RawPage) -> Result<u64, String> {
        let first = self.report.pages == 0;
        let length = page.rows.len() as u64;
        match *position {
            Position::Audit { .. } => Ok(0),
            Position::Offset { skip, .. } => {
                if first {
                    self.stride = length;
                }
                match page.skip {
                    Some(echo) if echo != skip => {
                        Err(format!("the page from row {skip} was asked for, the one from row {echo} came"))
                    }
                    _ => Ok(skip),
                }
            }
            Position::Page { page: number, per_page } => {
                // A service may cap the size of its pages; then its page numbers count pages of that size.
                let size = page.limit.filter(|limit| *limit > 0).unwrap_or(u64::from(per_page));
                if first {
                    self.stride = size;
                }
                let begin = number.saturating_sub(1).saturating_mul(size);
                match page.skip {
                    Some(echo) if page.limit.is_some() && echo != begin => Err(format!(
                        "page {number} of {size} rows each was asked for, the one from row {echo} came"
                    )),
                    _ => Ok(begin),
                }
            }
        }
    }

    fn note_total(&mut self, total: Option<u64>) {
        let Some(total) = total else { return };
        if self.total.is_some_and(|before| before != total) {
            self.report.total_changed = true;
        }
        let expected = total.saturating_sub(self.plan.start.rows_before());
        if self.total.is_none() {
            self.seen.expect(expected);
        }
        self.total = Some(total);
        self.report.expected = Some(expected);
    }

    /// What follows a page of a list that counts its rows.
    fn after_counted(
        &self,
        position: Position,
        begin: u64,
        length: u64,
        page: &RawPage,
    ) -> Result<Option<Position>, String> {
        let end = begin.saturating_add(length);
        let more = page.has_more.unwrap_or(match page.total {
            Some(total) => end < total,
            None => length > 0,
        });
        if !more {
            return Ok(None);
        }
        if length == 0 {
            return Err(format!("the page from row {begin} is empty, yet more rows are said to follow"));
        }
        if page.has_more == Some(true)
            && let Some(total) = page.total
            && end >= total
        {
            return Err(format!("row {end} of {total} was reached, yet more rows are said to follow"));
        }
        Ok(Some(match position {
            // From what came, not from what was asked for: a short page must not leave a hole.
            Position::Offset { limit, .. } => Position::Offset { skip: end, limit },
            other => self.following(&other),
        }))
    }

    /// What follows a page of the audit log, which tells neither total nor whether more follow.
    fn after_audit(
        &self,
        before: Option<String>,
        limit: u32,
        length: u64,
        stale: bool,
        last_id: Option<String>,
    ) -> Result<Option<Position>, String> {
        let only_cursor = length == 1 && last_id.is_some() && last_id == before;
        // With one row a page, the cursor's own row says nothing about those behind it.
        if length == 0 || (only_cursor && limit > 1) {
            return Ok(None);
        }
        if stale || (last_id.is_some() && last_id == before) {
            return Err("the page held only rows that came before: the service ignored `before`".to_owned());
        }
        match last_id {
            Some(id) => Ok(Some(Position::Audit { before: Some(id), limit })),
            None => {
                Err(format!("the last row has no {}, so that there is no way on", self.plan.paging.row_id))
            }
        }
    }

    /// Whether rows without ids are those of the page before, byte for byte.
    fn is_same_as_last(&mut self, raw: &Raw, page: &RawPage) -> bool {
        let (Some(first), Some(last)) = (page.rows.first(), page.rows.last()) else {
            return false;
        };
        let rows = raw.bytes.slice(first.range.start..last.range.end);
        let same = self.last_rows.as_ref() == Some(&rows);
        self.last_rows = Some(rows);
        same
    }

    /// The last word on completeness.
    fn conclude(&mut self) {
        self.report.resume = None;
        self.report.complete = !self.report.total_changed
            && !self.contradicted
            && self.report.expected.is_none_or(|expected| expected == self.report.seen);
    }

    fn broken(&self, problem: String) -> Error {
        Error::new(ErrorKind::Paging, format!("the pages contradict each other: {problem}"))
            .of(self.plan.operation)
            .hinted("Start again, or go on from the report's resume token; rows that change while they are read can cause this.")
    }
}

impl Error {
    /// Ties a contradiction to the answer that showed it.
    fn about(self, raw: &Raw) -> Self {
        raw.blame(self)
    }
}
