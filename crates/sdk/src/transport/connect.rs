//! Makes connections: TCP, the proxy's part, TLS, and the handshake of HTTP.

use std::future::Future;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use http_body_util::Full;
use hyper::client::conn::http1;
#[cfg(feature = "http2")]
use hyper::client::conn::http2;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower_service::Service;

use crate::proxy::Route;

/// How long a connection may be silent before the system asks whether the other side is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Headers that a response may have. hyper's own limit of 100 is less than some proxies add.
const MAX_HEADERS: usize = 512;
/// Bytes that the head of a response, and its trailers, may have.
const MAX_HEAD_BYTES: usize = 256 * 1024;

/// What sends requests over a connection.
pub(super) enum Sender {
    Http1(http1::SendRequest<Full<Bytes>>),
    #[cfg(feature = "http2")]
    Http2(http2::SendRequest<Full<Bytes>>),
}

/// Makes connections to one origin.
pub(crate) struct Connector {
    /// The origin, with its port.
    target: Uri,
    route: Route,
    dial: Dial,
    /// TLS with the service; none for `http://`.
    tls: Option<TlsConnector>,
    timeout: Duration,
}

impl Connector {
    /// A connector; `certificates` are trusted beside those of the machine and the bundled ones.
    ///
    /// # Errors
    /// If the certificates can't be used.
    pub(crate) fn new(
        target: Uri,
        route: Route,
        is_encrypted: bool,
        certificates: &[CertificateDer<'static>],
        timeout: Duration,
    ) -> Result<Self, rustls::Error> {
        // Reading the certificates takes longer than all the rest: a client that never encrypts is spared it.
        let config = if is_encrypted { Some(tls(certificates)?) } else { None };
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_keepalive(Some(KEEP_ALIVE));
        http.set_connect_timeout(Some(timeout));
        let connector = |config: ClientConfig| TlsConnector::from(Arc::new(config));
        let own = config.clone().filter(|_| target.scheme_str() == Some("https"));
        Ok(Self {
            target,
            route,
            dial: Dial { http, tls: config.map(connector) },
            tls: own.map(|mut config| {
                #[cfg(feature = "http2")]
                config.alpn_protocols.push(b"h2".to_vec());
                config.alpn_protocols.push(b"http/1.1".to_vec());
                connector(config)
            }),
            timeout,
        })
    }

    pub(super) fn route(&self) -> &Route {
        &self.route
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// If there is none in time. Nothing was sent to the service then.
    pub(super) async fn connect(&self) -> io::Result<(Sender, Watch)> {
        let opening = timeout(self.timeout, async { shake_hands(self.open().await?).await });
        opening.await.unwrap_or_else(|_| {
            let text = format!("no connection within {:?} (connect_timeout)", self.timeout);
            Err(io::Error::new(io::ErrorKind::TimedOut, text))
        })
    }

    async fn open(&self) -> io::Result<Box<dyn Stream>> {
        let mut dial = self.dial.clone();
        let stream = match &self.route {
            Route::Direct => {
                // TLS with the service comes below, whatever the way to it.
                dial.tls = None;
                dial.call(self.target.clone()).await?
            }
            // The proxy alone: a request names the service.
            Route::Forward(hop) => return Ok(dial.call(hop.proxy.clone()).await?.into_inner()),
            Route::Tunnel(hop) => {
                let mut tunnel = Tunnel::new(hop.proxy.clone(), dial);
                if let Some(login) = &hop.login {
                    tunnel = tunnel.with_auth(login.clone());
                }
                tunnel.call(self.target.clone()).await.map_err(io::Error::other)?
            }
            Route::Socks { proxy, login, resolve } => {
                let mut socks = SocksV5::new(proxy.clone(), dial);
                if let Some((user, password)) = login.clone() {
                    socks = socks.with_auth(user, password);
                }
                let target = if *resolve { resolved(&self.target).await? } else { self.target.clone() };
                socks.call(target).await.map_err(io::Error::other)?
            }
        };
        let stream = stream.into_inner();
        match &self.tls {
            Some(tls) => encrypted(tls, &self.target, stream).await,
            None => Ok(stream),
        }
    }
}

/// The origin with an address of its host in place of the name.
async fn resolved(target: &Uri) -> io::Result<Uri> {
    let host = target.host().unwrap_or_default().trim_matches(['[', ']']);
    let port = target.port_u16().unwrap_or_default();
    let address = tokio::net::lookup_host((host, port)).await?.next();
    let address =
        address.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the host has no address"))?;
    Uri::builder()
        .scheme("http")
        .authority(address.to_string())
        .path_and_query("/")
        .build()
        .map_err(io::Error::other)
}

async fn encrypted(tls: &TlsConnector, uri: &Uri, stream: Box<dyn Stream>) -> io::Result<Box<dyn Stream>> {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let name = ServerName::try_from(host).map_err(io::Error::other)?;
    Ok(Box::new(tls.connect(name, stream).await?))
}

/// Begins to speak HTTP. What drives the connection is a task of the runtime.
async fn shake_hands(stream: Box<dyn Stream>) -> io::Result<(Sender, Watch)> {
    let watch = stream.watch();
    #[cfg(feature = "http2")]
    if stream.is_http2() {
        let executor = hyper_util::rt::TokioExecutor::new();
        let (sender, connection) =
            http2::Builder::new(executor).handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        // The requests on a connection get its error.
        tokio::spawn(async move { drop(connection.await) });
        return Ok((Sender::Http2(sender), watch));
    }
    let (sender, connection) = http1::Builder::new()
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEAD_BYTES)
        // RFC 9112, 5.2: a client reads them as one line.
        .allow_obsolete_multiline_headers_in_responses(true)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    tokio::spawn(async move { drop(connection.await) });
    Ok((Sender::Http1(sender), watch))
}

/// What is trusted: the machine's authorities, bundled ones, so that it also works in a container that has none, and the
/// caller's.
fn tls(certificates: &[CertificateDer<'static>]) -> Result<ClientConfig, rustls::Error> {
    // The program's choice if it made one.
    let provider = CryptoProvider::get_default().cloned();
    let provider = provider.unwrap_or_else(|| Arc::new(ring::default_provider()));
    let builder =
        ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().chain(certificates).cloned();
    // The platform's verifier on Android wants a Java machine that handed itself over first.
    #[cfg(target_os = "android")]
    let builder = {
        let mut store = rustls::RootCertStore::empty();
        for root in roots {
            store.add(root)?;
        }
        drop(provider);
        builder.with_root_certificates(store)
    };
    #[cfg(not(target_os = "android"))]
    let builder = {
        let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(roots, provider)?;
        builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
    };
    Ok(builder.with_no_client_auth())
}

/// Opens TCP connections, and speaks TLS with proxies where the URI says `https`.
#[derive(Clone)]
struct Dial {
    http: HttpConnector,
    tls: Option<TlsConnector>,
}

impl Service<Uri> for Dial {
    type Response = TokioIo<Box<dyn Stream>>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.http.poll_ready(context).map_err(io::Error::other)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.http.call(uri.clone());
        let tls = self.tls.clone().filter(|_| uri.scheme_str() == Some("https"));
        Box::pin(async move {
            let stream = connecting.await.map_err(io::Error::other)?.into_inner();
            let stream: Box<dyn Stream> = Box::new(Socket(Arc::new(Mutex::new(stream))));
            Ok(TokioIo::new(match tls {
                Some(tls) => encrypted(&tls, &uri, stream).await?,
                None => stream,
            }))
        })
    }
}

/// What HTTP is spoken over.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {
    fn watch(&self) -> Watch;

    /// Whether both sides agreed on HTTP/2.
    #[cfg(feature = "http2")]
    fn is_http2(&self) -> bool;
}

impl Stream for Box<dyn Stream> {
    fn watch(&self) -> Watch {
        (**self).watch()
    }

    #[cfg(feature = "http2")]
    fn is_http2(&self) -> bool {
        (**self).is_http2()
    }
}

impl Stream for TlsStream<Box<dyn Stream>> {
    fn watch(&self) -> Watch {
        self.get_ref().0.watch()
    }

    #[cfg(feature = "http2")]
    fn is_http2(&self) -> bool {
        self.get_ref().1.alpn_protocol() == Some(b"h2")
    }
}

impl Stream for Socket {
    fn watch(&self) -> Watch {
        Watch(Arc::downgrade(&self.0))
    }

    #[cfg(feature = "http2")]
    fn is_http2(&self) -> bool {
        false
    }
}

/// A TCP connection that can be looked at while HTTP is spoken over it.
struct Socket(Arc<Mutex<TcpStream>>);

/// A panic while holding the lock leaves nothing half done.
fn lock(stream: &Mutex<TcpStream>) -> MutexGuard<'_, TcpStream> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.0)).poll_read(context, buffer)
    }
}

/// Without vectored writes: those raise SIGPIPE on a connection that has ended, which ends a process whose language does
/// not ignore the signal (Swift's doesn't). The standard library sends single buffers with MSG_NOSIGNAL.
impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *lock(&self.0)).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.0)).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.0)).poll_shutdown(context)
    }
}

/// Looks at a connection's socket.
#[derive(Clone)]
pub(super) struct Watch(Weak<Mutex<TcpStream>>);

impl Watch {
    /// Whether the connection is open and nothing came that wasn't read.
    ///
    /// The system is asked: the runtime may not have been driven for a while, or be behind, and then knows nothing of an
    /// end or of bytes that arrived meanwhile.
    pub(super) fn is_quiet(&self) -> bool {
        self.0.upgrade().is_some_and(|stream| {
            let found = SockRef::from(&*lock(&stream)).peek(&mut [MaybeUninit::uninit()]);
            found.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
        })
    }

    /// Ends the connection now, whether or not the runtime is driven.
    pub(super) fn shut_down(&self) {
        if let Some(stream) = self.0.upgrade() {
            // It fails if the other side was faster.
            let _ = SockRef::from(&*lock(&stream)).shutdown(std::net::Shutdown::Both);
        }
    }
}
