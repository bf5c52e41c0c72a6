//! Texts that callers pass: resume tokens, billing days and times.
//!
//! What is taken is written as it was read, days lie between their borders, and what is refused is told in one line.
#![no_main]

use devin_v2::{BillingDay, IntoTimestamp, ResumeToken, Timestamp};
use devin_v2_fuzz::{one_line, printable};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match text.parse::<ResumeToken>() {
        Ok(token) => assert_eq!(token.to_string().parse::<ResumeToken>().expect("a token"), token),
        Err(error) => printable(&error),
    }
    match BillingDay::parse(text) {
        Ok(day) => {
            assert_eq!(BillingDay::parse(&day.to_string()).expect("a day"), day);
            // The last days have no borders that can be expressed.
            if day.date().year() == 9999 {
                return;
            }
            assert_eq!(BillingDay::containing(day.start()), day);
            assert!(day.start() <= day.end());
            assert_eq!(day.next().prev(), day);
            assert_eq!(day.through(day.next()).count(), 2);
        }
        Err(error) => printable(&error),
    }
    match text.into_timestamp("start_date") {
        Ok(instant) => {
            assert_eq!(instant.to_string().parse::<Timestamp>().expect("a time"), instant);
            let day = BillingDay::containing(instant);
            assert!(day.start() <= instant && instant <= day.end());
        }
        Err(error) => printable(&error),
    }
    if let Err(error) = text.parse::<Timestamp>() {
        one_line(&error.to_string());
    }
});
