//! Holds what came against what was to come.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// Says where `came` differs from the part of it that is `expected`.
///
/// Texts that begin with `$` are questions: `$any`, `$text`, `$absent` (or null), `$empty` (or absent), `$has: words`, `$length: bytes`, and
/// `$time: …` for the same time however it is written, without a zone too.
pub(crate) fn differs(expected: &Value, came: Option<&Value>, place: &str) -> Option<String> {
    let told = |came: Option<&Value>| came.map_or("nothing".to_owned(), |value| shorten(&value.to_string()));
    let wrong =
        || Some(format!("{place}: {} was expected, {} came", shorten(&expected.to_string()), told(came)));
    match (expected, came) {
        (Value::String(question), _) if question.starts_with('$') => {
            let holds = match (question.as_str(), came) {
                ("$empty", Some(Value::Array(values))) => values.is_empty(),
                ("$absent" | "$empty", None | Some(Value::Null)) => true,
                ("$any", Some(value)) => !value.is_null(),
                ("$text", Some(Value::String(text))) => !text.is_empty(),
                (other, Some(Value::String(text))) => match other.split_once(": ") {
                    Some(("$has", words)) => text.contains(words),
                    Some(("$length", length)) => text.len().to_string() == length,
                    Some(("$time", time)) => same_time(time, text) || same_time(time, &format!("{text}Z")),
                    _ => false,
                },
                _ => false,
            };
            if holds { None } else { wrong() }
        }
        (Value::Object(members), Some(Value::Object(found))) => members
            .iter()
            .find_map(|(name, value)| differs(value, found.get(name), &format!("{place}.{name}"))),
        (Value::Array(values), Some(Value::Array(found))) if values.len() == found.len() => values
            .iter()
            .zip(found)
            .enumerate()
            .find_map(|(index, (value, found))| differs(value, Some(found), &format!("{place}[{index}]"))),
        (Value::Null, None) => None,
        (Value::Number(one), Some(Value::Number(other))) if one.as_f64() == other.as_f64() => None,
        (Value::String(one), Some(Value::String(other))) if one == other || same_time(one, other) => None,
        (one, Some(other)) if one == other => None,
        _ => wrong(),
    }
}

/// Languages write the same time in their own ways.
fn same_time(one: &str, other: &str) -> bool {
    matches!((one.parse::<Timestamp>(), other.parse::<Timestamp>()), (Ok(one), Ok(other)) if one == other)
}

fn shorten(text: &str) -> String {
    if text.chars().count() > 200 {
        text.chars().take(200).collect::<String>() + "…"
    } else {
        text.to_owned()
    }
}

/// Where `path`, such as `report.resume` or `rows.0.user_id`, leads.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, part| match value {
        Value::Array(values) => values.get(part.parse::<usize>().ok()?),
        Value::Object(members) => members.get(part),
        _ => None,
    })
}

/// A request that arrived, as scenarios see it.
pub(crate) fn request(arrived: &devin_v2_emulator::Arrived) -> Value {
    serde_json::json!({
        "method": arrived.method,
        "path": arrived.path,
        "query": query(arrived.query.as_deref().unwrap_or_default()),
        "headers": arrived.headers,
        "body": arrived.body,
    })
}

/// The parameters of a query, as they were sent.
pub(crate) fn query(text: &str) -> Map<String, Value> {
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect()
}
