//! Every example of the document, sent to a fresh emulator, is answered 200 in the shape of its schema.

mod support;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use support::Host;

fn document() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/generated/document.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the generated document")).expect("JSON")
}

fn encoded(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string()
}

#[tokio::test]
async fn all_of_them() {
    let document = document();
    let components = &document["components"];
    let host = Host::start().await;
    let mut sent = 0;
    for (template, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in
            item.as_object().expect("operations").iter().filter(|(name, _)| *name != "parameters")
        {
            let mut path = template.clone();
            let mut query = Vec::new();
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().expect("a name");
                let Some(example) = parameter.get("example") else { continue };
                if parameter["in"] == "path" {
                    path = path.replace(&format!("{{{name}}}"), &encoded(example));
                } else {
                    match example {
                        Value::Array(values) => {
                            query.extend(values.iter().map(|value| format!("{name}={}", encoded(value))))
                        }
                        value => query.push(format!("{name}={}", encoded(value))),
                    }
                }
            }
            if !query.is_empty() {
                path = format!("{path}?{}", query.join("&"));
            }
            assert!(!path.contains('{'), "{path}: every path parameter has an example");
            let body = operation["requestBody"]["content"]["application/json"].get("example").cloned();
            let method = method.to_uppercase();
            host.emulator.reset();
            let (status, answer) = host.call(&method, &path, body).await;
            assert_eq!(status, 200, "{method} {path}: {answer}");
            let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
            let root = json!({ "components": components, "allOf": [schema] });
            let validator = jsonschema::draft202012::options().build(&root).expect("a schema");
            let problems: Vec<_> = validator.iter_errors(&answer).map(|error| error.to_string()).collect();
            assert!(problems.is_empty(), "{method} {path}: {problems:?}");
            sent += 1;
        }
    }
    assert!(sent >= 58, "{sent}");
}
