//! Reads a YAML or JSON file.

use std::{fmt, fs, path::Path};

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::problem::{Document, Problem};

/// Documents above this size are refused: the largest published descriptions are a tenth of it.
const MAX_BYTES: u64 = 64 << 20;

/// Reads `path` as JSON (by its ending) or YAML, keeping the order of keys.
pub fn read(path: &Path) -> Result<Document, Problem> {
    let file = path.display().to_string();
    let problem = |message: String| Problem { file: file.clone(), pointer: String::new(), message };
    let size = fs::metadata(path).map_err(|error| problem(format!("can't be read: {error}")))?.len();
    if size > MAX_BYTES {
        return Err(problem(format!("is {size} bytes long; at most {MAX_BYTES} are read")));
    }
    let text = fs::read_to_string(path).map_err(|error| problem(format!("can't be read: {error}")))?;
    parse(file, &text)
}

/// Reads the text of `file` as JSON (by its ending) or YAML.
pub fn parse(file: String, text: &str) -> Result<Document, Problem> {
    let problem = |message: String| Problem { file: file.clone(), pointer: String::new(), message };
    let root: Value = if file.ends_with(".json") {
        let Unique(root) =
            serde_json::from_str(text).map_err(|error| problem(format!("isn't JSON: {error}")))?;
        root
    } else {
        serde_saphyr::from_str(text).map_err(|error| problem(format!("isn't YAML: {error}")))?
    };
    if !root.is_object() {
        return Err(problem("isn't an object at its top".to_owned()));
    }
    Ok(Document { file, root })
}

/// A JSON value in which no object has a key twice: `serde_json` would keep the last and drop the rest.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(de::Error::custom(format!("the key {key:?} is there twice")));
            }
            let Unique(value) = entries.next_value()?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
