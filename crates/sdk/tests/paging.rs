//! Listings: the three styles, rows that move, repeat or vanish while they are read, servers that never end.

mod support;

use std::collections::HashSet;

use devin_v2::{Error, ErrorKind, ResumeToken};
use devin_v2_emulator::Config;
use serde_json::{Value, json};
use support::Server;

const MEMBERS: &str = "/v2/enterprise/members";

async fn with_members(members: u32) -> Server {
    Server::with(Config { members, ..Config::default() }).await
}

/// A client that fetches one page at a time, so that a test knows what happens between two of them.
fn serial(server: &Server) -> devin_v2::Client {
    server.hasty().prefetch(1).build().unwrap()
}

#[tokio::test]
async fn all_three_styles_give_every_row_once() {
    let server = Server::with(Config { members: 120, sessions: 1_000, ..Config::default() }).await;
    let client = server.client();

    let sessions = client.sessions().list().limit(64).collect().await.unwrap();
    let ids: HashSet<&str> = sessions.rows.iter().map(|row| row.session_id.as_str()).collect();
    assert_eq!((ids.len(), sessions.rows.len()), (1_000, 1_000));
    let report = &sessions.report;
    assert!(report.complete && report.resume.is_none());
    assert_eq!((report.expected, report.seen, report.duplicates, report.pages), (Some(1_000), 1_000, 0, 16));
    assert!(
        sessions.rows.windows(2).all(|pair| pair[0].created_at >= pair[1].created_at),
        "the order of the service"
    );

    for _ in 0..60 {
        client.api_keys().provision(support::ids::ORGANIZATION).send().await.unwrap();
    }
    let keys = client.api_keys().list().per_page(7).collect().await.unwrap();
    let ids: HashSet<&str> = keys.rows.iter().map(|row| row.id.as_str()).collect();
    assert!(keys.report.complete && ids.len() == keys.rows.len() && ids.len() > 60);
    assert_eq!(keys.report.expected, Some(ids.len() as u64));

    let entries = client.audit_logs().list().limit(7).collect().await.unwrap();
    let ids: HashSet<&str> = entries.rows.iter().map(|row| row.audit_log_id.as_str()).collect();
    assert!(entries.report.complete && ids.len() == entries.rows.len() && ids.len() >= 60);
    assert_eq!(entries.report.expected, None, "the audit log tells no total");
}

#[tokio::test]
async fn an_empty_list_is_complete() {
    let server = Server::start().await;
    let none = server.client().members().list().email("nobody@example.com").collect().await.unwrap();
    assert!(none.rows.is_empty() && none.report.complete && none.report.pages == 1);
}

#[tokio::test]
async fn a_row_that_comes_again_is_given_once() {
    let server = with_members(40).await;
    let client = serial(&server);
    let mut members = client.members().list().limit(10).items();
    let mut seen = Vec::new();
    while let Some(member) = members.next().await {
        seen.push(member.unwrap().user_id);
        if seen.len() == 10 {
            // The second page shows the last row of the first again.
            let again = json!(seen[9]);
            server.fault(json!({"path": MEMBERS, "times": 1, "effect": {"kind": "replace_field", "name": "user_id", "value": again, "row": 0}})).await;
        }
    }
    let unique: HashSet<&String> = seen.iter().collect();
    assert_eq!(unique.len(), seen.len());
    let report = members.report();
    assert_eq!(
        (report.duplicates, report.seen, report.complete),
        (1, 39, false),
        "one row was not shown: say so"
    );
}

#[tokio::test]
async fn a_list_that_shrinks_meanwhile_is_not_called_complete() {
    let server = with_members(40).await;
    let client = serial(&server);
    let mut members = client.members().list().limit(10).items();
    let mut count = 0;
    while let Some(member) = members.next().await {
        let member = member.unwrap();
        count += 1;
        if count == 10 {
            // Every later row moves up by one: the eleventh is never shown.
            client.members().delete(member.user_id).send().await.unwrap();
        }
    }
    let report = members.report();
    assert!(report.total_changed && !report.complete, "{report:?}");
    assert_eq!(report.seen, count);
}

#[tokio::test]
async fn a_list_that_grows_meanwhile_is_followed_to_its_end() {
    let server = with_members(40).await;
    let client = serial(&server);
    let mut members = client.members().list().limit(10).items();
    let mut addresses = HashSet::new();
    let mut invited = false;
    while let Some(member) = members.next().await {
        addresses.insert(member.unwrap().email);
        if !invited {
            invited = true;
            client
                .members()
                .invite((0..15).map(|number| format!("late{number}@example.com")))
                .send()
                .await
                .unwrap();
        }
    }
    assert_eq!(addresses.len(), 55, "those who came late are there");
    assert!(members.report().total_changed && !members.report().complete);
}

#[tokio::test]
async fn servers_that_never_end_are_an_error() {
    let page = |rows: Value, more: bool| json!({"items": rows, "total": 1_000, "skip": 0, "limit": 2, "has_more": more, "next_cursor": 2});
    let row = |id: &str| json!({"user_id": id, "email": "a@example.com", "name": "A", "enterprise_role": "account_member", "created_at": "2026-01-01T00:00:00Z"});
    let faults = [
        // The same page again and again, whatever `skip` says.
        page(json!([row("a"), row("b")]), true),
        // Nothing, but more to come.
        page(json!([]), true),
    ];
    for body in faults {
        for prefetch in [1, 8] {
            let server = Server::start().await;
            let client = server.hasty().prefetch(prefetch).build().unwrap();
            server.fault(json!({"path": MEMBERS, "times": null, "effect": {"kind": "status", "status": 200, "body": body}})).await;
            let interrupted = client.members().list().limit(2).collect().await.unwrap_err();
            assert_eq!(interrupted.error.kind(), ErrorKind::Paging, "{interrupted}");
            assert!(server.requests().await.len() <= 2 + prefetch * 2, "it goes on asking");
        }
    }

    let server = Server::start().await;
    let entries = json!({"audit_logs": [{"audit_log_id": "1"}, {"audit_log_id": "2"}]});
    server.fault(json!({"path": "/v2/enterprise/audit-logs", "times": null, "effect": {"kind": "status", "status": 200, "body": entries}})).await;
    let interrupted = server.client().audit_logs().list().collect().await.unwrap_err();
    assert_eq!((interrupted.error.kind(), interrupted.rows.len()), (ErrorKind::Paging, 2), "{interrupted}");
    assert!(interrupted.to_string().contains("before"), "{interrupted}");
}

/// The audit log tells neither total nor end: what it shows again must end the listing, rightly or with an error.
#[tokio::test]
async fn audit_logs_that_do_not_go_on_are_an_error() {
    let path = "/v2/enterprise/audit-logs";
    let cases = [
        // Rows without an id are always new; the cursor is not.
        (json!([{"action": "x"}, {"audit_log_id": "a1"}]), 2),
        // A service whose `before` includes the entry itself can't be read one by one.
        (json!([{"audit_log_id": "a1"}]), 1),
    ];
    for (rows, limit) in cases {
        let server = Server::start().await;
        let body = json!({"audit_logs": rows});
        server.fault(json!({"path": path, "times": null, "effect": {"kind": "status", "status": 200, "body": body}})).await;
        let interrupted = server.client().audit_logs().list().limit(limit).collect().await.unwrap_err();
        assert_eq!(interrupted.error.kind(), ErrorKind::Paging, "{interrupted}");
        assert!(server.requests().await.len() <= 3);
    }
}

/// A page that says both that nothing follows and what follows is not the end of a complete list.
#[tokio::test]
async fn an_end_that_contradicts_itself_is_not_complete() {
    let server = Server::start().await;
    let body = json!({"items": [], "has_more": false, "next_cursor": 5});
    server
        .fault(
            json!({"path": MEMBERS, "times": 1, "effect": {"kind": "status", "status": 200, "body": body}}),
        )
        .await;
    let listed = server.client().members().list().collect().await.unwrap();
    assert!(!listed.report.complete, "{:?}", listed.report);
    let body = json!({"items": [], "total": 9, "skip": 0, "limit": 5, "has_more": false});
    server
        .fault(
            json!({"path": MEMBERS, "times": 1, "effect": {"kind": "status", "status": 200, "body": body}}),
        )
        .await;
    let error = server.client().members().list().skip(5).page().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Paging, "another page than the one asked for: {error}");
}

/// Pages fetched ahead don't use up their time waiting for each other.
#[tokio::test]
async fn pages_ahead_fit_into_the_requests_in_flight() {
    let server = with_members(100).await;
    server.fault(json!({"path": MEMBERS, "times": null, "delay_ms": 50})).await;
    let limit = std::time::Duration::from_millis(400);
    let client = server.hasty().max_concurrency(1).attempt_timeout(limit).timeout(limit).build().unwrap();
    let listed = client.members().list().limit(5).collect().await.unwrap();
    assert!(listed.report.complete && listed.rows.len() == 100);
}

/// A server that gives fewer rows a page than asked for must not make holes.
#[tokio::test]
async fn short_pages_leave_no_holes() {
    let server = with_members(90).await;
    let client = server.client();
    let all = client.members().list().limit(30).collect().await.unwrap();
    // The second page ends early, though more follow.
    let rows: Vec<Value> = all.rows[30..37].iter().map(|row| serde_json::to_value(row).unwrap()).collect();
    let short =
        json!({"items": rows, "total": 90, "skip": 30, "limit": 30, "has_more": true, "next_cursor": 37});
    for prefetch in [1, 8] {
        server.fault(json!({"path": MEMBERS, "skip": 1, "times": 1, "effect": {"kind": "status", "status": 200, "body": short}})).await;
        let client = server.hasty().prefetch(prefetch).build().unwrap();
        let listed = client.members().list().limit(30).collect().await.unwrap();
        assert_eq!(listed.rows, all.rows, "prefetch {prefetch}");
        assert!(listed.report.complete);
        server.reset().await;
    }
}

#[tokio::test]
async fn a_failed_page_keeps_what_came_before_and_can_be_resumed() {
    let server = with_members(90).await;
    let client = serial(&server);
    let whole = client.members().list().limit(20).collect().await.unwrap().rows;
    server
        .fault(json!({"path": MEMBERS, "skip": 2, "times": 1, "effect": {"kind": "status", "status": 403}}))
        .await;
    let interrupted = client.members().list().limit(20).collect().await.unwrap_err();
    assert_eq!((interrupted.error.kind(), interrupted.rows.len()), (ErrorKind::Permission, 40));
    assert!(!interrupted.report.complete);

    let token = interrupted.resume.clone().unwrap().to_string();
    assert!(interrupted.to_string().contains(&token), "{interrupted}");
    let token: ResumeToken = token.parse().unwrap();
    let rest = client.members().list().limit(20).resume_from(token.clone()).collect().await.unwrap();
    assert_eq!([interrupted.rows, rest.rows].concat(), whole);

    let error: Error = client.groups().list().resume_from(token).collect().await.unwrap_err().into();
    assert_eq!(error.kind(), ErrorKind::Refused, "a token of another operation: {error}");
    assert!("members.list".parse::<ResumeToken>().is_err());

    // The other styles resume too.
    let keys = client.api_keys().list().per_page(2).page().await.unwrap();
    let rest = client.api_keys().list().per_page(2).resume_from(keys.next.unwrap()).collect().await.unwrap();
    let all = client.api_keys().list().collect().await.unwrap();
    assert_eq!([keys.rows, rest.rows].concat(), all.rows);
    for number in 0..5 {
        client.groups().add([format!("Group {number}")]).send().await.unwrap();
    }
    let entries = client.audit_logs().list().limit(2).page().await.unwrap();
    let rest = client.audit_logs().list().resume_from(entries.next.unwrap()).collect().await.unwrap();
    let all = client.audit_logs().list().collect().await.unwrap();
    assert_eq!([entries.rows, rest.rows].concat(), all.rows);
}

/// Pages are fetched side by side, bounded, and given in order.
#[tokio::test]
async fn pages_are_fetched_ahead_but_never_more_than_allowed() {
    let server = Server::with(Config { sessions: 2_000, ..Config::default() }).await;
    let client = server.hasty().prefetch(4).build().unwrap();
    let mut sessions = client.sessions().list().limit(50).items();
    for _ in 0..60 {
        sessions.next().await.unwrap().unwrap();
    }
    // The second page is being read: of the 40, at most it, the four ahead of it and the first have been asked for.
    let arrived = server.requests().await.len();
    assert!((3..=6).contains(&arrived), "{arrived} pages were asked for");
    drop(sessions);
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let after = server.requests().await.len();
    assert!(after <= 6, "a dropped listing goes on: {after}");

    let listed = client.sessions().list().limit(50).collect().await.unwrap();
    assert!(listed.report.complete && listed.rows.len() == 2_000);
    assert!(listed.rows.windows(2).all(|pair| pair[0].created_at >= pair[1].created_at));
}
