//! What arrived: the requests on API paths, for tests that ask what a client really sent.

use std::collections::{BTreeMap, VecDeque};

use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};

use crate::auth;

/// How many requests are remembered; the oldest are forgotten first.
pub(crate) const REMEMBERED: usize = 10_000;
/// How much of a body is remembered, in bytes.
const BODY: usize = 64 * 1024;

/// One request that arrived, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Arrived {
    /// The method, in capitals.
    pub method: String,
    /// The path as sent: not decoded, not normalised.
    pub path: String,
    /// The query as sent, without the question mark; `None` if there was no question mark.
    pub query: Option<String>,
    /// The headers by lower-case name, repeated ones joined with `, `. Of `authorization` only the kind of the key is
    /// kept: `Bearer apk_user_…`.
    pub headers: BTreeMap<String, String>,
    /// The body as text (invalid UTF-8 replaced), at most its first 64 KiB.
    pub body: String,
    /// The status that it was answered with; `None` as long as it has no answer, and if it never got one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

impl Arrived {
    pub(crate) fn new(
        method: &str,
        path: &str,
        query: Option<&str>,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Self {
        let mut kept: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in headers {
            let text = String::from_utf8_lossy(value.as_bytes());
            let text = match *name {
                header::AUTHORIZATION | header::PROXY_AUTHORIZATION => auth::redacted(&text),
                header::COOKIE => "…".to_owned(),
                _ => text.into_owned(),
            };
            match kept.entry(name.as_str().to_owned()) {
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(text);
                }
                std::collections::btree_map::Entry::Occupied(mut entry) => {
                    let joined = entry.get_mut();
                    joined.push_str(", ");
                    joined.push_str(&text);
                }
            }
        }
        let body = body.get(..BODY).unwrap_or(body);
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.map(str::to_owned),
            headers: kept,
            body: String::from_utf8_lossy(body).into_owned(),
            status: None,
        }
    }
}

/// The last requests, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Log {
    requests: VecDeque<Arrived>,
    /// How many were forgotten.
    forgotten: usize,
}

impl Log {
    /// Remembers a request. Its number is what [`Log::answered`] knows it by.
    pub(crate) fn push(&mut self, request: Arrived) -> usize {
        if self.requests.len() == REMEMBERED {
            self.requests.pop_front();
            self.forgotten += 1;
        }
        self.requests.push_back(request);
        self.forgotten + self.requests.len() - 1
    }

    pub(crate) fn answered(&mut self, number: usize, status: u16) {
        let index = number.checked_sub(self.forgotten);
        if let Some(request) = index.and_then(|index| self.requests.get_mut(index)) {
            request.status = Some(status);
        }
    }

    pub(crate) fn list(&self) -> Vec<Arrived> {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.forgotten += self.requests.len();
        self.requests.clear();
    }
}
