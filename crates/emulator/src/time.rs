//! Times: reading what clients send, writing what the service answers, and its billing days.

use std::fmt::Write as _;

use jiff::{Timestamp, civil::DateTime, fmt::temporal::Pieces, tz::Offset};

/// Billing days start at 08:00:00 UTC.
const BILLING_DAY_START: i64 = 8 * 3600;
const DAY: i64 = 24 * 3600;

/// Reads an ISO 8601 date-time. Without an offset it is UTC and a bare date is midnight UTC, as the service reads them.
/// Times outside the representable range become its ends: they are valid, merely far away.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    if !has_date_time_shape(text.as_bytes()) {
        return None;
    }
    let pieces = Pieces::parse(text).ok()?;
    let time = pieces.time().unwrap_or_default();
    let moment = DateTime::from_parts(pieces.date(), time);
    let offset = pieces.to_numeric_offset().unwrap_or(Offset::UTC);
    let clamped = if moment.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Some(offset.to_timestamp(moment).unwrap_or(clamped))
}

/// `YYYY-MM-DD`, alone or followed by `Thh:mm…`. The parser below knows more forms, RFC 9557 zones among them, than the
/// service does.
fn has_date_time_shape(text: &[u8]) -> bool {
    let matches = |pattern: &[u8], text: &[u8]| {
        text.len() >= pattern.len()
            && pattern.iter().zip(text).all(|(expected, byte)| match expected {
                b'0' => byte.is_ascii_digit(),
                b'T' => matches!(byte, b'T' | b't' | b' '),
                other => other == byte,
            })
    };
    (text.len() == 10 && matches(b"0000-00-00", text))
        || (matches(b"0000-00-00T00:00", text) && !text.contains(&b'['))
}

/// Whether a text is a bare date, `YYYY-MM-DD`.
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10
}

/// Appends `YYYY-MM-DDThh:mm:ssZ`. Written by hand: lists of sessions spend much of their time here.
pub(crate) fn push(out: &mut String, seconds: i64) {
    let (days, of_day) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    push_date(out, days);
    let digits = |value: i64| [(b'0' + (value / 10) as u8) as char, (b'0' + (value % 10) as u8) as char];
    out.push('T');
    out.extend(digits(of_day / 3600));
    out.push(':');
    out.extend(digits(of_day / 60 % 60));
    out.push(':');
    out.extend(digits(of_day % 60));
    out.push('Z');
}

/// Appends the date of a day that is counted from 1970-01-01 (Howard Hinnant's civil-from-days).
fn push_date(out: &mut String, days: i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    // Writing to a String doesn't fail.
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
}

/// `YYYY-MM-DDThh:mm:ssZ`.
pub(crate) fn text(seconds: i64) -> String {
    let mut out = String::with_capacity(20);
    push(&mut out, seconds);
    out
}

/// The billing day that a moment belongs to, counted from 1970-01-01.
pub(crate) fn billing_day(seconds: i64) -> i64 {
    (seconds - BILLING_DAY_START).div_euclid(DAY)
}

/// The label of a billing day: the date on which it starts.
pub(crate) fn billing_label(day: i64) -> String {
    let mut out = String::with_capacity(10);
    push_date(&mut out, day);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_service_reads() {
        let moment = parse("2026-02-01T08:00:00Z").map(Timestamp::as_second);
        assert_eq!(moment, Some(1_769_932_800));
        assert_eq!(parse("2026-02-01T09:00:00+01:00").map(Timestamp::as_second), moment);
        assert_eq!(parse("2026-02-01T08:00:00").map(Timestamp::as_second), moment, "naive is UTC");
        assert_eq!(parse("2026-02-01").map(Timestamp::as_second), moment.map(|seconds| seconds - 8 * 3600));
        assert_eq!(parse("9999-12-31T23:59:59Z"), Some(Timestamp::MAX), "beyond the range is the end of it");
    }

    #[test]
    fn refuses_what_is_no_date_time() {
        for text in [
            "",
            "yesterday",
            "2026-13-01T00:00:00Z",
            "2026-02-01T08:00:00 00:00",
            "2026-02",
            "2026-02-30",
            "0",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn writes_what_the_library_writes() {
        for seconds in [0, 951_782_399, 951_782_400, 1_772_366_400, 4_102_444_799] {
            let expected = Timestamp::from_second(seconds).map(|time| time.to_string());
            assert_eq!(Ok(text(seconds)), expected.map_err(|error| error.to_string()));
        }
    }

    #[test]
    fn billing_days_start_at_eight() {
        let start = parse("2025-12-05T08:00:00Z").map(Timestamp::as_second).unwrap_or_default();
        assert_eq!(billing_label(billing_day(start)), "2025-12-05");
        assert_eq!(billing_label(billing_day(start - 1)), "2025-12-04");
    }
}
