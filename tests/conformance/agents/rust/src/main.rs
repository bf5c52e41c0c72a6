//! Rust's part in the scenarios: calls by name, as lines of JSON.

use std::time::Duration;

use devin_v2::dynamic::{Answer, Call};
use devin_v2::{BadRow, CallOptions, CancellationToken, Client, Error, Json, Listing, Operation, Report};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::TRACE).init();
    let mut lines = BufReader::new(stdin()).lines();
    let mut client = None;
    let tokens = Tokens::default();
    while let Some(line) = lines.next_line().await? {
        let asked: Value = serde_json::from_str(&line)?;
        let id = asked["id"].as_u64().unwrap_or_default();
        if asked["do"] == "cancel" {
            tokens.borrow().get(&id).inspect(|token| token.cancel());
        } else if asked["do"] == "client" {
            match self::client(&asked["settings"]) {
                Ok(made) => {
                    println!("{}", json!({ "shown": shown(&made) }));
                    client = Some(made);
                }
                Err(error) => println!("{}", json!({ "error": failed(&error) })),
            }
        } else {
            let client = client.clone().ok_or("there is no client")?;
            let token = CancellationToken::new();
            if asked["cancelled"] == true {
                token.cancel();
            }
            tokens.borrow_mut().insert(id, token.clone());
            tokio::spawn(async move {
                let mut told = call(&client, &asked, token).await;
                told["id"] = json!(id);
                println!("{told}");
            });
        }
    }
    Ok(())
}

/// Of the calls that were made.
type Tokens = std::cell::RefCell<std::collections::HashMap<u64, CancellationToken>>;

/// All that Rust makes text of without being asked for a field.
fn shown(of: &impl std::fmt::Debug) -> Value {
    json!({ "debug": format!("{of:?}"), "pretty": format!("{of:#?}") })
}

fn number(value: &Value) -> usize {
    value.as_u64().and_then(|value| usize::try_from(value).ok()).unwrap_or(usize::MAX)
}

fn client(settings: &Value) -> Result<Client, Error> {
    let mut builder = Client::builder();
    for (name, value) in settings.as_object().into_iter().flatten() {
        let milliseconds = || Duration::from_millis(number(value) as u64);
        let text = || value.as_str().unwrap_or_default();
        builder = match name.as_str() {
            "api_key" => builder.api_key(text()),
            "base_url" => builder.base_url(text()),
            "timeout" => builder.timeout(milliseconds()),
            "attempt_timeout" => builder.attempt_timeout(milliseconds()),
            "retry_base_delay" => builder.retry_base_delay(milliseconds()),
            "max_retry_after" => builder.max_retry_after(milliseconds()),
            "max_retries" => builder.max_retries(number(value) as u32),
            "max_concurrency" => builder.max_concurrency(number(value)),
            "max_body_bytes" => builder.max_body_bytes(number(value)),
            "prefetch" => builder.prefetch(number(value)),
            "strict" => builder.strict(value == true),
            "connect_timeout" => builder.connect_timeout(milliseconds()),
            "proxy" => builder.proxy(text()),
            "no_proxy" => builder.no_proxy(),
            "allow_insecure_http" => builder.allow_insecure_http(value == true),
            other => panic!("there is no setting {other}"),
        };
    }
    builder.build()
}

async fn call(client: &Client, asked: &Value, token: CancellationToken) -> Value {
    match answer(client, asked, token).await {
        Ok(answer) => answer,
        Err(error) => json!({ "error": failed(&error) }),
    }
}

async fn answer(client: &Client, asked: &Value, token: CancellationToken) -> Result<Value, Error> {
    let mut options = CallOptions::new().cancel(token);
    for (name, value) in asked["options"].as_object().into_iter().flatten() {
        let milliseconds = || Duration::from_millis(number(value) as u64);
        options = match name.as_str() {
            "timeout" => options.timeout(milliseconds()),
            "attempt_timeout" => options.attempt_timeout(milliseconds()),
            "max_retries" => options.max_retries(number(value) as u32),
            _ => options.strict(value == true),
        };
    }
    let client = client.with_options(options)?;
    let name = asked["operation"].as_str().unwrap_or_default();
    let operation = Operation::find(name).unwrap_or_else(|| panic!("there is no operation {name}"));
    let arguments: Map<String, Value> = asked["arguments"].as_object().cloned().unwrap_or_default();
    match client.call(operation, arguments)? {
        Call::Single(call) => Ok(match call.send().await? {
            Answer::One(json) => json!({ "value": value(&json) }),
            Answer::Rows(answer) => json!({ "rows": rows(&answer.rows), "bad_rows": bad(&answer.bad) }),
        }),
        Call::List(listing) => list(&listing, asked["as"].as_str().unwrap_or_default()).await,
    }
}

async fn list(listing: &Listing<Json>, reading: &str) -> Result<Value, Error> {
    match reading {
        "items" => {
            let mut items = listing.items();
            let mut all = Vec::new();
            let mut error = None;
            while let Some(row) = items.next().await {
                match row {
                    Ok(row) => all.push(row),
                    Err(found) => error = Some(failed(&found)),
                }
            }
            Ok(json!({ "rows": rows(&all), "report": report(items.report()), "error": error }))
        }
        "collect" => Ok(match listing.collect().await {
            Ok(all) => {
                json!({ "rows": rows(&all.rows), "report": report(&all.report), "shown": shown(&all) })
            }
            Err(stopped) => json!({
                "shown": shown(&stopped),
                "rows": rows(&stopped.rows),
                "report": report(&stopped.report),
                "error": failed(&stopped.error),
            }),
        }),
        _ => {
            let page = listing.page().await?;
            Ok(json!({
                "shown": shown(&page),
                "rows": rows(&page.rows),
                "bad_rows": bad(&page.bad_rows),
                "total": page.total,
                "skip": page.skip,
                "limit": page.limit,
                "has_more": page.has_more,
                "next": page.next.as_ref().map(ToString::to_string),
            }))
        }
    }
}

fn value(json: &Json) -> Value {
    serde_json::from_slice(json.bytes()).unwrap_or_default()
}

fn rows(rows: &[Json]) -> Vec<Value> {
    rows.iter().map(value).collect()
}

fn bad(rows: &[BadRow]) -> Vec<Value> {
    rows.iter().map(|row| json!({ "index": row.index, "path": row.path, "reason": row.reason })).collect()
}

fn report(report: &Report) -> Value {
    json!({
        "complete": report.complete,
        "expected": report.expected,
        "seen": report.seen,
        "duplicates": report.duplicates,
        "bad_rows": bad(&report.bad_rows),
        "bad_row_count": report.bad_row_count,
        "pages": report.pages,
        "total_changed": report.total_changed,
        "resume": report.resume.as_ref().map(ToString::to_string),
    })
}

fn failed(error: &Error) -> Value {
    let mut causes = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(found) = cause {
        causes.push(json!({ "display": found.to_string(), "debug": format!("{found:?}") }));
        cause = found.source();
    }
    json!({
        "shown": shown(error),
        "causes": causes,
        "kind": error.kind().as_str(),
        "message": error.to_string(),
        "operation": error.operation(),
        "field": error.field(),
        "status": error.status(),
        "attempts": error.attempts(),
        "retry_after": error.retry_after().map(|time| time.as_millis()),
        "detail": error.detail(),
        "body": error.body().map(|body| String::from_utf8_lossy(body)),
    })
}
