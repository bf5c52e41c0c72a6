//! Requests of the caller's own making, past the guards that all others pass.

use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use reqwest::Request;
use serde::Serialize;

use crate::client::Client;
use crate::error::Error;
use crate::guard;
use crate::operation::{Kind, Operation, parameter};
use crate::response::Raw;

/// A request that is written by hand, for what the document does not have. Made by [`Client::request`].
///
/// Method and path of a documented operation make it that operation: its limits hold, and a bulk-destructive one asks
/// for its confirmation here as well. The key, time limits and retries are those of every call.
///
/// ```no_run
/// # async fn example() -> Result<(), devin_v2::Error> {
/// let client = devin_v2::Client::from_env()?;
/// let raw = client.request(devin_v2::Method::GET, "/v2/enterprise/new-thing").query("limit", 5).send().await?;
/// println!("{}", raw.json::<serde_json::Value>()?);
/// # Ok(()) }
/// ```
#[must_use = "nothing is sent before `send` is awaited"]
pub struct RawRequest {
    client: Client,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: Option<Result<Bytes, NotJson>>,
    confirm: Option<String>,
}

/// The body could not be serialised.
#[derive(Clone, Copy)]
struct NotJson;

impl fmt::Debug for RawRequest {
    /// Method only: path, query and body are the caller's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

impl RawRequest {
    pub(crate) fn new(client: Client, method: Method, path: String) -> Self {
        Self { client, method, path, query: Vec::new(), body: None, confirm: None }
    }

    /// Adds a query parameter; the same name again makes a list.
    pub fn query(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Sets the body, as JSON.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        self.body = Some(serde_json::to_vec(body).map(Bytes::from).map_err(|_| NotJson));
        self
    }

    /// Confirms a bulk-destructive operation: the error without it says with which phrase.
    pub fn confirm(mut self, phrase: impl Into<String>) -> Self {
        self.confirm = Some(phrase.into());
        self
    }

    /// Sends it.
    ///
    /// # Errors
    /// As every call: any status but 2xx is an error. [`Refused`](crate::ErrorKind::Refused) if the path is not plain.
    pub async fn send(self) -> Result<Raw, Error> {
        let operation = self.operation()?;
        let request = self.build(operation)?;
        self.client.send(operation, request, self.confirm.as_deref()).await
    }

    /// The documented operation that this is, or one that stands for all others of its method.
    fn operation(&self) -> Result<&'static Operation, Error> {
        Ok(match documented(Operation::all(), self.method.as_str(), &self.path) {
            Some(operation) => operation,
            None => match self.method {
                Method::GET | Method::HEAD => &UNKNOWN_READ,
                Method::POST | Method::PUT | Method::PATCH => &UNKNOWN_WRITE,
                Method::DELETE => &UNKNOWN_DELETE,
                _ => {
                    return Err(Error::refused(
                        &UNKNOWN_WRITE,
                        "method",
                        "is none that the service takes",
                        "Use GET, POST, PUT, PATCH or DELETE.",
                    ));
                }
            },
        })
    }

    fn build(&self, operation: &'static Operation) -> Result<Request, Error> {
        let path = plain(operation, &self.path)?;
        let mut url = self.client.base().clone();
        url.set_path(&path);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        let mut request = Request::new(self.method.clone(), url);
        match &self.body {
            None => {}
            Some(Ok(body)) => {
                *request.body_mut() = Some(body.clone().into());
                request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
            Some(Err(NotJson)) => {
                return Err(Error::refused(
                    operation,
                    "body",
                    "cannot be written as JSON",
                    "Pass a value whose maps have text as keys.",
                ));
            }
        }
        Ok(request)
    }
}

const fn unknown(name: &'static str, http_method: &'static str, kind: Kind) -> Operation {
    Operation {
        name,
        resource: "",
        method_name: "",
        http_method,
        template: "",
        kind,
        confirm: None,
        paging: None,
        query: &[],
        body: &[],
        ranges: &[],
        reserved: &[],
        same_as_path: &[],
        summary: "",
        published_id: "",
        v3_twin: None,
        beta: false,
    }
}

static UNKNOWN_READ: Operation = unknown("request", "GET", Kind::Read);
static UNKNOWN_WRITE: Operation = unknown("request", "POST", Kind::Write);
static UNKNOWN_DELETE: Operation = unknown("request", "DELETE", Kind::Destructive);

/// The path with each segment encoded anew, once it is certain that it leads where it seems to lead.
fn plain(operation: &Operation, path: &str) -> Result<String, Error> {
    let refused =
        |problem: &str, remedy: &'static str| Err(Error::refused(operation, "path", problem, remedy));
    if path.contains(['?', '#']) {
        return refused("holds a query or a fragment", "Pass query parameters apart from the path.");
    }
    let Some(rest) = path.strip_prefix('/') else {
        return refused("does not start with a slash", "Give the path alone, like /v2/enterprise/members.");
    };
    if rest.ends_with('/') {
        return refused(
            "ends with a slash, which the service takes for another path",
            "Leave the slash out; if an id was to follow, it was empty.",
        );
    }
    let mut out = String::with_capacity(path.len() + 8);
    for part in rest.split('/') {
        if let Err(found) = guard::segment(part) {
            return refused(&format!("has a segment that {}", found.problem), found.remedy);
        }
        out.push('/');
        out.extend(guard::encoded(&guard::decoded(part)));
    }
    Ok(out)
}

/// The documented operation with this method and path. Where a literal and a parameter both fit, the literal wins, as
/// on the service.
fn documented<'a>(operations: &'a [Operation], method: &str, path: &str) -> Option<&'a Operation> {
    let fits = |operation: &&Operation| {
        operation.http_method == method && {
            let mut template = operation.template.split('/');
            let mut path = path.split('/');
            loop {
                match (template.next(), path.next()) {
                    (None, None) => break true,
                    (Some(expected), Some(found)) => {
                        // However often something on the way decodes it.
                        let found = guard::fully_decoded(found);
                        if parameter(expected).is_none() && expected != found {
                            break false;
                        }
                    }
                    _ => break false,
                }
            }
        }
    };
    operations.iter().filter(fits).min_by_key(|operation| operation.path_parameters().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::testing::{OPERATIONS, operation};

    #[test]
    fn paths_must_be_plain() {
        let plain = |path: &str| plain(operation("members.list"), path);
        assert_eq!(plain("/v2/enterprise/members").unwrap(), "/v2/enterprise/members");
        assert_eq!(plain("/v2/members/email|1").unwrap(), "/v2/members/email%7C1");
        assert_eq!(plain("/v2/members/email%7C1").unwrap(), "/v2/members/email%7C1");
        for path in [
            "",
            "/",
            "v2/enterprise",
            "https://example.com/v2",
            "/v2//members",
            "/v2/members/",
            "/v2/../x",
            "/v2/%2e%2e/x",
            "/v2/a\\b",
            "/v2/a%5cb",
            "/v2/a%2fb",
            "/v2/x?y=1",
            "/v2/x#y",
            "/v2/./x",
            "/v2/ /x",
            "//example.com/x",
        ] {
            let error = plain(path).expect_err(path);
            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("path")), "{path}");
        }
    }

    #[test]
    fn documented_operations_are_recognised() {
        let name = |method, path| documented(OPERATIONS, method, path).map(|operation| operation.name);
        assert_eq!(name("DELETE", "/v2/enterprise/api-keys"), Some("api_keys.revoke_all"));
        assert_eq!(name("DELETE", "/v2/enterprise/api%2Dkeys"), Some("api_keys.revoke_all"));
        assert_eq!(name("DELETE", "/v2/enterprise/api%25252Dkeys"), Some("api_keys.revoke_all"));
        assert_eq!(name("DELETE", "/v2/enterprise/api-keys/x"), Some("api_keys.revoke"));
        assert_eq!(name("POST", "/v2/enterprise/members/invite"), Some("members.invite"));
        assert_eq!(name("PATCH", "/v2/enterprise/api-keys"), None);
        assert_eq!(name("GET", "/v2/enterprise/new"), None);
    }
}
