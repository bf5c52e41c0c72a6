//! Bodies that name again what the path names.

use reqwest::Request;
use serde_json::Value;

use super::decoded;
use crate::error::Error;
use crate::operation::{Operation, parameter};

/// Checks that a list in the body holds nothing but what the path says: the service would act on everything in it.
///
/// # Errors
/// [`Refused`](crate::ErrorKind::Refused), naming the field.
pub(super) fn as_path(operation: &Operation, request: &Request) -> Result<(), Error> {
    let Some(bytes) = request.body().and_then(|body| body.as_bytes()) else { return Ok(()) };
    for &(field, name) in operation.same_as_path {
        let segments = operation.template.split('/').zip(request.url().path().split('/'));
        let mut found = segments.filter(|(segment, _)| parameter(segment) == Some(name));
        let Some((_, id)) = found.next() else { continue };
        let id = decoded(id);
        let body = serde_json::from_slice::<Value>(bytes).unwrap_or_default();
        let same = match &body[field] {
            Value::Array(values) => !values.is_empty() && values.iter().all(|value| *value == *id),
            other => other.is_null(),
        };
        if !same {
            return Err(Error::refused(
                operation,
                field,
                format!("must hold the {name} of the path and nothing else"),
                "Leave it out; for others make a call of their own.",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use http::Method;
    use reqwest::Url;

    use super::*;
    use crate::testing::operation;

    #[test]
    fn a_body_says_what_the_path_says() {
        let check = |body: &str| {
            let url = Url::parse("http://127.0.0.1/v2/enterprise/organizations/org%7C1/members").unwrap();
            let mut request = Request::new(Method::POST, url);
            *request.body_mut() = Some(body.to_owned().into());
            as_path(operation("organizations.add_members"), &request)
        };
        for body in [r#"{"org_ids":["org|1"]}"#, r#"{"org_ids":["org|1","org|1"]}"#, "{}"] {
            assert!(check(body).is_ok(), "{body}");
        }
        for ids in [r#"["org|2"]"#, r#"["org|1","org|2"]"#, "[]", "[null]", r#""org|1""#, r#"["org%7C1"]"#] {
            let error = check(&format!(r#"{{"org_ids":{ids}}}"#)).expect_err(ids);
            assert_eq!(error.field(), Some("org_ids"), "{ids}");
        }
    }
}
