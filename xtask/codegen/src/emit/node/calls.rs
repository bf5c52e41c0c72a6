//! `test/calls.json`: a call of every operation with the document's own examples, for the coverage gate.

use serde_json::{Value, json};

use super::resources::Arguments;
use super::text;
use crate::model::Api;

pub(in super::super) fn file(api: &Api) -> String {
    let calls: Vec<Value> = api
        .operations()
        .map(|operation| {
            let arguments = Arguments::of(api, operation);
            let keys = |of: &[super::resources::Argument]| {
                of.iter().map(|argument| argument.key.clone()).collect::<Vec<_>>()
            };
            json!({
                "operation": operation.name(),
                "resource": text::resource(&operation.resource),
                "method": text::method(&operation.method),
                "paged": operation.paging.is_some(),
                "http_method": operation.http_method,
                "template": operation.template,
                "path": operation.path.len(),
                "positional": keys(&arguments.positional),
                "named": keys(&arguments.named),
                // Null if the document's examples don't make a call.
                "arguments": arguments.example(operation),
            })
        })
        .collect();
    let calls = serde_json::to_string_pretty(&calls).expect("a JSON value prints");
    calls + "\n"
}
