//! A server on a local port that answers what a test tells it to, byte for byte.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::client::Client;
use crate::config::ClientBuilder;

/// What to do with a request.
pub(crate) enum Reply {
    /// Send these bytes and keep the connection.
    Send(Vec<u8>),
    /// Send them after a while.
    Late(Duration, Vec<u8>),
    /// Send them and close the connection.
    Cut(Vec<u8>),
}

type Script = dyn Fn(usize, &str) -> Reply + Send + Sync;

/// The server; it stops when it is dropped.
pub(crate) struct Server {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Starts it. The script gets the number of the request (from 0) and its head.
    pub(crate) async fn start(script: impl Fn(usize, &str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (log, script): (_, Arc<Script>) = (requests.clone(), Arc::new(script));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, log.clone(), script.clone()));
            }
        });
        Self { url, requests, task }
    }

    /// A client of it that waits hardly at all between attempts.
    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder()
            .api_key("apk_user_canary")
            .base_url(&self.url)
            .retry_base_delay(Duration::from_millis(1))
    }

    /// The heads of all requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, log: Arc<Mutex<Vec<String>>>, script: Arc<Script>) {
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            let mut chunk = [0; 4096];
            match stream.read(&mut chunk).await {
                Ok(read) if read > 0 => buffer.extend_from_slice(&chunk[..read]),
                _ => return,
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        let length = header(&head, "content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        while buffer.len() < end + length {
            let mut chunk = [0; 4096];
            match stream.read(&mut chunk).await {
                Ok(read) if read > 0 => buffer.extend_from_slice(&chunk[..read]),
                _ => return,
            }
        }
        buffer.drain(..end + length);
        let number = {
            let mut log = log.lock().unwrap();
            log.push(head.clone());
            log.len() - 1
        };
        let (bytes, close) = match script(number, &head) {
            Reply::Send(bytes) => (bytes, false),
            Reply::Cut(bytes) => (bytes, true),
            Reply::Late(wait, bytes) => {
                tokio::time::sleep(wait).await;
                (bytes, false)
            }
        };
        if stream.write_all(&bytes).await.is_err() || close {
            return;
        }
    }
}

/// A header of a head.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// A parameter of the query in a head, undecoded.
pub(crate) fn parameter<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = head.lines().next()?.split(' ').nth(1)?.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// An answer with headers and a body.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len()).into_bytes()
}

/// A JSON answer.
pub(crate) fn json(status: u16, body: &str) -> Reply {
    Reply::Send(answer(status, "content-type: application/json\r\n", body))
}
