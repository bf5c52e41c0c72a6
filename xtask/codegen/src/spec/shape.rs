//! Gives everything its name: operations a resource and a method, every object, enum and choice a component of its own.
//!
//! Names come from the overlay (`x-resource`, `x-method`, `x-kind`, `x-name`). What the overlay does not know gets a
//! derived name and a line in the report; nothing is left out.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::{Map, Value, json};

use super::cycles;
use crate::problem::{Document, Problems, join};

/// The keys of a path item that are operations.
pub const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// What stays with the use of a schema when the schema itself moves to a component.
const OF_THE_USE: &[&str] =
    &["description", "default", "nullable", "example", "deprecated", "x-sensitive", "x-table-key"];

/// A document in which everything has a name, and what had to be derived for that.
#[derive(Clone, Debug)]
pub struct Shaped {
    /// OpenAPI 3.0.3 with our extensions.
    pub document: Document,
    /// One line for each name that the overlay did not give.
    pub report: Vec<String>,
}

/// Names everything in `document`, which is 3.0.3 already.
pub fn shape(document: Document) -> Result<Shaped, Problems> {
    let mut shaping = Shaping { document, report: Vec::new(), problems: Problems::default() };
    cycles::check(&shaping.document, &mut shaping.problems);
    shaping.operations();
    shaping.components();
    // Names and references hold from here on.
    std::mem::take(&mut shaping.problems).or(())?;
    shaping.hoist_all();
    shaping.results_of_changes();
    Ok(Shaped { document: shaping.document, report: shaping.report })
}

struct Shaping {
    document: Document,
    report: Vec<String>,
    problems: Problems,
}

impl Shaping {
    fn problem(&mut self, pointer: &str, message: impl Into<String>) {
        self.problems.0.push(self.document.problem(pointer, message));
    }

    /// Inlines references outside schemas, spreads path-level parameters, and names each operation.
    fn operations(&mut self) {
        let root = self.document.root.clone();
        let Some(paths) = root.get("paths").and_then(Value::as_object) else {
            return self.problem("/paths", "must be an object of paths");
        };
        let mut names = BTreeMap::<(String, String), String>::new();
        let mut new_paths = Map::new();
        for (path, item) in paths {
            let at = join("/paths", path);
            if item.get("$ref").is_some() {
                self.problem(&at, "is a reference; only path items written in place can be read");
                continue;
            }
            let Some(item) = item.as_object() else {
                self.problem(&at, "must be a path item: an object");
                continue;
            };
            if !path.starts_with('/') {
                self.problem(&at, "must start with a slash");
            }
            let shared = self.list(&root, &join(&at, "parameters"), item.get("parameters"));
            let mut new_item = Map::new();
            for method in METHODS {
                let Some(operation) = item.get(*method) else { continue };
                let at = join(&at, method);
                let Some(operation) = operation.as_object() else {
                    self.problem(&at, "must be an operation: an object");
                    continue;
                };
                let mut operation = operation.clone();
                let mut parameters = self.list(&root, &join(&at, "parameters"), operation.get("parameters"));
                for parameter in &shared {
                    let same = |other: &Value| {
                        other.get("name") == parameter.get("name") && other.get("in") == parameter.get("in")
                    };
                    if !parameters.iter().any(same) {
                        parameters.push(parameter.clone());
                    }
                }
                operation.insert("parameters".to_owned(), json!(parameters));
                if let Some(body) = operation.get("requestBody") {
                    let body = self.resolve(&root, &join(&at, "requestBody"), body);
                    operation.insert("requestBody".to_owned(), body);
                }
                if let Some(responses) = operation.get("responses").and_then(Value::as_object) {
                    let responses: Map<String, Value> = responses
                        .iter()
                        .map(|(status, response)| {
                            let at = join(&join(&at, "responses"), status);
                            (status.clone(), self.resolve(&root, &at, response))
                        })
                        .collect();
                    operation.insert("responses".to_owned(), Value::Object(responses));
                } else {
                    self.problem(&join(&at, "responses"), "must be an object of responses");
                }
                let (resource, name) = self.name_operation(path, method, &operation, &at);
                if let Some(other) = names.insert((resource.clone(), name.clone()), at.clone()) {
                    self.problem(
                        &at,
                        format!("{resource}.{name} is the name of {other} already; give it an x-method"),
                    );
                }
                let kind = match *method {
                    "get" | "head" | "options" | "trace" => "read",
                    "delete" => "destructive",
                    _ => "write",
                };
                let published = operation.get("operationId").cloned().unwrap_or(Value::Null);
                operation.insert("x-published-id".to_owned(), published);
                operation.insert("operationId".to_owned(), json!(format!("{resource}_{name}")));
                operation.insert("x-resource".to_owned(), json!(resource));
                operation.insert("x-method".to_owned(), json!(name));
                operation.entry("x-kind").or_insert(json!(kind));
                new_item.insert((*method).to_owned(), Value::Object(operation));
            }
            new_paths.insert(path.clone(), Value::Object(new_item));
        }
        self.document.root["paths"] = Value::Object(new_paths);
    }

    fn list(&mut self, root: &Value, at: &str, list: Option<&Value>) -> Vec<Value> {
        let list = list.and_then(Value::as_array).cloned().unwrap_or_default();
        list.iter()
            .enumerate()
            .map(|(index, value)| self.resolve(root, &join(at, &index.to_string()), value))
            .collect()
    }

    /// What a reference to a parameter, body or response points to.
    fn resolve(&mut self, root: &Value, at: &str, value: &Value) -> Value {
        let Some(target) = value.get("$ref").and_then(Value::as_str) else { return value.clone() };
        match target.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) {
            Some(found) => found.clone(),
            None => {
                self.problem(&join(at, "$ref"), format!("{target} points nowhere in this document"));
                json!({})
            }
        }
    }

    fn name_operation(
        &mut self,
        path: &str,
        method: &str,
        operation: &Map<String, Value>,
        at: &str,
    ) -> (String, String) {
        let given = |key: &str| operation.get(key).and_then(Value::as_str).map(str::to_snake_case);
        let resource = given("x-resource").unwrap_or_else(|| {
            let tag = operation.get("tags").and_then(|tags| tags.get(0)).and_then(Value::as_str);
            let segment = path.split('/').find(|segment| !segment.is_empty() && !segment.starts_with('{'));
            tag.or(segment).unwrap_or("root").to_snake_case()
        });
        let name = given("x-method").unwrap_or_else(|| {
            let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
            let path_words: String =
                path.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
            // FastAPI's ids are `function_path_method`; the function's name is what a reader would call it.
            let id = id.strip_suffix(&format!("{path_words}_{method}")).unwrap_or(id).to_snake_case();
            if id.is_empty() { format!("{method}_{path_words}").to_snake_case() } else { id }
        });
        if given("x-resource").is_none() || given("x-method").is_none() {
            self.report
                .push(format!("{at}: named {resource}.{name}; name it in the overlay to keep that stable"));
        }
        (resource, name)
    }

    /// Renames component schemas, and every reference to them.
    fn components(&mut self) {
        let at = "/components/schemas";
        for at in ["/components", at] {
            if self.document.root.pointer(at).is_some_and(|node| !node.is_object()) {
                return self.problem(at, "must be an object");
            }
        }
        let Some(schemas) = self.document.root.pointer(at).and_then(Value::as_object).cloned() else {
            self.document.root["components"]["schemas"] = json!({});
            return;
        };
        let mut new_names = BTreeMap::<String, String>::new();
        let mut taken = BTreeMap::<String, String>::new();
        for (old, schema) in &schemas {
            let given = schema.get("x-name").and_then(Value::as_str);
            let new = type_name(given.unwrap_or(old));
            if given.is_none() && new != *old {
                self.report.push(format!("{}: named {new}", join(at, old)));
            }
            if !new.starts_with(|first: char| first.is_ascii_alphabetic()) {
                self.problem(&join(at, old), format!("{new:?} can't be a type's name; give it an x-name"));
            }
            if let Some(other) = taken.insert(new.clone(), old.clone()) {
                self.problem(
                    &join(at, old),
                    format!("{new} is the name of {other} already; give it an x-name"),
                );
            }
            new_names.insert(old.clone(), new);
        }
        let renamed: Map<String, Value> =
            schemas.into_iter().map(|(old, schema)| (new_names[&old].clone(), schema)).collect();
        self.document.root["components"]["schemas"] = Value::Object(renamed);
        let mut root = std::mem::take(&mut self.document.root);
        self.rename_references("", &mut root, &new_names);
        self.document.root = root;
    }

    fn rename_references(&mut self, at: &str, node: &mut Value, names: &BTreeMap<String, String>) {
        match node {
            Value::Object(object) => {
                for (key, value) in object {
                    let here = join(at, key);
                    match (key.as_str(), value.as_str()) {
                        ("$ref", Some(target)) => {
                            let old = target.strip_prefix("#/components/schemas/").unwrap_or_default();
                            match names.get(old) {
                                Some(new) => *value = json!(format!("#/components/schemas/{new}")),
                                None if at.starts_with("/components/schemas") || at.contains("/schema") => {
                                    self.problem(&here, format!("{target} points nowhere in this document"));
                                }
                                None => {}
                            }
                        }
                        ("example" | "default", _) => {}
                        _ => self.rename_references(&here, value, names),
                    }
                }
            }
            Value::Array(array) => {
                for (index, value) in array.iter_mut().enumerate() {
                    self.rename_references(&join(at, &index.to_string()), value, names);
                }
            }
            _ => {}
        }
    }

    /// Moves every inline object, enum and choice to a component.
    fn hoist_all(&mut self) {
        let schemas = self.document.root["components"]["schemas"].as_object().cloned().unwrap_or_default();
        let mut hoist =
            Hoist { schemas: Map::new(), own: schemas.keys().cloned().collect(), report: Vec::new() };
        for (name, schema) in schemas {
            let mut schema = schema;
            hoist.inside(&mut schema, &name);
            hoist.schemas.insert(name, schema);
        }
        if let Some(paths) = self.document.root["paths"].as_object_mut() {
            for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
                let base = operation["operationId"].as_str().unwrap_or_default().to_upper_camel_case();
                for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
                    let name = parameter["name"].as_str().unwrap_or_default().to_upper_camel_case();
                    if let Some(schema) = parameter.get_mut("schema") {
                        hoist.here(schema, &format!("{base}{name}"));
                    }
                }
                if let Some(schema) = operation.pointer_mut("/requestBody/content/application~1json/schema") {
                    hoist.here(schema, &format!("{base}Body"));
                }
                for response in operation["responses"].as_object_mut().into_iter().flat_map(Map::values_mut) {
                    if let Some(schema) = response.pointer_mut("/content/application~1json/schema") {
                        hoist.here(schema, &format!("{base}Response"));
                    }
                }
            }
        }
        self.report.append(&mut hoist.report);
        self.document.root["components"]["schemas"] = Value::Object(hoist.schemas);
    }
}

impl Shaping {
    /// Makes every field of the response to a change optional: the service may answer with nothing (204) although the
    /// change took place. A type that is also used elsewhere keeps its fields, and the response gets a copy of it.
    fn results_of_changes(&mut self) {
        const NOTE: &str = "The response to a change. Fields that the service does not send are absent, and its lists and maps empty.";
        let mut results: Vec<(String, String)> = Vec::new();
        for (path, item) in entries(&self.document.root["paths"]) {
            for (method, operation) in entries(item).filter(|(_, operation)| operation["x-kind"] != "read") {
                for (status, response) in entries(&operation["responses"]) {
                    let at = format!("{}/content/application~1json/schema", join("/responses", status));
                    let at = format!("{}{at}", join(&join("/paths", path), method));
                    let schema = &response["content"]["application/json"]["schema"];
                    if status.starts_with('2')
                        && let Some(name) = component(&schema["$ref"])
                    {
                        results.push((at, name.to_owned()));
                    }
                }
            }
        }
        let schemas = self.document.root["components"]["schemas"].clone();
        let named: BTreeSet<&String> = results.iter().map(|(_, name)| name).collect();
        for name in named {
            let mut schema = schemas[name].clone();
            let Some(object) = schema.as_object_mut() else { continue };
            if object.shift_remove("required").is_none_or(|required| required == json!([])) {
                continue;
            }
            let docs = object.get("description").and_then(Value::as_str).unwrap_or_default();
            let docs = format!("{docs}\n\n{NOTE}").trim().to_owned();
            object.insert("description".to_owned(), json!(docs));
            let target = format!("#/components/schemas/{name}");
            let own: Vec<&String> =
                results.iter().filter(|(_, result)| result == name).map(|(at, _)| at).collect();
            let mut place = name.clone();
            if uses(&self.document.root, &target) > own.len() {
                place.push_str("Result");
                while schemas.get(&place).is_some() {
                    place.push('_');
                }
                place = type_name(&place);
                for at in own {
                    if let Some(schema) = self.document.root.pointer_mut(at) {
                        schema["$ref"] = json!(format!("#/components/schemas/{place}"));
                    }
                }
            }
            self.document.root["components"]["schemas"][&place] = schema;
        }
    }
}

/// How often a schema is referred to.
fn uses(node: &Value, target: &str) -> usize {
    match node {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| usize::from(key == "$ref" && value == target) + uses(value, target))
            .sum(),
        Value::Array(array) => array.iter().map(|value| uses(value, target)).sum(),
        _ => 0,
    }
}

fn component(reference: &Value) -> Option<&str> {
    reference.as_str()?.strip_prefix("#/components/schemas/")
}

fn entries(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    node.as_object().into_iter().flatten()
}

struct Hoist {
    schemas: Map<String, Value>,
    /// The names that the document gave, which an inline schema may not take.
    own: BTreeSet<String>,
    report: Vec<String>,
}

impl Hoist {
    /// Names the schema at a place where only a reference or a plain type may stay.
    fn here(&mut self, node: &mut Value, suggested: &str) {
        if !needs_name(node) {
            return self.inside(node, suggested);
        }
        let Some(object) = node.as_object_mut() else { return };
        let given = object.shift_remove("x-name");
        let name = given.as_ref().and_then(Value::as_str).unwrap_or(suggested);
        let name = type_name(name);
        let mut schema = Value::Object(std::mem::take(object));
        let mut stays = Map::new();
        if let Some(schema) = schema.as_object_mut() {
            for key in OF_THE_USE {
                if let Some(value) = schema.get(*key) {
                    stays.insert((*key).to_owned(), value.clone());
                }
            }
            // The description serves both places: it is all there is to say about the type.
            schema.retain(|key, _| key == "description" || !OF_THE_USE.contains(&key.as_str()));
        }
        self.inside(&mut schema, &name);
        let name = self.place(name, schema, given.is_some());
        let target = json!({ "$ref": format!("#/components/schemas/{name}") });
        *object = if stays.is_empty() {
            target.as_object().cloned().unwrap_or_default()
        } else {
            stays.insert("allOf".to_owned(), json!([target]));
            stays
        };
    }

    /// Adds a component under `name`, or under the same name with a number if another schema has it.
    fn place(&mut self, name: String, schema: Value, given: bool) -> String {
        let bare = |schema: &Value| {
            let mut bare = schema.clone();
            bare.as_object_mut().map(|object| object.shift_remove("description"));
            bare
        };
        for number in 1.. {
            let candidate = if number == 1 { name.clone() } else { format!("{name}{number}") };
            match self.schemas.get(&candidate) {
                Some(existing) if bare(existing) == bare(&schema) => return candidate,
                None if !self.own.contains(&candidate) => {
                    if !given {
                        self.report.push(format!("an inline schema was named {candidate}"));
                    }
                    self.schemas.insert(candidate.clone(), schema);
                    return candidate;
                }
                _ => {}
            }
        }
        name
    }

    /// Goes on below a schema that stays where it is.
    fn inside(&mut self, node: &mut Value, name: &str) {
        let Some(object) = node.as_object_mut() else { return };
        if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
            for (key, property) in properties {
                self.here(property, &format!("{name}{}", key.to_upper_camel_case()));
            }
        }
        if let Some(items) = object.get_mut("items") {
            self.here(items, &format!("{name}Item"));
        }
        if let Some(values) = object.get_mut("additionalProperties").filter(|values| values.is_object()) {
            self.here(values, &format!("{name}Value"));
        }
        for key in ["anyOf", "oneOf"] {
            for (index, choice) in
                object.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten().enumerate()
            {
                self.here(choice, &format!("{name}Choice{}", index + 1));
            }
        }
        // The parts of `allOf` are merged into one type, so they need no names; what they hold does.
        for part in object.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
            self.inside(part, name);
        }
    }
}

/// `name` in UpperCamelCase, as typify writes it too, which does so once more: `a_b` is `AB`, but `AB` is `Ab`.
pub(crate) fn type_name(name: &str) -> String {
    let mut name = name.to_upper_camel_case();
    loop {
        let again = name.to_upper_camel_case();
        if again == name {
            return name;
        }
        name = again;
    }
}

/// Whether a schema becomes a type of its own.
fn needs_name(node: &Value) -> bool {
    let has = |key: &str| node.get(key).is_some();
    let parts = node.get("allOf").and_then(Value::as_array);
    let only_wraps = parts.is_some_and(|parts| parts.len() == 1 && parts[0].get("$ref").is_some());
    has("properties") || has("enum") || has("anyOf") || has("oneOf") || (parts.is_some() && !only_wraps)
}
