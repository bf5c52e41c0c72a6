//! Limits that the document states, for query parameters and bodies.

use std::collections::HashSet;

use devin_v2_api::Timestamp;
use reqwest::{Request, Url};
use serde_json::Value;

use crate::error::Error;
use crate::operation::{Check, Operation, Rule};

/// Checks a number that is about to become a query parameter.
///
/// # Errors
/// [`Refused`](crate::ErrorKind::Refused), naming the parameter and its bounds.
pub(crate) fn number(operation: &Operation, name: &'static str, value: u64) -> Result<(), Error> {
    let rules = operation.query.iter().filter(|rule| rule.at == name);
    first(rules.filter_map(|rule| in_bounds(rule.check, value as f64)))
        .map_or(Ok(()), |problem| Err(refused(operation, operation.query, name, name, problem)))
}

/// Checks the query of a built URL: single values, how many there are, and ranges of time.
pub(crate) fn query(operation: &Operation, url: &Url) -> Result<(), Error> {
    if url.query().is_none() || (operation.query.is_empty() && operation.ranges.is_empty()) {
        return Ok(());
    }
    for rule in operation.query {
        let mut count = 0;
        for (_, value) in url.query_pairs().filter(|(name, _)| name == rule.at) {
            count += 1;
            let problem = match value.parse::<f64>() {
                Ok(value) if matches!(rule.check, Check::Minimum(_) | Check::Maximum(_)) => {
                    in_bounds(rule.check, value)
                }
                _ => in_text(rule.check, &value),
            };
            if let Some(problem) = problem {
                return Err(refused(operation, operation.query, rule.at, rule.at, problem));
            }
        }
        if count > 0
            && let Some(problem) = in_count(rule.check, count)
        {
            return Err(refused(operation, operation.query, rule.at, rule.at, problem));
        }
    }
    let time = |wanted: &str| {
        let (_, value) = url.query_pairs().find(|(name, _)| name == wanted)?;
        value.parse::<Timestamp>().ok()
    };
    for &(start, end) in operation.ranges {
        if let (Some(from), Some(until)) = (time(start), time(end))
            && until < from
        {
            let problem = format!("lies before {start}");
            return Err(Error::refused(operation, end, problem, "Swap them, or leave one out."));
        }
    }
    Ok(())
}

/// Checks the JSON body of a built request.
pub(crate) fn body(operation: &Operation, request: &Request) -> Result<(), Error> {
    if operation.body.is_empty() {
        return Ok(());
    }
    let Some(bytes) = request.body().and_then(|body| body.as_bytes()) else {
        return Ok(());
    };
    let body: Value = serde_json::from_slice(bytes).map_err(|_| {
        Error::refused(operation, "body", "is not JSON", "Pass a value that serialises to JSON.")
    })?;
    operation.body.iter().try_for_each(|rule| walk(operation, rule, &body, rule.at, String::new()))
}

/// Follows a pointer pattern down the body and checks what it ends at.
fn walk(operation: &Operation, rule: &Rule, value: &Value, rest: &str, at: String) -> Result<(), Error> {
    let Some(rest) = rest.strip_prefix('/') else {
        let problem = match value {
            Value::Number(number) => number.as_f64().and_then(|number| in_bounds(rule.check, number)),
            Value::String(text) => in_text(rule.check, text),
            Value::Array(elements) => {
                in_count(rule.check, elements.len()).or_else(|| repeated(rule.check, elements))
            }
            _ => None,
        };
        let shown = if at.is_empty() { "body".to_owned() } else { at };
        return problem
            .map_or(Ok(()), |problem| Err(refused(operation, operation.body, rule.at, shown, problem)));
    };
    let (step, rest) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    match (value, step) {
        (Value::Array(elements), "*") => elements
            .iter()
            .enumerate()
            .try_for_each(|(index, element)| walk(operation, rule, element, rest, format!("{at}[{index}]"))),
        (Value::Object(members), "*") => members
            .iter()
            .try_for_each(|(name, member)| walk(operation, rule, member, rest, joined(&at, name))),
        (Value::Object(members), name) => match members.get(name) {
            Some(member) => walk(operation, rule, member, rest, joined(&at, name)),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

fn joined(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

fn first<T>(mut problems: impl Iterator<Item = T>) -> Option<T> {
    problems.next()
}

fn in_bounds(check: Check, value: f64) -> Option<String> {
    match check {
        Check::Minimum(bound) if value < bound as f64 => Some(format!("is {value}, less than {bound}")),
        Check::Maximum(bound) if value > bound as f64 => Some(format!("is {value}, more than {bound}")),
        _ => None,
    }
}

fn in_count(check: Check, count: usize) -> Option<String> {
    match check {
        Check::MinItems(bound) if count < bound => {
            Some(format!("holds {count} elements, fewer than {bound}"))
        }
        Check::MaxItems(bound) if count > bound => Some(format!("holds {count} elements, more than {bound}")),
        _ => None,
    }
}

fn repeated(check: Check, elements: &[Value]) -> Option<String> {
    if check != Check::UniqueItems {
        return None;
    }
    let mut seen = HashSet::new();
    let index = elements.iter().position(|element| !seen.insert(element.to_string()))?;
    Some(format!("holds element {index} a second time"))
}

/// What is wrong with a text, without the text: it may be anything, a key included.
fn in_text(check: Check, text: &str) -> Option<String> {
    match check {
        Check::MinLength(bound) if text.chars().count() < bound => Some(if text.is_empty() {
            "is empty".to_owned()
        } else {
            format!("is shorter than {bound} characters")
        }),
        Check::MaxLength(bound) if text.chars().count() > bound => {
            Some(format!("is longer than {bound} characters"))
        }
        Check::Email if !is_email(text) => Some("is not an e-mail address".to_owned()),
        Check::DateTime if Timestamp::parse_zoned(text).is_err() => {
            Some(if text.parse::<Timestamp>().is_ok() {
                "has no time zone".to_owned()
            } else {
                "is not a date-time".to_owned()
            })
        }
        _ => None,
    }
}

/// One `@`, something on both sides, and nothing that cannot be part of an address. Whether it exists is for the
/// service to say.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    !local.is_empty()
        && !local.contains('@')
        && !domain.is_empty()
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.contains(|character: char| character.is_whitespace() || character.is_control())
}

/// The error for a problem at one place, with all bounds that hold there as the remedy.
fn refused(
    operation: &Operation,
    rules: &[Rule],
    pattern: &str,
    shown: impl Into<std::borrow::Cow<'static, str>>,
    problem: String,
) -> Error {
    let checks = || rules.iter().filter(|rule| rule.at == pattern).map(|rule| rule.check);
    let between = |least: Option<i128>, most: Option<i128>, unit: &str| match (least, most) {
        (Some(least), Some(most)) => Some(format!("Give {least} to {most}{unit}.")),
        (Some(least), None) => Some(format!("Give at least {least}{unit}.")),
        (None, Some(most)) => Some(format!("Give at most {most}{unit}.")),
        (None, None) => None,
    };
    let bound = |pick: fn(Check) -> Option<i128>| checks().find_map(pick);
    let number = |pick: fn(Check) -> Option<i128>| bound(pick);
    let values = between(
        number(|check| if let Check::Minimum(bound) = check { Some(bound.into()) } else { None }),
        number(|check| if let Check::Maximum(bound) = check { Some(bound.into()) } else { None }),
        "",
    );
    let counts = between(
        number(|check| if let Check::MinItems(bound) = check { i128::try_from(bound).ok() } else { None }),
        number(|check| if let Check::MaxItems(bound) = check { i128::try_from(bound).ok() } else { None }),
        " of them per call",
    );
    let lengths = between(
        number(|check| if let Check::MinLength(bound) = check { i128::try_from(bound).ok() } else { None }),
        number(|check| if let Check::MaxLength(bound) = check { i128::try_from(bound).ok() } else { None }),
        " characters",
    );
    let forms = checks().find_map(|check| match check {
        Check::Email => Some("Write it like name@example.com.".to_owned()),
        Check::DateTime => Some(
            "Write it as RFC 3339 with an offset or Z (2025-12-05T08:00:00Z), or pass a billing day."
                .to_owned(),
        ),
        Check::UniqueItems => Some("Name each once.".to_owned()),
        _ => None,
    });
    let remedy = values.or(counts).or(lengths).or(forms).unwrap_or_default();
    Error::refused(operation, shown, problem, remedy)
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::error::ErrorKind;
    use crate::testing::operation;

    fn with_query(name: &str, query: &str) -> Result<(), Error> {
        super::query(operation(name), &Url::parse(&format!("http://127.0.0.1/x?{query}")).unwrap())
    }

    fn with_body(name: &str, body: &str) -> Result<(), Error> {
        let mut request = Request::new(Method::POST, Url::parse("http://127.0.0.1/x").unwrap());
        *request.body_mut() = Some(body.to_owned().into());
        super::body(operation(name), &request)
    }

    #[test]
    fn query_bounds_hold() {
        for query in ["limit=1", "limit=200", "skip=0", "limit=50&skip=7", "other=0"] {
            assert!(with_query("members.list", query).is_ok(), "{query}");
        }
        for (query, field) in [("limit=0", "limit"), ("limit=201", "limit"), ("skip=-1", "skip")] {
            let error = with_query("members.list", query).expect_err(query);
            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some(field)));
        }
        let shown = with_query("members.list", "limit=201").unwrap_err().to_string();
        assert_eq!(shown, "members.list: limit is 201, more than 200. Give 1 to 200.");
        assert!(number(operation("members.list"), "limit", 0).is_err());
        assert!(number(operation("members.list"), "limit", 1).is_ok());
    }

    #[test]
    fn ranges_run_forwards() {
        let range = |start: &str, end: &str| {
            with_query("consumption.daily", &format!("start_date={start}&end_date={end}"))
        };
        assert!(range("2025-12-05T08:00:00Z", "2025-12-05T08:00:00Z").is_ok());
        let error = range("2025-12-05T08:00:00Z", "2025-12-04T08:00:00Z").unwrap_err();
        assert!(error.to_string().contains("end_date lies before start_date"), "{error}");
        // The same instant in two zones.
        assert!(range("2025-12-05T08:00:00Z", "2025-12-05T10:00:00%2B02:00").is_ok());
        assert!(range("2025-12-05", "2025-12-06").unwrap_err().to_string().contains("no time zone"));
    }

    #[test]
    fn body_limits_hold() {
        let emails = |count: usize| {
            let list: Vec<_> = (0..count).map(|index| format!("a{index}@example.com")).collect();
            with_body("members.invite", &serde_json::json!({ "emails": list }).to_string())
        };
        assert!(emails(1).is_ok() && emails(100).is_ok());
        for count in [0, 101] {
            let shown = emails(count).unwrap_err().to_string();
            assert!(shown.contains(&format!("emails holds {count} elements")), "{shown}");
            assert!(shown.contains("Give 1 to 100 of them per call."), "{shown}");
        }
        for bad in ["", "@", "a@", "@b", "a b@c", "a@b@c", "apk_user_canary"] {
            let error =
                with_body("members.invite", &serde_json::json!({ "emails": ["a@b.c", bad] }).to_string())
                    .expect_err(bad);
            assert_eq!(error.field(), Some("emails[1]"));
            assert!(!error.to_string().contains("canary"));
        }
    }

    #[test]
    fn patterns_reach_maps_and_bare_arrays() {
        let groups = r#"{"groups":{"g":{"org_ids":["a","a"]}}}"#;
        let error = with_body("org_group_limits.update", groups).unwrap_err();
        assert_eq!(error.field(), Some("groups.g.org_ids"));
        assert!(with_body("org_group_limits.update", r#"{"groups":{"g":{"org_ids":["a","b"]}}}"#).is_ok());
        assert!(
            with_body("organizations.add_git_permissions", "[]")
                .unwrap_err()
                .to_string()
                .contains("body holds 0")
        );
        assert!(with_body("organizations.add_git_permissions", "{").is_err());
    }
}
