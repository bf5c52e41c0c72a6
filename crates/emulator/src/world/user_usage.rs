//! `user_usage.*` (beta): how much each member used.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    Outcome, Visit,
    consumption::acus,
    paging,
    session_rows::{Filter, Sessions},
};
use crate::generated::UserUsageList;

const DAY: i64 = 24 * 3600;

#[derive(Default, Clone, Copy)]
struct Window {
    eighths: u64,
    sessions: u64,
    searches: u64,
}

impl Window {
    #[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    fn json(self) -> Value {
        let total = acus(self.eighths);
        let average = if self.sessions == 0 { 0.0 } else { total / self.sessions as f64 };
        json!({
            "average_acus_per_session": average, "total_acus_consumed": total, "sessions_started": self.sessions,
            "searches_started": self.searches,
        })
    }
}

pub(super) fn list(visit: &mut Visit<'_>, args: UserUsageList) -> Outcome {
    let world = &*visit.world;
    // Seven days, thirty days, ever: in this order, so that a younger session counts in each.
    let starts = [world.now - 7 * DAY, world.now - 30 * DAY, i64::MIN];
    let mut windows = vec![[Window::default(); 3]; world.sessions.users().len()];
    world.sessions.each(&Filter::default(), |_, row| {
        let Some(user) = Sessions::user(row).and_then(|user| windows.get_mut(user)) else { return };
        for (window, start) in user.iter_mut().zip(starts) {
            if i64::from(row.created) >= start {
                window.eighths += u64::from(row.eighths);
                window.sessions += 1;
                window.searches += u64::from(row.searches);
            }
        }
    });
    let by_id: HashMap<_, _> = world.sessions.users().iter().zip(&windows).collect();
    Ok(paging::offset(&world.members, args.skip.unwrap_or(0), args.limit.unwrap_or(100), |member| {
        let windows = by_id.get(&member.user_id).copied().copied().unwrap_or_default();
        let [week, month, ever] = windows.map(Window::json);
        json!({
            "user_id": member.user_id, "email": member.email, "name": member.name, "last_7_days": week,
            "last_30_days": month, "lifetime": ever,
        })
    }))
}
