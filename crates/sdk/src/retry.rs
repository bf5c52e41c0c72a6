//! Which failures are tried again, and when: one table, without clock, dice or network.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, Method, StatusCode, header};

/// The longest wait that we choose ourselves.
const MAX_BACKOFF: Duration = Duration::from_secs(8);

/// The longest wait that is taken for meant. Bindings hand it on as numbers that hold no more than a few centuries.
const MAX_TOLD: Duration = Duration::from_secs(366 * 86_400);

/// How an attempt ended, as far as the table cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// An answer of this status arrived in full.
    Status(StatusCode),
    /// There was no connection for the request, so that the service cannot have seen it.
    NotSent,
    /// The connection broke after the request was, or may have been, sent.
    Broken,
    /// No complete answer within the time of one attempt.
    TimedOut,
}

/// The settings of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    /// Attempts after the first.
    pub(crate) max_retries: u32,
    /// The longest first wait; it doubles with each retry.
    pub(crate) base_delay: Duration,
    /// A longer `Retry-After` ends the retries.
    pub(crate) max_retry_after: Duration,
}

impl Policy {
    /// How long to wait before the next attempt; `None` if there is to be none.
    ///
    /// `retries` counts those already made; `dice` lies between 0 and 1 and picks the place in the range of the wait.
    pub(crate) fn decide(
        &self,
        method: &Method,
        outcome: Outcome,
        retries: u32,
        retry_after: Option<Duration>,
        dice: f64,
    ) -> Option<Duration> {
        if retries >= self.max_retries || !may_repeat(method, outcome) {
            return None;
        }
        match retry_after {
            Some(wait) => (wait <= self.max_retry_after).then_some(wait),
            None => {
                let ceiling = self.base_delay.saturating_mul(1 << retries.min(16)).min(MAX_BACKOFF);
                Some(ceiling.mul_f64(dice.clamp(0.0, 1.0)))
            }
        }
    }
}

/// Whether sending the request again can do no harm and may help.
fn may_repeat(method: &Method, outcome: Outcome) -> bool {
    // PUT and DELETE leave the same state however often they arrive; POST and PATCH may not.
    let idempotent = matches!(*method, Method::GET | Method::HEAD | Method::PUT | Method::DELETE);
    match outcome {
        Outcome::NotSent | Outcome::Status(StatusCode::TOO_MANY_REQUESTS) => true,
        Outcome::Broken | Outcome::TimedOut => idempotent,
        Outcome::Status(status) => idempotent && matches!(status.as_u16(), 408 | 500 | 502 | 503 | 504),
    }
}

/// What the service asks for in `Retry-After`: seconds (fractions too) or a date, counted from the answer's own `Date`,
/// so that a wrong clock on this side does not matter. More than a year counts as a year.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok().map(|wait| wait.min(MAX_TOLD));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let sent = headers
        .get(header::DATE)
        .and_then(|date| date.to_str().ok())
        .and_then(|date| httpdate::parse_http_date(date).ok());
    // A date that has passed means: at once.
    Some(date.duration_since(sent.unwrap_or(now)).unwrap_or_default().min(MAX_TOLD))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy {
        max_retries: 3,
        base_delay: Duration::from_millis(250),
        max_retry_after: Duration::from_secs(60),
    };

    fn status(code: u16) -> Outcome {
        Outcome::Status(StatusCode::from_u16(code).unwrap())
    }

    #[test]
    fn the_table() {
        let all = [
            (status(408), true, false),
            (status(429), true, true),
            (status(500), true, false),
            (status(502), true, false),
            (status(503), true, false),
            (status(504), true, false),
            (status(501), false, false),
            (status(400), false, false),
            (status(401), false, false),
            (status(403), false, false),
            (status(404), false, false),
            (status(409), false, false),
            (status(422), false, false),
            (Outcome::NotSent, true, true),
            (Outcome::Broken, true, false),
            (Outcome::TimedOut, true, false),
        ];
        for (outcome, idempotent, other) in all {
            for (method, expected) in [
                (Method::GET, idempotent),
                (Method::PUT, idempotent),
                (Method::DELETE, idempotent),
                (Method::POST, other),
                (Method::PATCH, other),
            ] {
                let wait = POLICY.decide(&method, outcome, 0, None, 0.5);
                assert_eq!(wait.is_some(), expected, "{method} {outcome:?}");
            }
        }
    }

    #[test]
    fn waits_double_up_to_a_ceiling_and_end() {
        let many = Policy { max_retries: 10, ..POLICY };
        let wait = |retries| many.decide(&Method::GET, status(503), retries, None, 1.0);
        assert_eq!(wait(0), Some(Duration::from_millis(250)));
        assert_eq!(wait(1), Some(Duration::from_millis(500)));
        assert_eq!(wait(9), Some(MAX_BACKOFF));
        assert_eq!(wait(10), None);
        assert_eq!(many.decide(&Method::GET, status(503), 4, None, 0.0), Some(Duration::ZERO));
    }

    #[test]
    fn retry_after_is_obeyed_up_to_its_limit() {
        let wait =
            |seconds| POLICY.decide(&Method::POST, status(429), 0, Some(Duration::from_secs(seconds)), 0.5);
        assert_eq!(wait(60), Some(Duration::from_secs(60)));
        assert_eq!(wait(61), None);
    }

    #[test]
    fn retry_after_has_many_forms() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let read = |value: &str, date: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, value.parse().unwrap());
            if let Some(date) = date {
                headers.insert(header::DATE, date.parse().unwrap());
            }
            retry_after(&headers, now)
        };
        assert_eq!(read("3", None), Some(Duration::from_secs(3)));
        assert_eq!(read(" 0.25 ", None), Some(Duration::from_millis(250)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:47 GMT", None), Some(Duration::from_secs(10)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:27 GMT", None), Some(Duration::ZERO));
        let skewed = Some("Sun, 06 Nov 1994 08:49:45 GMT");
        assert_eq!(read("Sun, 06 Nov 1994 08:49:47 GMT", skewed), Some(Duration::from_secs(2)));
        assert_eq!(read("1e19", None), Some(MAX_TOLD));
        assert_eq!(read("Fri, 31 Dec 9999 23:59:59 GMT", None), Some(MAX_TOLD));
        for nonsense in ["", "-1", "soon", "NaN", "inf", "1e300"] {
            assert_eq!(read(nonsense, None), None, "{nonsense}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
