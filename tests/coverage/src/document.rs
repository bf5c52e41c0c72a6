//! The published document, read as it stands: operations, parameters, fields and the values of enums.
//!
//! What isn't understood here is an error: nothing of the document is passed over in silence.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Operation,
    Parameter,
    BodyField,
    AnswerField,
    EnumValue,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] =
        [Self::Operation, Self::Parameter, Self::BodyField, Self::AnswerField, Self::EnumValue];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Operation => "operations",
            Self::Parameter => "parameters",
            Self::BodyField => "body fields",
            Self::AnswerField => "answer fields",
            Self::EnumValue => "enum values",
        }
    }
}

/// Where the way to an item starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Root {
    Method,
    /// A parameter; true if it stands in the path.
    Parameter(bool),
    Body,
    Answer,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Into a field, or to the parameter of that name.
    Field(String),
    /// Into the elements of a list.
    Each,
    /// Into the values of a map.
    Entries,
    /// To a value of an enum.
    Value(String),
    /// To the fields that the document leaves open.
    Others,
}

/// What the end of the way is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Form {
    Plain,
    List,
    Map,
    Object,
    /// The document doesn't say.
    Any,
}

/// One thing that every language has to expose.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    /// Its name in tables and exceptions: `members.list answer items[].email`.
    pub(crate) name: String,
    /// The place of its operation in the document.
    pub(crate) operation: usize,
    pub(crate) root: Root,
    pub(crate) steps: Vec<Step>,
    pub(crate) form: Form,
}

/// Resource and method.
pub(crate) type Name = (String, String);

pub(crate) struct Operation {
    /// As the overlay names it, if it does.
    pub(crate) name: Option<Name>,
    /// Names of the body's fields, if the body is an object.
    pub(crate) body: Option<BTreeSet<String>>,
}

pub(crate) struct Document {
    pub(crate) operations: Vec<Operation>,
    pub(crate) items: Vec<Item>,
}

/// A schema without its references.
enum Shape {
    Plain,
    Any,
    Values(Vec<String>),
    List(Box<Shape>),
    Map(Box<Shape>),
    Object { fields: Vec<(String, Shape)>, open: bool },
}

impl Shape {
    fn form(&self) -> Form {
        match self {
            Self::Plain | Self::Values(_) => Form::Plain,
            Self::Any => Form::Any,
            Self::List(_) => Form::List,
            Self::Map(_) => Form::Map,
            Self::Object { .. } => Form::Object,
        }
    }
}

/// Reads the document; of the overlay only the names of operations.
pub(crate) fn read(document: &str, overlay: &str) -> Result<Document, String> {
    let parse = |name: &str, text: &str| {
        serde_saphyr::from_str::<Value>(text).map_err(|error| format!("{name}: {error}"))
    };
    let document = parse("the document", document)?;
    let names = names(&parse("the overlay", overlay)?)?;
    let mut read = Document { operations: Vec::new(), items: Vec::new() };
    let mut taken = BTreeSet::new();
    for (path, methods) in object(&document["paths"], "paths")? {
        for (method, operation) in object(methods, path)? {
            let place = format!("{method} {path}");
            match method.as_str() {
                "get" | "put" | "post" | "delete" | "patch" | "head" | "options" | "trace" => {}
                "summary" | "description" => continue,
                _ => return Err(format!("{place}: don't know what that is")),
            }
            let name = names.get(&format!("$.paths['{path}'].{method}")).cloned();
            if name.as_ref().is_some_and(|name| !taken.insert(name.clone())) {
                return Err(format!("{place}: the overlay gives its name to another operation too"));
            }
            let shown = match (&name, &operation["operationId"]) {
                (Some((resource, method)), _) => format!("{resource}.{method}"),
                (None, Value::String(id)) => id.clone(),
                _ => place.clone(),
            };
            Reader { document: &document, place, shown, name, read: &mut read }.operation(operation)?;
        }
    }
    Ok(read)
}

/// What the overlay calls operations, by target.
fn names(overlay: &Value) -> Result<BTreeMap<String, Name>, String> {
    let actions = overlay["actions"].as_array().ok_or("the overlay has no actions")?;
    let name = |action: &Value| {
        let text = |key: &str| action["update"][key].as_str().map(str::to_owned);
        Some((action["target"].as_str()?.to_owned(), (text("x-resource")?, text("x-method")?)))
    };
    Ok(actions.iter().filter_map(name).collect())
}

/// Reads one operation.
struct Reader<'a> {
    document: &'a Value,
    place: String,
    shown: String,
    name: Option<Name>,
    read: &'a mut Document,
}

impl Reader<'_> {
    fn operation(mut self, operation: &Value) -> Result<(), String> {
        self.item(Kind::Operation, "", Root::Method, &[], Form::Any);
        for parameter in operation["parameters"].as_array().unwrap_or(&Vec::new()) {
            let parameter = self.resolve(parameter)?;
            let text = |key: &str| {
                parameter[key].as_str().ok_or_else(|| format!("{}: a parameter has no {key}", self.place))
            };
            let (name, place) = (text("name")?, text("in")?);
            let shape = self.shape(&parameter["schema"], &mut Vec::new())?;
            let steps = [Step::Field(name.to_owned())];
            let root = Root::Parameter(place == "path");
            self.thing(Kind::Parameter, &format!(" {place} {name}"), root, &steps, &shape);
        }
        let mut fields = None;
        if let Some(body) = operation.get("requestBody") {
            let shape = self.content(body)?.ok_or_else(|| format!("{}: a body of nothing", self.place))?;
            if let Shape::Object { fields: all, .. } = &shape {
                fields = Some(all.iter().map(|(name, _)| name.clone()).collect());
            }
            self.whole(Kind::BodyField, " body", Root::Body, &shape);
        }
        for (status, answer) in object(&operation["responses"], &self.place)? {
            match status.as_str() {
                "200" => {
                    if let Some(shape) = self.content(answer)? {
                        self.whole(Kind::AnswerField, " answer", Root::Answer, &shape);
                    }
                }
                // Errors are no answers: see exceptions.yaml.
                status if status.starts_with(['4', '5']) || status == "default" => {}
                _ => return Err(format!("{}: status {status} is new", self.place)),
            }
        }
        self.read.operations.push(Operation { name: self.name, body: fields });
        Ok(())
    }

    /// What stands below `content`, which has to be JSON and nothing else.
    fn content(&self, holder: &Value) -> Result<Option<Shape>, String> {
        let holder = self.resolve(holder)?;
        let Some(content) = holder.get("content") else { return Ok(None) };
        let content = object(content, &self.place)?;
        match content.get("application/json") {
            Some(json) if content.len() == 1 => self.shape(&json["schema"], &mut Vec::new()).map(Some),
            _ => Err(format!("{}: speaks of other than JSON", self.place)),
        }
    }

    fn resolve<'v>(&'v self, value: &'v Value) -> Result<&'v Value, String> {
        let Some(target) = value["$ref"].as_str() else { return Ok(value) };
        let found = target.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer));
        found.ok_or_else(|| format!("{}: {target} is not there", self.place))
    }

    fn shape(&self, schema: &Value, within: &mut Vec<String>) -> Result<Shape, String> {
        const SAYS_NOTHING_OF_FIELDS: &[&str] = &[
            "title",
            "description",
            "default",
            "example",
            "examples",
            "deprecated",
            "format",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "pattern",
            "minItems",
            "maxItems",
            "uniqueItems",
            "minProperties",
            "maxProperties",
            "required",
        ];
        const READ: &[&str] = &[
            "$ref",
            "type",
            "anyOf",
            "oneOf",
            "allOf",
            "enum",
            "const",
            "items",
            "properties",
            "additionalProperties",
        ];
        let keys = object(schema, &self.place)?;
        let known =
            |key: &&String| !READ.contains(&key.as_str()) && !SAYS_NOTHING_OF_FIELDS.contains(&key.as_str());
        if let Some(key) = keys.keys().find(known) {
            return Err(format!("{}: don't know what `{key}` of a schema says", self.place));
        }
        let mut parts = Vec::new();
        if let Some(target) = schema["$ref"].as_str() {
            if within.iter().any(|other| other == target) {
                return Err(format!("{}: {target} holds itself, which can't be counted", self.place));
            }
            within.push(target.to_owned());
            parts.push(self.shape(self.resolve(schema)?, within)?);
            within.pop();
        }
        for key in ["anyOf", "oneOf", "allOf"] {
            for branch in schema[key].as_array().unwrap_or(&Vec::new()) {
                if branch["type"] != "null" {
                    parts.push(self.shape(branch, within)?);
                }
            }
        }
        if let Some(own) = self.own(schema, within)? {
            parts.push(own);
        }
        let mut parts = parts.into_iter();
        let first = parts.next().unwrap_or(Shape::Any);
        parts.try_fold(first, |all, part| self.merge(all, part))
    }

    /// What a schema says itself, without those that it refers to.
    fn own(&self, schema: &Value, within: &mut Vec<String>) -> Result<Option<Shape>, String> {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if let Some(values) = schema["enum"].as_array() {
            return Ok(Some(Shape::Values(
                values.iter().filter(|value| !value.is_null()).map(text).collect(),
            )));
        }
        if let Some(value) = schema.get("const") {
            return Ok(Some(Shape::Values(vec![text(value)])));
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::Array(types) => {
                types.iter().filter_map(Value::as_str).filter(|of| *of != "null").collect()
            }
            of => of.as_str().into_iter().collect(),
        };
        let others = schema.get("additionalProperties");
        Ok(Some(match types[..] {
            [] if schema.get("properties").is_none() && schema.get("items").is_none() => return Ok(None),
            ["string" | "integer" | "number" | "boolean"] => Shape::Plain,
            ["array"] => Shape::List(Box::new(self.shape(&schema["items"], within)?)),
            ["object"] => match (schema.get("properties"), others) {
                (Some(properties), others) => {
                    let mut fields = Vec::new();
                    for (name, field) in object(properties, &self.place)? {
                        fields.push((name.clone(), self.shape(field, within)?));
                    }
                    Shape::Object { fields, open: !matches!(others, None | Some(Value::Bool(false))) }
                }
                (None, Some(values @ Value::Object(_))) => Shape::Map(Box::new(self.shape(values, within)?)),
                (None, _) => Shape::Any,
            },
            _ => return Err(format!("{}: a schema of no or several types: {schema}", self.place)),
        }))
    }

    /// Everything that either has is to be exposed.
    fn merge(&self, one: Shape, other: Shape) -> Result<Shape, String> {
        match (one, other) {
            (Shape::Plain, Shape::Plain) => Ok(Shape::Plain),
            (Shape::Values(values), Shape::Plain) | (Shape::Plain, Shape::Values(values)) => {
                Ok(Shape::Values(values))
            }
            (Shape::Object { mut fields, open }, Shape::Object { fields: more, open: also }) => {
                for field in more {
                    if !fields.iter().any(|(name, _)| *name == field.0) {
                        fields.push(field);
                    }
                }
                Ok(Shape::Object { fields, open: open || also })
            }
            _ => Err(format!("{}: either one thing or quite another, which can't be counted", self.place)),
        }
    }

    /// A body or an answer: its fields, or itself if it has none.
    fn whole(&mut self, kind: Kind, text: &str, root: Root, shape: &Shape) {
        match shape {
            Shape::Object { .. } => self.below(kind, &format!("{text} "), root, &[], shape),
            _ => self.thing(kind, text, root, &[], shape),
        }
    }

    fn thing(&mut self, kind: Kind, text: &str, root: Root, steps: &[Step], shape: &Shape) {
        self.item(kind, text, root, steps, shape.form());
        self.below(kind, &format!("{text}."), root, steps, shape);
    }

    /// What is in `shape`; `text` ends with what stands before the name of a field.
    fn below(&mut self, kind: Kind, text: &str, root: Root, steps: &[Step], shape: &Shape) {
        let on = |step: Step| [steps, &[step]].concat();
        let bare = text.strip_suffix('.').unwrap_or(text);
        match shape {
            Shape::Plain | Shape::Any => {}
            Shape::Values(values) => {
                for value in values {
                    let steps = on(Step::Value(value.clone()));
                    self.item(Kind::EnumValue, &format!("{bare}={value}"), root, &steps, Form::Any);
                }
            }
            Shape::List(inner) => self.below(kind, &format!("{bare}[]."), root, &on(Step::Each), inner),
            Shape::Map(inner) => self.below(kind, &format!("{bare}{{}}."), root, &on(Step::Entries), inner),
            Shape::Object { fields, open } => {
                for (name, field) in fields {
                    self.thing(kind, &format!("{text}{name}"), root, &on(Step::Field(name.clone())), field);
                }
                if *open {
                    self.item(kind, &format!("{text}*"), root, &on(Step::Others), Form::Any);
                }
            }
        }
    }

    fn item(&mut self, kind: Kind, text: &str, root: Root, steps: &[Step], form: Form) {
        let (name, operation) = (format!("{}{text}", self.shown), self.read.operations.len());
        self.read.items.push(Item { kind, name, operation, root, steps: steps.to_vec(), form });
    }
}

fn object<'v>(value: &'v Value, place: &str) -> Result<&'v Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("{place}: should be an object"))
}
