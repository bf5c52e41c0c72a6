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
