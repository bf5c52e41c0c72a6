//! That the gate sees what is missing: the files as they are shipped, each time with one thing changed.

use std::path::Path;
use std::sync::LazyLock;

use crate::report::{Report, report};
use crate::sources::Sources;

const ALL: &[&str] = &["rust", "python", "python-async", "node", "kotlin", "java", "swift"];

const DOCUMENT: &str = "openapi/devin-v2.yaml";
const OVERLAY: &str = "openapi/overlay.yaml";
const EXCEPTIONS: &str = "tests/coverage/exceptions.yaml";
const RUST: &str = "crates/api/src/generated/client.rs";
const PYTHON: &str = "bindings/python/python/devin_v2/types.py";
const NODE: &str = "bindings/node/lib/generated/types.ts";
const NODE_METHODS: &str = "bindings/node/lib/generated/resources.ts";
const KOTLIN: &str = "bindings/kotlin/src/main/kotlin/io/github/devinv2/generated/devin_v2_uniffi.kt";
const KOTLIN_METHODS: &str = "bindings/kotlin/src/main/kotlin/io/github/devinv2/generated/Resources.kt";
const SWIFT: &str = "bindings/swift/Sources/DevinV2/generated/devin_v2_uniffi.swift";
const SWIFT_METHODS: &str = "bindings/swift/Sources/DevinV2/generated/Resources.swift";

static SHIPPED: LazyLock<Sources> = LazyLock::new(|| {
    Sources::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).expect("the workspace is whole")
});

/// File, what stands before the place, what is there, what is put there.
type Change<'a> = (&'a str, &'a str, &'a str, &'a str);

fn changed(changes: &[Change<'_>]) -> Result<Report, String> {
    let mut sources = SHIPPED.clone();
    for (path, after, old, new) in changes {
        sources.replace(path, after, old, new);
    }
    report(&sources)
}

/// Expects that exactly `items` are told as missing in exactly `languages`.
fn misses(languages: &[&str], items: &[&str], changes: &[Change<'_>]) {
    let mut expected: Vec<String> = languages
        .iter()
        .flat_map(|language| items.iter().map(move |item| format!("MISSING in {language}: {item}: ")))
        .collect();
    for problem in changed(changes).expect("is readable").problems {
        let place = expected.iter().position(|start| problem.starts_with(start));
        expected.remove(place.unwrap_or_else(|| panic!("not expected after {changes:?}: {problem}")));
    }
    assert!(expected.is_empty(), "not told after {changes:?}: {expected:#?}");
}

fn problems(changes: &[Change<'_>]) -> Vec<String> {
    changed(changes).expect("is readable").problems
}

fn refused(changes: &[Change<'_>]) -> String {
    changed(changes).err().unwrap_or_else(|| panic!("taken for readable: {changes:?}"))
}

#[test]
fn what_is_shipped_shows_everything() {
    assert_eq!(problems(&[]), [""; 0]);
}

/// Members, memberships and user usage all have an address: only that of members is taken away.
#[test]
fn a_field_that_is_gone_is_missed() {
    let items = &["members.list answer items[].email", "members.get answer email"];
    misses(&["rust"], items, &[(RUST, "pub struct Member {", "pub email:", "pub mail:")]);
    misses(&["python", "python-async"], items, &[(PYTHON, "class Member(", "    email: Field[str]\n", "")]);
    misses(
        &["python", "python-async"],
        items,
        &[(PYTHON, "class Member(", "\"email\", \"email\"", "\"email\", \"mail\"")],
    );
    misses(&["node"], items, &[(NODE, "interface Member {", "  email: string;\n", "")]);
    misses(&["kotlin", "java"], items, &[(KOTLIN, "data class Member (", "val `email`", "val `mail`")]);
    misses(&["swift"], items, &[(SWIFT, "public struct Member:", "let email:", "let mail:")]);
}

#[test]
fn a_field_in_a_comment_is_missed() {
    let items = &["members.list answer items[].email", "members.get answer email"];
    misses(
        &["rust"],
        items,
        &[(RUST, "pub struct Member {", "pub email:", "// pub email: String,\npub mail:")],
    );
    misses(
        &["python", "python-async"],
        items,
        &[(PYTHON, "class Member(", "    email: F", "    # email: F")],
    );
    misses(&["node"], items, &[(NODE, "interface Member {", "  email: string;", "  /* email: string; */")]);
    misses(&["node"], items, &[(NODE, "interface Member {", "  email: string;", "  // email: string;")]);
    let kotlin = "val `mail`: kotlin.String /* `email`: kotlin.String, */\n // val `email`";
    misses(&["kotlin", "java"], items, &[(KOTLIN, "data class Member (", "val `email`", kotlin)]);
    misses(
        &["swift"],
        items,
        &[(SWIFT, "public struct Member:", "public let email:", "// public let email:")],
    );
}

/// Also in both directions: what is within it goes with it.
#[test]
fn a_field_of_another_kind_is_missed() {
    let items = &["sessions.get answer session_analysis"];
    let insights = ["sessions.list_insights", "organizations.list_session_insights"];
    let insights = insights.map(|name| format!("{name} answer items[].session_analysis"));
    let items = &[items[0], &insights[0], &insights[1]];
    let change = "session_analysis: string | null";
    misses(
        &["node"],
        items,
        &[(NODE, "interface SessionInsight {", "session_analysis: SessionAnalysis | null", change)],
    );
    let tags =
        ["sessions.list", "organizations.list_sessions"].map(|name| format!("{name} answer items[].tags"));
    let change = (SWIFT, "public struct Session:", "tags: [String]", "tags: String");
    misses(&["swift"], &[&tags[0], &tags[1]], &[change]);
}

#[test]
fn a_parameter_that_is_gone_is_missed() {
    let items = &["members.list query email"];
    let rust = "crates/sdk/src/generated/members.rs";
    misses(&["rust"], items, &[(rust, "impl List {", "pub fn email", "fn email")]);
    let python = "bindings/python/python/devin_v2/resources/members.py";
    misses(
        &["python"],
        items,
        &[(python, "class Members:", "        email: str | NotGiven = NOT_GIVEN,\n", "")],
    );
    misses(&["python-async"], items, &[(python, "class AsyncMembers:", "email: str |", "mail: str |")]);
    misses(&["node"], items, &[(NODE_METHODS, "interface MembersListParams {", "email?:", "mail?:")]);
    let class = "class MembersResource";
    misses(
        &["kotlin", "java"],
        items,
        &[(KOTLIN_METHODS, class, "email: String? = null", "mail: String? = null")],
    );
    misses(&["swift"], items, &[(SWIFT_METHODS, "struct MembersResource", "email: String? = nil,", "")]);
}

/// Kotlin's functions suspend, Java's give futures: each is looked at.
#[test]
fn a_field_of_a_body_that_is_gone_is_missed() {
    let items = &["members.invite body emails"];
    let of_kotlin = |after| (KOTLIN_METHODS, after, "emails: List<String>", "mails: List<String>");
    misses(&["kotlin"], items, &[of_kotlin("suspend fun invite(")]);
    misses(&["java"], items, &[of_kotlin("fun inviteAsync(")]);
    misses(&["node"], items, &[(NODE_METHODS, "interface MembersInviteParams {", "emails:", "email:")]);
    let rust = "crates/sdk/src/generated/members.rs";
    misses(&["rust"], items, &[(rust, "pub fn invite(", "emails:", "mails:")]);
    // A body that is a list, and one that is a map of objects.
    let items = &["organizations.add_git_permissions body[].repo_url"];
    let change = (PYTHON, "class GitPermissionCreateParam(", "    repo_url: str | None\n", "");
    misses(&["python", "python-async"], items, &[change]);
    let items = &["org_group_limits.update body groups{}.max_cycle_acus"];
    misses(&["node"], items, &[(NODE, "interface OrgGroupLimitParam {", "max_cycle_acus?", "max_acus?")]);
    let items = &["organizations.update body max_acu_limit"];
    let change = (
        SWIFT_METHODS,
        "func update(\n    orgId",
        "maxAcuLimit: IntegerChange?",
        "maxAcuLimit: Listing<Int64>",
    );
    misses(&["swift"], items, &[change]);
}

#[test]
fn a_method_that_is_gone_is_missed() {
    let items = &["members.invite"];
    let python = "bindings/python/python/devin_v2/resources/members.py";
    misses(
        &["rust"],
        items,
        &[("crates/sdk/src/generated/members.rs", "impl Members {", "pub fn invite", "fn invite")],
    );
    misses(&["python-async"], items, &[(python, "class AsyncMembers:", "def invite", "def ask")]);
    misses(&["node"], items, &[(NODE_METHODS, "class MembersResource", "  invite(", "  ask(")]);
    misses(&["java"], items, &[(KOTLIN_METHODS, "class MembersResource", "fun inviteAsync", "fun askAsync")]);
    misses(&["swift"], items, &[(SWIFT_METHODS, "struct MembersResource", "func invite", "func ask")]);
    // Nothing leads to them.
    let items = &["hypervisors.health"];
    let client = "crates/sdk/src/generated/mod.rs";
    misses(&["rust"], items, &[(client, "impl Client", "pub fn hypervisors", "pub fn hosts")]);
    let client = "bindings/python/python/devin_v2/resources/__init__.py";
    misses(&["python"], items, &[(client, "class Resources", "hypervisors: H", "hosts: H")]);
    misses(&["node"], items, &[(NODE_METHODS, "class Resources", "hypervisors: H", "hosts: H")]);
    let change = (KOTLIN_METHODS, "class Resources", "val hypervisors", "val hosts");
    misses(&["kotlin", "java"], items, &[change]);
    misses(&["swift"], items, &[(SWIFT_METHODS, "extension DevinClient", "var hypervisors", "var hosts")]);
}

#[test]
fn a_value_of_an_enum_that_is_gone_is_missed() {
    let items = [
        "sessions.list answer items[]",
        "sessions.list_insights answer items[]",
        "sessions.get answer",
        "organizations.list_sessions answer items[]",
        "organizations.list_session_insights answer items[]",
    ];
    let items = items.map(|item| {
        let dot = if item.ends_with(']') { "." } else { " " };
        format!("{item}{dot}status=claimed")
    });
    let items: Vec<&str> = items.iter().map(String::as_str).collect();
    let rust = "crates/api/src/generated/enums.rs";
    misses(&["rust"], &items, &[(rust, "Claimed", "\"claimed\"", "\"taken\"")]);
    misses(&["python", "python-async"], &items, &[(PYTHON, "SessionStatus = ", "\"claimed\", ", "")]);
    misses(&["node"], &items, &[(NODE, "type SessionStatus =", "\"claimed\" | ", "")]);
    misses(
        &["kotlin", "java"],
        &items,
        &[(KOTLIN, "sealed class SessionStatus", "object Claimed", "object Taken")],
    );
    misses(&["swift"], &items, &[(SWIFT, "enum SessionStatus", "case claimed\n", "")]);
}

/// `has_more` of every list is `hasMore` of a page.
#[test]
fn a_member_of_a_page_that_is_gone_is_missed() {
    let lists: Vec<String> = ["api_keys.list", "groups.list", "members.list", "members.list_organizations"]
        .into_iter()
        .chain(["organizations.list", "organizations.list_members", "organizations.list_groups"])
        .chain(["organizations.list_git_connections", "organizations.list_git_permissions"])
        .chain(["organizations.list_sessions", "organizations.list_session_insights", "sessions.list"])
        .chain(["sessions.list_insights", "user_usage.list"])
        .map(|list| format!("{list} answer has_more"))
        .collect();
    let lists: Vec<&str> = lists.iter().map(String::as_str).collect();
    misses(
        &["rust"],
        &lists,
        &[("crates/sdk/src/paging.rs", "pub struct Page<T>", "pub has_more", "has_more")],
    );
    let python = "bindings/python/python/devin_v2/_rows.py";
    misses(&["python", "python-async"], &lists, &[(python, "class Page(", "    has_more: bool\n", "")]);
    let node = "bindings/node/lib/listing.ts";
    misses(&["node"], &lists, &[(node, "class Page<T>", "readonly hasMore", "readonly more")]);
    let kotlin = "bindings/kotlin/src/main/kotlin/io/github/devinv2/Listing.kt";
    misses(&["kotlin", "java"], &lists, &[(kotlin, "class Page<T>", "val hasMore", "val more")]);
    let swift = "bindings/swift/Sources/DevinV2/Listing.swift";
    misses(&["swift"], &lists, &[(swift, "struct Page<Row", "let hasMore", "let more")]);
    let gone = refused(&[(node, "async page", "Promise<Page<T>>", "Promise<T[]>")]);
    assert!(gone.contains("no longer gives pages"), "{gone}");
}

/// What is added to the document is missed in all languages until they have it.
#[test]
fn what_is_new_in_the_document_is_missed() {
    let field = "        nickname:\n          type: string\n";
    let place = "    EnterpriseUserResponse:";
    let first = "        user_id:\n          description: Id of the user, such as";
    let with = format!("{field}{first}");
    let items = &["members.list answer items[].nickname", "members.get answer nickname"];
    misses(ALL, items, &[(DOCUMENT, place, first, &with)]);

    let operation = "  /v2/enterprise/pets:\n    get:\n      operationId: list_pets\n      responses:\n        '200':\n          \
        description: Pets.\n          content:\n            application/json:\n              schema:\n                \
        type: array\n                items:\n                  type: string\n";
    let first = "  /v2/enterprise/api-keys:\n";
    let with = format!("{operation}{first}");
    let added: Change<'_> = (DOCUMENT, "paths:", first, &with);
    misses(ALL, &["list_pets"], &[added]);
    // Also if the overlay knows it.
    let named = "actions:\n  - target: $.paths['/v2/enterprise/pets'].get\n    update: {x-resource: pets, x-method: list}\n";
    misses(ALL, &["pets.list"], &[added, (OVERLAY, "actions:", "actions:\n", named)]);
    // Two operations can't pass for one.
    let named = named.replace("pets, x", "members, x");
    let refused = refused(&[added, (OVERLAY, "actions:", "actions:\n", &named)]);
    assert!(refused.contains("the overlay gives its name to another operation too"), "{refused}");

    let items = &["members.list query age"];
    let parameter = "parameters:\n        - {name: age, in: query, schema: {type: integer}}\n";
    misses(ALL, items, &[(DOCUMENT, "summary: List members\n", "parameters:\n", parameter)]);

    let value = ["sessions.list", "organizations.list_sessions"]
        .map(|name| format!("{name} answer items[].status=lost"));
    misses(
        ALL,
        &[&value[0], &value[1]],
        &[(DOCUMENT, "    SessionResponse:", "enum:\n", "enum:\n            - lost\n")],
    );
}

#[test]
fn exceptions_hold_or_are_told() {
    let gone: Change<'_> = (NODE, "interface Member {", "  email: string;\n", "");
    let listed = |languages: &str, item: &str| {
        format!("missing:\n  - {{languages: [{languages}], item: '{item}', reason: A test.}}\n")
    };
    let with = |text: &str, changes: &[Change<'_>]| {
        let list: Change<'_> = (EXCEPTIONS, "missing: []", "missing: []\n", text);
        let changes: Vec<Change<'_>> = changes.iter().copied().chain([list]).collect();
        changed(&changes)
    };
    let both = listed("node", "members.list answer items[].email")
        + &listed("node", "members.get answer email")["missing:\n".len()..];
    let report = with(&both, &[gone]).expect("is readable");
    assert_eq!(report.problems, [""; 0]);
    assert_eq!(report.json()["languages"]["node"]["answer fields"]["excepted"], 2);
    assert_eq!(report.json()["languages"]["swift"]["answer fields"]["excepted"], 0);

    let told = |text: &str| with(text, &[]).expect("is readable").problems;
    let item = "members.get answer email";
    let is = |what: &str| vec![format!("NO LONGER HOLDS: {item}: {what}")];
    assert_eq!(told(&both).len(), 2);
    assert_eq!(told(&listed("node", item)), is("node shows it by now"));
    assert_eq!(told(&listed("perl", item)), is("there is no language perl"));
    let other = told(&listed("node", "members.get answer mail"));
    assert_eq!(other, ["NO LONGER HOLDS: members.get answer mail: the document doesn't have it"]);
    assert!(with(&listed("node", item).replace("A test.", "' '"), &[gone]).is_err(), "no reason");

    let page = "pages:\n  - {field: cursor, member: next, reason: A test.}\n";
    let told = problems(&[(EXCEPTIONS, "pages:", "pages:\n", page)]);
    assert_eq!(told, ["NO LONGER HOLDS: cursor: no paged answer has it"]);
    let rust = "crates/sdk/src/paging.rs";
    let told = problems(&[(rust, "pub struct Page<T>", "pub next:", "pub next_cursor: u64, pub next:")]);
    assert_eq!(told, ["NO LONGER HOLDS: next_cursor: pages in rust have it by its own name"]);
    let renamed =
        "renamed:\n  - {languages: [node], item: members.list query email, name: email, reason: A test.}\n";
    let told = problems(&[(EXCEPTIONS, "renamed:", "renamed:\n", renamed)]);
    assert_eq!(told, ["NO LONGER HOLDS: members.list query email: node shows it by now"]);
    let rust = "crates/sdk/src/generated/api_keys.rs";
    misses(
        &["rust"],
        &["api_keys.list query page"],
        &[(rust, "impl List {", "fn start_page", "fn first_page")],
    );
}

/// An exception is for what is missing, not for what can't be read.
#[test]
fn what_cant_be_read_is_told() {
    let lost: Change<'_> =
        (NODE, "interface SessionInsight {", "session_analysis: SessionAnalysis", "session_analysis: Lost");
    let list =
        "missing:\n  - {languages: [node], item: sessions.get answer session_analysis, reason: A test.}\n";
    let told = problems(&[lost, (EXCEPTIONS, "missing: []", "missing: []\n", list)]);
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(
        told.iter().all(|problem| problem.contains("can't be told: Lost is declared in no way")),
        "{told:#?}"
    );

    let says = |change: Change<'_>, what: &str| {
        let refused = refused(&[change]);
        assert!(refused.contains(what), "{refused}");
    };
    says((NODE, "export interface Member", "export interface", "export enum"), "expected an interface");
    says((NODE, "interface Member {", "email: string;", "email: Set<string>;"), "don't know the type `Set`");
    says((NODE, "interface Member {", "email: string;", "get email(): string;"), "types.ts:");
    says((KOTLIN, "data class Member (", "val `email`", "vararg `email`"), "expected `val`");
    says((SWIFT, "public struct Member:", "public let email", "internal let email"), "expected `public var`");
    says(
        (RUST, "pub struct Member {", "pub email:", "#[serde(alias = \"mail\")] pub email:"),
        "don't know what that does",
    );
    says(
        (PYTHON, "class Member(", "    email: Field[str]", "    email: Lazy[str]"),
        "don't know the type `Lazy`",
    );
    let schema = "    HypervisorStatus:\n";
    says(
        (DOCUMENT, schema, "type: object", "patternProperties: {}\n      type: object"),
        "`patternProperties`",
    );
    says((DOCUMENT, schema, "type: object", "type: [object, string]"), "no or several types");
    says((DOCUMENT, "paths:", "        '200':", "        '201':"), "status 201 is new");
    says((DOCUMENT, "paths:", "application/json:", "text/plain:"), "speaks of other than JSON");
}
