use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::*;
use crate::testing::operation;
use crate::testing::server::{Reply, Server, answer, json, parameter};

#[derive(Clone, Debug, Deserialize, PartialEq)]
struct Member {
    user_id: String,
    #[serde(default)]
    logins: u32,
}

impl Shaped for Member {
    const TYPE: Type = Type::Unknown;
}

fn listing(client: &Client, start: Option<u64>, limit: Option<u32>) -> Listing<Member> {
    let operation = operation("members.list");
    let base = client.base().clone();
    let build: Build = Arc::new(move |at: &Position| {
        let (skip, limit) = at.as_offset();
        let mut url = base.join("/v2/enterprise/members").unwrap();
        url.query_pairs_mut()
            .append_pair("skip", &skip.unwrap().to_string())
            .append_pair("limit", &limit.unwrap().to_string());
        Ok(reqwest::Request::new(http::Method::GET, url))
    });
    Listing::new(client.clone(), operation, Position::offset(operation, start, limit), None, build)
}

fn number(head: &str, name: &str) -> usize {
    parameter(head, name).unwrap().parse().unwrap()
}

fn row(id: usize) -> String {
    format!(r#"{{"user_id":"u{id}"}}"#)
}

fn envelope(ids: impl Iterator<Item = usize>, total: usize, skip: usize, limit: usize, more: bool) -> String {
    let rows: Vec<_> = ids.map(row).collect();
    format!(
        r#"{{"items":[{}],"total":{total},"skip":{skip},"limit":{limit},"has_more":{more}}}"#,
        rows.join(",")
    )
}

/// The page of a well-behaved list of so many rows that gives at most `cap` at a time.
fn page_of(head: &str, total: usize, cap: usize) -> String {
    let (skip, limit) = (number(head, "skip"), number(head, "limit").min(cap));
    let end = (skip + limit).min(total);
    envelope(skip.min(end)..end, total, skip, limit, end < total)
}

#[tokio::test]
async fn all_rows_come_once_and_in_order() {
    for (total, cap) in [(0, 200), (1, 200), (200, 200), (1001, 200), (1001, 77)] {
        let server = Server::start(move |_, head| json(200, &page_of(head, total, cap))).await;
        let all = listing(&server.client(), None, None).collect().await.unwrap();
        let expected: Vec<_> = (0..total).map(|id| format!("u{id}")).collect();
        assert_eq!(all.rows.iter().map(|row| row.user_id.clone()).collect::<Vec<_>>(), expected);
        let report = all.report;
        assert!(report.complete && report.resume.is_none() && !report.total_changed, "{report:?}");
        assert_eq!((report.expected, report.seen, report.duplicates), (Some(total as u64), total as u64, 0));
        assert_eq!(server.requests().len() as u64, report.pages, "nothing is asked for twice");
    }
}

#[tokio::test]
async fn pages_come_ahead_but_not_all_at_once() {
    let flying = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (counter, peak) = (flying.clone(), most.clone());
    let server = Server::start(move |_, head| {
        peak.fetch_max(counter.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let counter = counter.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(40)).await;
            counter.fetch_sub(1, Ordering::SeqCst);
        });
        Reply::Late(Duration::from_millis(50), answer(200, "", &page_of(head, 3400, 200)))
    })
    .await;
    let client = server.builder().prefetch(4).build().unwrap();
    let begun = Instant::now();
    let all = listing(&client, None, None).collect().await.unwrap();
    assert!(all.report.complete);
    // 17 pages: one, then 16 in groups of four; in a row they would take 850 ms.
    assert!(begun.elapsed() < Duration::from_millis(600), "{:?}", begun.elapsed());
    assert!((3..=4).contains(&most.load(Ordering::SeqCst)), "{most:?}");
}

#[tokio::test]
async fn a_short_page_leaves_no_hole() {
    // The third page is short, though more rows follow.
    let server = Server::start(|_, head| {
        let (skip, limit) = (number(head, "skip"), number(head, "limit"));
        let size = if skip == 20 { 3 } else { limit };
        let end = (skip + size).min(100);
        json(200, &envelope(skip..end, 100, skip, limit, end < 100))
    })
    .await;
    let all = listing(&server.client(), None, Some(10)).collect().await.unwrap();
    assert!(all.report.complete && all.rows.len() == 100 && all.report.duplicates == 0, "{:?}", all.report);
}

#[tokio::test]
async fn rows_that_move_come_once_and_are_told() {
    // A row is added in front after the first page, so that the last row of each page comes again.
    let server = Server::start(|number, head| {
        let skip = super::tests::number(head, "skip");
        let shift = usize::from(number > 0);
        let total = 30 + shift;
        let end = (skip + 10).min(total);
        json(200, &envelope((skip..end).map(|place| place + 100 - shift), total, skip, 10, end < total))
    })
    .await;
    let all = listing(&server.client(), None, Some(10)).collect().await.unwrap();
    assert_eq!(all.rows.len(), 30);
    let report = all.report;
    assert!(!report.complete && report.total_changed && report.duplicates == 1, "{report:?}");
    assert_eq!(report.expected, Some(31));
}

#[tokio::test]
async fn lists_that_never_end_are_errors() {
    type Script = fn(usize, &str) -> Reply;
    let cases: [(&str, Script, usize); 5] = [
        ("the one from row 0 came", |_, _| json(200, &envelope(0..10, 100, 0, 10, true)), 10),
        (
            "only rows that came before",
            |_, head| json(200, &envelope(0..10, 100, number(head, "skip"), 10, true)),
            10,
        ),
        (
            "is empty, yet more rows",
            |_, head| {
                let skip = number(head, "skip");
                json(200, &envelope(skip..(skip + 10).min(20), 100, skip, 10, true))
            },
            20,
        ),
        (
            "row 30 of 30 was reached",
            |_, head| {
                let skip = number(head, "skip");
                json(200, &envelope(skip..skip + 10, 30, skip, 10, true))
            },
            30,
        ),
        ("only rows that came before", |_, _| json(200, r#"{"items":[{"x":1}],"has_more":true}"#), 0),
    ];
    for (words, script, rows) in cases {
        let server = Server::start(script).await;
        let interrupted = listing(&server.client(), None, Some(10)).collect().await.unwrap_err();
        assert_eq!(interrupted.error.kind(), ErrorKind::Paging, "{}", interrupted.error);
        assert!(interrupted.to_string().contains(words), "{interrupted}");
        assert_eq!(interrupted.rows.len(), rows, "{words}");
        assert!(!interrupted.report.complete && interrupted.resume.is_some());
        assert!(server.requests().len() < 20);
    }
}

#[tokio::test]
async fn a_failed_page_keeps_what_came_and_goes_on() {
    let broken = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let switch = broken.clone();
    let server = Server::start(move |_, head| {
        if switch.load(Ordering::SeqCst) && number(head, "skip") == 30 {
            return json(404, r#"{"detail":"gone"}"#);
        }
        json(200, &page_of(head, 100, 10))
    })
    .await;
    let client = server.client();
    let interrupted = listing(&client, None, Some(10)).collect().await.unwrap_err();
    assert_eq!((interrupted.rows.len(), interrupted.error.kind()), (30, ErrorKind::NotFound));
    let token = interrupted.resume.unwrap();
    assert_eq!(token.to_string(), "members.list@skip=30");
    broken.store(false, Ordering::SeqCst);
    let rest = listing(&client, None, Some(10)).resume(&token).collect().await.unwrap();
    assert_eq!((rest.rows.len(), rest.rows[0].user_id.as_str(), rest.report.complete), (70, "u30", true));
    let error = listing(&client, None, None).resume(&"groups.list@skip=1".parse().unwrap()).page().await;
    assert_eq!(error.unwrap_err().field(), Some("resume"));
}

#[tokio::test]
async fn batches_are_rows_of_a_page_and_an_error_comes_after_them() {
    let failing = Arc::new(AtomicUsize::new(0));
    let fails = failing.clone();
    let server = Server::start(move |_, head| {
        let fails = number(head, "skip") == 20 && fails.load(Ordering::SeqCst) == 1;
        if fails { json(404, "{}") } else { json(200, &page_of(head, 25, 10)) }
    })
    .await;
    let listing = listing(&server.client(), None, Some(10));
    let mut items = listing.items();
    let mut sizes = Vec::new();
    loop {
        let batch = items.next_batch().await.unwrap();
        sizes.push(batch.len());
        if batch.is_empty() {
            break;
        }
        // So that the next page is there, and would be taken along.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(sizes, [10, 10, 5, 0]);
    assert!(items.report().complete);

    failing.store(1, Ordering::SeqCst);
    let mut items = listing.items();
    let mut rows = 0;
    let error = loop {
        match items.next_batch().await {
            Ok(batch) => rows += batch.len(),
            Err(error) => break error,
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!((rows, error.kind()), (20, ErrorKind::NotFound));
    assert!(items.next_batch().await.unwrap().is_empty(), "after an error it has ended");
}

#[tokio::test]
async fn the_token_follows_the_rows_that_were_taken() {
    let server = Server::start(|_, head| json(200, &page_of(head, 100, 10))).await;
    let mut items = listing(&server.client(), None, None).items();
    for _ in 0..25 {
        items.next().await.unwrap().unwrap();
    }
    assert_eq!(items.report().resume.as_ref().unwrap().to_string(), "members.list@skip=25");
}

#[tokio::test]
async fn bad_rows_cost_no_page() {
    let server = Server::start(|_, _| {
        json(200, r#"{"items":[{"user_id":"a"},{"user_id":"b","logins":"many"},{"user_id":"c","logins":null}],"total":3,"skip":0,"limit":200,"has_more":false}"#)
    })
    .await;
    let client = server.client();
    let all = listing(&client, None, None).collect().await.unwrap();
    assert_eq!(all.rows.iter().map(|row| row.user_id.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    assert!(all.report.complete && all.report.bad_row_count == 1);
    assert_eq!((all.report.bad_rows[0].index, all.report.bad_rows[0].path.as_str()), (1, "logins"));
    let page = listing(&client, None, None).page().await.unwrap();
    assert_eq!((page.rows.len(), page.bad_rows.len(), page.total), (2, 1, Some(3)));

    let strict = client.with_options(crate::CallOptions::new().strict(true)).unwrap();
    let interrupted = listing(&strict, None, None).collect().await.unwrap_err();
    assert_eq!((interrupted.rows.len(), interrupted.error.kind()), (1, ErrorKind::Decode));
    assert_eq!(interrupted.resume.unwrap().to_string(), "members.list@skip=1");
    let error = listing(&strict, None, None).page().await.unwrap_err();
    assert!(error.body().is_some() && error.status() == Some(200) && error.request_id().is_some());
}

#[tokio::test]
async fn limits_are_refused_before_anything_is_sent() {
    let server = Server::start(|_, _| json(200, "{}")).await;
    for limit in [0, 201] {
        let error = listing(&server.client(), None, Some(limit)).page().await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("limit")));
        let error = listing(&server.client(), None, Some(limit)).collect().await.unwrap_err();
        assert_eq!(error.error.field(), Some("limit"));
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn pages_by_number() {
    let operation = operation("api_keys.list");
    #[derive(Debug, Deserialize)]
    struct Key {
        id: u32,
    }

    impl Shaped for Key {
        const TYPE: Type = Type::Unknown;
    }
    let server = Server::start(|_, head| {
        let (page, size) = (number(head, "page"), number(head, "per_page").min(40));
        let (skip, total) = ((page - 1) * size, 95);
        let end = (skip + size).min(total);
        let rows: Vec<_> = (skip..end).map(|id| format!(r#"{{"id":{id}}}"#)).collect();
        json(200, &format!(
            r#"{{"items":[{}],"total":{total},"skip":{skip},"limit":{size},"has_more":{},"next_cursor":{}}}"#,
            rows.join(","), end < total, page + 1
        ))
    })
    .await;
    for (size, pages) in [(None, 3), (Some(10), 10)] {
        let client = server.client();
        let base = client.base().clone();
        let build: Build = Arc::new(move |at: &Position| {
            let (page, size) = at.as_page();
            let query = format!("/v2/enterprise/api-keys?page={}&per_page={}", page.unwrap(), size.unwrap());
            Ok(reqwest::Request::new(http::Method::GET, base.join(&query).unwrap()))
        });
        let keys: Listing<Key> =
            Listing::new(client, operation, Position::page(operation, None, size), None, build);
        let all = keys.collect().await.unwrap();
        assert!(
            all.rows.iter().enumerate().all(|(place, key)| place == key.id as usize) && all.rows.len() == 95
        );
        assert!(all.report.complete && all.report.pages == pages, "{:?}", all.report);
        let page = keys.page().await.unwrap();
        assert!(page.next.unwrap().to_string().starts_with("api_keys.list@page=2,per_page="));
    }
}

#[derive(Debug, Deserialize)]
struct Entry {
    audit_log_id: String,
}

impl Shaped for Entry {
    const TYPE: Type = Type::Unknown;
}

fn audit(client: &Client, before: Option<&str>) -> Listing<Entry> {
    let operation = operation("audit_logs.list");
    let base = client.base().clone();
    let build: Build = Arc::new(move |at: &Position| {
        let (before, limit) = at.as_audit();
        let mut url = base.join("/v2/enterprise/audit-logs").unwrap();
        url.query_pairs_mut().append_pair("limit", &limit.unwrap().to_string());
        if let Some(before) = before {
            url.query_pairs_mut().append_pair("before", before);
        }
        Ok(reqwest::Request::new(http::Method::GET, url))
    });
    let start = Position::audit(operation, before.map(str::to_owned), Some(10));
    Listing::new(client.clone(), operation, start, None, build)
}

fn entries(ids: impl Iterator<Item = usize>) -> Reply {
    let rows: Vec<_> = ids.map(|id| format!(r#"{{"audit_log_id":"a{id}"}}"#)).collect();
    json(200, &format!(r#"{{"audit_logs":[{}]}}"#, rows.join(",")))
}

fn before(head: &str) -> usize {
    parameter(head, "before").map_or(35, |id| id[1..].parse().unwrap())
}

#[tokio::test]
async fn the_audit_log_is_walked_backwards() {
    // Exclusive and inclusive cursors.
    for inclusive in [0, 1] {
        let server = Server::start(move |_, head| {
            let end = (before(head) + inclusive).min(35);
            entries((end.saturating_sub(10)..end).rev())
        })
        .await;
        let all = audit(&server.client(), None).collect().await.unwrap();
        let expected: Vec<_> = (0..35).rev().map(|id| format!("a{id}")).collect();
        assert_eq!(all.rows.iter().map(|entry| entry.audit_log_id.clone()).collect::<Vec<_>>(), expected);
        assert!(all.report.complete && all.report.expected.is_none(), "{:?}", all.report);
        let some = audit(&server.client(), Some("a12")).collect().await.unwrap();
        assert_eq!(some.rows.len(), 12);
    }
    let server = Server::start(|_, _| entries((20..30).rev())).await;
    let interrupted = audit(&server.client(), None).collect().await.unwrap_err();
    assert!(interrupted.error.to_string().contains("ignored `before`"), "{}", interrupted.error);
    assert_eq!(interrupted.rows.len(), 10);
    let page = audit(&server.client(), None).page().await.unwrap();
    assert_eq!(page.next.unwrap().to_string(), "audit_logs.list@before=a20");
}

#[tokio::test]
async fn dropping_a_stream_stops_its_pages() {
    let server = Server::start(|_, head| {
        Reply::Late(Duration::from_millis(100), answer(200, "", &page_of(head, 100_000, 10)))
    })
    .await;
    let mut items = listing(&server.client(), None, None).items();
    items.next().await.unwrap().unwrap();
    drop(items);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let after = server.requests().len();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(server.requests().len() <= after.max(9), "no page is asked for once nobody reads");
}
