//! What differs in the documents themselves, and whether the changes that users see explain it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Change, Explains, Level, Report, Sides, Unclear, What};
use crate::model::{Operation, Shape, TypeRef};
use crate::problem::join;
use crate::spec::{METHODS, type_name};

/// Keywords that only documentation is made of. Tags tell which of a document's descriptions a resource has; where they
/// also name it, the name is what differs.
const DOCS: &[&str] = &[
    "$comment",
    "description",
    "example",
    "examples",
    "externalDocs",
    "info",
    "summary",
    "tags",
    "title",
    "x-note",
    "x-v3-note",
    "x-v3-twin",
];

/// Keywords whose object has names for keys, which may look like keywords.
const NAMES: &[&str] = &[
    "$defs",
    "callbacks",
    "content",
    "dependentSchemas",
    "encoding",
    "headers",
    "links",
    "mapping",
    "parameters",
    "pathItems",
    "paths",
    "patternProperties",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "scopes",
    "securitySchemes",
    "variables",
];

/// Keywords that say the same thing in several ways: where OpenAPI 3.0.3 has the same on both sides, only the words
/// differ.
const FORMS: &[&str] = &["allOf", "anyOf", "const", "enum", "nullable", "oneOf", "type"];

/// Keywords that the model holds in full, so that where the models agree, one side only says what the other implies; and
/// the version, which tells how all others are to be read. `false` is what `deprecated` is anyway.
const DERIVED: &[&str] = &["deprecated", "openapi", "x-kind", "x-method", "x-name", "x-resource"];

/// The keyword of a component that is called otherwise, while its type isn't.
const COMPONENT: &str = "name of a component";

/// Longest text of a value in a report.
const MAX_TEXT: usize = 60;

/// Adds to `report` what the documents differ in and `changes` don't explain, and to `changes` what is deprecated.
pub(super) fn compare(
    sides: &Sides,
    pairs: &[(usize, usize)],
    names: &BTreeMap<String, String>,
    changes: &mut Vec<Change>,
    report: &mut Report,
) {
    let components = components(sides, names);
    let overlaid = differences(sides, pairs, &components, (sides.old.root, sides.new.root));
    let published = if (sides.old.published, sides.new.published) == (sides.old.root, sides.new.root) {
        Vec::new()
    } else {
        differences(sides, pairs, &components, (sides.old.published, sides.new.published))
    };
    let envelopes = envelopes(sides);
    let mut unclear = |difference: &Difference, note: &str| {
        let text = format!("{}{note}", difference.text());
        report.unclear.push(Unclear { place: difference.place().to_owned(), text });
    };
    for difference in &overlaid {
        let key = difference.key.as_str();
        let is_true = |value: &Option<Value>| *value == Some(Value::Bool(true));
        if key == "deprecated" && (is_true(&difference.before) || is_true(&difference.after)) {
            changes.push(deprecated(sides, difference));
        } else if DOCS.contains(&key) || key == COMPONENT {
            report.docs.push(difference.place().to_owned());
        } else if envelopes.iter().any(|field| under(&difference.was, field)) {
            unclear(difference, ", and whoever reads pages goes by it");
        } else if !changes.iter().any(|change| difference.is_explained_by(change)) {
            if DERIVED.contains(&key) || is_form(sides, &components, difference) {
                report.docs.push(difference.place().to_owned());
            } else {
                unclear(difference, "");
            }
        }
    }
    for difference in published {
        let key = difference.key.as_str();
        // What differs in or around what the overlay changes too is told with that.
        if overlaid.iter().any(|other| difference.overlaps(other)) {
            continue;
        }
        if DOCS.contains(&key) || DERIVED.contains(&key) {
            report.docs.push(difference.place().to_owned());
        } else {
            unclear(&difference, ", and the overlay says something else");
        }
    }
}

/// Whether the same is said in other words.
fn is_form(sides: &Sides, components: &BTreeMap<String, String>, difference: &Difference) -> bool {
    if !FORMS.contains(&difference.key.as_str()) {
        return false;
    }
    let (mut was, mut is) = (difference.was.as_str(), difference.is.as_str());
    while let (Some((was_in, _)), Some((is_in, _))) = (was.rsplit_once('/'), is.rsplit_once('/')) {
        (was, is) = (was_in, is_in);
        if let (Some(before), Some(after)) = (sides.old.lowered.pointer(was), sides.new.lowered.pointer(is)) {
            let mut walk = Walk { components: components.clone(), found: Vec::new() };
            walk.value(before, after, (was, is), "");
            return walk.found.iter().all(|difference| DOCS.contains(&difference.key.as_str()));
        }
    }
    false
}

/// One place in which two documents differ.
#[derive(Debug, PartialEq)]
struct Difference {
    /// JSON pointer into the old document.
    was: String,
    /// JSON pointer into the new document.
    is: String,
    /// The keyword that differs; empty for a name or an element of a list.
    key: String,
    before: Option<Value>,
    after: Option<Value>,
}

impl Difference {
    fn place(&self) -> &str {
        if self.after.is_some() { &self.is } else { &self.was }
    }

    fn text(&self) -> String {
        let short = |value: &Option<Value>| match value {
            None => "nothing".to_owned(),
            Some(value) => {
                let text = value.to_string();
                match text.char_indices().nth(MAX_TEXT) {
                    Some((end, _)) => format!("{}…", &text[..end]),
                    None => text,
                }
            }
        };
        format!("{} becomes {}", short(&self.before), short(&self.after))
    }

    /// Whether another difference is at the same place, inside of it or around it.
    fn overlaps(&self, other: &Self) -> bool {
        let overlap = |one: &str, other: &str| under(one, other) || under(other, one);
        overlap(&self.was, &other.was) || overlap(&self.is, &other.is)
    }

    fn is_explained_by(&self, change: &Change) -> bool {
        let one_sided = self.before.is_none() || self.after.is_none();
        let touches = |at: &str, place: &String| match change.explains {
            Explains::Whole => one_sided && under(place, at),
            Explains::All => under(at, place),
            // What is there on one side only is explained by what is said of its parts, too.
            Explains::Only(keys) => {
                keys.contains(&self.key.as_str()) && (under(at, place) || (one_sided && under(place, at)))
            }
        };
        change.old.iter().any(|place| touches(&self.was, place))
            || change.new.iter().any(|place| touches(&self.is, place))
    }
}

/// Whether a place is another one or inside of it. Nothing is inside of what has no place.
fn under(place: &str, other: &str) -> bool {
    !other.is_empty()
        && place.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Where the fields of pages stand that are not rows: the SDK knows what they mean, and the model doesn't.
fn envelopes(sides: &Sides) -> Vec<String> {
    let mut found = Vec::new();
    for operation in sides.old.shows.api.operations() {
        if let (Some(paging), TypeRef::Named(name)) = (&operation.paging, &operation.response)
            && let Some(Shape::Object(fields)) = sides.old.shows.api.shape(name)
        {
            let fields = fields.iter().filter(|field| field.name != paging.rows);
            found.extend(fields.flat_map(|field| sides.old.places.of_field(name, &field.name)));
        }
    }
    found
}

fn deprecated(sides: &Sides, difference: &Difference) -> Change {
    let is = difference.after == Some(Value::Bool(true));
    let (owner, _) = difference.place().rsplit_once('/').unwrap_or_default();
    let text = if is { "is deprecated" } else { "is no longer deprecated" };
    Change::new(
        if is { What::Deprecated } else { What::Changed },
        format!("{} {text}", name_of(sides, owner)),
        Explains::Only(&[]),
    )
    .at(std::slice::from_ref(&difference.was), std::slice::from_ref(&difference.is))
    .everywhere(Level::Compatible, "nothing is generated from it")
}

/// What users know by the place `at`, of either document.
fn name_of(sides: &Sides, at: &str) -> String {
    for view in [&sides.new, &sides.old] {
        if let Some(operation) = view.shows.api.operations().find(|other| under(at, &other.pointer)) {
            let parameter = view.root.pointer(at).and_then(|node| node["name"].as_str());
            return match parameter {
                Some(parameter) => format!("`{}`: argument `{parameter}`", operation.name()),
                None => format!("`{}`", operation.name()),
            };
        }
        for named in &view.shows.api.types {
            for place in view.places.of_type(&named.name) {
                match at.strip_prefix(&join(place, "properties")) {
                    _ if at == place => return format!("type `{}`", named.name),
                    Some(field) if field.matches('/').count() == 1 => {
                        return format!("`{}.{}`", named.name, &field[1..]);
                    }
                    _ => {}
                }
            }
        }
    }
    format!("`{at}`")
}

/// Everything in which two documents differ, whose operations and types are those of `sides`.
fn differences(
    sides: &Sides,
    pairs: &[(usize, usize)],
    components: &BTreeMap<String, String>,
    (old, new): (&Value, &Value),
) -> Vec<Difference> {
    let mut walk = Walk { components: components.clone(), found: Vec::new() };
    // Operations are compared with what they have become, wherever that stands.
    walk.value(&without_operations(old), &without_operations(new), ("", ""), "");
    let operations: Vec<&Operation> = sides.old.shows.api.operations().collect();
    let others: Vec<&Operation> = sides.new.shows.api.operations().collect();
    for (was, is) in pairs {
        let (was, is) = (&operations[*was].pointer, &others[*is].pointer);
        if let (Some(before), Some(after)) = (old.pointer(was), new.pointer(is)) {
            walk.value(before, after, (was, is), "");
        }
    }
    walk.found
}

/// Component schemas that are called otherwise, by their old name.
fn components(sides: &Sides, names: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let types = |root: &Value| -> BTreeMap<String, String> {
        let schemas = root["components"]["schemas"].as_object().into_iter().flatten();
        let typed = schemas.map(|(key, schema)| {
            (key.clone(), type_name(schema.get("x-name").and_then(Value::as_str).unwrap_or(key)))
        });
        typed.collect()
    };
    let (old, new) = (types(sides.old.root), types(sides.new.root));
    let renamed = old.iter().filter(|(key, _)| !new.contains_key(*key)).filter_map(|(key, ty)| {
        let now = names.get(ty).unwrap_or(ty);
        let other = new.iter().find(|(other, ty)| *ty == now && !old.contains_key(*other));
        other.map(|(other, _)| (key.clone(), other.clone()))
    });
    renamed.collect()
}

fn without_operations(root: &Value) -> Value {
    let entries = root.as_object().into_iter().flatten().map(|(key, value)| match (key.as_str(), value) {
        ("paths", Value::Object(paths)) => (key.clone(), paths.iter().map(item_alone).collect()),
        _ => (key.clone(), value.clone()),
    });
    Value::Object(entries.collect())
}

/// A path with what it has beside its operations.
fn item_alone((path, item): (&String, &Value)) -> (String, Value) {
    let entries = item.as_object().into_iter().flatten().filter(|(key, _)| !METHODS.contains(&key.as_str()));
    (path.clone(), Value::Object(entries.map(|(key, value)| (key.clone(), value.clone())).collect()))
}

/// Whether a path is there for its operations alone, which are compared apart.
fn is_bare_item(at: &str, value: &Value) -> bool {
    at == "/paths" && value.as_object().is_some_and(Map::is_empty)
}

/// Whether what stands at `at` under `name` only holds other things, each of which is told apart.
fn is_shelf(at: &str, name: &str, value: &Value) -> bool {
    let is_place = at == "/components" || (at.is_empty() && name == "components");
    is_place && value.as_object().is_some_and(|value| !value.is_empty())
}

struct Walk {
    components: BTreeMap<String, String>,
    found: Vec<Difference>,
}

impl Walk {
    fn push(&mut self, (was, is): (&str, &str), key: &str, before: Option<&Value>, after: Option<&Value>) {
        let (was, is, key) = (was.to_owned(), is.to_owned(), key.to_owned());
        self.found.push(Difference { was, is, key, before: before.cloned(), after: after.cloned() });
    }

    /// Compares the values of the keyword `key`.
    fn value(&mut self, old: &Value, new: &Value, at: (&str, &str), key: &str) {
        if old == new || (key == "$ref" && self.same_reference(old, new)) {
            return;
        }
        match (old, new) {
            _ if DOCS.contains(&key) => self.push(at, key, Some(old), Some(new)),
            (Value::Object(old), Value::Object(new)) => self.object(old, new, at, NAMES.contains(&key)),
            (Value::Array(old), Value::Array(new)) => match key {
                "required" => self.required(old, new, at),
                "parameters" => self.parameters(old, new, at),
                "enum" => self.push(at, key, Some(&old.clone().into()), Some(&new.clone().into())),
                _ => self.array(old, new, at, key),
            },
            _ => self.push(at, key, Some(old), Some(new)),
        }
    }

    fn same_reference(&self, old: &Value, new: &Value) -> bool {
        let name = |reference: &Value| {
            reference.as_str().and_then(|text| text.strip_prefix("#/components/schemas/")).map(str::to_owned)
        };
        name(old).is_some_and(|old| self.components.get(&old) == name(new).as_ref())
    }

    fn object(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, at: (&str, &str), named: bool) {
        let mut seen = BTreeSet::new();
        for (name, before) in old {
            let other = match self.components.get(name) {
                Some(other) if at.0 == "/components/schemas" => other.clone(),
                _ => name.clone(),
            };
            seen.insert(other.clone());
            let (was, is) = (join(at.0, name), join(at.1, &other));
            let key = if named { "" } else { name.as_str() };
            match new.get(&other) {
                Some(after) => {
                    if other != *name {
                        self.push(
                            (&was, &is),
                            COMPONENT,
                            Some(&Value::String(name.clone())),
                            Some(&Value::String(other.clone())),
                        );
                    }
                    self.value(before, after, (&was, &is), key);
                }
                None if is_bare_item(at.0, before) => {}
                None if is_shelf(at.0, name, before) => {
                    self.value(before, &Value::Object(Map::new()), (&was, &is), key);
                }
                None if key == "required" && before.is_array() => {
                    self.required(before.as_array().map_or(&[], Vec::as_slice), &[], (&was, &is));
                }
                None => self.push((&was, &is), key, Some(before), None),
            }
        }
        for (name, after) in new.iter().filter(|(name, _)| !seen.contains(*name)) {
            let (was, is) = (join(at.0, name), join(at.1, name));
            let key = if named { "" } else { name.as_str() };
            match after {
                Value::Array(after) if key == "required" => self.required(&[], after, (&was, &is)),
                _ if is_bare_item(at.1, after) => {}
                _ if is_shelf(at.1, name, after) => {
                    self.value(&Value::Object(Map::new()), after, (&was, &is), key);
                }
                _ => self.push((&was, &is), key, None, Some(after)),
            }
        }
    }

    /// That a field is required is told at the field.
    fn required(&mut self, old: &[Value], new: &[Value], (was, is): (&str, &str)) {
        let field = |at: &str, name: &Value| {
            let schema = at.rsplit_once('/').map_or("", |(schema, _)| schema);
            join(&join(schema, "properties"), name.as_str().unwrap_or_default())
        };
        for name in old.iter().filter(|name| !new.contains(name)) {
            self.push((&field(was, name), &field(is, name)), "required", Some(&Value::Bool(true)), None);
        }
        for name in new.iter().filter(|name| !old.contains(name)) {
            self.push((&field(was, name), &field(is, name)), "required", None, Some(&Value::Bool(true)));
        }
    }

    /// Parameters are told apart by name and place, so that a new one in their midst doesn't move the others. One path
    /// parameter that is left on both sides is called otherwise.
    fn parameters(&mut self, old: &[Value], new: &[Value], at: (&str, &str)) {
        let same = |one: &Value, other: &Value| {
            (&one["name"], &one["in"], &one["$ref"]) == (&other["name"], &other["in"], &other["$ref"])
        };
        let lone = |of: &[Value], others: &[Value]| -> Vec<usize> {
            let lone = of.iter().enumerate().filter(|(_, one)| !others.iter().any(|other| same(one, other)));
            lone.map(|(index, _)| index).collect()
        };
        let (mut gone, mut added) = (lone(old, new), lone(new, old));
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for (index, one) in old.iter().enumerate() {
            if let Some(other) = new.iter().position(|other| same(one, other)) {
                pairs.push((index, other));
            }
        }
        let is_path = |of: &[Value], index: usize| of[index]["in"] == "path";
        let paths =
            (gone.iter().position(|was| is_path(old, *was)), added.iter().position(|is| is_path(new, *is)));
        if let (Some(was), Some(is)) = paths {
            pairs.push((gone.remove(was), added.remove(is)));
        }
        let place = |at: &str, index: usize| join(at, &index.to_string());
        for (was, is) in pairs {
            self.value(&old[was], &new[is], (&place(at.0, was), &place(at.1, is)), "");
        }
        for index in gone {
            self.push((&place(at.0, index), ""), "", Some(&old[index]), None);
        }
        for index in added {
            self.push(("", &place(at.1, index)), "", None, Some(&new[index]));
        }
    }

    fn array(&mut self, old: &[Value], new: &[Value], at: (&str, &str), key: &str) {
        for index in 0..old.len().max(new.len()) {
            let (was, is) = (join(at.0, &index.to_string()), join(at.1, &index.to_string()));
            match (old.get(index), new.get(index)) {
                // An element is no object of names.
                (Some(before @ Value::Object(_)), Some(after @ Value::Object(_))) => {
                    self.value(before, after, (&was, &is), "");
                }
                (Some(before), Some(after)) if before == after => {}
                (before, after) => self.push((&was, &is), key, before, after),
            }
        }
    }
}
