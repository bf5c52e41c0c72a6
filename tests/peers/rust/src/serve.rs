//! A server for benchmarks of other languages: its answers are bytes laid out beforehand, so that the figures show the
//! clients and not the server.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::Failure;

const KEY: &str = "apk_user_benchmark";
const IDENTITY: &str = concat!(
    r#"{"api_key_id":"apk-0c1d2e3f4a5b6c7d","user_id":"email|65f1c0ffee65f1c0ffee65f0","#,
    r#""user_email":"admin@example.com","org_id":"org-0a1b2c3d4e5f60718293a4b5c6d7e8f9"}"#
);

/// Serves `sessions` rows, each answer after `delay`, until the standard input ends. Prints where, as JSON.
pub(crate) async fn serve(sessions: usize, delay: Duration) -> Result<(), Failure> {
    let answers = Arc::new(Answers::new(sessions));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("{}", serde_json::json!({ "url": url, "api_key": KEY }));
    // Whoever started it holds the other end: the server never outlives a benchmark that was stopped.
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let answers = Arc::clone(&answers);
        // A connection that breaks is the client's affair.
        tokio::spawn(async move { connection(stream, &answers, delay).await.ok() });
    }
}

async fn connection(mut stream: TcpStream, answers: &Answers, delay: Duration) -> std::io::Result<()> {
    let mut buffer = Vec::with_capacity(4096);
    loop {
        while let Some(end) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let answer = answers.to(&String::from_utf8_lossy(&buffer[..end]));
            buffer.drain(..end + 4);
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            stream.write_all(&answer).await?;
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
    }
}

/// All rows one after the other, divided by commas, and where each begins.
struct Answers {
    rows: String,
    starts: Vec<usize>,
}

impl Answers {
    fn new(sessions: usize) -> Self {
        let (mut rows, mut starts) = (String::new(), Vec::with_capacity(sessions + 1));
        for index in 0..sessions {
            starts.push(rows.len());
            rows.push_str(&row(index));
            rows.push(',');
        }
        starts.push(rows.len());
        Self { rows, starts }
    }

    fn to(&self, head: &str) -> Vec<u8> {
        let mut lines = head.lines();
        let target = lines.next().and_then(|line| line.strip_prefix("GET ")?.strip_suffix(" HTTP/1.1"));
        let allowed = lines.filter_map(|line| line.split_once(':')).any(|(name, value)| {
            name.eq_ignore_ascii_case("authorization") && value.trim().strip_prefix("Bearer ") == Some(KEY)
        });
        let (path, query) =
            target.map(|target| target.split_once('?').unwrap_or((target, ""))).unwrap_or_default();
        match path {
            _ if !allowed => answer("401 Unauthorized", &[r#"{"detail":"Unauthorized"}"#]),
            "/v2/enterprise/self" => answer("200 OK", &[IDENTITY]),
            "/v2/enterprise/sessions" => self.page(query),
            _ => answer("404 Not Found", &[r#"{"detail":"Not Found"}"#]),
        }
    }

    fn page(&self, query: &str) -> Vec<u8> {
        let number = |name: &str| {
            let values = query.split('&').filter_map(|pair| pair.split_once('='));
            values.filter(|(key, _)| *key == name).find_map(|(_, value)| value.parse::<usize>().ok())
        };
        let total = self.starts.len() - 1;
        let (skip, limit) = (number("skip").unwrap_or(0), number("limit").unwrap_or(100).clamp(1, 200));
        let (first, end) = (skip.min(total), skip.saturating_add(limit).min(total));
        // Without the comma behind the last one.
        let items = self.rows[self.starts[first]..self.starts[end]].trim_end_matches(',');
        let next = if end < total { end.to_string() } else { "null".to_owned() };
        let rest = format!(
            r#"],"total":{total},"skip":{skip},"limit":{limit},"has_more":{},"next_cursor":{next}}}"#,
            end < total
        );
        answer("200 OK", &[r#"{"items":["#, items, &rest])
    }
}

fn answer(status: &str, body: &[&str]) -> Vec<u8> {
    let length: usize = body.iter().map(|part| part.len()).sum();
    let mut bytes = Vec::with_capacity(length + 256);
    bytes.extend_from_slice(
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nx-request-id: c70206b41455089f864ed02c7d702ac7\r\n\
             content-length: {length}\r\n\r\n"
        )
        .as_bytes(),
    );
    body.iter().for_each(|part| bytes.extend_from_slice(part.as_bytes()));
    bytes
}

/// A session as the emulator would make it: tags, pull requests and nulls as often as there, all values always the same.
fn row(index: usize) -> String {
    let mut state = index as u64;
    let mut number = |below: usize| {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = state;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((value ^ (value >> 31)) % below as u64) as usize
    };
    const STATUSES: [&str; 7] = ["exit", "exit", "exit", "exit", "running", "suspended", "error"];
    const TAGS: [&str; 6] = ["q1", "frontend", "backend", "urgent", "chore", "tests"];
    const STATES: [&str; 4] = [r#""merged""#, r#""open""#, r#""closed""#, "null"];
    const ORGANIZATIONS: [&str; 3] = [
        "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "8c920debebda43ea01056c56e0a0f483",
        "60cc9d40f44ee08798f989afcc3d3725",
    ];
    const VERBS: [&str; 5] = ["Fix", "Refactor", "Document", "Investigate", "Test"];
    const THINGS: [&str; 5] = [
        "the login flow",
        "the rate limiter",
        "the search index",
        "the payments webhook",
        "the nightly export",
    ];

    let id = format!("{:016x}{:016x}", number(usize::MAX), number(usize::MAX));
    let tags: Vec<String> = (0..number(3)).map(|_| format!(r#""{}""#, TAGS[number(6)])).collect();
    let mut pulls = Vec::new();
    for _ in 0..[0, 0, 0, 1, 1, 1, 1, 2, 2, 2][number(10)] {
        let (pull, state) = (100 + number(900), STATES[number(4)]);
        pulls.push(format!(r#"{{"url":"https://github.com/acme/web/pull/{pull}","state":{state}}}"#));
    }
    let user = match number(120) {
        0..=2 => "null".to_owned(),
        user => format!(r#""email|{:024x}""#, 0x31c4_5afb_c41c_93f0_u128 * (user as u128 + 7)),
    };
    let title = match number(25) {
        0 => "null".to_owned(),
        _ => format!(r#""{} {}""#, VERBS[number(5)], THINGS[number(5)]),
    };
    // Every month has a 28th, and that is as much calendar as a benchmark needs.
    let (month, day, hour) = (1 + number(12), 1 + number(28), number(23));
    let time = |hour, minute, second| format!("2025-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
    let (created, updated) = (time(hour, number(60), number(60)), time(hour + 1, number(60), number(60)));
    let acus = number(120) as f64 / 8.0;

    let mut row = String::new();
    let _ = write!(
        row,
        r#"{{"session_id":"devin-{id}","url":"https://app.devin.ai/sessions/{id}","status":"{}","tags":[{}],"#,
        STATUSES[number(7)],
        tags.join(",")
    );
    let _ = write!(
        row,
        r#""org_id":"org-{}","user_id":{user},"created_at":"{created}","updated_at":"{updated}","#,
        ORGANIZATIONS[number(3)]
    );
    let _ =
        write!(row, r#""acus_consumed":{acus:.3},"pull_requests":[{}],"title":{title}}}"#, pulls.join(","));
    row
}
