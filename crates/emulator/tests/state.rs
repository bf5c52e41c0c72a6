//! Changes are seen by what is read afterwards, and each leaves an audit entry.

mod support;

use serde_json::{Value, json};
use support::{Host, ORGANIZATION, SESSION, SNAPSHOT, USER, column};

fn user(suffix: &str) -> String {
    format!("/v2/enterprise/members/{}{suffix}", USER.replace('|', "%7C"))
}

fn organization(suffix: &str) -> String {
    format!("/v2/enterprise/organizations/{ORGANIZATION}{suffix}")
}

async fn newest_action(host: &Host) -> String {
    let entries = host.get("/v2/enterprise/audit-logs?limit=1").await;
    assert!(entries["audit_logs"][0]["created_at"].is_i64(), "milliseconds");
    entries["audit_logs"][0]["action"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn invited_members_are_listed_and_existing_ones_skipped() {
    let host = Host::start().await;
    let emails = json!({ "emails": ["grace@example.com", "ada@example.com", "GRACE@example.com"] });
    let invited = host.change("POST", "/v2/enterprise/members/invite", Some(emails)).await;
    assert_eq!(invited["invited_count"], 1);
    let (user_id, email) = invited["invitee_user_id_to_email"].as_object().unwrap().iter().next().unwrap();
    assert_eq!(email, "grace@example.com");
    let found = host.get("/v2/enterprise/members?email=grace%40example.com").await;
    assert_eq!((&found["total"], &found["items"][0]["user_id"]), (&json!(1), &json!(user_id)));
    assert_eq!(host.get("/v2/enterprise/members").await["total"], 121);
    assert_eq!(newest_action(&host).await, "invite_members");
    for bad in [
        json!({ "emails": [] }),
        json!({ "emails": ["no address"] }),
        json!({ "emails": vec!["a@b.c"; 101] }),
    ] {
        let status = host.status("POST", "/v2/enterprise/members/invite", Some(bad)).await;
        assert!(matches!(status, 400 | 422), "{status}");
    }
}

#[tokio::test]
async fn members_get_roles_and_leave() {
    let host = Host::start().await;
    let roles = |role: &str| Some(json!({ "user_ids": [USER], "role_id": role }));
    host.change("PATCH", "/v2/enterprise/members/roles", roles("account_admin")).await;
    assert_eq!(host.get(&user("")).await["enterprise_role"], "account_admin");
    assert_eq!(newest_action(&host).await, "update_user_role");
    assert_eq!(host.status("PATCH", "/v2/enterprise/members/roles", roles("org_member")).await, 400);
    let unknown = json!({ "user_ids": [USER, "email|0"], "role_id": "account_member" });
    assert_eq!(host.status("PATCH", "/v2/enterprise/members/roles", Some(unknown)).await, 404);
    assert_eq!(host.get(&user("")).await["enterprise_role"], "account_admin", "all or nothing");

    let migrate = json!({ "source_role_id": "account_member", "target_role_id": "account_admin" });
    host.change("PATCH", "/v2/enterprise/members/migrate-roles", Some(migrate)).await;
    let members = host.get("/v2/enterprise/members?limit=200").await;
    assert!(!column(&members["items"], "enterprise_role").iter().any(|role| role == "account_member"));
    let wrong = json!({ "source_role_id": "account_member", "target_role_id": "org_admin" });
    assert_eq!(host.status("PATCH", "/v2/enterprise/members/migrate-roles", Some(wrong)).await, 400);

    assert_eq!(host.get(&user("/organizations")).await["items"][0]["org_id"], ORGANIZATION);
    host.change("DELETE", &user(""), None).await;
    for path in [user(""), user("/organizations")] {
        assert_eq!(host.status("GET", &path, None).await, 404);
    }
    assert_eq!(host.status("DELETE", &user(""), None).await, 404);
    let left = host.get(&organization("/members?limit=200")).await;
    assert!(!column(&left["items"], "user_id").iter().any(|id| id == USER));
}

#[tokio::test]
async fn organizations_live_and_die() {
    let host = Host::start().await;
    let body = json!({ "display_name": "Mobile", "acu_limit": 500 });
    let made = host.change("POST", "/v2/enterprise/organizations", Some(body)).await;
    assert_eq!((&made["org_admin_count"], &made["max_cycle_acu_limit"]), (&json!(1), &json!(500)));
    let path = format!("/v2/enterprise/organizations/{}", made["org_id"].as_str().unwrap());
    host.change("PATCH", &path, Some(json!({ "display_name": "Phones" }))).await;
    assert_eq!(host.get(&path).await["max_cycle_acu_limit"], 500, "absent leaves the limit");
    host.change("PATCH", &path, Some(json!({ "max_acu_limit": null }))).await;
    let read = host.get(&path).await;
    assert_eq!((&read["max_cycle_acu_limit"], &read["org_name"]), (&json!(null), &json!("Phones")));
    host.change("DELETE", &path, None).await;
    assert_eq!(host.status("GET", &path, None).await, 404);
    assert_eq!(newest_action(&host).await, "delete_organization");

    let primary = host.get("/v2/enterprise/self").await["org_id"].as_str().unwrap().to_owned();
    assert_eq!(host.status("DELETE", &format!("/v2/enterprise/organizations/{primary}"), None).await, 400);

    let before = host.get("/v2/enterprise/sessions?limit=1").await["total"].as_u64();
    let own = host.get(&organization("/sessions?limit=1")).await["total"].as_u64();
    host.change("DELETE", &organization(""), None).await;
    let after = host.get("/v2/enterprise/sessions?limit=1").await["total"].as_u64();
    assert_eq!(before.zip(own).map(|(before, own)| before - own), after);
    assert_eq!(host.status("GET", &format!("/v2/enterprise/sessions/{SESSION}"), None).await, 404);
}

#[tokio::test]
async fn members_of_an_organization() {
    let host = Host::start().await;
    let invited = host
        .change("POST", "/v2/enterprise/members/invite", Some(json!({ "emails": ["new@example.com"] })))
        .await;
    let user_id = invited["invitee_user_id_to_email"].as_object().unwrap().keys().next().unwrap().clone();
    let total = host.get(&organization("/members")).await["total"].as_u64().unwrap();
    let add = |users: Value| Some(json!({ "org_ids": [ORGANIZATION], "user_ids": users }));
    let mixed = add(json!([user_id, "email|0"]));
    assert_eq!(host.status("POST", &organization("/members"), mixed).await, 404);
    assert_eq!(host.get(&organization("/members")).await["total"], total, "all or nothing");
    host.change("POST", &organization("/members"), add(json!([user_id]))).await;
    assert_eq!(host.get(&organization("/members")).await["total"], total + 1);
    let roles = |role: &str| Some(json!({ "user_ids": [user_id], "role_id": role }));
    host.change("PATCH", &organization("/members/roles"), roles("org_admin")).await;
    assert_eq!(host.status("PATCH", &organization("/members/roles"), roles("account_admin")).await, 400);
    let migrate = json!({ "source_role_id": "org_admin", "target_role_id": "org_deepwiki" });
    host.change("PATCH", &organization("/members/migrate-roles"), Some(migrate)).await;
    let encoded = user_id.replace('|', "%7C");
    let own = host.get(&format!("/v2/enterprise/members/{encoded}/organizations")).await;
    assert_eq!(
        (&own["items"][0]["org_role"], &own["items"][0]["org_role_name"]),
        (&json!("org_deepwiki"), &json!("DeepWiki"))
    );
    host.change("DELETE", &organization(&format!("/members/{encoded}")), None).await;
    assert_eq!(host.status("DELETE", &organization(&format!("/members/{encoded}")), None).await, 404);
}

#[tokio::test]
async fn groups_and_their_roles() {
    let host = Host::start().await;
    let names = host
        .change("PUT", "/v2/enterprise/groups", Some(json!({ "group_names": ["Data Science", "Finance"] })))
        .await;
    assert_eq!(names.as_array().map(Vec::len), Some(5), "all names, the new one among them: {names}");
    let add = json!({ "group_name": "Data Science", "role": "org_admin" });
    host.change("POST", &organization("/groups"), Some(add)).await;
    let group = host.get("/v2/enterprise/groups/Data%20Science").await;
    assert_eq!(
        (&group["org_count"], &group["role_by_org_id"][ORGANIZATION]),
        (&json!(1), &json!("org_admin"))
    );
    host.change("DELETE", &organization("/groups/Data%20Science"), None).await;
    assert_eq!(host.get("/v2/enterprise/groups/Data%20Science").await["org_count"], 0);
    assert_eq!(host.status("DELETE", &organization("/groups/Data%20Science"), None).await, 404);
    assert_eq!(host.get("/v2/enterprise/groups/Contractors%20%2F%20Europe").await["org_count"], 1);
}

#[tokio::test]
async fn git_permissions_keep_their_order_and_join_their_paths() {
    let host = Host::start().await;
    let connections = host.get(&organization("/git/connections")).await;
    let connection = &connections["items"][0]["connection_id"];
    let body = json!([
        { "connection_id": connection, "repo_path": ["acme", "web"] },
        { "connection_id": connection, "group_prefix": ["acme", "tools", "ci"] },
        { "connection_id": connection, "repo_url": "https://github.com/acme/docs.git" },
    ]);
    let added = host.change("POST", &organization("/git/permissions"), Some(body)).await;
    let ids: Vec<_> =
        added["permission_ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let names: Vec<_> = ids.iter().map(|id| added["permission_names"][id].as_str().unwrap()).collect();
    assert_eq!(names, ["acme/web", "acme/tools/ci", "acme/docs"]);
    let listed = host.get(&organization("/git/permissions")).await;
    let last = listed["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["permission_id"], &last["repo_path"]), (&json!(ids[2]), &json!("acme/docs")));
    host.change("DELETE", &organization(&format!("/git/permissions/{}", ids[2])), None).await;
    assert_eq!(
        host.status("DELETE", &organization(&format!("/git/permissions/{}", ids[2])), None).await,
        404
    );
    let unknown = json!([{ "connection_id": "git-connection-0" }]);
    assert_eq!(host.status("POST", &organization("/git/permissions"), Some(unknown)).await, 404);
}

#[tokio::test]
async fn playbooks_limits_and_indexing() {
    let host = Host::start().await;
    let made = host
        .change(
            "POST",
            "/v2/enterprise/playbooks",
            Some(json!({ "title": "Té", "body": "1", "macro": "!t" })),
        )
        .await;
    let path = format!("/v2/enterprise/playbooks/{}", made["playbook_id"].as_str().unwrap());
    let updated = host.change("PUT", &path, Some(json!({ "title": "T", "body": "2" }))).await;
    assert_eq!(updated, json!({ "status": "success" }));
    let read = host.get(&path).await;
    assert_eq!(
        (&read["body"], &read["macro"], &read["updated_by_user_name"]),
        (&json!("2"), &json!(null), &json!("Robin Hale"))
    );
    host.change("DELETE", &path, None).await;
    assert_eq!(host.status("GET", &path, None).await, 404);

    let limits = json!({ "groups": { "b": { "org_ids": [ORGANIZATION], "max_cycle_acus": null } } });
    let answer = host.change("PUT", "/v2/enterprise/org-group-limits", Some(limits.clone())).await;
    assert_eq!(
        (answer, host.get("/v2/enterprise/org-group-limits").await),
        (limits.clone(), limits),
        "replaced"
    );

    let index = json!({ "org_id": ORGANIZATION, "repo_names": ["acme/new"] });
    host.change("POST", "/beta/v2/enterprise/repositories/bulk-index", Some(index)).await;
    let mut stages = Vec::new();
    for _ in 0..3 {
        let rows = host.get(&format!("/beta/v2/enterprise/repositories/{ORGANIZATION}")).await;
        let row = rows.as_array().unwrap().iter().find(|row| row["name"] == "acme/new").unwrap().clone();
        stages.push(row["latest_index"]["status"].as_str().unwrap().to_owned());
        assert_eq!(row["latest_completed_search_index_job"].is_null(), stages.last().unwrap() != "completed");
    }
    assert_eq!(stages, ["pending", "in_progress", "completed"]);
}

#[tokio::test]
async fn audit_entries_before_and_after() {
    let host = Host::start().await;
    let first = host.get("/v2/enterprise/audit-logs?limit=10").await;
    let ids = column(&first["audit_logs"], "audit_log_id");
    assert_eq!(ids.len(), 10);
    let older = host.get(&format!("/v2/enterprise/audit-logs?limit=10&before={}", ids[3])).await;
    assert_eq!(column(&older["audit_logs"], "audit_log_id")[..6], ids[4..]);
    let newer = host.get(&format!("/v2/enterprise/audit-logs?after={}", ids[3])).await;
    assert_eq!(column(&newer["audit_logs"], "audit_log_id"), ids[..3]);
    let dated = host.get("/v2/enterprise/audit-logs?before=2026-02-10&after=2026-02-09").await;
    let times: Vec<_> = dated["audit_logs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["created_at"].as_i64().unwrap())
        .collect();
    assert!(
        !times.is_empty() && times.iter().all(|time| (1_770_595_200_000..1_770_681_600_000).contains(time))
    );
    assert_eq!(host.status("GET", "/v2/enterprise/audit-logs?before=audit-0", None).await, 400);
    // Paged to the end: every entry once.
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let page = host.get(&format!("/v2/enterprise/audit-logs?limit=60{before}")).await;
        let ids = column(&page["audit_logs"], "audit_log_id");
        let Some(last) = ids.last() else { break };
        before = format!("&before={last}");
        seen.extend(ids);
    }
    let unique: std::collections::HashSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), unique.len()), (250, 250));
}

#[tokio::test]
async fn snapshots_answer_a_naive_time() {
    let host = Host::start().await;
    let snapshot = host.get(&format!("/v2/enterprise/snapshots/{SNAPSHOT}")).await;
    assert_eq!(snapshot["org"]["created_at"], "2025-09-15T16:20:05.482913");
    assert_eq!(host.status("GET", "/v2/enterprise/snapshots/snapshot-0", None).await, 404);
    let zoned = Host::with(devin_v2_emulator::Config { naive_times: false, ..Default::default() }).await;
    let snapshot = zoned.get(&format!("/v2/enterprise/snapshots/{SNAPSHOT}")).await;
    assert_eq!(snapshot["org"]["created_at"], "2025-09-15T16:20:05.482913Z");
}

#[tokio::test]
async fn every_write_leaves_one_entry() {
    let host = Host::start().await;
    let count = || async {
        let page = host.get("/v2/enterprise/audit-logs?limit=1000").await;
        page["audit_logs"].as_array().map(Vec::len).unwrap_or_default()
    };
    let writes = [
        ("PATCH", organization(""), Some(json!({ "max_acu_limit": 1 }))),
        ("POST", "/v2/enterprise/api-keys".to_owned(), Some(json!({ "org_id": ORGANIZATION }))),
        ("PUT", "/v2/enterprise/groups".to_owned(), Some(json!({ "group_names": ["x"] }))),
        ("DELETE", organization("/groups/Engineering"), None),
        ("DELETE", user(""), None),
    ];
    for (index, (method, path, body)) in writes.into_iter().enumerate() {
        host.change(method, &path, body).await;
        assert_eq!(count().await, 251 + index, "{method} {path}");
    }
    // What is refused leaves none.
    assert_eq!(host.status("DELETE", &user(""), None).await, 404);
    assert_eq!(count().await, 255);
}
