//! TLS, certificate authorities and proxies.

mod support;

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use devin_v2::{Client, ErrorKind};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

const IDENTITY: &str = r#"{"api_key_id":"apk-1","org_id":"org-1","user_id":null,"user_email":null}"#;

/// Reads one request and answers with an identity; gives the request's head.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> String {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => break,
            Ok(count) => head.extend_from_slice(&buffer[..count]),
        }
    }
    let length = IDENTITY.len();
    let head_and_body = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{IDENTITY}"
    );
    let _ = stream.write_all(head_and_body.as_bytes()).await;
    let _ = stream.shutdown().await;
    String::from_utf8_lossy(&head).into_owned()
}

/// What an HTTPS server on loopback needs: its settings, with a certificate that nobody knows, and its authority as PEM.
fn identity() -> (ServerConfig, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate =
        rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let pem = certificate.pem();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let private = tokio_rustls::rustls::pki_types::PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    (config, pem)
}

/// An HTTPS server; gives its URL and its authority as PEM.
async fn https() -> (String, String) {
    let (config, pem) = identity();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                tokio::spawn(answer(stream));
            }
        }
    });
    (format!("https://localhost:{port}"), pem)
}

fn client(url: &str) -> devin_v2::ClientBuilder {
    Client::builder()
        .base_url(url)
        .api_key("apk_user_example_value")
        .retry_base_delay(Duration::from_millis(1))
}

#[tokio::test]
async fn an_authority_of_the_callers_is_trusted_and_no_other() {
    let (url, pem) = https().await;
    let trusting = client(&url).ca_certificate(pem).build().unwrap();
    assert_eq!(trusting.identity().get().send().await.unwrap().org_id, "org-1");

    let error = client(&url).build().unwrap().identity().get().send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 1), "trying again won't help: {error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("ca_certificate")), "{error}");

    for nonsense in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let error = client(&url).ca_certificate(nonsense).build().unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("ca_certificate")), "{error}");
    }
}

/// A container without a store of authorities: the client is made, and trusts what it brings along and what it is given.
#[tokio::test]
async fn a_machine_without_authorities_is_enough() {
    const CHILD: &str = "DEVIN_V2_TEST_WITHOUT_AUTHORITIES";
    if std::env::var_os(CHILD).is_none() {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_machine_without_authorities_is_enough", "--nocapture"])
            .env(CHILD, "1")
            .env("SSL_CERT_FILE", "/dev/null")
            .env("SSL_CERT_DIR", "/dev/null")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    Client::builder().base_url("https://api.devin.ai").api_key("apk_user_example_value").build().unwrap();
    let (url, pem) = https().await;
    let trusting = client(&url).ca_certificate(pem).build().unwrap();
    assert_eq!(trusting.identity().get().send().await.unwrap().org_id, "org-1");
}

#[tokio::test]
async fn a_proxy_is_used_if_one_is_given() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://user:secret@127.0.0.1:{}", listener.local_addr().unwrap().port());
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = heads.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let head = answer(stream).await;
            seen.lock().unwrap().push(head);
        }
    });
    // A host that doesn't exist: only the proxy can have answered.
    let builder = client("http://devin.invalid").allow_insecure_http(true).proxy(&proxy);
    assert!(!format!("{builder:?}").contains("secret"));
    let proxied = builder.build().unwrap();
    assert_eq!(proxied.identity().get().send().await.unwrap().org_id, "org-1");
    let head = heads.lock().unwrap().remove(0).to_lowercase();
    assert!(head.starts_with("get http://devin.invalid/v2/enterprise/self http/1.1\r\n"), "{head}");
    assert!(head.contains("\r\nproxy-authorization: basic "), "{head}");

    for (nonsense, no_proxy) in [("socks://127.0.0.1:1", false), ("not a url", false), (proxy.as_str(), true)]
    {
        let builder = client("https://api.devin.ai").proxy(nonsense);
        let builder = if no_proxy { builder.no_proxy() } else { builder };
        let error = builder.build().unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("proxy")), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

/// Copies both ways between a client of a proxy and the service that it asked for.
async fn forward(mut client: TcpStream, port: u16) {
    let mut service = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let _ = tokio::io::copy_bidirectional(&mut client, &mut service).await;
}

/// A proxy that opens tunnels to a port of this machine, whatever it is asked for; gives its port and the heads of requests.
async fn tunnels(port: u16) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = heads.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            let length = stream.read(&mut head).await.unwrap();
            seen.lock().unwrap().push(String::from_utf8_lossy(&head[..length]).into_owned());
            stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
            tokio::spawn(forward(stream, port));
        }
    });
    (own, heads)
}

#[tokio::test]
async fn a_tunnel_hides_the_key_from_the_proxy() {
    let (url, pem) = https().await;
    let port = url.rsplit_once(':').unwrap().1.parse().unwrap();
    let (proxy, heads) = tunnels(port).await;
    let client = client(&url).ca_certificate(pem).proxy(format!("HTTP://user:secret@127.0.0.1:{proxy}/"));
    assert_eq!(client.build().unwrap().identity().get().send().await.unwrap().org_id, "org-1");
    let head = heads.lock().unwrap().remove(0);
    assert!(head.starts_with(&format!("CONNECT localhost:{port} HTTP/1.1\r\n")), "{head}");
    assert!(head.contains("\r\nProxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n"), "{head}");
    assert!(!head.contains("apk_user"), "{head}");
}

/// A SOCKS5 proxy (RFC 1928, 1929) that leads to a port of this machine; gives its port, and what it was asked for.
async fn socks(port: u16) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    let targets = Arc::new(Mutex::new(Vec::new()));
    let seen = targets.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = [0; 512];
            let greeting = stream.read(&mut bytes).await.unwrap();
            let with_login = bytes[2..greeting].contains(&2);
            stream.write_all(&[5, if with_login { 2 } else { 0 }]).await.unwrap();
            let mut login = String::new();
            if with_login {
                let length = stream.read(&mut bytes).await.unwrap();
                let user = usize::from(bytes[1]);
                let (user, password) = (&bytes[2..2 + user], &bytes[3 + user..length]);
                login = format!("{}:{}@", String::from_utf8_lossy(user), String::from_utf8_lossy(password));
                stream.write_all(&[1, 0]).await.unwrap();
            }
            let length = stream.read(&mut bytes).await.unwrap();
            let target = match bytes[3] {
                3 => String::from_utf8_lossy(&bytes[5..length - 2]).into_owned(),
                kind => format!("address of kind {kind}"),
            };
            seen.lock().unwrap().push(login + &target);
            stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0]).await.unwrap();
            tokio::spawn(forward(stream, port));
        }
    });
    (own, targets)
}

#[tokio::test]
async fn socks_proxies_look_names_up_or_do_not() {
    let (url, pem) = https().await;
    let (proxy, targets) = socks(url.rsplit_once(':').unwrap().1.parse().unwrap()).await;
    for (scheme, target) in
        [("socks5h", "localhost"), ("SOCKS5H", "user:se:cret@localhost"), ("socks5", "address of kind")]
    {
        let login = if target.contains('@') { "user:se%3Acret@" } else { "" };
        let proxy = format!("{scheme}://{login}127.0.0.1:{proxy}");
        let client = client(&url).ca_certificate(pem.clone()).proxy(proxy).build().unwrap();
        assert_eq!(client.identity().get().send().await.unwrap().org_id, "org-1");
        let asked = targets.lock().unwrap().remove(0);
        assert!(asked.starts_with(target), "{asked}");
    }
}

/// An HTTP/2 server that closes each connection after `life`, if given; counts connections and requests.
async fn http2(life: Option<Duration>) -> (String, String, Arc<[AtomicUsize; 2]>) {
    let (mut config, pem) = identity();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let counted = counts.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, counted) = (acceptor.clone(), counted.clone());
            tokio::spawn(async move {
                let stream = acceptor.accept(stream).await.unwrap();
                counted[0].fetch_add(1, Ordering::SeqCst);
                let service =
                    hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                        counted[1].fetch_add(1, Ordering::SeqCst);
                        assert_eq!(request.version(), hyper::Version::HTTP_2);
                        std::future::ready(Ok::<_, hyper::Error>(hyper::Response::new(IDENTITY.to_owned())))
                    });
                let connection =
                    hyper::server::conn::http2::Builder::new(hyper_util::rt::TokioExecutor::new())
                        .serve_connection(hyper_util::rt::TokioIo::new(stream), service);
                let life = life.unwrap_or(Duration::from_secs(60));
                let _ = tokio::time::timeout(life, connection).await;
            });
        }
    });
    (url, pem, counts)
}

#[tokio::test]
async fn many_requests_share_a_connection_of_http2() {
    let (url, pem, counts) = http2(None).await;
    let client = client(&url).ca_certificate(pem).build().unwrap();
    client.identity().get().send().await.unwrap();
    let calls = (0..12).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.identity().get().send().await.map(drop) })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!((counts[0].load(Ordering::SeqCst), counts[1].load(Ordering::SeqCst)), (1, 13));
}

#[tokio::test]
async fn an_idle_connection_of_http2_is_not_trusted_either() {
    let (url, pem, counts) = http2(Some(Duration::from_millis(100))).await;
    let client = client(&url).ca_certificate(pem).build().unwrap();
    for round in 1..4 {
        let request = client.request(devin_v2::Method::POST, "/v2/enterprise/thing");
        assert_eq!(request.send().await.unwrap().attempts(), 1);
        assert_eq!((counts[0].load(Ordering::SeqCst), counts[1].load(Ordering::SeqCst)), (round, round));
        // The server runs on this thread: time for it to close, then none for the client to notice.
        tokio::time::sleep(Duration::from_millis(90)).await;
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}
