//! JSON that the core has checked, as records, and records as JSON.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::SystemTime;

use devin_v2::{Timestamp, UnixMillis};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::secret::Secret;

/// JSON text: a value that has no type of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonText(String);

uniffi::custom_newtype!(JsonText, String);

impl JsonText {
    /// What it says; `None` if it is no JSON.
    pub(crate) fn parse(&self) -> Option<Value> {
        serde_json::from_str(&self.0).ok()
    }
}

/// What can be read from JSON.
pub(crate) trait Json: Sized {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error>;

    /// What stands for it where it is missing.
    fn missing() -> Option<Self> {
        None
    }
}

/// A record, read member by member.
pub(crate) trait Object: Sized {
    fn gather<'de, A: MapAccess<'de>>(members: Members<A>) -> Result<Self, A::Error>;
}

/// What can be sent.
pub(crate) trait Sent {
    fn json(self) -> Value;
}

/// The members of an object that is being written.
#[derive(Default)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    pub(crate) fn with(mut self, name: &str, value: impl Sent) -> Self {
        self.0.insert(name.to_owned(), value.json());
        self
    }

    pub(crate) fn with_some(self, name: &str, value: Option<impl Sent>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// For a field that must be there, if only as null.
    #[allow(dead_code, reason = "not every document needs everything")]
    pub(crate) fn with_or_null(mut self, name: &str, value: Option<impl Sent>) -> Self {
        self.0.insert(name.to_owned(), value.map_or(Value::Null, Sent::json));
        self
    }

    /// Adds those of a record that it does not know.
    pub(crate) fn with_all(mut self, extra: HashMap<String, JsonText>) -> Self {
        self.0.extend(extra.into_iter().map(|(name, value)| (name, value.json())));
        self
    }

    pub(crate) fn json(self) -> Value {
        Value::Object(self.0)
    }

    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

/// The members of an object that is being read.
pub(crate) struct Members<A>(A);

impl<'de, A: MapAccess<'de>> Members<A> {
    pub(crate) fn name(&mut self) -> Result<Option<Cow<'de, str>>, A::Error> {
        Ok(self.0.next_key::<Name<'de>>()?.map(|Name(name)| name))
    }

    pub(crate) fn value<T: Json>(&mut self) -> Result<T, A::Error> {
        self.0.next_value::<Via<T>>().map(|Via(value)| value)
    }
}

/// A field that must be there, if only by what stands for it.
pub(crate) fn required<T: Json, E: de::Error>(found: Option<T>, name: &'static str) -> Result<T, E> {
    found.or_else(T::missing).ok_or_else(|| E::missing_field(name))
}

/// Reads a whole text.
pub(crate) fn read<T: Json>(text: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice::<Via<T>>(text).map(|Via(value)| value)
}

/// A name, borrowed if it has no escapes.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        from.deserialize_str(NameVisitor)
    }
}

/// Lets serde read what is read by [`Json`].
struct Via<T>(T);

impl<'de, T: Json> Deserialize<'de> for Via<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        T::read(from).map(Self)
    }
}

/// What serde reads by itself.
macro_rules! plain {
    ($($ty:ty),*) => {
        $(impl Json for $ty {
            fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                Self::deserialize(from)
            }
        }

        impl Sent for $ty {
            fn json(self) -> Value {
                self.into()
            }
        })*
    };
}

plain!(String, i64, f64, bool);

impl Json for JsonText {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(Box::<RawValue>::deserialize(from)?.get().to_owned()))
    }
}

impl Sent for JsonText {
    /// Text that is no JSON is sent as text: the service has the say on it.
    fn json(self) -> Value {
        self.parse().unwrap_or(Value::String(self.0))
    }
}

impl Json for SystemTime {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // As text, or as a number of milliseconds.
        let time = Timestamp::from(UnixMillis::deserialize(from)?);
        // uniffi loses the sign of what is less than a second before 1970: the fraction is cut off.
        let time = if time.as_second() == -1 { time.whole_second() } else { time };
        Self::try_from(time).map_err(de::Error::custom)
    }
}

impl Sent for SystemTime {
    /// Times beyond the year 9999 have no text; the core refuses what stands for them.
    fn json(self) -> Value {
        Timestamp::try_from(self).map_or_else(|error| error.to_string(), |time| time.to_string()).into()
    }
}

impl Json for Arc<Secret> {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Secret::new)
    }
}

impl Sent for Arc<Secret> {
    fn json(self) -> Value {
        self.expose().into()
    }
}

impl<T: Json> Json for Option<T> {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Option::<Via<T>>::deserialize(from)?.map(|Via(value)| value))
    }

    fn missing() -> Option<Self> {
        Some(None)
    }
}

impl<T: Json> Json for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Elements<T>(PhantomData<T>);

        impl<'de, T: Json> Visitor<'de> for Elements<T> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
                let mut found = Vec::new();
                while let Some(Via(element)) = elements.next_element()? {
                    found.push(element);
                }
                Ok(found)
            }
        }

        from.deserialize_seq(Elements(PhantomData))
    }
}

impl<T: Sent> Sent for Vec<T> {
    fn json(self) -> Value {
        self.into_iter().map(Sent::json).collect()
    }
}

impl<T: Json> Json for HashMap<String, T> {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let entries = HashMap::<String, Via<T>>::deserialize(from)?;
        Ok(entries.into_iter().map(|(key, Via(value))| (key, value)).collect())
    }
}

impl<T: Sent> Sent for HashMap<String, T> {
    fn json(self) -> Value {
        self.into_iter().map(|(key, value)| (key, value.json())).collect()
    }
}

impl<T: Object> Json for T {
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Gather<T>(PhantomData<T>);

        impl<'de, T: Object> Visitor<'de> for Gather<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
                T::gather(Members(members))
            }
        }

        from.deserialize_map(Gather(PhantomData))
    }
}

/// A change of a field that may also be emptied.
macro_rules! change {
    ($(#[$docs:meta])* $name:ident, $ty:ty) => {
        $(#[$docs])*
        #[derive(Clone, Debug, PartialEq, uniffi::Enum)]
        pub enum $name {
            /// Empties the field: null is sent.
            Clear,
            /// Gives it a value.
            Set {
                /// The value.
                value: $ty,
            },
        }

        impl $crate::value::Sent for $name {
            fn json(self) -> serde_json::Value {
                match self {
                    Self::Clear => serde_json::Value::Null,
                    Self::Set { value } => $crate::value::Sent::json(value),
                }
            }
        }
    };
}

pub(crate) use change;

/// Strings, of which more may come.
macro_rules! open_enum {
    ($(#[$docs:meta])* $name:ident { $($variant:ident = $text:literal,)* }) => {
        $(#[$docs])*
        #[derive(Clone, Debug, PartialEq, uniffi::Enum)]
        pub enum $name {
            $(#[allow(missing_docs, reason = "named as in the document")] $variant,)*
            /// A value that this version does not know.
            Unknown {
                /// As the service sent it.
                value: String,
            },
        }

        impl $crate::value::Json for $name {
            fn read<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <String as $crate::value::Json>::read(from)?;
                Ok(match text.as_str() {
                    $($text => Self::$variant,)*
                    _ => Self::Unknown { value: text },
                })
            }
        }

        impl $crate::value::Sent for $name {
            fn json(self) -> serde_json::Value {
                match self {
                    $(Self::$variant => $text.into(),)*
                    Self::Unknown { value } => value.into(),
                }
            }
        }
    };
}

pub(crate) use open_enum;
