//! Every read operation against Prism, a mock server that knows nothing of us but the document.
//!
//! Runs where `DEVIN_V2_TEST_URL` names one (`cargo xtask test prism`); elsewhere the emulator answers, so that the
//! table below is never out of use.

mod support;

use devin_v2::{Kind, Operation};
use support::{Server, ids};

macro_rules! read {
    ($done:ident, $($name:literal: $call:expr => $end:ident,)*) => {
        $(
            $call.$end().await.unwrap_or_else(|error| panic!("{}: {error}", $name));
            $done.push($name);
        )*
    };
}

#[tokio::test]
async fn every_read_operation_parses_the_answer() {
    let server = Server::from_env().await;
    let client = server.client_with_key(&server.key);
    let mut done = Vec::new();
    read! { done,
        "api_keys.list": client.api_keys().list() => page,
        "audit_logs.list": client.audit_logs().list() => page,
        "consumption.cycles": client.consumption().cycles() => send,
        "consumption.daily": client.consumption().daily() => send,
        "consumption.user_daily": client.consumption().user_daily(ids::USER) => send,
        "groups.list": client.groups().list() => page,
        "groups.get": client.groups().get(ids::GROUP) => send,
        "members.list": client.members().list() => page,
        "members.get": client.members().get(ids::USER) => send,
        "members.list_organizations": client.members().list_organizations(ids::USER) => page,
        "roles.list": client.roles().list() => send,
        "metrics.prs": client.metrics().prs() => send,
        "metrics.sessions": client.metrics().sessions() => send,
        "metrics.searches": client.metrics().searches() => send,
        "metrics.usage": client.metrics().usage() => send,
        "organizations.list": client.organizations().list() => page,
        "organizations.get": client.organizations().get(ids::ORGANIZATION) => send,
        "organizations.list_members": client.organizations().list_members(ids::ORGANIZATION) => page,
        "organizations.list_groups": client.organizations().list_groups(ids::ORGANIZATION) => page,
        "organizations.list_git_connections": client.organizations().list_git_connections(ids::ORGANIZATION) => page,
        "organizations.list_git_permissions": client.organizations().list_git_permissions(ids::ORGANIZATION) => page,
        "organizations.list_sessions": client.organizations().list_sessions(ids::ORGANIZATION) => page,
        "organizations.list_session_insights": client.organizations().list_session_insights(ids::ORGANIZATION) => page,
        "sessions.list": client.sessions().list() => page,
        "sessions.list_insights": client.sessions().list_insights() => page,
        "sessions.get": client.sessions().get(ids::SESSION) => send,
        "playbooks.list": client.playbooks().list() => send,
        "playbooks.get": client.playbooks().get(ids::PLAYBOOK) => send,
        "identity.get": client.identity().get() => send,
        "hypervisors.health": client.hypervisors().health() => send,
        "org_group_limits.get": client.org_group_limits().get() => send,
        "snapshots.get": client.snapshots().get(ids::SNAPSHOT) => send,
        "repositories.status": client.repositories().status(ids::ORGANIZATION) => send,
        "user_usage.list": client.user_usage().list() => page,
    }
    let reads: Vec<&str> = Operation::all()
        .iter()
        .filter(|operation| operation.kind == Kind::Read)
        .map(|operation| operation.name)
        .collect();
    let missing: Vec<&&str> = reads.iter().filter(|name| !done.contains(*name)).collect();
    assert!(missing.is_empty(), "read operations that were not called: {missing:?}");
}
