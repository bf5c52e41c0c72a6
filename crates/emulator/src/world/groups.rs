//! `groups.*`: the groups that an identity provider knows.

use serde_json::{Map, Value, json};

use super::{Outcome, Visit, World, input, paging};
use crate::{
    answer::Answer,
    generated::{GroupsAdd, GroupsGet, GroupsList},
};

fn row(world: &World, name: &str) -> Value {
    let mut roles = Map::new();
    for organization in &world.organizations {
        if let Some((_, role)) = organization.groups.iter().find(|(candidate, _)| candidate == name) {
            roles.insert(organization.org_id.clone(), Value::from(role.as_str()));
        }
    }
    json!({ "group_name": name, "org_count": roles.len(), "role_by_org_id": roles })
}

pub(super) fn list(visit: &mut Visit<'_>, args: GroupsList) -> Outcome {
    let world = &*visit.world;
    Ok(paging::offset(&world.groups, args.skip, args.limit, |name| row(world, name)))
}

/// Adds the names that are new; answers all of them. A blank name is passed over: no path could address its group.
pub(super) fn add(visit: &mut Visit<'_>, args: GroupsAdd) -> Outcome {
    let mut added = Vec::new();
    for name in input::texts(&args.body, "group_names") {
        if !name.trim().is_empty() && !visit.world.groups.contains(&name) {
            visit.world.groups.push(name.clone());
            added.push(name);
        }
    }
    visit.audit("create_groups", None, json!({ "group_names": added }));
    Ok(Answer::json(&json!(visit.world.groups)))
}

pub(super) fn get(visit: &mut Visit<'_>, args: GroupsGet) -> Outcome {
    if !visit.world.groups.contains(&args.group_name) {
        return Err(Answer::not_found("Group"));
    }
    Ok(Answer::json(&row(visit.world, &args.group_name)))
}
