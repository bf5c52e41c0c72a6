//! Billing days, which start at 08:00 UTC, and the times that callers may pass.

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use devin_v2_api::Timestamp;
use jiff::SignedDuration;
use jiff::civil::{Date, Time};

use crate::error::{Error, ErrorKind};

/// The hour of UTC at which a billing day starts: midnight in Pacific Standard Time, also while Pacific Daylight Time
/// is in force.
const START_HOUR: i64 = 8;
const DAY_SECONDS: i64 = 86_400;
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

mod sealed {
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
    fn extremes_do_not_panic() {
        for date in [Date::MIN, Date::MAX] {
            let day = BillingDay::new(date);
            let _ = (day.start(), day.end(), day.next().end(), day.prev().start(), day.to_string());
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
