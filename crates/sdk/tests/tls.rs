//! TLS, certificate authorities and proxies.

mod support;

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use devin_v2::{Client, ErrorKind};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
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

/// An HTTPS server on loopback with a certificate that nobody knows; gives its URL and its authority as PEM.
async fn https() -> (String, String) {
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
