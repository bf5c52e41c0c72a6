use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_util::sync::CancellationToken;

use crate::config::CallOptions;
use crate::error::ErrorKind;
use crate::testing::server::{Reply, Server, answer, header, json};
use crate::{Client, Error, Raw};

async fn call(client: &Client, method: Method) -> Result<Raw, Error> {
    client.request(method, "/v2/enterprise/thing").send().await
}

#[tokio::test]
async fn headers_are_ours_and_the_id_stays() {
    let server = Server::start(|number, _| json(if number == 0 { 503 } else { 200 }, "{}")).await;
    let raw = call(&server.client(), Method::GET).await.unwrap();
    assert_eq!((raw.status(), raw.attempts()), (200, 2));
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for head in &requests {
        assert_eq!(header(head, "authorization"), Some("Bearer apk_user_canary"));
        assert_eq!(header(head, "accept"), Some("application/json"));
        assert_eq!(header(head, "x-request-id"), Some(raw.request_id()));
        assert!(header(head, "user-agent").unwrap().starts_with("devin-v2-rust/"));
        assert_eq!(header(head, "api-version"), None);
    }
}

#[tokio::test]
async fn posts_are_repeated_only_after_429() {
    for (status, expected) in [(429, 4), (503, 1), (500, 1)] {
        let server = Server::start(move |_, _| json(status, "{}")).await;
        let error = call(&server.client(), Method::POST).await.unwrap_err();
        assert_eq!((server.requests().len(), error.attempts()), (expected, expected as u32), "{status}");
    }
    let server = Server::start(|_, _| Reply::Cut(Vec::new())).await;
    let error = call(&server.client(), Method::POST).await.unwrap_err();
    assert_eq!((error.kind(), server.requests().len()), (ErrorKind::Connect, 1));
    assert!(error.to_string().contains("may have done it all the same"), "{error}");
}

#[tokio::test]
async fn what_was_never_sent_is_sent_again() {
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let client = Client::builder()
        .api_key("apk_user_x")
        .base_url(format!("http://127.0.0.1:{port}"))
        .retry_base_delay(Duration::from_millis(1))
        .build()
        .unwrap();
    let error = call(&client, Method::POST).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4));
    assert!(error.to_string().to_lowercase().contains("refused"), "{error}");
}

#[tokio::test]
async fn what_is_no_tls_server_is_not_tried_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // Its hello is read first: closing a connection with unread bytes resets it.
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(&answer(400, "", "plain")).await;
        }
    });
    let client = Client::builder().api_key("apk_user_x").base_url(url).build().unwrap();
    let error = call(&client, Method::GET).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 1), "{error}");
    assert!(error.to_string().contains("no secure connection"), "{error}");
}

#[tokio::test]
async fn retry_after_is_waited_for_or_told() {
    let server = Server::start(|number, _| match number {
        0 => Reply::Send(answer(429, "retry-after: 0.2\r\n", "")),
        _ => json(200, "{}"),
    })
    .await;
    let raw = call(&server.client(), Method::POST).await.unwrap();
    assert!(raw.waited() >= Duration::from_millis(200) && raw.elapsed() >= raw.waited());

    let server = Server::start(|_, _| Reply::Send(answer(429, "retry-after: 3600\r\n", ""))).await;
    let error = call(&server.client(), Method::GET).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 1));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
}

#[tokio::test]
async fn broken_bodies_are_read_again() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\":".to_vec();
    let half = cut.clone();
    let server =
        Server::start(move |number, _| if number < 2 { Reply::Cut(half.clone()) } else { json(200, "{}") })
            .await;
    assert_eq!(call(&server.client(), Method::GET).await.unwrap().attempts(), 3);

    let server = Server::start(move |_, _| Reply::Cut(cut.clone())).await;
    let error = call(&server.client(), Method::GET).await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.attempts()), (ErrorKind::Connect, Some(200), 4));
    assert!(error.to_string().contains("while the answer (200) was read"), "{error}");
}

#[tokio::test]
async fn bodies_have_a_limit() {
    let big = format!("\"{}\"", "x".repeat(5000));
    let chunked =
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{big}\r\n0\r\n\r\n", big.len());
    for reply in [answer(200, "", &big), chunked.into_bytes()] {
        let server = Server::start(move |_, _| Reply::Send(reply.clone())).await;
        let client = server.builder().max_body_bytes(4096).build().unwrap();
        let error = call(&client, Method::GET).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 1));
        assert!(error.to_string().contains("larger than 4096 bytes"), "{error}");
        assert_eq!(call(&server.client(), Method::GET).await.unwrap().bytes().len(), 5002);
    }
}

/// Chunk after chunk, each of them small, and no end.
#[tokio::test]
async fn a_body_without_end_is_given_up() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let endless = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
        let chunk = format!("400\r\n{}\r\n", "x".repeat(0x400));
        while stream.write_all(chunk.as_bytes()).await.is_ok() {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    });
    let client = Client::builder().api_key("apk_user_x").base_url(format!("http://127.0.0.1:{port}"));
    let client = client.max_body_bytes(64 * 1024).build().unwrap();
    let result = tokio::time::timeout(Duration::from_secs(20), call(&client, Method::GET)).await;
    let error = result.expect("it is given up").unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 1), "{error}");
    // And the connection is closed, so that the other side stops too.
    tokio::time::timeout(Duration::from_secs(20), endless).await.expect("it stops").unwrap();
}

#[tokio::test]
async fn time_limits_hold() {
    let server = Server::start(|_, _| Reply::Late(Duration::from_secs(20), answer(200, "", "{}"))).await;
    let quick = Duration::from_millis(50);
    let client = server.builder().attempt_timeout(quick).max_retries(1).build().unwrap();
    let error = call(&client, Method::GET).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 2));
    assert!(error.to_string().contains("attempt_timeout"), "{error}");
    let error = call(&client, Method::POST).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));

    let client = server.builder().timeout(quick).build().unwrap();
    let begun = Instant::now();
    let error = call(&client, Method::GET).await.unwrap_err();
    assert!(error.to_string().contains("timeout") && begun.elapsed() < Duration::from_secs(5), "{error}");
}

#[tokio::test]
async fn a_wait_that_would_not_end_in_time_is_not_begun() {
    let server = Server::start(|_, _| Reply::Send(answer(503, "retry-after: 30\r\n", ""))).await;
    let client = server.builder().timeout(Duration::from_secs(5)).build().unwrap();
    let begun = Instant::now();
    let error = call(&client, Method::GET).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Server, Some(Duration::from_secs(30))));
    assert!(begun.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn cancelling_stops_at_once() {
    let slow = Server::start(|_, _| Reply::Late(Duration::from_secs(20), answer(200, "", "{}"))).await;
    let busy = Server::start(|_, _| Reply::Send(answer(429, "retry-after: 20\r\n", ""))).await;
    for server in [slow, busy] {
        let token = CancellationToken::new();
        let client = server.client().with_options(CallOptions::new().cancel(token.clone())).unwrap();
        let begun = Instant::now();
        let (result, ()) = tokio::join!(call(&client, Method::DELETE), async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            token.cancel();
        });
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Cancelled, 1));
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn redirects_are_followed_only_where_that_is_safe() {
    let to = |target: &str| Reply::Send(answer(307, &format!("location: {target}\r\n"), ""));
    let server = Server::start(move |_, head| match head.split(' ').nth(1) {
        Some("/v2/enterprise/thing") => to("/v2/enterprise/other?x=1"),
        Some("/v2/enterprise/other?x=1") => json(200, "1"),
        Some("/away") => to("http://example.com/v2/enterprise/thing"),
        Some("/odd") => to("/a%2F..%2Fb"),
        _ => to("/loop"),
    })
    .await;
    let client = server.client();
    let raw = call(&client, Method::GET).await.unwrap();
    assert_eq!((raw.json::<u8>().unwrap(), raw.attempts()), (1, 1));
    assert!(server.requests().iter().all(|head| header(head, "authorization").is_some()));

    for method in [Method::DELETE, Method::POST, Method::PUT, Method::PATCH] {
        let before = server.requests().len();
        let error = call(&client, method).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Refused, Some(307)));
        assert_eq!(server.requests().len(), before + 1);
    }
    for (path, words) in
        [("/away", "to example.com leaves"), ("/odd", "not plain"), ("/loop", "6th in a row")]
    {
        let error = client.request(Method::GET, path).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn requests_in_flight_are_bounded() {
    let server = Server::start(|_, _| Reply::Late(Duration::from_millis(100), answer(200, "", "{}"))).await;
    let client = server.builder().max_concurrency(2).build().unwrap();
    let begun = Instant::now();
    let calls: Vec<_> = (0..6)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { call(&client, Method::GET).await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert!(begun.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn refused_requests_never_arrive() {
    let server = Server::start(|_, _| json(200, "{}")).await;
    let client = server.client();
    for path in
        ["/v2/enterprise/api-keys/", "/v2/enterprise/api-keys/..", "/v2/enterprise/api-keys/%2e%2e", "/v2//x"]
    {
        let error = client.request(Method::DELETE, path).send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Refused, 0));
    }
    // A documented bulk operation asks for its confirmation here as well.
    assert!(client.request(Method::DELETE, "/v2/enterprise/api-keys").send().await.is_err());
    assert!(server.requests().is_empty());
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let client = Client::builder().api_key("apk_user_x").base_url("http://127.0.0.1:9").build().unwrap();
    let future = std::pin::pin!(call(&client, Method::GET));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::future::Future::poll(future, &mut context) {
        std::task::Poll::Ready(Err(error)) => assert_eq!(error.kind(), ErrorKind::Config),
        _ => panic!("it must fail at once"),
    }
}

#[tokio::test]
async fn nothing_shows_the_key() {
    let echo = r#"{"detail":"bad key apk_user_canary, Authorization: Bearer apk_user_canary"}"#;
    let server = Server::start(move |_, _| json(401, echo)).await;
    let error = call(&server.client(), Method::GET).await.unwrap_err();
    let shown = format!("{error} {error:?} {:?} {:?}", error.detail(), error.hint());
    assert!(!shown.contains("canary"), "{shown}");
}

/// What a server does to a connection that is idle.
#[derive(Clone, Copy, Debug)]
enum Idle {
    End,
    Reset,
    Says(&'static str),
}

const EVIL: &str = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n\"EVIL\"";
const SLOW: &str = "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A server that does this to every connection so long after the first response on it.
fn idle_server(idle: Idle, after: Duration) -> (String, Arc<Mutex<Vec<String>>>) {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, log) = (stream.unwrap(), log.clone());
            std::thread::spawn(move || {
                let mut buffer = [0; 4096];
                let mut answered = 0;
                while let Ok(length @ 1..) = stream.read(&mut buffer) {
                    let head = String::from_utf8_lossy(&buffer[..length]);
                    log.lock().unwrap().push(head.split('\r').next().unwrap_or_default().to_owned());
                    answered += 1;
                    let mut answer = answer(200, "", "\"good\"");
                    if let (Idle::Says(text), true) = (idle, after.is_zero()) {
                        answer.extend_from_slice(text.as_bytes());
                    }
                    stream.write_all(&answer).unwrap();
                    if answered > 1 || after.is_zero() {
                        continue;
                    }
                    std::thread::sleep(after);
                    match idle {
                        Idle::End => return,
                        Idle::Reset => {
                            socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
                            return;
                        }
                        Idle::Says(text) => drop(stream.write_all(text.as_bytes())),
                    }
                }
            });
        }
    });
    (url, seen)
}

/// Whoever drives the runtime meanwhile: a connection that ended, or that received anything, while idle is not used again.
#[test]
fn idle_connections_are_not_trusted() {
    let cases: Vec<_> = [
        Idle::End,
        Idle::Reset,
        Idle::Says(EVIL),
        Idle::Says(&EVIL[..30]),
        Idle::Says(SLOW),
        Idle::Says("x"),
    ]
    .into_iter()
    .flat_map(|idle| [0, 20, 200].map(|after| (idle, Duration::from_millis(after))))
    .filter(|(idle, after)| matches!(idle, Idle::Says(_)) || !after.is_zero())
    .flat_map(|case| ["current", "blocked", "many"].map(|runtime| (case, runtime)))
    .collect();
    let threads: Vec<_> = cases
        .into_iter()
        .map(|((idle, after), kind)| {
            std::thread::spawn(move || {
                let mut builder = match kind {
                    "many" => tokio::runtime::Builder::new_multi_thread(),
                    _ => tokio::runtime::Builder::new_current_thread(),
                };
                let runtime = builder.worker_threads(1).enable_all().build().unwrap();
                let (url, seen) = idle_server(idle, after);
                let client = Client::builder().api_key("apk_user_x").base_url(url).build().unwrap();
                for method in [Method::GET, Method::POST, Method::DELETE] {
                    for _ in 0..2 {
                        let raw = runtime.block_on(call(&client, method.clone()));
                        let raw =
                            raw.unwrap_or_else(|error| panic!("{idle:?} {after:?} {kind} {method}: {error}"));
                        assert_eq!(
                            (&raw.bytes()[..], raw.attempts()),
                            (&b"\"good\""[..], 1),
                            "{idle:?} {after:?} {kind}"
                        );
                        let pause = after + Duration::from_millis(30);
                        match kind {
                            "blocked" => std::thread::sleep(pause),
                            _ => runtime.block_on(async { tokio::time::sleep(pause).await }),
                        }
                    }
                }
                let mut expected = Vec::new();
                for method in ["GET", "POST", "DELETE"] {
                    expected.extend(vec![format!("{method} /v2/enterprise/thing HTTP/1.1"); 2]);
                }
                assert_eq!(*seen.lock().unwrap(), expected, "{idle:?} {after:?} {kind}");
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[tokio::test]
async fn connections_are_used_again() {
    let connections = Arc::new(Mutex::new(std::collections::HashSet::new()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let log = connections.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, peer)) = listener.accept().await {
            log.lock().unwrap().insert(peer);
            tokio::spawn(async move {
                while stream.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {
                    let _ = stream.write_all(&answer(200, "", "{}")).await;
                }
            });
        }
    });
    let client = Client::builder().api_key("apk_user_x").base_url(url).build().unwrap();
    for _ in 0..50 {
        call(&client, Method::POST).await.unwrap();
    }
    assert_eq!(connections.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_failure_is_told_whatever_its_body_is() {
    let big = answer(503, "", &"x".repeat(5000));
    let cut = b"HTTP/1.1 503 X\r\ncontent-length: 100\r\n\r\n{".to_vec();
    let gzip = answer(503, "content-encoding: gzip\r\n", "no gzip");
    for bytes in [big, cut, gzip] {
        let server = Server::start(move |_, _| Reply::Cut(bytes.clone())).await;
        let client = server.builder().max_body_bytes(4096).max_retries(1).build().unwrap();
        let error = call(&client, Method::GET).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status(), error.attempts()),
            (ErrorKind::Server, Some(503), 2),
            "{error}"
        );
    }
}

#[tokio::test]
async fn heads_may_be_odd_and_no_more() {
    let many: String = (0..300).map(|number| format!("x-{number}: {number}\r\n")).collect();
    let trailers: String = (0..50).map(|number| format!("x-{number}: {}\r\n", "y".repeat(1000))).collect();
    let chunked =
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n{trailers}\r\n");
    for bytes in [answer(200, &many, "{}"), answer(200, "x-folded: a\r\n b\r\n", "{}"), chunked.into_bytes()]
    {
        let server = Server::start(move |_, _| Reply::Send(bytes.clone())).await;
        let raw = call(&server.client(), Method::GET).await.unwrap();
        assert_eq!((&raw.bytes()[..], raw.attempts()), (&b"{}"[..], 1));
    }
    let endless: String = (0..600).map(|number| format!("x-{number}: {number}\r\n")).collect();
    let odd_chunk = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n".to_vec();
    for bytes in [answer(200, &endless, "{}"), b"SSH-2.0-OpenSSH\r\n\r\n".to_vec(), odd_chunk] {
        let server = Server::start(move |_, _| Reply::Send(bytes.clone())).await;
        for method in [Method::GET, Method::POST] {
            let error = call(&server.client(), method).await.unwrap_err();
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 1), "{error}");
        }
    }
}

#[tokio::test]
async fn what_ran_out_of_time_before_it_was_sent_is_sent_again() {
    // A server whose queue of connections is full: further ones are neither made nor refused.
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let _filling: Vec<_> =
        (0..3).map(|_| std::net::TcpStream::connect_timeout(&address, Duration::from_millis(50))).collect();
    let quick = Duration::from_millis(60);
    let builder = Client::builder().api_key("apk_user_x").base_url(format!("http://{address}"));
    let client =
        builder.attempt_timeout(quick).max_retries(1).retry_base_delay(Duration::ZERO).build().unwrap();
    let error = call(&client, Method::POST).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 2), "{error}");
    assert!(!error.to_string().contains("may have"), "{error}");

    let token = CancellationToken::new();
    let cancelled = client.with_options(CallOptions::new().cancel(token.clone())).unwrap();
    let (result, ()) = tokio::join!(call(&cancelled, Method::POST), async {
        tokio::time::sleep(quick / 3).await;
        token.cancel();
    });
    assert_eq!(result.unwrap_err().hint(), None);
}
