//! `organizations.*`: organizations, who belongs to them, and what they may use. Their sessions are in `sessions.rs`.

use serde_json::{Map, Value, json};

use super::{
    Outcome, Visit, World, input, members::Member, paging, repositories::Repository, roles::Level, time,
};
use crate::{
    answer::Answer,
    generated::{
        OrganizationsAddGitPermissions, OrganizationsAddGroup, OrganizationsAddMembers, OrganizationsCreate,
        OrganizationsDelete, OrganizationsGet, OrganizationsList, OrganizationsListGitConnections,
        OrganizationsListGitPermissions, OrganizationsListGroups, OrganizationsListMembers,
        OrganizationsMigrateMemberRoles, OrganizationsRemoveGitPermission, OrganizationsRemoveGroup,
        OrganizationsRemoveMember, OrganizationsUpdate, OrganizationsUpdateMemberRoles,
    },
};

/// An organization of the enterprise.
#[derive(Default)]
pub(super) struct Organization {
    pub(super) org_id: String,
    pub(super) name: String,
    pub(super) created: i64,
    pub(super) primary: bool,
    pub(super) cycle_limit: Option<i64>,
    pub(super) session_limit: Option<i64>,
    pub(super) members: Vec<Membership>,
    /// Group name and role.
    pub(super) groups: Vec<(String, String)>,
    pub(super) connections: Vec<Connection>,
    pub(super) permissions: Vec<Permission>,
    pub(super) repositories: Vec<Repository>,
}

/// A member's place in an organization.
pub(super) struct Membership {
    pub(super) serial: u64,
    pub(super) role: String,
}

/// A connection to a git host.
pub(super) struct Connection {
    pub(super) id: String,
    pub(super) created: i64,
    pub(super) host: &'static str,
    pub(super) name: Option<String>,
    pub(super) kind: &'static str,
}

/// What an organization may reach on a git host.
pub(super) struct Permission {
    pub(super) id: String,
    pub(super) host: String,
    pub(super) group_prefix: Option<String>,
    pub(super) prefix_path: Option<String>,
    pub(super) repo_path: Option<String>,
}

fn row(organization: &Organization) -> Value {
    let with_role =
        |role: &str| organization.members.iter().filter(|membership| membership.role == role).count();
    json!({
        "org_id": organization.org_id, "org_name": organization.name, "created_at": time(organization.created),
        "max_cycle_acu_limit": organization.cycle_limit, "max_session_acu_limit": organization.session_limit,
        "org_admin_count": with_role("org_admin"), "org_member_count": with_role("org_member"),
        "org_user_count": organization.members.len(),
    })
}

/// A member in an organization, as both membership lists show it.
pub(super) fn membership_row(
    world: &World,
    organization: &Organization,
    membership: &Membership,
    member: &Member,
) -> Value {
    json!({
        "user_id": member.user_id, "email": member.email, "name": member.name, "org_id": organization.org_id,
        "org_name": organization.name, "org_role": membership.role, "enterprise_role": member.role,
        "org_role_name": world.role_name(&membership.role),
    })
}

pub(super) fn list(visit: &mut Visit<'_>, args: OrganizationsList) -> Outcome {
    Ok(paging::offset(&visit.world.organizations, args.skip, args.limit, row))
}

pub(super) fn create(visit: &mut Visit<'_>, args: OrganizationsCreate) -> Outcome {
    let creator = visit.world.member(&visit.caller.user_id).map(|member| member.serial);
    let joins = args.body.get("add_creator_as_member").and_then(Value::as_bool).unwrap_or(true);
    let membership = |serial| Membership { serial, role: "org_admin".to_owned() };
    let organization = Organization {
        org_id: visit.world.new_id("org-"),
        name: input::required_text(&args.body, "display_name"),
        created: visit.world.clock,
        cycle_limit: args.body.get("acu_limit").and_then(input::integer),
        members: creator.filter(|_| joins).map(membership).into_iter().collect(),
        ..Organization::default()
    };
    let answer = Answer::json(&row(&organization));
    let org_id = organization.org_id.clone();
    let details = json!({ "org_name": organization.name });
    visit.world.organizations.push(organization);
    visit.audit("create_organization", Some(&org_id), details);
    Ok(answer)
}

pub(super) fn get(visit: &mut Visit<'_>, args: OrganizationsGet) -> Outcome {
    visit.world.organization(&args.org_id).map(|organization| Answer::json(&row(organization)))
}

pub(super) fn update(visit: &mut Visit<'_>, args: OrganizationsUpdate) -> Outcome {
    let organization = visit.world.organization_mut(&args.org_id)?;
    let mut details = Map::new();
    if let Some(name) = input::text(&args.body, "display_name") {
        details.insert("org_name".to_owned(), Value::from(name.as_str()));
        organization.name = name;
    }
    // Absent leaves the limit alone, null takes it away.
    if let Some(limit) = args.body.get("max_acu_limit") {
        organization.cycle_limit = input::integer(limit);
        details.insert("max_cycle_acu_limit".to_owned(), json!(organization.cycle_limit));
    }
    visit.audit("update_organization", Some(&args.org_id), Value::Object(details));
    Ok(Answer::success())
}

pub(super) fn delete(visit: &mut Visit<'_>, args: OrganizationsDelete) -> Outcome {
    if visit.world.organization(&args.org_id)?.primary {
        return Err(Answer::error(400, "The primary organization cannot be deleted"));
    }
    let world = &mut *visit.world;
    world.organizations.retain(|organization| organization.org_id != args.org_id);
    world.keys.retain(|key| key.org_id != args.org_id);
    world.snapshots.retain(|snapshot| snapshot.org_id != args.org_id);
    world.sessions.remove_organization(&args.org_id);
    for limit in world.limits.values_mut() {
        limit.org_ids.retain(|org_id| *org_id != args.org_id);
    }
    visit.audit("delete_organization", Some(&args.org_id), json!({}));
    Ok(Answer::success())
}

pub(super) fn list_members(visit: &mut Visit<'_>, args: OrganizationsListMembers) -> Outcome {
    let world = &*visit.world;
    let organization = world.organization(&args.org_id)?;
    let rows: Vec<_> = organization
        .members
        .iter()
        .filter_map(|membership| Some((membership, world.member_by_serial(membership.serial)?)))
        .collect();
    Ok(paging::offset(&rows, args.skip, args.limit, |(membership, member)| {
        membership_row(world, organization, membership, member)
    }))
}

/// Adds to the organization of the path and to those of the body: all of them or none.
pub(super) fn add_members(visit: &mut Visit<'_>, args: OrganizationsAddMembers) -> Outcome {
    let role = input::text(&args.body, "org_role").unwrap_or_else(|| "org_member".to_owned());
    let mut org_ids = vec![args.org_id.clone()];
    org_ids.extend(input::texts(&args.body, "org_ids").into_iter().filter(|org_id| *org_id != args.org_id));
    let user_ids = input::texts(&args.body, "user_ids");
    let group_names = input::texts(&args.body, "group_names");
    for org_id in &org_ids {
        visit.world.organization(org_id)?;
    }
    let mut serials = Vec::new();
    for user_id in &user_ids {
        let member =
            visit.world.member(user_id).ok_or_else(|| Answer::error(404, "One or more users not found"))?;
        serials.push(member.serial);
    }
    if group_names.iter().any(|name| !visit.world.groups.contains(name)) {
        return Err(Answer::error(404, "One or more groups not found"));
    }
    let role = visit.world.check_role(&role, Level::Organization)?;
    for org_id in &org_ids {
        let organization = visit.world.organization_mut(org_id)?;
        for serial in &serials {
            match organization.members.iter_mut().find(|membership| membership.serial == *serial) {
                Some(membership) => membership.role.clone_from(&role),
                None => organization.members.push(Membership { serial: *serial, role: role.clone() }),
            }
        }
        for name in &group_names {
            set_group(organization, name, &role);
        }
    }
    let details = json!({ "org_ids": org_ids, "target_user_ids": user_ids, "group_names": group_names, "roles": [role] });
    visit.audit("add_organization_members", Some(&args.org_id), details);
    Ok(Answer::success())
}

pub(super) fn remove_member(visit: &mut Visit<'_>, args: OrganizationsRemoveMember) -> Outcome {
    visit.world.organization(&args.org_id)?;
    let serial = visit.world.member(&args.user_id).map(|member| member.serial);
    let organization = visit.world.organization_mut(&args.org_id)?;
    let before = organization.members.len();
    organization.members.retain(|membership| Some(membership.serial) != serial);
    if organization.members.len() == before {
        return Err(Answer::error(404, "User not found in this organization"));
    }
    visit.audit("remove_organization_member", Some(&args.org_id), json!({ "target_user_id": args.user_id }));
    Ok(Answer::success())
}

pub(super) fn update_member_roles(visit: &mut Visit<'_>, args: OrganizationsUpdateMemberRoles) -> Outcome {
    visit.world.organization(&args.org_id)?;
    let role = visit.world.check_role(&input::required_text(&args.body, "role_id"), Level::Organization)?;
    let user_ids = input::texts(&args.body, "user_ids");
    let absent = || Answer::error(404, "One or more users not found in this organization");
    let mut serials = Vec::new();
    for user_id in &user_ids {
        serials.push(visit.world.member(user_id).ok_or_else(absent)?.serial);
    }
    let organization = visit.world.organization_mut(&args.org_id)?;
    let belongs = |serial: &u64| organization.members.iter().any(|membership| membership.serial == *serial);
    if !serials.iter().all(belongs) {
        return Err(absent());
    }
    for membership in
        organization.members.iter_mut().filter(|membership| serials.contains(&membership.serial))
    {
        membership.role.clone_from(&role);
    }
    for user_id in user_ids {
        let details = json!({ "target_user_id": user_id, "roles": [role] });
        visit.audit("update_organization_user_role", Some(&args.org_id), details);
    }
    Ok(Answer::success())
}

/// Moves people only; a group keeps its role.
pub(super) fn migrate_member_roles(visit: &mut Visit<'_>, args: OrganizationsMigrateMemberRoles) -> Outcome {
    visit.world.organization(&args.org_id)?;
    let source =
        visit.world.check_role(&input::required_text(&args.body, "source_role_id"), Level::Organization)?;
    let target =
        visit.world.check_role(&input::required_text(&args.body, "target_role_id"), Level::Organization)?;
    let organization = visit.world.organization_mut(&args.org_id)?;
    let mut moved = 0;
    for membership in organization.members.iter_mut().filter(|membership| membership.role == source) {
        membership.role.clone_from(&target);
        moved += 1;
    }
    let details = json!({ "source_role_id": source, "target_role_id": target, "moved_count": moved });
    visit.audit("migrate_organization_member_roles", Some(&args.org_id), details);
    Ok(Answer::success())
}

pub(super) fn list_groups(visit: &mut Visit<'_>, args: OrganizationsListGroups) -> Outcome {
    let organization = visit.world.organization(&args.org_id)?;
    Ok(paging::offset(
        &organization.groups,
        args.skip,
        args.limit,
        |(name, role)| json!({ "group_name": name, "org_id": args.org_id, "role": role }),
    ))
}

fn set_group(organization: &mut Organization, name: &str, role: &str) {
    match organization.groups.iter_mut().find(|(candidate, _)| candidate == name) {
        Some((_, current)) => role.clone_into(current),
        None => organization.groups.push((name.to_owned(), role.to_owned())),
    }
}

pub(super) fn add_group(visit: &mut Visit<'_>, args: OrganizationsAddGroup) -> Outcome {
    visit.world.organization(&args.org_id)?;
    let name = input::required_text(&args.body, "group_name");
    if !visit.world.groups.contains(&name) {
        return Err(Answer::not_found("Group"));
    }
    let role = visit.world.check_role(&input::required_text(&args.body, "role"), Level::Organization)?;
    set_group(visit.world.organization_mut(&args.org_id)?, &name, &role);
    let answer = Answer::json(&json!({ "group_name": name, "org_id": args.org_id, "role": role }));
    visit.audit(
        "add_organization_group",
        Some(&args.org_id),
        json!({ "target_group_name": name, "roles": [role] }),
    );
    Ok(answer)
}

pub(super) fn remove_group(visit: &mut Visit<'_>, args: OrganizationsRemoveGroup) -> Outcome {
    let organization = visit.world.organization_mut(&args.org_id)?;
    let before = organization.groups.len();
    organization.groups.retain(|(name, _)| *name != args.group_name);
    if organization.groups.len() == before {
        return Err(Answer::error(404, "Group not found in this organization"));
    }
    visit.audit(
        "remove_organization_group",
        Some(&args.org_id),
        json!({ "target_group_name": args.group_name }),
    );
    Ok(Answer::success())
}

pub(super) fn list_git_connections(visit: &mut Visit<'_>, args: OrganizationsListGitConnections) -> Outcome {
    let organization = visit.world.organization(&args.org_id)?;
    Ok(paging::offset(&organization.connections, args.skip, args.limit, |connection| {
        json!({
            "connection_id": connection.id, "created_at": time(connection.created), "host": connection.host,
            "name": connection.name, "type": connection.kind,
        })
    }))
}

pub(super) fn list_git_permissions(visit: &mut Visit<'_>, args: OrganizationsListGitPermissions) -> Outcome {
    let organization = visit.world.organization(&args.org_id)?;
    Ok(paging::offset(&organization.permissions, args.skip, args.limit, |permission| {
        json!({
            "permission_id": permission.id, "host": permission.host, "group_prefix": permission.group_prefix,
            "prefix_path": permission.prefix_path, "repo_path": permission.repo_path,
        })
    }))
}

/// Segments on the way in, joined paths from here on.
pub(super) fn add_git_permissions(visit: &mut Visit<'_>, args: OrganizationsAddGitPermissions) -> Outcome {
    let organization = visit.world.organization(&args.org_id)?;
    let mut added = Vec::new();
    for wish in args.body.as_array().into_iter().flatten() {
        let connection_id = input::required_text(wish, "connection_id");
        let connection = organization.connections.iter().find(|connection| connection.id == connection_id);
        let connection = connection.ok_or_else(|| Answer::not_found("Git connection"))?;
        let joined = |list: &str, url: &str| {
            let segments = input::texts(wish, list);
            if segments.is_empty() {
                input::text(wish, url).map(|url| path_of(&url))
            } else {
                Some(segments.join("/"))
            }
        };
        added.push(Permission {
            id: String::new(),
            host: connection.host.to_owned(),
            group_prefix: joined("group_prefix", "group_prefix_url"),
            prefix_path: input::text(wish, "prefix_path"),
            repo_path: joined("repo_path", "repo_url"),
        });
    }
    let mut names = Map::new();
    let mut ids = Vec::new();
    for permission in &mut added {
        permission.id = visit.world.new_id("git-permission-");
        let what = permission
            .repo_path
            .as_ref()
            .or(permission.group_prefix.as_ref())
            .or(permission.prefix_path.as_ref());
        names.insert(permission.id.clone(), Value::from(what.unwrap_or(&permission.host).as_str()));
        ids.push(permission.id.clone());
    }
    visit.world.organization_mut(&args.org_id)?.permissions.extend(added);
    visit.audit("add_git_permissions", Some(&args.org_id), json!({ "permission_ids": ids }));
    Ok(Answer::json(&json!({ "status": "success", "permission_ids": ids, "permission_names": names })))
}

/// The path of a repository's or group's address, without its slashes at both ends and without `.git`.
fn path_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.split_once('/').map_or(rest, |(_, path)| path);
    path.trim_matches('/').trim_end_matches(".git").to_owned()
}

pub(super) fn remove_git_permission(
    visit: &mut Visit<'_>,
    args: OrganizationsRemoveGitPermission,
) -> Outcome {
    let organization = visit.world.organization_mut(&args.org_id)?;
    let before = organization.permissions.len();
    organization.permissions.retain(|permission| permission.id != args.permission_id);
    if organization.permissions.len() == before {
        return Err(Answer::not_found("Git permission"));
    }
    visit.audit("remove_git_permission", Some(&args.org_id), json!({ "permission_id": args.permission_id }));
    Ok(Answer::success())
}
