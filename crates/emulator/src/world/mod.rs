//! The emulated enterprise: its state, and one file per resource with the behaviour.

mod api_keys;
mod audit_logs;
mod consumption;
mod enterprise;
mod groups;
mod hypervisors;
mod input;
pub(crate) mod keys;
mod members;
mod metrics;
mod org_group_limits;
mod organizations;
mod paging;
mod playbooks;
mod repositories;
mod roles;
mod seed;
mod session_rows;
mod sessions;
mod snapshots;
mod user_usage;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use self::{
    api_keys::Key, audit_logs::Entry, keys::Caller, members::Member, org_group_limits::Limit,
    organizations::Organization, playbooks::Playbook, roles::Role, seed::Random, session_rows::Sessions,
    snapshots::Snapshot,
};
use crate::{answer::Answer, config::Config};

/// What a handler returns; an error is an answer too (400, 404).
type Outcome = Result<Answer, Answer>;

/// Everything the enterprise holds.
pub(crate) struct World {
    /// The clock, Unix seconds: stands still but for a second per change.
    clock: i64,
    /// The start of the clock, for windows that shouldn't move with it.
    now: i64,
    random: Random,
    /// See [`Config::naive_times`].
    naive_times: bool,
    account_id: String,
    initial_key: String,
    /// In creation order, as are all lists here unless they say otherwise.
    members: Vec<Member>,
    next_serial: u64,
    organizations: Vec<Organization>,
    roles: Vec<Role>,
    keys: Vec<Key>,
    audit: Vec<Entry>,
    groups: Vec<String>,
    limits: BTreeMap<String, Limit>,
    playbooks: Vec<Playbook>,
    sessions: Sessions,
    snapshots: Vec<Snapshot>,
}

impl World {
    /// The enterprise that this configuration describes.
    pub(crate) fn seeded(config: &Config) -> Self {
        seed::world(config)
    }

    /// The key to start with.
    pub(crate) fn initial_key(&self) -> &str {
        &self.initial_key
    }

    /// The caller that this key belongs to, if it is a personal key that isn't revoked.
    pub(crate) fn caller(&self, key: &str) -> Option<Caller> {
        let key = self.keys.iter().find(|candidate| candidate.value == key)?;
        Some(Caller { key_id: key.id.clone(), org_id: key.org_id.clone(), user_id: key.user_id.clone()? })
    }

    /// A member by id.
    pub(crate) fn member(&self, user_id: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.user_id == user_id)
    }

    /// A member by serial number; members are sorted by it.
    fn member_by_serial(&self, serial: u64) -> Option<&Member> {
        let index = self.members.binary_search_by_key(&serial, |member| member.serial).ok()?;
        self.members.get(index)
    }

    fn organization(&self, org_id: &str) -> Result<&Organization, Answer> {
        self.organizations
            .iter()
            .find(|organization| organization.org_id == org_id)
            .ok_or_else(|| Answer::not_found("Organization"))
    }

    fn organization_mut(&mut self, org_id: &str) -> Result<&mut Organization, Answer> {
        self.organizations
            .iter_mut()
            .find(|organization| organization.org_id == org_id)
            .ok_or_else(|| Answer::not_found("Organization"))
    }

    /// The clock, one second on: each change has a time of its own.
    fn tick(&mut self) -> i64 {
        self.clock += 1;
        self.clock
    }

    /// An id with this prefix and 32 hexadecimal digits.
    fn new_id(&mut self, prefix: &str) -> String {
        format!("{prefix}{}", self.random.hex(32))
    }
}

/// One authenticated call: the world and who asks.
pub(crate) struct Visit<'a> {
    world: &'a mut World,
    caller: Caller,
}

impl<'a> Visit<'a> {
    pub(crate) fn new(world: &'a mut World, caller: Caller) -> Self {
        Self { world, caller }
    }

    /// Writes an audit entry about a change by the caller. `details` are put flat beside the common fields.
    fn audit(&mut self, action: &str, org_id: Option<&str>, details: Value) {
        let email = self.world.member(&self.caller.user_id).map(|member| member.email.clone());
        let seconds = self.world.tick();
        let id = self.world.new_id("audit-");
        let entry = Entry::new(
            id,
            seconds * 1000,
            action,
            org_id,
            Some(&self.caller.user_id),
            email.as_deref(),
            details,
        );
        audit_logs::push(&mut self.world.audit, entry);
    }
}

/// A date-time as the API writes it.
fn time(seconds: i64) -> Value {
    Value::from(crate::time::text(seconds))
}

/// Whole seconds of a time that a client sent; the bounds of a filter don't need more.
fn seconds(time: Timestamp) -> i64 {
    time.as_second()
}
