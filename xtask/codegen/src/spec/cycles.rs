//! Refuses schemas that are defined by nothing but themselves: whoever expands them never comes to an end.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::problem::{Document, Problems, join};

/// Components that lead from one to the next, at most. All that follow them take a piece of the stack for each.
const MAX_CHAIN: usize = 100;

/// A problem for each cycle of component schemas through references, `allOf`, `anyOf` and `oneOf` alone. What goes
/// through a property, an item or a map is a tree, which is fine.
pub(super) fn check(document: &Document, problems: &mut Problems) {
    let Some(schemas) = document.root.pointer("/components/schemas").and_then(Value::as_object) else {
        return;
    };
    let mut search =
        Search { schemas, done: BTreeMap::new(), path: Vec::new(), cycles: Vec::new(), long: None };
    for name in schemas.keys() {
        search.visit(name);
    }
    let at = |name: &str| join("/components/schemas", name);
    for cycle in search.cycles {
        let way = [cycle.as_slice(), &cycle[..1]].concat().join(" → ");
        problems.0.push(document.problem(
            at(cycle[0]),
            format!(
                "is defined by itself ({way}); break the cycle with the overlay, or put it into a property"
            ),
        ));
    }
    if let Some(start) = search.long {
        let message = format!("is defined by more than {MAX_CHAIN} others, one by the next");
        problems.0.push(document.problem(at(start), message));
    }
}

struct Search<'a> {
    schemas: &'a Map<String, Value>,
    /// What was visited, and how many components lead on from there, itself included.
    done: BTreeMap<&'a str, usize>,
    path: Vec<&'a str>,
    cycles: Vec<Vec<&'a str>>,
    /// Where a chain starts that is too long.
    long: Option<&'a str>,
}

impl<'a> Search<'a> {
    /// How many components lead on from this one, itself included, as far as they are followed.
    fn visit(&mut self, name: &'a str) -> usize {
        if let Some(start) = self.path.iter().position(|known| *known == name) {
            self.cycles.push(self.path[start..].to_vec());
            return 0;
        }
        let known = self.done.get(name).copied();
        if self.path.len() + known.unwrap_or(1) > MAX_CHAIN {
            self.long = self.long.or_else(|| self.path.first().copied());
            return 1;
        }
        if let Some(length) = known {
            return length;
        }
        self.path.push(name);
        let mut targets = Vec::new();
        if let Some(schema) = self.schemas.get(name) {
            parts(schema, &mut targets);
        }
        let longest = targets.into_iter().map(|target| self.visit(target)).max().unwrap_or(0);
        self.path.pop();
        self.done.insert(name, longest + 1);
        longest + 1
    }
}

/// The components that `schema` itself is made of.
fn parts<'a>(schema: &'a Value, found: &mut Vec<&'a str>) {
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        found.extend(target.strip_prefix("#/components/schemas/"));
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        for part in schema.get(key).and_then(Value::as_array).into_iter().flatten() {
            parts(part, found);
        }
    }
}
