//! Where a page begins, and how to say so to someone who goes on later.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::{Error, ErrorKind};
use crate::guard;
use crate::operation::{Operation, Style};

/// Where a page begins and how many rows are asked for: what a listing's request builder gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// `skip` and `limit`.
    Offset { skip: u64, limit: u32 },
    /// `page`, from 1, and `per_page`.
    Page { page: u64, per_page: u32 },
    /// `before` (the id of the last row that is known) and `limit`.
    Audit { before: Option<String>, limit: u32 },
}

impl Position {
    /// The start of an offset-paged list, from what the caller set.
    pub(crate) fn offset(operation: &Operation, skip: Option<u64>, limit: Option<u32>) -> Self {
        Self::Offset { skip: skip.unwrap_or(0), limit: limit.unwrap_or_else(|| size(operation)) }
    }

    /// The start of a list paged by number, from what the caller set.
    pub(crate) fn page(operation: &Operation, page: Option<u64>, per_page: Option<u32>) -> Self {
        Self::Page { page: page.unwrap_or(1), per_page: per_page.unwrap_or_else(|| size(operation)) }
    }

    /// The start of the audit log, from what the caller set.
    pub(crate) fn audit(operation: &Operation, before: Option<String>, limit: Option<u32>) -> Self {
        Self::Audit { before, limit: limit.unwrap_or_else(|| size(operation)) }
    }

    /// `skip` and `limit`, for a request builder.
    pub(crate) fn as_offset(&self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::Offset { skip, limit } => (Some(signed(*skip)), Some(i64::from(*limit))),
            _ => (None, None),
        }
    }

    /// `page` and `per_page`, for a request builder.
    pub(crate) fn as_page(&self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::Page { page, per_page } => (Some(signed(*page)), Some(i64::from(*per_page))),
            _ => (None, None),
        }
    }

    /// `before` and `limit`, for a request builder.
    pub(crate) fn as_audit(&self) -> (Option<&str>, Option<i64>) {
        match self {
            Self::Audit { before, limit } => (before.as_deref(), Some(i64::from(*limit))),
            _ => (None, None),
        }
    }

    /// Checks its numbers against the limits of the operation, before anything is built from them.
    pub(crate) fn check(&self, operation: &Operation) -> Result<(), Error> {
        match self {
            Self::Offset { skip, limit } => guard::number(operation, "skip", *skip)
                .and_then(|()| guard::number(operation, "limit", u64::from(*limit))),
            Self::Page { page, per_page } => guard::number(operation, "page", *page)
                .and_then(|()| guard::number(operation, "per_page", u64::from(*per_page))),
            Self::Audit { limit, .. } => guard::number(operation, "limit", u64::from(*limit)),
        }
    }

    /// Rows before it, where that is known.
    pub(crate) fn rows_before(&self) -> u64 {
        match self {
            Self::Offset { skip, .. } => *skip,
            Self::Page { page, per_page } => page.saturating_sub(1).saturating_mul(u64::from(*per_page)),
            Self::Audit { .. } => 0,
        }
    }

    /// The token that leads here.
    pub(crate) fn token(&self, operation: &'static Operation) -> ResumeToken {
        ResumeToken {
            operation: operation.name.into(),
            cursor: match self {
                Self::Offset { skip, .. } => Cursor::Skip(*skip),
                Self::Page { page, per_page } => Cursor::Page(*page, *per_page),
                Self::Audit { before, .. } => Cursor::Before(before.clone()),
            },
        }
    }

    /// This position moved to where the token leads.
    pub(crate) fn resumed(self, operation: &Operation, token: &ResumeToken) -> Result<Self, Error> {
        let foreign = || {
            Error::refused(
                operation,
                "resume",
                format!("is a token of {}", token.operation),
                "Pass a token that this listing gave, with the same filters.",
            )
        };
        if token.operation != operation.name {
            return Err(foreign());
        }
        match (self, &token.cursor) {
            (Self::Offset { limit, .. }, Cursor::Skip(skip)) => Ok(Self::Offset { skip: *skip, limit }),
            // Page numbers mean something only together with the size of the pages.
            (Self::Page { .. }, Cursor::Page(page, per_page)) => {
                Ok(Self::Page { page: *page, per_page: *per_page })
            }
            (Self::Audit { limit, .. }, Cursor::Before(before)) => {
                Ok(Self::Audit { before: before.clone(), limit })
            }
            _ => Err(foreign()),
        }
    }
}

/// Rows per page if the caller names no number.
fn size(operation: &Operation) -> u32 {
    operation.paging.map_or(100, |paging| paging.size)
}

/// A number as progenitor's builders take it.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Whether a position is one of this style.
pub(crate) fn is_of(position: &Position, style: Style) -> bool {
    matches!(
        (position, style),
        (Position::Offset { .. }, Style::Offset)
            | (Position::Page { .. }, Style::PageNumber)
            | (Position::Audit { .. }, Style::AuditLog)
    )
}

/// Where to go on with a listing that was not read to its end: as text, `members.list@skip=400`.
///
/// It names the operation and the place, not the filters: use it on a listing with the same ones. Rows that move while
/// nobody reads can be given twice or missed, as between any two pages.
///
/// ```
/// use devin_v2::ResumeToken;
/// let token: ResumeToken = "members.list@skip=400".parse().unwrap();
/// assert_eq!(token.operation(), "members.list");
/// assert_eq!(token.to_string(), "members.list@skip=400");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResumeToken {
    operation: std::borrow::Cow<'static, str>,
    cursor: Cursor,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Cursor {
    Skip(u64),
    Page(u64, u32),
    Before(Option<String>),
}

impl ResumeToken {
    /// The operation that it belongs to.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// Moves an offset token to another row, which spares an allocation for every row.
    pub(crate) fn set_skip(&mut self, skip: u64) {
        if let Cursor::Skip(at) = &mut self.cursor {
            *at = skip;
        }
    }
}

impl fmt::Display for ResumeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = &self.operation;
        match &self.cursor {
            Cursor::Skip(skip) => write!(f, "{operation}@skip={skip}"),
            Cursor::Page(page, per_page) => write!(f, "{operation}@page={page},per_page={per_page}"),
            Cursor::Before(Some(id)) => write!(f, "{operation}@before={id}"),
            Cursor::Before(None) => write!(f, "{operation}@start"),
        }
    }
}

impl FromStr for ResumeToken {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let cursor = |place: &str| -> Option<Cursor> {
            if place == "start" {
                return Some(Cursor::Before(None));
            }
            let (name, value) = place.split_once('=')?;
            Some(match name {
                "skip" => Cursor::Skip(value.parse().ok()?),
                "page" => {
                    let (page, per_page) = value.split_once(",per_page=")?;
                    Cursor::Page(page.parse().ok()?, per_page.parse().ok()?)
                }
                "before" => Cursor::Before(Some(value.to_owned())),
                _ => return None,
            })
        };
        text.split_once('@')
            .filter(|(operation, _)| !operation.is_empty())
            .and_then(|(operation, place)| {
                Some(Self { operation: operation.to_owned().into(), cursor: cursor(place)? })
            })
            .ok_or_else(|| {
                Error::new(ErrorKind::Refused, "this is no resume token")
                    .at("resume")
                    .hinted("Pass a token as a listing's report gave it, like members.list@skip=400.")
            })
    }
}

impl Serialize for ResumeToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ResumeToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::operation;

    #[test]
    fn tokens_survive_text() {
        for text in [
            "members.list@skip=400",
            "api_keys.list@page=3,per_page=25",
            "audit_logs.list@before=a@b=c",
            "audit_logs.list@start",
        ] {
            let token: ResumeToken = text.parse().unwrap();
            assert_eq!(token.to_string(), text);
            let json = serde_json::to_string(&token).unwrap();
            assert_eq!(serde_json::from_str::<ResumeToken>(&json).unwrap(), token);
        }
        for text in [
            "",
            "@skip=1",
            "members.list",
            "members.list@",
            "members.list@skip=x",
            "members.list@page=1",
            "members.list@page=",
            "x@y=1",
        ] {
            assert!(text.parse::<ResumeToken>().is_err(), "{text}");
        }
    }

    #[test]
    fn tokens_stay_with_their_operation() {
        let members = operation("members.list");
        let start = || Position::offset(members, None, Some(50));
        let resumed = start().resumed(members, &"members.list@skip=7".parse().unwrap()).unwrap();
        assert_eq!(resumed, Position::Offset { skip: 7, limit: 50 });
        for text in ["groups.list@skip=7", "members.list@page=1,per_page=2", "members.list@start"] {
            assert!(start().resumed(members, &text.parse().unwrap()).is_err(), "{text}");
        }
        let keys = operation("api_keys.list");
        let resumed = Position::page(keys, None, None)
            .resumed(keys, &"api_keys.list@page=3,per_page=25".parse().unwrap());
        assert_eq!(resumed.unwrap(), Position::Page { page: 3, per_page: 25 });
    }

    #[test]
    fn numbers_are_checked_first() {
        let error =
            Position::offset(operation("members.list"), None, Some(201)).check(operation("members.list"));
        assert_eq!(error.unwrap_err().field(), Some("limit"));
        let error =
            Position::page(operation("api_keys.list"), Some(0), None).check(operation("api_keys.list"));
        assert_eq!(error.unwrap_err().field(), Some("page"));
    }
}
