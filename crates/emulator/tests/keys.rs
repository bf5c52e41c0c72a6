//! Which keys are let in, and that revoking takes effect.

mod support;

use devin_v2_emulator::Config;
use serde_json::json;
use support::{Host, ORGANIZATION, USER};

#[tokio::test]
async fn kinds_of_keys() {
    let host = Host::start().await;
    let path = "/v2/enterprise/self";
    for (key, expected) in [
        (None, 401),
        (Some("apk_user_unknown"), 401),
        (Some("nonsense"), 401),
        (Some("apk_0123456789"), 403),
        (Some("cog_0123456789"), 403),
        (Some(host.key.as_str()), 200),
    ] {
        let response = host.send_as(key, "GET", path, None).await.unwrap();
        assert_eq!(response.status(), expected);
        let body: serde_json::Value = response.json().await.unwrap();
        assert!(expected == 200 || body["detail"].is_string(), "{body}");
    }
    // The key comes before the parameters, the path and the method before the key.
    let refused = host.send_as(None, "GET", "/v2/enterprise/members?limit=0", None).await.unwrap();
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.headers()["www-authenticate"], "Bearer");
    assert_eq!(host.send_as(None, "GET", "/v2/enterprise/nothing", None).await.unwrap().status(), 404);
    let refused = host.send_as(None, "PUT", "/v2/enterprise/members", None).await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers()["allow"].to_str().unwrap()), (405, "GET"));
}

#[tokio::test]
async fn a_service_key_is_shown_once_listed_and_revoked() {
    let host = Host::start().await;
    let made = host.change("POST", "/v2/enterprise/api-keys", Some(json!({ "org_id": ORGANIZATION }))).await;
    let value = made["api_key"].as_str().unwrap().to_owned();
    assert!(value.starts_with("apk_") && !value.starts_with("apk_user_"));
    assert_eq!(host.send_as(Some(&value), "GET", "/v2/enterprise/self", None).await.unwrap().status(), 403);
    let listed = host.get(&format!("/v2/enterprise/api-keys?org_id={ORGANIZATION}")).await;
    let newest = &listed["items"][0];
    assert_eq!(newest["is_service_key"], true);
    assert!(!listed.to_string().contains(&value), "the whole value is shown once");
    let id = newest["id"].as_str().unwrap();
    host.change("DELETE", &format!("/v2/enterprise/api-keys/{id}"), None).await;
    assert_eq!(host.status("DELETE", &format!("/v2/enterprise/api-keys/{id}"), None).await, 404);
    let after = host.get(&format!("/v2/enterprise/api-keys?org_id={ORGANIZATION}")).await;
    assert_eq!(after["total"].as_u64(), listed["total"].as_u64().map(|total| total - 1));
}

#[tokio::test]
async fn the_callers_own_key_is_listed_and_stops_working() {
    let host = Host::start().await;
    let me = host.get("/v2/enterprise/self").await;
    let all = host.get("/v2/enterprise/api-keys?per_page=100").await;
    assert!(support::column(&all["items"], "id").iter().any(|id| me["api_key_id"] == id.as_str()));
    let id = me["api_key_id"].as_str().unwrap();
    host.change("DELETE", &format!("/v2/enterprise/api-keys/{id}"), None).await;
    assert_eq!(host.status("GET", "/v2/enterprise/self", None).await, 401);
    host.emulator.reset();
    assert_eq!(host.status("GET", "/v2/enterprise/self", None).await, 200, "a reset brings it back");
}

#[tokio::test]
async fn an_empty_id_revokes_every_key_as_in_the_service() {
    let host = Host::start().await;
    for path in ["/v2/enterprise/api-keys", "/v2/enterprise/api-keys/"] {
        host.change("DELETE", path, None).await;
        assert_eq!(host.status("GET", "/v2/enterprise/self", None).await, 401);
        host.emulator.reset();
    }
}

#[tokio::test]
async fn without_the_admin_role_a_key_is_refused() {
    let host = Host::start().await;
    let me = host.get("/v2/enterprise/self").await;
    let demote = json!({ "user_ids": [me["user_id"]], "role_id": "account_member" });
    host.change("PATCH", "/v2/enterprise/members/roles", Some(demote)).await;
    assert_eq!(host.status("GET", "/v2/enterprise/self", None).await, 403);
}

#[tokio::test]
async fn pages_of_keys_are_numbered() {
    let host = Host::start().await;
    let first = host.get("/v2/enterprise/api-keys?per_page=4").await;
    assert_eq!((&first["skip"], &first["limit"], &first["next_cursor"]), (&json!(0), &json!(4), &json!(2)));
    let second = host.get("/v2/enterprise/api-keys?per_page=4&page=2").await;
    assert_eq!(second["skip"], 4);
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
    let last = host.get("/v2/enterprise/api-keys?per_page=100").await;
    assert_eq!((&last["has_more"], &last["next_cursor"]), (&json!(false), &json!(null)));
}

#[tokio::test]
async fn the_initial_key_can_be_chosen() {
    let config = Config { api_key: Some("apk_user_mine".to_owned()), ..Config::default() };
    let host = Host::with(config).await;
    assert_eq!(host.key, "apk_user_mine");
    assert_eq!(host.get("/v2/enterprise/self").await["user_email"], "admin@example.com");
    for wrong in ["apk_mine", "cog_mine", "", "apk_user_", "apk_user_a\nb"] {
        let config = Config { api_key: Some(wrong.to_owned()), ..Config::default() };
        assert!(devin_v2_emulator::Emulator::start(config).await.is_err(), "{wrong:?}");
    }
    assert_eq!(
        host.status("GET", &format!("/v2/enterprise/members/{}", USER.replace('|', "%7C")), None).await,
        200
    );
}
