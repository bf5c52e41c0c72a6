//! The API key: checked once, printed never.

use std::fmt;

use devin_v2_api::Secret;
use http::HeaderValue;

use crate::error::Error;

/// An API key that was checked for use in a header.
///
/// `Debug` and `Display` show its kind and a short hash (`apk_user_…#1a2b3c4d`), never a part of the key itself.
#[derive(Clone)]
pub struct Credential {
    key: Secret,
    header: HeaderValue,
}

/// What a key's prefix tells about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// `apk_user_…`: a user's own key, the only kind that v2 accepts (if the user is an Enterprise Admin).
    PersonalKey,
    /// `apk_…`: a service key of one organization; v2 refuses it.
    ServiceKey,
    /// `cog_…`: a v3 credential; v2 refuses it.
    V3,
    /// Anything else.
    Unknown,
}

impl fmt::Display for KeyKind {
    /// What it is and whether v2 takes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PersonalKey => "a personal key, the kind that v2 takes",
            Self::ServiceKey => "a service key: v2 takes personal keys (apk_user_…) only",
            Self::V3 => "a v3 credential: v2 takes personal keys (apk_user_…) only",
            Self::Unknown => "of no known kind: v2 takes personal keys (apk_user_…) only",
        })
    }
}

impl Credential {
    /// Checks a key. `source` says where it came from (`the api_key argument`, `DEVIN_V2_API_KEY`) and is all that an
    /// error shows of it.
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) if it is empty or holds white space, a line break or anything else that
    /// cannot be part of a key.
    pub fn new(key: impl Into<Secret>, source: &str) -> Result<Self, Error> {
        let key = key.into();
        let text = key.expose();
        let problem = if text.is_empty() {
            Some("is empty")
        } else if text.contains(['\n', '\r']) {
            Some("holds a line break (a file's last line end, perhaps)")
        } else if text.contains(char::is_whitespace) {
            Some("holds white space")
        } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Some("holds characters that no key has (only visible ASCII can be sent)")
        } else {
            None
        };
        let unusable = |problem: &str| {
            Error::config(format!("the API key from {source} {problem}"))
                .at("api_key")
                .hinted("Pass the key itself, without quotes or line ends: v2 takes a personal key (apk_user_…) of an Enterprise Admin.")
        };
        if let Some(problem) = problem {
            return Err(unusable(problem));
        }
        let mut header = HeaderValue::try_from(format!("Bearer {text}"))
            .map_err(|_| unusable("cannot be sent in a header"))?;
        // Keeps it out of the debug output of everything below us, and out of HTTP/2's compression table.
        header.set_sensitive(true);
        Ok(Self { key, header })
    }

    /// What its prefix tells about it.
    pub fn kind(&self) -> KeyKind {
        let text = self.key.expose();
        if text.starts_with("apk_user_") {
            KeyKind::PersonalKey
        } else if text.starts_with("apk_") {
            KeyKind::ServiceKey
        } else if text.starts_with("cog_") {
            KeyKind::V3
        } else {
            KeyKind::Unknown
        }
    }

    /// The value of the `Authorization` header.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The key itself, to take it out of foreign text.
    pub(crate) fn expose(&self) -> &str {
        self.key.expose()
    }
}

impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key.fmt(f)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_cannot_be_a_key_without_showing_it() {
        for key in
            ["", "apk_user_canary\n", " apk_user_canary", "apk_user_cänary", "apk_user_canary\0", "a\tcanary"]
        {
            let error = Credential::new(key, "DEVIN_API_KEY").unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains("DEVIN_API_KEY") && !shown.contains("nary"), "{shown}");
        }
    }

    #[test]
    fn tells_kinds_apart_and_shows_no_key() {
        for (key, kind) in [
            ("apk_user_canary", KeyKind::PersonalKey),
            ("apk_canary", KeyKind::ServiceKey),
            ("cog_canary", KeyKind::V3),
            ("canary", KeyKind::Unknown),
        ] {
            let credential = Credential::new(key, "a test").unwrap();
            assert_eq!(credential.kind(), kind);
            let shown = format!("{credential} {credential:?} {:?}", credential.header());
            assert!(!shown.contains("canary"), "{shown}");
            assert!(shown.contains("…#"));
        }
    }
}
