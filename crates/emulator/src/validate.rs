//! Checks a request against the document and turns it into a [`Call`], or into the service's 422.

use std::{borrow::Cow, sync::LazyLock};

use jsonschema::{JsonType, ValidationError, Validator, error::TypeKind, error::ValidationErrorKind};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::{Argument, Call},
    document::{document, resolve, types, without_null},
    generated::OPERATIONS,
    time,
};

/// What an operation accepts, compiled once.
struct Rules {
    parameters: Vec<Parameter>,
    body: Option<Body>,
}

struct Parameter {
    name: &'static str,
    kind: Kind,
    required: bool,
    default: Option<Argument>,
    /// Bounds, lengths, enums: whatever the schema asks beyond the type. Absent where it asks nothing.
    validator: Option<Validator>,
}

#[derive(Clone, Copy)]
enum Kind {
    Integer,
    Number,
    Boolean,
    Text,
    Time,
    Texts,
}

struct Body {
    required: bool,
    validator: Validator,
}

/// In the order of `OPERATIONS`.
static RULES: LazyLock<Vec<Rules>> =
    LazyLock::new(|| OPERATIONS.iter().map(|operation| rules(operation.pointer)).collect());

/// Compiles everything now instead of at the first request.
pub(crate) fn prepare() {
    LazyLock::force(&RULES);
}

fn rules(pointer: &'static str) -> Rules {
    let operation = document().pointer(pointer).unwrap_or(&Value::Null);
    let shared = pointer.rsplit_once('/').and_then(|(path, _)| document().pointer(path));
    let lists = [shared, Some(operation)]
        .into_iter()
        .flatten()
        .filter_map(|owner| owner.get("parameters")?.as_array());
    let parameters = lists.flatten().map(resolve).filter_map(parameter).collect();
    let body = operation.get("requestBody").map(resolve).and_then(|body| {
        let schema = body.pointer("/content/application~1json/schema")?;
        let required = body.get("required").and_then(Value::as_bool).unwrap_or_default();
        Some(Body { required, validator: compile(schema) })
    });
    Rules { parameters, body }
}

fn parameter(parameter: &'static Value) -> Option<Parameter> {
    if parameter.get("in").and_then(Value::as_str) != Some("query") {
        return None;
    }
    let name = parameter.get("name")?.as_str()?;
    let schema = parameter.get("schema")?;
    let (plain, _) = without_null(schema);
    let kind = match types(plain).find(|name| *name != "null") {
        Some("integer") => Kind::Integer,
        Some("number") => Kind::Number,
        Some("boolean") => Kind::Boolean,
        Some("array") => Kind::Texts,
        _ if plain.get("format").and_then(Value::as_str) == Some("date-time") => Kind::Time,
        _ => Kind::Text,
    };
    let default = match resolve(schema).get("default").or_else(|| plain.get("default")) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => coerce(kind, Cow::Borrowed(text)).ok(),
        Some(other) => coerce(kind, Cow::Owned(other.to_string())).ok(),
    };
    const PLAIN: [&str; 9] =
        ["type", "format", "title", "description", "default", "example", "examples", "anyOf", "items"];
    let asks_more = |schema: &Value| {
        schema.as_object().is_some_and(|schema| schema.keys().any(|key| !PLAIN.contains(&key.as_str())))
    };
    let bounded = asks_more(plain) || plain.get("items").map(resolve).is_some_and(asks_more);
    let validator = (bounded && !matches!(kind, Kind::Time)).then(|| compile(plain));
    let required = parameter.get("required").and_then(Value::as_bool).unwrap_or_default();
    Some(Parameter { name, kind, required, default, validator })
}

/// Compiles a schema of the document. The components it refers to travel along so that references resolve.
fn compile(schema: &Value) -> Validator {
    let mut reachable = Map::new();
    collect_references(schema, &mut reachable);
    let root = json!({ "components": { "schemas": reachable }, "allOf": [schema] });
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&root)
        .expect("a schema of the embedded document compiles: the compiler that wrote it checked it")
}

fn collect_references(value: &Value, found: &mut Map<String, Value>) {
    match value {
        Value::Object(fields) => {
            let name = fields
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|text| text.strip_prefix("#/components/schemas/"));
            if let Some(name) = name
                && !found.contains_key(name)
                && let Some(schema) =
                    document().pointer("/components/schemas").and_then(|schemas| schemas.get(name))
            {
                found.insert(name.to_owned(), schema.clone());
                collect_references(schema, found);
            }
            fields.values().for_each(|field| collect_references(field, found));
        }
        Value::Array(elements) => elements.iter().for_each(|element| collect_references(element, found)),
        _ => {}
    }
}

/// One entry of a 422's `detail`.
struct Fault {
    loc: Vec<Value>,
    msg: String,
    kind: &'static str,
}

/// Validates the query and the body of a request for the operation with this index, and adds them to `call`.
///
/// # Errors
/// The 422 that lists every fault.
pub(crate) fn validate(
    operation: usize,
    call: &mut Call,
    query: Option<&str>,
    content_type: Option<&str>,
    body: &[u8],
) -> Result<(), Answer> {
    let Some(rules) = RULES.get(operation) else { return Ok(()) };
    let mut faults = Vec::new();
    if !rules.parameters.is_empty() {
        let pairs = decode_query(query.unwrap_or_default());
        for parameter in &rules.parameters {
            check_parameter(parameter, &pairs, call, &mut faults);
        }
    }
    if let Some(rule) = &rules.body {
        check_body(rule, content_type, body, call, &mut faults);
    }
    if faults.is_empty() {
        return Ok(());
    }
    let detail: Vec<_> = faults
        .into_iter()
        .map(|fault| json!({ "loc": fault.loc, "msg": fault.msg, "type": fault.kind }))
        .collect();
    Err(Answer::with_status(422, &json!({ "detail": detail })))
}

/// `application/x-www-form-urlencoded`, as the service's framework reads a query.
pub(crate) fn decode_query(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn check_parameter(
    parameter: &Parameter,
    pairs: &[(String, String)],
    call: &mut Call,
    faults: &mut Vec<Fault>,
) {
    let given = || pairs.iter().filter(|(name, _)| name == parameter.name).map(|(_, value)| value);
    let loc = || vec![json!("query"), json!(parameter.name)];
    let argument = if matches!(parameter.kind, Kind::Texts) {
        let texts: Vec<_> = given().cloned().collect();
        if texts.is_empty() { Ok(None) } else { Ok(Some(Argument::Texts(texts))) }
    } else {
        // Of a key that is repeated, the last one counts.
        given().next_back().map(|text| coerce(parameter.kind, Cow::Borrowed(text))).transpose()
    };
    match argument {
        Err((kind, msg)) => faults.push(Fault { loc: loc(), msg: msg.to_owned(), kind }),
        Ok(None) if parameter.required && parameter.default.is_none() => faults.push(missing(loc())),
        Ok(None) => {
            if let Some(default) = &parameter.default {
                call.set(parameter.name, default.clone());
            }
        }
        Ok(Some(argument)) => {
            if let Some(validator) = &parameter.validator {
                let value = match &argument {
                    Argument::Integer(value) => json!(value),
                    Argument::Number(value) => json!(value),
                    Argument::Boolean(value) => json!(value),
                    Argument::Text(value) => json!(value),
                    Argument::Time(value) => json!(value.to_string()),
                    Argument::Texts(value) => json!(value),
                };
                for error in validator.iter_errors(&value) {
                    describe(&error, &loc(), faults);
                }
            }
            call.set(parameter.name, argument);
        }
    }
}

/// Reads a query value as its type; otherwise the type and message of the fault.
fn coerce(kind: Kind, text: Cow<'_, str>) -> Result<Argument, (&'static str, &'static str)> {
    match kind {
        Kind::Integer => integer(&text)
            .map(Argument::Integer)
            .ok_or(("int_parsing", "Input should be a valid integer, unable to parse string as an integer")),
        Kind::Number => {
            text.parse().ok().filter(|number: &f64| number.is_finite()).map(Argument::Number).ok_or((
                "float_parsing",
                "Input should be a valid number, unable to parse string as a number",
            ))
        }
        Kind::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "on" | "yes" | "t" | "y" => Ok(Argument::Boolean(true)),
            "false" | "0" | "off" | "no" | "f" | "n" => Ok(Argument::Boolean(false)),
            _ => Err(("bool_parsing", "Input should be a valid boolean, unable to interpret input")),
        },
        Kind::Time => time::parse(&text)
            .map(Argument::Time)
            .ok_or(("datetime_from_date_parsing", "Input should be a valid datetime or date")),
        Kind::Text => Ok(Argument::Text(text.into_owned())),
        Kind::Texts => Ok(Argument::Texts(vec![text.into_owned()])),
    }
}

/// Digits with an optional minus. Numbers beyond 64 bits are valid integers all the same: they become the nearest.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nearest = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Some(text.parse().unwrap_or(nearest))
}

fn check_body(
    rule: &Body,
    content_type: Option<&str>,
    body: &[u8],
    call: &mut Call,
    faults: &mut Vec<Fault>,
) {
    if body.is_empty() {
        if rule.required {
            faults.push(missing(vec![json!("body")]));
        }
        return;
    }
    if content_type.is_some_and(|text| !is_json(text)) {
        faults.push(Fault {
            loc: vec![json!("body")],
            msg: "Input should be a valid dictionary or object to extract fields from".to_owned(),
            kind: "model_attributes_type",
        });
        return;
    }
    match serde_json::from_slice::<Value>(body) {
        Err(error) => faults.push(Fault {
            loc: vec![json!("body"), json!(error.column())],
            msg: "JSON decode error".to_owned(),
            kind: "json_invalid",
        }),
        Ok(value) => {
            for error in rule.validator.iter_errors(&value) {
                describe(&error, &[json!("body")], faults);
            }
            call.set_body(value);
        }
    }
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn missing(loc: Vec<Value>) -> Fault {
    Fault { loc, msg: "Field required".to_owned(), kind: "missing" }
}

/// Translates a schema violation to the words of the service's framework.
fn describe(error: &ValidationError<'_>, base: &[Value], faults: &mut Vec<Fault>) {
    let mut loc = base.to_vec();
    // Segments of the pointer: an index where it leads into an array, a name otherwise.
    for segment in error.instance_path().as_str().split('/').skip(1) {
        let name = segment.replace("~1", "/").replace("~0", "~");
        loc.push(segment.parse::<u64>().map_or_else(|_| json!(name), |index| json!(index)));
    }
    let mut push = |loc: Vec<Value>, kind: &'static str, msg: String| faults.push(Fault { loc, msg, kind });
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            loc.push(property.clone());
            faults.push(missing(loc));
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            for name in unexpected {
                let mut loc = loc.clone();
                loc.push(json!(name));
                push(loc, "extra_forbidden", "Extra inputs are not permitted".to_owned());
            }
        }
        // A nullable value: the fault of the branch that isn't null is the one that helps.
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            let is_null_branch = |errors: &&Vec<ValidationError<'static>>| matches!(errors.as_slice(), [only] if expects(only.kind()) == Some(JsonType::Null));
            let branch = context.iter().find(|errors| !is_null_branch(errors));
            for inner in branch.into_iter().flatten() {
                describe(inner, base, faults);
            }
            if branch.is_none_or(Vec::is_empty) {
                faults.push(Fault { loc, msg: "Input is not valid".to_owned(), kind: "value_error" });
            }
        }
        ValidationErrorKind::Type { .. } => {
            let (kind, what) = match expects(error.kind()) {
                Some(JsonType::String) => ("string_type", "string"),
                Some(JsonType::Integer) => ("int_type", "integer"),
                Some(JsonType::Number) => ("float_type", "number"),
                Some(JsonType::Boolean) => ("bool_type", "boolean"),
                Some(JsonType::Array) => ("list_type", "list"),
                Some(JsonType::Object) => ("dict_type", "dictionary"),
                Some(JsonType::Null) => ("none_required", "null"),
                None => ("value_error", "value"),
            };
            push(loc, kind, format!("Input should be a valid {what}"));
        }
        ValidationErrorKind::Minimum { limit } => {
            push(loc, "greater_than_equal", format!("Input should be greater than or equal to {limit}"));
        }
        ValidationErrorKind::Maximum { limit } => {
            push(loc, "less_than_equal", format!("Input should be less than or equal to {limit}"));
        }
        ValidationErrorKind::ExclusiveMinimum { limit } => {
            push(loc, "greater_than", format!("Input should be greater than {limit}"));
        }
        ValidationErrorKind::ExclusiveMaximum { limit } => {
            push(loc, "less_than", format!("Input should be less than {limit}"));
        }
        ValidationErrorKind::MinLength { limit } => {
            push(
                loc,
                "string_too_short",
                format!("String should have at least {limit} {}", characters(*limit)),
            );
        }
        ValidationErrorKind::MaxLength { limit } => {
            push(
                loc,
                "string_too_long",
                format!("String should have at most {limit} {}", characters(*limit)),
            );
        }
        ValidationErrorKind::MinItems { limit } => {
            push(loc, "too_short", format!("List should have at least {limit} item(s) after validation"));
        }
        ValidationErrorKind::MaxItems { limit } => {
            push(loc, "too_long", format!("List should have at most {limit} item(s) after validation"));
        }
        ValidationErrorKind::Pattern { pattern } => {
            push(loc, "string_pattern_mismatch", format!("String should match pattern '{pattern}'"));
        }
        ValidationErrorKind::Enum { options } => {
            push(loc, "enum", format!("Input should be one of {options}"))
        }
        ValidationErrorKind::Constant { expected_value } => {
            push(loc, "literal_error", format!("Input should be {expected_value}"));
        }
        ValidationErrorKind::UniqueItems => {
            push(loc, "value_error", "Value error, items should be unique".to_owned());
        }
        ValidationErrorKind::Format { format } => {
            push(loc, "value_error", format!("Value error, input should be a valid {format}"));
        }
        other => push(loc, "value_error", format!("Value error, '{}' is not met", other.keyword())),
    }
}

fn characters(limit: u64) -> &'static str {
    if limit == 1 { "character" } else { "characters" }
}

fn expects(kind: &ValidationErrorKind) -> Option<JsonType> {
    match kind {
        ValidationErrorKind::Type { kind: TypeKind::Single(single) } => Some(*single),
        ValidationErrorKind::Type { kind: TypeKind::Multiple(several) } => {
            several.into_iter().find(|candidate| *candidate != JsonType::Null)
        }
        _ => None,
    }
}
