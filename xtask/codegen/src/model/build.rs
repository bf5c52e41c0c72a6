//! Reads the model from a shaped document.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    Api, BillingDays, Body, Field, Kind, Operation, Paging, Parameter, Resource, Shape, Style, Type, TypeRef,
};
use super::{checks, names};
use crate::problem::{Problems, join};
use crate::spec::Shaped;

/// The model of `shaped`.
pub fn build(shaped: &Shaped) -> Result<Api, Problems> {
    let mut builder = Builder { shaped, problems: Problems::default() };
    let api = builder.api();
    builder.problems.or(api)
}

struct Builder<'a> {
    shaped: &'a Shaped,
    problems: Problems,
}

impl Builder<'_> {
    fn problem(&mut self, pointer: &str, message: impl Into<String>) {
        self.problems.0.push(self.shaped.document.problem(pointer, message));
    }

    fn api(&mut self) -> Api {
        let root = &self.shaped.document.root;
        let types: Vec<Type> =
            entries(&root["components"]["schemas"]).map(|(name, schema)| self.named(name, schema)).collect();
        let mut operations = Vec::new();
        for (path, item) in entries(&root["paths"]) {
            for (method, operation) in entries(item) {
                let at = join(&join("/paths", path), method);
                operations.push((tag(operation), self.operation(&at, path, method, operation)));
            }
        }
        reserve(&mut operations);

        let mut resources: Vec<Resource> = Vec::new();
        for (tag, operation) in operations {
            if let Some(resource) = resources.iter_mut().find(|resource| resource.name == operation.resource)
            {
                resource.operations.push(operation);
                continue;
            }
            let docs =
                root["tags"].as_array().into_iter().flatten().find(|known| known["name"] == json!(tag));
            resources.push(Resource {
                name: operation.resource.clone(),
                docs: docs.map_or_else(String::new, |tag| text(tag, "description")),
                operations: vec![operation],
            });
        }
        for resource in &mut resources {
            if resource.docs.is_empty() {
                resource.docs = format!("Operations on {}.", resource.name.replace('_', " "));
            }
        }

        let mut api = Api {
            title: text(&root["info"], "title"),
            version: text(&root["info"], "version"),
            resources,
            types,
            written: BTreeSet::new(),
            read: BTreeSet::new(),
        };
        let mut written = BTreeSet::new();
        let mut read = BTreeSet::new();
        for operation in api.operations() {
            if let Some(body) = &operation.body {
                self.reach(&body.ty, &mut written);
            }
            self.reach(&operation.response, &mut read);
        }
        api.written = written;
        api.read = read;
        self.problems.0.extend(names::check(&api, &self.shaped.document).0);
        api
    }

    /// Adds every named type below `ty`, also through choices and combinations.
    fn reach(&self, ty: &TypeRef, found: &mut BTreeSet<String>) {
        let mut rest = vec![ty.clone()];
        while let Some(ty) = rest.pop() {
            match ty {
                TypeRef::Array(inner) | TypeRef::Map(inner) => rest.push(*inner),
                TypeRef::Named(name) if found.insert(name.clone()) => {
                    let schema = &self.shaped.document.root["components"]["schemas"][&name];
                    rest.extend(references(schema).into_iter().map(TypeRef::Named));
                }
                _ => {}
            }
        }
    }

    fn named(&mut self, name: &str, schema: &Value) -> Type {
        let at = join("/components/schemas", name);
        let shape = if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            Shape::Enum(values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        } else if schema.get("properties").is_some() && schema.get("allOf").is_none() {
            Shape::Object(
                entries(&schema["properties"])
                    .map(|(key, property)| self.field(&at, key, property, schema))
                    .collect(),
            )
        } else if ["allOf", "anyOf", "oneOf"].iter().any(|key| schema.get(*key).is_some()) {
            Shape::Other
        } else {
            Shape::Alias(self.reference(&at, schema))
        };
        let open = schema.get("additionalProperties") == Some(&Value::Bool(true));
        let billing_days = self.days_of(&at, schema, &shape);
        Type { name: name.to_owned(), docs: text(schema, "description"), shape, open, billing_days }
    }

    /// The fields that are the borders of billing days.
    fn days_of(&mut self, at: &str, schema: &Value, shape: &Shape) -> Option<(String, String)> {
        let given = schema.get("x-billing-days")?;
        let Shape::Object(fields) = shape else { return None };
        let time = |name: &str| {
            fields.iter().any(|field| field.name == name && field.required && field.ty == TypeRef::Timestamp)
        };
        match (given[0].as_str(), given[1].as_str()) {
            (Some(start), Some(end)) if time(start) && time(end) => Some((start.to_owned(), end.to_owned())),
            _ => {
                self.problem(&join(at, "x-billing-days"), "must name two required times of the object");
                None
            }
        }
    }

    fn field(&mut self, at: &str, name: &str, property: &Value, parent: &Value) -> Field {
        let at = join(&join(at, "properties"), name);
        let required = parent["required"].as_array().is_some_and(|required| required.contains(&json!(name)));
        Field {
            name: name.to_owned(),
            docs: text(property, "description"),
            ty: self.reference(&at, property),
            required,
            nullable: property.get("nullable") == Some(&json!(true)),
            default: property.get("default").cloned(),
            sensitive: property.get("x-sensitive").and_then(Value::as_str).map(str::to_owned),
            key: property.get("x-table-key").and_then(Value::as_str).map(str::to_owned),
        }
    }

    fn operation(&mut self, at: &str, path: &str, method: &str, operation: &Value) -> Operation {
        let mut path_parameters = Vec::new();
        let mut query = Vec::new();
        for (index, parameter) in items(&operation["parameters"]).enumerate() {
            let at = join(&join(at, "parameters"), &index.to_string());
            match parameter["in"].as_str() {
                Some("path") => path_parameters.push(self.parameter(&at, parameter)),
                Some("query") => query.push(self.parameter(&at, parameter)),
                Some("header" | "cookie") => {
                    self.problem(
                        &at,
                        "only path and query parameters can be expressed; remove it with the overlay",
                    );
                }
                _ => self.problem(&join(&at, "in"), "must be path, query, header or cookie"),
            }
        }
        let names: Vec<&str> = path.split('/').filter_map(placeholder).collect();
        for name in &names {
            if !path_parameters.iter().any(|parameter| parameter.name == *name) {
                self.problem(
                    at,
                    format!("the path names {{{name}}}, but no path parameter of that name is described"),
                );
            }
        }
        for parameter in &path_parameters {
            if !names.contains(&parameter.name.as_str()) {
                self.problem(
                    at,
                    format!("describes the path parameter {}, which the path doesn't name", parameter.name),
                );
            }
        }
        for segment in path.split('/') {
            if segment.contains(['{', '}']) && placeholder(segment).is_none() {
                self.problem(
                    at,
                    format!("a parameter must fill a whole path segment; {segment:?} can't be expressed"),
                );
            }
        }
        path_parameters.sort_by_key(|parameter| names.iter().position(|name| *name == parameter.name));

        let kind = match operation["x-kind"].as_str() {
            Some("read") => Kind::Read,
            Some("write") => Kind::Write,
            Some("destructive") => Kind::Destructive,
            Some("bulk-destructive") => Kind::BulkDestructive,
            _ => {
                self.problem(&join(at, "x-kind"), "must be read, write, destructive or bulk-destructive");
                Kind::Write
            }
        };
        let confirm = operation.get("x-confirm").and_then(Value::as_str).map(str::to_owned);
        if (kind == Kind::BulkDestructive) != confirm.is_some() {
            self.problem(at, "a bulk-destructive operation, and no other, needs an x-confirm");
        }
        let body = self.body(at, operation);
        let response = self.response(at, operation);
        let paging = self.paging(at, operation, &response, &query);
        let summary = match text(operation, "summary") {
            summary if summary.is_empty() => format!("{} {path}", method.to_uppercase()),
            summary => summary,
        };
        Operation {
            resource: text(operation, "x-resource"),
            method: text(operation, "x-method"),
            published_id: text(operation, "x-published-id"),
            http_method: method.to_uppercase(),
            template: path.to_owned(),
            pointer: at.to_owned(),
            summary,
            docs: [text(operation, "description"), text(operation, "x-note")].join("\n\n").trim().to_owned(),
            kind,
            confirm,
            paging,
            ranges: self.pairs(at, operation, "x-ranges", &query),
            billing_days: self.billing_days(at, operation, &query),
            same_as_path: self.same_as_path(at, operation, &path_parameters, body.as_ref()),
            path: path_parameters,
            query,
            body,
            response,
            reserved: Vec::new(),
            v3_twin: operation.get("x-v3-twin").and_then(Value::as_str).map(str::to_owned),
            v3_note: operation.get("x-v3-note").and_then(Value::as_str).map(|note| note.trim().to_owned()),
            beta: path.split('/').any(|segment| segment == "beta"),
        }
    }

    fn parameter(&mut self, at: &str, parameter: &Value) -> Parameter {
        let schema = &parameter["schema"];
        let ty = self.reference(&join(at, "schema"), schema);
        let simple = |ty: &TypeRef| !matches!(ty, TypeRef::Map(_) | TypeRef::Any | TypeRef::Array(_));
        let fits = match &ty {
            TypeRef::Array(inner) => simple(inner),
            other => simple(other),
        };
        if !fits {
            self.problem(&join(at, "schema"), "a parameter must be a plain value or a list of plain values");
        }
        let example = parameter.get("example").or_else(|| schema.get("example"));
        Parameter {
            name: text(parameter, "name"),
            docs: text(parameter, "description"),
            checks: checks::of_value(schema, &ty),
            ty,
            required: parameter.get("required") == Some(&json!(true)),
            default: schema.get("default").filter(|default| !default.is_null()).cloned(),
            example: example.cloned(),
        }
    }

    fn body(&mut self, at: &str, operation: &Value) -> Option<Body> {
        let body = operation.get("requestBody")?;
        let at = join(&join(at, "requestBody"), "content");
        let Some(content) = body.pointer("/content/application~1json") else {
            self.problem(&at, "only application/json bodies can be expressed");
            return None;
        };
        let at = join(&join(&at, "application/json"), "schema");
        let schema = &content["schema"];
        let ty = self.reference(&at, schema);
        let schemas = &self.shaped.document.root["components"]["schemas"];
        let example = content.get("example").or_else(|| schema.get("example"));
        Some(Body { checks: checks::of_body(schema, schemas), ty, example: example.cloned() })
    }

    fn response(&mut self, at: &str, operation: &Value) -> TypeRef {
        let at = join(at, "responses");
        let successes: Vec<(&String, &Value)> =
            entries(&operation["responses"]).filter(|(status, _)| status.starts_with('2')).collect();
        let [(status, response)] = successes.as_slice() else {
            if successes.is_empty() {
                self.problem(&at, "describes no success (2xx)");
                return TypeRef::Any;
            }
            let kinds: BTreeSet<String> =
                successes.iter().map(|(_, response)| response["content"].to_string()).collect();
            if kinds.len() > 1 {
                self.problem(&at, "describes several successes that differ; one can be expressed");
            }
            return self.success(&at, successes[0].0, successes[0].1);
        };
        self.success(&at, status, response)
    }

    fn success(&mut self, at: &str, status: &str, response: &Value) -> TypeRef {
        let at = join(&join(at, status), "content");
        let content = &response["content"];
        match content.get("application/json") {
            Some(json) => self.reference(&join(&join(&at, "application/json"), "schema"), &json["schema"]),
            // Nothing is promised, so nothing is decoded but what happens to be there.
            None if content.as_object().is_none_or(Map::is_empty) => TypeRef::Any,
            None => {
                self.problem(&at, "only application/json answers can be expressed");
                TypeRef::Any
            }
        }
    }

    fn paging(
        &mut self,
        at: &str,
        operation: &Value,
        response: &TypeRef,
        query: &[Parameter],
    ) -> Option<Paging> {
        let paging = operation.get("x-paging").filter(|paging| !paging.is_null())?;
        let at = join(at, "x-paging");
        let style = match paging["style"].as_str() {
            Some("offset") => Style::Offset,
            Some("page-number") => Style::PageNumber,
            Some("audit-log") => Style::AuditLog,
            _ => {
                self.problem(&join(&at, "style"), "must be offset, page-number or audit-log");
                return None;
            }
        };
        for name in style.parameters() {
            if !query.iter().any(|parameter| parameter.name == name) {
                self.problem(
                    &join(&at, "style"),
                    format!("needs a query parameter {name}, which isn't there"),
                );
            }
        }
        let rows = text(paging, "rows");
        let row_id = text(paging, "row-id");
        let page = match response {
            TypeRef::Named(name) => {
                &self.shaped.document.root["components"]["schemas"][name]["properties"][&rows]
            }
            _ => &Value::Null,
        };
        let row = match self.reference(&join(&at, "rows"), page) {
            TypeRef::Array(row) => *row,
            _ => {
                self.problem(&join(&at, "rows"), format!("{rows:?} isn't a list in the response"));
                return None;
            }
        };
        if let TypeRef::Named(name) = &row
            && self.shaped.document.root["components"]["schemas"][name]["properties"].get(&row_id).is_none()
        {
            self.problem(&join(&at, "row-id"), format!("{row_id:?} isn't a field of {name}"));
        }
        let Some(size) =
            paging["size"].as_u64().and_then(|size| u32::try_from(size).ok()).filter(|size| *size > 0)
        else {
            self.problem(&join(&at, "size"), "must be a number of rows");
            return None;
        };
        Some(Paging { style, rows, row_id, size, row })
    }

    fn billing_days(&mut self, at: &str, operation: &Value, query: &[Parameter]) -> Option<BillingDays> {
        const KEY: &str = "x-billing-days";
        let given = operation.get(KEY)?;
        let last_instant = match given.get(2).map(Value::as_str) {
            None => false,
            Some(Some("last-instant")) => true,
            Some(_) => {
                self.problem(&join(at, KEY), "may have no third element but last-instant");
                return None;
            }
        };
        let wrapped = json!({ KEY: [given] });
        let (from, to) = self.pairs(at, &wrapped, KEY, query).pop()?;
        Some(BillingDays { from, to, last_instant })
    }

    fn same_as_path(
        &mut self,
        at: &str,
        operation: &Value,
        path: &[Parameter],
        body: Option<&Body>,
    ) -> Vec<(String, String)> {
        const KEY: &str = "x-same-as-path";
        let schema = match body.map(|body| &body.ty) {
            Some(TypeRef::Named(name)) => &self.shaped.document.root["components"]["schemas"][name],
            _ => &Value::Null,
        };
        let mut same = Vec::new();
        for (index, pair) in items(&operation[KEY]).enumerate() {
            let text = |index: usize| pair.get(index).and_then(Value::as_str).unwrap_or_default();
            let (field, parameter) = (text(0), text(1));
            let is_list = schema["properties"][field]["items"]["type"] == "string";
            if is_list && path.iter().any(|known| known.name == parameter) {
                same.push((field.to_owned(), parameter.to_owned()));
            } else {
                self.problem(
                    &join(&join(at, KEY), &index.to_string()),
                    "must name a list of texts in the body and a path parameter",
                );
            }
        }
        same
    }

    fn pairs(
        &mut self,
        at: &str,
        operation: &Value,
        key: &str,
        query: &[Parameter],
    ) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for pair in items(&operation[key]) {
            match (pair.get(0).and_then(Value::as_str), pair.get(1).and_then(Value::as_str)) {
                (Some(from), Some(to))
                    if [from, to]
                        .iter()
                        .all(|name| query.iter().any(|parameter| parameter.name == **name)) =>
                {
                    pairs.push((from.to_owned(), to.to_owned()));
                }
                _ => self.problem(&join(at, key), "must name two query parameters of the operation"),
            }
        }
        pairs
    }

    fn reference(&mut self, at: &str, schema: &Value) -> TypeRef {
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            return TypeRef::Named(target.rsplit('/').next().unwrap_or_default().to_owned());
        }
        if let Some([only]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            return self.reference(at, only);
        }
        let format = schema.get("format").and_then(Value::as_str);
        match schema.get("type").and_then(Value::as_str) {
            Some("string") if schema.get("x-sensitive") == Some(&json!("secret")) => TypeRef::Secret,
            Some("string") if format == Some("date-time") => TypeRef::Timestamp,
            Some("string") if format == Some("binary") => {
                self.problem(at, "binary content can't be expressed");
                TypeRef::String
            }
            Some("string") => TypeRef::String,
            Some("integer") if format == Some("unix-milliseconds") => TypeRef::UnixMillis,
            Some("integer") => TypeRef::Integer,
            Some("number") => TypeRef::Number,
            Some("boolean") => TypeRef::Boolean,
            Some("array") => TypeRef::Array(Box::new(self.reference(&join(at, "items"), &schema["items"]))),
            Some("object") => match schema.get("additionalProperties") {
                Some(values) if values.is_object() => {
                    TypeRef::Map(Box::new(self.reference(&join(at, "additionalProperties"), values)))
                }
                _ => TypeRef::Map(Box::new(TypeRef::Any)),
            },
            Some(other) => {
                self.problem(&join(at, "type"), format!("{other:?} isn't a type"));
                TypeRef::Any
            }
            None => TypeRef::Any,
        }
    }
}

/// Finds, for every path parameter, the literal segments that other paths of the same form have in its place: an id
/// equal to one of them would call another operation.
fn reserve(operations: &mut [(String, Operation)]) {
    let templates: Vec<String> = operations.iter().map(|(_, operation)| operation.template.clone()).collect();
    for (_, operation) in operations {
        let own: Vec<&str> = operation.template.split('/').collect();
        let mut reserved: Vec<(String, Vec<String>)> = Vec::new();
        for other in &templates {
            let other: Vec<&str> = other.split('/').collect();
            let matches = own.len() == other.len()
                && own.iter().zip(&other).all(|(own, other)| own == other || placeholder(own).is_some());
            if !matches {
                continue;
            }
            for (own, other) in own.iter().zip(&other) {
                if let (Some(name), None) = (placeholder(own), placeholder(other)) {
                    match reserved.iter_mut().find(|(known, _)| known == name) {
                        Some((_, words)) if words.iter().any(|word| word == other) => {}
                        Some((_, words)) => words.push((*other).to_owned()),
                        None => reserved.push((name.to_owned(), vec![(*other).to_owned()])),
                    }
                }
            }
        }
        operation.reserved = reserved;
    }
}

fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(object) => object
            .iter()
            .flat_map(|(key, value)| match (key.as_str(), value.as_str()) {
                ("$ref", Some(target)) => vec![target.rsplit('/').next().unwrap_or_default().to_owned()],
                ("example" | "default", _) => vec![],
                _ => references(value),
            })
            .collect(),
        Value::Array(array) => array.iter().flat_map(references).collect(),
        _ => vec![],
    }
}

/// The parameter that a path segment is.
fn placeholder(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}').filter(|name| !name.contains(['{', '}']))
}

fn tag(operation: &Value) -> String {
    operation.pointer("/tags/0").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
}
