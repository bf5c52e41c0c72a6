//! Lists, filters and sums: pages fit together, sums agree, the same seed gives the same data.

mod support;

use devin_v2_emulator::Config;
use serde_json::Value;
use support::{Host, ORGANIZATION, SESSION, USER, column};

fn sum(map: &Value) -> f64 {
    map.as_object().expect("a map").values().filter_map(Value::as_f64).sum()
}

#[tokio::test]
async fn pages_fit_together() {
    let host = Host::start().await;
    let (mut ids, mut skip) = (Vec::new(), 0);
    loop {
        let page = host.get(&format!("/v2/enterprise/sessions?limit=150&skip={skip}")).await;
        ids.extend(column(&page["items"], "session_id"));
        assert_eq!(page["skip"], skip);
        if page["has_more"] == false {
            assert!(page["next_cursor"].is_null());
            break;
        }
        skip = page["next_cursor"].as_u64().expect("the next skip");
    }
    let unique: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!((ids.len(), unique.len()), (1000, 1000));
    let beyond = host.get("/v2/enterprise/sessions?skip=99999999999999999999").await;
    assert_eq!((&beyond["items"], &beyond["has_more"]), (&Value::Array(Vec::new()), &Value::Bool(false)));
}

#[tokio::test]
async fn filters_of_sessions() {
    let host = Host::start().await;
    let total = |page: &Value| page["total"].as_u64().unwrap_or_default();
    let user = USER.replace('|', "%7C");
    let mine = host.get(&format!("/v2/enterprise/sessions?user_ids={user}")).await;
    assert!(total(&mine) > 0 && column(&mine["items"], "user_id").iter().all(|id| id == USER));
    let one = host.get(&format!("/v2/enterprise/sessions?session_ids={SESSION}&session_ids=devin-0")).await;
    assert_eq!((total(&one), one["items"][0]["session_id"].as_str()), (1, Some(SESSION)));
    let bare = host.get(&format!("/v2/enterprise/sessions/{}", SESSION.trim_start_matches("devin-"))).await;
    assert_eq!(bare["session_id"], SESSION);
    let organizations = host.get("/v2/enterprise/organizations").await;
    let mut by_organization = 0;
    for org_id in column(&organizations["items"], "org_id") {
        let own = host.get(&format!("/v2/enterprise/organizations/{org_id}/sessions?limit=1")).await;
        let filtered = host.get(&format!("/v2/enterprise/sessions?limit=1&org_ids={org_id}")).await;
        assert_eq!(total(&own), total(&filtered));
        by_organization += total(&own);
    }
    assert_eq!(by_organization, 1000);
    let range = "created_date_from=2026-02-01T08:00:00Z&created_date_to=2026-02-08T08:00:00Z&limit=200";
    let week = host.get(&format!("/v2/enterprise/sessions?{range}")).await;
    assert!(total(&week) > 0);
    let times = column(&week["items"], "created_at");
    assert!(times.iter().all(|time| ("2026-02-01T08".."2026-02-08T08:00:01").contains(&time.as_str())));
    assert!(times.windows(2).all(|pair| pair[0] >= pair[1]), "newest first");
    let insights = host.get("/v2/enterprise/sessions/insights?limit=200").await;
    let analyses: Vec<_> =
        insights["items"].as_array().unwrap().iter().map(|row| &row["session_analysis"]).collect();
    assert!(
        analyses.iter().any(|analysis| analysis.is_null())
            && analyses.iter().any(|analysis| analysis.is_object())
    );
    assert_eq!(host.status("GET", "/v2/enterprise/organizations/org-0/sessions", None).await, 404);
}

#[tokio::test]
async fn consumption_sums_up_from_the_sessions() {
    let host = Host::start().await;
    let all = host.get("/v2/enterprise/consumption/daily?start_date=2025-11-01T08:00:00Z").await;
    let total = all["total_acus"].as_f64().unwrap();
    for map in ["consumption_by_date", "consumption_by_org_id", "consumption_by_user"] {
        assert_eq!(sum(&all[map]), total, "{map}");
    }
    let mut sessions = 0.0;
    for skip in [0, 200, 400, 600, 800] {
        let page = host.get(&format!("/v2/enterprise/sessions?limit=200&skip={skip}")).await;
        sessions += page["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|row| row["acus_consumed"].as_f64())
            .sum::<f64>();
    }
    assert_eq!(sessions, total);
    let user = USER.replace('|', "%7C");
    let own =
        host.get(&format!("/v2/enterprise/consumption/daily/{user}?start_date=2025-11-01T08:00:00Z")).await;
    assert_eq!(own["total_acus"], all["consumption_by_user"][USER]);
    let one =
        format!("/v2/enterprise/consumption/daily?start_date=2025-11-01T08:00:00Z&org_ids={ORGANIZATION}");
    assert_eq!(host.get(&one).await["total_acus"], all["consumption_by_org_id"][ORGANIZATION]);

    // A billing day starts at 08:00 UTC: one day of the map is what the day's own range gives.
    let day = host
        .get("/v2/enterprise/consumption/daily?start_date=2026-02-10T08:00:00Z&end_date=2026-02-11T08:00:00Z")
        .await;
    assert_eq!(day["total_acus"], all["consumption_by_date"]["2026-02-10"]);
    let shifted =
        host.get("/v2/enterprise/consumption/daily?start_date=2026-02-10&end_date=2026-02-11").await;
    assert_eq!(
        shifted["consumption_by_date"].as_object().map(serde_json::Map::len),
        Some(2),
        "midnight cuts two days"
    );

    let nobody = host.get("/v2/enterprise/consumption/daily/email%7C0").await;
    assert_eq!(nobody["total_acus"], 0.0);
    let current = host.get("/v2/enterprise/consumption/daily").await;
    assert!(current["total_acus"].as_f64().unwrap() > 0.0, "the current cycle has begun");
    let cycles = host.get("/v2/enterprise/consumption/cycles").await;
    assert_eq!(cycles.as_array().map(Vec::len), Some(7));
    assert_eq!(cycles[6]["start"], "2026-03-01T08:00:00Z");
    assert_eq!(cycles[0]["start"], "2025-09-01T08:00:00Z");
}

#[tokio::test]
async fn metrics_and_usage_agree() {
    let host = Host::start().await;
    let range = "start_date=2025-11-01T08:00:00Z";
    let usage = host.get(&format!("/v2/enterprise/metrics/usage?{range}")).await;
    assert_eq!(usage["sessions_count"], 1000);
    for (path, names) in [
        ("sessions", vec!["sessions_count"]),
        ("searches", vec!["searches_count"]),
        ("prs", vec!["prs_opened", "prs_closed", "prs_merged"]),
    ] {
        let counts = host.get(&format!("/v2/enterprise/metrics/{path}?{range}")).await;
        for name in names {
            assert_eq!(counts[name], usage[name], "{name}");
        }
    }
    let people = host.get("/beta/v2/enterprise/user-usage-analysis?limit=200").await;
    let all = host.get("/v2/enterprise/consumption/daily?start_date=2025-11-01T08:00:00Z").await;
    let lifetime = people["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["lifetime"]["total_acus_consumed"].as_f64());
    assert_eq!(lifetime.sum::<f64>(), all["total_acus"].as_f64().unwrap());
}

#[tokio::test]
async fn the_same_seed_gives_the_same_data() {
    let (one, two) = (Host::start().await, Host::start().await);
    let other = Host::with(Config { seed: 8, ..Config::default() }).await;
    assert_eq!(one.key, two.key);
    for path in [
        "/v2/enterprise/sessions/insights?limit=200",
        "/v2/enterprise/members?limit=200",
        "/v2/enterprise/organizations",
        "/v2/enterprise/audit-logs?limit=500",
        "/v2/enterprise/api-keys?per_page=100",
    ] {
        let text = one.get(path).await;
        assert_eq!(text, two.get(path).await, "{path}");
        assert_ne!(text, other.get(path).await, "{path}");
    }
    let invite = || Some(serde_json::json!({ "emails": ["new@example.com"] }));
    let first = one.change("POST", "/v2/enterprise/members/invite", invite()).await;
    assert_eq!(first, two.change("POST", "/v2/enterprise/members/invite", invite()).await, "changes too");
    one.emulator.reset();
    assert_eq!(
        first,
        one.change("POST", "/v2/enterprise/members/invite", invite()).await,
        "and after a reset"
    );
}
