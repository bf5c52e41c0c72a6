//! What is refused before any byte is sent: the server's list of arrived requests stays empty.

mod support;

use std::future::Future;
use std::pin::Pin;

use devin_v2::types::{GitPermissionCreate, OrgGroupLimit, OrgGroupLimits};
use devin_v2::{Client, Error, ErrorKind, Method, Operation};
use support::{Server, ids};

type Run = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

/// An operation, one of its path parameters, and a call with that parameter as given.
type Call = (&'static str, &'static str, fn(Client, String) -> Run);

macro_rules! calls {
    ($($name:literal, $parameter:literal: |$client:ident, $id:ident| $call:expr;)*) => {
        vec![$(($name, $parameter, |$client, $id| Box::pin(async move { $call.await.map(drop) })),)*]
    };
}

#[rustfmt::skip]
fn calls() -> Vec<Call> {
    const ORG: &str = ids::ORGANIZATION;
    calls! {
        "api_keys.revoke", "api_key_id": |c, id| c.api_keys().revoke(id).send();
        "consumption.user_daily", "user_id": |c, id| c.consumption().user_daily(id).send();
        "groups.get", "group_name": |c, id| c.groups().get(id).send();
        "members.get", "user_id": |c, id| c.members().get(id).send();
        "members.delete", "user_id": |c, id| c.members().delete(id).send();
        "members.list_organizations", "user_id": |c, id| c.members().list_organizations(id).page();
        "organizations.get", "org_id": |c, id| c.organizations().get(id).send();
        "organizations.update", "org_id": |c, id| c.organizations().update(id).display_name("x").send();
        "organizations.delete", "org_id": |c, id| c.organizations().delete(id.clone()).confirm(format!("delete-organization:{id}")).send();
        "organizations.list_members", "org_id": |c, id| c.organizations().list_members(id).page();
        "organizations.add_members", "org_id": |c, id| c.organizations().add_members(id, [ids::USER]).send();
        "organizations.remove_member", "org_id": |c, id| c.organizations().remove_member(id, ids::USER).send();
        "organizations.remove_member", "user_id": |c, id| c.organizations().remove_member(ORG, id).send();
        "organizations.update_member_roles", "org_id": |c, id| c.organizations().update_member_roles(id, [ids::USER], "org_admin").send();
        "organizations.migrate_member_roles", "org_id": |c, id| c.organizations().migrate_member_roles(id, "org_member", "org_admin").send();
        "organizations.list_groups", "org_id": |c, id| c.organizations().list_groups(id).page();
        "organizations.add_group", "org_id": |c, id| c.organizations().add_group(id, ids::GROUP, "org_member").send();
        "organizations.remove_group", "org_id": |c, id| c.organizations().remove_group(id, ids::GROUP).send();
        "organizations.remove_group", "group_name": |c, id| c.organizations().remove_group(ORG, id).send();
        "organizations.list_git_connections", "org_id": |c, id| c.organizations().list_git_connections(id).page();
        "organizations.list_git_permissions", "org_id": |c, id| c.organizations().list_git_permissions(id).page();
        "organizations.add_git_permissions", "org_id": |c, id| c.organizations().add_git_permissions(id, [GitPermissionCreate::default()]).send();
        "organizations.remove_git_permission", "org_id": |c, id| c.organizations().remove_git_permission(id, ids::GIT_PERMISSION).send();
        "organizations.remove_git_permission", "permission_id": |c, id| c.organizations().remove_git_permission(ORG, id).send();
        "organizations.list_sessions", "org_id": |c, id| c.organizations().list_sessions(id).page();
        "organizations.list_session_insights", "org_id": |c, id| c.organizations().list_session_insights(id).page();
        "sessions.get", "session_id": |c, id| c.sessions().get(id).send();
        "playbooks.get", "playbook_id": |c, id| c.playbooks().get(id).send();
        "playbooks.update", "playbook_id": |c, id| c.playbooks().update(id, "t", "b").send();
        "playbooks.delete", "playbook_id": |c, id| c.playbooks().delete(id).send();
        "snapshots.get", "snapshot_id": |c, id| c.snapshots().get(id).send();
        "repositories.status", "org_id": |c, id| c.repositories().status(id).send();
    }
}

#[tokio::test]
async fn no_slip_in_an_id_is_sent() {
    let server = Server::start().await;
    let calls = calls();
    for operation in Operation::all() {
        for parameter in operation.path_parameters() {
            let covered = calls.iter().any(|(name, known, _)| *name == operation.name && *known == parameter);
            assert!(covered, "{} has a parameter {parameter} that this table doesn't call", operation.name);
        }
    }
    let slips = [
        "",
        ".",
        "..",
        "%2e",
        "%2e%2e",
        "%2E.",
        ".%2e",
        "%252e%252e",
        "x\\..",
        "..\\x",
        "a/b",
        "/",
        "a/",
        "/a",
        "../api-keys",
        "a\\b",
        "\\",
        "a%2fb",
        "a%5cb",
        "a?b",
        "a#b",
        "a\nb",
        "a\0b",
        "a\tb",
        "a\u{7f}b",
        "a%00b",
        "%0a",
        "x\\..\\y",
        ";",
        "..;x",
        "\u{200b}",
    ];
    for (name, parameter, call) in calls {
        for slip in slips {
            let error = call(server.client(), slip.to_owned()).await.expect_err(slip);
            assert_eq!(error.kind(), ErrorKind::Refused, "{name}({parameter}: {slip:?}): {error}");
            assert_eq!(error.operation(), Some(name), "{error}");
            assert!(error.to_string().contains(parameter), "doesn't name {parameter}: {error}");
            assert!(error.hint().is_some(), "no remedy: {error}");
        }
    }
    assert_eq!(server.requests().await, Vec::<serde_json::Value>::new());
}

/// Ids with odd characters that are no slips arrive as they are.
#[tokio::test]
async fn odd_ids_arrive_unharmed() {
    let server = Server::start().await;
    for name in
        ["100%", "R&D", "a b", "Größe", "email|1", "a+b", "x..y", "...", "~", "a;b=c", "%", "50%25", "a:b@c"]
    {
        server.client().groups().add([name]).send().await.unwrap();
        let group =
            server.client().groups().get(name).send().await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(group.group_name, name);
    }
}

/// An id that equals a word of the path would call another operation.
#[tokio::test]
async fn words_of_the_path_are_no_ids() {
    let server = Server::start().await;
    let client = server.client();
    let refused = [
        client.sessions().get("insights").send().await.map(drop),
        client.members().delete("roles").send().await.map(drop),
        client.members().get("invite").send().await.map(drop),
        client.organizations().remove_member(ids::ORGANIZATION, "migrate-roles").send().await.map(drop),
        client.organizations().list_session_insights("..").page().await.map(drop),
    ];
    for result in refused {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Refused);
    }
    assert!(server.requests().await.is_empty());
}

#[tokio::test]
async fn bulk_destruction_needs_its_phrase() {
    let server = Server::start().await;
    let client = server.client();
    let refused = [
        client.api_keys().revoke_all().send().await.map(drop),
        client.api_keys().revoke_all().confirm("yes").send().await.map(drop),
        client.organizations().delete(ids::ORGANIZATION).send().await.map(drop),
        client
            .organizations()
            .delete(ids::ORGANIZATION)
            .confirm("delete-organization:org-other")
            .send()
            .await
            .map(drop),
        client.org_group_limits().update(OrgGroupLimits::default()).send().await.map(drop),
        client.request(Method::DELETE, "/v2/enterprise/api-keys").send().await.map(drop),
        client.request(Method::PUT, "/v2/enterprise/org%2Dgroup-limits").send().await.map(drop),
    ];
    for result in refused {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("confirm")), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("as confirm")), "{error}");
    }
    assert!(server.requests().await.is_empty());
    client
        .request(Method::DELETE, "/v2/enterprise/api-keys")
        .confirm("revoke-all-api-keys")
        .send()
        .await
        .unwrap();
    assert_eq!(server.requests().await.len(), 1);
}

#[tokio::test]
async fn limits_of_the_document_are_checked_first() {
    let server = Server::start().await;
    let client = server.client();
    let addresses = |count: usize| (0..count).map(|number| format!("user{number}@example.com"));
    let group = OrgGroupLimit { org_ids: vec!["org-a".to_owned(), "org-a".to_owned()], ..Default::default() };
    let twice = OrgGroupLimits { groups: [("g".to_owned(), group)].into(), ..Default::default() };
    let refused = [
        ("emails", client.members().invite(addresses(0)).send().await.map(drop)),
        ("emails", client.members().invite(addresses(101)).send().await.map(drop)),
        ("emails", client.members().invite(["no address"]).send().await.map(drop)),
        ("emails", client.members().invite(["ada@example.com", "a b@example.com"]).send().await.map(drop)),
        ("limit", client.members().list().limit(0).page().await.map(drop)),
        ("limit", client.members().list().limit(201).page().await.map(drop)),
        ("limit", client.sessions().list().limit(201).collect().await.map(drop).map_err(Error::from)),
        ("per_page", client.api_keys().list().per_page(101).page().await.map(drop)),
        ("page", client.api_keys().list().start_page(0).page().await.map(drop)),
        ("title", client.playbooks().create("", "body").send().await.map(drop)),
        ("body", client.playbooks().update(ids::PLAYBOOK, "title", "").send().await.map(drop)),
        ("repo_names", client.repositories().bulk_index("org-a", [""; 0]).send().await.map(drop)),
        (
            "org_ids",
            client
                .org_group_limits()
                .update(twice)
                .confirm("replace-org-group-limits")
                .send()
                .await
                .map(drop),
        ),
        ("start_date", client.consumption().daily().start_date("2026-02-01T08:00:00").send().await.map(drop)),
        ("start_date", client.consumption().daily().start_date("2026-02-01").send().await.map(drop)),
        ("end_date", client.consumption().daily().end_date("yesterday").send().await.map(drop)),
        (
            "end",
            client
                .metrics()
                .usage()
                .start("2026-02-02T08:00:00Z")
                .end("2026-02-01T08:00:00Z")
                .send()
                .await
                .map(drop),
        ),
        (
            "created_date_to",
            client
                .sessions()
                .list()
                .created_date_from("2026-02-02T08:00:00+02:00")
                .created_date_to("2026-02-02T05:00:00Z")
                .page()
                .await
                .map(drop),
        ),
    ];
    for (field, result) in refused {
        let error = result.expect_err(field);
        assert_eq!(error.kind(), ErrorKind::Refused, "{field}: {error}");
        assert!(error.to_string().contains(field), "doesn't name {field}: {error}");
        assert!(error.hint().is_some(), "no remedy: {error}");
    }
    assert!(server.requests().await.is_empty());

    client.members().invite(addresses(100)).send().await.unwrap();
    client.members().list().limit(200).page().await.unwrap();
    client
        .consumption()
        .daily()
        .start_date("2026-02-01T08:00:00Z")
        .end_date("2026-02-01T08:00:00Z")
        .send()
        .await
        .unwrap();
    assert_eq!(server.requests().await.len(), 3);
}

/// A filter that names nothing would be answered with everything.
#[tokio::test]
async fn empty_filters_are_refused() {
    let server = Server::start().await;
    let client = server.client();
    let none = Vec::<String>::new;
    let refused = [
        ("org_ids", client.consumption().daily().org_ids(none()).send().await.map(drop)),
        ("org_ids", client.consumption().daily().org_ids([""]).send().await.map(drop)),
        ("user_ids", client.metrics().usage().org_ids(["org-a"]).user_ids(none()).send().await.map(drop)),
        ("session_ids", client.sessions().list().session_ids(none()).page().await.map(drop)),
        ("user_ids", client.sessions().list_insights().user_ids(["email|1", " "]).page().await.map(drop)),
        ("org_id", client.api_keys().list().org_id("").page().await.map(drop)),
        ("email", client.members().list().email("").collect().await.map(drop).map_err(Error::from)),
        ("before", client.audit_logs().list().before("").page().await.map(drop)),
    ];
    for (field, result) in refused {
        let error = result.expect_err(field);
        assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some(field)), "{error}");
        assert!(error.hint().is_some());
    }
    assert!(server.requests().await.is_empty());
}

/// A key passed for an id by mistake is in no message and no `Debug`.
#[tokio::test]
async fn a_key_in_the_wrong_place_is_not_shown() {
    let client = Server::start().await.client();
    let key = "apk_user_Y2FuYXJ5LWtleS1oZWFk";
    let call = client.organizations().delete(key);
    let mut shown = format!("{call:?} {call:#?} {:?}", client.members().invite([key]));
    shown += &call.send().await.unwrap_err().to_string();
    shown += &client.members().get(format!("{key}/")).send().await.unwrap_err().to_string();
    shown += &client.members().invite([key]).send().await.unwrap_err().to_string();
    let token: devin_v2::ResumeToken = format!("{key}@skip=1").parse().unwrap();
    shown += &client.members().list().resume_from(token).page().await.unwrap_err().to_string();
    let group = OrgGroupLimit { org_ids: vec!["a".to_owned(), "a".to_owned()], ..Default::default() };
    let limits = OrgGroupLimits { groups: [(format!("x\nFAKE {key}"), group)].into(), ..Default::default() };
    let update = client.org_group_limits().update(limits).confirm("replace-org-group-limits");
    shown += &update.send().await.unwrap_err().to_string();
    assert!(!shown.contains("Y2FuYXJ5") && !shown.contains("\nFAKE"), "{shown}");
    assert!(shown.contains("delete-organization:"), "{shown}");
}

#[tokio::test]
async fn settings_that_cannot_be_right_are_refused() {
    let build = |base: &str, key: &str| Client::builder().base_url(base).api_key(key).build().map(drop);
    let refused = [
        ("api_key", build("https://api.devin.ai", "")),
        ("api_key", build("https://api.devin.ai", "apk_user_a\nb")),
        ("api_key", build("https://api.devin.ai", " apk_user_ab")),
        ("api_key", build("https://api.devin.ai", "apk_user_ä")),
        ("base_url", build("http://api.devin.ai", "apk_user_ab")),
        ("base_url", build("http://127.0.0.1.example.com", "apk_user_ab")),
        ("base_url", build("https://api.devin.ai/v2", "apk_user_ab")),
        ("base_url", build("https://api.devin.ai?x=1", "apk_user_ab")),
        ("base_url", build("https://api.devin.ai#x", "apk_user_ab")),
        ("base_url", build("https://me:secret@api.devin.ai", "apk_user_ab")),
        ("base_url", build("ftp://api.devin.ai", "apk_user_ab")),
        ("base_url", build("api.devin.ai", "apk_user_ab")),
    ];
    for (field, result) in refused {
        let error = result.expect_err(field);
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        assert!(error.to_string().contains(field), "doesn't name {field}: {error}");
        assert!(
            !error.to_string().contains("secret") && !error.to_string().contains("apk_user_a"),
            "{error}"
        );
        assert!(error.hint().is_some(), "no remedy: {error}");
    }
    for base in ["http://127.0.0.1:1", "http://localhost:1/", "http://[::1]:1", "https://api.example.com/"] {
        build(base, "apk_user_ab").unwrap_or_else(|error| panic!("{base}: {error}"));
    }
}

/// The escape hatch goes through the same guards.
#[tokio::test]
async fn own_paths_are_guarded_too() {
    let server = Server::start().await;
    let client = server.client();
    let slips = [
        "",
        "v2",
        "//evil.example.com/x",
        "/v2/enterprise/api-keys/",
        "/v2/enterprise//api-keys",
        "/v2/enterprise/x/../api-keys",
        "/v2/enterprise/x/%2e%2e/api-keys",
        "/v2\\enterprise",
        "/v2/enterprise/self?x=1",
        "/v2/enterprise/self#x",
        "/v2/./self",
        "https://evil.example.com/",
        "/v2/a\nb",
    ];
    for slip in slips {
        for method in [Method::GET, Method::DELETE] {
            let error = client.request(method, slip).send().await.expect_err(slip);
            assert_eq!(error.kind(), ErrorKind::Refused, "{slip}: {error}");
        }
    }
    let error =
        client.request(Method::GET, "/v2/enterprise/members").query("limit", 201).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(server.requests().await.is_empty());

    let raw = client.request(Method::GET, "/v2/enterprise/members").query("limit", 1).send().await.unwrap();
    assert_eq!(raw.json::<serde_json::Value>().unwrap()["limit"], 1);
}
