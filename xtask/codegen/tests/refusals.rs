//! Documents that can't be read or expressed: an error with file and place, and nothing written.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const HEAD: &str = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n";

/// Runs the program on `document` (and `overlay`), which must fail and write nothing; gives what it said.
fn refused(document: &str, overlay: Option<&str>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    fs::write(folder.path().join("api.yaml"), document).unwrap();
    let output = regen(folder.path(), overlay, &out);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "accepted: {document}\n{said}");
    assert!(!out.exists(), "something was written");
    assert!(said.contains("Nothing was written"), "{said}");
    said
}

fn regen(folder: &Path, overlay: Option<&str>, out: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_devin-v2-codegen"));
    command.current_dir(folder).args(["--spec", "api.yaml", "--out"]).arg(out);
    if let Some(overlay) = overlay {
        fs::write(folder.join("overlay.yaml"), overlay).unwrap();
        command.args(["--overlay", "overlay.yaml"]);
    }
    command.output().unwrap()
}

/// A document with one schema.
fn with_schema(schema: &str) -> String {
    format!("{HEAD}paths: {{}}\ncomponents: {{schemas: {{Thing: {schema}}}}}\n")
}

/// A document with one operation.
fn with_operation(path: &str, operation: &str) -> String {
    format!("{HEAD}paths:\n  {path}:\n    get: {operation}\n")
}

#[test]
fn every_refusal_names_file_and_place() {
    let ok = "{responses: {'200': {description: ok}}}";
    let cases = [
        ("a: [".to_owned(), "api.yaml: isn't YAML"),
        ("- 1".to_owned(), "api.yaml: isn't an object at its top"),
        (
            "openapi: 2.0.0\npaths: {}".to_owned(),
            "api.yaml: /openapi: must be an OpenAPI 3.0.x or 3.1.x version",
        ),
        (format!("{HEAD}paths: 3"), "api.yaml: /paths: must be an object of paths"),
        (format!("{HEAD}paths: {{}}\nwebhooks: {{}}"), "api.yaml: /webhooks: has no form in OpenAPI 3.0"),
        (with_schema("{type: 'null'}"), "/components/schemas/Thing/type: names no type besides null"),
        (with_schema("{type: wide}"), "/components/schemas/Thing/type: \"wide\" isn't a type"),
        (
            with_schema("{type: array, prefixItems: []}"),
            "/components/schemas/Thing/prefixItems: `prefixItems` can't be",
        ),
        (with_schema("{not: {type: string}}"), "/components/schemas/Thing/not: `not` can't be expressed"),
        (with_schema("{if: {}, then: {}}"), "/components/schemas/Thing/if: `if` can't be expressed"),
        (
            with_schema("{type: integer, enum: [1, 2]}"),
            "/components/schemas/Thing/enum: must be a list of strings",
        ),
        (with_schema("{$ref: 'other.yaml#/X'}"), "/components/schemas/Thing/$ref: must point into"),
        (
            with_schema("{$ref: '#/components/schemas/Gone'}"),
            "/components/schemas/Thing/$ref: #/components/schemas/Gone points nowhere",
        ),
        (
            with_schema("{properties: {a/b: false}}"),
            "/components/schemas/Thing/properties/a~1b: must be a schema",
        ),
        (
            with_schema("{type: object}, thing: {type: object}"),
            "/components/schemas/thing: Thing is the name of Thing already",
        ),
        (with_operation("/a", "3"), "/paths/~1a/get: must be an operation"),
        (with_operation("a", ok), "/paths/a: must start with a slash"),
        (with_operation("/a/{id}", ok), "/paths/~1a~1{id}/get: the path names {id}"),
        (
            with_operation("/a/x-{id}", ok),
            "/paths/~1a~1x-{id}/get: a parameter must fill a whole path segment",
        ),
        (
            with_operation(
                "/a",
                "{parameters: [{name: h, in: header, schema: {type: string}}], responses: {'200': {description: ok}}}",
            ),
            "/paths/~1a/get/parameters/0: only path and query parameters",
        ),
        (
            with_operation(
                "/a",
                "{parameters: [{name: q, in: query, schema: {type: object}}], responses: {'200': {description: ok}}}",
            ),
            "/paths/~1a/get/parameters/0/schema: a parameter must be a plain value",
        ),
        (
            with_operation(
                "/a",
                "{parameters: [{$ref: '#/components/parameters/Gone'}], responses: {'200': {description: ok}}}",
            ),
            "/paths/~1a/get/parameters/0/$ref: #/components/parameters/Gone points nowhere",
        ),
        (
            with_operation("/a", "{responses: {'404': {description: no}}}"),
            "/paths/~1a/get/responses: describes no success",
        ),
        (
            with_operation(
                "/a",
                "{responses: {'200': {description: ok, content: {text/csv: {schema: {type: string}}}}}}",
            ),
            "/paths/~1a/get/responses/200/content: only application/json answers",
        ),
        (
            with_operation(
                "/a",
                "{requestBody: {content: {multipart/form-data: {schema: {type: object}}}}, responses: {'200': {description: ok}}}",
            ),
            "/paths/~1a/get/requestBody/content: only application/json bodies",
        ),
        (
            with_operation("/a", "{x-kind: wild, responses: {'200': {description: ok}}}"),
            "/paths/~1a/get/x-kind: must be read",
        ),
        (
            with_operation("/a", "{x-kind: bulk-destructive, responses: {'200': {description: ok}}}"),
            "/paths/~1a/get: a bulk-destructive operation, and no other, needs an x-confirm",
        ),
        (
            with_operation(
                "/a",
                "{x-paging: {style: offset, rows: items, row-id: id, size: 1}, responses: {'200': {description: ok}}}",
            ),
            "/paths/~1a/get/x-paging/style: needs a query parameter skip",
        ),
        (
            format!(
                "{}    post: {ok}\n",
                with_operation("/a", "{operationId: same, responses: {'200': {description: ok}}}")
            )
            .replace(ok, "{operationId: same, responses: {'200': {description: ok}}}"),
            "/paths/~1a/post: a.same is the name of /paths/~1a/get already",
        ),
    ];
    for (document, expected) in cases {
        let said = refused(&document, None);
        assert!(
            said.contains("api.yaml: ") && said.contains(expected),
            "{document}\nexpected {expected}\nsaid {said}"
        );
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let said = refused(&with_schema("{not: {}, contains: {}, type: wide}"), None);
    assert!(said.contains("/Thing/not") && said.contains("/Thing/contains"), "{said}");
}

#[test]
fn overlays_are_checked_too() {
    let document = with_operation("/a", "{responses: {'200': {description: ok}}}");
    let cases = [
        ("overlay: 2.0.0\nactions: []", "overlay.yaml: /overlay: must be a 1.0.x version"),
        ("overlay: 1.0.0", "overlay.yaml: /actions: must be a list of actions"),
        ("overlay: 1.0.0\nactions: [{update: {}}]", "overlay.yaml: /actions/0/target: must be a JSONPath"),
        (
            "overlay: 1.0.0\nactions: [{target: '$[', update: {}}]",
            "overlay.yaml: /actions/0/target: isn't a JSONPath",
        ),
        (
            "overlay: 1.0.0\nactions: [{target: $.info}]",
            "overlay.yaml: /actions/0: must have either `update` or `remove: true`",
        ),
        (
            "overlay: 1.0.0\nactions: [{target: $.info.title, update: {a: 1}}]",
            "overlay.yaml: /actions/0/update: /info/title and the update must both be objects",
        ),
    ];
    for (overlay, expected) in cases {
        let said = refused(&document, Some(overlay));
        assert!(said.contains(expected), "{overlay}\nexpected {expected}\nsaid {said}");
    }
}

#[test]
fn overlay_actions_update_remove_and_report() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    fs::write(
        folder.path().join("api.yaml"),
        with_operation(
            "/a",
            "{tags: [old], responses: {'200': {description: ok}, '404': {description: no}}}",
        ),
    )
    .unwrap();
    let overlay = "overlay: 1.0.0
actions:
  - {target: $.paths.*.get, update: {x-resource: things, x-method: fetch}}
  - {target: \"$.paths['/a'].get.responses['404']\", remove: true}
  - {target: $.paths.gone, remove: true}
";
    let output = regen(folder.path(), Some(overlay), &out);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("/actions/2: $.paths.gone matches nothing in api.yaml"), "{said}");
    let document = fs::read_to_string(out.join("crates/emulator/src/generated/document.json")).unwrap();
    assert!(!document.contains("404"), "{document}");
    assert!(
        fs::read_to_string(out.join("crates/sdk/src/generated/things.rs")).unwrap().contains("pub fn fetch")
    );
}

#[test]
fn a_document_without_out_is_refused() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_devin-v2-codegen")).args(["--spec", "api.yaml"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("--spec needs --out"), "{said}");
}

/// A document with an operation under each tag and operationId; the path is that of its place.
fn with_names(names: &[(&str, &str)]) -> String {
    let operation = |(index, (tag, id)): (usize, &(&str, &str))| {
        format!(
            "  /p{index}: {{get: {{tags: ['{tag}'], operationId: '{id}', responses: {{'200': {{description: ok}}}}}}}}\n"
        )
    };
    let operations: String = names.iter().enumerate().map(operation).collect();
    format!("{HEAD}paths:\n{operations}")
}

/// A document whose operation at `/t/{id}` has these parameters beside `id`, and this body if it isn't empty.
fn with_parameters(parameters: &str, body: &str) -> String {
    let body = match body {
        "" => String::new(),
        body => format!("requestBody: {{content: {{application/json: {{schema: {body}}}}}}}, "),
    };
    format!(
        "{HEAD}paths:\n  /t/{{id}}:\n    put: {{tags: [t], operationId: put, parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}, {parameters}], {body}responses: {{'200': {{description: ok}}}}}}\n"
    )
}

/// One parameter of the query.
fn query(name: &str) -> String {
    format!("{{name: '{name}', in: query, schema: {{type: string}}}}")
}

#[test]
fn names_without_a_form_in_rust_are_refused() {
    for tag in ["self", "Self", "", "crate", "type", "1", "日本", "operations", "mod", "gen", "option"] {
        let said = refused(&with_names(&[(tag, "get")]), None);
        assert!(said.contains("/paths/~1p0/get: ") && said.contains("can't be a resource's name"), "{said}");
        assert!(said.contains("give it an x-resource"), "{said}");
    }
    for id in ["self", "Self", "1", "日本", "new", "New", "gen", "option"] {
        let said = refused(&with_names(&[("t", id)]), None);
        assert!(said.contains("/paths/~1p0/get: ") && said.contains("can't be a method's name"), "{said}");
        assert!(said.contains("give it an x-method"), "{said}");
    }
    for name in ["self", "result", "string", "Timestamp", "nullable"] {
        let said = refused(&with_schema("{type: string, enum: [a]}").replace("Thing", name), None);
        assert!(said.contains("/components/schemas/") && said.contains("can't be a type's name"), "{said}");
        assert!(said.contains("give it an x-name"), "{said}");
    }
    let said = refused(&with_schema("{properties: {a: {type: string, enum: [b], x-name: '1'}}}"), None);
    assert!(said.contains("\"1\" can't be a type's name"), "{said}");
    for name in ["_", "", "$", "日本²", "gen", "it\'\'s"] {
        let said = refused(&with_parameters(&query(name), ""), None);
        assert!(
            said.contains("/paths/~1t~1{id}/put/parameters/1/name: ")
                && said.contains("can't be a parameter's name in Rust"),
            "{said}"
        );
        let body = format!("{{type: object, properties: {{'{name}': {{type: string}}}}}}");
        let said = refused(&with_parameters("", &body), None);
        assert!(
            said.contains("/components/schemas/TPutBody/properties/")
                && said.contains("can't be a field's name in Rust"),
            "{said}"
        );
    }
}

/// Each resource is a method of the client: none may be called like one that is written by hand.
#[test]
fn resources_called_like_a_method_of_the_client_are_refused() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/sdk/src/client.rs");
    let source = syn::parse_file(&fs::read_to_string(source).unwrap()).unwrap();
    let mut count = 0;
    for item in &source.items {
        let syn::Item::Impl(block) = item else { continue };
        if block.trait_.is_some() {
            continue;
        }
        for item in &block.items {
            let syn::ImplItem::Fn(method) = item else { continue };
            let name = method.sig.ident.to_string();
            let said = refused(&with_names(&[(&name, "get")]), None);
            assert!(
                said.contains(&format!("{name:?} can't be a resource's name: the SDK's Client has")),
                "{said}"
            );
            count += 1;
        }
    }
    assert!(count > 15, "the methods aren't where this test looks");
}

#[test]
fn names_that_are_the_same_in_rust_are_refused() {
    let cases = [
        (
            with_names(&[("t", "a_1"), ("t", "a1")]),
            "/paths/~1p1/get: t.a1 and t.a_1 of /paths/~1p0/get are the same",
        ),
        (with_names(&[("a", "b_c"), ("a_b", "c")]), "/paths/~1p1/get: a_b.c and a.b_c of"),
        (with_names(&[("t", "t"), ("t", "t_call")]), "/paths/~1p1/get: t.t_call and t.t of"),
        (
            with_parameters(&[query("orgId"), query("org_id")].join(","), ""),
            "/put/parameters/2/name: \"org_id\" and the parameter \"orgId\" are both org_id in Rust",
        ),
        (with_parameters(&[query("a-b"), query("a b")].join(","), ""), "are both a_b in Rust"),
        (with_parameters(&query("ID"), ""), "/put/parameters/1/name: \"ID\" and the parameter \"id\""),
        (
            with_parameters(&[query("page"), query("start_page")].join(","), ""),
            "/put/parameters/2/name: \"start_page\" and the parameter \"page\"",
        ),
        (
            with_schema("{properties: {orgId: {type: string}, org_id: {type: string}}}"),
            "/components/schemas/Thing/properties/org_id: \"org_id\" and the field \"orgId\" are both org_id",
        ),
        (with_schema("{properties: {$: {}, '#': {}}}"), "/Thing/properties/#: \"#\" and the field \"$\""),
        (
            with_schema("{properties: {a-b: {}, a b: {}}}"),
            "/Thing/properties/a b: \"a b\" and the field \"a-b\"",
        ),
        (
            with_schema("{properties: {Extra: {}}}"),
            "/Thing/properties/Extra: \"Extra\" would be the field extra",
        ),
        (
            with_schema(
                "{allOf: [{$ref: '#/components/schemas/Base'}, {properties: {orgId: {}}}]}, Base: {properties: {org_id: {}}}",
            ),
            "/components/schemas/Thing/allOf/1/properties/orgId: \"orgId\" and the field \"org_id\"",
        ),
        (
            with_parameters(&query("body_id"), "{type: object, properties: {id: {type: string}}}"),
            "/components/schemas/TPutBody/properties/id: \"id\" and \"body_id\" of",
        ),
    ];
    for (document, expected) in cases {
        let said = refused(&document, None);
        assert!(said.contains(expected), "{document}\nexpected {expected}\nsaid {said}");
    }
}

#[test]
fn names_that_a_call_has_itself_are_refused() {
    let body = "{type: object, properties: {request: {type: string}}}";
    let paged = "{name: limit, in: query, schema: {type: integer}}, {name: skip, in: query, schema: {type: integer}}, {name: resume, in: query, schema: {type: string}}";
    let rows = "{description: ok, content: {application/json: {schema: {type: object, properties: {items: {type: array, items: {type: string}}}}}}}";
    let cases = [
        (with_parameters(&query("client"), ""), "parameters/1/name: \"client\" is what"),
        (
            with_parameters("", "{type: string}").replace("id", "client"),
            "parameters/0/name: \"client\" is what",
        ),
        (with_parameters(&query("body"), "{type: string}"), "parameters/1/name: \"body\" is what"),
        (with_parameters(&query("request"), ""), "parameters/1/name: \"request\" is what"),
        (with_parameters("", body), "/TPutBody/properties/request: \"request\" is what"),
        (
            with_parameters("{name: base, in: query, schema: {type: string, format: date-time}}", ""),
            "parameters/1/name: \"base\" is what",
        ),
        (
            with_parameters(paged, "").replace("{description: ok}", rows).replace(
                "operationId",
                "x-paging: {style: offset, rows: items, row-id: id, size: 1}, operationId",
            ),
            "parameters/3/name: \"resume\" is what",
        ),
    ];
    for (document, expected) in cases {
        let said = refused(&document, None);
        assert!(said.contains(expected), "{document}\nexpected {expected}\nsaid {said}");
    }
}

#[test]
fn requests_that_cannot_be_made_are_refused() {
    for method in ["options", "trace"] {
        let document = with_operation("/a", "{responses: {'200': {description: ok}}}")
            .replace("get:", &format!("{method}:"));
        let said = refused(&document, None);
        let expected = format!("/paths/~1a/{method}: {} requests can't be expressed", method.to_uppercase());
        assert!(said.contains(&expected), "{said}");
    }
    let first = with_parameters("", "");
    let second = first
        .split_once("paths:\n")
        .unwrap()
        .1
        .replace("id", "name")
        .replace("operatnameonId", "operationId");
    let said = refused(&format!("{first}{}", second.replace("operationId: put", "operationId: other")), None);
    assert!(said.contains("/paths/~1t~1{name}/put: is the same request as /paths/~1t~1{id}/put"), "{said}");
}

#[test]
fn bodies_with_fields_of_any_name_are_refused() {
    let body = "{type: object, properties: {a: {type: string}}, additionalProperties: {type: integer}}";
    let said = refused(&with_parameters("", body), None);
    assert!(
        said.contains("/components/schemas/TPutBody/additionalProperties: a body can't have both"),
        "{said}"
    );
}

#[test]
fn schemas_that_are_only_themselves_are_refused() {
    let itself = "{$ref: '#/components/schemas/Thing'}";
    let cases = [
        (itself.to_owned(), "(Thing → Thing)"),
        (format!("{{allOf: [{itself}, {{properties: {{a: {{}}}}}}]}}"), "(Thing → Thing)"),
        (format!("{{description: d, allOf: [{itself}]}}"), "(Thing → Thing)"),
        (format!("{{$ref: '#/components/schemas/Other'}}, Other: {itself}"), "(Thing → Other → Thing)"),
        (
            format!(
                "{{oneOf: [{{$ref: '#/components/schemas/Other'}}, {{type: string}}]}}, Other: {{allOf: [{itself}, {{}}]}}"
            ),
            "(Thing → Other → Thing)",
        ),
    ];
    for (schema, expected) in cases {
        let said = refused(&with_schema(&schema), None);
        assert!(
            said.contains("/components/schemas/Thing: is defined by itself") && said.contains(expected),
            "{said}"
        );
    }
}

#[test]
fn a_key_that_is_there_twice_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |file: &str, text: &str| {
        let path = folder.path().join(file);
        fs::write(&path, text).unwrap();
        devin_v2_codegen::run(&path, None).unwrap_err().to_string()
    };
    let said = refused("api.json", r#"{"openapi": "3.1.0", "paths": {"/a": {"get": {}, "get": {}}}}"#);
    assert!(said.contains("isn't JSON: the key \"get\" is there twice"), "{said}");
    assert!(refused("api.json", "{").contains("isn't JSON: "));
    assert!(refused("api.yaml", "paths: {}\npaths: {}").contains("isn't YAML: "));
}

/// Names that are words of the language, or that start with a digit, only get an underscore.
#[test]
fn names_that_need_an_underscore_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("api.json");
    let parameters = [query("type"), query("self"), query("2fa"), query("page"), query("send")].join(",");
    let document = with_parameters(
        &parameters,
        "{type: object, properties: {match: {type: string}, id: {type: string}, client: {type: string}}}",
    );
    let document: serde_json::Value =
        serde_saphyr::from_str(&document.replace("Id: put", "Id: match")).unwrap();
    fs::write(&path, document.to_string()).unwrap();
    let run = devin_v2_codegen::run(&path, None).unwrap();
    let (_, text) = run.files.iter().find(|(path, _)| *path == "crates/sdk/src/generated/t.rs").unwrap();
    for setter in ["type_", "self_", "_2fa", "start_page", "send_", "match_", "body_id", "client"] {
        assert!(text.contains(&format!("pub fn {setter}(mut self, ")), "{setter}");
    }
}

#[test]
fn components_that_are_no_object_are_refused() {
    for (components, place) in [("a", "/components: "), ("{schemas: a}", "/components/schemas: ")] {
        let said = refused(&format!("{HEAD}paths: {{}}\ncomponents: {components}\n"), None);
        assert!(said.contains(&format!("{place}must be an object")), "{said}");
    }
}

/// Whoever follows a chain of references takes some of the stack for each.
#[test]
fn chains_without_an_end_are_refused() {
    let link = |(from, to): (usize, usize)| format!("A{from}: {{$ref: '#/components/schemas/A{to}'}}");
    let document = |links: Vec<String>| {
        let links = links.join(", ");
        format!("{HEAD}paths: {{}}\ncomponents: {{schemas: {{{links}, A0: {{type: string}}}}}}\n")
    };
    let links: Vec<String> = (1..=10_000).map(|number| link((number, number - 1))).collect();
    for links in [links.clone(), links.into_iter().rev().collect()] {
        let said = refused(&document(links), None);
        assert!(said.contains("is defined by more than 100 others, one by the next"), "{said}");
    }
}

#[test]
fn overlays_that_grow_without_bound_are_refused() {
    let document = with_operation("/a", "{responses: {'200': {description: ok}}}");
    let overlay = |actions: &str| format!("overlay: 1.0.0\nactions:\n{actions}");
    let doubling: String =
        (0..40).map(|number| format!("  - {{target: $..*, update: {{a{number}: {{}}}}}}\n")).collect();
    let deepening = "  - {target: $.x..*, update: {a: {}}}\n".repeat(200);
    let nested =
        format!("  - {{target: '$[?{}@.a{}]', remove: true}}\n", "!(".repeat(3_000), ")".repeat(3_000));
    for (actions, expected) in [
        (doubling, "/update: "),
        (format!("  - {{target: $, update: {{x: {{a: {{}}}}}}}}\n{deepening}"), "deeper than 100 levels"),
        (nested, "/actions/0/target: opens more than 64 brackets"),
        ("  - {target: $..*..*..*, remove: true}\n".to_owned(), "more than 2 `..`"),
    ] {
        let said = refused(&document, Some(&overlay(&actions)));
        assert!(said.contains(expected), "expected {expected}\nsaid {said}");
    }
}

/// Each field leads to all of them again: nine levels of that are more than anyone waits for.
#[test]
fn bodies_of_themselves_come_to_an_end() {
    let fields: Vec<String> =
        (0..100).map(|number| format!("p{number}: {{$ref: '#/components/schemas/A'}}")).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("api.yaml");
    let body = "{$ref: '#/components/schemas/A'}";
    let schema = format!(
        "components: {{schemas: {{A: {{type: object, properties: {{name: {{type: string, maxLength: 9}}, {}}}}}}}}}\n",
        fields.join(", ")
    );
    fs::write(&path, format!("{}{schema}", with_parameters("", body))).unwrap();
    let run = devin_v2_codegen::run(&path, None).unwrap();
    let (_, text) =
        run.files.iter().find(|(path, _)| *path == "crates/sdk/src/generated/operations.rs").unwrap();
    assert!(text.contains("at: \"/name\"") && text.len() < 100_000, "{text}");
}

#[test]
fn an_update_that_replaces_what_it_is_for_is_refused() {
    let overlay = "overlay: 1.0.0\nactions:\n  - {target: $..*, update: {responses: read}}\n";
    let said = refused(&with_operation("/a", "{responses: {'200': {description: ok}}}"), Some(overlay));
    assert!(said.contains("replaces what holds /paths/~1a/get/responses/200"), "{said}");
}

#[test]
fn elements_are_removed_in_any_order() {
    let read = |text: &str| devin_v2_codegen::spec::parse("a.yaml".to_owned(), text).unwrap();
    for (target, left) in [("$.a[::-1]", "[]"), ("$.a[0, 0, 2]", "[1]"), ("$.a[10, 9, 1]", "[0,2]")] {
        let overlay = format!("overlay: 1.0.0\nactions:\n  - {{target: '{target}', remove: true}}\n");
        let (result, _) = devin_v2_codegen::spec::overlay(&read("a: [0, 1, 2]"), &read(&overlay)).unwrap();
        assert_eq!(result.root["a"].to_string(), left, "{target}");
    }
}
