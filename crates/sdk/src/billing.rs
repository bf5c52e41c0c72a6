//! Billing days, which start at 08:00 UTC, and the times that callers may pass.

use std::fmt;
use std::ops::{Add, RangeInclusive, Sub};
use std::str::FromStr;
use std::time::SystemTime;

use devin_v2_api::Timestamp;
use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use serde_json::Value;

use crate::error::{Error, ErrorKind};

/// The hour of UTC at which a billing day starts: midnight in Pacific Standard Time, also while Pacific Daylight Time
/// is in force.
const START_HOUR: i64 = 8;
const DAY_SECONDS: i64 = 86_400;
/// More days than there are between 1970 and the years -9999 and 9999, and few enough for every unit of time.
const MAX_DAYS: i64 = 5_000_000;
/// The day that days are counted from.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// A day as the service bills it: from 08:00 UTC to 08:00 UTC of the next day.
///
/// Consumption and metrics agree with the dashboard only if their ranges start and end on these borders; a bare date
/// would be read as midnight UTC and give other totals.
///
/// ```
/// use devin_v2::BillingDay;
/// let day: BillingDay = "2025-12-05".parse().unwrap();
/// assert_eq!(day.start().to_string(), "2025-12-05T08:00:00Z");
/// assert_eq!(day.end().to_string(), "2025-12-06T08:00:00Z");
/// let early: devin_v2::Timestamp = "2025-12-05T07:59:59Z".parse().unwrap();
/// assert_eq!(BillingDay::containing(early).to_string(), "2025-12-04");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BillingDay {
    /// Days since 1970-01-01.
    days: i64,
}

impl BillingDay {
    /// The billing day that is named by this date (the date in UTC on which it starts).
    pub fn new(date: Date) -> Self {
        Self { days: EPOCH.duration_until(date).as_secs() / DAY_SECONDS }
    }

    /// Reads a date, `2025-12-05`.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) if it is not a date of the calendar, or has a time beside it.
    pub fn parse(text: &str) -> Result<Self, Error> {
        // jiff reads a date out of a date-time as well, which would drop the time in silence.
        let date = if text.len() <= 10 { text.parse::<Date>().ok() } else { None };
        date.map(Self::new).ok_or_else(|| {
            Error::new(ErrorKind::Refused, "a billing day must be a date of the calendar")
                .at("billing_day")
                .hinted("Write it like 2025-12-05, without a time.")
        })
    }

    /// The billing day that this instant falls on.
    pub fn containing(instant: impl Into<Timestamp>) -> Self {
        let instant: Timestamp = instant.into();
        Self { days: (instant.as_second() - START_HOUR * 3600).div_euclid(DAY_SECONDS) }
    }

    /// The billing day of this moment.
    pub fn today() -> Self {
        Self::containing(Timestamp::from(jiff::Timestamp::now()))
    }

    /// The date that names it.
    pub fn date(self) -> Date {
        EPOCH.saturating_add(SignedDuration::from_hours(self.days.saturating_mul(24)))
    }

    /// Its first instant: 08:00 UTC.
    pub fn start(self) -> Timestamp {
        border(self.days)
    }

    /// The first instant after it: the start of the next day.
    pub fn end(self) -> Timestamp {
        border(self.days + 1)
    }

    /// The day after it.
    pub fn next(self) -> Self {
        Self { days: self.days + 1 }
    }

    /// The day before it.
    pub fn prev(self) -> Self {
        Self { days: self.days - 1 }
    }

    /// All days from this one to `last`, both included; none if `last` is earlier.
    pub fn through(self, last: Self) -> impl DoubleEndedIterator<Item = Self> + Clone {
        (self.days..=last.days).map(|days| Self { days })
    }

    /// The day that starts at this instant, if one does.
    fn starting(instant: Timestamp) -> Option<Self> {
        let day = Self::containing(instant);
        (day.start() == instant).then_some(day)
    }
}

impl Add<i64> for BillingDay {
    type Output = Self;

    /// The day that many days later.
    fn add(self, days: i64) -> Self {
        Self { days: self.days.saturating_add(days).clamp(-MAX_DAYS, MAX_DAYS) }
    }
}

impl Sub<i64> for BillingDay {
    type Output = Self;

    /// The day that many days earlier.
    fn sub(self, days: i64) -> Self {
        Self { days: self.days.saturating_sub(days).clamp(-MAX_DAYS, MAX_DAYS) }
    }
}

impl Sub for BillingDay {
    type Output = i64;

    /// The number of days from `other` to this day.
    fn sub(self, other: Self) -> i64 {
        self.days.saturating_sub(other.days)
    }
}

/// The start of a day, held within what can be expressed (the years -9999 to 9999).
fn border(days: i64) -> Timestamp {
    let seconds = days.saturating_mul(DAY_SECONDS).saturating_add(START_HOUR * 3600);
    let epoch = EPOCH.to_datetime(Time::midnight());
    Timestamp::from_utc(epoch.saturating_add(SignedDuration::from_secs(seconds)))
}

impl fmt::Display for BillingDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

impl fmt::Debug for BillingDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BillingDay({self})")
    }
}

impl FromStr for BillingDay {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl From<Date> for BillingDay {
    fn from(date: Date) -> Self {
        Self::new(date)
    }
}

/// The name under which calls take billing days.
const BILLING_DAYS: &str = "billing_days";

/// What to pass as billing days.
const WHAT_TO_PASS: &str = "Pass dates (2026-02-01), of which the last one is included, a month (2026-02) or a billing cycle; for times that are not 08:00 UTC use the operation's own start and end parameters.";

/// One or more billing days in a row.
///
/// Dates name days, so the last one is included. Instants are borders between days, so the end is excluded. A range
/// made of a cycle's `start` and `end` therefore has the days of that cycle and no day of the next one.
///
/// ```
/// use devin_v2::{BillingDay, BillingDays};
/// let month = BillingDays::parse("2026-02").unwrap();
/// assert_eq!((month.len(), month.last().to_string()), (28, "2026-02-28".to_owned()));
/// let (start, end) = (month.start(), month.end());
/// assert_eq!(end.to_string(), "2026-03-01T08:00:00Z");
/// assert_eq!(BillingDays::between(start, end).unwrap(), month);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BillingDays {
    first: BillingDay,
    last: BillingDay,
}

#[allow(clippy::len_without_is_empty, reason = "never empty")]
impl BillingDays {
    /// The days from `first` to `last`, both included.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) if `last` is before `first`.
    pub fn new(first: BillingDay, last: BillingDay) -> Result<Self, Error> {
        if last < first {
            return Err(refused(BILLING_DAYS, "end before they start", "Swap them."));
        }
        Ok(Self { first, last })
    }

    /// The days between two borders: those that start at `start` or later and before `end`.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) if one of them is not the start of a billing day (08:00 UTC), or if there is no
    /// day between them.
    pub fn between(start: impl Into<Timestamp>, end: impl Into<Timestamp>) -> Result<Self, Error> {
        let (first, end) = (border_of(start.into())?, border_of(end.into())?);
        Self::until(first, end)
    }

    /// Reads a month (`2026-02`) or a single day (`2026-02-01`).
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) if it is neither.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if let Ok(day) = BillingDay::parse(text) {
            return Ok(Self { first: day, last: day });
        }
        let month = if text.len() == 7 { format!("{text}-01").parse::<Date>().ok() } else { None };
        let Some(first) = month else {
            return Err(refused(BILLING_DAYS, "is neither a month nor a date of the calendar", WHAT_TO_PASS));
        };
        Ok(Self { first: first.into(), last: first.last_of_month().into() })
    }

    /// Reads what calls by name take: text as [`parse`](Self::parse) reads it, a pair of dates or borders, or an object
    /// with the borders `start` and `end`, such as a billing cycle.
    pub(crate) fn read(given: &Value) -> Result<Self, Error> {
        let other = || refused(BILLING_DAYS, "has a form that is not known", WHAT_TO_PASS);
        match given {
            Value::String(text) => Self::parse(text),
            Value::Array(pair) => {
                let [Value::String(first), Value::String(last)] = pair.as_slice() else {
                    return Err(other());
                };
                let first = match End::parse(first)? {
                    End::Day(first) | End::Border(first) => first,
                };
                match End::parse(last)? {
                    End::Day(last) => Self::new(first, last),
                    End::Border(end) => Self::until(first, end),
                }
            }
            // A row of the service's: its times are read as leniently as they are elsewhere.
            Value::Object(row) => {
                let time = |name| row.get(name).and_then(Value::as_str)?.parse::<Timestamp>().ok();
                let (Some(start), Some(end)) = (time("start"), time("end")) else { return Err(other()) };
                Self::between(start, end)
            }
            _ => Err(other()),
        }
    }

    /// The days from `first` to the one before `end`.
    fn until(first: BillingDay, end: BillingDay) -> Result<Self, Error> {
        if end <= first {
            let problem = "have no day between their start and their end, which is excluded";
            return Err(refused(BILLING_DAYS, problem, WHAT_TO_PASS));
        }
        Ok(Self { first, last: end.prev() })
    }

    /// The first day.
    pub fn first(self) -> BillingDay {
        self.first
    }

    /// The last day, which is included.
    pub fn last(self) -> BillingDay {
        self.last
    }

    /// The first instant: 08:00 UTC of the first day.
    pub fn start(self) -> Timestamp {
        self.first.start()
    }

    /// The first instant after the last day.
    pub fn end(self) -> Timestamp {
        self.last.end()
    }

    /// The number of days, at least 1.
    pub fn len(self) -> usize {
        usize::try_from((self.last - self.first).saturating_add(1)).unwrap_or(usize::MAX)
    }

    /// Whether a day is one of these.
    pub fn contains(self, day: BillingDay) -> bool {
        (self.first..=self.last).contains(&day)
    }

    /// The days in order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = BillingDay> + Clone {
        self.first.through(self.last)
    }
}

impl fmt::Display for BillingDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.last)
    }
}

impl fmt::Debug for BillingDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BillingDays({self})")
    }
}

/// One end of a pair.
enum End {
    Day(BillingDay),
    Border(BillingDay),
}

impl End {
    fn parse(text: &str) -> Result<Self, Error> {
        if let Ok(day) = BillingDay::parse(text) {
            return Ok(Self::Day(day));
        }
        if let Ok(instant) = Timestamp::parse_zoned(text) {
            return border_of(instant).map(Self::Border);
        }
        Err(refused(
            BILLING_DAYS,
            if text.parse::<Timestamp>().is_ok() {
                "holds a time without a time zone"
            } else {
                "holds neither a date of the calendar nor a time"
            },
            WHAT_TO_PASS,
        ))
    }
}

/// The day that starts at this instant, which has to be the start of one.
fn border_of(instant: Timestamp) -> Result<BillingDay, Error> {
    BillingDay::starting(instant).ok_or_else(|| {
        let problem = format!("holds {instant}, which is not the start of a billing day (08:00 UTC)");
        refused(BILLING_DAYS, &problem, WHAT_TO_PASS)
    })
}

/// What can be passed where a call takes billing days.
///
/// [`BillingDays`], a [`BillingDay`], `first..=last` or `(first, last)`, text that names a month or a day, a pair of
/// [`Timestamp`]s (borders at 08:00 UTC, of which the end is excluded), and a reference to a billing cycle.
pub trait IntoBillingDays: sealed::Sealed {
    /// The days.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) if it does not name billing days.
    fn into_billing_days(self) -> Result<BillingDays, Error>;
}

/// Implements [`IntoBillingDays`] for one type.
macro_rules! into_billing_days {
    ($type:ty, |$value:ident| $body:expr) => {
        impl sealed::Sealed for $type {}

        impl IntoBillingDays for $type {
            fn into_billing_days(self) -> Result<BillingDays, Error> {
                let $value = self;
                $body
            }
        }
    };
}

into_billing_days!(BillingDays, |days| Ok(days));
into_billing_days!((BillingDay, BillingDay), |pair| BillingDays::new(pair.0, pair.1));
into_billing_days!(RangeInclusive<BillingDay>, |days| BillingDays::new(*days.start(), *days.end()));
into_billing_days!((Timestamp, Timestamp), |borders| BillingDays::between(borders.0, borders.1));

// Of types that are instants, too.
impl IntoBillingDays for BillingDay {
    fn into_billing_days(self) -> Result<BillingDays, Error> {
        BillingDays::new(self, self)
    }
}

impl IntoBillingDays for &str {
    fn into_billing_days(self) -> Result<BillingDays, Error> {
        BillingDays::parse(self)
    }
}

impl IntoBillingDays for String {
    fn into_billing_days(self) -> Result<BillingDays, Error> {
        BillingDays::parse(&self)
    }
}

/// Lets a type of the document be passed as billing days: the two fields are its borders. For generated code.
#[allow(unused_macros, reason = "not every document has such a type")]
macro_rules! days_of {
    ($type:ty, $start:ident, $end:ident) => {
        impl crate::billing::sealed::Sealed for &$type {}

        impl crate::IntoBillingDays for &$type {
            fn into_billing_days(self) -> Result<crate::BillingDays, crate::Error> {
                crate::BillingDays::between(self.$start, self.$end)
            }
        }

        impl TryFrom<&$type> for crate::BillingDays {
            type Error = crate::Error;

            fn try_from(of: &$type) -> Result<Self, crate::Error> {
                Self::between(of.$start, of.$end)
            }
        }
    };
}

#[allow(unused_imports, reason = "not every document has such a type")]
pub(crate) use days_of;

/// The first and the last instant to send for billing days.
type Window = (Result<Timestamp, Error>, Result<Timestamp, Error>);

/// The borders of billing days. For generated code.
pub(crate) fn borders(days: Result<BillingDays, Error>) -> Window {
    window(days, BillingDays::end)
}

/// From the first instant of billing days to their last one, to the microsecond: whether the service counts its end in
/// or not, nothing is in two windows that follow each other. For generated code.
pub(crate) fn instants(days: Result<BillingDays, Error>) -> Window {
    window(days, |days| {
        let end = days.end();
        Timestamp::from_microsecond(end.as_microsecond() - 1).unwrap_or(end)
    })
}

fn window(days: Result<BillingDays, Error>, end: fn(BillingDays) -> Timestamp) -> Window {
    match days {
        Ok(days) => (Ok(days.start()), Ok(end(days))),
        Err(error) => (Err(error.clone()), Err(error)),
    }
}

/// What can be passed where the API takes an instant.
///
/// [`Timestamp`], the types of `jiff` with a time zone, [`SystemTime`], a [`BillingDay`] (its start) and text with an
/// offset or `Z`. Text without a time zone is refused: the service would read it as UTC, which is hardly ever meant.
pub trait IntoTimestamp: sealed::Sealed {
    /// The instant. `field` is the parameter's name, for the error.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) if it is text that is no date-time or has no time zone, or lies outside the
    /// years that can be sent.
    fn into_timestamp(self, field: &'static str) -> Result<Timestamp, Error>;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// Implements [`IntoTimestamp`] for one type.
macro_rules! into_timestamp {
    ($type:ty, |$value:ident, $field:ident| $body:expr) => {
        impl sealed::Sealed for $type {}

        impl IntoTimestamp for $type {
            fn into_timestamp(self, $field: &'static str) -> Result<Timestamp, Error> {
                let $value = self;
                $body
            }
        }
    };
}

into_timestamp!(Timestamp, |value, field| sendable(value, field));
into_timestamp!(jiff::Timestamp, |value, field| sendable(value.into(), field));
into_timestamp!(jiff::ZonedDateTime, |value, field| sendable(value.timestamp().into(), field));
into_timestamp!(&jiff::ZonedDateTime, |value, field| sendable(value.timestamp().into(), field));
into_timestamp!(BillingDay, |value, field| sendable(value.start(), field));
into_timestamp!(&str, |value, field| read(value, field));
into_timestamp!(&String, |value, field| read(value, field));
into_timestamp!(String, |value, field| read(&value, field));
into_timestamp!(SystemTime, |value, field| {
    Timestamp::try_from(value).map_err(|_| outside(field)).and_then(|value| sendable(value, field))
});

/// Refuses years that RFC 3339 has no form for.
fn sendable(instant: Timestamp, field: &'static str) -> Result<Timestamp, Error> {
    if instant.to_utc().year() < 1 { Err(outside(field)) } else { Ok(instant) }
}

fn outside(field: &'static str) -> Error {
    refused(field, "lies outside the years that can be sent", "Pass a time between the years 1 and 9999.")
}

/// Reads a date-time that must say its time zone; also one with the name of the zone behind it, as jiff writes them.
fn read(text: &str, field: &'static str) -> Result<Timestamp, Error> {
    if let Ok(instant) = Timestamp::parse_zoned(text) {
        return Ok(instant);
    }
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return sendable(instant.into(), field);
    }
    Err(if text.parse::<Timestamp>().is_ok() {
        refused(
            field,
            "has no time zone",
            "Add an offset or Z (2025-12-05T08:00:00Z), or pass a billing day, which starts at 08:00 UTC.",
        )
    } else {
        refused(
            field,
            "is not a date-time",
            "Write it as RFC 3339 with an offset or Z (2025-12-05T08:00:00Z), or pass a billing day.",
        )
    })
}

fn refused(field: &'static str, problem: &str, remedy: &'static str) -> Error {
    Error::new(ErrorKind::Refused, format!("{field} {problem}")).at(field).hinted(remedy)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn day(text: &str) -> BillingDay {
        text.parse().unwrap()
    }

    #[test]
    fn borders_lie_at_eight() {
        assert_eq!(day("2025-03-09").start().to_string(), "2025-03-09T08:00:00Z");
        assert_eq!(day("2024-02-28").next(), day("2024-02-29"));
        assert_eq!(day("2025-01-01").prev(), day("2024-12-31"));
        assert_eq!(day("1969-12-31").start().to_string(), "1969-12-31T08:00:00Z");
        for (instant, name) in [
            ("2025-12-05T08:00:00Z", "2025-12-05"),
            ("2025-12-05T07:59:59.999Z", "2025-12-04"),
            ("1970-01-01T07:59:59Z", "1969-12-31"),
            ("2025-12-05T01:00:00-08:00", "2025-12-05"),
        ] {
            assert_eq!(BillingDay::containing(instant.parse::<Timestamp>().unwrap()), day(name), "{instant}");
        }
    }

    #[test]
    fn walks_both_ways() {
        let days: Vec<_> = day("2025-12-30").through(day("2026-01-02")).map(|day| day.to_string()).collect();
        assert_eq!(days, ["2025-12-30", "2025-12-31", "2026-01-01", "2026-01-02"]);
        assert_eq!(day("2025-12-30").through(day("2025-12-29")).count(), 0);
        assert_eq!(day("2025-12-01").through(day("2025-12-03")).next_back(), Some(day("2025-12-03")));
    }

    #[test]
    fn days_are_counted() {
        let (first, last) = (day("2026-02-27"), day("2026-03-02"));
        assert_eq!((first + 3, last - 3, last - first, first - last), (last, first, 3, -3));
        let days = BillingDays::new(first, last).unwrap();
        assert_eq!(
            (days.len(), days.iter().count(), days.to_string().as_str()),
            (4, 4, "2026-02-27/2026-03-02")
        );
        assert!(days.contains(last) && !days.contains(last.next()));
        assert!(BillingDays::new(last, first).is_err());
    }

    #[test]
    fn ends_are_dates_or_borders() {
        let read = |given: Value| BillingDays::read(&given).map(|days| days.to_string());
        for given in [
            json!("2026-02"),
            json!(["2026-02-01", "2026-02-28"]),
            json!(["2026-02-01T08:00:00Z", "2026-02-28"]),
            json!(["2026-02-01", "2026-03-01T08:00:00Z"]),
            json!(["2026-02-01T08:00:00Z", "2026-03-01T09:00:00+01:00"]),
            json!({"start": "2026-02-01T08:00:00Z", "end": "2026-03-01T08:00:00Z", "new": 1}),
            json!({"start": "2026-02-01T08:00:00", "end": "2026-03-01T08:00:00.000"}),
        ] {
            assert_eq!(read(given.clone()).unwrap(), "2026-02-01/2026-02-28", "{given}");
        }
        assert_eq!(read(json!("2024-02")).unwrap(), "2024-02-01/2024-02-29");
        assert_eq!(read(json!("2026-02-03")).unwrap(), "2026-02-03/2026-02-03");
        for (given, problem) in [
            (json!(["2026-02-01", "2026-02-28T00:00:00Z"]), "2026-02-28T00:00:00Z, which is not the start"),
            (json!(["2026-02-01T08:00:00Z", "2026-03-01T08:00:00.000001Z"]), "not the start"),
            (json!(["2026-02-01T08:00:00Z", "2026-02-01T08:00:00Z"]), "no day between"),
            (json!(["2026-02-01", "2026-02-01T08:00:00Z"]), "no day between"),
            (json!(["2026-02-02", "2026-02-01"]), "end before they start"),
            (json!(["2026-02-01T08:00:00", "2026-02-28"]), "without a time zone"),
            (json!(["2026-02-01", "x"]), "neither a date"),
            (json!("2026-02-01T08:00:00Z"), "neither a month"),
            (json!("2026-13"), "neither a month"),
            (json!("2026-2"), "neither a month"),
            (json!(["2026-02-01"]), "form"),
            (json!(["2026-02-01", "2026-02-02", "2026-02-03"]), "form"),
            (json!({"start": "2026-02-01T08:00:00Z"}), "form"),
            (json!({"start": "2026-02-01T00:00:00Z", "end": "2026-03-01T08:00:00Z"}), "not the start"),
            (json!(5), "form"),
        ] {
            let error = read(given.clone()).expect_err(&given.to_string());
            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("billing_days")), "{given}");
            assert!(error.to_string().contains(problem), "{given}: {error}");
        }
    }

    #[test]
    fn windows_that_follow_each_other_share_no_instant() {
        let (before, after) = ("2026-02".into_billing_days(), "2026-03".into_billing_days());
        let (_, end) = instants(before.clone());
        let (start, _) = instants(after);
        assert_eq!(end.unwrap().to_string(), "2026-03-01T07:59:59.999999Z");
        assert_eq!(start.unwrap().to_string(), "2026-03-01T08:00:00Z");
        assert_eq!(borders(before).1.unwrap().to_string(), "2026-03-01T08:00:00Z");
    }

    #[test]
    fn extremes_do_not_panic() {
        for date in [Date::MIN, Date::MAX] {
            let day = BillingDay::new(date);
            let _ = (day.start(), day.end(), day.next().end(), day.prev().start(), day.to_string());
            let _ = (
                (day + i64::MAX).to_string(),
                (day - i64::MAX).to_string(),
                (day + i64::MAX) - (day - i64::MAX),
            );
            let _ = BillingDays::new(day, day).map(|days| (days.len(), days.end(), instants(Ok(days))));
        }
        assert_eq!(BillingDay::new(Date::MAX).to_string(), "9999-12-31");
    }

    #[test]
    fn only_dates_are_days() {
        for text in
            ["", "2025-12-5", "2025-13-01", "2025-02-29", "2025-12-05T08:00:00Z", "today", "20251205x"]
        {
            assert!(text.parse::<BillingDay>().is_err(), "{text}");
        }
    }

    #[test]
    fn naive_times_are_refused_with_the_remedy() {
        for text in ["2025-12-05", "2025-12-05T08:00:00", "2025-12-05 08:00:00.5"] {
            let error = text.into_timestamp("start_date").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Refused);
            let shown = error.to_string();
            assert!(
                shown.contains("start_date has no time zone") && shown.contains("billing day"),
                "{shown}"
            );
        }
        assert!(
            "tomorrow".into_timestamp("start_date").unwrap_err().to_string().contains("is not a date-time")
        );
        assert_eq!(
            "2025-12-05T08:00:00+02:00".into_timestamp("x").unwrap().to_string(),
            "2025-12-05T06:00:00Z"
        );
        assert_eq!(day("2025-12-05").into_timestamp("x").unwrap().to_string(), "2025-12-05T08:00:00Z");
        assert!(SystemTime::UNIX_EPOCH.into_timestamp("x").is_ok());
    }
}
