//! `hypervisors.*`: the machines of a dedicated deployment. They stand still: nothing in the API changes them.

use serde_json::json;

use super::{Outcome, Visit};
use crate::{answer::Answer, generated::HypervisorsHealth};

pub(super) fn health(_: &mut Visit<'_>, _: HypervisorsHealth) -> Outcome {
    Ok(Answer::json(&json!([
        { "hypervisor_id": "hypervisor-2a4c6e8f0b1d3a5c", "status": "healthy", "seconds_since_report": 12 },
        { "hypervisor_id": "hypervisor-3b5d7f901c2e4b6d", "status": "unhealthy", "seconds_since_report": 1840 },
        { "hypervisor_id": "hypervisor-4c6e8f0a2d3f5c7e", "status": "unknown", "seconds_since_report": null },
    ])))
}
