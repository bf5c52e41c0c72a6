//! Answers as JavaScript strings.

use bytes::Bytes;
use napi::bindgen_prelude::{JsValue, ToNapiValue, TypeName, ValueType};
use napi::{Env, Result, sys};

/// Text on its way to Node. Most of it is ASCII, which Node takes over as it is; anything else it has to decode.
pub struct Text {
    bytes: Bytes,
    is_ascii: bool,
}

impl Text {
    pub(crate) fn new(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { is_ascii: bytes.is_ascii(), bytes }
    }
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
        string.map(|string| string.raw())
    }
}
