use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A field of an update that may be set to `null`, apart from being left out.
///
/// An optional nullable field of a request body is an `Option<Nullable<T>>`: `None` leaves the field out (the service
/// keeps what it has), `Some(Nullable::Null)` sends `null` (the service clears it), `Some(Nullable::Value(v))` sets it.
///
/// ```
/// use devin_v2_api::{Nullable, types::OrganizationUpdate};
/// let clear = OrganizationUpdate { max_acu_limit: Some(Nullable::Null), ..Default::default() };
/// assert_eq!(serde_json::to_string(&clear).unwrap(), r#"{"max_acu_limit":null}"#);
/// assert_eq!(serde_json::to_string(&OrganizationUpdate::default()).unwrap(), "{}");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nullable<T> {
    /// `null`: clears the field.
    Null,
    /// A value: sets the field.
    Value(T),
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl From<&str> for Nullable<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

impl<T> From<Option<T>> for Nullable<T> {
    /// `None` is `null`.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}
