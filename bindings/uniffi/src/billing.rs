//! Billing days, which cross the border as numbers: days since 1970-01-01.

use std::time::SystemTime;

use devin_v2::{BillingDay, BillingDays, IntoTimestamp, Timestamp};

use crate::error::DevinError;

/// The day of this number.
fn day(number: i64) -> BillingDay {
    BillingDay::containing(Timestamp::UNIX_EPOCH).next() + number
}

fn number(of: BillingDay) -> i64 {
    of - day(0)
}

fn numbers(days: BillingDays) -> Vec<i64> {
    vec![number(days.first()), number(days.last())]
}

/// The first and the last day as the core reads them.
pub(crate) fn sent(days: Vec<i64>) -> Vec<String> {
    days.into_iter().map(|number| day(number).to_string()).collect()
}

/// The number of the day of a date.
#[uniffi::export]
pub fn native_billing_day(date: String) -> Result<i64, DevinError> {
    Ok(number(BillingDay::parse(&date)?))
}

/// The number of the day that an instant falls on.
#[uniffi::export]
pub fn native_billing_day_containing(instant: SystemTime) -> Result<i64, DevinError> {
    Ok(number(BillingDay::containing(instant.into_timestamp("instant")?)))
}

/// The date of a day.
#[uniffi::export]
pub fn native_billing_day_date(number: i64) -> String {
    day(number).to_string()
}

/// The first instant of a day: 08:00 UTC.
#[uniffi::export]
pub fn native_billing_day_start(number: i64) -> SystemTime {
    // Only before 1601, where some systems have no times.
    SystemTime::try_from(day(number).start()).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The first and the last day of a month (`2026-02`) or of a date.
#[uniffi::export]
pub fn native_billing_days(text: String) -> Result<Vec<i64>, DevinError> {
    Ok(numbers(BillingDays::parse(&text)?))
}

/// The first and the last day, the latter not before the former.
#[uniffi::export]
pub fn native_billing_days_through(first: String, last: String) -> Result<Vec<i64>, DevinError> {
    Ok(numbers(BillingDays::new(BillingDay::parse(&first)?, BillingDay::parse(&last)?)?))
}

/// The first and the last day between two borders, of which the end is excluded.
#[uniffi::export]
pub fn native_billing_days_between(start: SystemTime, end: SystemTime) -> Result<Vec<i64>, DevinError> {
    Ok(numbers(BillingDays::between(start.into_timestamp("start")?, end.into_timestamp("end")?)?))
}
