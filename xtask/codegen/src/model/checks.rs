//! The limits that the document states and the SDK checks before sending.

use serde_json::Value;

use super::{Check, TypeRef};

/// Schemas below this depth are not looked into: a body that nests deeper is checked by the service alone.
const MAX_DEPTH: usize = 8;

/// Schemas that a body is looked into, at most: where each field leads to all types again, their number multiplies with
/// each level, so that fewer levels have to do.
const MAX_SCHEMAS: usize = 10_000;

/// The limits of a parameter.
pub(super) fn of_value(schema: &Value, ty: &TypeRef) -> Vec<Check> {
    let mut checks = Vec::new();
    let integer = |key: &str| schema.get(key).and_then(Value::as_i64);
    let exclusive = |key: &str| i64::from(schema.get(key) == Some(&Value::Bool(true)));
    if *ty == TypeRef::Integer {
        checks.extend(integer("minimum").map(|least| Check::Minimum(least + exclusive("exclusiveMinimum"))));
        checks.extend(integer("maximum").map(|most| Check::Maximum(most - exclusive("exclusiveMaximum"))));
    }
    let count = |key: &str| schema.get(key).and_then(Value::as_u64);
    checks.extend(count("minItems").map(Check::MinItems));
    checks.extend(count("maxItems").map(Check::MaxItems));
    checks.extend(count("minLength").map(Check::MinLength));
    checks.extend(count("maxLength").map(Check::MaxLength));
    if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
        checks.push(Check::UniqueItems);
    }
    match schema.get("format").and_then(Value::as_str) {
        Some("email") => checks.push(Check::Email),
        Some("date-time") => checks.push(Check::DateTime),
        _ => {}
    }
    checks
}

/// The limits of everything in a body, by pointer pattern.
pub(super) fn of_body(schema: &Value, schemas: &Value) -> Vec<(String, Check)> {
    let limits = |depth| {
        let mut walk = Walk { schemas, depth, left: MAX_SCHEMAS, found: Vec::new() };
        walk.go(schema, String::new(), 0).map(|()| walk.found)
    };
    (0..=MAX_DEPTH).rev().find_map(limits).unwrap_or_default()
}

struct Walk<'a> {
    schemas: &'a Value,
    /// The levels that are looked into.
    depth: usize,
    /// Schemas that may still be looked into.
    left: usize,
    found: Vec<(String, Check)>,
}

impl Walk<'_> {
    /// `None` if there are too many schemas.
    fn go(&mut self, schema: &Value, at: String, depth: usize) -> Option<()> {
        if depth > self.depth {
            return Some(());
        }
        self.left = self.left.checked_sub(1)?;
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let name = target.rsplit('/').next().unwrap_or_default();
            return self.go(&self.schemas[name], at, depth + 1);
        }
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.go(part, at.clone(), depth + 1)?;
        }
        let ty = if schema.get("type").and_then(Value::as_str) == Some("integer") {
            TypeRef::Integer
        } else {
            TypeRef::Any
        };
        self.found.extend(of_value(schema, &ty).into_iter().map(|check| (at.clone(), check)));
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            self.go(property, format!("{at}/{name}"), depth + 1)?;
        }
        for key in ["items", "additionalProperties"] {
            if let Some(inner) = schema.get(key).filter(|inner| inner.is_object()) {
                self.go(inner, format!("{at}/*"), depth + 1)?;
            }
        }
        Some(())
    }
}
