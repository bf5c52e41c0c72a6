use std::{fmt, ops::Deref};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Timestamp;

/// An instant that the service writes as a number: Unix milliseconds.
///
/// Dereferences to [`jiff::Timestamp`]. It is written as it was read, as a number; text is read as well.
///
/// ```
/// let time: devin_v2_api::UnixMillis = serde_json::from_str("1772352000123").unwrap();
/// assert_eq!(time.to_string(), "2026-03-01T08:00:00.123Z");
/// assert_eq!(serde_json::to_string(&time).unwrap(), "1772352000123");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(Timestamp);

impl UnixMillis {
    fn from_milliseconds(milliseconds: f64) -> Option<Self> {
        // Fractions are kept to the microsecond; what is no time at all is refused by jiff.
        let microseconds = (milliseconds * 1000.0).round();
        let limit = jiff::Timestamp::MAX.as_microsecond() as f64;
        let whole = (-limit..=limit).contains(&microseconds).then_some(microseconds as i64)?;
        jiff::Timestamp::from_microsecond(whole).ok().map(|time| Self(time.into()))
    }
}

impl Deref for UnixMillis {
    type Target = jiff::Timestamp;

    fn deref(&self) -> &jiff::Timestamp {
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
                let time = jiff::Timestamp::from_millisecond(number);
                time.map(|time| UnixMillis(time.into()))
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(number), &self))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<UnixMillis, E> {
                let signed = i64::try_from(number);
                signed
                    .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &self))
                    .and_then(|number| self.visit_i64(number))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<UnixMillis, E> {
                UnixMillis::from_milliseconds(number)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Float(number), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<UnixMillis, E> {
                let time = text.parse::<Timestamp>();
                time.map(UnixMillis).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Number)
    }
}
