//! Billing days: texts and numbers in, texts and numbers out.

#![allow(dead_code, unreachable_pub, reason = "what is exported is reached from JavaScript")]

use devin_v2::{BillingDay, BillingDays, IntoTimestamp};
use napi_derive::napi;

use crate::failure::{Failure, Handed};

/// The date of the billing day that many days after that of a date.
#[napi]
pub fn billing_day(date: String, days: f64) -> Handed<String> {
    if days.fract() != 0.0 || days.abs() > 4e6 {
        return Handed(Err(Failure::misused(
            "refused",
            "days",
            "days is not a whole number of days".to_owned(),
        )));
    }
    Handed(BillingDay::parse(&date).map(|day| (day + days as i64).to_string()).map_err(Failure::from))
}

/// The date of the billing day that an instant falls on.
#[napi]
pub fn billing_day_containing(time: String) -> Handed<String> {
    let instant = time.into_timestamp("time");
    Handed(instant.map(|instant| BillingDay::containing(instant).to_string()).map_err(Failure::from))
}

/// The start of a billing day in milliseconds since 1970.
#[napi]
pub fn billing_day_start(date: String) -> Handed<f64> {
    let day = BillingDay::parse(&date).map_err(Failure::from);
    Handed(day.map(|day| (day.start().as_microsecond() / 1000) as f64))
}

/// The dates of the first and the last of some billing days, with a slash between them.
#[napi]
pub fn billing_days(given: String) -> Handed<String> {
    let given = serde_json::from_str(&given).unwrap_or_default();
    let days = devin_v2::dynamic::billing_days(&given);
    Handed(days.map(|days: BillingDays| days.to_string()).map_err(Failure::from))
}
