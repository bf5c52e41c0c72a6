//! `members.*`: the people of the enterprise and their account-level roles.

use serde_json::{Map, Value, json};

use super::{Outcome, Visit, input, paging, time};
use crate::{
    answer::Answer,
    generated::{
        MembersDelete, MembersGet, MembersInvite, MembersList, MembersListOrganizations, MembersMigrateRoles,
        MembersUpdateRoles,
    },
    world::{organizations, roles::Level},
};

/// A member of the enterprise.
pub(crate) struct Member {
    /// Rises with creation; organizations refer to members by it.
    pub(crate) serial: u64,
    pub(crate) user_id: String,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) created: i64,
    pub(crate) last_login: Option<i64>,
    pub(crate) logins: Option<u32>,
    pub(crate) saml_id: Option<String>,
    pub(crate) searches: u64,
    pub(crate) sessions: u64,
}

fn row(member: &Member) -> Value {
    json!({
        "user_id": member.user_id, "email": member.email, "name": member.name, "enterprise_role": member.role,
        "created_at": time(member.created), "last_login": member.last_login.map(time), "login_count": member.logins,
        "saml_id": member.saml_id, "searches_created_count": member.searches,
        "sessions_created_count": member.sessions,
    })
}

pub(super) fn list(visit: &mut Visit<'_>, args: MembersList) -> Outcome {
    let matches =
        |member: &&Member| args.email.as_ref().is_none_or(|email| member.email.eq_ignore_ascii_case(email));
    let rows: Vec<_> = visit.world.members.iter().filter(matches).collect();
    Ok(paging::offset(&rows, args.skip, args.limit, |member| row(member)))
}

pub(super) fn get(visit: &mut Visit<'_>, args: MembersGet) -> Outcome {
    visit
        .world
        .member(&args.user_id)
        .map(|member| Answer::json(&row(member)))
        .ok_or_else(|| Answer::not_found("User"))
}

pub(super) fn invite(visit: &mut Visit<'_>, args: MembersInvite) -> Outcome {
    let emails = input::texts(&args.body, "emails");
    if emails.is_empty() || emails.len() > 100 {
        return Err(Answer::error(400, "Between 1 and 100 email addresses can be invited at once"));
    }
    if let Some(bad) = emails.iter().find(|email| !input::is_email(email)) {
        return Err(Answer::error(400, format!("Invalid email address: {bad}")));
    }
    let created = visit.world.clock;
    let mut invited = Map::new();
    for email in emails {
        if visit.world.members.iter().any(|member| member.email.eq_ignore_ascii_case(&email)) {
            continue;
        }
        let user_id = format!("email|{}", visit.world.random.hex(24));
        let serial = visit.world.next_serial;
        visit.world.next_serial += 1;
        let name = email.split('@').next().unwrap_or_default().to_owned();
        invited.insert(user_id.clone(), Value::from(email.as_str()));
        visit.world.members.push(Member {
            serial,
            user_id,
            email,
            name,
            role: "account_member".to_owned(),
            created,
            last_login: None,
            logins: None,
            saml_id: None,
            searches: 0,
            sessions: 0,
        });
    }
    let ids: Vec<_> = invited.keys().cloned().collect();
    visit.audit("invite_members", None, json!({ "target_user_ids": ids }));
    Ok(Answer::json(&json!({
        "status": "success", "invited_count": invited.len(), "invitee_user_id_to_email": invited,
    })))
}

pub(super) fn update_roles(visit: &mut Visit<'_>, args: MembersUpdateRoles) -> Outcome {
    let role = visit.world.check_role(&input::required_text(&args.body, "role_id"), Level::Account)?;
    let user_ids = input::texts(&args.body, "user_ids");
    if user_ids.iter().any(|user_id| visit.world.member(user_id).is_none()) {
        return Err(Answer::error(404, "One or more users not found"));
    }
    for member in &mut visit.world.members {
        if user_ids.contains(&member.user_id) {
            member.role.clone_from(&role);
        }
    }
    for user_id in user_ids {
        visit.audit("update_user_role", None, json!({ "target_user_id": user_id, "roles": [role] }));
    }
    Ok(Answer::success())
}

pub(super) fn migrate_roles(visit: &mut Visit<'_>, args: MembersMigrateRoles) -> Outcome {
    let source =
        visit.world.check_role(&input::required_text(&args.body, "source_role_id"), Level::Account)?;
    let target =
        visit.world.check_role(&input::required_text(&args.body, "target_role_id"), Level::Account)?;
    let mut moved = 0;
    for member in visit.world.members.iter_mut().filter(|member| member.role == source) {
        member.role.clone_from(&target);
        moved += 1;
    }
    let details = json!({ "source_role_id": source, "target_role_id": target, "moved_count": moved });
    visit.audit("migrate_member_roles", None, details);
    Ok(Answer::success())
}

pub(super) fn delete(visit: &mut Visit<'_>, args: MembersDelete) -> Outcome {
    let index = visit.world.members.iter().position(|member| member.user_id == args.user_id);
    let index = index.ok_or_else(|| Answer::not_found("User"))?;
    if args.user_id == visit.caller.user_id {
        return Err(Answer::error(400, "You cannot remove yourself from the enterprise"));
    }
    let member = visit.world.members.remove(index);
    for organization in &mut visit.world.organizations {
        organization.members.retain(|membership| membership.serial != member.serial);
    }
    visit.world.keys.retain(|key| key.user_id.as_ref() != Some(&member.user_id));
    visit.audit("remove_member", None, json!({ "target_user_id": member.user_id }));
    Ok(Answer::success())
}

pub(super) fn list_organizations(visit: &mut Visit<'_>, args: MembersListOrganizations) -> Outcome {
    let member = visit.world.member(&args.user_id).ok_or_else(|| Answer::not_found("User"))?;
    let memberships = visit.world.organizations.iter().filter_map(|organization| {
        let membership = organization.members.iter().find(|membership| membership.serial == member.serial)?;
        Some((organization, membership))
    });
    let rows: Vec<_> = memberships.collect();
    Ok(paging::offset(&rows, args.skip, args.limit, |(organization, membership)| {
        organizations::membership_row(visit.world, organization, membership, member)
    }))
}
