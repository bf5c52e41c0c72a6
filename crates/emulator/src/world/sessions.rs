//! `sessions.*` and the session lists of an organization. Sessions don't change: v2 has no operation that would do so.

use super::{Outcome, Visit, seconds, session_rows::Filter};
use crate::{
    answer::Answer,
    generated::{
        OrganizationsListSessionInsights, OrganizationsListSessions, SessionsGet, SessionsList,
        SessionsListInsights,
    },
};

/// The filters of the four lists carry the same names in four types.
macro_rules! filter {
    ($args:ident, $organization:expr) => {
        Filter {
            created_from: $args.created_date_from.map(seconds),
            created_to: $args.created_date_to.map(seconds),
            updated_from: $args.updated_date_from.map(seconds),
            updated_to: $args.updated_date_to.map(seconds),
            organization: $organization,
            org_ids: $args.org_ids,
            user_ids: $args.user_ids,
            session_ids: $args.session_ids,
        }
    };
}

pub(super) fn list(visit: &mut Visit<'_>, args: SessionsList) -> Outcome {
    let filter = filter!(args, None);
    Ok(Answer::text(visit.world.sessions.page(&filter, args.skip, args.limit, false)))
}

pub(super) fn list_insights(visit: &mut Visit<'_>, args: SessionsListInsights) -> Outcome {
    let filter = filter!(args, None);
    Ok(Answer::text(visit.world.sessions.page(&filter, args.skip, args.limit, true)))
}

pub(super) fn get(visit: &mut Visit<'_>, args: SessionsGet) -> Outcome {
    visit
        .world
        .sessions
        .detail(&args.session_id)
        .map(Answer::text)
        .ok_or_else(|| Answer::not_found("Session"))
}

pub(super) fn list_in_organization(visit: &mut Visit<'_>, args: OrganizationsListSessions) -> Outcome {
    visit.world.organization(&args.org_id)?;
    let filter = filter!(args, Some(args.org_id));
    Ok(Answer::text(visit.world.sessions.page(&filter, args.skip, args.limit, false)))
}

pub(super) fn list_insights_in_organization(
    visit: &mut Visit<'_>,
    args: OrganizationsListSessionInsights,
) -> Outcome {
    visit.world.organization(&args.org_id)?;
    let filter = filter!(args, Some(args.org_id));
    Ok(Answer::text(visit.world.sessions.page(&filter, args.skip, args.limit, true)))
}
