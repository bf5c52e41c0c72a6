//! `consumption.*`: ACUs by billing day, organization and user, summed up from the sessions.
//!
//! A session's ACUs count on the day on which it started.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    Outcome, Visit, World, seconds,
    session_rows::{Filter, Sessions},
    time,
};
use crate::{
    answer::Answer,
    generated::{ConsumptionCycles, ConsumptionDaily, ConsumptionUserDaily},
    time::{billing_day, billing_label},
};

/// The month in which the enterprise began: 2025-09, counted from year 0.
const INCEPTION: i64 = 2025 * 12 + 8;

/// The moment at which the billing cycle of a month (counted from year 0) starts: its first day, 08:00 UTC.
fn cycle_start(month: i64) -> i64 {
    let text = format!("{:04}-{:02}-01T08:00:00Z", month.div_euclid(12), month.rem_euclid(12) + 1);
    crate::time::parse(&text).map(Timestamp::as_second).unwrap_or_default()
}

/// The month of the billing cycle that a moment is in.
fn cycle_of(now: i64) -> i64 {
    let label = billing_label(billing_day(now));
    let number = |range: std::ops::Range<usize>| {
        label.get(range).and_then(|text| text.parse::<i64>().ok()).unwrap_or_default()
    };
    number(0..4) * 12 + number(5..7) - 1
}

/// A range with both ends given or defaulted: from the start of the current cycle until now. `*_date` is the documented
/// spelling and wins over the other one. The end is exclusive.
pub(super) fn range(
    world: &World,
    starts: [Option<Timestamp>; 2],
    ends: [Option<Timestamp>; 2],
) -> (i64, i64) {
    let first = |given: [Option<Timestamp>; 2]| given.into_iter().flatten().next().map(seconds);
    let start = first(starts).unwrap_or_else(|| cycle_start(cycle_of(world.clock)));
    (start, first(ends).unwrap_or(world.clock))
}

/// Oldest first; the last one is the current one.
pub(super) fn cycles(visit: &mut Visit<'_>, _: ConsumptionCycles) -> Outcome {
    let rows = (INCEPTION..=cycle_of(visit.world.clock))
        .map(|month| json!({ "start": time(cycle_start(month)), "end": time(cycle_start(month + 1)) }));
    Ok(Answer::json(&Value::Array(rows.collect())))
}

/// Sums in eighths of an ACU.
struct Sums {
    total: u64,
    days: BTreeMap<i64, u64>,
    organizations: Vec<u64>,
    users: Vec<u64>,
}

fn sums(sessions: &Sessions, filter: &Filter) -> Sums {
    let mut sums = Sums {
        total: 0,
        days: BTreeMap::new(),
        organizations: vec![0; sessions.organizations().len()],
        users: vec![0; sessions.users().len()],
    };
    sessions.each(filter, |_, row| {
        let eighths = u64::from(row.eighths);
        if eighths == 0 {
            return;
        }
        sums.total += eighths;
        *sums.days.entry(billing_day(i64::from(row.created))).or_default() += eighths;
        if let Some(sum) = sums.organizations.get_mut(Sessions::organization(row)) {
            *sum += eighths;
        }
        if let Some(sum) = Sessions::user(row).and_then(|user| sums.users.get_mut(user)) {
            *sum += eighths;
        }
    });
    sums
}

/// Exact: an eighth is a power of two.
#[allow(clippy::cast_precision_loss, reason = "sums stay far below 2^53")]
pub(super) fn acus(eighths: u64) -> f64 {
    eighths as f64 / 8.0
}

/// Ids and their sums, those without any left out.
fn by_id(ids: &[String], sums: &[u64]) -> Value {
    let used = ids.iter().zip(sums).filter(|(_, sum)| **sum > 0);
    Value::Object(used.map(|(id, sum)| (id.clone(), json!(acus(*sum)))).collect())
}

fn by_day(days: &BTreeMap<i64, u64>) -> Value {
    Value::Object(
        days.iter().map(|(day, sum)| (billing_label(*day), json!(acus(*sum)))).collect::<Map<_, _>>(),
    )
}

fn filter((start, end): (i64, i64), org_ids: Option<Vec<String>>, user_ids: Option<Vec<String>>) -> Filter {
    Filter {
        created_from: Some(start),
        created_to: Some(end.saturating_sub(1)),
        org_ids,
        user_ids,
        ..Filter::default()
    }
}

pub(super) fn daily(visit: &mut Visit<'_>, args: ConsumptionDaily) -> Outcome {
    let range = range(visit.world, [args.start_date, args.start], [args.end_date, args.end]);
    let sessions = &visit.world.sessions;
    let sums = sums(sessions, &filter(range, args.org_ids, None));
    Ok(Answer::json(&json!({
        "total_acus": acus(sums.total), "consumption_by_date": by_day(&sums.days),
        "consumption_by_org_id": by_id(sessions.organizations(), &sums.organizations),
        "consumption_by_user": by_id(sessions.users(), &sums.users),
    })))
}

/// An unknown user has consumed nothing; that is no error.
pub(super) fn user_daily(visit: &mut Visit<'_>, args: ConsumptionUserDaily) -> Outcome {
    let range = range(visit.world, [args.start_date, args.start], [args.end_date, args.end]);
    let sessions = &visit.world.sessions;
    let sums = sums(sessions, &filter(range, args.org_ids, Some(vec![args.user_id])));
    Ok(Answer::json(&json!({
        "total_acus": acus(sums.total), "consumption_by_date": by_day(&sums.days),
        "consumption_by_org_id": by_id(sessions.organizations(), &sums.organizations),
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_begin_on_the_first_at_eight() {
        let start = cycle_start(2026 * 12 + 2);
        assert_eq!(crate::time::text(start), "2026-03-01T08:00:00Z");
        assert_eq!(cycle_of(start), 2026 * 12 + 2);
        assert_eq!(cycle_of(start - 1), 2026 * 12 + 1);
    }
}
