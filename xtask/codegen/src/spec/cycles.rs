//! Refuses schemas that are defined by nothing but themselves: whoever expands them never comes to an end.

use serde_json::{Map, Value};

use crate::problem::{Document, Problems, join};

/// A problem for each cycle of component schemas through references, `allOf`, `anyOf` and `oneOf` alone. What goes
/// through a property, an item or a map is a tree, which is fine.
pub(super) fn check(document: &Document, problems: &mut Problems) {
    let Some(schemas) = document.root.pointer("/components/schemas").and_then(Value::as_object) else {
        return;
    };
    let mut search = Search { schemas, done: Vec::new(), path: Vec::new(), cycles: Vec::new() };
    for name in schemas.keys() {
        search.visit(name);
    }
    for cycle in search.cycles {
        let at = join("/components/schemas", cycle[0]);
        let way = [cycle.as_slice(), &cycle[..1]].concat().join(" → ");
        problems.0.push(document.problem(
            at,
            format!(
                "is defined by itself ({way}); break the cycle with the overlay, or put it into a property"
            ),
        ));
    }
}

struct Search<'a> {
    schemas: &'a Map<String, Value>,
    done: Vec<&'a str>,
    path: Vec<&'a str>,
    cycles: Vec<Vec<&'a str>>,
}

impl<'a> Search<'a> {
    fn visit(&mut self, name: &'a str) {
        if let Some(start) = self.path.iter().position(|known| *known == name) {
            self.cycles.push(self.path[start..].to_vec());
            return;
        }
        if self.done.contains(&name) {
            return;
        }
        self.path.push(name);
        let mut targets = Vec::new();
        if let Some(schema) = self.schemas.get(name) {
            parts(schema, &mut targets);
        }
        for target in targets {
            self.visit(target);
        }
        self.path.pop();
        self.done.push(name);
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
