//! A server that follows a script byte by byte, for connections and responses that no healthy service has.
//!
//! Where a script has no response of its own, the emulator gives it. As an HTTP proxy the server does the same, whatever
//! host a request names, and refuses `CONNECT`.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use flate2::{Compression, GzBuilder};
use serde::Deserialize;
use serde_json::{Value, json};
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

use crate::canary::KEY;
use crate::expect;

/// What happens on a connection, in order. Requests that follow are answered as usual.
pub(crate) type Script = Vec<Action>;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    /// Reads a request. `answer` does so itself if none was read.
    Read,
    /// Reads the head of a request alone, which then does not count as arrived.
    ReadHead,
    Answer(Box<Answer>),
    /// Reads so many bytes that are no HTTP.
    Take(usize),
    /// Sends bytes.
    Send(String),
    /// Milliseconds.
    Wait(u64),
    /// Waits until so many requests arrived, on all connections.
    Until(usize),
    Close,
    /// Sends RST.
    Reset,
    /// Sends FIN, and goes on reading.
    HalfClose,
    /// Begins the script anew.
    Again,
}

/// A response to the last request: the emulator's, but for what is set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    status: Option<u16>,
    version: Option<String>,
    /// Lines.
    #[serde(default)]
    headers: Vec<String>,
    /// More headers.
    more_headers: Option<Filler>,
    body: Option<String>,
    /// What is done to the body, in order.
    #[serde(default)]
    made: Vec<Make>,
    chunked: Option<Chunked>,
    /// Without a length, unless chunked: the end of the connection is the end of the body.
    #[serde(default)]
    unsized_body: bool,
    /// Sent before the response.
    #[serde(default)]
    before: String,
    /// Sent behind the response, in the same packet.
    #[serde(default)]
    then: String,
    /// Leaves out so many bytes at the end.
    #[serde(default)]
    short: usize,
    /// Sends so many bytes at a time.
    slowly: Option<usize>,
}

/// Many headers or trailers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Filler {
    count: usize,
    bytes: usize,
}

impl Filler {
    fn lines(&self) -> String {
        let value = "x".repeat(self.bytes);
        (0..self.count).map(|number| format!("x-{number}: {value}\r\n")).collect()
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chunked {
    /// Bytes of a chunk.
    size: usize,
    #[serde(default)]
    extension: String,
    trailers: Option<Filler>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Make {
    Gzip,
    /// Gzip whose header has all optional fields.
    GzipWithFields,
    /// So many gzip members, each of a part of the body.
    Members(usize),
    /// Appends a gzip member of this text.
    Member(String),
    Append(String),
    Zeros(usize),
    Repeat(usize),
    /// Removes bytes from the end.
    Cut(usize),
    /// Overwrites a byte, counted from the end if negative.
    Put {
        at: isize,
        byte: u8,
    },
}

impl Make {
    fn make(&self, mut body: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Gzip => gzip(GzBuilder::new(), &body),
            Self::GzipWithFields => gzip(
                GzBuilder::new().filename("roles.json").comment("a comment").extra(*b"ab\x02\0xy"),
                &body,
            ),
            Self::Members(count) => {
                let size = body.len().div_ceil(*count).max(1);
                body.chunks(size).flat_map(|part| gzip(GzBuilder::new(), part)).collect()
            }
            Self::Member(text) => [body, gzip(GzBuilder::new(), text.as_bytes())].concat(),
            Self::Append(text) => [&body, text.as_bytes()].concat(),
            Self::Zeros(count) => [body, vec![0; *count]].concat(),
            Self::Repeat(times) => body.repeat(*times),
            Self::Cut(count) => {
                body.truncate(body.len().saturating_sub(*count));
                body
            }
            Self::Put { at, byte } => {
                let place = if *at < 0 { body.len().wrapping_add_signed(*at) } else { at.unsigned_abs() };
                body[place] = *byte;
                body
            }
        }
    }
}

fn gzip(builder: GzBuilder, body: &[u8]) -> Vec<u8> {
    let mut encoder = builder.write(Vec::new(), Compression::fast());
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("a vector takes all bytes")
}

impl Answer {
    fn bytes(&self, method: &str, (status, usual): (u16, Vec<u8>)) -> Vec<u8> {
        let body = self.body.as_ref().map_or(usual, |text| text.clone().into_bytes());
        let body = self.made.iter().fold(body, |body, make| make.make(body));
        let status = self.status.unwrap_or(status);
        let version = self.version.as_deref().unwrap_or("1.1");
        let mut head = format!("{}HTTP/{version} {status} Scripted\r\n", self.before);
        if !body.is_empty() {
            head += "content-type: application/json\r\n";
        }
        for line in &self.headers {
            head += &format!("{line}\r\n");
        }
        head += &self.more_headers.as_ref().map(Filler::lines).unwrap_or_default();
        let mut bytes;
        if let Some(chunked) = &self.chunked {
            bytes = format!("{head}transfer-encoding: chunked\r\n\r\n").into_bytes();
            for chunk in body.chunks(chunked.size) {
                bytes.extend(format!("{:x}{}\r\n", chunk.len(), chunked.extension).bytes());
                bytes.extend(chunk);
                bytes.extend(b"\r\n");
            }
            let trailers = chunked.trailers.as_ref().map(Filler::lines).unwrap_or_default();
            bytes.extend(format!("0\r\n{trailers}\r\n").bytes());
        } else {
            if !self.unsized_body {
                head += &format!("content-length: {}\r\n", body.len());
            }
            bytes = format!("{head}\r\n").into_bytes();
            if method != "HEAD" {
                bytes.extend(body);
            }
        }
        bytes.truncate(bytes.len() - self.short);
        bytes.extend(self.then.bytes());
        bytes
    }
}

/// A running server. It ends with this.
pub(crate) struct Server {
    address: SocketAddr,
    state: Arc<State>,
    running: AbortHandle,
}

struct State {
    /// For each connection; the last one for all that follow.
    scripts: Vec<Script>,
    /// Where usual responses come from.
    emulator: String,
    arrived: watch::Sender<Vec<Value>>,
    /// Connections with something to do before they wait for a request.
    busy: watch::Sender<usize>,
    problem: Mutex<Option<String>>,
}

impl Server {
    /// `emulator` is the address that gives usual responses.
    pub(crate) async fn start(scripts: Vec<Script>, emulator: &str) -> Result<Self, String> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let state = Arc::new(State {
            scripts,
            emulator: emulator.trim_start_matches("http://").to_owned(),
            arrived: watch::Sender::default(),
            busy: watch::Sender::default(),
            problem: Mutex::default(),
        });
        let running = tokio::spawn(accept(listener, state.clone())).abort_handle();
        Ok(Self { address, state, running })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The complete requests, in order.
    pub(crate) fn requests(&self) -> Vec<Value> {
        self.state.arrived.borrow().clone()
    }

    pub(crate) fn clear_requests(&self) {
        self.state.arrived.send_modify(Vec::clear);
    }

    /// Waits until all scripts ended or wait for a request.
    pub(crate) async fn settled(&self) {
        // The sender lives as long as this.
        let _ = self.state.busy.subscribe().wait_for(|count| *count == 0).await;
    }

    /// What went wrong in the server itself.
    pub(crate) fn problem(&self) -> Option<String> {
        self.state.problem.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    for number in 1.. {
        let Ok((stream, _)) = listener.accept().await else { return };
        let script = state.scripts.get(number - 1).or(state.scripts.last()).cloned().unwrap_or_default();
        let state = state.clone();
        connections.spawn(async move {
            let _ = stream.set_nodelay(true);
            let mut connection =
                Connection { stream, number, read: Vec::new(), last: None, state: state.clone() };
            state.busy.send_modify(|count| *count += 1);
            let ended = connection.follow(&script).await;
            state.busy.send_modify(|count| *count -= 1);
            if let Err(End::Wrong(problem)) = ended {
                *state.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
            }
        });
    }
}

/// Why a connection ended before its script did.
enum End {
    /// The client closed it.
    Gone,
    /// The server could not do what it had to.
    Wrong(String),
}

impl From<std::io::Error> for End {
    fn from(_: std::io::Error) -> Self {
        Self::Gone
    }
}

struct Request {
    method: String,
    head: String,
    body: Vec<u8>,
}

struct Connection {
    stream: TcpStream,
    number: usize,
    /// Bytes that were read and belong to no request yet.
    read: Vec<u8>,
    /// The request that waits for its response.
    last: Option<Request>,
    state: Arc<State>,
}

impl Connection {
    async fn follow(&mut self, script: &[Action]) -> Result<(), End> {
        let mut place = 0;
        while let Some(action) = script.get(place) {
            place += 1;
            match action {
                Action::Read => self.read().await?,
                Action::ReadHead => self.read_head().await?,
                Action::Answer(answer) => self.answer(answer).await?,
                Action::Take(count) => {
                    while self.read.len() < *count {
                        self.more().await?;
                    }
                    self.read.drain(..*count);
                }
                Action::Send(text) => self.stream.write_all(text.as_bytes()).await?,
                Action::Wait(time) => tokio::time::sleep(Duration::from_millis(*time)).await,
                Action::Until(count) => {
                    let _ = self.state.arrived.subscribe().wait_for(|arrived| arrived.len() >= *count).await;
                }
                Action::Close => return Ok(()),
                Action::Reset => {
                    // With no time to linger, closing sends RST.
                    SockRef::from(&self.stream).set_linger(Some(Duration::ZERO))?;
                    return Ok(());
                }
                Action::HalfClose => {
                    self.stream.shutdown().await?;
                    self.last = None;
                }
                Action::Again => place = 0,
            }
        }
        loop {
            self.answer(&Answer::default()).await?;
        }
    }

    async fn more(&mut self) -> Result<(), End> {
        self.state.busy.send_modify(|count| *count -= 1);
        let length = self.stream.read_buf(&mut self.read).await;
        self.state.busy.send_modify(|count| *count += 1);
        if length? == 0 { Err(End::Gone) } else { Ok(()) }
    }

    async fn head(&mut self) -> Result<Request, End> {
        let mut searched: usize = 0;
        let end = loop {
            let from = searched.saturating_sub(3);
            if let Some(end) = self.read[from..].windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break from + end + 4;
            }
            searched = self.read.len();
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.read[..end]).into_owned();
        self.read.drain(..end);
        let method = head.split(' ').next().unwrap_or_default().to_owned();
        Ok(Request { method, head, body: Vec::new() })
    }

    async fn read_head(&mut self) -> Result<(), End> {
        self.last = Some(self.head().await?);
        Ok(())
    }

    async fn read(&mut self) -> Result<(), End> {
        let mut request = self.head().await?;
        let length = header(&request.head, "content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        while self.read.len() < length {
            self.more().await?;
        }
        request.body = self.read.drain(..length).collect();
        let arrived = self.arrived(&request);
        self.state.arrived.send_modify(|all| all.push(arrived));
        self.last = Some(request);
        Ok(())
    }

    /// As scenarios see it.
    fn arrived(&self, request: &Request) -> Value {
        let mut lines = request.head.lines();
        let target = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
        let (path, query) = origin(target).split_once('?').unwrap_or((origin(target), ""));
        let headers: serde_json::Map<_, _> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), json!(value.replace(KEY, "apk_user_…"))))
            .collect();
        json!({
            "connection": self.number,
            "method": request.method,
            "target": target,
            "path": path,
            "query": expect::query(query),
            "headers": headers,
            "body": String::from_utf8_lossy(&request.body),
        })
    }

    async fn answer(&mut self, answer: &Answer) -> Result<(), End> {
        if self.last.is_none() {
            self.read().await?;
        }
        let Some(request) = self.last.take() else { return Ok(()) };
        let usual = match answer.body {
            Some(_) => (200, Vec::new()),
            None => self.usual(&request).await.map_err(|error| End::Wrong(error.to_string()))?,
        };
        let bytes = answer.bytes(&request.method, usual);
        match answer.slowly {
            None => self.stream.write_all(&bytes).await?,
            Some(size) => {
                for piece in bytes.chunks(size) {
                    self.stream.write_all(piece).await?;
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
        }
        Ok(())
    }

    /// The emulator's status and body.
    async fn usual(&self, request: &Request) -> std::io::Result<(u16, Vec<u8>)> {
        if request.method == "CONNECT" {
            return Ok((502, Vec::new()));
        }
        let mut head = String::new();
        for (number, line) in request.head.lines().filter(|line| !line.is_empty()).enumerate() {
            let line = match line.split(' ').nth(1) {
                Some(target) if number == 0 => line.replacen(target, origin(target), 1),
                _ => line.to_owned(),
            };
            head += &format!("{line}\r\n");
        }
        let mut stream = TcpStream::connect(&self.state.emulator).await?;
        stream.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).await?;
        stream.write_all(&request.body).await?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await?;
        let malformed = || std::io::Error::other("the emulator's response can't be read");
        let end = bytes.windows(4).position(|bytes| bytes == b"\r\n\r\n").ok_or_else(malformed)?;
        let status = bytes.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        Ok((status.ok_or_else(malformed)?, bytes.split_off(end + 4)))
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

/// A target without scheme and host, which it has for a proxy.
fn origin(target: &str) -> &str {
    match target.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |start| &rest[start..]),
        None => target,
    }
}
