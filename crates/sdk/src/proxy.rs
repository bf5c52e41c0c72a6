//! Which way requests go: straight, or through a proxy of the caller's or of the environment.

use std::ffi::OsString;
use std::net::IpAddr;

use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use ipnet::IpNet;
use reqwest::Url;

use crate::error::Error;

const REMEDY: &str =
    "Write it like http://proxy.example.com:3128; schemes are http, https, socks5 and socks5h.";

/// The way to the service. A client has one origin, so that it is chosen once.
#[derive(Clone)]
pub(crate) enum Route {
    /// No proxy.
    Direct,
    /// An HTTP proxy that forwards requests to a plain `http://` service.
    Forward(Hop),
    /// An HTTP proxy that opens a tunnel (`CONNECT`) to an `https://` service.
    Tunnel(Hop),
    /// A SOCKS5 proxy.
    Socks {
        /// The proxy.
        proxy: Uri,
        /// User and password.
        login: Option<(String, String)>,
        /// Whether the host is looked up here (`socks5`) or by the proxy (`socks5h`).
        resolve: bool,
    },
}

/// An HTTP proxy.
#[derive(Clone)]
pub(crate) struct Hop {
    pub(crate) proxy: Uri,
    /// `Proxy-Authorization`.
    pub(crate) login: Option<HeaderValue>,
}

impl Route {
    /// Whether TLS is spoken somewhere on this way.
    pub(crate) fn is_encrypted(&self, base: &Url) -> bool {
        let proxy = match self {
            Self::Forward(hop) | Self::Tunnel(hop) => hop.proxy.scheme_str(),
            Self::Direct | Self::Socks { .. } => None,
        };
        base.scheme() == "https" || proxy == Some("https")
    }

    /// The way through the proxy that the caller names.
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) if it can't be used, or would get to see the key.
    pub(crate) fn through(proxy: &str, base: &Url, allow_insecure_http: bool) -> Result<Self, Error> {
        if base.scheme() == "http" && !allow_insecure_http {
            return Err(Error::config("the proxy would see the key, since the base URL is plain http")
                .at("proxy")
                .hinted("Use an https base URL, or leave the proxy out; for a proxy that you trust with the key, set allow_insecure_http."));
        }
        let route = if proxy.contains("://") { parse(proxy, base) } else { Err("has no scheme") };
        route.map_err(|problem| Error::config(format!("the proxy {problem}")).at("proxy").hinted(REMEDY))
    }

    /// The way that the environment names: `HTTPS_PROXY` or `HTTP_PROXY` by the scheme of the base URL, else `ALL_PROXY`,
    /// unless `NO_PROXY` names the host; without any, what the operating system says.
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) if a variable that applies can't be used. Going straight instead would show
    /// this machine's address to a service that only the proxy may talk to.
    pub(crate) fn of_environment(
        base: &Url,
        environment: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, Error> {
        let first = |names: &[&'static str]| {
            names.iter().find_map(|name| {
                let value = environment(name).filter(|value| !value.is_empty())?;
                Some((*name, value.to_string_lossy().into_owned()))
            })
        };
        // A web server hands a request's header `Proxy` to CGI programs as HTTP_PROXY.
        let names: &[&str] = match (base.scheme(), environment("REQUEST_METHOD")) {
            ("https", _) => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
            (_, None) => &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
            (_, Some(_)) => &["http_proxy", "all_proxy", "ALL_PROXY"],
        };
        let proxy = first(names);
        if first(&["no_proxy", "NO_PROXY"]).is_some_and(|(_, list)| is_excepted(&list, base)) {
            return Ok(Self::Direct);
        }
        match proxy {
            Some((name, proxy)) => parse(&proxy, base).map_err(|problem| {
                Error::config(format!("the proxy of the environment variable {name} {problem}"))
                    .at(name)
                    .hinted(format!("{REMEDY} Or unset it, or name the host in NO_PROXY."))
            }),
            None if cfg!(any(windows, target_os = "macos")) => {
                let target = Uri::try_from(base.as_str()).unwrap_or_default();
                Ok(Matcher::from_system().intercept(&target).map_or(Self::Direct, |found| of(&found, base)))
            }
            None => Ok(Self::Direct),
        }
    }
}

/// Reads the address of a proxy. The error completes "the proxy …"; it never shows the address, which may hold a password.
fn parse(text: &str, base: &Url) -> Result<Route, &'static str> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    let scheme = scheme.to_ascii_lowercase();
    let port = match scheme.as_str() {
        "http" => 80,
        "https" => 443,
        "socks5" | "socks5h" => 1080,
        _ => return Err("has a scheme that isn't supported"),
    };
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    if authority.contains(|character: char| character.is_whitespace() || character.is_control()) {
        return Err("is not a URL");
    }
    // Read as http, since URL parsers check hosts of the schemes alone that they know.
    let url = Url::parse(&format!("http://{authority}")).map_err(|_| "is not a URL")?;
    let explicit = authority.rsplit(['@', ']']).next().and_then(|end| end.rsplit_once(':'));
    if url.port() == Some(0) || explicit.is_some_and(|(_, port)| port.is_empty()) {
        return Err("has no usable port");
    }
    let port = if explicit.is_some() { url.port_or_known_default().unwrap_or(port) } else { port };
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or("has no host")?;
    let login = authority.rsplit_once('@').map_or(String::new(), |(login, _)| format!("{login}@"));
    let found = Matcher::builder()
        .all(format!("{scheme}://{login}{host}:{port}"))
        .build()
        .intercept(&Uri::from_static("http://target"));
    Ok(of(&found.ok_or("is not a URL")?, base))
}

fn of(found: &Intercept, base: &Url) -> Route {
    let proxy = found.uri().clone();
    let hop = || Hop { proxy: proxy.clone(), login: found.basic_auth().cloned() };
    match (proxy.scheme_str(), base.scheme()) {
        (Some("http" | "https"), "https") => Route::Tunnel(hop()),
        (Some("http" | "https"), _) => Route::Forward(hop()),
        (scheme, _) => Route::Socks {
            resolve: scheme != Some("socks5h"),
            login: found.raw_auth().map(|(user, password)| (user.to_owned(), password.to_owned())),
            proxy,
        },
    }
}

/// Whether a list like that of `NO_PROXY` names the host of this URL.
///
/// As curl reads it (entries separated by commas or blanks, `example.com` and `.example.com` for the domain and all below
/// it, addresses, networks like `10.0.0.0/8`, `*` for all), and as other programs write it: `*.example.com`, an entry
/// with a port, IPv6 addresses in brackets.
fn is_excepted(list: &str, base: &Url) -> bool {
    let host = base.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    let port = base.port_or_known_default();
    list.split(|character: char| character == ',' || character.is_whitespace()).any(|entry| {
        if entry == "*" {
            return true;
        }
        let entry = entry.to_ascii_lowercase();
        let (name, only) = split_port(&entry);
        if only.is_some_and(|only| Some(only) != port) {
            return false;
        }
        let bare = name.replace(['[', ']'], "");
        match address {
            Some(address) => match bare.parse::<IpAddr>() {
                Ok(named) => named == address,
                Err(_) => bare.parse::<IpNet>().is_ok_and(|network| network.contains(&address)),
            },
            None => {
                let domain =
                    name.strip_prefix('*').unwrap_or(name).trim_start_matches('.').trim_end_matches('.');
                let below =
                    host.strip_suffix(domain).is_some_and(|head| head.is_empty() || head.ends_with('.'));
                !domain.is_empty() && below
            }
        }
    })
}

/// An entry apart from its port. A bare IPv6 address has colons, but no port.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    match entry.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => {
            port.parse().map_or((entry, None), |port| (name, Some(port)))
        }
        _ => (entry, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn route(base: &str, variables: &[(&str, &str)]) -> Result<Route, Error> {
        let find = |name: &str| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
        };
        Route::of_environment(&Url::parse(base).unwrap(), &find)
    }

    fn is_direct(base: &str, list: &str) -> bool {
        let direct =
            |name| matches!(route(base, &[("ALL_PROXY", "http://proxy:1"), (name, list)]), Ok(Route::Direct));
        assert_eq!(direct("NO_PROXY"), direct("no_proxy"));
        direct("NO_PROXY")
    }

    #[test]
    fn exceptions_are_read_as_curl_and_others_do() {
        for (list, base) in [
            ("*", "https://api.devin.ai"),
            ("*", "http://[fd07::5]:8080"),
            ("other, *", "http://10.1.2.3"),
            ("devin.ai", "https://api.devin.ai"),
            ("devin.ai", "https://devin.ai"),
            (".devin.ai", "https://api.devin.ai"),
            (".devin.ai", "https://devin.ai"),
            ("*.devin.ai", "https://api.devin.ai"),
            ("DEVIN.ai.", "https://API.devin.ai"),
            ("a,b api.devin.ai", "https://api.devin.ai"),
            ("api.devin.ai:443", "https://api.devin.ai"),
            ("api.devin.ai:8080", "http://api.devin.ai:8080"),
            ("10.1.2.3", "http://10.1.2.3:8080"),
            ("10.1.2.3:8080", "http://10.1.2.3:8080"),
            ("10.0.0.0/8", "http://10.1.2.3:8080"),
            ("fd07::5", "http://[fd07::5]:8080"),
            ("[fd07::5]", "http://[fd07::5]:8080"),
            ("[fd07::5]:8080", "http://[fd07::5]:8080"),
            ("[fd07::]/64", "http://[fd07::5]:8080"),
            ("fd07::/64", "http://[fd07::5]:8080"),
        ] {
            assert!(is_direct(base, list), "{list} {base}");
        }
        for (list, base) in [
            ("", "https://api.devin.ai"),
            (",. ,*.", "https://api.devin.ai"),
            ("evin.ai", "https://api.devin.ai"),
            ("api.devin.ai", "https://devin.ai"),
            ("api.devin.ai:80", "https://api.devin.ai"),
            ("10.1.2.3:80", "http://10.1.2.3:8080"),
            ("10.1.2", "http://10.1.2.3:8080"),
            ("10.2.0.0/16", "http://10.1.2.3:8080"),
            ("[fd08::]/64", "http://[fd07::5]:8080"),
            ("3", "http://10.1.2.3"),
        ] {
            assert!(!is_direct(base, list), "{list} {base}");
        }
    }

    #[test]
    fn the_scheme_picks_the_variable() {
        let all = [
            ("HTTP_PROXY", "plain:1"),
            ("https_proxy", "HTTP://u:p%40@secure:2/"),
            ("ALL_PROXY", "socks5h://all"),
        ];
        let Ok(Route::Tunnel(hop)) = route("https://api.devin.ai", &all) else { panic!() };
        assert_eq!(hop.proxy.authority().unwrap().as_str(), "secure:2");
        assert_eq!(hop.login.unwrap(), "Basic dTpwQA==");
        let Ok(Route::Forward(hop)) = route("http://10.0.0.1", &all) else { panic!() };
        assert_eq!(hop.proxy, "http://plain:1/");
        let Ok(Route::Socks { proxy, resolve: false, .. }) = route("http://10.0.0.1", &all[2..]) else {
            panic!()
        };
        assert_eq!(proxy.authority().unwrap().as_str(), "all:1080");
        let cgi = [("HTTP_PROXY", "http://attacker:1"), ("REQUEST_METHOD", "GET")];
        assert!(matches!(route("http://10.0.0.1", &cgi), Ok(Route::Direct)));
        assert!(matches!(route("http://10.0.0.1", &[("HTTP_PROXY", "")]), Ok(Route::Direct)));
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_never_passed_by() {
        for proxy in [
            "socks://canary:1",
            "socks4://canary:1",
            "ftp://canary",
            "://",
            "http://",
            "http://u:canary@",
            "http://canary:0",
            "http://canary:99999",
            "http://canary:x",
            "http://canary:",
            "ca nary",
            "https://[::1",
            "canary\n",
        ] {
            for name in ["HTTPS_PROXY", "all_proxy"] {
                let error = route("https://api.devin.ai", &[(name, proxy)]).err().expect(proxy);
                assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some(name)), "{proxy}");
                assert!(
                    error.to_string().contains(name) && !format!("{error:?}").contains("canary"),
                    "{error}"
                );
            }
            let base = Url::parse("https://api.devin.ai").unwrap();
            let error = Route::through(proxy, &base, false).err().expect(proxy);
            assert_eq!(error.field(), Some("proxy"), "{proxy}");
        }
    }

    #[test]
    fn a_proxy_does_not_get_to_see_the_key() {
        for base in ["http://127.0.0.1:9", "http://localhost:9", "http://10.0.0.1"] {
            let base = Url::parse(base).unwrap();
            let error = Route::through("http://127.0.0.1:1", &base, false).err().unwrap();
            assert!(error.to_string().contains("allow_insecure_http"), "{error}");
            assert!(Route::through("http://127.0.0.1:1", &base, true).is_ok());
        }
    }
}
