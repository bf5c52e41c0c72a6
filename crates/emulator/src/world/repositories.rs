//! `repositories.*` (beta): indexing of repositories.

use serde_json::{Value, json};

use super::{Outcome, Visit, input, time};
use crate::{
    answer::Answer,
    generated::{RepositoriesBulkIndex, RepositoriesStatus},
};

/// A repository that an organization indexes.
pub(super) struct Repository {
    pub(super) name: String,
    pub(super) indexing: bool,
    pub(super) latest: Option<Job>,
    pub(super) completed: Option<Job>,
}

/// A run of the indexer.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) id: String,
    pub(super) commit: String,
    pub(super) created: i64,
    pub(super) stage: Stage,
}

/// How far a job is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Pending,
    InProgress,
    Completed,
}

fn job(job: Option<&Job>) -> Value {
    let Some(job) = job else { return Value::Null };
    let status = match job.stage {
        Stage::Pending => "pending",
        Stage::InProgress => "in_progress",
        Stage::Completed => "completed",
    };
    json!({ "job_id": job.id, "commit": job.commit, "created_at": time(job.created), "status": status })
}

pub(super) fn bulk_index(visit: &mut Visit<'_>, args: RepositoriesBulkIndex) -> Outcome {
    let org_id = input::required_text(&args.body, "org_id");
    if org_id.is_empty() {
        return Err(Answer::error(400, "org_id is empty"));
    }
    visit.world.organization(&org_id)?;
    let names = input::texts(&args.body, "repo_names");
    let created = visit.world.clock;
    for name in &names {
        let id = visit.world.new_id("job-");
        let commit = visit.world.random.hex(40);
        let latest = Some(Job { id, commit, created, stage: Stage::Pending });
        let repositories = &mut visit.world.organization_mut(&org_id)?.repositories;
        match repositories.iter_mut().find(|repository| repository.name == *name) {
            Some(repository) => {
                repository.indexing = true;
                repository.latest = latest;
            }
            None => {
                repositories.push(Repository { name: name.clone(), indexing: true, latest, completed: None })
            }
        }
    }
    visit.audit("bulk_index_repositories", Some(&org_id), json!({ "repo_names": names }));
    Ok(Answer::success())
}

/// Each look moves the jobs on by a stage, so that code which polls sees them end: time doesn't pass here by itself.
pub(super) fn status(visit: &mut Visit<'_>, args: RepositoriesStatus) -> Outcome {
    let organization = visit.world.organization_mut(&args.org_id)?;
    let rows = organization.repositories.iter_mut().map(|repository| {
        let row = json!({
            "name": repository.name, "indexing_enabled": repository.indexing,
            "latest_index": job(repository.latest.as_ref()),
            "latest_completed_search_index_job": job(repository.completed.as_ref()),
            "latest_completed_wiki_index_job": job(repository.completed.as_ref()),
        });
        if let Some(latest) = &mut repository.latest {
            latest.stage = match latest.stage {
                Stage::Pending => Stage::InProgress,
                Stage::InProgress | Stage::Completed => Stage::Completed,
            };
            if latest.stage == Stage::Completed {
                repository.completed = Some(latest.clone());
            }
        }
        row
    });
    Ok(Answer::json(&Value::Array(rows.collect())))
}
