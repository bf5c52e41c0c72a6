//! No difference is passed over: every value of this project's document, with its overlay, is changed and taken away, and
//! each time it must be reported at its place.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;

use devin_v2_codegen::change::{Report, Side, compare};
use devin_v2_codegen::problem::{Document, Problems, join};
use devin_v2_codegen::spec;
use serde_json::{Value, json};

#[test]
fn every_value_that_changes_or_goes_is_reported_at_its_place() {
    let (document, _) = spec::overlay(&read("openapi/devin-v2.yaml"), &read("openapi/overlay.yaml")).unwrap();
    let old = Side::of(document.clone(), None).unwrap();
    let mut leaves = Vec::new();
    gather("", &document.root, &mut leaves);
    assert!(leaves.len() > 3000, "{}", leaves.len());

    // To be quick, values of one keyword in different operations and types are changed together.
    let mut groups: BTreeMap<(String, usize), Vec<&str>> = BTreeMap::new();
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for leaf in &leaves {
        let parts: Vec<&str> = leaf.split('/').collect();
        let keyword = parts.iter().rev().find(|part| part.parse::<usize>().is_err()).unwrap();
        let count = counts.entry(((*keyword).to_owned(), owner(leaf))).or_default();
        groups.entry(((*keyword).to_owned(), *count)).or_default().push(leaf);
        *count += 1;
    }
    let groups: Vec<Vec<&str>> = groups.into_values().collect();
    assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), leaves.len());
    let test = |part: &[Vec<&str>]| -> Vec<String> {
        let edits = [&change as &Edit, &take];
        let pairs = part.iter().flat_map(|group| edits.map(|edit| (group, edit)));
        pairs.flat_map(|(group, edit)| passed_over(&old, &document, group, edit)).collect()
    };
    // Neighbours cost the same, so that each half takes every other one.
    let (even, odd): (Vec<_>, Vec<_>) = groups.into_iter().enumerate().partition(|(index, _)| index % 2 == 0);
    let [even, odd] = [even, odd].map(|part| part.into_iter().map(|(_, group)| group).collect::<Vec<_>>());
    let missed = thread::scope(|scope| {
        let other = scope.spawn(|| test(&odd));
        [test(&even), other.join().unwrap()].concat()
    });
    assert!(missed.is_empty(), "{} of {}:\n{}", missed.len(), leaves.len(), missed.join("\n"));
}

/// The same of the small documents, each value for itself.
#[test]
fn every_value_of_the_small_documents_that_changes_or_goes_is_reported_at_its_place() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    for file in std::fs::read_dir(folder).unwrap() {
        let document = spec::read(&file.unwrap().path()).unwrap();
        let old = Side::of(document.clone(), None).unwrap();
        let mut leaves = Vec::new();
        gather("", &document.root, &mut leaves);
        for leaf in &leaves {
            for edit in [&change as &Edit, &take] {
                let missed = passed_over(&old, &document, &[leaf], edit);
                assert!(missed.is_empty(), "{}: {leaf}", document.file);
            }
        }
    }
}

/// Keywords whose object has names for keys.
const NAMES: &[&str] =
    &["content", "parameters", "paths", "properties", "responses", "schemas", "securitySchemes"];

/// What nobody knows is never passed over, wherever it stands.
#[test]
fn an_unknown_keyword_is_reported_everywhere() {
    let (document, _) = spec::overlay(&read("openapi/devin-v2.yaml"), &read("openapi/overlay.yaml")).unwrap();
    let old = Side::of(document.clone(), None).unwrap();
    let mut changed = document;
    let mut places = Vec::new();
    mark("", "", false, &mut changed.root, &mut places);
    assert!(places.len() > 1000, "{}", places.len());
    let report = compare(&old, &Side::of(changed, None).unwrap());
    let unclear: Vec<&str> = report.unclear.iter().map(|unclear| unclear.place.as_str()).collect();
    let missed: Vec<&String> = places.iter().filter(|place| !unclear.contains(&place.as_str())).collect();
    assert!(missed.is_empty(), "{} of {}: {missed:#?}", missed.len(), places.len());
}

/// Adds a keyword to every object but those that are examples, documentation or names.
fn mark(at: &str, key: &str, is_name: bool, value: &mut Value, places: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            let named = NAMES.contains(&key) && !is_name;
            for (key, value) in object.iter_mut() {
                if named || !["example", "info", "tags", "default"].contains(&key.as_str()) {
                    mark(&join(at, key), key, named, value, places);
                }
            }
            if !named {
                object.insert("x-strange".to_owned(), json!(1));
                places.push(join(at, "x-strange"));
            }
        }
        Value::Array(array) => {
            for (index, value) in array.iter_mut().enumerate() {
                mark(&join(at, &index.to_string()), "", false, value, places);
            }
        }
        _ => {}
    }
}

type Edit = dyn Fn(&mut Value, &str) + Sync;

fn change(root: &mut Value, leaf: &str) {
    let value = root.pointer_mut(leaf).unwrap();
    *value = other(leaf, value);
}

fn take(root: &mut Value, leaf: &str) {
    let (owner, key) = leaf.rsplit_once('/').unwrap();
    match root.pointer_mut(owner).unwrap() {
        Value::Array(array) => drop(array.remove(key.parse().unwrap())),
        owner => {
            drop(owner.as_object_mut().unwrap().shift_remove(&key.replace("~1", "/").replace("~0", "~")))
        }
    }
}

/// The leaves of a group that are changed without a word. Those by whose change a document is refused are left out, if it
/// is told where they are; otherwise halves are tried, down to a single leaf.
fn passed_over(old: &Side, document: &Document, group: &[&str], edit: &Edit) -> Vec<String> {
    if group.is_empty() {
        return Vec::new();
    }
    let mut changed = document.clone();
    group.iter().for_each(|leaf| edit(&mut changed.root, leaf));
    match Side::of(changed, None) {
        Ok(new) => {
            let report = compare(old, &new);
            let missed = group.iter().filter(|leaf| !told(&report, leaf));
            missed.map(|leaf| (*leaf).to_owned()).collect()
        }
        Err(Problems(problems)) if group.len() == 1 => {
            assert!(!problems.is_empty(), "{group:?} is refused without a word");
            Vec::new()
        }
        Err(Problems(problems)) => {
            let refused = |leaf: &&str| problems.iter().any(|problem| under(&problem.pointer, &owner(leaf)));
            let (refused, rest): (Vec<&str>, Vec<&str>) = group.iter().copied().partition(refused);
            if refused.is_empty() {
                let (one, two) = group.split_at(group.len() / 2);
                return [one, two].map(|part| passed_over(old, document, part, edit)).concat();
            }
            passed_over(old, document, &rest, edit)
        }
    }
}

/// The operation or component that a leaf belongs to.
fn owner(leaf: &str) -> String {
    leaf.split('/').take(4).collect::<Vec<_>>().join("/")
}

/// Whether a report names the place of `leaf`, or of what it is a part of.
fn told(report: &Report, leaf: &str) -> bool {
    let changes = report.changes.iter().flat_map(|change| change.old.iter().chain(&change.new));
    let unclear = report.unclear.iter().map(|unclear| &unclear.place);
    let mut places = changes.chain(&report.docs).chain(unclear);
    match leaf.split_once("/required/") {
        // That a field is required is told at the field.
        Some((schema, _)) => places.any(|place| place.starts_with(&format!("{schema}/properties/"))),
        None => places.any(|place| under(leaf, place) || under(place, leaf)),
    }
}

fn under(place: &str, other: &str) -> bool {
    place.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Another value, of which most still make a document.
fn other(leaf: &str, value: &Value) -> Value {
    let keyword = leaf.rsplit('/').next().unwrap();
    match (keyword, value.as_str()) {
        ("type", Some("string")) => return json!("integer"),
        ("type", Some("integer" | "number" | "boolean")) => return json!("string"),
        ("$ref", Some("#/components/schemas/SuccessResponse")) => {
            return json!("#/components/schemas/BillingCycle");
        }
        ("$ref", Some(target)) if target.contains("schemas") => {
            return json!("#/components/schemas/SuccessResponse");
        }
        ("x-kind", Some("read")) => return json!("write"),
        ("x-kind", Some("write" | "destructive")) => return json!("read"),
        _ => {}
    }
    match value {
        Value::Null => json!(1),
        Value::Bool(is) => json!(!is),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| json!(number.as_f64().unwrap() + 1.0), |number| json!(number + 1))
        }
        Value::String(text) => json!(format!("{text}x")),
        Value::Array(_) => json!(["x"]),
        Value::Object(_) => json!({ "x": 1 }),
    }
}

fn gather(at: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) if !object.is_empty() => {
            for (key, value) in object {
                gather(&join(at, key), value, found);
            }
        }
        Value::Array(array) if !array.is_empty() => {
            for (index, value) in array.iter().enumerate() {
                gather(&join(at, &index.to_string()), value, found);
            }
        }
        _ => found.push(at.to_owned()),
    }
}

fn read(path: &str) -> Document {
    spec::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}
