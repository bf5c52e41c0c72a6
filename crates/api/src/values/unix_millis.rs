use std::{fmt, ops::Deref};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{InvalidTimestamp, Timestamp};

/// An instant that the service writes as a number: Unix milliseconds.
///
/// Dereferences to [`Timestamp`]. It is written as it was read, as a number; text is read as well.
///
/// ```
/// let time: devin_v2_api::UnixMillis = serde_json::from_str("1772352000123").unwrap();
/// assert_eq!(time.to_string(), "2026-03-01T08:00:00.123Z");
/// assert_eq!(serde_json::to_string(&time).unwrap(), "1772352000123");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(Timestamp);

impl UnixMillis {
    /// Fractions are kept to the microsecond.
    fn from_milliseconds(milliseconds: f64) -> Result<Self, InvalidTimestamp> {
        // What is too large for the type becomes its end, which lies outside the years that are valid.
        Timestamp::from_microsecond((milliseconds * 1000.0).round() as i64).map(Self)
    }
}

impl Deref for UnixMillis {
    type Target = Timestamp;

    fn deref(&self) -> &Timestamp {
        &self.0
    }
}

impl fmt::Display for UnixMillis {
    /// RFC 3339 in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Timestamp> for UnixMillis {
    fn from(time: Timestamp) -> Self {
        Self(time)
    }
}

impl From<UnixMillis> for Timestamp {
    fn from(time: UnixMillis) -> Self {
        time.0
    }
}

impl Serialize for UnixMillis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_microsecond() {
            whole if whole % 1000 == 0 => serializer.serialize_i64(whole / 1000),
            other => serializer.serialize_f64(other as f64 / 1000.0),
        }
    }
}

impl<'de> Deserialize<'de> for UnixMillis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl de::Visitor<'_> for Number {
            type Value = UnixMillis;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time in Unix milliseconds")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<UnixMillis, E> {
                Timestamp::from_microsecond(number.saturating_mul(1000)).map(UnixMillis).map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<UnixMillis, E> {
                self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<UnixMillis, E> {
                UnixMillis::from_milliseconds(number).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<UnixMillis, E> {
                text.parse().map(UnixMillis).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Number)
    }
}
