//! Many calls at once while everything goes wrong: a mix of calls, faults and cancellations that a seed decides.
//!
//! What has to hold whatever happens: each call ends, the agent lives and nothing panics, no change is sent again unless
//! it was certainly not made, and a list is complete or says that it isn't.

use std::collections::{BTreeMap, BTreeSet};

use devin_v2_emulator::{Arrived, Config, Effect, Emulator, Fault};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::Language;
use crate::agent::{Agent, Log};
use crate::canary::{Canary, KEY};
use crate::expand::Call;

/// How many requests the emulator remembers.
const REMEMBERED: usize = 10_000;

/// How many calls are under way at once.
const AT_ONCE: usize = 24;

/// Lists that no call of the chaos changes, and what tells their rows apart.
const LISTS: [(&str, &str); 2] = [("members.list", "user_id"), ("sessions.list", "session_id")];

/// Changes whose body has a text of the caller's, by which a request is known again.
const CHANGES: [(&str, &str); 2] =
    [("organizations.create", "display_name"), ("organizations.update", "display_name")];

/// What came of it in one language.
#[derive(Default)]
pub(crate) struct Figures {
    calls: usize,
    requests: usize,
    cancelled: usize,
    /// Scripted, by kind; some meet no request.
    faults: BTreeMap<String, usize>,
    /// By kind.
    errors: BTreeMap<String, usize>,
    lists: usize,
    /// Lists that said that they aren't complete, or ended with an error.
    incomplete: usize,
    changes: usize,
    duplicates: usize,
    hangs: usize,
    hits: usize,
    /// All that must not be.
    pub(crate) wrong: Vec<String>,
}

/// A call that is under way.
enum Kind {
    List { rows: &'static str, whole: BTreeSet<String> },
    Change,
    Other,
}

pub(crate) fn run(language: &Language, calls: &[Call], count: usize, seed: u64) -> Result<Figures, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| error.to_string())?.block_on(chaos(language, calls, count, seed))
}

async fn chaos(language: &Language, calls: &[Call], count: usize, seed: u64) -> Result<Figures, String> {
    let mut random = Rng::with_seed(seed);
    let config = Config { api_key: Some(KEY.to_owned()), members: 150, sessions: 150, ..Config::default() };
    let emulator = Emulator::start(config).await.map_err(|error| format!("emulator: {error}"))?;
    let log = Log::default();
    let mut agent = Agent::start(language, &BTreeMap::new(), &log)?;
    let settings = json!({
        "base_url": emulator.url(), "api_key": KEY, "retry_base_delay": 1,
        "timeout": 10_000, "attempt_timeout": 150, "max_retries": 3, "max_concurrency": 16,
    });
    agent.client(&settings).await?;
    let mut figures = Figures::default();
    let mut whole = BTreeMap::new();
    for (name, id) in LISTS {
        let mut call = ask(0, name, &json!({}), "collect");
        // A language may take its time to start.
        call["options"] = json!({ "attempt_timeout": 10_000 });
        agent.tell(&call).await?;
        let came = agent.hear().await?;
        if came["report"]["complete"] != true {
            return Err(format!("{name} is not complete before anything went wrong: {}", came["report"]));
        }
        whole.insert(name, ids(&came, id));
    }
    emulator.clear_requests();

    let mut under_way = BTreeMap::new();
    let mut canary = Canary::default();
    while figures.calls < count || !under_way.is_empty() {
        while figures.calls < count && under_way.len() < AT_ONCE {
            figures.calls += 1;
            let id = figures.calls;
            let (call, kind) = one(&mut random, calls, id, &whole);
            let Some(operation) = calls.iter().find(|one| one.operation == call["operation"]) else {
                return Err(format!("there is no operation {}", call["operation"]));
            };
            for _ in 0..random.usize(0..3) {
                let fault = fault(&mut random, operation);
                let name = serde_json::to_value(&fault.effect).unwrap_or_default()["kind"].to_string();
                *figures.faults.entry(name.trim_matches('"').replace("none", "delay")).or_default() += 1;
                emulator.fault(fault);
            }
            figures.lists += usize::from(matches!(kind, Kind::List { .. }));
            figures.changes += usize::from(matches!(kind, Kind::Change));
            under_way.insert(id, kind);
            agent.tell(&call).await?;
            // A blocking call is cancelled by Ctrl-C, which reaches one thread alone.
            if language.name != "python-sync" && random.usize(0..20) == 0 {
                figures.cancelled += 1;
                agent.tell(&json!({ "do": "cancel", "id": id })).await?;
            }
        }
        let came = match agent.hear().await {
            Ok(came) => came,
            Err(what) => {
                figures.hangs = under_way.len();
                figures.wrong.push(format!("{} calls never ended: {what}", under_way.len()));
                break;
            }
        };
        let id = came["id"].as_u64().and_then(|id| usize::try_from(id).ok()).unwrap_or_default();
        let Some(kind) = under_way.remove(&id) else {
            figures.wrong.push(format!("an answer came to call {id}, which is not under way"));
            continue;
        };
        if let Err(what) = canary.answer(&came, &[]) {
            figures.wrong.push(what);
        }
        judge(&kind, &came, &mut figures);
    }
    let arrived = emulator.requests();
    figures.requests = arrived.len();
    // What was forgotten, or has no mark, could not be told to have been sent again.
    if figures.requests == REMEMBERED || !arrived.iter().any(|request| mark(request).is_some()) {
        figures.wrong.push(format!("of {} requests not all are known again: fewer calls?", figures.requests));
    }
    let twice = sent_again(&arrived);
    figures.duplicates = twice.len();
    figures
        .wrong
        .extend(twice.into_iter().map(|what| format!("sent again, although it may have been made: {what}")));
    let text = log.text();
    if let Err(what) = canary.log(&text) {
        figures.wrong.push(what);
    }
    figures.hits = canary.hits;
    figures.wrong.extend(text.lines().filter(|line| line.contains("panicked at")).map(str::to_owned));
    Ok(figures)
}

fn ask(id: usize, operation: &str, arguments: &Value, reading: &str) -> Value {
    let call =
        json!({ "do": "call", "id": id, "operation": operation, "arguments": arguments, "as": reading });
    let mut call = call;
    call["options"] = json!({});
    call["cancelled"] = json!(false);
    call
}

/// The next call.
fn one(
    random: &mut Rng,
    calls: &[Call],
    id: usize,
    whole: &BTreeMap<&'static str, BTreeSet<String>>,
) -> (Value, Kind) {
    match random.usize(0..10) {
        0..3 => {
            let (name, rows) = LISTS[random.usize(0..LISTS.len())];
            let reading = if random.bool() { "collect" } else { "items" };
            let call = ask(id, name, &json!({ "limit": random.usize(20..80) }), reading);
            (call, Kind::List { rows, whole: whole.get(name).cloned().unwrap_or_default() })
        }
        3..7 => {
            let (name, field) = CHANGES[random.usize(0..CHANGES.len())];
            let example = calls.iter().find(|call| call.operation == name).map(|call| &call.arguments);
            let mut arguments = Value::Object(example.cloned().unwrap_or_default());
            arguments[field] = json!(format!("chaos-{id}-"));
            (ask(id, name, &arguments, "value"), Kind::Change)
        }
        _ => {
            let reads: Vec<_> = calls.iter().filter(|call| call.http_method == "GET").collect();
            let call = reads[random.usize(0..reads.len())];
            let reading = if call.paged { "page" } else { "value" };
            (ask(id, &call.operation, &Value::Object(call.arguments.clone()), reading), Kind::Other)
        }
    }
}

/// Something that goes wrong with one of the next requests of an operation.
fn fault(random: &mut Rng, call: &Call) -> Fault {
    let path: Vec<_> =
        call.template.split('/').map(|part| if part.starts_with('{') { "*" } else { part }).collect();
    let statuses = [400, 403, 404, 408, 409, 422, 429, 429, 429, 500, 502, 503, 504];
    let status = statuses[random.usize(0..statuses.len())];
    let effect = match random.usize(0..16) {
        0..4 => json!({ "kind": "status", "status": status }),
        4 => json!({ "kind": "status", "status": status, "headers": { "retry-after": "0" } }),
        5 => json!({ "kind": "cut_body", "after": random.usize(0..400) }),
        6 => json!({ "kind": "reset" }),
        7 => json!({ "kind": "malformed_json" }),
        8 => json!({ "kind": "html", "status": if random.bool() { 502 } else { 200 } }),
        9 => json!({ "kind": "unknown_enum" }),
        10 => json!({ "kind": "extra_field", "name": "mood", "value": { "good": [1, null] } }),
        11 => json!({ "kind": "null_field", "name": "created_at", "row": random.usize(0..20) }),
        12 => {
            json!({ "kind": "replace_field", "name": "total", "value": random.usize(0..400), "envelope": true })
        }
        13 => json!({ "kind": "redirect", "location": "https://example.com/" }),
        14 => json!({ "kind": if random.bool() { "invalid_utf8" } else { "empty_body" } }),
        _ => json!({ "kind": "none" }),
    };
    let effect: Effect = serde_json::from_value(effect).unwrap_or_default();
    let mut fault = Fault::on(&call.http_method, &path.join("/")).effect(effect);
    fault.times = Some(random.u64(1..3));
    // Some are too late for an attempt, and some changes are made although their answer is lost.
    let late = random.usize(0..8) == 0 || fault.effect == Effect::None;
    fault.delay_ms = if late { random.u64(1..400) } else { 0 };
    if status != 429 && random.bool() {
        fault.execute = Some(true);
    }
    fault
}

fn ids(came: &Value, name: &str) -> BTreeSet<String> {
    let rows = came["rows"].as_array().into_iter().flatten();
    rows.filter_map(|row| row[name].as_str().map(str::to_owned)).collect()
}

fn judge(kind: &Kind, came: &Value, figures: &mut Figures) {
    let failed = came["error"].is_object();
    if failed {
        let error = &came["error"];
        let name = error["kind"].as_str().unwrap_or("none");
        *figures.errors.entry(name.to_owned()).or_default() += 1;
        // Cancelling has an exception of the language's own.
        if name != "cancelled" && error["message"].as_str().is_none_or(str::is_empty) {
            figures.wrong.push(format!("an error says nothing: {error}"));
        }
    }
    let Kind::List { rows, whole } = kind else { return };
    let report = &came["report"];
    if failed || report["complete"] != true {
        figures.incomplete += 1;
        if failed && report["complete"] == true {
            figures.wrong.push(format!("a list that failed says that it is complete: {report}"));
        }
        return;
    }
    let count = came["rows"].as_array().map_or(0, Vec::len);
    let bad = report["bad_row_count"].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let ids = ids(came, rows);
    if ids.len() != count || count + bad != whole.len() || !ids.is_subset(whole) {
        let known = whole.len();
        figures.wrong.push(format!(
            "a list says that it is complete, with {} different rows of {count} and {bad} bad ones; there are {known}",
            ids.len()
        ));
    }
}

/// The text of the caller's by which a change is known again.
fn mark(request: &Arrived) -> Option<&str> {
    request.body.split('"').find(|text| text.starts_with("chaos-"))
}

/// The changes of which more than one request arrived that may have been carried out: all but those that were answered
/// with 429.
fn sent_again(arrived: &[Arrived]) -> Vec<String> {
    let mut sent: BTreeMap<&str, usize> = BTreeMap::new();
    for request in arrived.iter().filter(|request| request.status != Some(429)) {
        if let Some(mark) = mark(request) {
            *sent.entry(mark).or_default() += 1;
        }
    }
    sent.into_iter()
        .filter(|(_, times)| *times > 1)
        .map(|(mark, times)| format!("{mark} {times} times"))
        .collect()
}

/// Figures by languages.
pub(crate) fn print(columns: &[(&str, Figures)]) {
    let row = |name: &str, of: &dyn Fn(&Figures) -> String| {
        let mut line = format!("{name:22}");
        for (_, figures) in columns {
            line += &format!(" {:>13}", of(figures));
        }
        println!("{line}");
    };
    let mut header = format!("\n{:22}", "");
    for (name, _) in columns {
        header += &format!(" {name:>13}");
    }
    println!("{header}");
    row("calls", &|figures| figures.calls.to_string());
    row("requests arrived", &|figures| figures.requests.to_string());
    row("told to cancel", &|figures| figures.cancelled.to_string());
    for (title, of) in [
        ("fault", (|figures| &figures.faults) as fn(&Figures) -> &BTreeMap<String, usize>),
        ("error", |figures| &figures.errors),
    ] {
        let kinds: BTreeSet<_> = columns.iter().flat_map(|(_, figures)| of(figures).keys()).collect();
        for kind in kinds {
            row(&format!("{title} {kind}"), &|figures| of(figures).get(kind).unwrap_or(&0).to_string());
        }
    }
    row("lists", &|figures| figures.lists.to_string());
    row("lists not complete", &|figures| figures.incomplete.to_string());
    row("changes", &|figures| figures.changes.to_string());
    row("changes sent again", &|figures| figures.duplicates.to_string());
    row("calls that hang", &|figures| figures.hangs.to_string());
    row("secrets printed", &|figures| figures.hits.to_string());
    for (name, figures) in columns {
        for what in figures.wrong.iter().take(5) {
            println!("\nFAILED in {name}: {what}");
        }
    }
}

/// The figures, for the support matrix.
pub(crate) fn json(columns: &[(&str, Figures)]) -> String {
    let columns: serde_json::Map<_, _> = columns
        .iter()
        .map(|(name, figures)| {
            let counts = json!({ "calls": figures.calls, "wrong": figures.wrong.len() });
            ((*name).to_owned(), counts)
        })
        .collect();
    format!("{:#}\n", Value::Object(columns))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use devin_v2_emulator::Arrived;
    use serde_json::json;

    use super::{Figures, Kind, judge, sent_again};

    fn arrived(mark: &str, status: Option<u16>) -> Arrived {
        let body = json!({ "display_name": mark }).to_string();
        let request = json!({ "method": "POST", "path": "/", "query": null, "headers": {}, "body": body });
        let mut request: Arrived = serde_json::from_value(request).unwrap();
        request.status = status;
        request
    }

    #[test]
    fn only_429_allows_to_send_a_change_again() {
        let allowed =
            [arrived("chaos-1-", Some(429)), arrived("chaos-1-", Some(200)), arrived("chaos-2-", None)];
        assert!(sent_again(&allowed).is_empty());
        for status in [None, Some(500), Some(200)] {
            assert_eq!(sent_again(&[arrived("chaos-3-", status), arrived("chaos-3-", Some(200))]).len(), 1);
        }
    }

    #[test]
    fn a_list_that_lacks_rows_must_say_so() {
        let kind = Kind::List { rows: "id", whole: BTreeSet::from(["a".to_owned(), "b".to_owned()]) };
        let wrong = |came| {
            let mut figures = Figures::default();
            judge(&kind, &came, &mut figures);
            figures.wrong.len()
        };
        let report = |complete, bad| json!({ "complete": complete, "bad_row_count": bad });
        assert_eq!(wrong(json!({ "rows": [{ "id": "a" }, { "id": "b" }], "report": report(true, 0) })), 0);
        assert_eq!(wrong(json!({ "rows": [{ "id": "a" }], "report": report(true, 1) })), 0);
        assert_eq!(wrong(json!({ "rows": [{ "id": "a" }], "report": report(false, 0) })), 0);
        assert_eq!(wrong(json!({ "rows": [{ "id": "a" }], "report": report(true, 0) })), 1);
        assert_eq!(wrong(json!({ "rows": [{ "id": "a" }, { "id": "a" }], "report": report(true, 0) })), 1);
        assert_eq!(wrong(json!({ "rows": [{ "id": "a" }, { "id": "c" }], "report": report(true, 0) })), 1);
    }
}
