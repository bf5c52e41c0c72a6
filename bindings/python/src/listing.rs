//! Paged lists: one page, or row after row.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use devin_v2::{Error, Items as CoreItems, Json, Listing, Page};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::bridge::{Bridge, Task};
use crate::client::outcome;
use crate::error::{self, exception, refused};
use crate::process::{Background, Owned, lock, wait};
use crate::value::Type;

/// A list with its filters, of which nothing was fetched yet.
#[pyclass(frozen, module = "devin_v2._native")]
pub(crate) struct ListingCore {
    listing: Owned<Listing<Json>>,
    ty: Arc<Type>,
}

impl ListingCore {
    pub(crate) fn new(listing: Listing<Json>, ty: Type) -> Self {
        Self { listing: Owned::new(listing), ty: Arc::new(ty) }
    }

    fn listing(&self, py: Python<'_>) -> PyResult<&Listing<Json>> {
        self.listing.get().ok_or_else(|| forked(py))
    }
}

fn forked(py: Python<'_>) -> PyErr {
    refused(py, "this list was begun before the process was forked: ask the client for a new one")
}

/// A page as the Python half takes it.
fn page<'py>(py: Python<'py>, page: &Page<Json>, ty: &Type) -> PyResult<Bound<'py, PyDict>> {
    let rows: PyResult<Vec<_>> = page.rows.iter().map(|row| ty.convert(py, row.bytes())).collect();
    let fields = PyDict::new(py);
    fields.set_item("rows", rows?)?;
    fields.set_item("bad_rows", page.bad_rows.iter().map(error::bad_row).collect::<Vec<_>>())?;
    fields.set_item("total", page.total)?;
    fields.set_item("skip", page.skip)?;
    fields.set_item("limit", page.limit)?;
    fields.set_item("has_more", page.has_more)?;
    fields.set_item("next", page.next.as_ref().map(ToString::to_string))?;
    fields.set_item("request_id", page.raw().request_id())?;
    Ok(fields)
}

#[pymethods]
impl ListingCore {
    /// Fetches one page and waits for it.
    fn page<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        match wait(py, self.listing(py)?.page())? {
            Ok(done) => page(py, &done, &self.ty),
            Err(error) => Err(exception(py, &error)),
        }
    }

    /// Fetches one page; it goes to `future`.
    fn start_page(&self, bridge: &Bound<'_, Bridge>, future: Py<PyAny>) -> PyResult<Task> {
        let (listing, ty) = (self.listing(bridge.py())?.clone(), self.ty.clone());
        Bridge::run(bridge, future, async move {
            outcome(listing.page().await, move |py, done| Ok(page(py, &done, &ty)?.into_any().unbind()))
        })
    }

    /// All rows, from the first on.
    fn items(&self, py: Python<'_>) -> PyResult<Items> {
        let items = Mutex::new(self.listing(py)?.items());
        let turn = tokio::sync::Mutex::const_new(());
        let items = Owned::new(Shared { items, turn, background: Background::new(py)? });
        Ok(Items { items: Arc::new(items), ty: self.ty.clone() })
    }
}

/// The rows of a list, page after page.
#[pyclass(frozen, module = "devin_v2._native")]
pub(crate) struct Items {
    items: Arc<Owned<Shared>>,
    ty: Arc<Type>,
}

/// Rows that several threads or tasks may read.
struct Shared {
    items: Mutex<CoreItems<Json>>,
    /// Held by the one who waits for a page: only the last one who asked is told when it comes.
    turn: tokio::sync::Mutex<()>,
    /// Pages are fetched ahead while rows are read.
    background: Background,
}

type Next = Option<Result<Json, Error>>;

impl Items {
    fn items(&self, py: Python<'_>) -> PyResult<&Shared> {
        self.items.get().ok_or_else(|| forked(py))
    }

    /// The next row, if it is at hand.
    fn at_hand(&self, py: Python<'_>) -> PyResult<Poll<Next>> {
        let shared = self.items(py)?;
        let Ok(_turn) = shared.turn.try_lock() else { return Ok(Poll::Pending) };
        // Pages are asked for by tasks of the runtime.
        let _inside = shared.background.runtime().enter();
        Ok(lock(&shared.items).next_now())
    }
}

/// Waits for the next row. Giving up waiting loses nothing.
async fn next(shared: &Shared) -> Next {
    let _turn = shared.turn.lock().await;
    poll_fn(|context| {
        let mut items = lock(&shared.items);
        std::pin::pin!(items.next()).poll(context)
    })
    .await
}

#[pymethods]
impl Items {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let row = match self.at_hand(py)? {
            Poll::Ready(row) => row,
            Poll::Pending => wait(py, next(self.items(py)?))?,
        };
        match row {
            None => Ok(None),
            Some(Ok(json)) => self.ty.convert(py, json.bytes()).map(Some),
            Some(Err(error)) => Err(exception(py, &error)),
        }
    }

    /// The next row if it is at hand, `Ellipsis` at the end, `NotImplemented` if a page has to be waited for.
    fn now<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.at_hand(py)? {
            Poll::Pending => Ok(py.NotImplemented().into_bound(py)),
            Poll::Ready(None) => Ok(py.Ellipsis().into_bound(py)),
            Poll::Ready(Some(Ok(json))) => self.ty.convert(py, json.bytes()),
            Poll::Ready(Some(Err(error))) => Err(exception(py, &error)),
        }
    }

    /// Waits for the next row; it, or `Ellipsis` at the end, goes to `future`.
    fn start(&self, bridge: &Bound<'_, Bridge>, future: Py<PyAny>) -> PyResult<Task> {
        self.items(bridge.py())?;
        let (items, ty) = (self.items.clone(), self.ty.clone());
        Bridge::run(bridge, future, async move {
            let row = match items.get() {
                Some(items) => next(items).await,
                None => None,
            };
            outcome(row.transpose(), move |py, row| match row {
                Some(json) => Ok(ty.convert(py, json.bytes())?.unbind()),
                None => Ok(py.Ellipsis()),
            })
        })
    }

    /// How far it has come.
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let report = lock(&self.items(py)?.items).report().clone();
        error::report(py, &report)
    }

    /// Rows seen so far, and rows that there are, if the service says so.
    fn progress(&self, py: Python<'_>) -> PyResult<(u64, Option<u64>)> {
        let items = lock(&self.items(py)?.items);
        let report = items.report();
        Ok((report.seen, report.expected))
    }
}
