//! Who calls: the kinds of keys and what the service thinks of each.

use crate::{
    answer::Answer,
    world::{World, keys::Caller},
};

/// The role that may use v2.
const ADMIN: &str = "account_admin";

/// Finds the caller of a request by its `Authorization` header.
///
/// # Errors
/// 401 for a missing, unknown or revoked key, 403 for a key of the wrong kind and for a user who is no admin.
pub(crate) fn authenticate(world: &World, authorization: Option<&str>) -> Result<Caller, Answer> {
    let unauthorized = |detail: &str| Err(Answer::error(401, detail).header("www-authenticate", "Bearer"));
    let Some(key) = authorization.and_then(bearer) else { return unauthorized("Not authenticated") };
    match kind(key) {
        "cog_" => return Err(Answer::error(403, "This is a v3 credential; v2 takes a personal key")),
        "apk_" => {
            return Err(Answer::error(
                403,
                "Service keys may not use the Enterprise API; use a personal key",
            ));
        }
        _ => {}
    }
    let Some(caller) = world.caller(key) else { return unauthorized("Invalid API key") };
    match world.member(&caller.user_id) {
        Some(member) if member.role == ADMIN => Ok(caller),
        _ => Err(Answer::error(403, "The owner of this key lacks the Enterprise Admin role")),
    }
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, key) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim()).filter(|key| !key.is_empty())
}

/// The prefix that tells a key's kind; empty for an unknown one.
fn kind(key: &str) -> &'static str {
    ["apk_user_", "apk_", "cog_"].into_iter().find(|prefix| key.starts_with(prefix)).unwrap_or_default()
}

/// An `Authorization` header with the secret taken out, only its kind left.
pub(crate) fn redacted(header: &str) -> String {
    match bearer(header) {
        Some(key) => format!("Bearer {}…", kind(key)),
        None => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redaction_keeps_the_kind_only() {
        assert_eq!(redacted("Bearer apk_user_c2VjcmV0"), "Bearer apk_user_…");
        assert_eq!(redacted("bearer apk_c2VjcmV0"), "Bearer apk_…");
        assert_eq!(redacted("Bearer c2VjcmV0"), "Bearer …");
        assert_eq!(redacted("Basic c2VjcmV0"), "…");
        assert_eq!(redacted("c2VjcmV0"), "…");
    }
}
