//! Each kind of fault as a client sees it, and the control surface over HTTP.

mod support;

use devin_v2_emulator::{Config, Effect, Emulator, Fault};
use serde_json::{Value, json};
use support::Host;

const MEMBERS: &str = "/v2/enterprise/members";

async fn script(host: &Host, fault: Value) {
    host.change("POST", "/_emulator/faults", Some(fault)).await;
}

/// Scripts an effect on the member list, once.
async fn effect(host: &Host, effect: Value) {
    script(host, json!({ "method": "GET", "path": MEMBERS, "effect": effect })).await;
}

#[tokio::test]
async fn statuses_count_and_carry_headers_and_bodies() {
    let host = Host::start().await;
    let effect = json!({ "kind": "status", "status": 429, "headers": { "Retry-After": "7" } });
    script(&host, json!({ "path": "/v2/**", "skip": 1, "times": 2, "effect": effect })).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let response = host.send("GET", MEMBERS, None).await.unwrap();
        statuses.push(response.status().as_u16());
        if response.status() == 429 {
            assert_eq!(response.headers()["retry-after"], "7");
            assert_eq!(response.json::<Value>().await.unwrap(), json!({ "detail": "Too Many Requests" }));
        }
    }
    assert_eq!(statuses, [200, 429, 429, 200]);
    script(&host, json!({ "effect": { "kind": "status", "status": 200, "body": { "items": [] } } })).await;
    assert_eq!(host.get(MEMBERS).await, json!({ "items": [] }));
    script(&host, json!({ "effect": { "kind": "status", "status": 500, "body_text": "boom" } })).await;
    assert_eq!(host.send("GET", MEMBERS, None).await.unwrap().text().await.unwrap(), "boom");
    script(&host, json!({ "times": null, "effect": { "kind": "status", "status": 503 } })).await;
    for _ in 0..5 {
        assert_eq!(host.status("GET", MEMBERS, None).await, 503, "null is for ever");
    }
    host.change("DELETE", "/_emulator/faults", None).await;
    assert_eq!(host.status("GET", MEMBERS, None).await, 200);
}

#[tokio::test]
async fn spoilt_bodies() {
    let host = Host::start().await;
    effect(&host, json!({ "kind": "cut_body", "after": 10 })).await;
    let cut = host.send("GET", MEMBERS, None).await.unwrap();
    assert_eq!(cut.status(), 200);
    assert!(cut.content_length().unwrap() > 10, "the length is declared in full");
    assert!(cut.bytes().await.is_err());

    effect(&host, json!({ "kind": "malformed_json" })).await;
    let bytes = host.send("GET", MEMBERS, None).await.unwrap().bytes().await.unwrap();
    assert!(bytes.len() > 10 && serde_json::from_slice::<Value>(&bytes).is_err());

    effect(&host, json!({ "kind": "html", "status": 502 })).await;
    let page = host.send("GET", MEMBERS, None).await.unwrap();
    assert_eq!(
        (page.status().as_u16(), page.headers()["content-type"].to_str().unwrap()),
        (502, "text/html; charset=utf-8")
    );
    assert!(page.text().await.unwrap().contains("<html>"));

    effect(&host, json!({ "kind": "invalid_utf8" })).await;
    let bytes = host.send("GET", MEMBERS, None).await.unwrap().bytes().await.unwrap();
    assert!(std::str::from_utf8(&bytes).is_err());

    effect(&host, json!({ "kind": "empty_body" })).await;
    let empty = host.send("GET", MEMBERS, None).await.unwrap();
    assert_eq!((empty.status().as_u16(), empty.bytes().await.unwrap().len()), (200, 0));

    effect(&host, json!({ "kind": "content_type", "value": "text/plain" })).await;
    let plain = host.send("GET", MEMBERS, None).await.unwrap();
    assert_eq!(plain.headers()["content-type"], "text/plain");
    assert!(plain.json::<Value>().await.is_ok());
}

#[tokio::test]
async fn a_reset_and_what_it_left_behind() {
    let host = Host::start().await;
    effect(&host, json!({ "kind": "reset" })).await;
    let error = host.send("GET", MEMBERS, None).await.unwrap_err();
    let mut text = String::new();
    let mut source: Option<&dyn std::error::Error> = Some(&error);
    while let Some(inner) = source {
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    assert!(text.to_lowercase().contains("reset"), "{text}");
    assert_eq!(host.status("GET", MEMBERS, None).await, 200);

    // Lost on the way back: the change was made all the same.
    host.emulator
        .fault(Fault::on("POST", "/v2/enterprise/members/invite").execute(true).effect(Effect::Reset));
    let emails = json!({ "emails": ["lost@example.com"] });
    assert!(host.send("POST", "/v2/enterprise/members/invite", Some(emails.clone())).await.is_err());
    assert_eq!(host.get("/v2/enterprise/members?email=lost@example.com").await["total"], 1);
    // Not so without `execute`.
    host.emulator.reset();
    host.emulator.fault(Fault::on("POST", "/v2/enterprise/members/invite").effect(Effect::status(503)));
    assert_eq!(host.status("POST", "/v2/enterprise/members/invite", Some(emails)).await, 503);
    assert_eq!(host.get("/v2/enterprise/members?email=lost@example.com").await["total"], 0);
}

#[tokio::test]
async fn redirects_and_delays() {
    let host = Host::start().await;
    effect(&host, json!({ "kind": "redirect", "location": "http://elsewhere.invalid/x" })).await;
    let redirect = host.send("GET", MEMBERS, None).await.unwrap();
    assert_eq!(
        (redirect.status().as_u16(), redirect.headers()["location"].to_str().unwrap()),
        (307, "http://elsewhere.invalid/x")
    );
    script(&host, json!({ "path": "/v2/enterprise/*", "delay_ms": 80 })).await;
    let start = std::time::Instant::now();
    assert_eq!(host.status("GET", MEMBERS, None).await, 200);
    assert!(start.elapsed().as_millis() >= 80);
}

#[tokio::test]
async fn spoilt_fields() {
    let host = Host::start().await;
    let sessions = "/v2/enterprise/sessions?limit=3";
    let on_sessions = |effect: Value| json!({ "path": "/v2/enterprise/sessions", "effect": effect });
    script(&host, on_sessions(json!({ "kind": "unknown_enum", "field": "status", "value": "hibernating" })))
        .await;
    assert_eq!(support::column(&host.get(sessions).await["items"], "status"), ["hibernating"; 3]);
    script(&host, on_sessions(json!({ "kind": "extra_field", "name": "mood", "value": "good", "row": 1 })))
        .await;
    assert_eq!(support::column(&host.get(sessions).await["items"], "mood"), ["", "good", ""]);
    script(&host, on_sessions(json!({ "kind": "null_field", "name": "tags" }))).await;
    assert!(host.get(sessions).await["items"].as_array().unwrap().iter().all(|row| row["tags"].is_null()));
    script(&host, on_sessions(json!({ "kind": "remove_field", "name": "session_id", "row": 0 }))).await;
    assert!(host.get(sessions).await["items"][0].get("session_id").is_none());
    script(
        &host,
        on_sessions(json!({ "kind": "replace_field", "name": "acus_consumed", "value": "lots", "row": 2 })),
    )
    .await;
    assert_eq!(host.get(sessions).await["items"][2]["acus_consumed"], "lots");
    script(
        &host,
        on_sessions(json!({ "kind": "replace_field", "name": "total", "value": 5, "envelope": true })),
    )
    .await;
    assert_eq!(host.get(sessions).await["total"], 5);

    let detail = format!("/v2/enterprise/sessions/{}", support::SESSION);
    let nested = json!({ "kind": "null_field", "name": "session_analysis.action_items" });
    script(&host, json!({ "path": "/v2/enterprise/sessions/*", "effect": nested })).await;
    assert!(host.get(&detail).await["session_analysis"]["action_items"].is_null());
    script(&host, json!({ "effect": { "kind": "extra_field", "name": "new", "value": 1 } })).await;
    assert_eq!(host.get("/v2/enterprise/roles").await[4]["new"], 1, "bare arrays have rows too");
    script(&host, json!({ "query": { "skip": "2" }, "effect": { "kind": "status", "status": 500 } })).await;
    assert_eq!(host.status("GET", MEMBERS, None).await, 200);
    assert_eq!(host.status("GET", &format!("{MEMBERS}?skip=2"), None).await, 500);
}

#[tokio::test]
async fn bad_faults_are_explained() {
    let host = Host::start().await;
    for bad in [
        json!("text"),
        json!({ "methd": "GET" }),
        json!({ "effect": { "kind": "explode" } }),
        json!({ "effect": { "kind": "status" } }),
        json!({ "effect": { "kind": "status", "status": 99 } }),
        json!({ "effect": { "kind": "status", "status": 200, "headers": { "a b": "c" } } }),
        json!({ "effect": { "kind": "redirect", "location": "/", "status": 200 } }),
        json!({ "times": -1 }),
    ] {
        let (status, body) = host.call("POST", "/_emulator/faults", Some(bad.clone())).await;
        assert_eq!(status, 422, "{bad}");
        assert!(body["detail"].as_str().is_some_and(|text| text.len() > 10), "{body}");
    }
    assert_eq!(host.get("/_emulator/faults").await["faults"], json!([]));
    assert_eq!(host.status("GET", "/_emulator/nothing", None).await, 404);
    assert_eq!(host.status("GET", "/_emulator/reset", None).await, 405);
}

#[tokio::test]
async fn requests_are_remembered_without_keys() {
    let host = Host::start().await;
    let body = json!({ "emails": ["seen@example.com"] });
    host.send("POST", "/v2/enterprise/members/invite", Some(body.clone())).await.unwrap();
    host.send("GET", "/v2/enterprise/members/email%7Cx?a=%20b", None).await.unwrap();
    let requests = host.emulator.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(serde_json::from_str::<Value>(&requests[0].body).unwrap(), body);
    assert_eq!(
        (requests[1].path.as_str(), requests[1].query.as_deref()),
        ("/v2/enterprise/members/email%7Cx", Some("a=%20b"))
    );
    assert_eq!(requests[1].headers["authorization"], "Bearer apk_user_…");
    assert_eq!((requests[0].status, requests[1].status), (Some(200), Some(404)));
    let listed = host.get("/_emulator/requests").await;
    assert_eq!(
        listed["requests"],
        serde_json::to_value(&requests).unwrap(),
        "the same over HTTP, itself not among them"
    );
    assert!(!listed.to_string().contains(&host.key));
    host.change("DELETE", "/_emulator/requests", None).await;
    assert!(host.emulator.requests().is_empty());
    host.get("/v2/enterprise/roles").await;
    assert_eq!(host.emulator.requests()[0].status, Some(200), "also after others were forgotten");
    host.emulator.fault(Fault::everywhere().effect(Effect::Reset));
    assert!(host.send("GET", "/v2/enterprise/roles", None).await.is_err());
    assert_eq!(host.emulator.requests()[1].status, None, "never answered");
    host.emulator.fault(Fault::everywhere().forever().effect(Effect::status(500)));
    host.change("POST", "/_emulator/reset", None).await;
    assert!(host.emulator.requests().is_empty());
    assert_eq!(host.status("GET", MEMBERS, None).await, 200, "faults are gone");
}

#[tokio::test]
async fn request_ids_come_back() {
    let host = Host::start().await;
    let response = host.send("GET", MEMBERS, None).await.unwrap();
    assert!(!response.headers()["x-request-id"].is_empty());
    let client = support::http();
    let url = format!("{}{MEMBERS}", host.emulator.url());
    let response = client.get(url).header("x-request-id", "mine-1").send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.headers()["x-request-id"].to_str().unwrap()),
        (401, "mine-1")
    );
}

#[tokio::test]
async fn the_control_surface_answers_on_loopback_only() {
    let config = Config { host: [0, 0, 0, 0].into(), ..Config::default() };
    let emulator = Emulator::start(config).await.unwrap();
    let url = emulator.url().replace("0.0.0.0", "127.0.0.1");
    let client = support::http();
    for (method, path) in [("GET", "requests"), ("POST", "reset"), ("POST", "faults"), ("GET", "nothing")] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let response = client.request(method, format!("{url}/_emulator/{path}")).send().await.unwrap();
        assert_eq!(response.status(), 403, "{path}");
    }
    let api = client.get(format!("{url}{MEMBERS}")).bearer_auth(emulator.api_key()).send().await.unwrap();
    assert_eq!(api.status(), 200);
}

/// A web page open in a browser on this machine must not script faults or read requests.
#[tokio::test]
async fn the_control_surface_is_not_for_web_pages() {
    let host = Host::start().await;
    let url = format!("{}/_emulator/requests", host.emulator.url());
    let client = support::http();
    assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
    for (name, value) in
        [("origin", "https://evil.example"), ("host", "evil.example"), ("host", "127.0.0.1.evil.example:80")]
    {
        assert_eq!(
            client.get(&url).header(name, value).send().await.unwrap().status(),
            403,
            "{name}: {value}"
        );
    }
}
