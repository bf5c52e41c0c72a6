//! `snapshots.*`: the machine images that sessions start from.

use serde_json::{Value, json};

use super::{Outcome, Visit, time};
use crate::{answer::Answer, generated::SnapshotsGet, time::text};

/// A snapshot of one organization.
pub(super) struct Snapshot {
    pub(super) id: String,
    pub(super) org_id: String,
    pub(super) name: &'static str,
    pub(super) description: Option<&'static str>,
    pub(super) is_default: bool,
    pub(super) status: &'static str,
    pub(super) created: i64,
    /// Id and name of scripts that have not run yet.
    pub(super) scripts: Vec<(String, &'static str)>,
}

pub(super) fn get(visit: &mut Visit<'_>, args: SnapshotsGet) -> Outcome {
    let snapshot = visit.world.snapshots.iter().find(|snapshot| snapshot.id == args.snapshot_id);
    let snapshot = snapshot.ok_or_else(|| Answer::not_found("Snapshot"))?;
    let organization = visit.world.organization(&snapshot.org_id)?;
    // Microseconds and no time zone: the one place where the service answers a naive time.
    let mut created = format!("{}.482913", text(organization.created).trim_end_matches('Z'));
    if !visit.world.naive_times {
        created.push('Z');
    }
    let scripts: Vec<Value> = snapshot
        .scripts
        .iter()
        .map(|(id, name)| {
            json!({ "script_id": id, "script_name": name, "status": "pending", "created_at": time(snapshot.created) })
        })
        .collect();
    Ok(Answer::json(&json!({
        "snapshot_id": snapshot.id, "snapshot_name": snapshot.name, "description": snapshot.description,
        "is_default": snapshot.is_default, "status": snapshot.status, "created_at": time(snapshot.created),
        "org": { "org_id": organization.org_id, "display_name": organization.name, "created_at": created },
        "pending_scripts": scripts,
    })))
}
