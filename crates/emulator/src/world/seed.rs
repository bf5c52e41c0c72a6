//! The enterprise at the start, made from the seed. The first of each kind is the one that the document's examples
//! name, so that each example can be sent to a fresh emulator as it stands.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    World,
    api_keys::Key,
    audit_logs::Entry,
    members::Member,
    org_group_limits::Limit,
    organizations::{Connection, Membership, Organization, Permission},
    playbooks::Playbook,
    repositories::{Job, Repository, Stage},
    roles::{Level, Role},
    session_rows::{Filter, Sessions},
    snapshots::Snapshot,
};
use crate::config::Config;

const EXAMPLE_USER: &str = "email|65f1c0ffee65f1c0ffee65f1";
const EXAMPLE_ADMIN: &str = "email|65f1c0ffee65f1c0ffee65f0";
const EXAMPLE_ORGANIZATION: &str = "org-0a1b2c3d4e5f60718293a4b5c6d7e8f9";
pub(super) const EXAMPLE_SESSION: &str = "devin-5f2d9c3b7a1e4d6f8b0c2a4e6d8f0b1c";
const EXAMPLE_PLAYBOOK: &str = "playbook-7c6b5a4938271605f4e3d2c1b0a99887";
const EXAMPLE_KEY: &str = "apk-3f9a6d2c1b7e4f50";
const EXAMPLE_CALLER: &str = "apk-0c1d2e3f4a5b6c7d";
const EXAMPLE_GROUP: &str = "Engineering";
const EXAMPLE_PERMISSION: &str = "git-permission-4d3c2b1a0f9e8d7c6b5a4938271605f4";
const EXAMPLE_CONNECTION: &str = "git-connection-9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b";
const EXAMPLE_SNAPSHOT: &str = "snapshot-1f2e3d4c5b6a79880716253443526170";
const EXAMPLE_AUDIT_ENTRY: &str = "audit-2b4d6f8a0c1e3b5d7f9a1c3e5d7b9f0a";
const EXAMPLE_ROLE: &str = "role-8b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d";
const EXAMPLE_ACCOUNT: &str = "account-6a5b4c3d2e1f09876a5b4c3d2e1f0987";

/// Name, and how it is spelt in an address.
const FIRST_NAMES: [(&str, &str); 16] = [
    ("Amara", "amara"),
    ("Björn", "bjoern"),
    ("Chen", "chen"),
    ("Dolores", "dolores"),
    ("Émile", "emile"),
    ("Farid", "farid"),
    ("Grażyna", "grazyna"),
    ("Hana", "hana"),
    ("Ikram", "ikram"),
    ("José", "jose"),
    ("Keiko", "keiko"),
    ("Łukasz", "lukasz"),
    ("Mina", "mina"),
    ("Noor", "noor"),
    ("Søren", "soeren"),
    ("Zoë", "zoe"),
];
const LAST_NAMES: [(&str, &str); 12] = [
    ("Abebe", "abebe"),
    ("Brandt", "brandt"),
    ("Castillo", "castillo"),
    ("Dubois", "dubois"),
    ("Eriksen", "eriksen"),
    ("Fujita", "fujita"),
    ("Gómez", "gomez"),
    ("Haddad", "haddad"),
    ("Ito", "ito"),
    ("Jansen", "jansen"),
    ("Kovač", "kovac"),
    ("Lê", "le"),
];
const ORGANIZATION_NAMES: [&str; 10] = [
    "Platform",
    "Headquarters",
    "Payments",
    "Research",
    "Mobile Apps",
    "Data & Insights",
    "Customer Care",
    "Security",
    "Labs",
    "Internal Tools",
];
const HISTORY: [&str; 6] = [
    "login",
    "create_session",
    "update_user_role",
    "create_playbook",
    "add_git_permissions",
    "update_organization",
];

const DAY: i64 = 24 * 3600;
/// The moment at which the example's organization and member came to be, 2025-09-15T16:20:05Z.
const BEGINNING: i64 = 1_757_953_205;

/// Scrambles a number; a bijection (the finalizer of SplitMix64).
pub(super) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The inverse of [`mix`].
pub(super) fn unmix(value: u64) -> u64 {
    let value = (value ^ (value >> 31) ^ (value >> 62)).wrapping_mul(0x3196_42b2_d24d_8ec3);
    let value = (value ^ (value >> 27) ^ (value >> 54)).wrapping_mul(0x96de_1b17_3f11_9089);
    value ^ (value >> 30) ^ (value >> 60)
}

/// SplitMix64: small, and the same everywhere. Not for secrets; the emulator has none.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(mix(seed.wrapping_add(0x9e37_79b9_7f4a_7c15)))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// 0 to `bound` - 1; the bias of a remainder doesn't matter here.
    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// This many hexadecimal digits.
    pub(super) fn hex(&mut self, digits: usize) -> String {
        let mut out = String::with_capacity(digits + 16);
        while out.len() < digits {
            out.push_str(&format!("{:016x}", self.next()));
        }
        out.truncate(digits);
        out
    }
}

pub(super) fn world(config: &Config) -> World {
    let mut random = Random::new(config.seed);
    let now = config.now.as_second();
    let members = members(&mut random, config.members, now);
    let organizations = organizations(&mut random, config.organizations, &members, now);
    let org_ids: Vec<_> = organizations.iter().map(|organization| organization.org_id.clone()).collect();
    let user_ids = members.iter().map(|member| member.user_id.clone()).collect();
    let sessions = Sessions::seeded(config.seed, config.sessions, now, org_ids.clone(), user_ids);
    let snapshots = snapshots(&mut random, &org_ids, now);
    let generated_key = format!("apk_user_{}", random.hex(40));
    let initial_key = config.api_key.clone().unwrap_or(generated_key);
    let keys = keys(&mut random, &initial_key, &members, &organizations, now);
    let audit = history(&mut random, &members, &org_ids, now);
    let limits = BTreeMap::from([(
        "research".to_owned(),
        Limit { org_ids: org_ids.iter().take(1).cloned().collect(), max_cycle_acus: Some(5000) },
    )]);
    let playbooks = playbooks(&mut random, &members, now);
    let roles = roles(&mut random);
    let mut world = World {
        clock: now,
        now,
        random,
        naive_times: config.naive_times,
        account_id: EXAMPLE_ACCOUNT.to_owned(),
        initial_key,
        next_serial: members.len() as u64,
        members,
        organizations,
        roles,
        keys,
        audit,
        groups: [EXAMPLE_GROUP, "Finance", "Support", "Contractors / Europe"].map(str::to_owned).to_vec(),
        limits,
        playbooks,
        sessions,
        snapshots,
    };
    count_sessions(&mut world);
    world
}

/// A moment between `from` days and `to` days before now, but not before the enterprise began.
fn ago(random: &mut Random, now: i64, from: u64, to: u64) -> i64 {
    let seconds = from * DAY as u64 + random.below((to - from) * DAY as u64);
    (now - seconds as i64).max(BEGINNING.min(now))
}

fn members(random: &mut Random, count: u32, now: i64) -> Vec<Member> {
    (0..u64::from(count))
        .map(|index| {
            let (user_id, email, name) = match index {
                0 => (EXAMPLE_USER.to_owned(), "ada@example.com".to_owned(), "Ada Park".to_owned()),
                1 => (EXAMPLE_ADMIN.to_owned(), "admin@example.com".to_owned(), "Robin Hale".to_owned()),
                _ => person(random, index),
            };
            let admin = index == 1 || count == 1 || (index > 1 && random.below(20) == 0);
            let role = if admin {
                "account_admin"
            } else if index > 1 && random.below(25) == 0 {
                EXAMPLE_ROLE
            } else {
                "account_member"
            };
            // Some were invited and never came.
            let came = index < 2 || random.below(12) > 0;
            let saml = (random.below(3) == 0).then(|| format!("saml|{}", random.hex(16)));
            let created = if index < 2 { BEGINNING.min(now) } else { ago(random, now, 20, 160) };
            let last_login = came.then(|| ago(random, now, 0, 14).max(created));
            let logins = came.then(|| 1 + random.below(300) as u32);
            Member {
                serial: index,
                user_id,
                email,
                name,
                role: role.to_owned(),
                created,
                last_login,
                logins,
                saml_id: saml.filter(|_| index > 1),
                searches: 0,
                sessions: 0,
            }
        })
        .collect()
}

fn person(random: &mut Random, index: u64) -> (String, String, String) {
    let pick = |list: &[(&'static str, &'static str)], at: u64| {
        list.get(at as usize % list.len()).copied().unwrap_or_default()
    };
    let (first, first_ascii) = pick(&FIRST_NAMES, random.next() >> 8);
    let (last, last_ascii) = pick(&LAST_NAMES, random.next() >> 8);
    // The number keeps addresses apart.
    let email = format!("{first_ascii}.{last_ascii}{index}@example.com");
    (format!("email|{}", random.hex(24)), email, format!("{first} {last}"))
}

fn organizations(random: &mut Random, count: u32, members: &[Member], now: i64) -> Vec<Organization> {
    let count = count as usize;
    // The examples delete the first one, and the primary can't be deleted.
    let primary = 1.min(count - 1);
    (0..count)
        .map(|index| {
            let name = match ORGANIZATION_NAMES.get(index) {
                Some(name) => (*name).to_owned(),
                None => format!("Team {}", index + 1),
            };
            let org_id =
                if index == 0 { EXAMPLE_ORGANIZATION.to_owned() } else { format!("org-{}", random.hex(32)) };
            let created = if index < 2 { BEGINNING.min(now) } else { ago(random, now, 30, 150) };
            let belonging = members.iter().filter(|member| {
                let home = member.serial as usize % count == index;
                // The admin and a few others work in the primary organization too.
                let also =
                    index == primary && member.serial > 0 && (member.serial == 1 || member.serial % 10 == 0);
                home || also
            });
            let members = belonging
                .map(|member| {
                    let role = match (member.serial, mix(member.serial) % 12) {
                        (0, _) => "org_member",
                        (1, _) | (_, 0) => "org_admin",
                        (_, 1) => "org_deepwiki",
                        _ => "org_member",
                    };
                    Membership { serial: member.serial, role: role.to_owned() }
                })
                .collect();
            Organization {
                org_id,
                name,
                created,
                primary: index == primary,
                cycle_limit: (index % 2 == 0).then_some(2000),
                session_limit: (index % 3 == 0).then_some(50),
                members,
                groups: groups(index),
                connections: connections(random, index, created),
                permissions: permissions(random, index),
                repositories: repositories(random, index, now),
            }
        })
        .collect()
}

fn groups(index: usize) -> Vec<(String, String)> {
    let groups: &[(&str, &str)] = match index % 3 {
        0 => &[(EXAMPLE_GROUP, "org_member"), ("Support", "org_member")],
        1 => &[("Finance", "org_admin"), ("Contractors / Europe", "org_member")],
        _ => &[(EXAMPLE_GROUP, "org_admin")],
    };
    groups.iter().map(|(name, role)| ((*name).to_owned(), (*role).to_owned())).collect()
}

fn connections(random: &mut Random, index: usize, created: i64) -> Vec<Connection> {
    let first =
        if index == 0 { EXAMPLE_CONNECTION.to_owned() } else { format!("git-connection-{}", random.hex(32)) };
    let second = format!("git-connection-{}", random.hex(32));
    let created = created + 16 * 3600;
    vec![
        Connection {
            id: first,
            created,
            host: "github.com",
            name: Some("acme".to_owned()),
            kind: "github_app",
        },
        Connection {
            id: second,
            created: created + DAY,
            host: "gitlab.example.com",
            name: None,
            kind: "gitlab_token",
        },
    ]
}

fn permissions(random: &mut Random, index: usize) -> Vec<Permission> {
    let first =
        if index == 0 { EXAMPLE_PERMISSION.to_owned() } else { format!("git-permission-{}", random.hex(32)) };
    let second = format!("git-permission-{}", random.hex(32));
    let permission = |id, host: &str, group_prefix: Option<&str>, repo_path: Option<&str>| Permission {
        id,
        host: host.to_owned(),
        group_prefix: group_prefix.map(str::to_owned),
        prefix_path: None,
        repo_path: repo_path.map(str::to_owned),
    };
    vec![
        permission(first, "github.com", None, Some("acme/api")),
        permission(second, "gitlab.example.com", Some("acme/tools"), None),
    ]
}

fn repositories(random: &mut Random, index: usize, now: i64) -> Vec<Repository> {
    let created = ago(random, now, 5, 40);
    let job = Job {
        id: format!("job-{}", random.hex(32)),
        commit: random.hex(40),
        created,
        stage: Stage::Completed,
    };
    let mut repositories = vec![Repository {
        name: "acme/api".to_owned(),
        indexing: true,
        latest: Some(job.clone()),
        completed: Some(job),
    }];
    if index == 0 {
        let (name, indexing) = ("acme/archive".to_owned(), false);
        repositories.push(Repository { name, indexing, latest: None, completed: None });
    }
    repositories
}

fn snapshots(random: &mut Random, org_ids: &[String], now: i64) -> Vec<Snapshot> {
    org_ids
        .iter()
        .enumerate()
        .map(|(index, org_id)| {
            let id =
                if index == 0 { EXAMPLE_SNAPSHOT.to_owned() } else { format!("snapshot-{}", random.hex(32)) };
            let pending =
                (index % 2 == 1).then(|| (format!("script-{}", random.hex(16)), "Install dependencies"));
            Snapshot {
                id,
                org_id: org_id.clone(),
                name: if index == 0 { "Node 20 and Postgres" } else { "Base" },
                description: (index == 0).then_some("Everything that acme/api needs to run its tests."),
                is_default: true,
                status: "available",
                created: ago(random, now, 20, 40),
                scripts: pending.into_iter().collect(),
            }
        })
        .collect()
}

fn keys(
    random: &mut Random,
    initial_key: &str,
    members: &[Member],
    organizations: &[Organization],
    now: i64,
) -> Vec<Key> {
    let mut keys = Vec::new();
    let owner = members.get(1).or(members.first());
    let primary = organizations.iter().find(|organization| organization.primary);
    if let (Some(owner), Some(primary)) = (owner, primary) {
        keys.push(Key {
            id: EXAMPLE_CALLER.to_owned(),
            value: initial_key.to_owned(),
            org_id: primary.org_id.clone(),
            user_id: Some(owner.user_id.clone()),
            created: ago(random, now, 90, 120),
        });
    }
    // The rest in the order of their age, as keys that are made later come last.
    let services = organizations.iter().take(50).enumerate().map(|(index, organization)| {
        let id = if index == 0 { EXAMPLE_KEY.to_owned() } else { format!("apk-{}", random.hex(16)) };
        (id, format!("apk_{}", random.hex(40)), organization.org_id.clone(), None)
    });
    let mut rest: Vec<_> = services.collect();
    for member in members.iter().skip(2).step_by(10).take(200) {
        let home = organizations.get(member.serial as usize % organizations.len().max(1));
        if let Some(home) = home {
            let (id, value) = (format!("apk-{}", random.hex(16)), format!("apk_user_{}", random.hex(40)));
            rest.push((id, value, home.org_id.clone(), Some(member.user_id.clone())));
        }
    }
    let count = rest.len() as i64;
    for (position, (id, value, org_id, user_id)) in rest.into_iter().enumerate() {
        let created = now - 80 * DAY + position as i64 * (79 * DAY / count.max(1));
        keys.push(Key { id, value, org_id, user_id, created });
    }
    keys
}

/// What happened before the start, oldest first; the example's entry is the last.
fn history(random: &mut Random, members: &[Member], org_ids: &[String], now: i64) -> Vec<Entry> {
    const COUNT: i64 = 250;
    let newest = now - 2 * DAY + 1200;
    let mut entries: Vec<_> = (1..COUNT)
        .map(|index| {
            let milliseconds = (newest - (COUNT - index) * 6 * 3600) * 1000 + random.below(3_600_000) as i64;
            let actor = members.get(random.below(members.len() as u64) as usize);
            let org_id = org_ids.get(random.below(org_ids.len() as u64) as usize);
            let action =
                HISTORY.get(random.below(HISTORY.len() as u64) as usize).copied().unwrap_or_default();
            let details = match action {
                "create_session" => json!({ "session_id": format!("devin-{}", random.hex(32)) }),
                "update_user_role" => json!({
                    "target_user_id": actor.map(|actor| actor.user_id.as_str()), "roles": ["account_member"],
                }),
                "login" => json!({ "ip": format!("192.0.2.{}", random.below(250)) }),
                _ => Value::Null,
            };
            let org_id = org_id.filter(|_| action != "login" && action != "update_user_role");
            let (user_id, email) =
                (actor.map(|actor| actor.user_id.as_str()), actor.map(|actor| actor.email.as_str()));
            let id = format!("audit-{}", random.hex(32));
            Entry::new(id, milliseconds, action, org_id.map(String::as_str), user_id, email, details)
        })
        .collect();
    entries.push(Entry::new(
        EXAMPLE_AUDIT_ENTRY.to_owned(),
        newest * 1000,
        "update_user_role",
        None,
        members.get(1).map(|admin| admin.user_id.as_str()),
        members.get(1).map(|admin| admin.email.as_str()),
        json!({ "target_user_id": EXAMPLE_USER, "roles": ["account_member"] }),
    ));
    entries
}

fn playbooks(random: &mut Random, members: &[Member], now: i64) -> Vec<Playbook> {
    let author = members.first().map(|member| (member.user_id.clone(), member.name.clone()));
    let texts = [
        (
            "Write release notes",
            "1. List the merged pull requests since the last tag.\n2. Group them by area.\n3. Open a pull request with the notes.",
            Some("!release-notes"),
        ),
        (
            "Upgrade a dependency",
            "Read the changelog first. One dependency per pull request.",
            Some("!upgrade"),
        ),
        ("Fix a flaky test", "Run it 50 times before and after.", None),
    ];
    texts
        .into_iter()
        .enumerate()
        .map(|(index, (title, body, shortcut))| {
            let created = ago(random, now, 60, 120);
            Playbook {
                id: if index == 0 {
                    EXAMPLE_PLAYBOOK.to_owned()
                } else {
                    format!("playbook-{}", random.hex(32))
                },
                title: title.to_owned(),
                body: body.to_owned(),
                shortcut: shortcut.map(str::to_owned),
                created,
                updated: created + DAY,
                created_by: author.clone().filter(|_| index < 2),
                updated_by: None,
            }
        })
        .collect()
}

fn roles(random: &mut Random) -> Vec<Role> {
    let role = |id: &str, name, level| Role { id: id.to_owned(), name, level };
    vec![
        role("account_admin", "Admin", Level::Account),
        role("account_member", "Member", Level::Account),
        role("org_admin", "Admin", Level::Organization),
        role("org_member", "Member", Level::Organization),
        role("org_deepwiki", "DeepWiki", Level::Organization),
        role(EXAMPLE_ROLE, "Auditor", Level::Account),
        role(&format!("role-{}", random.hex(32)), "Reviewer", Level::Organization),
    ]
}

/// The members' counts are those of the sessions.
fn count_sessions(world: &mut World) {
    let (sessions, members) = (&world.sessions, &mut world.members);
    sessions.each(&Filter::default(), |_, row| {
        if let Some(member) = Sessions::user(row).and_then(|user| members.get_mut(user)) {
            member.sessions += 1;
            member.searches += u64::from(row.searches);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixing_is_reversible() {
        for value in [0, 1, 2, 1000, u64::MAX, 0x1234_5678_9abc_def0] {
            assert_eq!(unmix(mix(value)), value);
            assert_eq!(mix(unmix(value)), value);
        }
    }

    #[test]
    fn the_smallest_and_a_large_world() {
        for (organizations, members, sessions) in
            [(1, 1, 0), (1, 1, 1), (2, 1, 3), (1, 2, 2), (300, 2000, 5000)]
        {
            let config = Config { organizations, members, sessions, ..Config::default() };
            let world = world(&config);
            assert!(world.caller(world.initial_key()).is_some());
            let admin = world
                .caller(world.initial_key())
                .and_then(|caller| world.member(&caller.user_id).map(|member| member.role.clone()));
            assert_eq!(admin.as_deref(), Some("account_admin"));
            assert_eq!(world.organizations.iter().filter(|organization| organization.primary).count(), 1);
            assert!(crate::time::text(world.now).starts_with("2026-03-01"));
        }
    }
}
