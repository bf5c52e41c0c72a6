//! `playbooks.*`: instructions that sessions can follow.

use serde_json::{Value, json};

use super::{Outcome, Visit, input, time};
use crate::{
    answer::Answer,
    generated::{PlaybooksCreate, PlaybooksDelete, PlaybooksGet, PlaybooksList, PlaybooksUpdate},
};

/// A playbook of the enterprise.
pub(super) struct Playbook {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) body: String,
    /// The word that calls it up.
    pub(super) shortcut: Option<String>,
    pub(super) created: i64,
    pub(super) updated: i64,
    /// Id and name of a member; kept when the member leaves.
    pub(super) created_by: Option<(String, String)>,
    pub(super) updated_by: Option<(String, String)>,
}

fn row(account_id: &str, playbook: &Playbook) -> Value {
    let id = |person: &Option<(String, String)>| person.as_ref().map(|(id, _)| id.clone());
    let name = |person: &Option<(String, String)>| person.as_ref().map(|(_, name)| name.clone());
    json!({
        "playbook_id": playbook.id, "title": playbook.title, "body": playbook.body, "macro": playbook.shortcut,
        "status": "published", "access": "enterprise", "account_id": account_id,
        "created_at": time(playbook.created), "updated_at": time(playbook.updated),
        "created_by_user_id": id(&playbook.created_by), "created_by_user_name": name(&playbook.created_by),
        "updated_by_user_id": id(&playbook.updated_by), "updated_by_user_name": name(&playbook.updated_by),
    })
}

impl Visit<'_> {
    fn me(&self) -> Option<(String, String)> {
        self.world.member(&self.caller.user_id).map(|member| (member.user_id.clone(), member.name.clone()))
    }

    fn playbook(&mut self, id: &str) -> Result<&mut Playbook, Answer> {
        let found = self.world.playbooks.iter_mut().find(|playbook| playbook.id == id);
        found.ok_or_else(|| Answer::not_found("Playbook"))
    }
}

pub(super) fn list(visit: &mut Visit<'_>, _: PlaybooksList) -> Outcome {
    let rows = visit.world.playbooks.iter().map(|playbook| row(&visit.world.account_id, playbook)).collect();
    Ok(Answer::json(&Value::Array(rows)))
}

pub(super) fn create(visit: &mut Visit<'_>, args: PlaybooksCreate) -> Outcome {
    let now = visit.world.clock;
    let playbook = Playbook {
        id: visit.world.new_id("playbook-"),
        title: input::required_text(&args.body, "title"),
        body: input::required_text(&args.body, "body"),
        shortcut: input::text(&args.body, "macro"),
        created: now,
        updated: now,
        created_by: visit.me(),
        updated_by: visit.me(),
    };
    let answer = Answer::json(&row(&visit.world.account_id, &playbook));
    let details = json!({ "playbook_id": playbook.id });
    visit.world.playbooks.push(playbook);
    visit.audit("create_playbook", None, details);
    Ok(answer)
}

pub(super) fn get(visit: &mut Visit<'_>, args: PlaybooksGet) -> Outcome {
    let found = visit.world.playbooks.iter().find(|playbook| playbook.id == args.playbook_id);
    let found = found.ok_or_else(|| Answer::not_found("Playbook"))?;
    Ok(Answer::json(&row(&visit.world.account_id, found)))
}

/// Replaces title, body and macro: a macro that isn't sent is gone.
pub(super) fn update(visit: &mut Visit<'_>, args: PlaybooksUpdate) -> Outcome {
    let (me, now) = (visit.me(), visit.world.clock);
    let playbook = visit.playbook(&args.playbook_id)?;
    playbook.title = input::required_text(&args.body, "title");
    playbook.body = input::required_text(&args.body, "body");
    playbook.shortcut = input::text(&args.body, "macro");
    playbook.updated = now;
    playbook.updated_by = me;
    visit.audit("update_playbook", None, json!({ "playbook_id": args.playbook_id }));
    Ok(Answer::success())
}

pub(super) fn delete(visit: &mut Visit<'_>, args: PlaybooksDelete) -> Outcome {
    visit.playbook(&args.playbook_id)?;
    visit.world.playbooks.retain(|playbook| playbook.id != args.playbook_id);
    visit.audit("delete_playbook", None, json!({ "playbook_id": args.playbook_id }));
    Ok(Answer::success())
}
