//! Billing days: texts and numbers in, texts and numbers out.

#![allow(unreachable_pub, reason = "what is exported is reached from JavaScript")]

use devin_v2::{BillingDay, IntoTimestamp};
use napi::Result;
use napi_derive::napi;

use crate::error::{misused, thrown};

/// The date of the billing day that many days after that of a date.
#[napi]
pub fn billing_day(date: String, days: f64) -> Result<String> {
    if days.fract() != 0.0 || days.abs() > 4e6 {
        return Err(misused("refused", "days", "days is not a whole number of days"));
    }
    let day = BillingDay::parse(&date).map_err(|error| thrown(&error))?;
    Ok((day + days as i64).to_string())
}

/// The date of the billing day that an instant falls on.
#[napi]
pub fn billing_day_containing(time: String) -> Result<String> {
    let instant = time.into_timestamp("time").map_err(|error| thrown(&error))?;
    Ok(BillingDay::containing(instant).to_string())
}

/// The start of a billing day in milliseconds since 1970.
#[napi]
pub fn billing_day_start(date: String) -> Result<f64> {
    let day = BillingDay::parse(&date).map_err(|error| thrown(&error))?;
    Ok(day.start().as_millisecond() as f64)
}

/// The dates of the first and the last of some billing days.
#[napi]
pub fn billing_days(given: String) -> Result<Vec<String>> {
    let given = serde_json::from_str(&given).unwrap_or_default();
    let days = devin_v2::dynamic::billing_days(&given).map_err(|error| thrown(&error))?;
    Ok(vec![days.first().to_string(), days.last().to_string()])
}
