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
        }
    }
}

/// The last requests, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Log(VecDeque<Arrived>);

impl Log {
    pub(crate) fn push(&mut self, request: Arrived) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(request);
    }

    pub(crate) fn list(&self) -> Vec<Arrived> {
        self.0.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
