//! `roles.*`: the roles of both levels.

use serde_json::{Value, json};

use super::{Outcome, Visit, World};
use crate::{answer::Answer, generated::RolesList};

/// Where a role applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// In the whole enterprise.
    Account,
    /// In one organization.
    Organization,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Organization => "org",
        }
    }
}

/// A role, built in or custom.
pub(super) struct Role {
    pub(super) id: String,
    pub(super) name: &'static str,
    pub(super) level: Level,
}

impl World {
    /// The id, if it names a role of this level.
    pub(super) fn check_role(&self, role_id: &str, level: Level) -> Result<String, Answer> {
        match self.roles.iter().find(|role| role.id == role_id) {
            Some(role) if role.level == level => Ok(role.id.clone()),
            _ => Err(Answer::error(400, format!("{role_id} is not an {}-level role", level.name()))),
        }
    }

    /// What people call a role.
    pub(super) fn role_name(&self, role_id: &str) -> Option<&'static str> {
        self.roles.iter().find(|role| role.id == role_id).map(|role| role.name)
    }
}

pub(super) fn list(visit: &mut Visit<'_>, _: RolesList) -> Outcome {
    let row =
        |role: &Role| json!({ "role_id": role.id, "role_name": role.name, "role_type": role.level.name() });
    Ok(Answer::json(&Value::Array(visit.world.roles.iter().map(row).collect())))
}
