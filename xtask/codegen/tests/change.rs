//! What `change` tells of each kind of change: its place, what it does in each language, and why.
//! `INSTA_UPDATE=always cargo test -p devin-v2-codegen --test change` writes the snapshots anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use devin_v2_codegen::change::{Report, Side, Verdict, compare};
use devin_v2_codegen::problem::Document;
use devin_v2_codegen::spec;
use serde_json::{Value, json};

/// A change of the document or, if it is one of ours, of the overlay.
type Edit = (&'static str, fn(&mut Value));

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> Document {
    spec::read(&root().join(path)).unwrap()
}

/// What is told of each edit of this project's document.
fn told(edits: &[Edit]) -> String {
    let (document, overlay) = (read("openapi/devin-v2.yaml"), read("openapi/overlay.yaml"));
    let old = Side::of(document.clone(), Some(&overlay)).unwrap();
    let told = edits.iter().map(|(what, edit)| {
        let mut document = document.clone();
        edit(&mut document.root);
        let new = Side::of(document, Some(&overlay)).unwrap_or_else(|problems| panic!("{what}: {problems}"));
        shown(what, &compare(&old, &new))
    });
    told.collect()
}

/// The same of edits of what the overlay makes of the document, which are those of the overlay.
fn told_of_overlaid(edits: &[Edit]) -> String {
    let (document, _) = spec::overlay(&read("openapi/devin-v2.yaml"), &read("openapi/overlay.yaml")).unwrap();
    let old = Side::of(document.clone(), None).unwrap();
    let told = edits.iter().map(|(what, edit)| {
        let mut document = document.clone();
        edit(&mut document.root);
        let new = Side::of(document, None).unwrap_or_else(|problems| panic!("{what}: {problems}"));
        shown(what, &compare(&old, &new))
    });
    told.collect()
}

fn shown(what: &str, report: &Report) -> String {
    let text = report.text("0.1.0");
    let (text, _) = text.split_once("\nNext version").unwrap_or((&text, ""));
    format!("==== {what}: {:?}\n{text}\n", report.verdict())
}

fn at<'a>(root: &'a mut Value, pointer: &str) -> &'a mut Value {
    root.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"))
}

fn set(root: &mut Value, pointer: &str, key: &str, value: Value) {
    at(root, pointer).as_object_mut().unwrap().insert(key.to_owned(), value);
}

fn remove(root: &mut Value, pointer: &str, key: &str) -> Value {
    at(root, pointer)
        .as_object_mut()
        .unwrap()
        .shift_remove(key)
        .unwrap_or_else(|| panic!("no {key} at {pointer}"))
}

fn push(root: &mut Value, pointer: &str, value: Value) {
    at(root, pointer).as_array_mut().unwrap().push(value);
}

fn take(root: &mut Value, pointer: &str, value: &Value) {
    let list = at(root, pointer).as_array_mut().unwrap();
    let before = list.len();
    list.retain(|other| other != value);
    assert_eq!(list.len() + 1, before, "{pointer} doesn't hold {value}");
}

const SELF: &str = "/paths/~1v2~1enterprise~1self";
const MEMBERS: &str = "/paths/~1v2~1enterprise~1members/get";
const MEMBER: &str = "/paths/~1v2~1enterprise~1members~1{user_id}";
const SESSIONS: &str = "/paths/~1v2~1enterprise~1sessions/get";
const SESSION: &str = "/paths/~1v2~1enterprise~1sessions~1{session_id}/get";
const PLAYBOOK: &str = "/paths/~1v2~1enterprise~1playbooks~1{playbook_id}";
const API_KEYS: &str = "/paths/~1v2~1enterprise~1api-keys";
const DAILY: &str = "/paths/~1v2~1enterprise~1consumption~1daily/get";
const ROLES: &str = "/paths/~1v2~1enterprise~1roles/get";
const SCHEMAS: &str = "/components/schemas";
const ANSWER: &str = "/responses/200/content/application~1json/schema";

#[test]
fn operations() {
    let told = told(&[
        ("nothing", |_| {}),
        ("a new operation", |root| {
            let operation = json!({ "tags": ["budgets"], "summary": "Budgets", "responses": { "200": { "description": "ok" } } });
            set(root, "/paths", "/v2/enterprise/budgets", json!({ "get": operation }));
        }),
        ("an operation is gone", |root| drop(remove(root, PLAYBOOK, "delete"))),
        ("a whole path is gone", |root| drop(remove(root, "/paths", "/v2/enterprise/self"))),
        ("PUT becomes POST, which is not tried again", |root| {
            let operation = remove(root, PLAYBOOK, "put");
            set(root, PLAYBOOK, "post", with_names(operation, "playbooks", "update"));
        }),
        ("PUT becomes PATCH and asks elsewhere", |root| {
            let operation = remove(root, PLAYBOOK, "put");
            set(
                root,
                "/paths",
                "/v2/enterprise/books/{playbook_id}",
                json!({
                    "patch": with_names(operation, "playbooks", "update")
                }),
            );
        }),
        ("it asks elsewhere, and takes an argument more", |root| {
            let mut item = remove(root, "/paths", "/v2/enterprise/self");
            item["get"] = with_names(item["get"].take(), "identity", "get");
            item["get"]["parameters"] =
                json!([{ "name": "verbose", "in": "query", "schema": { "type": "boolean" } }]);
            set(root, "/paths", "/v2/enterprise/me", item);
        }),
        ("another operationId", |root| {
            set(root, &format!("{SELF}/get"), "operationId", json!("who_am_i"));
        }),
        ("a path parameter is called otherwise", |root| {
            let mut item = remove(root, "/paths", "/v2/enterprise/snapshots/{snapshot_id}");
            item["get"]["parameters"][0]["name"] = json!("id");
            item["get"] = with_names(item["get"].take(), "snapshots", "get");
            set(root, "/paths", "/v2/enterprise/snapshots/{id}", item);
        }),
        ("a word that an id may not be", |root| {
            let operation = json!({ "tags": ["members"], "responses": { "200": { "description": "ok" } } });
            set(root, "/paths", "/v2/enterprise/members/me", json!({ "get": operation }));
        }),
    ]);
    insta::assert_snapshot!(told);
}

/// An operation with the names that the overlay gives it where it stands now.
fn with_names(mut operation: Value, resource: &str, method: &str) -> Value {
    operation["x-resource"] = json!(resource);
    operation["x-method"] = json!(method);
    operation
}

#[test]
fn names_and_guards_of_the_overlay() {
    let told = told_of_overlaid(&[
        ("another method name", |root| set(root, MEMBERS, "x-method", json!("all"))),
        ("another resource", |root| set(root, MEMBERS, "x-resource", json!("users"))),
        ("two operations swap their names", |root| {
            set(root, &format!("{MEMBER}/get"), "x-method", json!("remove"));
            set(root, &format!("{MEMBER}/delete"), "x-method", json!("get"));
        }),
        ("another type name", |root| {
            set(root, &format!("{SCHEMAS}/SessionResponse"), "x-name", json!("Run"))
        }),
        ("another name for the type of a body", |root| {
            set(root, &format!("{SCHEMAS}/OrganizationUpdate"), "x-name", json!("OrganizationPatch"));
        }),
        ("another name for an enum written twice", |root| {
            for schema in ["SessionResponse", "SessionDetailResponse"] {
                let at = format!("{SCHEMAS}/{schema}/properties/status");
                set(root, &at, "x-name", json!("Status"));
            }
        }),
        ("a destructive operation", |root| {
            set(root, &format!("{PLAYBOOK}/put"), "x-kind", json!("destructive"))
        }),
        ("a confirmation is needed", |root| {
            set(root, &format!("{PLAYBOOK}/delete"), "x-kind", json!("bulk-destructive"));
            set(root, &format!("{PLAYBOOK}/delete"), "x-confirm", json!("delete-{playbook_id}"));
        }),
        ("another confirmation", |root| set(root, &format!("{API_KEYS}/delete"), "x-confirm", json!("yes"))),
        ("no confirmation", |root| {
            remove(root, &format!("{API_KEYS}/delete"), "x-confirm");
            set(root, &format!("{API_KEYS}/delete"), "x-kind", json!("destructive"));
        }),
        ("no billing days", |root| drop(remove(root, DAILY, "x-billing-days"))),
        ("other billing days", |root| set(root, DAILY, "x-billing-days", json!(["start", "end"]))),
        ("new billing days", |root| {
            set(root, "/paths/~1v2~1enterprise~1audit-logs/get", "x-billing-days", json!(["after", "before"]))
        }),
        ("a body that may name others than the path", |root| {
            let at = "/paths/~1v2~1enterprise~1organizations~1{org_id}~1members/post";
            drop(remove(root, at, "x-same-as-path"));
        }),
        ("no type that is billing days", |root| {
            drop(remove(root, &format!("{SCHEMAS}/BillingCycle"), "x-billing-days"));
        }),
        ("other ranges", |root| {
            set(root, DAILY, "x-ranges", json!([["start", "end"], ["start", "end_date"]]))
        }),
        ("a secret", |root| {
            set(root, &format!("{SCHEMAS}/SessionResponse/properties/url"), "x-sensitive", json!("secret"))
        }),
        ("personal data", |root| {
            set(root, &format!("{SCHEMAS}/SessionResponse/properties/url"), "x-sensitive", json!("personal"));
        }),
        ("columns of a table", |root| {
            set(
                root,
                &format!("{SCHEMAS}/ConsumptionResponse/properties/consumption_by_date"),
                "x-table-key",
                json!("day"),
            );
        }),
        ("another successor", |root| set(root, MEMBERS, "x-v3-twin", json!("GET /v3/users"))),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn paging() {
    let told = told_of_overlaid(&[
        ("another page size", |root| set(root, &format!("{MEMBERS}/x-paging"), "size", json!(50))),
        ("another row id", |root| set(root, &format!("{MEMBERS}/x-paging"), "row-id", json!("email"))),
        ("no listing", |root| drop(remove(root, MEMBERS, "x-paging"))),
        ("a listing", |root| {
            let at = "/paths/~1v2~1enterprise~1hypervisors~1health/get";
            for name in ["skip", "limit"] {
                let parameter = json!({ "name": name, "in": "query", "schema": { "type": "integer" } });
                at_or_new(root, at, "parameters", json!([])).as_array_mut().unwrap().push(parameter);
            }
            set(
                root,
                at,
                "x-paging",
                json!({ "style": "offset", "rows": "items", "row-id": "user_id", "size": 9 }),
            );
            let page = json!({ "$ref": "#/components/schemas/PaginatedResponse_EnterpriseUserResponse_" });
            set(root, &format!("{at}/responses/200/content/application~1json"), "schema", page);
        }),
        ("another style", |root| {
            set(root, &format!("{MEMBERS}/x-paging"), "style", json!("page-number"));
            set(root, &format!("{MEMBERS}/parameters/0"), "name", json!("page"));
            set(root, &format!("{MEMBERS}/parameters/1"), "name", json!("per_page"));
        }),
        ("rows come under another name", |root| {
            let at = format!("{SCHEMAS}/PaginatedResponse_EnterpriseUserResponse_");
            let rows = remove(root, &format!("{at}/properties"), "items");
            set(root, &format!("{at}/properties"), "rows", rows);
            take(root, &format!("{at}/required"), &json!("items"));
            push(root, &format!("{at}/required"), json!("rows"));
            set(root, &format!("{MEMBERS}/x-paging"), "rows", json!("rows"));
        }),
        ("rows of another type", |root| {
            let at = format!("{SCHEMAS}/PaginatedResponse_EnterpriseUserResponse_/properties/items");
            set(root, &at, "items", json!({ "$ref": "#/components/schemas/UserOrgResponse" }));
        }),
        ("pages of another type with the same rows", |root| {
            let page = at(root, &format!("{SCHEMAS}/PaginatedResponse_EnterpriseUserResponse_")).clone();
            set(root, SCHEMAS, "OtherPage", page);
            set(root, &format!("{SCHEMAS}/OtherPage"), "x-name", json!("OtherPage"));
            let page = json!({ "$ref": "#/components/schemas/OtherPage" });
            set(root, &format!("{MEMBERS}/responses/200/content/application~1json"), "schema", page);
        }),
        ("pages no longer tell their total", |root| {
            let at = format!("{SCHEMAS}/PaginatedResponse_EnterpriseUserResponse_");
            remove(root, &format!("{at}/properties"), "total");
            take(root, &format!("{at}/required"), &json!("total"));
        }),
    ]);
    insta::assert_snapshot!(told);
}

fn at_or_new<'a>(root: &'a mut Value, pointer: &str, key: &str, value: Value) -> &'a mut Value {
    at(root, pointer).as_object_mut().unwrap().entry(key).or_insert(value)
}

#[test]
fn arguments() {
    let told = told(&[
        ("a new filter", |root| {
            let parameter = json!({ "name": "state", "in": "query", "schema": { "type": "string" } });
            at(root, &format!("{SESSIONS}/parameters")).as_array_mut().unwrap().insert(2, parameter);
        }),
        ("the first argument by name", |root| {
            let parameter = json!({ "name": "verbose", "in": "query", "schema": { "type": "boolean" } });
            push(root, &format!("{SESSION}/parameters"), parameter);
        }),
        ("a new argument that must be given", |root| {
            let parameter =
                json!({ "name": "org", "in": "query", "required": true, "schema": { "type": "string" } });
            push(root, &format!("{SESSION}/parameters"), parameter);
        }),
        ("a filter is gone", |root| {
            drop(at(root, &format!("{MEMBERS}/parameters")).as_array_mut().unwrap().pop())
        }),
        ("a filter must be given", |root| {
            set(root, &format!("{MEMBERS}/parameters/2"), "required", json!(true))
        }),
        ("a filter is a list", |root| {
            set(
                root,
                &format!("{MEMBERS}/parameters/2"),
                "schema",
                json!({ "type": "array", "items": { "type": "string" } }),
            );
        }),
        ("a list is one value", |root| {
            set(root, &format!("{SESSIONS}/parameters/6"), "schema", json!({ "type": "string" }));
        }),
        ("text becomes a time", |root| {
            set(
                root,
                &format!("{MEMBERS}/parameters/2"),
                "schema",
                json!({ "type": "string", "format": "date-time" }),
            );
        }),
        ("a size of pages is text", |root| {
            set(root, &format!("{MEMBERS}/parameters/1"), "schema", json!({ "type": "string" }));
        }),
        ("another default", |root| set(root, &format!("{MEMBERS}/parameters/1/schema"), "default", json!(7))),
        ("a tighter limit", |root| {
            set(root, &format!("{MEMBERS}/parameters/1/schema"), "maximum", json!(50))
        }),
        ("a looser limit", |root| {
            set(root, &format!("{MEMBERS}/parameters/1/schema"), "maximum", json!(500))
        }),
        ("no limit", |root| drop(remove(root, &format!("{MEMBERS}/parameters/1/schema"), "maximum"))),
        ("a new limit", |root| {
            set(
                root,
                &format!("{SESSIONS}/parameters/6"),
                "schema",
                json!({
                    "anyOf": [{ "type": "array", "items": { "type": "string" }, "maxItems": 5 }, { "type": "null" }]
                }),
            )
        }),
        ("arguments in another order", |root| {
            at(root, &format!("{SESSIONS}/parameters")).as_array_mut().unwrap().swap(6, 7);
        }),
        ("an id that is a number", |root| {
            set(root, &format!("{SESSION}/parameters/0"), "schema", json!({ "type": "integer" }));
        }),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn bodies() {
    let told = told(&[
        ("a new field", |root| {
            let at = format!("{SCHEMAS}/OrganizationUpdate/properties");
            set(root, &at, "region", json!({ "type": "string" }));
        }),
        ("a new field that must be given", |root| {
            let at = format!("{SCHEMAS}/EnterpriseOrgCreate");
            set(root, &format!("{at}/properties"), "region", json!({ "type": "string" }));
            push(root, &format!("{at}/required"), json!("region"));
        }),
        ("a field is gone", |root| {
            drop(remove(root, &format!("{SCHEMAS}/OrganizationUpdate/properties"), "display_name"));
        }),
        ("a field may be left out", |root| {
            take(root, &format!("{SCHEMAS}/RoleUpdateRequest/required"), &json!("user_ids"));
        }),
        ("a field must be given", |root| {
            push(root, &format!("{SCHEMAS}/EnterpriseOrgCreate/required"), json!("add_creator_as_member"));
        }),
        ("a field may be null", |root| {
            let at = format!("{SCHEMAS}/EnterpriseOrgCreate/properties");
            set(root, &at, "add_creator_as_member", json!({ "type": ["boolean", "null"], "default": true }));
        }),
        ("a field may not be null", |root| {
            set(
                root,
                &format!("{SCHEMAS}/OrganizationUpdate/properties"),
                "max_acu_limit",
                json!({ "type": "integer" }),
            );
        }),
        ("another default", |root| {
            set(
                root,
                &format!("{SCHEMAS}/EnterpriseOrgCreate/properties/add_creator_as_member"),
                "default",
                json!(false),
            );
        }),
        ("a tighter limit", |root| {
            set(
                root,
                &format!("{SCHEMAS}/EnterpriseMemberInviteRequest/properties/emails"),
                "maxItems",
                json!(10),
            );
        }),
        ("any text, no longer an address", |root| {
            drop(remove(
                root,
                &format!("{SCHEMAS}/EnterpriseMemberInviteRequest/properties/emails/items"),
                "format",
            ));
        }),
        ("a limit that two operations share", |root| {
            set(
                root,
                &format!("{SCHEMAS}/CreateEnterprisePlaybookRequest/properties/title"),
                "maxLength",
                json!(80),
            );
        }),
        ("the body's type is answered too", |root| {
            let schema = json!({ "$ref": "#/components/schemas/OrganizationUpdate" });
            let at = "/paths/~1v2~1enterprise~1organizations~1{org_id}/patch/responses/200/content/application~1json";
            set(root, at, "schema", schema);
        }),
        ("another type for the body", |root| {
            let schema = json!({ "$ref": "#/components/schemas/EnterpriseOrgCreate" });
            let at = "/paths/~1v2~1enterprise~1organizations~1{org_id}/patch/requestBody/content/application~1json";
            set(root, at, "schema", schema);
        }),
        ("no body", |root| {
            drop(remove(
                root,
                "/paths/~1v2~1enterprise~1organizations~1{org_id}~1groups/post",
                "requestBody",
            ));
        }),
        ("a body where there was none", |root| {
            let schema = json!({ "$ref": "#/components/schemas/OrganizationUpdate" });
            let body = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
            set(root, &format!("{MEMBER}/delete"), "requestBody", body);
        }),
        ("an argument is sent in the body, no longer in the query", |root| {
            let at = "/paths/~1v2~1enterprise~1members/get";
            at_or_new(root, at, "parameters", json!([])).as_array_mut().unwrap().pop();
            let schema = json!({ "type": "object", "x-name": "MemberFilter", "properties": { "email": { "type": "string" } } });
            let body = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
            set(root, at, "requestBody", body);
        }),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn answers() {
    let told = told(&[
        ("a new field", |root| {
            set(
                root,
                &format!("{SCHEMAS}/SessionResponse/properties"),
                "region",
                json!({ "type": "string" }),
            );
        }),
        ("a field is gone", |root| {
            remove(root, &format!("{SCHEMAS}/SessionResponse/properties"), "url");
            take(root, &format!("{SCHEMAS}/SessionResponse/required"), &json!("url"));
        }),
        ("a field may be missing", |root| {
            take(root, &format!("{SCHEMAS}/SessionResponse/required"), &json!("url"));
        }),
        ("a list may be missing, which reads as empty", |root| {
            take(root, &format!("{SCHEMAS}/SessionResponse/required"), &json!("tags"));
        }),
        ("a field may be null", |root| {
            set(
                root,
                &format!("{SCHEMAS}/SessionResponse/properties"),
                "url",
                json!({ "type": ["string", "null"] }),
            );
        }),
        ("a field is never null", |root| {
            set(root, &format!("{SCHEMAS}/SessionResponse/properties"), "title", json!({ "type": "string" }));
            push(root, &format!("{SCHEMAS}/SessionResponse/required"), json!("title"));
        }),
        ("a whole number becomes a number", |root| {
            set(
                root,
                &format!("{SCHEMAS}/EnterpriseMemberInviteResponse/properties/invited_count"),
                "type",
                json!("number"),
            );
        }),
        ("a number becomes a whole number", |root| {
            set(
                root,
                &format!("{SCHEMAS}/SessionResponse/properties/acus_consumed"),
                "type",
                json!("integer"),
            );
        }),
        ("text becomes a time", |root| {
            set(root, &format!("{SCHEMAS}/SessionResponse/properties/url"), "format", json!("date-time"));
        }),
        ("one thing becomes a list", |root| {
            let schema = json!({ "type": "array", "items": { "type": "string" } });
            set(root, &format!("{SCHEMAS}/SessionResponse/properties"), "url", schema);
        }),
        ("another default", |root| {
            set(
                root,
                &format!("{SCHEMAS}/OrganizationResponse/properties/org_user_count"),
                "default",
                json!(1),
            );
        }),
        ("no default", |root| {
            drop(remove(
                root,
                &format!("{SCHEMAS}/OrganizationResponse/properties/org_user_count"),
                "default",
            ));
        }),
        ("fields in another order", |root| {
            let at = format!("{SCHEMAS}/RoleResponse/properties");
            let id = remove(root, &at, "role_id");
            set(root, &at, "role_id", id);
        }),
        ("an answer of another type", |root| {
            let schema = json!({ "$ref": "#/components/schemas/SessionResponse" });
            set(root, &format!("{SESSION}/responses/200/content/application~1json"), "schema", schema);
        }),
        ("a list becomes one thing", |root| {
            let schema = json!({ "$ref": "#/components/schemas/RoleResponse" });
            set(root, &format!("{ROLES}/responses/200/content/application~1json"), "schema", schema);
        }),
        ("one thing becomes a list of them", |root| {
            let schema =
                json!({ "type": "array", "items": { "$ref": "#/components/schemas/SessionDetailResponse" } });
            set(root, &format!("{SESSION}/responses/200/content/application~1json"), "schema", schema);
        }),
        ("an answer that nothing is said of", |root| {
            drop(remove(root, &format!("{SESSION}/responses/200"), "content"));
        }),
        ("a list of texts becomes a list of numbers", |root| {
            let at = format!("/paths/~1v2~1enterprise~1groups/put{ANSWER}");
            set(root, &at, "items", json!({ "type": "integer" }));
        }),
        ("fields beside those that are named", |root| {
            set(root, &format!("{SCHEMAS}/RoleResponse"), "additionalProperties", json!(true));
        }),
        ("a type of errors", |root| {
            drop(remove(root, &format!("{SCHEMAS}/ValidationError/properties"), "msg"));
            take(root, &format!("{SCHEMAS}/ValidationError/required"), &json!("msg"));
        }),
    ]);
    insta::assert_snapshot!(told);
}

/// `OrgGroupLimits` and what it holds are answered and sent.
#[test]
fn types_that_go_both_ways() {
    let told = told(&[
        ("a new field", |root| {
            set(
                root,
                &format!("{SCHEMAS}/OrgGroupConfig/properties"),
                "note",
                json!({ "type": ["string", "null"] }),
            );
        }),
        ("a new list", |root| {
            let list = json!({ "type": "array", "items": { "type": "string" } });
            set(root, &format!("{SCHEMAS}/OrgGroupConfig/properties"), "notes", list);
        }),
        ("a new field that must be sent", |root| {
            set(root, &format!("{SCHEMAS}/OrgGroupConfig/properties"), "note", json!({ "type": "string" }));
            push(root, &format!("{SCHEMAS}/OrgGroupConfig/required"), json!("note"));
        }),
        ("a field is never null", |root| {
            set(
                root,
                &format!("{SCHEMAS}/OrgGroupConfig/properties"),
                "max_cycle_acus",
                json!({ "type": "integer" }),
            );
        }),
        ("fields in another order", |root| {
            let at = format!("{SCHEMAS}/OrgGroupConfig/properties");
            let ids = remove(root, &at, "org_ids");
            set(root, &at, "org_ids", ids);
        }),
        ("a type is no longer sent", |root| {
            drop(remove(root, "/paths/~1v2~1enterprise~1org-group-limits", "put"));
        }),
        ("a type is no longer answered", |root| {
            remove(root, "/paths/~1v2~1enterprise~1org-group-limits", "get");
            let at = "/paths/~1v2~1enterprise~1org-group-limits/put/responses/200/content/application~1json";
            set(root, at, "schema", json!({ "$ref": "#/components/schemas/SuccessResponse" }));
        }),
        ("a type is sent too", |root| {
            let schema = json!({ "$ref": "#/components/schemas/RoleResponse" });
            let body = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
            set(root, &format!("{PLAYBOOK}/delete"), "requestBody", body);
        }),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn enums_and_types() {
    let told = told(&[
        ("a new value", |root| {
            for schema in ["SessionResponse", "SessionDetailResponse"] {
                push(root, &format!("{SCHEMAS}/{schema}/properties/status/enum"), json!("hibernating"));
            }
        }),
        ("a value is gone", |root| {
            for schema in ["SessionResponse", "SessionDetailResponse"] {
                take(root, &format!("{SCHEMAS}/{schema}/properties/status/enum"), &json!("claimed"));
            }
        }),
        ("values in another order", |root| {
            for schema in ["SessionResponse", "SessionDetailResponse"] {
                at(root, &format!("{SCHEMAS}/{schema}/properties/status/enum"))
                    .as_array_mut()
                    .unwrap()
                    .reverse();
            }
        }),
        ("a value that takes another one's name", |root| {
            for schema in ["SessionResponse", "SessionDetailResponse"] {
                let values =
                    at(root, &format!("{SCHEMAS}/{schema}/properties/status/enum")).as_array_mut().unwrap();
                values.insert(0, json!("NEW"));
            }
        }),
        ("a new value in one of two places", |root| {
            push(root, &format!("{SCHEMAS}/SessionResponse/properties/status/enum"), json!("hibernating"));
        }),
        ("an enum becomes text", |root| {
            for schema in ["SessionResponse", "SessionDetailResponse"] {
                set(root, &format!("{SCHEMAS}/{schema}/properties"), "status", json!({ "type": "string" }));
            }
        }),
        ("text becomes an enum", |root| {
            let schema = json!({ "type": "string", "enum": ["account", "org"] });
            set(root, &format!("{SCHEMAS}/RoleResponse/properties"), "role_type", schema);
        }),
        ("an object becomes a choice", |root| {
            let role = remove(root, SCHEMAS, "RoleResponse");
            set(root, SCHEMAS, "RoleResponse", json!({ "oneOf": [role, { "type": "string" }] }));
        }),
        ("a choice holds something else", |root| {
            push(
                root,
                &format!("{SCHEMAS}/ValidationError/properties/loc/items/anyOf"),
                json!({ "type": "boolean" }),
            );
        }),
        ("a type that nothing uses", |root| {
            set(
                root,
                SCHEMAS,
                "Budget",
                json!({ "type": "object", "properties": { "left": { "type": "number" } } }),
            );
        }),
        ("a component is called otherwise", |root| {
            let mut schema = remove(root, SCHEMAS, "RoleResponse");
            schema["x-name"] = json!("Role");
            set(root, SCHEMAS, "RoleOut", schema);
            set(
                root,
                &format!("{ROLES}{ANSWER}"),
                "items",
                json!({ "$ref": "#/components/schemas/RoleOut" }),
            );
        }),
        ("a component and its type are called otherwise", |root| {
            let mut schema = remove(root, SCHEMAS, "RoleResponse");
            schema["properties"]["level"] = json!({ "type": "integer" });
            set(root, SCHEMAS, "RoleOut", schema);
            set(
                root,
                &format!("{ROLES}{ANSWER}"),
                "items",
                json!({ "$ref": "#/components/schemas/RoleOut" }),
            );
        }),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn what_only_the_document_says() {
    let told = told(&[
        ("descriptions and examples", |root| {
            set(root, MEMBERS, "description", json!("Other."));
            set(root, &format!("{MEMBERS}/parameters/1"), "example", json!(3));
            set(root, "/tags/0", "description", json!("Other."));
            set(root, "/info", "version", json!("2.1.0"));
        }),
        ("deprecated", |root| {
            set(root, MEMBERS, "deprecated", json!(true));
            set(root, &format!("{SESSIONS}/parameters/6"), "deprecated", json!(true));
            set(root, &format!("{SCHEMAS}/RoleResponse/properties/role_type"), "deprecated", json!(true));
        }),
        ("another error", |root| {
            set(root, &format!("{MEMBERS}/responses"), "409", json!({ "description": "busy" }));
        }),
        ("another status of success", |root| {
            let answer = remove(root, &format!("{MEMBERS}/responses"), "200");
            set(root, &format!("{MEMBERS}/responses"), "201", answer);
        }),
        ("another key", |root| set(root, "/components/securitySchemes/HTTPBearer", "scheme", json!("basic"))),
        ("another server", |root| set(root, "/servers/0", "url", json!("https://api.example.com"))),
        ("limits of answers", |root| {
            set(root, &format!("{SCHEMAS}/RoleResponse/properties/role_id"), "maxLength", json!(9));
        }),
        ("a pattern", |root| {
            set(
                root,
                &format!("{SCHEMAS}/OrganizationUpdate/properties/display_name/anyOf/0"),
                "pattern",
                json!("^a"),
            );
        }),
        ("a body that may be missing", |root| {
            let at = "/paths/~1v2~1enterprise~1organizations~1{org_id}/patch/requestBody";
            set(root, at, "required", json!(false));
        }),
        ("the same in other words", |root| {
            set(
                root,
                &format!("{SCHEMAS}/SessionResponse/properties"),
                "title",
                json!({
                    "type": ["string", "null"], "description": "Title of the session; null or missing until it has one."
                }),
            );
        }),
        ("a field called like a keyword", |root| {
            set(
                root,
                &format!("{SCHEMAS}/RoleResponse/properties"),
                "description",
                json!({ "type": "string" }),
            );
        }),
        ("a limit that the overlay overrides", |root| {
            set(
                root,
                &format!("{SCHEMAS}/EnterpriseMemberInviteRequest/properties/emails"),
                "minItems",
                json!(5),
            );
        }),
        ("a pattern beside a change that is understood", |root| {
            let schema = json!({ "type": "integer", "multipleOf": 5 });
            set(root, &format!("{SCHEMAS}/SessionResponse/properties"), "url", schema);
        }),
        ("a pattern beside an enum that becomes text", |root| {
            for schema in ["SessionResponse", "SessionDetailResponse"] {
                let text = json!({ "type": "string", "pattern": "^a" });
                set(root, &format!("{SCHEMAS}/{schema}/properties"), "status", text);
            }
        }),
        ("a limit that the overlay overrides, beside an argument that is gone", |root| {
            set(
                root,
                &format!("{SCHEMAS}/EnterpriseMemberInviteRequest/properties/emails"),
                "minItems",
                json!(5),
            );
            at(root, &format!("{MEMBERS}/parameters")).as_array_mut().unwrap().pop();
        }),
        ("no key", |root| drop(remove(root, "/components", "securitySchemes"))),
        ("deprecated: false", |root| set(root, MEMBERS, "deprecated", json!(false))),
        ("a keyword that nobody knows", |root| set(root, MEMBERS, "x-rate-limit", json!(5))),
    ]);
    insta::assert_snapshot!(told);
}

/// All that is told of several changes at once, with the next version and the changelog entry.
#[test]
fn the_whole_report() {
    let (document, overlay) = (read("openapi/devin-v2.yaml"), read("openapi/overlay.yaml"));
    let old = Side::of(document.clone(), Some(&overlay)).unwrap();
    let mut changed = document;
    let root = &mut changed.root;
    for schema in ["SessionResponse", "SessionDetailResponse"] {
        push(root, &format!("{SCHEMAS}/{schema}/properties/status/enum"), json!("hibernating"));
    }
    set(root, MEMBERS, "description", json!("Other."));
    set(root, MEMBERS, "deprecated", json!(true));
    remove(root, "/paths", "/v2/enterprise/self");
    set(
        root,
        "/paths",
        "/v2/enterprise/budgets",
        json!({
            "get": { "tags": ["budgets"], "operationId": "get_budget", "responses": { "200": { "description": "ok" } } }
        }),
    );
    let new = Side::of(changed, Some(&overlay)).unwrap();
    assert!(new.notes.iter().any(|note| note.contains("matches nothing")), "{:?}", new.notes);
    assert!(new.notes.iter().any(|note| note.contains("named budgets.get_budget")), "{:?}", new.notes);
    let report = compare(&old, &new).text("0.1.0");
    insta::assert_snapshot!(report);
}

#[test]
fn the_next_version() {
    let (document, overlay) = (read("openapi/devin-v2.yaml"), read("openapi/overlay.yaml"));
    let old = Side::of(document.clone(), Some(&overlay)).unwrap();
    let next = |edit: fn(&mut Value), current: &str| {
        let mut document = document.clone();
        edit(&mut document.root);
        compare(&old, &Side::of(document, Some(&overlay)).unwrap()).next_version(current)
    };
    let same: fn(&mut Value) = |_| {};
    let docs: fn(&mut Value) = |root| set(root, MEMBERS, "description", json!("Other."));
    let limit: fn(&mut Value) =
        |root| set(root, &format!("{MEMBERS}/parameters/1/schema"), "maximum", json!(500));
    let added: fn(&mut Value) = |root| {
        set(root, &format!("{SCHEMAS}/SessionResponse/properties"), "region", json!({ "type": "string" }));
    };
    let breaking: fn(&mut Value) = |root| drop(remove(root, "/paths", "/v2/enterprise/self"));
    let cases = [
        (same, "0.1.7", "0.1.7"),
        (docs, "0.1.7", "0.1.8"),
        (limit, "0.1.7", "0.1.8"),
        (added, "0.1.7", "0.1.8"),
        (breaking, "0.1.7", "0.2.0"),
        (same, "1.2.3", "1.2.3"),
        (docs, "1.2.3", "1.2.4"),
        (limit, "1.2.3", "1.2.4"),
        (added, "1.2.3", "1.3.0"),
        (breaking, "1.2.3", "2.0.0"),
    ];
    for (index, (edit, current, expected)) in cases.into_iter().enumerate() {
        assert_eq!(next(edit, current).as_deref(), Some(expected), "case {index}");
    }
    assert_eq!(next(breaking, "1.0"), None);
    assert_eq!(next(breaking, "1.0.0-beta"), None);
}

/// No two documents of the tests are the same, and each is the same as itself.
#[test]
fn documents_differ_from_each_other_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let sides: Vec<Side> = files.iter().map(|file| Side::read(file, None).unwrap()).collect();
    for (one, old) in files.iter().zip(&sides) {
        for (other, new) in files.iter().zip(&sides) {
            let verdict = compare(old, new).verdict();
            assert_eq!(verdict == Verdict::Same, one == other, "{} → {}", one.display(), other.display());
        }
    }
}

const SMALL: &str = "openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a:
    get:
      operationId: a
      summary: A
      responses: {'200': {description: ok, content: {application/json: {schema: {type: string}}}}}
";

/// Runs the program in a folder with `old.yaml`, `new.yaml` and `overlay.yaml`; gives its exit code and what it said.
fn run(new: &str, arguments: &[&str]) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.yaml"), SMALL).unwrap();
    fs::write(folder.path().join("new.yaml"), new).unwrap();
    let overlay = "overlay: 1.0.0
actions:
  - {target: \"$.paths['/a'].get\", update: {x-method: b}}
";
    fs::write(folder.path().join("overlay.yaml"), overlay).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_devin-v2-codegen"))
        .current_dir(folder.path())
        .arg("change")
        .args(arguments)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
    (output.status.code().unwrap(), said)
}

#[test]
fn exit_codes() {
    let compared = ["old.yaml", "new.yaml", "--no-overlay"];
    let cases: &[(&str, i32, &str)] = &[
        (SMALL, 0, "Nothing changed."),
        (&SMALL.replace("summary: A", "summary: B"), 2, "Compatible: no code breaks."),
        (&SMALL.replace("{type: string}", "{type: integer}"), 3, "Breaking."),
        (&SMALL.replace("{type: string}", "{type: string, pattern: a}"), 1, "Not understood: look yourself"),
        (
            &SMALL.replace("{type: string}", "{type: integer, multipleOf: 2}"),
            1,
            "Not understood: look yourself",
        ),
        // What can't be read or expressed.
        ("", 1, "new.yaml: isn't an object at its top"),
        ("{}", 1, "new.yaml: /openapi: must be an OpenAPI 3.0.x or 3.1.x version"),
        ("a: [", 1, "new.yaml: isn't YAML"),
        ("openapi: 3.1.0\npaths: {}", 1, "new.yaml: /paths: describes no operation"),
        (&SMALL.replace("paths:", "paths: 1\nother:"), 1, "new.yaml: /paths: must be an object of paths"),
        (&format!("{SMALL}  /a:\n    get: {{responses: {{}}}}\n"), 1, "new.yaml: isn't YAML"),
        (
            &SMALL.replace("{type: string}", "{type: string, not: {}}"),
            1,
            "schema/not: `not` can't be expressed",
        ),
    ];
    for (new, code, words) in cases {
        let (got, said) = run(new, &compared);
        assert!(got == *code && said.contains(words), "{new}\n{got}: {said}");
        let is_told = said.contains("Not compared.") || said.contains("look yourself");
        assert_eq!(*code == 1, is_told, "{said}");
    }
}

#[test]
fn the_overlay_of_each_side() {
    let (code, said) = run(SMALL, &["old.yaml", "new.yaml", "--overlay", "overlay.yaml"]);
    assert!(code == 0 && said.contains("Nothing changed."), "{code}: {said}");
    let empty = SMALL.replace("openapi: 3.1.0", "overlay: 1.0.0").replace("paths:", "actions: []\nother:");
    let given = ["old.yaml", "old.yaml", "--overlay", "overlay.yaml", "--old-overlay", "new.yaml"];
    let (code, said) = run(&empty, &given);
    assert!(code == 3 && said.contains("`a.a` is called `a.b`"), "{code}: {said}");
    assert!(said.contains("## [") && said.contains("- **Breaking:** `a.a` is called `a.b`."), "{said}");
}

#[test]
fn arguments_that_make_no_comparison() {
    let cases: &[(&[&str], &str)] = &[
        (&[], "it takes two documents, not 0"),
        (&["old.yaml"], "it takes two documents, not 1"),
        (&["old.yaml", "new.yaml", "new.yaml"], "it takes two documents, not 3"),
        (&["old.yaml", "./old.yaml", "--no-overlay"], "are the same file"),
        (&["old.yaml", "gone.yaml", "--no-overlay"], "gone.yaml: can't be read"),
        (&["gone.yaml", "new.yaml", "--no-overlay"], "gone.yaml: can't be read"),
        (&["old.yaml", "new.yaml"], "openapi/overlay.yaml: can't be read"),
        (&["old.yaml", "new.yaml", "--overlay", "old.yaml"], "old.yaml: /overlay: must be a 1.0.x version"),
        (&["old.yaml", "new.yaml", "--no-overlay", "--overlay", "overlay.yaml"], "can't be given together"),
        (&["old.yaml", "new.yaml", "--spec", "a"], "invalid option '--spec'"),
    ];
    for (arguments, words) in cases {
        let (code, said) = run(SMALL, arguments);
        assert!(code == 1 && said.contains(words), "{arguments:?}\n{code}: {said}");
    }
    let (code, said) = run(SMALL, &["--help"]);
    assert!(code == 0 && said.contains("Exit codes:"), "{code}: {said}");
}
