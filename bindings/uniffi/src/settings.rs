//! Settings of a client, and options of a call.

use std::sync::Arc;
use std::time::Duration;

use devin_v2::{CancellationToken, Client, ClientBuilder, ErrorKind};

use crate::error::DevinError;
use crate::secret::Secret;

/// What a client is made of. What is left out is as the core has it.
#[derive(Clone, uniffi::Record)]
pub struct ClientSettings {
    /// The key; without one, that of the environment (`DEVIN_V2_API_KEY` or `DEVIN_API_KEY`).
    #[uniffi(default = None)]
    pub api_key: Option<Arc<Secret>>,
    /// Where the service is; without one, that of the environment or the service's own.
    #[uniffi(default = None)]
    pub base_url: Option<String>,
    /// What a call may take in all, with all attempts and the waits between them.
    #[uniffi(default = None)]
    pub timeout: Option<Duration>,
    /// What one attempt may take.
    #[uniffi(default = None)]
    pub attempt_timeout: Option<Duration>,
    /// What making a connection may take.
    #[uniffi(default = None)]
    pub connect_timeout: Option<Duration>,
    /// How often a call is tried again if that is safe and may help.
    #[uniffi(default = None)]
    pub max_retries: Option<i32>,
    /// The first wait before another attempt; it doubles from there.
    #[uniffi(default = None)]
    pub retry_base_delay: Option<Duration>,
    /// The longest that the service may ask to wait.
    #[uniffi(default = None)]
    pub max_retry_after: Option<Duration>,
    /// How many requests may be under way at a time.
    #[uniffi(default = None)]
    pub max_concurrency: Option<i32>,
    /// How many pages of a listing are under way at a time.
    #[uniffi(default = None)]
    pub prefetch: Option<i32>,
    /// The most bytes that an answer may have.
    #[uniffi(default = None)]
    pub max_body_bytes: Option<i64>,
    /// Whether a row that does not fit its type fails the call instead of being kept beside the others.
    #[uniffi(default = None)]
    pub strict: Option<bool>,
    /// A certificate (PEM) to trust beside the system's.
    #[uniffi(default = None)]
    pub ca_certificate: Option<Vec<u8>>,
    /// The proxy to use in place of that of the environment; it may hold a password.
    #[uniffi(default = None)]
    pub proxy: Option<Arc<Secret>>,
    /// Whether to use no proxy, whatever the environment says.
    #[uniffi(default = false)]
    pub no_proxy: bool,
    /// Whether plain HTTP is allowed to hosts other than this one.
    #[uniffi(default = false)]
    pub allow_insecure_http: bool,
    /// Words to add to the user agent.
    #[uniffi(default = None)]
    pub user_agent_suffix: Option<String>,
}

impl ClientSettings {
    pub(crate) fn builder(self) -> Result<ClientBuilder, DevinError> {
        let mut builder = Client::builder();
        macro_rules! set {
            ($($name:ident)*) => {
                $(if let Some(value) = self.$name { builder = builder.$name(value); })*
            };
        }
        macro_rules! set_count {
            ($($name:ident)*) => {
                $(if let Some(value) = self.$name { builder = builder.$name(count(stringify!($name), value)?); })*
            };
        }
        set!(base_url timeout attempt_timeout connect_timeout retry_base_delay max_retry_after strict ca_certificate);
        set_count!(max_retries max_concurrency prefetch max_body_bytes);
        if let Some(key) = self.api_key {
            builder = builder.api_key(key.expose());
        }
        if let Some(url) = self.proxy {
            builder = builder.proxy(url.expose());
        }
        if self.no_proxy {
            builder = builder.no_proxy();
        }
        let ours = concat!("devin-v2-uniffi/", env!("CARGO_PKG_VERSION"));
        builder = builder.user_agent_suffix(match self.user_agent_suffix {
            Some(suffix) => format!("{ours} {suffix}"),
            None => ours.to_owned(),
        });
        Ok(if self.allow_insecure_http { builder.allow_insecure_http(true) } else { builder })
    }
}

/// A count as the core takes it. The other languages hand over signed ones, which all of them have.
fn count<T: TryFrom<i64>>(name: &str, value: impl Into<i64>) -> Result<T, DevinError> {
    let value = value.into();
    T::try_from(value).map_err(|_| DevinError::misused(ErrorKind::Config, name, &format!("is {value}")))
}

/// Ends the calls that it was given to.
#[derive(Default, uniffi::Object)]
pub struct CancelToken(CancellationToken);

#[uniffi::export]
impl CancelToken {
    /// A token that nothing was cancelled with.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Ends them now, and those that get it later at once.
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

/// What a call may have of its own. What is left out is as the client has it.
#[derive(Clone, uniffi::Record)]
pub struct CallOptions {
    /// What the call may take in all, with all attempts and the waits between them.
    #[uniffi(default = None)]
    pub timeout: Option<Duration>,
    /// What one attempt may take.
    #[uniffi(default = None)]
    pub attempt_timeout: Option<Duration>,
    /// How often the call is tried again if that is safe and may help.
    #[uniffi(default = None)]
    pub max_retries: Option<i32>,
    /// Whether a row that does not fit its type fails the call instead of being kept beside the others.
    #[uniffi(default = None)]
    pub strict: Option<bool>,
    /// Ends the call.
    #[uniffi(default = None)]
    pub cancel: Option<Arc<CancelToken>>,
}

impl CallOptions {
    pub(crate) fn of(self, client: &Client) -> Result<Client, DevinError> {
        let Self { timeout, attempt_timeout, max_retries, strict, cancel } = self;
        if timeout.is_none()
            && attempt_timeout.is_none()
            && max_retries.is_none()
            && strict.is_none()
            && cancel.is_none()
        {
            return Ok(client.clone());
        }
        let mut options = devin_v2::CallOptions::new();
        if let Some(timeout) = timeout {
            options = options.timeout(timeout);
        }
        if let Some(timeout) = attempt_timeout {
            options = options.attempt_timeout(timeout);
        }
        if let Some(retries) = max_retries {
            options = options.max_retries(count("max_retries", retries)?);
        }
        if let Some(strict) = strict {
            options = options.strict(strict);
        }
        if let Some(token) = cancel {
            options = options.cancel(token.0.clone());
        }
        Ok(client.with_options(options)?)
    }
}
