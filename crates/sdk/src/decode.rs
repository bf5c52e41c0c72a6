//! From bytes to values: leniently, and row by row.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_path_to_error::Segment;

use crate::error::{Error, ErrorKind};
use crate::operation::Kind;
use crate::redact;
use crate::response::Raw;
use crate::shape::{self, RowAt, Shaped, Type, certainly_fits};

/// How many nulls are dropped from one value before it is given up.
const MAX_DROPPED: usize = 256;
/// The most bytes that are gone over again in all to find such nulls.
const MAX_LENIENT_BYTES: usize = 8 * 1024 * 1024;

/// A row that does not fit its type. The rows around it are not affected.
///
/// `Debug` leaves the row itself out: it may hold personal data.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BadRow {
    /// Its place among the rows of the answer, or of the listing where many pages were read; from 0.
    pub index: u64,
    /// The row as the service sent it.
    pub json: String,
    /// Where it does not fit, such as `pull_requests[0].url`; `.` is the row itself.
    pub path: String,
    /// Why, without the value.
    pub reason: String,
}

impl fmt::Debug for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BadRow")
            .field("index", &self.index)
            .field("path", &self.path)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {} does not fit at {}: {}", self.index, self.path, self.reason)
    }
}

/// JSON that was held against its documented type: a row or an answer as the service sent it.
///
/// Clones share the memory of the answer. `Debug` leaves the text out: it may hold personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Json(Bytes);

impl Json {
    /// The JSON text, which is UTF-8.
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }
}

impl From<Bytes> for Json {
    fn from(bytes: Bytes) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json(<{} bytes>)", self.0.len())
    }
}

/// The rows of an unpaged list, with those that did not fit beside them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rows<T> {
    /// The rows that fit, in their order.
    pub rows: Vec<T>,
    /// Those that did not. Always empty if the client is strict.
    pub bad: Vec<BadRow>,
}

impl<T> Deref for Rows<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.rows
    }
}

impl<T> IntoIterator for Rows<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Rows<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

/// What some services write before JSON, although it may not be there.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Bytes without a byte order mark at their start.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

/// Whether this is a change that was answered with nothing (204, an empty body or null). It took place: the status says
/// so.
fn is_silent(raw: &Raw) -> bool {
    raw.operation.kind != Kind::Read && matches!(without_mark(&raw.bytes).trim_ascii(), b"" | b"null")
}

/// What stands for the result of a change that was answered with nothing: the first that is of the type.
const NOTHING: [&str; 3] = ["null", "{}", "[]"];

/// Decodes a response that is one value.
pub(crate) fn object<T: DeserializeOwned + Shaped>(raw: &Raw) -> Result<T, Error> {
    one(raw, Some(&const { T::TYPE })).map(|(value, _)| value)
}

/// Decodes a response that is one value, of a type that nothing is known of.
pub(crate) fn untyped<T: DeserializeOwned>(raw: &Raw) -> Result<T, Error> {
    one(raw, None).map(|(value, _)| value)
}

/// Holds a response that is one value against its type and keeps its JSON.
pub(crate) fn checked_object<T: DeserializeOwned + Shaped>(raw: &Raw) -> Result<Json, Error> {
    one::<T>(raw, Some(&const { T::TYPE })).map(|(_, json)| Json(json))
}

fn one<T: DeserializeOwned>(raw: &Raw, ty: Option<&Type>) -> Result<(T, Bytes), Error> {
    if is_silent(raw)
        && let Some(nothing) =
            NOTHING.iter().find_map(|text| Some((serde_json::from_str(text).ok()?, Bytes::from(*text))))
    {
        return Ok(nothing);
    }
    let json = raw.bytes.slice_ref(without_mark(&raw.bytes));
    match lenient(&json, ty) {
        Ok((value, plain)) => Ok((value, plain.unwrap_or(json))),
        Err(Misfit::Malformed(error)) => Err(unreadable(raw, &error)),
        Err(Misfit::Data { path, reason }) => Err(misshapen(raw, &format!("at {path}: {reason}"))),
    }
}

/// Decodes a response that is a bare array, row by row.
pub(crate) fn array<T>(raw: &Raw, strict: bool, decode: DecodeRow<T>) -> Result<Rows<T>, Error> {
    if is_silent(raw) {
        return Ok(Rows { rows: Vec::new(), bad: Vec::new() });
    }
    let Elements(ranges) = read_ranges(raw, |deserializer| ElementsOf(&raw.bytes).deserialize(deserializer))?;
    let mut out = Rows { rows: Vec::with_capacity(ranges.len()), bad: Vec::new() };
    for (index, range) in ranges.into_iter().enumerate() {
        match decode(RawRow { json: raw.bytes.slice(range), index: index as u64, fits: false }) {
            Ok(value) => out.rows.push(value),
            Err(bad) if strict => return Err(too_strict(raw, &bad)),
            Err(bad) => out.bad.push(bad),
        }
    }
    Ok(out)
}

/// A row before it is decoded.
pub(crate) struct RawRow {
    /// Its bytes, which are well-formed.
    pub(crate) json: Bytes,
    /// Its place among the rows of the answer or listing.
    pub(crate) index: u64,
    /// Whether it is known to fit.
    pub(crate) fits: bool,
}

/// How a list makes rows.
pub(crate) type DecodeRow<T> = fn(RawRow) -> Result<T, BadRow>;

/// Holds a row against its type and keeps its bytes.
pub(crate) fn checked<T: DeserializeOwned + Shaped>(row: RawRow) -> Result<Json, BadRow> {
    if row.fits || certainly_fits::<T>(&row.json) {
        let json = row.json.clone();
        #[cfg(fuzzing)]
        assert!(self::row::<T>(row).is_ok(), "what certainly fits does not decode");
        return Ok(Json(json));
    }
    decoded::<T>(&row).map(|(_, plain)| Json(plain.unwrap_or(row.json)))
}

/// Decodes a row.
pub(crate) fn row<T: DeserializeOwned + Shaped>(row: RawRow) -> Result<T, BadRow> {
    decoded(&row).map(|(value, _)| value)
}

fn decoded<T: DeserializeOwned + Shaped>(row: &RawRow) -> Result<(T, Option<Bytes>), BadRow> {
    lenient(&row.json, Some(&const { T::TYPE })).map_err(|misfit| {
        let (path, reason) = match misfit {
            // The row is JSON, but serde can't hold it.
            Misfit::Malformed(error) => {
                let mut from = serde_json::Deserializer::from_slice(&row.json);
                let place = serde_path_to_error::deserialize::<_, T>(&mut from).err();
                let path = place.map_or_else(|| ".".to_owned(), |error| error.path().to_string());
                (
                    redact::foreign(&path, None),
                    limit(&error).map_or_else(|| redact::reason(&error), str::to_owned),
                )
            }
            Misfit::Data { path, reason } => (path, reason),
        };
        BadRow { index: row.index, json: String::from_utf8_lossy(&row.json).into_owned(), path, reason }
    })
}

/// The error for a bad row of a strict client.
pub(crate) fn too_strict(raw: &Raw, bad: &BadRow) -> Error {
    raw.blame(
        Error::new(ErrorKind::Decode, bad.to_string())
            .hinted(after(raw, "Without strict, such rows are kept beside the others.")),
    )
}

/// A page of a list before its rows are decoded.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct RawPage {
    pub(crate) rows: Vec<RowAt>,
    pub(crate) total: Option<u64>,
    pub(crate) skip: Option<u64>,
    pub(crate) limit: Option<u64>,
    pub(crate) has_more: Option<bool>,
    pub(crate) next_cursor: Option<u64>,
}

impl RawPage {
    /// Takes in a member beside the list, if it says something about the page.
    fn tell<E>(&mut self, name: &[u8], value: impl FnOnce() -> Result<Value, E>) -> Result<(), E> {
        let count = match name {
            b"total" => &mut self.total,
            b"skip" => &mut self.skip,
            b"limit" => &mut self.limit,
            b"next_cursor" => &mut self.next_cursor,
            b"has_more" => {
                self.has_more = value()?.as_bool();
                return Ok(());
            }
            _ => return Ok(()),
        };
        *count = number(&value()?);
        Ok(())
    }

    /// The same page with no row held against its type.
    #[cfg(fuzzing)]
    fn unchecked(&self) -> Self {
        let rows = self.rows.iter().map(|row| RowAt { fits: false, ..row.clone() }).collect();
        Self { rows, ..*self }
    }

    /// The id of the last row, as text.
    pub(crate) fn last_id(&self, raw: &Raw) -> Option<String> {
        self.rows.last()?.id.clone().and_then(|id| id_text(&raw.bytes[id]))
    }
}

/// Finds the rows of a page and what the service says about it. The rows are those of the member `list`, held against
/// `ty` where that is quick, and identified by their member `id`.
pub(crate) fn page(raw: &Raw, list: &'static str, ty: &Type, id: &str) -> Result<RawPage, Error> {
    let found = match plain_page(raw, list, ty, id) {
        Some(found) => {
            #[cfg(fuzzing)]
            assert_eq!(
                found.as_ref().map(RawPage::unchecked),
                any_page(raw, list, id)?,
                "two readings of a page"
            );
            found
        }
        None => any_page(raw, list, id)?,
    };
    found.ok_or_else(|| misshapen(raw, &format!("it has no list called {list}")))
}

/// What most pages are read by; `None` leaves one to [`any_page`].
fn plain_page(raw: &Raw, list: &str, ty: &Type, id: &str) -> Option<Option<RawPage>> {
    let mut page = RawPage::default();
    let rows = shape::page(&raw.bytes, list, ty, id, |name, value| {
        page.tell(name, || serde_json::from_slice(value)).ok()
    })?;
    Some(rows.map(|rows| RawPage { rows, ..page }))
}

/// Reads any page, and has the say on what is none.
fn any_page(raw: &Raw, list: &'static str, id: &str) -> Result<Option<RawPage>, Error> {
    let body = &raw.bytes;
    read_ranges(raw, |deserializer| deserializer.deserialize_map(PageOf { body, list, id }))
}

/// Runs a reader over the whole body.
fn read_ranges<'a, T>(
    raw: &'a Raw,
    read: impl FnOnce(&mut serde_json::Deserializer<serde_json::de::SliceRead<'a>>) -> serde_json::Result<T>,
) -> Result<T, Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(without_mark(&raw.bytes));
    read(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| unreadable(raw, &error))
}

/// Why a value could not be decoded.
enum Misfit {
    /// The bytes are not JSON.
    Malformed(serde_json::Error),
    /// They are, but of another shape.
    Data { path: String, reason: String },
}

/// Decodes a value; also gives its JSON with the integers of the type in plain digits, if some were not. Where a null
/// stands in the way and the value is fine without that member, the null counts as absent: services send null for an
/// empty list or map, also where they promise not to.
fn lenient<T: DeserializeOwned>(json: &[u8], ty: Option<&Type>) -> Result<(T, Option<Bytes>), Misfit> {
    match serde_json::from_slice(json) {
        Ok(value) => return Ok((value, None)),
        Err(error) if error.classify() != Category::Data => return Err(Misfit::Malformed(error)),
        Err(_) => {}
    }
    let plain = ty.and_then(|ty| shape::plain_integers(json, ty)).map(Bytes::from);
    let json = plain.as_deref().unwrap_or(json);
    if plain.is_some()
        && let Ok(value) = serde_json::from_slice(json)
    {
        return Ok((value, plain));
    }
    let mut value: Value = serde_json::from_slice(json).map_err(Misfit::Malformed)?;
    let mut first = None;
    // Each null costs a pass over the value: a large one with many of them is not worth a minute.
    let passes = (MAX_LENIENT_BYTES / json.len().max(1)).clamp(4, MAX_DROPPED);
    for _ in 0..passes {
        let error = match serde_path_to_error::deserialize::<_, T>(&value) {
            Ok(decoded) => return Ok((decoded, plain)),
            Err(error) => error,
        };
        let steps: Vec<Step> = error.path().iter().map(Step::from).collect();
        // The first problem is the one to report: those after it are of our own making.
        first.get_or_insert_with(|| Misfit::Data {
            // Names of members are the service's, and it may have put anything there.
            path: redact::foreign(&error.path().to_string(), None),
            reason: if is_large_integer(error.inner(), &mut value, &steps) {
                "the integer is outside the range of 64 bits".to_owned()
            } else {
                redact::reason(error.inner())
            },
        });
        if !drop_null(&mut value, &steps) {
            break;
        }
    }
    Err(first.unwrap_or_else(|| Misfit::Data { path: ".".to_owned(), reason: "it does not fit".to_owned() }))
}

/// A step of a path into a value.
enum Step {
    Member(String),
    Element(usize),
    /// A step that leads nowhere in the JSON, such as the variant of an enum.
    Other,
}

impl From<&Segment> for Step {
    fn from(segment: &Segment) -> Self {
        match segment {
            Segment::Seq { index } => Self::Element(*index),
            Segment::Map { key } => Self::Member(key.clone()),
            _ => Self::Other,
        }
    }
}

/// What is at the end of a path.
fn at<'a>(value: &'a mut Value, steps: &[Step]) -> Option<&'a mut Value> {
    steps.iter().try_fold(value, |value, step| match (step, value) {
        (Step::Member(name), Value::Object(members)) => members.get_mut(name),
        (Step::Element(index), Value::Array(elements)) => elements.get_mut(*index),
        (Step::Other, same) => Some(same),
        _ => None,
    })
}

/// Whether it is the size of an integer that does not fit; serde speaks of a floating point number.
fn is_large_integer(error: &serde_json::Error, value: &mut Value, steps: &[Step]) -> bool {
    error.to_string().contains(", expected i64")
        && at(value, steps)
            .and_then(|value| value.as_f64().filter(|_| !value.is_i64()))
            .is_some_and(|number| number.fract() == 0.0)
}

/// Takes the member at the end of the path out, if it is null. Whether that happened.
fn drop_null(value: &mut Value, steps: &[Step]) -> bool {
    let Some((Step::Member(last), before)) = steps.split_last() else {
        return false;
    };
    match at(value, before) {
        Some(Value::Object(members)) if members.get(last).is_some_and(Value::is_null) => {
            members.remove(last);
            true
        }
        _ => false,
    }
}

/// What JSON may hold but this SDK does not, where that is the problem.
fn limit(error: &serde_json::Error) -> Option<&'static str> {
    let text = error.to_string();
    let is = |start| text.starts_with(start);
    if is("recursion limit exceeded") {
        Some("it is nested more than 127 levels deep")
    } else if is("number out of range") {
        Some("a number is out of range")
    } else {
        None
    }
}

/// The error for a body that cannot be read at all.
fn unreadable(raw: &Raw, error: &serde_json::Error) -> Error {
    const PROXY: &str =
        "Something in between answered in place of the service: check the base URL and any proxy.";
    let body = without_mark(&raw.bytes).trim_ascii();
    let media_type = raw
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|value| value.split(';').next().unwrap_or(value).trim().to_ascii_lowercase())
        .unwrap_or_default();
    let is_json = media_type.is_empty() || media_type.ends_with("json");
    let is_page = media_type.contains("html") || body.starts_with(b"<");
    let (message, hint) = if body.is_empty() {
        ("the answer is empty, not JSON".to_owned(), PROXY)
    } else if is_page {
        ("the answer is a web page, not JSON".to_owned(), PROXY)
    } else if let Err(error) = std::str::from_utf8(&raw.bytes) {
        (
            format!("the answer is not UTF-8 text (from byte {})", error.valid_up_to()),
            "The whole of it is in this error's body.",
        )
    } else if !is_json {
        (format!("the answer is {}, not JSON", redact::foreign(&media_type, None)), PROXY)
    } else {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            Category::Eof => (format!("the answer is cut off after {} bytes", raw.bytes.len()), "Try again."),
            Category::Data => return misshapen(raw, &redact::reason(error)),
            _ if let Some(limit) = limit(error) => {
                return misshapen(raw, &format!("{limit} (line {line}, column {column})"));
            }
            _ => (
                format!("the answer is malformed JSON (line {line}, column {column})"),
                "The whole of it is in this error's body.",
            ),
        }
    };
    raw.blame(Error::new(ErrorKind::Decode, message).hinted(after(raw, hint)))
}

/// The error for a body that is JSON of another shape.
fn misshapen(raw: &Raw, what: &str) -> Error {
    let hint = after(raw, "The whole of it is in this error's body; the service may have changed.");
    raw.blame(
        Error::new(ErrorKind::Decode, format!("the answer is not of the documented shape: {what}"))
            .hinted(hint),
    )
}

/// A hint that does not let a change pass for one that failed.
fn after(raw: &Raw, hint: &'static str) -> Cow<'static, str> {
    match raw.operation.kind {
        Kind::Read => hint.into(),
        _ => format!("The request was answered with success: check before repeating it. {hint}").into(),
    }
}

/// Where a borrowed piece lies in the body that it was cut from.
fn place(body: &[u8], piece: &RawValue) -> Range<usize> {
    let start = piece.get().as_ptr().addr() - body.as_ptr().addr();
    start..start + piece.get().len()
}

/// The places of an array's elements.
struct Elements(Vec<Range<usize>>);

/// Reads [`Elements`] of an array within this body.
struct ElementsOf<'a>(&'a [u8]);

impl<'de> DeserializeSeed<'de> for ElementsOf<'_> {
    type Value = Elements;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Elements, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ElementsOf<'_> {
    type Value = Elements;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Elements, A::Error> {
        let mut ranges = Vec::new();
        while let Some(element) = elements.next_element::<&RawValue>()? {
            ranges.push(place(self.0, element));
        }
        Ok(Elements(ranges))
    }
}

/// Reads a [`RawPage`]; `None` if the list is not there.
struct PageOf<'a> {
    body: &'a [u8],
    list: &'static str,
    id: &'a str,
}

impl<'de> Visitor<'de> for PageOf<'_> {
    type Value = Option<RawPage>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a page with a list called {}", self.list)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Option<RawPage>, A::Error> {
        let mut page = RawPage::default();
        let mut rows = None;
        while let Some(name) = members.next_key::<String>()? {
            if name == self.list {
                rows = Some(members.next_value_seed(ElementsOf(self.body))?);
                continue;
            }
            let value = members.next_value::<&RawValue>()?;
            page.tell(name.as_bytes(), || serde_json::from_str(value.get())).map_err(de::Error::custom)?;
        }
        let Some(Elements(rows)) = rows else { return Ok(None) };
        let at = |range: Range<usize>| {
            let id = row_id(&self.body[range.clone()], self.id).map(|id| place(self.body, id));
            RowAt { range, id, fits: false }
        };
        Ok(Some(RawPage { rows: rows.into_iter().map(at).collect(), ..page }))
    }
}

/// A count, also if it is written as `3.0`; anything else counts as not told.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number = value.as_f64()?;
        (number.fract() == 0.0 && (0.0..9e15).contains(&number)).then_some(number as u64)
    })
}

/// The member of a row that identifies it; `None` if the row has none or it can't be told from others by it.
fn row_id<'a>(row: &'a [u8], member: &str) -> Option<&'a RawValue> {
    struct IdOf<'m>(&'m str);

    impl<'de> Visitor<'de> for IdOf<'_> {
        type Value = Option<&'de RawValue>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a row")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
            let mut found = None;
            while let Some(is_id) = members.next_key_seed(Is(self.0))? {
                if is_id {
                    found = Some(members.next_value()?);
                } else {
                    members.next_value::<IgnoredAny>()?;
                }
            }
            Ok(found)
        }
    }

    /// Whether a key is this one, without keeping it.
    struct Is<'m>(&'m str);

    impl<'de> DeserializeSeed<'de> for Is<'_> {
        type Value = bool;

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
            deserializer.deserialize_str(self)
        }
    }

    impl Visitor<'_> for Is<'_> {
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a key")
        }

        fn visit_str<E: de::Error>(self, key: &str) -> Result<bool, E> {
            Ok(key == self.0)
        }
    }

    if member.is_empty() {
        return None;
    }
    let id = serde_json::Deserializer::from_slice(row).deserialize_map(IdOf(member)).ok()??;
    identifies(id.get().as_bytes()).then_some(id)
}

/// Whether a value can be an id.
pub(crate) fn identifies(json: &[u8]) -> bool {
    !matches!(json.first(), None | Some(b'n' | b'{' | b'['))
}

/// An id as text: without the quotes of JSON.
fn id_text(json: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(serde_json::Number),
    }
    Some(match serde_json::from_slice(json).ok()? {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::time::Duration;

    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    use super::*;
    use crate::testing::operation;
    use crate::types;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        name: String,
        #[serde(default)]
        tags: Vec<String>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Outer {
        id: u32,
        #[serde(default)]
        limits: BTreeMap<String, f64>,
        #[serde(default)]
        inner: Vec<Inner>,
        title: Option<String>,
    }

    impl Shaped for Inner {
        const TYPE: Type = Type::Unknown;
    }

    impl Shaped for Outer {
        const TYPE: Type = Type::Unknown;
    }

    fn raw(body: impl Into<Bytes>) -> Raw {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, "application/json".parse().unwrap());
        Raw {
            operation: operation("members.list"),
            status: StatusCode::OK,
            headers,
            bytes: body.into(),
            request_id: Arc::from("r-1"),
            attempts: 1,
            waited: Duration::ZERO,
            elapsed: Duration::ZERO,
        }
    }

    #[test]
    fn a_null_for_a_list_or_map_reads_as_absent() {
        let outer: Outer = object(&raw(
            r#"{"id":1,"limits":null,"inner":[{"name":"a","tags":null},{"name":"b","tags":["x"]}],"title":null}"#,
        ))
        .unwrap();
        assert!(outer.limits.is_empty() && outer.title.is_none());
        assert_eq!(outer.inner[0].tags.len(), 0);
        assert_eq!(outer.inner[1].tags, ["x"]);
    }

    #[test]
    fn a_null_for_what_is_required_does_not() {
        let error = object::<Outer>(&raw(r#"{"id":1,"inner":[{"name":null}]}"#)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        let shown = error.to_string();
        assert!(
            shown.contains("members.list: the answer is not of the documented shape: at inner[0].name"),
            "{shown}"
        );
        assert!(shown.contains("invalid type: null, expected a string"), "{shown}");
        assert_eq!((error.status(), error.request_id()), (Some(200), Some("r-1")));
        assert!(error.body().is_some());
    }

    #[test]
    fn many_nulls_end() {
        let inner: Vec<_> = (0..10_000).map(|_| r#"{"name":"a","tags":null}"#).collect();
        let body = format!(r#"{{"id":1,"inner":[{}]}}"#, inner.join(","));
        assert!(object::<Outer>(&raw(body)).is_err());
    }

    #[test]
    fn rows_stand_alone() {
        let body = r#"[{"name":"a"},{"name":7,"x":"canary"},{"name":"c","tags":null}]"#;
        let rows: Rows<Inner> = array(&raw(body), false, row).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows.bad[0].index, 1);
        assert_eq!(rows.bad[0].path, "name");
        assert_eq!(rows.bad[0].json, r#"{"name":7,"x":"canary"}"#);
        assert!(!format!("{:?} {}", rows.bad, rows.bad[0]).contains("canary"));
        let error = array::<Inner>(&raw(body), true, row).unwrap_err();
        assert!(error.to_string().contains("row 1 does not fit at name"), "{error}");
        assert!(error.body().is_some() && error.status() == Some(200));
    }

    #[test]
    fn pages_are_cut_into_rows() {
        let raw = raw(
            r#" {"items": [ {"id":1} , {"a":[2],"id":null}, {"id":"ü"} ], "total":3.0, "skip":0, "limit":100, "has_more":false, "next_cursor":null, "new":{}} "#,
        );
        for page in
            [page(&raw, "items", &Type::Any, "id").unwrap(), any_page(&raw, "items", "id").unwrap().unwrap()]
        {
            let text = |range: &Range<usize>| std::str::from_utf8(&raw.bytes[range.clone()]).unwrap();
            let rows: Vec<_> =
                page.rows.iter().map(|row| (text(&row.range), row.id.as_ref().map(text))).collect();
            assert_eq!(
                rows,
                [
                    (r#"{"id":1}"#, Some("1")),
                    (r#"{"a":[2],"id":null}"#, None),
                    (r#"{"id":"ü"}"#, Some("\"ü\""))
                ]
            );
            assert_eq!(
                (page.total, page.skip, page.limit, page.has_more, page.next_cursor),
                (Some(3), Some(0), Some(100), Some(false), None)
            );
            assert_eq!(page.last_id(&raw).as_deref(), Some("ü"));
        }
    }

    /// A page with rows of all sorts.
    const PAGE: &str = r#"{"items":[{"org_id":"o1","max_cycle_acu_limit":5},{"org_id":"o\u00e92","x":[1,-0,2.5e3,"\n"]},
        {"org_id":null},{},[],"\ud800",{"a":{"b":[true,false,null]},"org_id":"\\\"/é😀"}],"total":-7.0,"has_more":true}"#;

    #[test]
    fn both_readers_of_pages_agree() {
        let mut random = fastrand::Rng::with_seed(11);
        let (mut plain, mut broken) = (0, 0);
        for _ in 0..50_000 {
            let mut text = PAGE.to_owned().into_bytes();
            // Rows that are no objects are never plain.
            if random.u8(..) < 230 {
                text = PAGE.replace(r#"[],"\ud800","#, "").into_bytes();
            }
            for _ in 0..random.usize(..3) {
                let at = random.usize(..text.len());
                match random.u8(..3) {
                    0 => text[at] = random.u8(..),
                    1 => text[at] = random.choice(*b"\"\\{}[],:0-1eE+.u tZnul/\n\x1f").unwrap_or(b' '),
                    _ => drop(text.remove(at)),
                }
            }
            let raw = raw(text);
            let any = any_page(&raw, "items", "org_id");
            broken += u32::from(any.is_err());
            let Some(page) = plain_page(&raw, "items", &types::Organization::TYPE, "org_id") else {
                continue;
            };
            plain += 1;
            let mut page = page;
            for row in page.iter_mut().flat_map(|page| &mut page.rows) {
                row.fits = false;
            }
            assert_eq!(any.unwrap(), page, "{}", String::from_utf8_lossy(&raw.bytes));
        }
        assert!(plain > 10_000 && broken > 10_000, "{plain} were plain, {broken} broken");
    }

    #[test]
    fn a_row_that_is_not_plain_leaves_the_others_so() {
        let row = r#"{"group_name":"g","org_count":1,"role_by_org_id":{}}"#;
        let odd = row.replace('1', "1e999");
        let raw = raw(format!(r#"{{"items":[{row},{odd},{row}]}}"#));
        let page = page(&raw, "items", &types::Group::TYPE, "group_name").unwrap();
        assert_eq!(page.rows.iter().map(|row| row.fits).collect::<Vec<_>>(), [true, false, true]);
    }

    #[test]
    fn unreadable_answers_say_why() {
        let page =
            |body: &[u8]| page(&raw(Bytes::copy_from_slice(body)), "items", &Type::Any, "").unwrap_err();
        for (body, words) in [
            (&b""[..], "is empty"),
            (b"  \n", "is empty"),
            (b"<html><title>Sign in</title></html>", "a web page, not JSON"),
            (b"{\"items\":[\"\xff\"]}", "not UTF-8"),
            (b"{\"items\":[1,2", "cut off after 13 bytes"),
            (b"{\"items\":[1,,2]}", "malformed JSON (line 1, column 13)"),
            (b"{\"items\":[]} x", "malformed JSON"),
            (b"{\"rows\":[]}", "no list called items"),
            (b"{\"items\":null}", "invalid type: null, expected a list"),
            (b"[]", "expected a page with a list called items"),
        ] {
            let error = page(body);
            assert_eq!((error.kind(), error.operation()), (ErrorKind::Decode, Some("members.list")));
            assert!(error.to_string().contains(words), "{error}");
        }
        let mut text = raw("sorry");
        text.headers.insert(CONTENT_TYPE, "text/plain; charset=utf-8".parse().unwrap());
        let error = object::<Outer>(&text).unwrap_err();
        assert!(
            error.to_string().contains("is text/plain, not JSON") && error.to_string().contains("proxy"),
            "{error}"
        );
    }

    #[test]
    fn ids_are_found_in_raw_rows() {
        let row_id = |row: &'static str, member| row_id(row.as_bytes(), member).map(RawValue::get);
        assert_eq!(row_id(r#"{"x":{"id":1},"id":"a|b","y":[1]}"#, "id"), Some("\"a|b\""));
        assert_eq!(row_id(r#"{"id":7}"#, "id"), Some("7"));
        for row in [r#"{"id":null}"#, r#"{"id":{}}"#, "{}", "[]", "{"] {
            assert_eq!(row_id(row, "id"), None);
        }
        assert_eq!(row_id(r#"{"id":7}"#, ""), None);
        assert_eq!(id_text(b"\"a\\u007cb\"").as_deref(), Some("a|b"));
        assert_eq!(id_text(b"7").as_deref(), Some("7"));
    }
}
