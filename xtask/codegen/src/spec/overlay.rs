//! Applies an OpenAPI Overlay 1.0 document.

use serde_json::Value;
use serde_json_path::JsonPath;

use crate::problem::{Document, Problems, join};

/// Brackets that a target opens, at most: each takes a piece of the stack to read.
const MAX_BRACKETS: usize = 64;
/// Steps to any depth (`..`) in a target, at most: each multiplies what is found by the depth of the document.
const MAX_DESCENTS: usize = 2;
/// What all updates together add, at most, in values of any kind: an update of everything is one of what earlier ones
/// added too, and doubles the document.
const MAX_ADDED: usize = 200_000;
/// Levels of objects and lists, at most, as for a document that is read.
const MAX_DEPTH: usize = 100;

/// `document` with the actions of `overlay` applied in order, and a report line for each action that found nothing
/// (Overlay 1.0 lets such an action pass; here it usually means that a new document dropped what it was about).
pub fn overlay(document: &Document, overlay: &Document) -> Result<(Document, Vec<String>), Problems> {
    let mut problems = Problems::default();
    let version = overlay.root.get("overlay").and_then(Value::as_str).unwrap_or_default();
    if !version.starts_with("1.0.") {
        problems.0.push(overlay.problem("/overlay", "must be a 1.0.x version, such as 1.0.0"));
    }
    let Some(actions) = overlay.root.get("actions").and_then(Value::as_array) else {
        problems.0.push(overlay.problem("/actions", "must be a list of actions"));
        return Err(problems);
    };

    let mut result = document.clone();
    let mut report = Vec::new();
    let mut added = 0;
    for (index, action) in actions.iter().enumerate() {
        let at = format!("/actions/{index}");
        let Some(target) = action.get("target").and_then(Value::as_str) else {
            problems.0.push(overlay.problem(join(&at, "target"), "must be a JSONPath"));
            continue;
        };
        if target.matches(['[', '(']).count() > MAX_BRACKETS || target.matches("..").count() > MAX_DESCENTS {
            let message =
                format!("opens more than {MAX_BRACKETS} brackets, or has more than {MAX_DESCENTS} `..`");
            problems.0.push(overlay.problem(join(&at, "target"), message));
            continue;
        }
        let path = match JsonPath::parse(target) {
            Ok(path) => path,
            Err(error) => {
                problems.0.push(overlay.problem(join(&at, "target"), format!("isn't a JSONPath: {error}")));
                continue;
            }
        };
        let remove = action.get("remove").and_then(Value::as_bool).unwrap_or(false);
        let update = action.get("update");
        if remove == update.is_some() {
            problems.0.push(overlay.problem(at, "must have either `update` or `remove: true`"));
            continue;
        }
        let mut pointers: Vec<String> =
            path.query_located(&result.root).locations().map(|location| location.to_json_pointer()).collect();
        if pointers.is_empty() {
            report.push(format!("{}: {at}: {target} matches nothing in {}", overlay.file, document.file));
        }
        if let Some(update) = update {
            let (values, depth) = extent(update);
            added = pointers.len().saturating_mul(values).saturating_add(added);
            if added > MAX_ADDED {
                let message = format!("the updates up to this one add more than {MAX_ADDED} values");
                problems.0.push(overlay.problem(join(&at, "update"), message));
                return Err(problems);
            }
            for pointer in &pointers {
                if pointer.matches('/').count() + depth > MAX_DEPTH {
                    let message = format!("would make {pointer} deeper than {MAX_DEPTH} levels");
                    problems.0.push(overlay.problem(join(&at, "update"), message));
                    break;
                }
                let Some(node) = result.root.pointer_mut(pointer) else {
                    let message = format!("replaces what holds {pointer}, which the target names too");
                    problems.0.push(overlay.problem(join(&at, "update"), message));
                    continue;
                };
                if node.is_object() != update.is_object() && !node.is_array() {
                    problems.0.push(overlay.problem(
                        join(&at, "update"),
                        format!("{pointer} and the update must both be objects, or the target a list"),
                    ));
                    continue;
                }
                merge(node, update);
            }
        } else {
            // From the back, so that the places of earlier list elements stay what they were, and each once: a target
            // may name them in any order, as often as it likes.
            pointers.sort_by_cached_key(|pointer| {
                let step = |step: &str| (step.parse::<usize>().ok(), step.to_owned());
                std::cmp::Reverse(pointer.split('/').map(step).collect::<Vec<_>>())
            });
            pointers.dedup();
            for pointer in &pointers {
                delete(&mut result.root, pointer);
            }
        }
    }
    problems.or((result, report))
}

/// How many values a value is made of, itself included, and how many levels they have.
fn extent(value: &Value) -> (usize, usize) {
    let inner: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Object(object) => Box::new(object.values()),
        Value::Array(array) => Box::new(array.iter()),
        _ => return (1, 0),
    };
    let all = inner.map(extent).fold((0, 0), |(sum, most), (values, depth)| (sum + values, most.max(depth)));
    (all.0 + 1, all.1 + 1)
}

/// Overlay 1.0: objects are merged, lists are appended to, everything else is replaced.
fn merge(node: &mut Value, update: &Value) {
    match (node, update) {
        (Value::Object(node), Value::Object(update)) => {
            for (key, value) in update {
                match node.get_mut(key) {
                    Some(existing) => merge(existing, value),
                    None => {
                        node.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(node), Value::Array(update)) => node.extend(update.iter().cloned()),
        (Value::Array(node), update) => node.push(update.clone()),
        (node, update) => *node = update.clone(),
    }
}

fn delete(root: &mut Value, pointer: &str) {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    let key = key.replace("~1", "/").replace("~0", "~");
    match root.pointer_mut(parent) {
        Some(Value::Object(object)) => {
            object.shift_remove(&key);
        }
        Some(Value::Array(array)) => {
            if let Ok(index) = key.parse::<usize>()
                && index < array.len()
            {
                array.remove(index);
            }
        }
        _ => {}
    }
}
