//! The settings of a client: where they come from and what they may be.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use devin_v2_api::Secret;
use http::HeaderValue;
use reqwest::Url;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio_util::sync::CancellationToken;

use crate::client::Client;
use crate::credential::Credential;
use crate::error::Error;
use crate::proxy::Route;

/// Where the service lives unless a dedicated deployment is named.
const DEFAULT_BASE_URL: &str = "https://api.devin.ai";
/// Where the key is looked for, in this order, if none is passed.
const KEY_VARIABLES: [&str; 2] = ["DEVIN_V2_API_KEY", "DEVIN_API_KEY"];
/// Where the base URL is looked for, in this order, if none is passed.
const BASE_URL_VARIABLES: [&str; 2] = ["DEVIN_V2_BASE_URL", "DEVIN_BASE_URL"];

const DEFAULT_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);
const DEFAULT_TOTAL_TIMEOUT: Duration = Duration::from_secs(300);
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest time limit: anything beyond it is a mistake in the unit.
const MAX_TIMEOUT: Duration = Duration::from_secs(24 * 3600);
const MAX_RETRIES: u32 = 10;
const MAX_CONCURRENCY: usize = 1024;
const MAX_PREFETCH: usize = 64;
const DEFAULT_MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// Collects the settings of a [`Client`]. Made by [`Client::builder`].
///
/// Nothing is checked before [`build`](Self::build), which says of a malformed value where it came from. `Debug` shows
/// neither the key nor the proxy.
#[derive(Clone, Default)]
pub struct ClientBuilder {
    api_key: Option<Secret>,
    base_url: Option<String>,
    attempt_timeout: Option<Duration>,
    timeout: Option<Duration>,
    connect_timeout: Option<Duration>,
    max_retries: Option<u32>,
    retry_base_delay: Option<Duration>,
    max_retry_after: Option<Duration>,
    max_concurrency: Option<usize>,
    prefetch: Option<usize>,
    max_body_bytes: Option<usize>,
    strict: bool,
    ca_certificate: Vec<Vec<u8>>,
    proxy: Option<String>,
    no_proxy: bool,
    allow_insecure_http: bool,
    user_agent_suffix: Option<String>,
    environment: Option<HashMap<String, String>>,
}

impl ClientBuilder {
    /// The API key: a personal key (`apk_user_…`) of an Enterprise Admin. Without it the environment is asked:
    /// `DEVIN_V2_API_KEY`, then `DEVIN_API_KEY`.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(Secret::from(key.into()));
        self
    }

    /// The scheme and host of the service, for dedicated deployments and tests. Without it the environment is asked:
    /// `DEVIN_V2_BASE_URL`, then `DEVIN_BASE_URL`; the default is `https://api.devin.ai`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The time that one attempt may take, from sending to the last byte of the answer (default 60 s).
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = Some(limit);
        self
    }

    /// The time that a call may take with all attempts and waits (default 300 s).
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// The time that making a connection may take (default 10 s).
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = Some(limit);
        self
    }

    /// Attempts after the first: 0 to 10 (default 3).
    pub fn max_retries(mut self, count: u32) -> Self {
        self.max_retries = Some(count);
        self
    }

    /// The longest wait before the first retry (default 250 ms); it doubles up to 8 s, and each wait is drawn from 0
    /// up to it.
    pub fn retry_base_delay(mut self, delay: Duration) -> Self {
        self.retry_base_delay = Some(delay);
        self
    }

    /// The longest `Retry-After` that is waited for (default 60 s). If the service asks for more, the call ends with
    /// the error, which says how much.
    pub fn max_retry_after(mut self, limit: Duration) -> Self {
        self.max_retry_after = Some(limit);
        self
    }

    /// Requests in flight at a time, over all clones of the client: 1 to 1,024 (default 16).
    pub fn max_concurrency(mut self, count: usize) -> Self {
        self.max_concurrency = Some(count);
        self
    }

    /// Pages that a listing fetches ahead: 1 to 64 (default 8), but never more than `max_concurrency`.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.prefetch = Some(pages);
        self
    }

    /// The largest body that is read, after decompression (default 64 MiB). A larger one is an error.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = Some(bytes);
        self
    }

    /// Whether a row that does not parse is an error (default: it is kept beside the others as a
    /// [`BadRow`](crate::BadRow)).
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Certificate authorities to trust beside those of the machine: PEM, one or many certificates.
    pub fn ca_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_certificate.push(pem.into());
        self
    }

    /// The proxy for all requests: `http://`, `https://`, `socks5://` (the host is looked up here) or `socks5h://` (the
    /// proxy looks it up), with credentials if it asks for any. A proxy sees everything that is sent to a plain
    /// `http://` base URL, so that it is refused there without [`allow_insecure_http`](Self::allow_insecure_http).
    ///
    /// Without this setting the environment is asked: `HTTPS_PROXY` or `HTTP_PROXY` by the scheme of the base URL, then
    /// `ALL_PROXY`, in lower case first; then the system's settings on macOS and Windows. Never for loopback addresses,
    /// nor for what `NO_PROXY` names: a list, separated by commas or blanks, of domains with all below them
    /// (`example.com`, `.example.com`, `*.example.com`), addresses (`10.1.2.3`, `fd07::5`, `[fd07::5]`), networks
    /// (`10.0.0.0/8`, `[fd07::]/64`), each with a port or without, or `*` for all. A variable that can't be used is an
    /// error.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Uses no proxy, whatever the system's settings say.
    pub fn no_proxy(mut self) -> Self {
        self.no_proxy = true;
        self
    }

    /// Allows plain `http://` to hosts other than loopback: the key then travels unencrypted.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }

    /// Text behind our own in the `User-Agent` header, such as `my-report/1.2`.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Variables to read in place of the process's environment.
    pub fn environment(mut self, variables: HashMap<String, String>) -> Self {
        self.environment = Some(variables);
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) for a setting that is missing, malformed or in conflict with another one; the
    /// message says which and where it came from.
    pub fn build(mut self) -> Result<Client, Error> {
        match self.environment.take() {
            Some(variables) => self.build_with(&|name| variables.get(name).map(OsString::from)),
            None => self.build_with(&|name| env::var_os(name)),
        }
    }

    /// [`build`](Self::build) with an environment of the caller's.
    pub(crate) fn build_with(self, environment: &dyn Fn(&str) -> Option<OsString>) -> Result<Client, Error> {
        let (base, source) = match self.base_url {
            Some(url) => (url, "the base_url argument"),
            None => variable(&BASE_URL_VARIABLES, environment)?
                .unwrap_or_else(|| (DEFAULT_BASE_URL.to_owned(), "the default")),
        };
        let base = base_url(&base, source, self.allow_insecure_http)?;
        let credential = match self.api_key {
            Some(key) => Credential::new(key, "the api_key argument")?,
            None => match variable(&KEY_VARIABLES, environment)? {
                Some((key, source)) => Credential::new(key, source)?,
                None => {
                    return Err(Error::config("there is no API key").at("api_key").hinted(
                        "Pass api_key, or set DEVIN_V2_API_KEY (or DEVIN_API_KEY) to a personal key (apk_user_…) of an Enterprise Admin.",
                    ));
                }
            },
        };
        if self.no_proxy && self.proxy.is_some() {
            return Err(Error::config("proxy and no_proxy contradict each other")
                .at("proxy")
                .hinted("Set one of them."));
        }
        if let (Some(attempt), Some(total)) = (self.attempt_timeout, self.timeout)
            && attempt > total
        {
            return Err(Error::config("attempt_timeout is longer than timeout")
                .at("attempt_timeout")
                .hinted("An attempt is part of the call: give it no more time than the call has."));
        }
        let options = CallOptions {
            attempt_timeout: self.attempt_timeout,
            timeout: self.timeout,
            max_retries: self.max_retries,
            strict: Some(self.strict),
            cancel: None,
        };
        let defaults = Limits {
            attempt_timeout: DEFAULT_ATTEMPT_TIMEOUT,
            timeout: DEFAULT_TOTAL_TIMEOUT,
            max_retries: 3,
            strict: false,
            cancel: None,
        };
        let max_concurrency =
            between("max_concurrency", self.max_concurrency.unwrap_or(16), MAX_CONCURRENCY)?;
        Client::assemble(Settings {
            limits: defaults.with(options)?,
            connect_timeout: within(
                "connect_timeout",
                self.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT),
                Duration::from_millis(1),
            )?,
            retry_base_delay: within(
                "retry_base_delay",
                self.retry_base_delay.unwrap_or(Duration::from_millis(250)),
                Duration::ZERO,
            )?,
            max_retry_after: within(
                "max_retry_after",
                self.max_retry_after.unwrap_or(Duration::from_secs(60)),
                Duration::ZERO,
            )?,
            max_concurrency,
            // Pages that wait for others to finish would only use up their time.
            prefetch: between("prefetch", self.prefetch.unwrap_or(8), MAX_PREFETCH)?.min(max_concurrency),
            max_body_bytes: between(
                "max_body_bytes",
                self.max_body_bytes.unwrap_or(DEFAULT_MAX_BODY_BYTES),
                usize::MAX,
            )?,
            certificates: certificates(&self.ca_certificate)?,
            route: match self.proxy {
                Some(url) => Route::through(&url, &base, self.allow_insecure_http)?,
                None if self.no_proxy || is_loopback(&base) => Route::Direct,
                None => Route::of_environment(&base, environment)?,
            },
            user_agent: user_agent(self.user_agent_suffix.as_deref())?,
            base,
            credential,
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api_key", &self.api_key)
            .field("proxy", &self.proxy.as_ref().map(|_| "…"))
            .finish_non_exhaustive()
    }
}

/// Settings for some calls of a client: see [`Client::with_options`]. What is not set stays as it is.
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    attempt_timeout: Option<Duration>,
    timeout: Option<Duration>,
    max_retries: Option<u32>,
    strict: Option<bool>,
    cancel: Option<CancellationToken>,
}

impl CallOptions {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The time that one attempt may take; never more than the whole call has.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = Some(limit);
        self
    }

    /// The time that a call may take with all attempts and waits.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Attempts after the first: 0 to 10.
    pub fn max_retries(mut self, count: u32) -> Self {
        self.max_retries = Some(count);
        self
    }

    /// Whether a row that does not parse is an error.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = Some(strict);
        self
    }

    /// Ends calls with [`Cancelled`](crate::ErrorKind::Cancelled) once this token is set, sleeping or not.
    pub fn cancel(mut self, token: CancellationToken) -> Self {
        self.cancel = Some(token);
        self
    }
}

/// What [`CallOptions`] can change, resolved.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) attempt_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) max_retries: u32,
    pub(crate) strict: bool,
    pub(crate) cancel: Option<CancellationToken>,
}

impl Limits {
    /// These limits with what the options change.
    pub(crate) fn with(&self, options: CallOptions) -> Result<Self, Error> {
        let least = Duration::from_millis(1);
        let timeout = within("timeout", options.timeout.unwrap_or(self.timeout), least)?;
        let attempt_timeout =
            within("attempt_timeout", options.attempt_timeout.unwrap_or(self.attempt_timeout), least)?;
        let max_retries = options.max_retries.unwrap_or(self.max_retries);
        if max_retries > MAX_RETRIES {
            return Err(Error::config(format!("max_retries is {max_retries}"))
                .at("max_retries")
                .hinted(format!("Give 0 to {MAX_RETRIES}.")));
        }
        Ok(Self {
            attempt_timeout: attempt_timeout.min(timeout),
            timeout,
            max_retries,
            strict: options.strict.unwrap_or(self.strict),
            cancel: options.cancel.or_else(|| self.cancel.clone()),
        })
    }
}

/// Everything a client is made of, checked.
pub(crate) struct Settings {
    pub(crate) base: Url,
    pub(crate) credential: Credential,
    pub(crate) limits: Limits,
    pub(crate) connect_timeout: Duration,
    pub(crate) retry_base_delay: Duration,
    pub(crate) max_retry_after: Duration,
    pub(crate) max_concurrency: usize,
    pub(crate) prefetch: usize,
    pub(crate) max_body_bytes: usize,
    pub(crate) certificates: Vec<CertificateDer<'static>>,
    pub(crate) route: Route,
    pub(crate) user_agent: HeaderValue,
}

/// The first of these variables that is set. One that is set to nothing is an error, not absent: it is a secret that
/// was not filled in.
fn variable(
    names: &[&'static str],
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Option<(String, &'static str)>, Error> {
    for name in names {
        let Some(value) = environment(name) else { continue };
        let problem = match value.into_string() {
            Ok(text) if text.is_empty() => "is set, but empty",
            Ok(text) => return Ok(Some((text, name))),
            Err(_) => "is not UTF-8 text",
        };
        return Err(Error::config(format!("the environment variable {name} {problem}"))
            .at(*name)
            .hinted("Give it a value, or unset it."));
    }
    Ok(None)
}

/// Checks a base URL: scheme and host, nothing else.
fn base_url(text: &str, source: &str, allow_insecure_http: bool) -> Result<Url, Error> {
    let wrong = |problem: &str, remedy: &'static str| {
        // The URL itself is not shown: it may hold a password.
        Error::config(format!("the base URL from {source} {problem}")).at("base_url").hinted(remedy)
    };
    const REMEDY: &str = "Give scheme and host alone, like https://api.devin.ai.";
    if text
        .contains(|character: char| character.is_whitespace() || character.is_control() || character == '\\')
    {
        // The URL parser would drop or turn these in silence.
        return Err(wrong("holds white space, a line break or a back-slash", REMEDY));
    }
    let Some((_, rest)) = text.split_once("://") else {
        return Err(wrong("has no scheme", REMEDY));
    };
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err(wrong("holds credentials", "Leave them out; the key goes into api_key."));
    }
    if tail.contains('?') || tail.contains('#') {
        return Err(wrong("holds a query or a fragment", REMEDY));
    }
    if !matches!(tail, "" | "/") {
        return Err(wrong("holds a path", "Leave the path out: the SDK adds the one of each operation."));
    }
    let url = Url::parse(text).map_err(|error| wrong("is not a URL", REMEDY).caused(error_text(error)))?;
    match url.scheme() {
        _ if url.host_str().is_none_or(str::is_empty) => Err(wrong("has no host", REMEDY)),
        "https" => Ok(url),
        "http" if allow_insecure_http || is_loopback(&url) => Ok(url),
        "http" => Err(wrong(
            "is plain http, which would send the key unencrypted",
            "Use https; for a test host that you trust, set allow_insecure_http.",
        )),
        _ => Err(wrong("has a scheme other than https", REMEDY)),
    }
}

/// The parser's message, apart from the URL.
fn error_text(error: impl fmt::Display) -> std::io::Error {
    std::io::Error::other(error.to_string())
}

/// Whether a URL leads to this machine.
fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        host == "localhost"
            || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}

fn certificates(bundles: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let mut all = Vec::new();
    for pem in bundles {
        let found: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().unwrap_or_default();
        if found.is_empty() {
            return Err(Error::config("ca_certificate holds no certificate")
                .at("ca_certificate")
                .hinted("Give PEM text with -----BEGIN CERTIFICATE----- blocks."));
        }
        all.extend(found);
    }
    Ok(all)
}

fn user_agent(suffix: Option<&str>) -> Result<HeaderValue, Error> {
    let own = concat!("devin-v2-rust/", env!("CARGO_PKG_VERSION"));
    let Some(suffix) = suffix else {
        return Ok(HeaderValue::from_static(own));
    };
    HeaderValue::from_str(&format!("{own} {suffix}")).map_err(|_| {
        Error::config("user_agent_suffix holds characters that no header can have")
            .at("user_agent_suffix")
            .hinted("Use visible ASCII, like my-report/1.2.")
    })
}

fn within(field: &'static str, value: Duration, least: Duration) -> Result<Duration, Error> {
    if value >= least && value <= MAX_TIMEOUT {
        return Ok(value);
    }
    Err(Error::config(format!("{field} is {value:?}"))
        .at(field)
        .hinted(format!("Give {least:?} to 24 hours.")))
}

fn between(field: &'static str, value: usize, most: usize) -> Result<usize, Error> {
    if (1..=most).contains(&value) {
        return Ok(value);
    }
    let range = if most == usize::MAX { "Give 1 or more.".to_owned() } else { format!("Give 1 to {most}.") };
    Err(Error::config(format!("{field} is {value}")).at(field).hinted(range))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn environment(pairs: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
    }

    fn build(builder: ClientBuilder) -> Result<Client, Error> {
        builder.build_with(&environment(&[]))
    }

    fn local() -> ClientBuilder {
        Client::builder().api_key("apk_user_canary").base_url("http://127.0.0.1:9")
    }

    #[test]
    fn base_urls_are_scheme_and_host() {
        for url in [
            "https://api.devin.ai",
            "https://api.example.com/",
            "https://api.example.com:8443",
            "http://127.0.0.1:80",
            "http://127.9.9.9",
            "http://[::1]:8080",
            "http://localhost:1/",
        ] {
            assert!(base_url(url, "a test", false).is_ok(), "{url}");
        }
        for url in [
            "",
            "api.devin.ai",
            "ftp://api.devin.ai",
            "https://",
            "https:///x",
            "https://api.devin.ai/v2",
            "https://api.devin.ai//",
            "https://api.devin.ai/..",
            "https://api.devin.ai?x",
            "https://api.devin.ai/#x",
            "https://user:canary@api.devin.ai",
            "https://api.de\nvin.ai",
            " https://api.devin.ai",
            "https:\\\\api.devin.ai",
            "http://api.devin.ai",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://[::2]",
            "https://api devin",
        ] {
            let error = base_url(url, "DEVIN_BASE_URL", false).expect_err(url);
            assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("base_url")), "{url}");
            assert!(error.to_string().contains("DEVIN_BASE_URL") && !format!("{error:?}").contains("canary"));
        }
        assert!(base_url("http://api.devin.ai", "a test", true).is_ok());
    }

    #[test]
    fn arguments_come_before_the_environment() {
        let both = environment(&[
            ("DEVIN_V2_API_KEY", "apk_user_v2"),
            ("DEVIN_API_KEY", "apk_plain"),
            ("DEVIN_BASE_URL", "http://127.0.0.1:1"),
        ]);
        let client = Client::builder().build_with(&both).unwrap();
        assert_eq!(client.key_kind(), crate::KeyKind::PersonalKey);
        assert_eq!(client.base_url(), "http://127.0.0.1:1");
        let client = local().api_key("cog_x").build_with(&both).unwrap();
        assert_eq!(client.key_kind(), crate::KeyKind::V3);
        assert_eq!(client.base_url(), "http://127.0.0.1:9");
    }

    #[test]
    fn given_variables_replace_those_of_the_process() {
        let pairs = [("DEVIN_API_KEY", "cog_x"), ("DEVIN_V2_BASE_URL", "http://127.0.0.1:1")];
        let variables = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let client = Client::builder().environment(variables.into()).build().unwrap();
        assert_eq!(client.key_kind(), crate::KeyKind::V3);
        assert_eq!(client.base_url(), "http://127.0.0.1:1");
        let error = Client::builder().environment(HashMap::new()).build().unwrap_err();
        assert!(error.to_string().contains("no API key"), "{error}");
    }

    #[test]
    fn an_empty_variable_is_an_error() {
        let error = local_from(&[("DEVIN_V2_API_KEY", ""), ("DEVIN_API_KEY", "apk_user_x")]).unwrap_err();
        assert!(error.to_string().contains("DEVIN_V2_API_KEY is set, but empty"), "{error}");
        let error = local_from(&[]).unwrap_err();
        assert!(error.to_string().contains("no API key"), "{error}");
        let error = local_from(&[("DEVIN_API_KEY", "apk_user_canary\n")]).unwrap_err();
        assert!(error.to_string().contains("DEVIN_API_KEY holds a line break"), "{error}");
        assert!(!format!("{error} {error:?}").contains("canary"));
    }

    fn local_from(pairs: &'static [(&'static str, &'static str)]) -> Result<Client, Error> {
        Client::builder().base_url("http://127.0.0.1:9").build_with(&environment(pairs))
    }

    #[test]
    fn conflicts_and_nonsense_are_named() {
        let second = Duration::from_secs(1);
        for (builder, field) in [
            (local().proxy("http://127.0.0.1:1").no_proxy(), "proxy"),
            (local().proxy("socks4://127.0.0.1:1").allow_insecure_http(true), "proxy"),
            (local().proxy("canary"), "proxy"),
            (local().attempt_timeout(second * 2).timeout(second), "attempt_timeout"),
            (local().attempt_timeout(Duration::ZERO), "attempt_timeout"),
            (local().timeout(Duration::MAX), "timeout"),
            (local().max_retries(11), "max_retries"),
            (local().max_concurrency(0), "max_concurrency"),
            (local().prefetch(0), "prefetch"),
            (local().prefetch(65), "prefetch"),
            (local().max_body_bytes(0), "max_body_bytes"),
            (local().ca_certificate("canary"), "ca_certificate"),
            (local().user_agent_suffix("a\nb"), "user_agent_suffix"),
        ] {
            let error = build(builder).expect_err(field);
            assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some(field)), "{error}");
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
        assert!(build(local().max_retries(0).timeout(second)).is_ok());
    }

    #[test]
    fn nothing_prints_the_key() {
        let client = build(local()).unwrap();
        let shown = format!("{client:?} {:?}", local().proxy("http://u:canary@h"));
        assert!(!shown.contains("canary") && shown.contains("http://127.0.0.1:9"), "{shown}");
    }

    #[test]
    fn options_change_what_they_name() {
        let client = build(local()).unwrap();
        let quick = client.with_options(CallOptions::new().timeout(Duration::from_secs(5))).unwrap();
        assert_eq!(quick.limits().attempt_timeout, Duration::from_secs(5));
        assert_eq!(client.limits().attempt_timeout, Duration::from_secs(60));
        assert!(client.with_options(CallOptions::new().max_retries(99)).is_err());
    }
}
