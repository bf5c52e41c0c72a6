//! Answers as JavaScript strings.

use bytes::Bytes;
use napi::bindgen_prelude::{JsObjectValue, JsValue, Object, ToNapiValue, TypeName, ValueType};
use napi::{Env, Result, sys};

/// JSON on its way to Node: a string, or `{ exact }` with the string if `JSON.parse` would round an integer in it. Most of
/// it is ASCII, which Node takes over as it is; anything else it has to decode.
pub struct Text {
    bytes: Bytes,
    is_ascii: bool,
    is_exact: bool,
}

impl Text {
    pub(crate) fn new(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { is_ascii: bytes.is_ascii(), is_exact: !has_large_integer(&bytes), bytes }
    }
}

/// The largest integer up to which numbers of JavaScript are exact.
const MAX_SAFE: &[u8] = b"9007199254740991";

/// Whether this JSON seems to hold an integer beyond 2^53. One within a string may pass for one.
fn has_large_integer(json: &[u8]) -> bool {
    // As many digits as that cover one of so many places: most bytes aren't looked at.
    let most = MAX_SAFE.len();
    let mut at = most - 1;
    while let Some(byte) = json.get(at) {
        if !byte.is_ascii_digit() {
            at += most;
            continue;
        }
        let start = json[..at].iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |before| before + 1);
        let end = json[at..]
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .map_or(json.len(), |length| at + length);
        let digits = &json[start..end];
        if digits.len() > most || (digits.len() == most && digits > MAX_SAFE) {
            let before = json[..start].strip_suffix(b"-").unwrap_or(&json[..start]);
            let begins = before.last().is_none_or(|byte| b":,[ \t\r\n".contains(byte));
            let is_fraction = json.get(end).is_some_and(|byte| b".eE".contains(byte));
            if begins && !is_fraction {
                return true;
            }
        }
        at = end + most;
    }
    false
}

impl TypeName for Text {
    fn type_name() -> &'static str {
        String::type_name()
    }

    fn value_type() -> ValueType {
        String::value_type()
    }
}

#[allow(
    unsafe_code,
    reason = "napi's own trait is so: it is called on Node's thread, with an environment that is alive"
)]
impl ToNapiValue for Text {
    unsafe fn to_napi_value(env: sys::napi_env, text: Self) -> Result<sys::napi_value> {
        let env = Env::from_raw(env);
        let string = if text.is_ascii {
            env.create_string_latin1(&text.bytes)
        } else {
            env.create_string(String::from_utf8_lossy(&text.bytes))
        };
        let string = string?;
        if text.is_exact {
            return Ok(string.raw());
        }
        let mut object = Object::new(&env)?;
        object.set_named_property("exact", string)?;
        Ok(object.raw())
    }
}
