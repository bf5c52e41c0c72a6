//! `tests/calls.json`: a call of every operation with the document's own examples, for the coverage gate.

use serde_json::{Map, Value, json};

use super::super::sdk::argument::key;
use super::resources::{arguments, example};
use super::text;
use crate::model::Api;

pub(super) fn file(api: &Api) -> String {
    let calls: Vec<Value> = api
        .operations()
        .map(|operation| {
            let arguments = arguments(api, operation);
            let given = example(operation, &arguments);
            let given = given.map(|given| given.into_iter().collect::<Map<String, Value>>());
            json!({
                "operation": operation.name(),
                "resource": text::resource(&operation.resource),
                "method": text::argument(&operation.method),
                "paged": operation.paging.is_some(),
                "http_method": operation.http_method,
                "template": operation.template,
                "path": operation.path.iter().map(|parameter| text::argument(&key(&parameter.name, false))).collect::<Vec<_>>(),
                // Null if the document's examples don't make a call.
                "arguments": given,
                "all_arguments": arguments.iter().map(|argument| argument.name.as_str()).collect::<Vec<_>>(),
            })
        })
        .collect();
    let calls = serde_json::to_string_pretty(&calls).expect("a JSON value prints");
    calls + "\n"
}
