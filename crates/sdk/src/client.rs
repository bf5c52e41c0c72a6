//! The client: settings, connection pool and the way every request goes.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Method, Uri};
use reqwest::{Request, Url};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use url::Position;

use crate::config::{CallOptions, ClientBuilder, Limits, Settings};
use crate::credential::{Credential, KeyKind};
use crate::decode::{self, Rows};
use crate::error::{Error, ErrorKind};
use crate::guard;
use crate::operation::Operation;
use crate::raw_request::RawRequest;
use crate::redact;
use crate::response::Raw;
use crate::shape::Shaped;
use crate::transport::{self, Connector, Pool};

/// A client of one enterprise.
///
/// Clones are cheap and share connections and the bound on requests in flight. `Debug` shows the base URL and a
/// fingerprint of the key, nothing else. It must be used inside a tokio runtime with time and I/O enabled.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    limits: Arc<Limits>,
}

/// What all clones have in common.
struct Shared {
    base: Url,
    /// The base URL without the slash at its end, as the request builders want it.
    base_text: String,
    /// What progenitor's methods build requests with; nothing is sent with it.
    builder: reqwest::Client,
    pool: Pool,
    credential: Credential,
    user_agent: HeaderValue,
    slots: Semaphore,
    prefetch: usize,
    max_body_bytes: usize,
    retry_base_delay: Duration,
    max_retry_after: Duration,
}

impl Client {
    /// A client with the key and base URL of the environment: `DEVIN_V2_API_KEY` or `DEVIN_API_KEY`, and
    /// `DEVIN_V2_BASE_URL` or `DEVIN_BASE_URL`.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) if there is no key, or a value cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().build()
    }

    /// Settings to begin with.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Makes the client from settings that were checked.
    pub(crate) fn assemble(settings: Settings) -> Result<Self, Error> {
        // Without TLS, so that there is nothing that could fail.
        let builder = reqwest::Client::builder().no_proxy().build();
        let builder = builder.map_err(|error| Error::config("no HTTP client can be made").caused(error))?;
        let pool = pool(&settings)?;
        Ok(Self {
            shared: Arc::new(Shared {
                base_text: settings.base.as_str().trim_end_matches('/').to_owned(),
                base: settings.base,
                builder,
                pool,
                credential: settings.credential,
                user_agent: settings.user_agent,
                slots: Semaphore::new(settings.max_concurrency),
                prefetch: settings.prefetch,
                max_body_bytes: settings.max_body_bytes,
                retry_base_delay: settings.retry_base_delay,
                max_retry_after: settings.max_retry_after,
            }),
            limits: Arc::new(settings.limits),
        })
    }

    /// This client with other limits, for some calls; connections stay shared.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) for a limit out of bounds.
    pub fn with_options(&self, options: CallOptions) -> Result<Self, Error> {
        Ok(Self { shared: self.shared.clone(), limits: Arc::new(self.limits.with(options)?) })
    }

    /// The base URL, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.shared.base_text
    }

    /// What the key's prefix tells about it.
    pub fn key_kind(&self) -> KeyKind {
        self.shared.credential.kind()
    }

    /// The key's kind and a short hash, fit to be printed: `apk_user_…#1a2b3c4d`.
    pub fn key_fingerprint(&self) -> String {
        self.shared.credential.to_string()
    }

    /// A request of your own, for paths that the document does not have.
    ///
    /// It passes the same guards as every other: see [`RawRequest`]. `path` starts with a slash and is taken as
    /// percent-encoded.
    pub fn request(&self, method: Method, path: impl Into<String>) -> RawRequest {
        RawRequest::new(self.clone(), method, path.into())
    }

    /// Builds the request of an operation. For generated code: `build` gets what `devin_v2_api::build` needs.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) if the arguments make no request.
    pub(crate) fn prepare(
        &self,
        operation: &'static Operation,
        build: impl FnOnce(&str, &reqwest::Client) -> Result<Request, String>,
    ) -> Result<Request, Error> {
        let built = build(&self.shared.base_text, &self.shared.builder).map(|mut request| {
            guard::encode(request.url_mut());
            request
        });
        built.map_err(|reason| {
            let reason = redact::foreign(&reason, Some(self.shared.credential.expose()));
            Error::new(ErrorKind::Refused, format!("the arguments make no request: {reason}"))
                .of(operation)
                .hinted("Check the arguments of this call.")
        })
    }

    /// Decodes an answer that is one value. For generated code.
    ///
    /// # Errors
    /// [`Decode`](ErrorKind::Decode) if it is not JSON or of another shape.
    pub(crate) fn decode<T: DeserializeOwned + Shaped>(&self, raw: &Raw) -> Result<T, Error> {
        decode::object(raw)
    }

    /// Decodes an answer that is a bare array, row by row. For generated code.
    ///
    /// # Errors
    /// [`Decode`](ErrorKind::Decode) if it is not an array; in strict mode also if a row does not fit.
    pub(crate) fn decode_rows<T: DeserializeOwned + Shaped>(&self, raw: &Raw) -> Result<Rows<T>, Error> {
        decode::array(raw, self.limits.strict, decode::row::<T>)
    }

    /// Guards a built request, sends it and reads the answer: the only way to the network.
    ///
    /// # Errors
    /// Every kind but [`Config`](ErrorKind::Config), [`Decode`](ErrorKind::Decode) of rows and
    /// [`Paging`](ErrorKind::Paging); any status but 2xx is one.
    pub(crate) async fn send(
        &self,
        operation: &'static Operation,
        request: Request,
        confirm: Option<&str>,
    ) -> Result<Raw, Error> {
        guard::request(operation, &request, confirm, &self.shared.base)?;
        transport::call(self, operation, request).await
    }

    pub(crate) fn base(&self) -> &Url {
        &self.shared.base
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.shared.pool
    }

    pub(crate) fn credential(&self) -> &Credential {
        &self.shared.credential
    }

    pub(crate) fn user_agent(&self) -> HeaderValue {
        self.shared.user_agent.clone()
    }

    pub(crate) fn slots(&self) -> &Semaphore {
        &self.shared.slots
    }

    pub(crate) fn prefetch(&self) -> usize {
        self.shared.prefetch
    }

    pub(crate) fn max_body_bytes(&self) -> usize {
        self.shared.max_body_bytes
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn retry_policy(&self) -> crate::retry::Policy {
        crate::retry::Policy {
            max_retries: self.limits.max_retries,
            base_delay: self.shared.retry_base_delay,
            max_retry_after: self.shared.max_retry_after,
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.shared.base_text)
            .field("key", &format_args!("{}", self.shared.credential))
            .finish_non_exhaustive()
    }
}

/// The connections underneath.
fn pool(settings: &Settings) -> Result<Pool, Error> {
    let base = &settings.base;
    // A URL's host and port, which leave nothing to refuse.
    let host = &base[Position::BeforeHost..Position::AfterPort];
    let unusable = |_| Error::config("the base URL has an unusable host").at("base_url");
    let name = HeaderValue::from_str(host).map_err(unusable)?;
    let authority =
        format!("{}:{}", base.host_str().unwrap_or_default(), base.port_or_known_default().unwrap_or(0));
    let target = Uri::builder().scheme(base.scheme()).authority(authority).path_and_query("/").build();
    let target = target
        .map_err(|error| Error::config("the base URL has an unusable host").at("base_url").caused(error))?;
    let connector = Connector::new(
        target,
        settings.route.clone(),
        settings.route.is_encrypted(base),
        &settings.certificates,
        settings.connect_timeout,
    );
    let connector = connector.map_err(|error| {
        let problem = Error::config(format!("no secure connections can be made: {error}")).caused(error);
        if settings.certificates.is_empty() {
            problem.hinted("Check the machine's certificate store (SSL_CERT_FILE, SSL_CERT_DIR).")
        } else {
            problem.at("ca_certificate").hinted("Pass certificates that are whole, as PEM.")
        }
    })?;
    Ok(Pool::new(connector, name))
}
