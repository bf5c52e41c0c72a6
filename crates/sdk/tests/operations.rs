//! Every operation, called through the SDK: once so that it succeeds, once so that the service refuses it.
//!
//! The table below is a gate: an operation of the document that isn't in it fails the test. With `DEVIN_V2_TEST_URL`
//! set, the calls go through a validating proxy instead (`cargo xtask test prism`).

mod support;

use std::future::Future;
use std::pin::Pin;

use devin_v2::types::{GitPermissionCreate, OrgGroupLimit, OrgGroupLimits, SessionStatus};
use devin_v2::{Client, Error, ErrorKind, Nullable, Operation};
use support::{Server, ids, matches};

type Run<T> = Pin<Box<dyn Future<Output = T>>>;
type Outcome = Result<(), Error>;

struct Case {
    name: &'static str,
    success: fn(Client) -> Run<Outcome>,
    failure: fn(Failing) -> Run<(Outcome, ErrorKind)>,
}

/// What a refused call may be made with.
struct Failing {
    client: Client,
    /// A client whose key is a v3 credential, which v2 refuses.
    v3: Client,
}

macro_rules! case {
    ($name:literal, |$ok:ident| $success:block, |$bad:ident| $failure:expr => $kind:ident) => {
        Case {
            name: $name,
            success: |$ok| {
                Box::pin(async move {
                    $success;
                    Ok(())
                })
            },
            failure: |$bad| Box::pin(async move { ($failure.await.map(drop), ErrorKind::$kind) }),
        }
    };
}

const FROM: &str = "2026-02-01T08:00:00Z";
const TO: &str = "2026-03-01T08:00:00Z";
const GONE: &str = "nobody-knows-this-id";

fn cases() -> Vec<Case> {
    vec![
        case!("api_keys.provision", |client| {
            let key = client.api_keys().provision(ids::ORGANIZATION).send().await?;
            assert!(key.api_key.unwrap().expose().starts_with("apk_") && key.org_id.unwrap() == ids::ORGANIZATION);
            let keys = client.api_keys().list().org_id(ids::ORGANIZATION).collect().await?;
            assert!(keys.rows.iter().any(|key| key.is_service_key));
        }, |bad| bad.client.api_keys().provision(GONE).send() => NotFound),
        case!("api_keys.list", |client| {
            let page = client.api_keys().list().per_page(2).page().await?;
            assert_eq!(page.limit, Some(2));
            assert!(client.api_keys().list().collect().await?.rows.iter().any(|key| key.id == ids::API_KEY));
        }, |bad| bad.v3.api_keys().list().page() => Permission),
        case!("api_keys.revoke", |client| {
            client.api_keys().revoke(ids::API_KEY).send().await?;
            assert!(!client.api_keys().list().collect().await?.rows.iter().any(|key| key.id == ids::API_KEY));
        }, |bad| bad.client.api_keys().revoke(GONE).send() => NotFound),
        case!("api_keys.revoke_all", |client| {
            client.api_keys().revoke_all().confirm("revoke-all-api-keys").send().await?;
            let error = client.identity().get().send().await.expect_err("the caller's key is revoked too");
            assert_eq!(error.kind(), ErrorKind::Authentication);
        }, |bad| bad.v3.api_keys().revoke_all().confirm("revoke-all-api-keys").send() => Permission),
        case!("audit_logs.list", |client| {
            client.groups().add(["Audited"]).send().await?;
            let newest = client.audit_logs().list().limit(1).page().await?;
            assert!(!newest.rows[0].audit_log_id.is_empty());
            let newest = &newest.rows[0];
            assert!(newest.action.is_some() && newest.created_at.is_some() && newest.user_email.is_some());
            assert!(serde_json::to_value(newest).unwrap()["created_at"].is_i64());
        }, |bad| bad.client.audit_logs().list().before(GONE).page() => Validation),
        case!("consumption.cycles", |client| {
            let cycles = client.consumption().cycles().send().await?;
            assert!(cycles.windows(2).all(|pair| pair[0].end <= pair[1].start) && !cycles.is_empty());
        }, |bad| bad.v3.consumption().cycles().send() => Permission),
        case!("consumption.daily", |client| {
            let consumption = client.consumption().daily().start_date(FROM).end_date(TO).send().await?;
            let sum: f64 = consumption.consumption_by_date.values().sum();
            assert!(consumption.total_acus > 0.0 && (sum - consumption.total_acus).abs() < 1e-6);
        }, |bad| bad.v3.consumption().daily().send() => Permission),
        case!("consumption.user_daily", |client| {
            let consumption = client.consumption().user_daily(ids::USER).start_date(FROM).end_date(TO).send().await?;
            let sum: f64 = consumption.consumption_by_org_id.values().sum();
            assert!((sum - consumption.total_acus).abs() < 1e-6);
        }, |bad| bad.v3.consumption().user_daily(ids::USER).send() => Permission),
        case!("groups.list", |client| {
            let groups = client.groups().list().collect().await?;
            assert!(groups.report.complete && groups.rows.iter().any(|group| group.group_name == ids::GROUP));
        }, |bad| bad.v3.groups().list().page() => Permission),
        case!("groups.add", |client| {
            let names = client.groups().add(["Data Science"]).send().await?;
            assert!(names.iter().any(|name| name == "Data Science") && names.iter().any(|name| name == ids::GROUP));
        }, |bad| bad.v3.groups().add(["Data Science"]).send() => Permission),
        case!("groups.get", |client| {
            assert_eq!(client.groups().get(ids::GROUP).send().await?.group_name, ids::GROUP);
        }, |bad| bad.client.groups().get("No such group").send() => NotFound),
        case!("members.list", |client| {
            let members = client.members().list().email("ada@example.com").collect().await?;
            assert_eq!(members.rows.len(), 1);
            assert_eq!(members.rows[0].user_id, ids::USER);
        }, |bad| bad.v3.members().list().page() => Permission),
        case!("members.get", |client| {
            assert_eq!(client.members().get(ids::USER).send().await?.email, "ada@example.com");
        }, |bad| bad.client.members().get(GONE).send() => NotFound),
        case!("members.invite", |client| {
            let invited = client.members().invite(["grace@example.com", "ada@example.com"]).send().await?;
            assert_eq!(invited.invited_count, Some(1));
            assert_eq!(client.members().list().email("grace@example.com").collect().await?.rows.len(), 1);
        }, |bad| bad.v3.members().invite(["grace@example.com"]).send() => Permission),
        case!("members.update_roles", |client| {
            client.members().update_roles([ids::USER], "account_admin").send().await?;
            assert_eq!(client.members().get(ids::USER).send().await?.enterprise_role, "account_admin");
        }, |bad| bad.client.members().update_roles([ids::USER], "org_admin").send() => Validation),
        case!("members.migrate_roles", |client| {
            client.members().migrate_roles("account_member", "account_admin").send().await?;
            assert_eq!(client.members().get(ids::USER).send().await?.enterprise_role, "account_admin");
        }, |bad| bad.client.members().migrate_roles("org_member", "account_admin").send() => Validation),
        case!("members.delete", |client| {
            client.members().delete(ids::USER).send().await?;
            assert_eq!(client.members().get(ids::USER).send().await.unwrap_err().kind(), ErrorKind::NotFound);
        }, |bad| bad.client.members().delete(GONE).send() => NotFound),
        case!("members.list_organizations", |client| {
            let rows = client.members().list_organizations(ids::USER).collect().await?.rows;
            assert!(rows.iter().any(|row| row.org_id == ids::ORGANIZATION));
        }, |bad| bad.client.members().list_organizations(GONE).page() => NotFound),
        case!("roles.list", |client| {
            assert!(client.roles().list().send().await?.iter().any(|role| role.role_id == "account_admin"));
        }, |bad| bad.v3.roles().list().send() => Permission),
        case!("metrics.prs", |client| {
            let counted = client.metrics().prs().start_date(FROM).end_date(TO).send().await?;
            assert!(counted.prs_opened > 0 && counted.prs_merged >= 0 && counted.prs_closed >= 0);
        }, |bad| bad.v3.metrics().prs().send() => Permission),
        case!("metrics.sessions", |client| {
            assert!(client.metrics().sessions().start_date(FROM).end_date(TO).send().await?.sessions_count > 0);
        }, |bad| bad.v3.metrics().sessions().send() => Permission),
        case!("metrics.searches", |client| {
            assert!(client.metrics().searches().start_date(FROM).end_date(TO).send().await?.searches_count >= 0);
        }, |bad| bad.v3.metrics().searches().send() => Permission),
        case!("metrics.usage", |client| {
            let usage = client.metrics().usage().start_date(FROM).end_date(TO).send().await?;
            let sessions = client.metrics().sessions().start_date(FROM).end_date(TO).send().await?;
            assert_eq!(usage.sessions_count, sessions.sessions_count);
        }, |bad| bad.v3.metrics().usage().send() => Permission),
        case!("organizations.list", |client| {
            let rows = client.organizations().list().collect().await?.rows;
            assert!(rows.iter().any(|row| row.org_id == ids::ORGANIZATION));
        }, |bad| bad.v3.organizations().list().page() => Permission),
        case!("organizations.create", |client| {
            let created = client.organizations().create("Research").acu_limit(500).send().await?;
            assert_eq!(client.organizations().get(created.org_id.unwrap()).send().await?.org_name, "Research");
        }, |bad| bad.v3.organizations().create("Research").send() => Permission),
        case!("organizations.get", |client| {
            assert_eq!(client.organizations().get(ids::ORGANIZATION).send().await?.org_id, ids::ORGANIZATION);
        }, |bad| bad.client.organizations().get(GONE).send() => NotFound),
        case!("organizations.update", |client| {
            let limit = async || client.organizations().get(ids::ORGANIZATION).send().await.map(|row| row.max_cycle_acu_limit);
            client.organizations().update(ids::ORGANIZATION).max_acu_limit(700).send().await?;
            assert_eq!(limit().await?, Some(700));
            client.organizations().update(ids::ORGANIZATION).display_name("Renamed").send().await?;
            assert_eq!(limit().await?, Some(700), "left out: it stays");
            client.organizations().update(ids::ORGANIZATION).max_acu_limit(Nullable::Null).send().await?;
            assert_eq!(limit().await?, None, "null: it goes");
        }, |bad| bad.client.organizations().update(GONE).display_name("Renamed").send() => NotFound),
        case!("organizations.delete", |client| {
            let phrase = format!("delete-organization:{}", ids::ORGANIZATION);
            client.organizations().delete(ids::ORGANIZATION).confirm(phrase).send().await?;
            let error = client.organizations().get(ids::ORGANIZATION).send().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound);
        }, |bad| bad.client.organizations().delete(GONE).confirm(format!("delete-organization:{GONE}")).send() => NotFound),
        case!("organizations.list_members", |client| {
            let rows = client.organizations().list_members(ids::ORGANIZATION).collect().await?.rows;
            assert!(rows.iter().any(|row| row.user_id == ids::USER && row.org_id == ids::ORGANIZATION));
        }, |bad| bad.client.organizations().list_members(GONE).page() => NotFound),
        case!("organizations.add_members", |client| {
            let add = client.organizations().add_members(ids::ORGANIZATION, [ids::USER]);
            add.org_role("org_admin").send().await?;
            let rows = client.organizations().list_members(ids::ORGANIZATION).collect().await?.rows;
            let ada = rows.iter().find(|row| row.user_id == ids::USER).expect("she is a member");
            assert_eq!(ada.org_role, "org_admin");
        }, |bad| bad.client.organizations().add_members(ids::ORGANIZATION, [GONE]).send() => NotFound),
        case!("organizations.remove_member", |client| {
            client.organizations().remove_member(ids::ORGANIZATION, ids::USER).send().await?;
            let rows = client.organizations().list_members(ids::ORGANIZATION).collect().await?.rows;
            assert!(!rows.iter().any(|row| row.user_id == ids::USER));
        }, |bad| bad.client.organizations().remove_member(ids::ORGANIZATION, GONE).send() => NotFound),
        case!("organizations.update_member_roles", |client| {
            client.organizations().update_member_roles(ids::ORGANIZATION, [ids::USER], "org_admin").send().await?;
            let rows = client.organizations().list_members(ids::ORGANIZATION).collect().await?.rows;
            assert!(rows.iter().any(|row| row.user_id == ids::USER && row.org_role == "org_admin"));
        }, |bad| bad.client.organizations().update_member_roles(ids::ORGANIZATION, [ids::USER], "account_admin").send() => Validation),
        case!("organizations.migrate_member_roles", |client| {
            client.organizations().migrate_member_roles(ids::ORGANIZATION, "org_member", "org_admin").send().await?;
            let rows = client.organizations().list_members(ids::ORGANIZATION).collect().await?.rows;
            assert!(!rows.is_empty() && rows.iter().all(|row| row.org_role != "org_member"));
        }, |bad| bad.client.organizations().migrate_member_roles(GONE, "org_member", "org_admin").send() => NotFound),
        case!("organizations.list_groups", |client| {
            let rows = client.organizations().list_groups(ids::ORGANIZATION).collect().await?.rows;
            assert!(rows.iter().any(|row| row.group_name == ids::GROUP));
        }, |bad| bad.client.organizations().list_groups(GONE).page() => NotFound),
        case!("organizations.add_group", |client| {
            let added = client.organizations().add_group(ids::ORGANIZATION, ids::GROUP, "org_admin").send().await?;
            assert_eq!((added.group_name.as_deref(), added.role.as_deref()), (Some(ids::GROUP), Some("org_admin")));
        }, |bad| bad.client.organizations().add_group(GONE, ids::GROUP, "org_member").send() => NotFound),
        case!("organizations.remove_group", |client| {
            client.organizations().remove_group(ids::ORGANIZATION, ids::GROUP).send().await?;
            let rows = client.organizations().list_groups(ids::ORGANIZATION).collect().await?.rows;
            assert!(!rows.iter().any(|row| row.group_name == ids::GROUP));
        }, |bad| bad.client.organizations().remove_group(ids::ORGANIZATION, "No such group").send() => NotFound),
        case!("organizations.list_git_connections", |client| {
            let rows = client.organizations().list_git_connections(ids::ORGANIZATION).collect().await?.rows;
            assert!(rows.iter().any(|row| row.connection_id == ids::GIT_CONNECTION));
        }, |bad| bad.client.organizations().list_git_connections(GONE).page() => NotFound),
        case!("organizations.list_git_permissions", |client| {
            let rows = client.organizations().list_git_permissions(ids::ORGANIZATION).collect().await?.rows;
            assert!(rows.iter().any(|row| row.permission_id == ids::GIT_PERMISSION));
        }, |bad| bad.client.organizations().list_git_permissions(GONE).page() => NotFound),
        case!("organizations.add_git_permissions", |client| {
            let permission = GitPermissionCreate {
                connection_id: ids::GIT_CONNECTION.to_owned(),
                repo_path: Some(Nullable::Value(vec!["acme".to_owned(), "billing".to_owned()])),
                ..Default::default()
            };
            let added = client.organizations().add_git_permissions(ids::ORGANIZATION, [permission]).send().await?;
            let rows = client.organizations().list_git_permissions(ids::ORGANIZATION).collect().await?.rows;
            let row = rows.iter().find(|row| row.permission_id == added.permission_ids[0]).expect("it is listed");
            assert_eq!(row.repo_path.as_deref(), Some("acme/billing"));
        }, |bad| bad.client.organizations().add_git_permissions(GONE, [GitPermissionCreate { connection_id: ids::GIT_CONNECTION.into(), ..Default::default() }]).send() => NotFound),
        case!("organizations.remove_git_permission", |client| {
            client.organizations().remove_git_permission(ids::ORGANIZATION, ids::GIT_PERMISSION).send().await?;
            let rows = client.organizations().list_git_permissions(ids::ORGANIZATION).collect().await?.rows;
            assert!(!rows.iter().any(|row| row.permission_id == ids::GIT_PERMISSION));
        }, |bad| bad.client.organizations().remove_git_permission(ids::ORGANIZATION, GONE).send() => NotFound),
        case!("organizations.list_sessions", |client| {
            let sessions = client.organizations().list_sessions(ids::ORGANIZATION).collect().await?;
            assert!(!sessions.rows.is_empty() && sessions.rows.iter().all(|row| row.org_id == ids::ORGANIZATION));
        }, |bad| bad.client.organizations().list_sessions(GONE).page() => NotFound),
        case!("organizations.list_session_insights", |client| {
            let page = client.organizations().list_session_insights(ids::ORGANIZATION).limit(5).page().await?;
            assert!(!page.rows.is_empty() && page.rows.iter().all(|row| row.org_id == ids::ORGANIZATION));
        }, |bad| bad.client.organizations().list_session_insights(GONE).page() => NotFound),
        case!("sessions.list", |client| {
            // Two ids: Prism takes a single one of a nullable array parameter for a plain text.
            let sessions = client.sessions().list().session_ids([ids::SESSION, GONE]).collect().await?;
            assert_eq!(sessions.rows.len(), 1);
            assert!(!matches!(sessions.rows[0].status, SessionStatus::Unknown(_)));
        }, |bad| bad.v3.sessions().list().page() => Permission),
        case!("sessions.list_insights", |client| {
            let page = client.sessions().list_insights().created_date_from(FROM).created_date_to(TO).limit(20).page().await?;
            assert!(page.rows.iter().any(|row| row.session_analysis.is_some()), "some are analysed");
        }, |bad| bad.v3.sessions().list_insights().page() => Permission),
        case!("sessions.get", |client| {
            assert_eq!(client.sessions().get(ids::SESSION).send().await?.session_id, ids::SESSION);
        }, |bad| bad.client.sessions().get(GONE).send() => NotFound),
        case!("playbooks.list", |client| {
            assert!(client.playbooks().list().send().await?.iter().any(|row| row.playbook_id == ids::PLAYBOOK));
        }, |bad| bad.v3.playbooks().list().send() => Permission),
        case!("playbooks.create", |client| {
            let made = client.playbooks().create("Release", "1. Tag it.").macro_("!release").send().await?;
            assert_eq!(client.playbooks().get(made.playbook_id.unwrap()).send().await?.title, "Release");
        }, |bad| bad.v3.playbooks().create("Release", "1. Tag it.").send() => Permission),
        case!("playbooks.get", |client| {
            assert_eq!(client.playbooks().get(ids::PLAYBOOK).send().await?.playbook_id, ids::PLAYBOOK);
        }, |bad| bad.client.playbooks().get(GONE).send() => NotFound),
        case!("playbooks.update", |client| {
            client.playbooks().update(ids::PLAYBOOK, "Renamed", "Body").send().await?;
            assert_eq!(client.playbooks().get(ids::PLAYBOOK).send().await?.title, "Renamed");
        }, |bad| bad.client.playbooks().update(GONE, "Renamed", "Body").send() => NotFound),
        case!("playbooks.delete", |client| {
            client.playbooks().delete(ids::PLAYBOOK).send().await?;
            assert_eq!(client.playbooks().get(ids::PLAYBOOK).send().await.unwrap_err().kind(), ErrorKind::NotFound);
        }, |bad| bad.client.playbooks().delete(GONE).send() => NotFound),
        case!("identity.get", |client| {
            let own = client.identity().get().send().await?;
            let keys = client.api_keys().list().collect().await?;
            assert!(keys.rows.iter().any(|key| key.id == own.api_key_id), "the caller's key is listed");
        }, |bad| bad.v3.identity().get().send() => Permission),
        case!("hypervisors.health", |client| {
            assert!(client.hypervisors().health().send().await?.iter().all(|row| !row.hypervisor_id.is_empty()));
        }, |bad| bad.v3.hypervisors().health().send() => Permission),
        case!("org_group_limits.get", |client| {
            let _ = client.org_group_limits().get().send().await?.groups;
        }, |bad| bad.v3.org_group_limits().get().send() => Permission),
        case!("org_group_limits.update", |client| {
            let group = OrgGroupLimit { max_cycle_acus: Some(250), org_ids: vec![ids::ORGANIZATION.to_owned()], ..Default::default() };
            let limits = OrgGroupLimits { groups: [("shared".to_owned(), group)].into(), ..Default::default() };
            client.org_group_limits().update(limits).confirm("replace-org-group-limits").send().await?;
            let now = client.org_group_limits().get().send().await?.groups;
            assert_eq!(now.keys().collect::<Vec<_>>(), ["shared"], "groups that were not named are gone");
        }, |bad| bad.v3.org_group_limits().update(OrgGroupLimits::default()).confirm("replace-org-group-limits").send() => Permission),
        case!("snapshots.get", |client| {
            let snapshot = client.snapshots().get(ids::SNAPSHOT).send().await?;
            assert_eq!((snapshot.snapshot_id.as_str(), snapshot.org.org_id.is_empty()), (ids::SNAPSHOT, false));
        }, |bad| bad.client.snapshots().get(GONE).send() => NotFound),
        case!("repositories.bulk_index", |client| {
            client.repositories().bulk_index(ids::ORGANIZATION, ["acme/api"]).send().await?;
            let rows = client.repositories().status(ids::ORGANIZATION).send().await?;
            assert!(rows.iter().any(|row| row.name == "acme/api" && row.latest_index.is_some()));
        }, |bad| bad.v3.repositories().bulk_index(ids::ORGANIZATION, ["acme/api"]).send() => Permission),
        case!("repositories.status", |client| {
            assert!(client.repositories().status(ids::ORGANIZATION).send().await?.iter().all(|row| !row.name.is_empty()));
        }, |bad| bad.client.repositories().status(GONE).send() => NotFound),
        case!("user_usage.list", |client| {
            let rows = client.user_usage().list().limit(10).page().await?.rows;
            assert!(rows.iter().all(|row| row.lifetime.total_acus_consumed >= row.last_7_days.total_acus_consumed));
        }, |bad| bad.v3.user_usage().list().page() => Permission),
    ]
}

#[tokio::test]
async fn every_operation_succeeds_and_fails() {
    let server = Server::from_env().await;
    let cases = cases();
    let missing: Vec<&str> = Operation::all()
        .iter()
        .map(|operation| operation.name)
        .filter(|name| !cases.iter().any(|case| case.name == *name))
        .collect();
    assert!(missing.is_empty(), "operations without a case: {missing:?}");

    for case in cases {
        let operation =
            Operation::find(case.name).unwrap_or_else(|| panic!("{} isn't an operation", case.name));
        let arrived = async || {
            let requests = server.requests().await;
            requests.iter().any(|request| {
                let path = request["path"].as_str().unwrap_or_default();
                request["method"] == operation.http_method && matches(operation.template, path)
            })
        };

        server.reset().await;
        (case.success)(server.client()).await.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert!(arrived().await, "{}: the server saw no such request", case.name);

        server.reset().await;
        let failing = Failing { client: server.client(), v3: server.client_with_key("cog_example_value") };
        let (result, kind) = (case.failure)(failing).await;
        let error = result.err().unwrap_or_else(|| panic!("{}: the failing call succeeded", case.name));
        assert_eq!(error.kind(), kind, "{}: {error}", case.name);
        assert_eq!(error.operation(), Some(case.name));
        assert!(error.request_id().is_some() && error.status().is_some(), "{}: {error:?}", case.name);
        assert!(arrived().await, "{}: the failing call was not sent", case.name);
    }
}
