//! `org_group_limits.*`: ACU limits that several organizations share.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Outcome, Visit, World, input};
use crate::{
    answer::Answer,
    generated::{OrgGroupLimitsGet, OrgGroupLimitsUpdate},
};

/// A named set of organizations and the limit they share.
pub(super) struct Limit {
    pub(super) org_ids: Vec<String>,
    pub(super) max_cycle_acus: Option<i64>,
}

fn configuration(world: &World) -> Value {
    let groups: Map<_, _> = world
        .limits
        .iter()
        .map(|(name, limit)| {
            (name.clone(), json!({ "org_ids": limit.org_ids, "max_cycle_acus": limit.max_cycle_acus }))
        })
        .collect();
    json!({ "groups": groups })
}

pub(super) fn get(visit: &mut Visit<'_>, _: OrgGroupLimitsGet) -> Outcome {
    Ok(Answer::json(&configuration(visit.world)))
}

/// Replaces the whole configuration: groups that aren't named are gone.
pub(super) fn update(visit: &mut Visit<'_>, args: OrgGroupLimitsUpdate) -> Outcome {
    let mut limits = BTreeMap::new();
    for (name, group) in args.body.get("groups").and_then(Value::as_object).into_iter().flatten() {
        let org_ids = input::texts(group, "org_ids");
        for org_id in &org_ids {
            visit.world.organization(org_id)?;
        }
        let max_cycle_acus = group.get("max_cycle_acus").and_then(input::integer);
        limits.insert(name.clone(), Limit { org_ids, max_cycle_acus });
    }
    visit.world.limits = limits;
    let names: Vec<_> = visit.world.limits.keys().cloned().collect();
    visit.audit("update_org_group_limits", None, json!({ "group_names": names }));
    Ok(Answer::json(&configuration(visit.world)))
}
