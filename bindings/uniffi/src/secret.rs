//! Text that must not be printed by accident.

use std::fmt;
use std::sync::Arc;

/// Text that is shown only when it is asked for: a key, or what may hold personal data.
#[derive(PartialEq, Eq, uniffi::Object)]
pub struct Secret(String);

#[uniffi::export]
impl Secret {
    /// A secret with this text.
    #[uniffi::constructor]
    pub fn of(text: String) -> Arc<Self> {
        Self::new(text)
    }

    /// The text itself.
    pub fn expose(&self) -> String {
        self.0.clone()
    }
}

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self(text.into()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
