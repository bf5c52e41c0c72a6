//! 422 in the shape of the service's framework, and the bounds of what is read at all.

mod support;

use serde_json::{Value, json};
use support::{Host, ORGANIZATION};

fn faults(body: &Value) -> Vec<(String, String)> {
    let list = body["detail"].as_array().expect("a list");
    list.iter()
        .map(|fault| {
            assert!(fault["msg"].as_str().is_some_and(|text| !text.is_empty()));
            (fault["loc"].to_string(), fault["type"].as_str().unwrap_or_default().to_owned())
        })
        .collect()
}

async fn refused(host: &Host, method: &str, path: &str, body: Option<Value>) -> Vec<(String, String)> {
    let (status, answer) = host.call(method, path, body).await;
    assert_eq!(status, 422, "{method} {path}: {answer}");
    faults(&answer)
}

fn expected(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(loc, kind)| ((*loc).to_owned(), (*kind).to_owned())).collect()
}

#[tokio::test]
async fn queries() {
    let host = Host::start().await;
    for (query, loc, kind) in [
        ("members?limit=201", r#"["query","limit"]"#, "less_than_equal"),
        ("members?limit=0", r#"["query","limit"]"#, "greater_than_equal"),
        ("members?skip=-1", r#"["query","skip"]"#, "greater_than_equal"),
        ("members?skip=1.5", r#"["query","skip"]"#, "int_parsing"),
        ("members?limit=", r#"["query","limit"]"#, "int_parsing"),
        ("api-keys?per_page=101", r#"["query","per_page"]"#, "less_than_equal"),
        ("consumption/daily?start_date=yesterday", r#"["query","start_date"]"#, "datetime_from_date_parsing"),
        (
            "sessions?created_date_from=2026-02-30T00:00:00Z",
            r#"["query","created_date_from"]"#,
            "datetime_from_date_parsing",
        ),
    ] {
        let found = refused(&host, "GET", &format!("/v2/enterprise/{query}"), None).await;
        assert_eq!(found, expected(&[(loc, kind)]), "{query}");
    }
    let two = refused(&host, "GET", "/v2/enterprise/members?limit=0&skip=a", None).await;
    assert_eq!(two.len(), 2, "all of them at once");
    for fine in [
        "members?limit=200&skip=0&nonsense=1",
        "sessions?created_date_from=2026-02-01T00:00:00",
        "sessions?org_ids=a&org_ids=b",
    ] {
        assert_eq!(host.status("GET", &format!("/v2/enterprise/{fine}"), None).await, 200, "{fine}");
    }
}

#[tokio::test]
async fn bodies() {
    let host = Host::start().await;
    let invite = "/v2/enterprise/members/invite";
    assert_eq!(refused(&host, "POST", invite, None).await, expected(&[(r#"["body"]"#, "missing")]));
    assert_eq!(
        refused(&host, "POST", invite, Some(json!({}))).await,
        expected(&[(r#"["body","emails"]"#, "missing")])
    );
    assert_eq!(
        refused(&host, "POST", invite, Some(json!({ "emails": ["a@example.com", 1] }))).await[0],
        (r#"["body","emails",1]"#.to_owned(), "string_type".to_owned()),
    );
    let many = json!({ "emails": vec!["a@example.com"; 101] });
    assert_eq!(
        refused(&host, "POST", invite, Some(many)).await,
        expected(&[(r#"["body","emails"]"#, "too_long")])
    );
    let playbook =
        refused(&host, "POST", "/v2/enterprise/playbooks", Some(json!({ "title": "", "macro": 1 }))).await;
    for fault in [
        (r#"["body","title"]"#, "string_too_short"),
        (r#"["body","macro"]"#, "string_type"),
        (r#"["body","body"]"#, "missing"),
    ] {
        assert!(playbook.contains(&expected(&[fault])[0]), "{playbook:?}");
    }
    let organization = format!("/v2/enterprise/organizations/{ORGANIZATION}");
    let wrong = refused(&host, "PATCH", &organization, Some(json!({ "max_acu_limit": "many" }))).await;
    assert_eq!(wrong, expected(&[(r#"["body","max_acu_limit"]"#, "int_type")]));
    let list = refused(&host, "POST", &format!("{organization}/git/permissions"), Some(json!({}))).await;
    assert_eq!(list, expected(&[(r#"["body"]"#, "list_type")]));
    let nested = json!({ "groups": { "a": { "org_ids": ["x", "x"] } } });
    let nested = refused(&host, "PUT", "/v2/enterprise/org-group-limits", Some(nested)).await;
    assert_eq!(nested[0].0, r#"["body","groups","a","org_ids"]"#);
}

#[tokio::test]
async fn text_that_is_no_json() {
    let host = Host::start().await;
    let client = support::http();
    let url = format!("{}/v2/enterprise/members/invite", host.emulator.url());
    let send = |content_type: Option<&'static str>, body: Vec<u8>| {
        let mut request = client.post(&url).bearer_auth(&host.key).body(body);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        async move {
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            (status, response.json::<Value>().await.unwrap())
        }
    };
    let (status, body) = send(Some("application/json"), br#"{"emails":"#.to_vec()).await;
    assert_eq!((status, faults(&body)[0].1.as_str()), (422, "json_invalid"));
    let (status, body) = send(Some("application/json"), vec![b'"', 0xFF, b'"']).await;
    assert_eq!((status, faults(&body)[0].1.as_str()), (422, "json_invalid"));
    let (status, _) = send(Some("application/json"), "[".repeat(100_000).into_bytes()).await;
    assert_eq!(status, 422, "deep nesting");
    let (status, body) = send(Some("text/plain"), br#"{"emails":["a@example.com"]}"#.to_vec()).await;
    assert_eq!((status, faults(&body)[0].1.as_str()), (422, "model_attributes_type"));
    let (status, _) =
        send(Some("application/json; charset=utf-8"), br#"{"emails":["a@example.com"]}"#.to_vec()).await;
    assert_eq!(status, 200);
    let (status, body) = send(Some("application/json"), vec![b' '; 3 * 1024 * 1024]).await;
    assert_eq!(status, 413, "{body}");
}

#[tokio::test]
async fn paths() {
    let host = Host::start().await;
    for (method, path, expected) in [
        ("GET", "/", 404),
        ("GET", "/v2/enterprise/members/", 404),
        ("GET", "/v2/enterprise/organizations/org-0", 404),
        ("GET", "/v2/enterprise/members/a%2Fb", 404),
        ("GET", "/v2/enterprise/members/%FF", 404),
        ("GET", "/v2/enterprise/members/roles", 405),
        ("POST", "/v2/enterprise/members", 405),
        ("HEAD", "/v2/enterprise/members", 405),
        ("BREW", "/v2/enterprise/members", 405),
    ] {
        assert_eq!(host.status(method, path, None).await, expected, "{method} {path}");
    }
}
