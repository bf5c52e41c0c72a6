//! `metrics.*`: events counted within a window.

use serde_json::json;

use super::{Outcome, Visit, consumption::range, session_rows::Filter};
use crate::{
    answer::Answer,
    generated::{MetricsPrs, MetricsSearches, MetricsSessions, MetricsUsage},
};

#[derive(Default)]
struct Counts {
    sessions: u64,
    searches: u64,
    opened: u64,
    closed: u64,
    merged: u64,
}

/// Each event counts by its own time, so that a pull request may be merged in a window in which none was opened.
fn count(
    visit: &Visit<'_>,
    (start, end): (i64, i64),
    org_ids: Option<Vec<String>>,
    user_ids: Option<Vec<String>>,
) -> Counts {
    let within = |time: i64| u64::from(start <= time && time < end);
    let filter = Filter { org_ids, user_ids, ..Filter::default() };
    let mut counts = Counts::default();
    visit.world.sessions.each(&filter, |number, row| {
        let started = within(i64::from(row.created));
        counts.sessions += started;
        counts.searches += started * u64::from(row.searches);
        for pull_request in visit.world.sessions.pull_requests(number, row) {
            counts.opened += within(pull_request.opened);
            match pull_request.state {
                Some("merged") => counts.merged += within(pull_request.ended),
                Some("closed") => counts.closed += within(pull_request.ended),
                _ => {}
            }
        }
    });
    counts
}

/// The parameters of the four carry the same names in four types.
macro_rules! counts {
    ($visit:ident, $args:ident) => {{
        let range = range($visit.world, [$args.start_date, $args.start], [$args.end_date, $args.end]);
        count($visit, range, $args.org_ids, $args.user_ids)
    }};
}

pub(super) fn prs(visit: &mut Visit<'_>, args: MetricsPrs) -> Outcome {
    let counts = counts!(visit, args);
    Ok(Answer::json(&json!({
        "prs_opened": counts.opened, "prs_closed": counts.closed, "prs_merged": counts.merged,
    })))
}

pub(super) fn sessions(visit: &mut Visit<'_>, args: MetricsSessions) -> Outcome {
    Ok(Answer::json(&json!({ "sessions_count": counts!(visit, args).sessions })))
}

pub(super) fn searches(visit: &mut Visit<'_>, args: MetricsSearches) -> Outcome {
    Ok(Answer::json(&json!({ "searches_count": counts!(visit, args).searches })))
}

pub(super) fn usage(visit: &mut Visit<'_>, args: MetricsUsage) -> Outcome {
    let counts = counts!(visit, args);
    Ok(Answer::json(&json!({
        "sessions_count": counts.sessions, "searches_count": counts.searches, "prs_opened": counts.opened,
        "prs_closed": counts.closed, "prs_merged": counts.merged,
    })))
}
