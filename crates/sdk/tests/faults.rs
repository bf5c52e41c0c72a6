//! Every kind of fault that the emulator can play, and what the SDK makes of it.

mod support;

use std::time::Duration;

use devin_v2::types::{Member, SessionStatus};
use devin_v2::{CallOptions, CancellationToken, Client, Error, ErrorKind, Method};
use serde_json::{Value, json};
use support::{Server, ids};

const MEMBER: &str = "/v2/enterprise/members/*";
const MEMBERS: &str = "/v2/enterprise/members";

/// Gets a member under one fault, without waiting between attempts; gives the result and how many requests arrived.
async fn get_under(fault: Value) -> (Result<Member, Error>, usize) {
    let server = Server::start().await;
    server.fault(fault).await;
    let client = server.hasty().build().unwrap();
    let result = client.members().get(ids::USER).send().await;
    (result, server.requests().await.len())
}

fn fault(times: impl Into<Value>, effect: Value) -> Value {
    json!({ "method": "GET", "path": MEMBER, "times": times.into(), "effect": effect })
}

#[tokio::test]
async fn passing_faults_of_reads_are_tried_again() {
    let effects = [
        json!({"kind": "status", "status": 408}),
        json!({"kind": "status", "status": 429}),
        json!({"kind": "status", "status": 500}),
        json!({"kind": "status", "status": 502}),
        json!({"kind": "status", "status": 503, "headers": {"retry-after": "0"}}),
        json!({"kind": "status", "status": 504}),
        json!({"kind": "html", "status": 502}),
        json!({"kind": "reset"}),
        json!({"kind": "cut_body", "after": 10}),
    ];
    for effect in effects {
        let (result, arrived) = get_under(fault(2, effect.clone())).await;
        let member = result.unwrap_or_else(|error| panic!("{effect}: {error}"));
        assert_eq!((member.user_id.as_str(), arrived), (ids::USER, 3), "{effect}");
    }
}

#[tokio::test]
async fn lasting_faults_end_in_an_error_that_says_all() {
    let cases = [
        (
            json!({"kind": "status", "status": 400, "body": {"detail": "no"}}),
            ErrorKind::Validation,
            Some(400),
            1,
        ),
        (json!({"kind": "status", "status": 401}), ErrorKind::Authentication, Some(401), 1),
        (json!({"kind": "status", "status": 403}), ErrorKind::Permission, Some(403), 1),
        (json!({"kind": "status", "status": 404}), ErrorKind::NotFound, Some(404), 1),
        (json!({"kind": "status", "status": 409}), ErrorKind::Conflict, Some(409), 1),
        (json!({"kind": "status", "status": 418}), ErrorKind::Validation, Some(418), 1),
        (json!({"kind": "status", "status": 429}), ErrorKind::RateLimited, Some(429), 4),
        (json!({"kind": "status", "status": 501}), ErrorKind::Server, Some(501), 1),
        (json!({"kind": "status", "status": 503}), ErrorKind::Server, Some(503), 4),
        (json!({"kind": "html", "status": 502}), ErrorKind::Server, Some(502), 4),
        (json!({"kind": "html", "status": 200}), ErrorKind::Decode, Some(200), 1),
        (json!({"kind": "malformed_json"}), ErrorKind::Decode, Some(200), 1),
        (json!({"kind": "invalid_utf8"}), ErrorKind::Decode, Some(200), 1),
        (json!({"kind": "empty_body"}), ErrorKind::Decode, Some(200), 1),
        (json!({"kind": "reset"}), ErrorKind::Connect, None, 4),
        (json!({"kind": "cut_body", "after": 10}), ErrorKind::Connect, None, 4),
        (
            json!({"kind": "redirect", "status": 302, "location": "http://127.0.0.1:9/elsewhere"}),
            ErrorKind::Refused,
            Some(302),
            1,
        ),
    ];
    for (effect, kind, status, attempts) in cases {
        let (result, arrived) = get_under(fault(Value::Null, effect.clone())).await;
        let error = result.map(drop).expect_err("the fault lasts");
        assert_eq!(error.kind(), kind, "{effect}: {error}");
        if status.is_some() {
            assert_eq!(error.status(), status, "{effect}: {error}");
        }
        assert_eq!((error.attempts(), arrived), (attempts, attempts as usize), "{effect}: {error}");
        assert_eq!(error.operation(), Some("members.get"));
        assert!(error.request_id().is_some_and(|id| error.to_string().contains(id)), "{error}");
    }
}

/// A write that may have been carried out is not sent again.
#[tokio::test]
async fn writes_are_sent_again_only_where_that_is_harmless() {
    let cases = [
        (json!({"kind": "status", "status": 429}), 4),
        (json!({"kind": "status", "status": 500}), 1),
        (json!({"kind": "status", "status": 503}), 1),
        (json!({"kind": "reset"}), 1),
        (json!({"kind": "cut_body", "after": 3}), 1),
    ];
    for (effect, attempts) in cases {
        let server = Server::start().await;
        let client = server.hasty().build().unwrap();
        server.fault(json!({"method": "POST", "path": "**", "times": null, "effect": effect})).await;
        server.fault(json!({"method": "PATCH", "path": "**", "times": null, "effect": effect})).await;
        client.members().invite(["grace@example.com"]).send().await.unwrap_err();
        assert_eq!(server.requests().await.len(), attempts, "POST, {effect}");
        client.organizations().update(ids::ORGANIZATION).display_name("New").send().await.unwrap_err();
        assert_eq!(server.requests().await.len(), attempts * 2, "PATCH, {effect}");
    }
    // A connection that was never made can't have done anything.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = Client::builder().base_url(format!("http://{closed}")).api_key("apk_user_example_value");
    let client = client.retry_base_delay(Duration::from_millis(1)).build().unwrap();
    let error = client.members().invite(["grace@example.com"]).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4), "{error}");
}

#[tokio::test]
async fn retry_after_is_obeyed_up_to_a_limit() {
    let server = Server::start().await;
    let effect = json!({"kind": "status", "status": 429, "headers": {"retry-after": "1"}});
    server.fault(fault(1, effect.clone())).await;
    let client = server.hasty().build().unwrap();
    let raw = client.members().get(ids::USER).raw().await.unwrap();
    assert!(raw.waited() >= Duration::from_secs(1) && raw.attempts() == 2, "{raw:?}");

    let date = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(3600));
    let effect = json!({"kind": "status", "status": 503, "headers": {"retry-after": date}});
    server.fault(fault(Value::Null, effect)).await;
    let error = client.members().get(ids::USER).send().await.unwrap_err();
    assert_eq!(error.attempts(), 1, "an hour is more than the limit: {error}");
    assert!(error.retry_after().is_some_and(|wait| wait > Duration::from_secs(3500)), "{error}");
}

#[tokio::test]
async fn time_limits_hold() {
    let server = Server::start().await;
    server.fault(json!({"method": "GET", "path": MEMBER, "times": null, "delay_ms": 60_000})).await;
    let limit = Duration::from_millis(80);
    let client = server.hasty().attempt_timeout(limit).max_retries(2).build().unwrap();
    let error = client.members().get(ids::USER).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 3), "{error}");

    let client = server.hasty().attempt_timeout(limit).timeout(limit * 2).max_retries(10).build().unwrap();
    let error = client.members().get(ids::USER).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(error.attempts() < 4, "the total limit ended it: {error}");
}

#[tokio::test]
async fn cancelling_stops_at_once() {
    let server = Server::start().await;
    server.fault(json!({"method": "GET", "path": MEMBER, "times": 1, "delay_ms": 60_000})).await;
    let busy = json!({"kind": "status", "status": 503, "headers": {"retry-after": "30"}});
    // Waiting for an answer, then sleeping between attempts, then before anything is sent.
    for step in ["during", "between", "before"] {
        if step == "between" {
            server.fault(fault(Value::Null, busy.clone())).await;
        }
        let token = CancellationToken::new();
        let client = server.client().with_options(CallOptions::new().cancel(token.clone())).unwrap();
        if step == "before" {
            token.cancel();
        }
        let arrived = server.requests().await.len();
        let call = tokio::spawn(async move { client.members().get(ids::USER).send().await });
        if step != "before" {
            while server.requests().await.len() == arrived {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            token.cancel();
        }
        let error = tokio::time::timeout(Duration::from_secs(10), call)
            .await
            .expect("it stops")
            .unwrap()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{step}: {error}");
        assert_eq!(server.requests().await.len(), arrived + usize::from(step != "before"), "{step}");
    }
}

#[tokio::test]
async fn redirects_are_followed_by_reads_within_the_origin_only() {
    let server = Server::start().await;
    let client = server.hasty().build().unwrap();
    let to =
        |status: u16, location: &str| json!({"kind": "redirect", "status": status, "location": location});

    server
        .fault(fault(
            1,
            to(307, &format!("{}/v2/enterprise/members/{}", server.url, "email%7C65f1c0ffee65f1c0ffee65f1")),
        ))
        .await;
    assert_eq!(client.members().get(ids::USER).send().await.unwrap().user_id, ids::USER);

    // The target is where "revoke one" would become "revoke all".
    for status in [301, 302, 303, 307, 308] {
        server.reset().await;
        server.fault(json!({"method": "DELETE", "path": "**", "times": null, "effect": to(status, "/v2/enterprise/api-keys")})).await;
        let error = client.api_keys().revoke(ids::API_KEY).send().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Refused, Some(status)), "{error}");
        assert_eq!(server.requests().await.len(), 1);
    }

    // Another origin never gets the key.
    let other = Server::start().await;
    server.reset().await;
    server.fault(fault(Value::Null, to(302, &format!("{}/v2/enterprise/self", other.url)))).await;
    let error = client.members().get(ids::USER).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    assert!(other.requests().await.is_empty());

    // A circle ends.
    server.reset().await;
    server.fault(fault(Value::Null, to(302, "/v2/enterprise/members/round"))).await;
    let error = client.members().get(ids::USER).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    assert!(server.requests().await.len() <= 7);
}

#[tokio::test]
async fn what_is_new_is_kept() {
    let server = Server::start().await;
    let client = server.client();
    let sessions = |effect: Value| json!({"method": "GET", "path": "/v2/enterprise/sessions", "times": 1, "effect": effect});
    server.fault(sessions(json!({"kind": "unknown_enum", "field": "status", "value": "hibernating"}))).await;
    let page = client.sessions().list().limit(3).page().await.unwrap();
    assert_eq!((page.rows.len(), page.bad_rows.len()), (3, 0));
    assert_eq!(page.rows[0].status, SessionStatus::Unknown("hibernating".to_owned()));
    assert_eq!(serde_json::to_value(&page.rows[0]).unwrap()["status"], "hibernating");

    server.fault(sessions(json!({"kind": "extra_field", "name": "mood", "value": {"happy": true}}))).await;
    let page = client.sessions().list().limit(3).page().await.unwrap();
    assert_eq!(page.rows[0].extra["mood"], json!({"happy": true}));
    assert_eq!(serde_json::to_value(&page.rows[0]).unwrap()["mood"], json!({"happy": true}));
}

#[tokio::test]
async fn nulls_read_as_absent_where_they_can() {
    let server = Server::start().await;
    let client = server.client();
    for field in
        ["session_analysis.action_items", "session_analysis.issues", "session_analysis.timeline", "title"]
    {
        let effect = json!({"kind": "null_field", "name": field});
        server.fault(json!({"path": "/v2/enterprise/sessions/insights", "times": 1, "effect": effect})).await;
        let page = client.sessions().list_insights().limit(50).page().await.unwrap();
        assert_eq!((page.rows.len(), page.bad_rows.len()), (50, 0), "{field}");
    }
    let effect = json!({"kind": "remove_field", "name": "searches_created_count"});
    server.fault(fault(1, effect)).await;
    assert_eq!(client.members().get(ids::USER).send().await.unwrap().searches_created_count, 0);
}

#[tokio::test]
async fn a_bad_row_never_costs_the_page() {
    let server = Server::start().await;
    let bad = json!({"method": "GET", "path": MEMBERS, "times": 1, "effect": {"kind": "replace_field", "name": "created_at", "value": "never", "row": 2}});
    server.fault(bad.clone()).await;
    let page = server.client().members().list().limit(5).page().await.unwrap();
    assert_eq!((page.rows.len(), page.bad_rows.len()), (4, 1));
    let row = &page.bad_rows[0];
    assert_eq!((row.index, row.path.as_str()), (2, "created_at"));
    assert!(row.json.contains("\"never\"") && row.reason.contains("date-time"), "{row:?}");
    assert!(!format!("{row:?}").contains('@'), "Debug shows the row");

    server.fault(bad.clone()).await;
    let listed = server.client().members().list().limit(50).collect().await.unwrap();
    assert_eq!((listed.rows.len(), listed.report.bad_rows.len(), listed.report.complete), (119, 1, true));

    server.fault(bad).await;
    let strict = server.client().with_options(CallOptions::new().strict(true)).unwrap();
    let error = strict.members().list().limit(5).page().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(200)), "{error}");
    assert!(error.request_id().is_some() && error.body().is_some_and(|body| body.len() > 100));
    assert!(error.to_string().contains("created_at") && !error.to_string().contains('@'), "{error}");

    // Arrays that are no pages, too.
    server.fault(json!({"path": "/v2/enterprise/roles", "times": 1, "effect": {"kind": "null_field", "name": "role_id", "row": 0}})).await;
    let roles = server.client().roles().list().send().await.unwrap();
    assert_eq!(roles.bad.len(), 1);
    assert!(!roles.rows.is_empty());
}

#[tokio::test]
async fn bodies_are_bounded() {
    let server = Server::start().await;
    let client = server.hasty().max_body_bytes(10_000).build().unwrap();
    let error = client.sessions().list().limit(200).page().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 1), "{error}");
    assert!(error.to_string().contains("10000") || error.to_string().contains("10,000"), "{error}");
}

/// A large error page takes neither time nor memory.
#[tokio::test]
async fn large_errors_are_not_taken_apart() {
    let server = Server::start().await;
    let body = format!("{{\"detail\":[{}0]}}", "0,".repeat(1 << 19));
    server.fault(fault(1, json!({"kind": "status", "status": 400, "body_text": body}))).await;
    let error = server.client().members().get(ids::USER).send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.body().map(bytes::Bytes::len)),
        (ErrorKind::Validation, Some(body.len()))
    );
    // As JSON, a list of numbers says nothing; what is shown is the start of the text.
    assert!(error.detail().is_some_and(|detail| detail.len() < 1_000), "{error}");
}

#[tokio::test]
async fn raw_answers_are_the_bytes_as_they_came() {
    let server = Server::start().await;
    server.fault(fault(1, json!({"kind": "malformed_json"}))).await;
    let raw = server.client().members().get(ids::USER).raw().await.unwrap();
    assert_eq!(raw.status(), 200);
    assert!(!raw.bytes().is_empty() && raw.json::<Value>().is_err());
    assert!(!format!("{raw:?}").contains("ada@"), "Debug shows the body");
}

/// The service's own request id is the one to quote; without one, ours.
#[tokio::test]
async fn request_ids_are_the_services_own() {
    let headers = json!({"x-request-id": "req-of-the-service"});
    let (result, _) = get_under(fault(1, json!({"kind": "status", "status": 404, "headers": headers}))).await;
    assert_eq!(result.unwrap_err().request_id(), Some("req-of-the-service"));

    let server = Server::start().await;
    let raw = server.client().members().get(ids::USER).raw().await.unwrap();
    let sent = server.requests().await[0]["headers"]["x-request-id"].clone();
    assert_eq!(sent, raw.request_id());
}

/// The key, its head and the sensitive values of bodies are in no error and no log, however they are printed.
#[tokio::test]
async fn nothing_secret_is_printed() {
    let key = "apk_user_Y2FuYXJ5LWtleS1oZWFk_0123456789";
    let server =
        Server::with(devin_v2_emulator::Config { api_key: Some(key.to_owned()), ..Default::default() }).await;
    let client = server.hasty().max_retries(0).build().unwrap();
    let secret =
        |text: &str| text.contains("Y2FuYXJ5") || text.contains("0123456789") || text.contains("Y2Fu");
    assert!(!secret(&format!("{client:?} {:?}", server.hasty())), "the client shows its key");

    let echo = format!("key {key} of canary@example.com is not welcome; Authorization: Bearer {key}");
    let effects = [
        json!({"kind": "status", "status": 401, "body": {"detail": echo}}),
        json!({"kind": "status", "status": 403, "body": {"detail": [{"loc": ["header", key], "msg": echo, "type": "x"}]}}),
        json!({"kind": "status", "status": 500, "body_text": format!("<html><title>{echo}</title></html>")}),
        json!({"kind": "status", "status": 502, "headers": {"x-request-id": key}, "body": {"detail": {"nested": echo}}}),
        json!({"kind": "redirect", "status": 302, "location": format!("https://{key}.example.com/{key}")}),
        json!({"kind": "replace_field", "name": "created_at", "value": key}),
        json!({"kind": "replace_field", "name": "email", "value": {"a": key}}),
    ];
    for effect in effects {
        server.fault(fault(1, effect.clone())).await;
        let error = client.members().get(ids::USER).send().await.unwrap_err();
        let printed = format!("{error} {error:?} {error:#?} {:?}", std::error::Error::source(&error));
        assert!(!secret(&printed), "{effect}: {printed}");
    }
    // Names of members are foreign text too.
    let body = json!({"total_acus": 1.0, "consumption_by_date": {format!("{key}\nFAKE"): "x"}, "consumption_by_org_id": {}});
    server.fault(json!({"path": "/v2/enterprise/consumption/daily", "times": 1, "effect": {"kind": "status", "status": 200, "body": body}})).await;
    let error = client.consumption().daily().send().await.unwrap_err();
    assert!(
        error.kind() == ErrorKind::Decode && !secret(&error.to_string()) && !error.to_string().contains('\n'),
        "{error}"
    );
    // A piece of the key, without what tells that it is one.
    server
        .fault(fault(
            1,
            json!({"kind": "status", "status": 401, "body": {"detail": "token starting Y2FuYXJ5LWtleS1o"}}),
        ))
        .await;
    let error = client.members().get(ids::USER).send().await.unwrap_err();
    assert!(!secret(&error.to_string()), "{error}");

    let made = client.api_keys().provision(ids::ORGANIZATION).send().await.unwrap();
    let key = made.api_key.as_ref().unwrap();
    let tail = key.expose().trim_start_matches("apk_").to_owned();
    let printed = format!("{made:?} {key} {}", serde_json::to_string(&made).unwrap());
    assert!(!printed.contains(&tail) && !printed.contains(&tail[..6]), "{printed}");
    let raw = client.request(Method::GET, "/v2/enterprise/self").send().await.unwrap();
    assert!(!secret(&format!("{raw:?}")));
}

/// The typed result of a change that was answered with nothing.
#[tokio::test]
async fn a_change_that_is_answered_with_nothing_took_place() {
    let server = Server::start().await;
    let client = server.client();
    let nothing = |status: u16| json!({"kind": "status", "status": status, "body_text": ""});
    for status in [200, 201, 204] {
        server.fault(json!({"times": 2, "execute": true, "effect": nothing(status)})).await;
        let made = client.organizations().create("New").send().await.unwrap();
        assert_eq!((made.org_id, made.org_name, made.created_at), (None, None, None));
        assert!(client.groups().add(["New"]).send().await.unwrap().is_empty());
    }
    server.fault(json!({"execute": true, "effect": nothing(204)})).await;
    client.members().delete(ids::USER).send().await.unwrap();
    let error = client.members().get(ids::USER).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "the change was made");

    server.fault(json!({"times": 2, "effect": nothing(204)})).await;
    let raw = client.request(Method::POST, "/v2/enterprise/new-thing").send().await.unwrap();
    assert_eq!(raw.json::<Value>().unwrap(), Value::Null);
    assert_eq!(raw.json::<Vec<String>>().unwrap(), [""; 0]);
    let raw = client.request(Method::GET, "/v2/enterprise/new-thing").send().await.unwrap();
    assert_eq!(raw.json::<Value>().unwrap_err().kind(), ErrorKind::Decode);
}

/// What a typed call gives, and what is written of it again.
#[tokio::test]
async fn integers_and_times_are_told_by_their_value() {
    let server = Server::start().await;
    let client = server.client();
    let body = r#"{"group_name":"g","org_count":12.0e1,"role_by_org_id":{},"later":3.0}"#;
    server
        .fault(json!({"effect": {"kind": "status", "status": 200, "body_text": format!("\u{feff}{body}")}}))
        .await;
    let group = client.groups().get("g").send().await.unwrap();
    assert_eq!(group.org_count, 120);
    let written = serde_json::to_value(&group).unwrap();
    assert_eq!(
        (written["org_count"].to_string(), written["later"].to_string()),
        ("120".into(), "3.0".into())
    );

    let end = "9999-12-31T23:59:59.9999999999999Z";
    let body = json!([{"start": "0000-12-31T23:30:00-01:00", "end": end}]).to_string();
    server.fault(json!({"effect": {"kind": "status", "status": 200, "body_text": body}})).await;
    let cycles = client.consumption().cycles().send().await.unwrap();
    assert_eq!(cycles[0].start.to_string(), "0001-01-01T00:30:00Z");
    assert_eq!(cycles[0].end.to_string(), "9999-12-31T23:59:59.999999999Z");
}
