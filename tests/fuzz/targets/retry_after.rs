//! `Retry-After`: its value, a line break, and a `Date`, which may be missing.
//!
//! Plain seconds are taken as they are, no wait is beyond a year, and none that the client makes is beyond its limits.
#![no_main]

use std::time::{Duration, SystemTime};

use devin_v2::{Client, Method, fuzzing};
use devin_v2_fuzz::{client, line};
use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use libfuzzer_sys::fuzz_target;

const YEAR: Duration = Duration::from_secs(366 * 86_400);
/// The client's own limit, if none is set.
const MOST: Duration = Duration::from_secs(60);

thread_local! {
    static CLIENT: Client = client("apk_user_", false);
}

fuzz_target!(|data: &[u8]| {
    let (value, date) = line(data);
    let mut headers = HeaderMap::new();
    let Ok(header) = HeaderValue::from_bytes(value) else { return };
    headers.insert(RETRY_AFTER, header);
    if let Some(date) =
        Some(date).filter(|date| !date.is_empty()).and_then(|date| HeaderValue::from_bytes(date).ok())
    {
        headers.insert(DATE, date);
    }
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let told = fuzzing::retry_after(&headers, now);
    assert!(told.is_none_or(|told| told <= YEAR), "{told:?}");
    if !value.is_empty() && value.len() < 8 && value.iter().all(u8::is_ascii_digit) {
        let seconds = value.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        assert_eq!(told, Some(Duration::from_secs(seconds).min(YEAR)));
    }
    CLIENT.with(|client| {
        let wait = fuzzing::wait(client, &Method::POST, StatusCode::TOO_MANY_REQUESTS, told);
        match told {
            Some(told) if told > MOST => assert_eq!(wait, None),
            Some(told) => assert_eq!(wait, Some(told)),
            None => assert!(wait.is_some_and(|wait| wait <= MOST)),
        }
    });
});
