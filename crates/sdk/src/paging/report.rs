//! What a listing can say about itself.

use std::fmt;

use crate::decode::BadRow;
use crate::error::Error;
use crate::paging::position::ResumeToken;

/// The most bad rows that a report keeps; the rest is only counted.
pub(crate) const MAX_BAD_ROWS: usize = 1000;

/// How far a listing has come and whether it can be trusted to be whole. All counts are from where it started.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// Whether every row that the service counts was given exactly once: the listing came to its regular end, the total
    /// did not change on the way, and it equals the rows seen. Where the service gives no total (audit log), whether
    /// the listing came to its regular end.
    pub complete: bool,
    /// Rows that the service says there are, from where the listing started; `None` if it does not say.
    pub expected: Option<u64>,
    /// Different rows seen so far, bad ones included.
    pub seen: u64,
    /// Rows that came again and were left out.
    pub duplicates: u64,
    /// Rows that did not fit their type: the first 1,000.
    pub bad_rows: Vec<BadRow>,
    /// How many rows did not fit.
    pub bad_row_count: u64,
    /// Pages read so far.
    pub pages: u64,
    /// Whether the total changed while the pages were read: rows came, went or moved.
    pub total_changed: bool,
    /// Where to go on; `None` once the end was reached.
    pub resume: Option<ResumeToken>,
}

impl Report {
    pub(crate) fn note_bad(&mut self, row: BadRow) {
        self.bad_row_count += 1;
        if self.bad_rows.len() < MAX_BAD_ROWS {
            self.bad_rows.push(row);
        }
    }
}

/// All rows of a listing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Collected<T> {
    /// The rows, in the order of the service.
    pub rows: Vec<T>,
    /// Whether they are all, and what was odd.
    pub report: Report,
}

impl<T> std::ops::Deref for Collected<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.rows
    }
}

impl<T> IntoIterator for Collected<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

/// A listing that failed on the way: what came before, why, and where to go on.
///
/// With `?` it turns into its [`Error`]. `Debug` leaves the rows out.
#[non_exhaustive]
pub struct Interrupted<T> {
    /// The rows that came before.
    pub rows: Vec<T>,
    /// How far it came.
    pub report: Box<Report>,
    /// Why it failed.
    pub error: Error,
    /// Where to go on: pass it to `resume` of a listing with the same filters.
    pub resume: Option<ResumeToken>,
}

impl<T> fmt::Debug for Interrupted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupted")
            .field("rows", &self.rows.len())
            .field("error", &self.error)
            .field("resume", &self.resume)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Display for Interrupted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (after {} rows", self.error, self.rows.len())?;
        match &self.resume {
            Some(token) => write!(f, "; resume with {token})"),
            None => f.write_str(")"),
        }
    }
}

impl<T> std::error::Error for Interrupted<T> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl<T> From<Interrupted<T>> for Error {
    fn from(interrupted: Interrupted<T>) -> Self {
        interrupted.error
    }
}
