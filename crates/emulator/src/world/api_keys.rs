//! `api_keys.*` and `identity.*`: personal and service keys.

use serde_json::json;

use super::{Outcome, Visit, input, paging, time};
use crate::{
    answer::Answer,
    generated::{ApiKeysList, ApiKeysProvision, ApiKeysRevoke, ApiKeysRevokeAll, IdentityGet},
};

/// A key that isn't revoked.
pub(super) struct Key {
    pub(super) id: String,
    /// The secret itself; shown once, when a service key is made.
    pub(super) value: String,
    pub(super) org_id: String,
    /// The owner; service keys have none.
    pub(super) user_id: Option<String>,
    pub(super) created: i64,
}

pub(super) fn provision(visit: &mut Visit<'_>, args: ApiKeysProvision) -> Outcome {
    let org_id = input::required_text(&args.body, "org_id");
    visit.world.organization(&org_id)?;
    let id = format!("apk-{}", visit.world.random.hex(16));
    let value = format!("apk_{}", visit.world.random.hex(40));
    let created = visit.world.clock;
    let key = Key { id: id.clone(), value: value.clone(), org_id: org_id.clone(), user_id: None, created };
    visit.world.keys.push(key);
    visit.audit("create_service_key", Some(&org_id), json!({ "api_key_id": id }));
    Ok(Answer::json(&json!({ "api_key": value, "org_id": org_id })))
}

/// Newest first. Values are masked: the whole one was shown when the key was made.
pub(super) fn list(visit: &mut Visit<'_>, args: ApiKeysList) -> Outcome {
    let world = &*visit.world;
    let matches = |key: &&Key| args.org_id.as_ref().is_none_or(|org_id| key.org_id == *org_id);
    let rows: Vec<_> = world.keys.iter().rev().filter(matches).collect();
    Ok(paging::numbered(&rows, args.page, args.per_page, |key| {
        let owner = key.user_id.as_deref().and_then(|user_id| world.member(user_id));
        let org_name =
            world.organization(&key.org_id).map(|organization| organization.name.clone()).unwrap_or_default();
        let tail = key.value.get(key.value.len().saturating_sub(4)..).unwrap_or_default();
        json!({
            "id": key.id, "org_id": key.org_id, "org_name": org_name, "user_id": key.user_id,
            "user_email": owner.map(|owner| owner.email.as_str()), "is_service_key": key.user_id.is_none(),
            "created_at": time(key.created),
            "api_key_value": key.user_id.is_none().then(|| format!("apk_…{tail}")),
        })
    }))
}

pub(super) fn revoke(visit: &mut Visit<'_>, args: ApiKeysRevoke) -> Outcome {
    let index = visit.world.keys.iter().position(|key| key.id == args.api_key_id);
    let index = index.ok_or_else(|| Answer::not_found("API key"))?;
    let key = visit.world.keys.remove(index);
    visit.audit("revoke_api_key", Some(&key.org_id), json!({ "api_key_id": key.id }));
    Ok(Answer::success())
}

/// Every key of everyone, the caller's too.
pub(super) fn revoke_all(visit: &mut Visit<'_>, _: ApiKeysRevokeAll) -> Outcome {
    let revoked = visit.world.keys.len();
    visit.world.keys.clear();
    visit.audit("revoke_all_api_keys", None, json!({ "revoked_count": revoked }));
    Ok(Answer::success())
}

pub(super) fn identity(visit: &mut Visit<'_>, _: IdentityGet) -> Outcome {
    let owner = visit.world.member(&visit.caller.user_id);
    Ok(Answer::json(&json!({
        "api_key_id": visit.caller.key_id, "org_id": visit.caller.org_id, "user_id": visit.caller.user_id,
        "user_email": owner.map(|owner| owner.email.as_str()),
    })))
}
