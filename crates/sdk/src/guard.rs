//! What is checked before any byte is sent.
//!
//! The URL parser resolves dots, back-slashes and empty segments, so that a slip in an id (`""`, `..`, `x\..`) would
//! turn one operation into another: an empty key id turns "revoke this key" into "revoke all keys". A value is therefore
//! checked before the URL is built, and the URL that was built is checked against its template.

mod filter;
mod limits;
mod path;
mod same;

use reqwest::{Request, Url};

use crate::error::{Error, ErrorKind};
use crate::operation::{Kind, Operation, parameter};

pub(crate) use filter::{list as filter_list, text as filter_text};
pub(crate) use limits::number;
pub(crate) use path::{decoded, encode, encoded, fully_decoded, segment, value as path_value};

/// Checks a built request against everything the table says about its operation.
///
/// # Errors
/// [`Refused`](ErrorKind::Refused), naming the field, what is wrong with it and what to do.
pub(crate) fn request(
    operation: &Operation,
    request: &Request,
    confirm: Option<&str>,
    base: &Url,
) -> Result<(), Error> {
    let url = request.url();
    same_origin(operation, url, base)?;
    path::of_url(operation, url)?;
    limits::query(operation, url)?;
    limits::body(operation, request)?;
    same::as_path(operation, request)?;
    confirmed(operation, url, confirm)
}

/// Whether two URLs have scheme, host and port in common.
pub(crate) fn is_same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme()
        && a.host_str() == b.host_str()
        && a.port_or_known_default() == b.port_or_known_default()
}

/// The key goes along with every request, so no request may leave the client's host.
fn same_origin(operation: &Operation, url: &Url, base: &Url) -> Result<(), Error> {
    if is_same_origin(url, base)
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
    {
        return Ok(());
    }
    Err(Error::refused(
        operation,
        "url",
        "does not belong to the client's base URL",
        "Make another client for another host.",
    ))
}

/// Asks for the phrase where the operation needs one.
fn confirmed(operation: &Operation, url: &Url, confirm: Option<&str>) -> Result<(), Error> {
    let phrase = match (operation.confirm, operation.kind) {
        (Some(phrase), _) => phrase,
        // A bulk operation that the table gives no phrase is confirmed by its name: never without any.
        (None, Kind::BulkDestructive) => operation.name,
        (None, _) => return Ok(()),
    };
    let phrase = filled(phrase, operation.template, url.path());
    match confirm {
        Some(given) if given == phrase => Ok(()),
        given => {
            let problem = if given.is_none() { "is missing" } else { "is not the phrase asked for" };
            Err(Error::new(
                ErrorKind::Refused,
                format!("the confirmation {problem}: this deletes or revokes many things at once"),
            )
            .of(operation)
            .at("confirm")
            .hinted(format!("Pass the phrase \"{phrase}\" as confirm if that is meant.")))
        }
    }
}

/// A phrase with the path's values in place of `{parameter}`.
fn filled(phrase: &str, template: &str, path: &str) -> String {
    let mut phrase = phrase.to_owned();
    for (name, value) in template.split('/').zip(path.split('/')) {
        if parameter(name).is_some() {
            phrase = phrase.replace(name, &decoded(value));
        }
    }
    phrase
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::testing::{self, operation};

    fn base() -> Url {
        Url::parse("http://127.0.0.1:9").unwrap()
    }

    fn check(name: &str, path: &str, confirm: Option<&str>) -> Result<(), Error> {
        let url = Url::parse(&format!("http://127.0.0.1:9{path}")).unwrap();
        let operation = operation(name);
        let method = Method::from_bytes(operation.http_method.as_bytes()).unwrap();
        request(operation, &Request::new(method, url), confirm, &base())
    }

    #[test]
    fn urls_keep_to_their_template() {
        assert!(check("members.get", "/v2/enterprise/members/email%7C1", None).is_ok());
        for path in [
            "/v2/enterprise/members/",
            "/v2/enterprise/members",
            "/v2/enterprise/members/a/b",
            "/v2/enterprise/members//",
            "/v2/enterprise/roles/a",
            "/v2/enterprise/members/%2e%2e",
            "/v2/enterprise/members/%252e%252e",
            "/v2/enterprise/members/a%2Fb",
            "/v2/enterprise/members/a%5Cb",
            "/v2/enterprise/members/a#b",
            "/v2/enterprise/members/../api-keys/x",
        ] {
            let error = check("members.get", path, None).expect_err(path);
            assert_eq!(error.kind(), ErrorKind::Refused, "{path}");
            assert_eq!(error.operation(), Some("members.get"));
        }
    }

    #[test]
    fn requests_stay_on_their_host() {
        for url in [
            "https://127.0.0.1:9/v2/enterprise/members/a",
            "http://127.0.0.2:9/v2/enterprise/members/a",
            "http://127.0.0.1:10/v2/enterprise/members/a",
            "http://user@127.0.0.1:9/v2/enterprise/members/a",
        ] {
            let built = Request::new(Method::GET, Url::parse(url).unwrap());
            assert!(request(operation("members.get"), &built, None, &base()).is_err(), "{url}");
        }
    }

    #[test]
    fn mass_operations_ask_first() {
        let path = "/v2/enterprise/api-keys";
        let error = check("api_keys.revoke_all", path, None).unwrap_err();
        assert_eq!(error.field(), Some("confirm"));
        assert!(error.to_string().contains("the phrase \"revoke every key\" as confirm"), "{error}");
        assert!(check("api_keys.revoke_all", path, Some("yes")).is_err());
        assert!(check("api_keys.revoke_all", path, Some("revoke every key")).is_ok());

        let path = "/v2/enterprise/organizations/org%7C1";
        assert!(check("organizations.delete", path, Some("delete {org_id}")).is_err());
        assert!(check("organizations.delete", path, Some("delete org|1")).is_ok());
        assert!(testing::OPERATIONS.iter().any(|operation| operation.kind == Kind::BulkDestructive));
    }
}
