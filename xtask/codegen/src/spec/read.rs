//! Reads a YAML or JSON file.

use std::{fs, path::Path};

use serde_json::Value;

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
    let root: Value = if path.extension().is_some_and(|ending| ending == "json") {
        serde_json::from_str(&text).map_err(|error| problem(format!("isn't JSON: {error}")))?
    } else {
        serde_saphyr::from_str(&text).map_err(|error| problem(format!("isn't YAML: {error}")))?
    };
    if !root.is_object() {
        return Err(problem("isn't an object at its top".to_owned()));
    }
    Ok(Document { file, root })
}
