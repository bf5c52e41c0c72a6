//! What the documentation of a method says in every language that is called by name.

use super::rust::sentence;
use crate::model::{Api, Operation};

/// What the operation does, where it goes, what follows it in v3, and what it asks for.
pub(super) fn about(api: &Api, operation: &Operation) -> String {
    let mut text = sentence(&operation.summary);
    if !operation.docs.is_empty() {
        text += &format!("\n\n{}", operation.docs);
    }
    text += &format!("\n\n`{} {}`", operation.http_method, operation.template);
    text += &match &operation.v3_twin {
        Some(twin) => format!("; in v3: `{twin}`."),
        None if api.operations().any(|operation| operation.v3_twin.is_some()) => {
            "; no successor in v3 is known.".to_owned()
        }
        None => ".".to_owned(),
    };
    if operation.beta {
        text += " Beta: it may change.";
    }
    if let Some(phrase) = &operation.confirm {
        text += &format!("\n\nRefused unless `confirm` is the phrase `{phrase}`.");
    }
    text
}
