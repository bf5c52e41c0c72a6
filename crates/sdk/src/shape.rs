//! Whether JSON certainly fits its type, found out without making a value of it.
//!
//! The types decide what fits, by decoding. Most rows fit beyond doubt, and for them this is a short cut: it looks at
//! their bytes once and makes nothing. Whatever is not plain to see is *not certain*, and is decoded.
//!
//! The same knowledge finds the integers that are written in another way (`3.0`), which serde would refuse.

use std::collections::BTreeMap;
use std::ops::Range;

use devin_v2_api::{Secret, Timestamp};

use crate::decode::{BYTE_ORDER_MARK, identifies};

/// What is known of a type.
#[allow(dead_code, reason = "not every document needs everything")]
pub(crate) enum Type {
    /// Nothing: never certain.
    Unknown,
    Any,
    String,
    Integer,
    Number,
    Boolean,
    Time,
    UnixMillis,
    List(&'static Type),
    Map(&'static Type),
    Object(&'static [Field]),
}

/// A field of an object. Fields that are not listed may hold anything.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) ty: Type,
    pub(crate) required: bool,
    pub(crate) nullable: bool,
}

/// A type that something is known of.
pub(crate) trait Shaped {
    /// What is known.
    const TYPE: Type;
}

impl Shaped for String {
    const TYPE: Type = Type::String;
}

impl Shaped for serde_json::Value {
    const TYPE: Type = Type::Any;
}

impl Shaped for i64 {
    const TYPE: Type = Type::Integer;
}

impl Shaped for f64 {
    const TYPE: Type = Type::Number;
}

impl Shaped for bool {
    const TYPE: Type = Type::Boolean;
}

impl Shaped for Timestamp {
    const TYPE: Type = Type::Time;
}

impl Shaped for Secret {
    const TYPE: Type = Type::String;
}

impl<T: Shaped> Shaped for Vec<T> {
    const TYPE: Type = Type::List(&const { T::TYPE });
}

impl<T: Shaped> Shaped for BTreeMap<String, T> {
    const TYPE: Type = Type::Map(&const { T::TYPE });
}

/// Deeper values are left to the decoder.
const MAX_DEPTH: usize = 24;
/// Still deeper ones are refused by the decoder.
const MAX_LENIENT_DEPTH: usize = 128;
/// The most digits of a 64-bit integer.
const MAX_INTEGER_DIGITS: usize = 19;
/// Longer numbers are left to the decoder, which finds out whether they are too large.
const MAX_DIGITS: usize = 18;
/// Times in milliseconds with more digits (from the year 5138 on) are left to the decoder.
const MAX_MILLIS_DIGITS: usize = 14;
/// Objects with more fields are left to the decoder.
const MAX_FIELDS: usize = 128;

/// Whether `json`, which is UTF-8, is well-formed and certainly fits.
pub(crate) fn certainly_fits<T: Shaped>(json: &[u8]) -> bool {
    let mut scan = Scan::new(json);
    scan.value(&const { T::TYPE }, 0).is_some() && scan.at == json.len()
}

/// `json`, which is UTF-8, with every integer of the type in plain digits; `None` if nothing changes. JSON Schema has no
/// other notion of an integer than its value: `3.0`, `1e2` and `-0` are some. What does not fit stays as it is, for the
/// decoder to say.
pub(crate) fn plain_integers(json: &[u8], ty: &Type) -> Option<Vec<u8>> {
    let mut scan = Scan { lenient: true, ..Scan::new(json) };
    scan.space();
    let mut found = Vec::new();
    scan.integers(ty, 0, &mut found)?;
    if found.is_empty() {
        return None;
    }
    let mut plain = Vec::with_capacity(json.len());
    let mut copied = 0;
    for (range, integer) in found {
        plain.extend_from_slice(&json[copied..range.start]);
        plain.extend_from_slice(integer.as_bytes());
        copied = range.end;
    }
    plain.extend_from_slice(&json[copied..]);
    Some(plain)
}

/// The integer that a JSON number is, in plain digits: `None` if it is none, is too large, or is plain already.
fn plain_integer(number: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(number).ok()?;
    if text != "-0" && !text.contains(['.', 'e', 'E']) {
        return None;
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [whole, fraction].concat();
    let significant = digits.trim_matches('0');
    if significant.is_empty() {
        return Some("0".to_owned());
    }
    let zeros = digits.len() - digits.trim_end_matches('0').len();
    let zeros =
        exponent.parse::<i64>().ok()?.checked_sub(fraction.len() as i64)?.checked_add(zeros as i64)?;
    let zeros = usize::try_from(zeros).ok()?;
    let fits = significant.len().saturating_add(zeros) <= MAX_INTEGER_DIGITS;
    fits.then(|| format!("{sign}{significant}{}", "0".repeat(zeros)))
}

/// A row where it lies in its page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RowAt {
    pub(crate) range: Range<usize>,
    /// The value of the member that identifies it.
    pub(crate) id: Option<Range<usize>>,
    /// Whether it certainly fits its type.
    pub(crate) fits: bool,
}

/// Finds the rows of a page in one pass: those of the member `list`, held against `ty`, with their member `id`. Names and
/// values of all other members go to `other`. `None` if it is not plain to see that all of it is well-formed; otherwise
/// the rows, if there is such a list.
pub(crate) fn page<'a>(
    json: &'a [u8],
    list: &str,
    ty: &Type,
    id: &str,
    mut other: impl FnMut(&[u8], &'a [u8]) -> Option<()>,
) -> Option<Option<Vec<RowAt>>> {
    std::str::from_utf8(json).ok()?;
    let mut rows = None;
    let mut scan = Scan::new(json);
    let _ = scan.word(BYTE_ORDER_MARK);
    scan.space();
    scan.members(|scan| {
        let name = scan.name()?;
        scan.colon()?;
        if name != list.as_bytes() {
            let start = scan.at;
            scan.any(1)?;
            return other(name, &json[start..scan.at]);
        }
        let mut found = Vec::new();
        scan.list(|scan| {
            found.push(scan.row(ty, id)?);
            Some(())
        })?;
        rows.replace(found).is_none().then_some(())
    })?;
    scan.space();
    (scan.at == json.len()).then_some(rows)
}

/// A pass over the bytes. Every method moves behind what it read; `None` is "not certain".
struct Scan<'a> {
    json: &'a [u8],
    at: usize,
    /// Whether being well-formed is enough, since the decoder will have the say.
    lenient: bool,
}

impl<'a> Scan<'a> {
    fn new(json: &'a [u8]) -> Self {
        Self { json, at: 0, lenient: false }
    }

    fn row(&mut self, ty: &Type, id: &str) -> Option<RowAt> {
        let (json, start) = (self.json, self.at);
        let row = |scan: &mut Self, fields: &[Field], fits: bool| {
            let mut found = None;
            scan.object(fields, 0, |name, value| {
                if name == id.as_bytes() && !name.is_empty() {
                    found = identifies(&json[value.clone()]).then_some(value);
                }
            })?;
            Some(RowAt { range: start..scan.at, id: found, fits })
        };
        if let Type::Object(fields) = ty
            && let Some(row) = row(self, fields, true)
        {
            return Some(row);
        }
        self.at = start;
        self.lenient = true;
        let row = row(self, &[], false);
        self.lenient = false;
        row
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    #[inline]
    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    #[inline]
    fn byte(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    #[inline]
    fn word(&mut self, wanted: &[u8]) -> Option<()> {
        self.json.get(self.at..)?.starts_with(wanted).then(|| self.at += wanted.len())
    }

    /// A text, still with its escapes. It has no halves of surrogate pairs, unless they are left to the decoder.
    #[inline]
    fn string(&mut self) -> Option<&'a [u8]> {
        self.byte(b'"')?;
        let start = self.at;
        loop {
            self.plain();
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return self.json.get(start..self.at - 1);
                }
                b'\\' => self.escape()?,
                _ => return None,
            }
        }
    }

    /// Moves to the next quote, backslash or control character, eight bytes at a time.
    #[inline]
    fn plain(&mut self) {
        const ONES: u64 = u64::from_ne_bytes([1; 8]);
        const TOPS: u64 = ONES << 7;
        // The lowest byte whose top bit is set in one of these is the first below the bound; those after it may be wrong.
        let below = |bytes: u64, bound: u8| bytes.wrapping_sub(ONES * u64::from(bound)) & !bytes;
        let equal = |bytes: u64, byte: u8| below(bytes ^ (ONES * u64::from(byte)), 1);
        while let Some(chunk) = self.json.get(self.at..).and_then(<[u8]>::first_chunk) {
            let bytes = u64::from_le_bytes(*chunk);
            let special = (below(bytes, b' ') | equal(bytes, b'"') | equal(bytes, b'\\')) & TOPS;
            if special != 0 {
                self.at += special.trailing_zeros() as usize / 8;
                return;
            }
            self.at += 8;
        }
        while self.peek().is_some_and(|byte| !matches!(byte, 0..b' ' | b'"' | b'\\')) {
            self.at += 1;
        }
    }

    fn escape(&mut self) -> Option<()> {
        match self.json.get(self.at + 1)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 2,
            b'u' => {
                let digits = self.json.get(self.at + 2..self.at + 6)?;
                let digit = |code: u32, digit: &u8| Some(code << 4 | char::from(*digit).to_digit(16)?);
                let code = digits.iter().try_fold(0, digit)?;
                if char::from_u32(code).is_none() && !self.lenient {
                    return None;
                }
                self.at += 6;
            }
            _ => return None,
        }
        Some(())
    }

    /// The name of a member, if it has no escapes.
    fn name(&mut self) -> Option<&'a [u8]> {
        self.string().filter(|name| !name.contains(&b'\\'))
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    /// A number, of moderate size unless that is left to the decoder; whether it is whole.
    fn number(&mut self) -> Option<bool> {
        let start = self.at;
        let negative = self.byte(b'-').is_some();
        let zero = self.byte(b'0').is_some();
        if !zero {
            self.digits()?;
        }
        let whole = self.byte(b'.').is_none();
        if !whole {
            self.digits()?;
        }
        let exponent = self.byte(b'e').or_else(|| self.byte(b'E')).is_some();
        if exponent {
            let _ = self.byte(b'+').or_else(|| self.byte(b'-'));
            self.digits()?;
        }
        // The decoder takes -0 for a fraction.
        let moderate = self.at - start <= MAX_DIGITS && !exponent && !(negative && zero);
        (moderate || self.lenient).then_some(whole)
    }

    fn value(&mut self, ty: &Type, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        match ty {
            Type::Unknown => None,
            Type::Any => self.any(depth),
            Type::String => self.string().map(drop),
            Type::Integer => self.number()?.then_some(()),
            Type::Number => self.number().map(drop),
            Type::Boolean => self.word(b"true").or_else(|| self.word(b"false")),
            Type::Time => is_time(self.string()?).then_some(()),
            Type::UnixMillis => {
                let start = self.at;
                let whole = self.number()?;
                (whole && self.at - start <= MAX_MILLIS_DIGITS).then_some(())
            }
            Type::List(inner) => self.list(|scan| scan.value(inner, depth + 1)),
            Type::Map(inner) => self.members(|scan| {
                scan.string()?;
                scan.colon()?;
                scan.value(inner, depth + 1)
            }),
            Type::Object(fields) => self.object(fields, depth, |_, _| ()),
        }
    }

    /// Finds the integers of a type that are not in plain digits, and what they are. Whatever does not fit is passed.
    fn integers(&mut self, ty: &Type, depth: usize, found: &mut Vec<(Range<usize>, String)>) -> Option<()> {
        if depth > MAX_LENIENT_DEPTH {
            return None;
        }
        match (ty, self.peek()?) {
            (Type::Integer, b'-' | b'0'..=b'9') => {
                let start = self.at;
                self.number()?;
                let range = start..self.at;
                found.extend(plain_integer(&self.json[range.clone()]).map(|integer| (range, integer)));
                Some(())
            }
            (Type::List(inner), b'[') => self.list(|scan| scan.integers(inner, depth + 1, found)),
            (Type::Map(inner), b'{') => self.members(|scan| {
                scan.string()?;
                scan.colon()?;
                scan.integers(inner, depth + 1, found)
            }),
            (Type::Object(fields), b'{') => self.members(|scan| {
                let name = scan.string()?;
                scan.colon()?;
                match fields.iter().find(|field| field.name.as_bytes() == name) {
                    Some(field) => scan.integers(&field.ty, depth + 1, found),
                    None => scan.any(depth + 1),
                }
            }),
            _ => self.any(depth),
        }
    }

    fn any(&mut self, depth: usize) -> Option<()> {
        if depth > if self.lenient { MAX_LENIENT_DEPTH } else { MAX_DEPTH } {
            return None;
        }
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'{' => self.members(|scan| {
                scan.string()?;
                scan.colon()?;
                scan.any(depth + 1)
            }),
            b'[' => self.list(|scan| scan.any(depth + 1)),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number().map(drop),
        }
    }

    fn list(&mut self, mut element: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.byte(b'[')?;
        self.space();
        if self.byte(b']').is_some() {
            return Some(());
        }
        loop {
            element(self)?;
            self.space();
            if self.byte(b']').is_some() {
                return Some(());
            }
            self.byte(b',')?;
            self.space();
        }
    }

    /// The name is this one, and plainly so.
    #[inline]
    fn is_named(&mut self, name: &str) -> Option<()> {
        let rest = self.json.get(self.at..)?.strip_prefix(b"\"")?.strip_prefix(name.as_bytes())?;
        rest.starts_with(b"\"").then(|| self.at += name.len() + 2)
    }

    /// Between a name and its value.
    #[inline]
    fn colon(&mut self) -> Option<()> {
        self.space();
        self.byte(b':')?;
        self.space();
        Some(())
    }

    fn members(&mut self, mut member: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.byte(b'{')?;
        self.space();
        if self.byte(b'}').is_some() {
            return Some(());
        }
        loop {
            member(self)?;
            self.space();
            if self.byte(b'}').is_some() {
                return Some(());
            }
            self.byte(b',')?;
            self.space();
        }
    }

    /// An object with these fields. `each` gets the names of its members, and where their values lie.
    fn object(
        &mut self,
        fields: &[Field],
        depth: usize,
        mut each: impl FnMut(&[u8], Range<usize>),
    ) -> Option<()> {
        if fields.len() > MAX_FIELDS {
            return None;
        }
        let mut seen = 0_u128;
        // Mostly, fields come in the order of the document.
        let mut likely = 0;
        self.members(|scan| {
            let (name, index) = match fields.get(likely) {
                Some(field) if scan.is_named(field.name).is_some() => (field.name.as_bytes(), Some(likely)),
                _ => {
                    let name = scan.name()?;
                    (name, fields.iter().position(|field| field.name.as_bytes() == name))
                }
            };
            scan.colon()?;
            let start = scan.at;
            match index {
                None => scan.any(depth + 1)?,
                Some(index) => {
                    likely = index + 1;
                    let bit = 1_u128 << index;
                    if seen & bit != 0 {
                        return None;
                    }
                    seen |= bit;
                    let field = &fields[index];
                    if !field.nullable || scan.word(b"null").is_none() {
                        scan.value(&field.ty, depth + 1)?;
                    }
                }
            }
            each(name, start..scan.at);
            Some(())
        })?;
        let required = |(index, field): (usize, &Field)| !field.required || seen & (1 << index) != 0;
        fields.iter().enumerate().all(required).then_some(())
    }
}

/// Whether a text is a time as the service writes most of them: `2025-12-05T08:00:00Z`, with or without a fraction.
fn is_time(text: &[u8]) -> bool {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, ref end @ ..] =
        text
    else {
        return false;
    };
    let number = |tens: u8, ones: u8| {
        let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
        (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
    };
    let [Some(century), Some(year), Some(month), Some(day), Some(hour), Some(minute), Some(second)] = [
        number(y1, y2),
        number(y3, y4),
        number(m1, m2),
        number(d1, d2),
        number(h1, h2),
        number(n1, n2),
        number(s1, s2),
    ] else {
        return false;
    };
    let year = century * 100 + year;
    let days = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    let ended = match end {
        b"Z" => true,
        [b'.', digits @ .., b'Z'] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    ended && year > 0 && (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;
    use crate::decode::RawRow;
    use crate::{decode, types};

    fn session() -> Value {
        json!({
            "session_id": "devin-1", "url": "https://example.com/1", "status": "running", "tags": ["a", "b"],
            "org_id": "org-1", "created_at": "2026-02-28T23:59:59.123456Z", "updated_at": "2026-03-01T08:00:00Z",
            "acus_consumed": 1.5, "pull_requests": [{"url": "https://example.com", "state": null}], "title": null,
            "user_id": "email|1"
        })
    }

    fn insight() -> Value {
        let mut row = session();
        row["initial_user_message"] = json!("say \"hello\"");
        row["session_analysis"] = json!({
            "suggested_prompt": {"original_prompt": "a", "suggested_prompt": "b", "feedback_items": [
                {"issue_id": null, "summary": "s", "excerpt": "e", "details": null}
            ]},
            "action_items": [{"issue_id": "1", "type": "t", "action_item": "x"}],
            "issues": [{"issue": "i", "impact": "high", "label": "l"}],
            "timeline": [{"title": "t", "description": "d"}]
        });
        row
    }

    fn group() -> Value {
        json!({"group_name": "g", "org_count": 1, "role_by_org_id": {"org-1": "org_admin"}})
    }

    #[test]
    fn usual_rows_are_certain() {
        assert!(certainly_fits::<types::Session>(session().to_string().as_bytes()));
        assert!(certainly_fits::<types::SessionInsight>(insight().to_string().as_bytes()));
        assert!(certainly_fits::<types::Group>(group().to_string().as_bytes()));
        let spaced = serde_json::to_string_pretty(&session()).unwrap();
        assert!(certainly_fits::<types::Session>(spaced.as_bytes()));
        let mut more = session();
        more["new"] = json!({"a": [1, -2.5, true, null, "x"], "b": {}});
        assert!(certainly_fits::<types::Session>(more.to_string().as_bytes()));
    }

    #[test]
    fn what_does_not_fit_is_never_certain() {
        let with = |name: &str, value: Value| {
            let mut row = session();
            row[name] = value;
            row.to_string()
        };
        for row in [
            with("session_id", json!(null)),
            with("acus_consumed", json!("1.5")),
            with("created_at", json!("2026-02-29T00:00:00Z")),
            with("created_at", json!("2026-02-28T24:00:00Z")),
            with("tags", json!("a")),
            with("tags", json!([1])),
            with("pull_requests", json!([{}])),
            "[]".to_owned(),
            "{}".to_owned(),
            session().to_string().replacen('{', "{\"url\":\"\",", 1),
            session().to_string().replace("devin-1", "\\ud800"),
            session().to_string().replace("1.5", "1e999"),
        ] {
            assert!(!certainly_fits::<types::Session>(row.as_bytes()), "{row}");
        }
    }

    #[test]
    fn integers_are_told_by_their_value() {
        for (number, integer) in [
            ("-0", Some("0")),
            ("0.0", Some("0")),
            ("-0.000e99999999999999999999", Some("0")),
            ("3.0", Some("3")),
            ("1e2", Some("100")),
            ("1E+2", Some("100")),
            ("-12.50e1", Some("-125")),
            ("1200e-2", Some("12")),
            ("0.001e3", Some("1")),
            ("9007199254740993.0", Some("9007199254740993")),
            ("9223372036854775807.0", Some("9223372036854775807")),
            ("-9223372036854775808e0", Some("-9223372036854775808")),
            // Left to the decoder, which refuses them.
            ("1.5", None),
            ("1e-1", None),
            ("1e19", None),
            ("1e400", None),
            ("1e99999999999999999999", None),
            // Plain.
            ("0", None),
            ("-7", None),
            ("9223372036854775808", None),
        ] {
            assert_eq!(plain_integer(number.as_bytes()).as_deref(), integer, "{number}");
        }
    }

    #[test]
    fn only_integers_of_the_type_are_rewritten() {
        let ty = Type::List(&Type::Object(&[
            Field { name: "n", ty: Type::Map(&Type::Integer), required: true, nullable: false },
            Field { name: "x", ty: Type::Number, required: true, nullable: false },
        ]));
        let json =
            br#"[{"x":3.0,"n":{"a":3.0,"b":1,"c":1.5},"u":-0},null,{"n":7.0,"x":[1e2]}, {"n":{"a":-0}}]"#;
        let plain = plain_integers(json, &ty).unwrap();
        assert_eq!(
            std::str::from_utf8(&plain).unwrap(),
            r#"[{"x":3.0,"n":{"a":3,"b":1,"c":1.5},"u":-0},null,{"n":7.0,"x":[1e2]}, {"n":{"a":0}}]"#
        );
        assert_eq!(plain_integers(br#"[{"n":{"a":3}}]"#, &ty), None);
    }

    /// Tens of thousands of random changes: what is certain must decode.
    #[test]
    fn what_is_certain_decodes() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut certain = 0;
        for _ in 0..20_000 {
            certain += u32::from(agrees::<types::Session>(&mut random, session()));
            certain += u32::from(agrees::<types::SessionInsight>(&mut random, insight()));
            certain += u32::from(agrees::<types::Group>(&mut random, group()));
        }
        assert!(certain > 3_000, "only {certain} of the changed rows were certain");
    }

    fn agrees<T: Shaped + DeserializeOwned>(random: &mut fastrand::Rng, mut row: Value) -> bool {
        for _ in 0..random.usize(1..=2) {
            change(random, &mut row);
        }
        let mut text = row.to_string().into_bytes();
        if random.u8(..) < 40 {
            let at = random.usize(..text.len());
            text[at] = random.choice(*b"\"\\{}[],:0-1eE.u tZ\n").unwrap_or(b' ');
        }
        let certain = std::str::from_utf8(&text).is_ok() && certainly_fits::<T>(&text);
        if certain {
            let text = Bytes::from(text);
            let decoded = decode::row::<T>(RawRow { json: text.clone(), index: 0, fits: false });
            assert!(decoded.is_ok(), "{:?}: {}", decoded.err(), String::from_utf8_lossy(&text));
        }
        certain
    }

    /// Changes something somewhere in a value.
    fn change(random: &mut fastrand::Rng, value: &mut Value) {
        let inner = match value {
            Value::Object(members) if !members.is_empty() && random.u8(..) < 240 => {
                let names: Vec<String> = members.keys().cloned().collect();
                let name = &names[random.usize(..names.len())];
                match random.u8(..) {
                    0..20 => {
                        members.remove(name);
                        return;
                    }
                    20..60 => {
                        members.insert("unknown".to_owned(), any(random));
                        return;
                    }
                    _ => members.get_mut(name),
                }
            }
            Value::Array(elements) if !elements.is_empty() && random.u8(..) < 200 => {
                let index = random.usize(..elements.len());
                elements.get_mut(index)
            }
            _ => None,
        };
        match inner {
            Some(inner) => change(random, inner),
            None => *value = any(random),
        }
    }

    fn any(random: &mut fastrand::Rng) -> Value {
        let texts = [
            "",
            "x",
            "2026-01-31T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01",
            "\u{7}",
            "2026-01-01T00:00:00.1234567890Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999999Z",
            "é\\\"",
        ];
        match random.u8(..9) {
            0 => Value::Null,
            1 => json!(random.bool()),
            2 => json!(random.i64(..)),
            3 => json!(random.i8(..)),
            4 => json!(f64::from(random.i16(..)) / 8.0),
            5 => json!([any(random)]),
            6 => json!({"url": any(random)}),
            _ => json!(random.choice(texts)),
        }
    }
}
