use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An instant, as the service writes it: ISO 8601, to the nanosecond.
///
/// Reading is lenient, since the service leaves the time zone out in places (`org.created_at` of a snapshot). What is
/// read, here and in every other language of this project:
///
/// - A date, then `T`, `t` or a space, then a time: `2026-01-02T03:04:05`. The seconds may be left out, and so may the
///   whole time, which is then midnight.
/// - A fraction of a second of any length. Digits beyond the ninth are cut off, never rounded.
/// - A zone: `Z`, `z`, `+01:00`, `+0100` or `+01`. Without one, the time is UTC.
/// - Instants from `0001-01-01T00:00:00Z` to `9999-12-31T23:59:59.999999999Z`, after the offset is applied.
/// - A leap second (`:60`) counts as `:59`.
///
/// Anything else is an error: dates and times that do not exist (`2026-02-30`, `24:00:00`) too. What a caller passes
/// *in* is not read leniently: see `IntoTimestamp` in the `devin-v2` crate.
///
/// [`jiff::Timestamp`] ends on 9999-12-30T22:00:00.999999999Z, which is why this type is not one: `try_from` converts
/// to it, and fails for later instants.
///
/// ```
/// use devin_v2_api::Timestamp;
/// let naive: Timestamp = "2026-01-02T03:04:05.123456".parse().unwrap();
/// assert_eq!(naive.to_string(), "2026-01-02T03:04:05.123456Z");
/// assert_eq!(jiff::Timestamp::try_from(naive).unwrap().to_string(), naive.to_string());
///
/// let last: Timestamp = "9999-12-31T23:59:59Z".parse().unwrap();
/// assert_eq!(last.to_string(), "9999-12-31T23:59:59Z");
/// assert!(jiff::Timestamp::try_from(last).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime);

const YEARS: InvalidTimestamp = InvalidTimestamp("a time outside the years 1 to 9999");
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const UNIX_EPOCH: Self = Self(EPOCH);

    /// The instant at which UTC shows this date and time.
    pub const fn from_utc(utc: DateTime) -> Self {
        Self(utc)
    }

    /// The date and time in UTC.
    pub const fn to_utc(self) -> DateTime {
        self.0
    }

    /// The instant so many microseconds after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// If it lies outside the years 1 to 9999.
    pub fn from_microsecond(microseconds: i64) -> Result<Self, InvalidTimestamp> {
        let utc = EPOCH.checked_add(SignedDuration::from_micros(microseconds)).map_err(|_| YEARS)?;
        if utc.year() < 1 { Err(YEARS) } else { Ok(Self(utc)) }
    }

    /// Seconds since 1970-01-01T00:00:00Z. What is less than a second is cut off, towards the past.
    pub fn as_second(self) -> i64 {
        self.since_epoch().0
    }

    /// Microseconds since 1970-01-01T00:00:00Z. Nanoseconds are cut off, towards the past.
    pub fn as_microsecond(self) -> i64 {
        let (seconds, nanoseconds) = self.since_epoch();
        seconds * 1_000_000 + i64::from(nanoseconds / 1000)
    }

    /// The start of the second.
    pub fn whole_second(self) -> Self {
        let nanosecond = i64::from(self.0.subsec_nanosecond());
        Self(self.0.saturating_sub(SignedDuration::from_nanos(nanosecond)))
    }

    /// Reads a time as [`from_str`](Self::from_str) does, but only one that states its zone.
    ///
    /// # Errors
    /// The reason, without the text.
    pub fn parse_zoned(text: &str) -> Result<Self, InvalidTimestamp> {
        match read(text)? {
            (instant, true) => Ok(instant),
            (_, false) => Err(InvalidTimestamp("a time without a time zone")),
        }
    }

    /// Whole seconds and the nanoseconds after them.
    fn since_epoch(self) -> (i64, u32) {
        let span = self.0.duration_since(EPOCH);
        let below = span.subsec_nanos();
        if below < 0 {
            (span.as_secs() - 1, (below + 1_000_000_000).unsigned_abs())
        } else {
            (span.as_secs(), below.unsigned_abs())
        }
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)?;
        f.write_str("Z")
    }
}

/// Why text is not a [`Timestamp`]. It does not hold the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTimestamp(&'static str);

impl fmt::Display for InvalidTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, expected an ISO 8601 date-time", self.0)
    }
}

impl std::error::Error for InvalidTimestamp {}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        read(text).map(|(instant, _)| instant)
    }
}

/// An instant, and whether its zone is stated.
fn read(text: &str) -> Result<(Timestamp, bool), InvalidTimestamp> {
    const FORM: InvalidTimestamp = InvalidTimestamp("text of another form");
    const DATE: InvalidTimestamp = InvalidTimestamp("a date that does not exist");
    const TIME: InvalidTimestamp = InvalidTimestamp("a time that does not exist");

    let mut rest = Rest(text.as_bytes());
    let year = rest.number(4).ok_or(FORM)?;
    let month = rest.after(b"-", 2).ok_or(FORM)?;
    let day = rest.after(b"-", 2).ok_or(FORM)?;
    let (mut hour, mut minute, mut second, mut nanosecond) = (0, 0, 0, 0);
    let mut offset = None;
    if !rest.0.is_empty() {
        hour = rest.after(b"Tt ", 2).ok_or(FORM)?;
        minute = rest.after(b":", 2).ok_or(FORM)?;
        if rest.0.first() == Some(&b':') {
            second = rest.after(b":", 2).ok_or(FORM)?;
            if rest.one_of(b".,").is_some() {
                nanosecond = rest.fraction().ok_or(FORM)?;
            }
        }
        offset = rest.offset().ok_or(FORM)?;
        if hour > 23 || minute > 59 || second > 60 {
            return Err(TIME);
        }
        // As in ECMAScript's Temporal and in jiff.
        second = second.min(59);
    }
    let local = DateTime::new(
        year as i16,
        month as i8,
        day as i8,
        hour as i8,
        minute as i8,
        second as i8,
        nanosecond as i32,
    )
    .map_err(|_| DATE)?;
    let utc = match offset {
        None | Some(0) => local,
        Some(minutes) => local.checked_sub(SignedDuration::from_mins(minutes)).map_err(|_| YEARS)?,
    };
    if utc.year() < 1 {
        return Err(YEARS);
    }
    Ok((Timestamp(utc), offset.is_some()))
}

/// What is left of a text.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        let number = number.iter().try_fold(0, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'))
        })?;
        self.0 = rest;
        Some(number)
    }

    fn one_of(&mut self, wanted: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        wanted.contains(first).then(|| self.0 = rest)?;
        Some(*first)
    }

    fn after(&mut self, separators: &[u8], digits: usize) -> Option<u32> {
        self.one_of(separators)?;
        self.number(digits)
    }

    /// The nanoseconds of a fraction of any length.
    fn fraction(&mut self) -> Option<u32> {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        let digit = |place: usize| digits.get(place).map_or(0, |digit| u32::from(digit - b'0'));
        (length > 0).then(|| (0..9).fold(0, |number, place| number * 10 + digit(place)))
    }

    /// The minutes of an offset that is the rest; the inner `None` if there is none.
    fn offset(&mut self) -> Option<Option<i64>> {
        let minutes = match self.one_of(b"Zz+-") {
            None => return self.0.is_empty().then_some(None),
            Some(b'Z' | b'z') => 0,
            Some(sign) => {
                let hours = self.number(2)?;
                let minutes = if self.0.is_empty() {
                    0
                } else {
                    let _ = self.one_of(b":");
                    self.number(2)?
                };
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let minutes = i64::from(hours * 60 + minutes);
                if sign == b'-' { -minutes } else { minutes }
            }
        };
        self.0.is_empty().then_some(Some(minutes))
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(timestamp: jiff::Timestamp) -> Self {
        Self(Offset::UTC.to_datetime(timestamp))
    }
}

impl TryFrom<Timestamp> for jiff::Timestamp {
    type Error = jiff::Error;

    /// Fails after 9999-12-30T22:00:00.999999999Z, where jiff's type ends.
    fn try_from(timestamp: Timestamp) -> Result<Self, jiff::Error> {
        Offset::UTC.to_timestamp(timestamp.0)
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = InvalidTimestamp;

    /// Fails outside the years -9999 to 9999.
    fn try_from(time: SystemTime) -> Result<Self, InvalidTimestamp> {
        let span = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => SignedDuration::try_from(since),
            Err(before) => SignedDuration::try_from(before.duration()).map(|span| -span),
        };
        span.and_then(|span| EPOCH.checked_add(span))
            .map(Self)
            .map_err(|_| InvalidTimestamp("a time outside the years 1 to 9999"))
    }
}

impl TryFrom<Timestamp> for SystemTime {
    type Error = InvalidTimestamp;

    /// Fails where the platform's type ends: before the year 1601 on Windows.
    fn try_from(timestamp: Timestamp) -> Result<Self, InvalidTimestamp> {
        let (seconds, nanoseconds) = timestamp.since_epoch();
        let whole = Duration::from_secs(seconds.unsigned_abs());
        let time = if seconds < 0 {
            Self::UNIX_EPOCH.checked_sub(whole)
        } else {
            Self::UNIX_EPOCH.checked_add(whole)
        };
        time.and_then(|time| time.checked_add(Duration::from_nanos(nanoseconds.into())))
            .ok_or(InvalidTimestamp("a time that this platform cannot express"))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an ISO 8601 date-time")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        text.parse().map(|time: Timestamp| time.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn every_form_of_the_service_and_of_its_kin_is_read() {
        for (text, utc) in [
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02t03:04:05z", "2026-01-02T03:04:05Z"),
            ("2026-01-02 03:04:05", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04Z", "2026-01-02T03:04:00Z"),
            ("2026-01-02", "2026-01-02T00:00:00Z"),
            ("2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05-0000", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05.5+05:30", "2026-01-01T21:34:05.5Z"),
            ("2026-01-02T03:04:05-08", "2026-01-02T11:04:05Z"),
            ("2026-01-02T03:04:05.1234567890123Z", "2026-01-02T03:04:05.123456789Z"),
            ("2026-12-31T23:59:59.9999999999Z", "2026-12-31T23:59:59.999999999Z"),
            ("2016-12-31T23:59:60.25Z", "2016-12-31T23:59:59.25Z"),
            ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("0000-12-31T23:30:00-01:00", "0001-01-01T00:30:00Z"),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
            ("9999-12-31T23:59:60Z", "9999-12-31T23:59:59Z"),
            ("9999-12-31T23:59:59.999999999999Z", "9999-12-31T23:59:59.999999999Z"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(utc), "{text}");
            assert_eq!(read(utc).as_deref(), Ok(utc));
        }
    }

    #[test]
    fn everything_else_says_why_it_is_not() {
        for (text, reason) in [
            ("", "another form"),
            ("tomorrow", "another form"),
            ("20260102T030405Z", "another form"),
            ("2026-1-2T03:04:05Z", "another form"),
            ("2026-01-02T03Z", "another form"),
            ("2026-01-02T03:04:05.Z", "another form"),
            ("2026-01-02T03:04:05 Z", "another form"),
            ("2026-01-02T03:04:05Zx", "another form"),
            ("2026-01-02T03:04:05+24:00", "another form"),
            ("2026-01-02T03:04:05+1", "another form"),
            ("+2026-01-02T03:04:05Z", "another form"),
            ("2026-01-0²T03:04:05Z", "another form"),
            ("2026-02-29T00:00:00Z", "date that does not exist"),
            ("2026-02-30T00:00:00Z", "date that does not exist"),
            ("2026-13-01T00:00:00Z", "date that does not exist"),
            ("2026-01-00", "date that does not exist"),
            ("2026-01-02T24:00:00Z", "time that does not exist"),
            ("2026-01-02T03:60:00Z", "time that does not exist"),
            ("2026-01-02T03:04:61Z", "time that does not exist"),
            ("0000-01-01T00:00:00Z", "outside the years 1 to 9999"),
            ("0001-01-01T00:00:00+00:01", "outside the years 1 to 9999"),
            ("9999-12-31T23:59:59-00:01", "outside the years 1 to 9999"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.contains(reason), "{text}: {error}");
        }
        assert!(Timestamp::parse_zoned("2026-01-02T03:04:05").is_err());
        assert!(Timestamp::parse_zoned("2026-01-02T03:04:05Z").is_ok());
    }

    #[test]
    fn conversions_keep_the_instant_or_fail() {
        for text in [
            "0001-01-01T00:00:00Z",
            "1969-12-31T23:59:59.9999999Z",
            "1970-01-01T00:00:00Z",
            "2026-01-02T03:04:05.123456789Z",
            "9999-12-30T22:00:00.999999999Z",
        ] {
            let time: Timestamp = text.parse().unwrap();
            assert_eq!(Timestamp::from(jiff::Timestamp::try_from(time).unwrap()), time, "{text}");
            let system = SystemTime::try_from(time).unwrap();
            assert_eq!(Timestamp::try_from(system), Ok(time), "{text}");
        }
        let before: Timestamp = "1969-12-31T23:59:59.9999999Z".parse().unwrap();
        assert_eq!((before.as_second(), before.as_microsecond()), (-1, -1));
        assert_eq!(before.whole_second().to_string(), "1969-12-31T23:59:59Z");
        let last: Timestamp = "9999-12-31T23:59:59.999999999Z".parse().unwrap();
        assert!(jiff::Timestamp::try_from(last).is_err());
        assert_eq!(last.as_microsecond(), 253_402_300_799_999_999);
        assert_eq!(SystemTime::try_from(last).and_then(Timestamp::try_from), Ok(last));
        for jiff in [jiff::Timestamp::MIN, jiff::Timestamp::MAX] {
            assert_eq!(jiff::Timestamp::try_from(Timestamp::from(jiff)).unwrap(), jiff);
        }
    }
}
