//! One scenario for each of many things: `each`, and `${name}` in what follows.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// An operation with an example of its arguments.
#[derive(Deserialize)]
pub(crate) struct Call {
    pub(crate) operation: String,
    pub(crate) http_method: String,
    pub(crate) template: String,
    pub(crate) paged: bool,
    /// Parameters of the path.
    path: Vec<String>,
    pub(crate) arguments: Map<String, Value>,
}

impl Call {
    fn reading(&self) -> &'static str {
        if self.paged { "page" } else { "value" }
    }
}

/// The scenarios that a written one stands for.
///
/// `each` is a map of lists, of which all combinations are taken, or a list of maps, or it names what the document has. A
/// list whose name begins with `+` holds maps: their members are taken, and the name does not matter. Of the document,
/// `operations` gives `operation`, `arguments`, `reading` and `method`; `ids` gives, for each parameter of a path, also
/// `parameter` and the arguments without it.
pub(crate) fn expand(mut scenario: Value, calls: &[Call]) -> Result<Vec<Value>, String> {
    fill(&mut scenario);
    let Some(each) = scenario.as_object_mut().and_then(|members| members.remove("each")) else {
        return Ok(vec![scenario]);
    };
    let mut sets = match each {
        Value::Array(sets) => sets.into_iter().map(object).collect::<Result<Vec<_>, _>>()?,
        Value::Object(lists) => {
            let mut sets = vec![Map::new()];
            for (name, values) in lists {
                let values = match (name.as_str(), values) {
                    ("document", Value::String(what)) => of_document(&what, calls)?,
                    (name, Value::Array(values)) if name.starts_with('+') => {
                        values.into_iter().map(object).collect::<Result<_, _>>()?
                    }
                    (_, Value::Array(values)) => {
                        values.into_iter().map(|value| Map::from_iter([(name.clone(), value)])).collect()
                    }
                    (name, _) => return Err(format!("each.{name} is no list")),
                };
                sets = sets
                    .into_iter()
                    .flat_map(|set| {
                        values.iter().map(move |value| set.clone().into_iter().chain(value.clone()).collect())
                    })
                    .collect();
            }
            sets
        }
        _ => return Err("`each` is neither a list nor a map".to_owned()),
    };
    // The value of a parameter goes where the document has it.
    for set in &mut sets {
        if let (Some(Value::String(name)), Some(id)) = (set.get("parameter").cloned(), set.get("id").cloned())
            && let Some(Value::Object(arguments)) = set.get_mut("arguments")
        {
            arguments.insert(name, id);
        }
    }
    Ok(sets.iter().map(|set| substitute(&scenario, &|name| set.get(name))).collect())
}

fn object(value: Value) -> Result<Map<String, Value>, String> {
    match value {
        Value::Object(members) => Ok(members),
        other => Err(format!("{other} is no map")),
    }
}

fn of_document(what: &str, calls: &[Call]) -> Result<Vec<Map<String, Value>>, String> {
    let set = |call: &Call| {
        json!({
            "operation": call.operation,
            "arguments": call.arguments,
            "reading": call.reading(),
            "method": call.http_method,
            "path": path(call),
        })
    };
    let sets: Vec<Value> = match what {
        "operations" => calls.iter().map(set).collect(),
        "changes" => calls.iter().filter(|call| call.http_method != "GET").map(set).collect(),
        "lists" => calls.iter().filter(|call| call.paged).map(set).collect(),
        "ids" => calls
            .iter()
            .flat_map(|call| {
                call.path.iter().map(move |name| {
                    let mut set = set(call);
                    set["parameter"] = json!(name);
                    set
                })
            })
            .collect(),
        other => return Err(format!("`{other}` is nothing that the document has")),
    };
    sets.into_iter().map(object).collect()
}

/// Where the example arrives.
fn path(call: &Call) -> String {
    let mut path = call.template.clone();
    for name in &call.path {
        let value = match &call.arguments[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let encoded: String = value
            .bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    char::from(byte).to_string()
                }
                _ => format!("%{byte:02X}"),
            })
            .collect();
        path = path.replace(&format!("{{{name}}}"), &encoded);
    }
    path
}

/// Puts values in place of `${name}`. Where it is the whole text, the value keeps its type.
pub(crate) fn substitute<'a>(value: &Value, of: &impl Fn(&str) -> Option<&'a Value>) -> Value {
    match value {
        Value::String(text) => {
            if let Some(found) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).and_then(of)
            {
                return found.clone();
            }
            let mut out = String::new();
            let mut rest = text.as_str();
            while let Some((before, behind)) = rest.split_once("${") {
                out += before;
                match behind.split_once('}').map(|(name, after)| (of(name), name, after)) {
                    Some((Some(Value::String(text)), _, after)) => {
                        out += text;
                        rest = after;
                    }
                    Some((Some(other), _, after)) => {
                        out += &other.to_string();
                        rest = after;
                    }
                    _ => {
                        out += "${";
                        rest = behind;
                    }
                }
            }
            Value::String(out + rest)
        }
        Value::Array(values) => values.iter().map(|value| substitute(value, of)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), substitute(value, of))).collect()
        }
        other => other.clone(),
    }
}

/// Puts in what is too long to be written: `$filled: 100` is a text of a hundred bytes, `$addresses: 100` a list of a
/// hundred addresses.
fn fill(value: &mut Value) {
    match value {
        Value::String(text) => {
            let (what, count) = text.split_once(": ").unwrap_or_default();
            let count = count.parse().unwrap_or(0);
            match what {
                "$filled" => *value = "x".repeat(count).into(),
                "$addresses" => {
                    *value = (0..count).map(|number| format!("someone-{number}@example.com")).collect();
                }
                _ => {}
            }
        }
        Value::Array(values) => values.iter_mut().for_each(fill),
        Value::Object(members) => members.values_mut().for_each(fill),
        _ => {}
    }
}

/// What earlier steps kept.
pub(crate) type Kept = BTreeMap<String, Value>;
