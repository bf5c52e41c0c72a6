use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// A value that must not be printed, such as an API key.
///
/// `Debug`, `Display` and serialisation show its kind and a short hash (`apk_user_…#1a2b3c4d`), enough to tell two keys
/// apart and useless to anyone who reads a log. What follows the kind's prefix is never shown, not even its head, which
/// in a personal key encodes the owner's identity. [`expose`](Self::expose) is the only way to the value.
///
/// ```
/// let key = devin_v2_api::Secret::from("apk_example_value");
/// assert!(!format!("{key} {key:?}").contains("example"));
/// assert_eq!(key.expose(), "apk_example_value");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value itself. Keep it out of logs.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = ["apk_user_", "apk_", "cog_"].into_iter().find(|kind| self.0.starts_with(kind));
        f.write_str(kind.unwrap_or_default())?;
        f.write_str("…#")?;
        Sha256::digest(&self.0).iter().take(4).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({self})")
    }
}

impl Serialize for Secret {
    /// The redacted form: a row written to a file or a log does not carry the key along.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
