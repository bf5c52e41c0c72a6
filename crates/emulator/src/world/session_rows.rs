//! The sessions themselves: a few bytes each, everything else derived from the seed and the row's number when it is
//! asked for, so that a million of them fit in 20 MB and are made in well under a second.

use std::fmt::Write as _;

use crate::time;

use super::seed::{EXAMPLE_SESSION, mix, unmix};

const STATUSES: [&str; 7] = ["new", "claimed", "running", "exit", "error", "suspended", "resuming"];
pub(super) const EXIT: u8 = 3;
const ERROR: u8 = 4;
const SUSPENDED: u8 = 5;
/// How long sessions go back.
const SPAN: i64 = 90 * 24 * 3600;
/// Sessions younger than this may still be at work.
const ACTIVE: i64 = 3 * 24 * 3600;
/// The user of sessions that an automation started.
const NOBODY: u32 = u32::MAX;

const VERBS: [&str; 12] = [
    "Fix",
    "Refactor",
    "Document",
    "Upgrade",
    "Investigate",
    "Add tests for",
    "Speed up",
    "Réparer",
    "Migrate",
    "Review",
    "Clean up",
    "Überprüfe",
];
const THINGS: [&str; 14] = [
    "the login flow",
    "the billing export",
    "the search index",
    "flaky integration tests",
    "the nightly build",
    "the payments webhook",
    "the onboarding e-mails",
    "the audit report",
    "the rate limiter",
    "the cache layer",
    "the mobile release",
    "the \\\"archive\\\" button",
    "the data pipeline – part 2",
    "the dependency lockfile",
];
const REPOSITORIES: [&str; 6] =
    ["acme/api", "acme/web", "acme/infra", "acme/mobile", "acme/data", "acme/docs"];
/// The session of the document's examples: when it ran, and its texts.
const EXAMPLE_CREATED: i64 = 1_770_905_007;
const EXAMPLE_UPDATED: i64 = 1_770_909_044;
const EXAMPLE_TITLE: &str = "Fix the flaky checkout test";
const EXAMPLE_MESSAGE: &str =
    "The checkout test fails about once in ten runs. Please find out why and fix it.";

const TAGS: [&str; 6] = ["backend", "frontend", "urgent", "chore", "sécurité", "q1"];

/// One session. Times are Unix seconds, which fit 32 bits until 2106; ACUs are counted in eighths, which a JSON number
/// holds exactly, so that sums are exact too.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) created: u32,
    pub(super) updated: u32,
    user: u32,
    organization: u16,
    pub(super) eighths: u16,
    status: u8,
    pull_requests: u8,
    pub(super) searches: u8,
}

/// All sessions, newest first.
pub(super) struct Sessions {
    seed: u64,
    rows: Vec<Row>,
    /// The number of the row that the document's examples show.
    example: usize,
    organizations: Vec<String>,
    /// Organizations that were deleted, in the order of `organizations`.
    gone: Vec<bool>,
    users: Vec<String>,
}

/// Which sessions a call is about.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) created_from: Option<i64>,
    /// Inclusive, as are all ends here.
    pub(super) created_to: Option<i64>,
    pub(super) updated_from: Option<i64>,
    pub(super) updated_to: Option<i64>,
    pub(super) organization: Option<String>,
    pub(super) org_ids: Option<Vec<String>>,
    pub(super) user_ids: Option<Vec<String>>,
    pub(super) session_ids: Option<Vec<String>>,
}

/// A filter in terms of row values; `None` lets everything through.
struct Compiled {
    created: (i64, i64),
    updated: (i64, i64),
    organizations: Option<Vec<bool>>,
    users: Option<Vec<bool>>,
    /// Row numbers, ascending.
    rows: Option<Vec<usize>>,
}

/// What happened to a pull request, and when.
pub(super) struct PullRequest {
    pub(super) state: Option<&'static str>,
    pub(super) opened: i64,
    /// When it was closed or merged.
    pub(super) ended: i64,
}

impl Sessions {
    /// Makes `count` sessions before `now` (Unix seconds). `users` belong to the organization at their own index modulo
    /// the number of organizations.
    pub(super) fn seeded(
        seed: u64,
        count: u32,
        now: i64,
        organizations: Vec<String>,
        users: Vec<String>,
    ) -> Self {
        let seed = mix(seed ^ 0x5e55_10f5);
        let step = SPAN / i64::from(count.max(1));
        let mut rows: Vec<_> = (1..count)
            .map(|index| {
                // Times fall with the index, so the list is sorted as it is made.
                let noise = mix(seed ^ u64::from(index));
                let jitter = if step > 1 { (noise >> 40) as i64 % step } else { 0 };
                let age = 3600 + i64::from(index - 1) * SPAN / i64::from(count) + jitter;
                row(seed, index, now, age, organizations.len() as u64, users.len() as u64)
            })
            .collect();
        let mut example = 0;
        if count > 0 {
            let row = example_row(now);
            example = rows.partition_point(|other| other.created > row.created);
            rows.insert(example, row);
        }
        let gone = vec![false; organizations.len()];
        Self { seed, rows, example, organizations, gone, users }
    }

    /// Drops the sessions of an organization.
    pub(super) fn remove_organization(&mut self, org_id: &str) {
        for (gone, id) in self.gone.iter_mut().zip(&self.organizations) {
            *gone |= id == org_id;
        }
    }

    pub(super) fn users(&self) -> &[String] {
        &self.users
    }

    pub(super) fn organizations(&self) -> &[String] {
        &self.organizations
    }

    /// The index of a row's user among `users`.
    pub(super) fn user(row: Row) -> Option<usize> {
        (row.user != NOBODY).then_some(row.user as usize)
    }

    /// The index of a row's organization among `organizations`.
    pub(super) fn organization(row: Row) -> usize {
        usize::from(row.organization)
    }

    /// Calls `visit` with each matching row and its number, newest first.
    pub(super) fn each(&self, filter: &Filter, mut visit: impl FnMut(usize, Row)) {
        let compiled = self.compile(filter);
        let mut check = |number: usize, row: Row| {
            if compiled.matches(row) {
                visit(number, row);
            }
        };
        match &compiled.rows {
            Some(numbers) => {
                for number in numbers {
                    if let Some(row) = self.rows.get(*number) {
                        check(*number, *row);
                    }
                }
            }
            None => self.rows.iter().enumerate().for_each(|(number, row)| check(number, *row)),
        }
    }

    fn compile(&self, filter: &Filter) -> Compiled {
        let marks =
            |all: &[String], wanted: &[String]| all.iter().map(|id| wanted.contains(id)).collect::<Vec<_>>();
        let mut organizations = filter.org_ids.as_ref().map(|wanted| marks(&self.organizations, wanted));
        let mut narrow = |keep: &dyn Fn(usize) -> bool| {
            let current = organizations.get_or_insert_with(|| vec![true; self.organizations.len()]);
            current.iter_mut().enumerate().for_each(|(index, mark)| *mark &= keep(index));
        };
        if let Some(only) = &filter.organization {
            narrow(&|index| self.organizations.get(index) == Some(only));
        }
        if self.gone.contains(&true) {
            narrow(&|index| self.gone.get(index) == Some(&false));
        }
        let rows = filter.session_ids.as_ref().map(|ids| {
            let mut numbers: Vec<_> = ids.iter().filter_map(|id| self.number(id)).collect();
            numbers.sort_unstable();
            numbers.dedup();
            numbers
        });
        let ends = |from: Option<i64>, to: Option<i64>| (from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX));
        Compiled {
            created: ends(filter.created_from, filter.created_to),
            updated: ends(filter.updated_from, filter.updated_to),
            organizations,
            users: filter.user_ids.as_ref().map(|wanted| marks(&self.users, wanted)),
            rows,
        }
    }

    /// The envelope with one page of rows, as JSON. Written straight into the text: with values in between it would take
    /// many times as long, and a client's speed is measured against this.
    pub(super) fn page(&self, filter: &Filter, skip: i64, limit: i64, insights: bool) -> String {
        let start = usize::try_from(skip).unwrap_or_default();
        let size = usize::try_from(limit).unwrap_or_default();
        let compiled = self.compile(filter);
        let mut out = String::with_capacity(size.min(200) * if insights { 1600 } else { 480 } + 128);
        out.push_str(r#"{"items":["#);
        let mut written = 0;
        let mut write = |out: &mut String, number: usize, row: Row| {
            if written > 0 {
                out.push(',');
            }
            self.write(out, number, row, insights);
            written += 1;
        };
        let total = if compiled.is_everything() {
            for (number, row) in self.rows.iter().enumerate().skip(start).take(size) {
                write(&mut out, number, *row);
            }
            self.rows.len()
        } else {
            let mut total = 0;
            self.each(filter, |number, row| {
                if total >= start && total - start < size {
                    write(&mut out, number, row);
                }
                total += 1;
            });
            total
        };
        let end = start.min(total) + written;
        let has_more = end < total;
        // Writing to a String doesn't fail, here and below.
        let _ = write!(
            out,
            r#"],"total":{total},"skip":{skip},"limit":{limit},"has_more":{has_more},"next_cursor":"#
        );
        let _ = if has_more { write!(out, "{end}}}") } else { write!(out, "null}}") };
        out
    }

    /// One session with its analysis, as JSON; `None` if the id is unknown.
    pub(super) fn detail(&self, session_id: &str) -> Option<String> {
        let number = self.number(session_id)?;
        let row = *self.rows.get(number)?;
        if self.gone.get(Self::organization(row)) != Some(&false) {
            return None;
        }
        let mut out = String::with_capacity(2048);
        self.write(&mut out, number, row, true);
        Some(out)
    }

    /// The two halves of a session's id. The first is a bijection of the number, so that an id leads back to its row
    /// without an index.
    fn halves(&self, number: usize) -> (u64, u64) {
        let first = mix(number as u64 ^ self.seed);
        (first, mix(first ^ !self.seed))
    }

    /// The row that an id belongs to, with or without `devin-` in front.
    fn number(&self, session_id: &str) -> Option<usize> {
        let digits = session_id.strip_prefix("devin-").unwrap_or(session_id);
        if Some(digits) == EXAMPLE_SESSION.strip_prefix("devin-") {
            return (!self.rows.is_empty()).then_some(self.example);
        }
        // `from_str_radix` takes a sign, an id doesn't.
        let half = |text: &str| {
            text.bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
                .then_some(())
                .and(u64::from_str_radix(text, 16).ok())
        };
        if digits.len() != 32 || !digits.is_ascii() {
            return None;
        }
        let (first, second) = digits.split_at(16);
        let (first, second) = (half(first)?, half(second)?);
        let number = usize::try_from(unmix(first) ^ self.seed).ok()?;
        let known = number != self.example && number < self.rows.len() && self.halves(number).1 == second;
        known.then_some(number)
    }

    fn push_digits(&self, out: &mut String, number: usize) {
        if number == self.example {
            out.push_str(EXAMPLE_SESSION.trim_start_matches("devin-"));
        } else {
            let (first, second) = self.halves(number);
            push_hex(out, first);
            push_hex(out, second);
        }
    }

    /// The pull requests of a row.
    pub(super) fn pull_requests(&self, number: usize, row: Row) -> impl Iterator<Item = PullRequest> {
        let noise = mix(self.seed ^ number as u64 ^ 0x9b);
        let (created, updated) = (i64::from(row.created), i64::from(row.updated));
        let example = number == self.example;
        (0..row.pull_requests).map(move |index| {
            let state = match (noise >> (index * 4)) % 8 {
                0..4 => Some("merged"),
                4..6 => Some("open"),
                6 => Some("closed"),
                _ => None,
            };
            let state = if example { Some("merged") } else { state };
            PullRequest { state, opened: i64::midpoint(created, updated), ended: updated }
        })
    }

    fn write(&self, out: &mut String, number: usize, row: Row, insights: bool) {
        let noise = mix(self.seed ^ number as u64 ^ 0x717e);
        let pick = |list: &[&'static str], shift: u32| {
            list.get((noise >> shift) as usize % list.len().max(1)).copied().unwrap_or_default()
        };
        let example = number == self.example;
        let (verb, thing) = (pick(&VERBS, 0), pick(&THINGS, 8));
        out.push_str(r#"{"session_id":"devin-"#);
        self.push_digits(out, number);
        out.push_str(r#"","url":"https://app.devin.ai/sessions/"#);
        self.push_digits(out, number);
        out.push_str(r#"","status":""#);
        out.push_str(STATUSES.get(usize::from(row.status)).copied().unwrap_or("exit"));
        out.push_str(r#"","tags":["#);
        let tags = if example { 0 } else { (noise >> 16) % 3 };
        if example {
            out.push_str(r#""checkout","tests""#);
        }
        for index in 0..tags {
            out.push_str(if index > 0 { ",\"" } else { "\"" });
            out.push_str(
                TAGS.get(((noise >> 18) + index) as usize % TAGS.len()).copied().unwrap_or_default(),
            );
            out.push('"');
        }
        out.push_str(r#"],"org_id":""#);
        out.push_str(self.organizations.get(Self::organization(row)).map_or("", String::as_str));
        out.push_str(r#"","user_id":"#);
        match Self::user(row).and_then(|user| self.users.get(user)) {
            Some(user) => {
                out.push('"');
                out.push_str(user);
                out.push('"');
            }
            None => out.push_str("null"),
        }
        out.push_str(r#","created_at":""#);
        time::push(out, i64::from(row.created));
        out.push_str(r#"","updated_at":""#);
        time::push(out, i64::from(row.updated));
        let thousandths = u32::from(row.eighths % 8) * 125;
        let _ = write!(out, r#"","acus_consumed":{}.{thousandths:03},"pull_requests":["#, row.eighths / 8);
        for (index, pull_request) in self.pull_requests(number, row).enumerate() {
            let repository = if example { "acme/api" } else { pick(&REPOSITORIES, 24) };
            let comma = if index > 0 { "," } else { "" };
            let serial = if example { 42 } else { number * 2 + index + 100 };
            let _ = write!(out, r#"{comma}{{"url":"https://github.com/{repository}/pull/{serial}","state":"#);
            let _ = match pull_request.state {
                Some(state) => write!(out, r#""{state}"}}"#),
                None => write!(out, "null}}"),
            };
        }
        out.push_str(r#"],"title":"#);
        // Some sessions have no title yet.
        let _ = if example {
            write!(out, r#""{EXAMPLE_TITLE}""#)
        } else if (noise >> 32).is_multiple_of(29) {
            write!(out, "null")
        } else {
            write!(out, r#""{verb} {thing}""#)
        };
        if insights {
            let message =
                if example { EXAMPLE_MESSAGE.to_owned() } else { format!("{verb} {thing}, please.") };
            write_insight(out, noise, example, row, &message);
        }
        out.push('}');
    }
}

/// Appends the fields that only details and insights have.
fn write_insight(out: &mut String, noise: u64, example: bool, row: Row, message: &str) {
    let analysed = example || (matches!(row.status, EXIT | ERROR) && !(noise >> 40).is_multiple_of(4));
    if analysed {
        out.push_str(r#","session_analysis":{"suggested_prompt":"#);
        let _ = if !example && (noise >> 44).is_multiple_of(3) {
            write!(out, "null")
        } else {
            write!(
                out,
                r#"{{"original_prompt":"{message}","suggested_prompt":"{message} Run the test suite before you open a pull request,\nand say what you changed.","feedback_items":[{{"issue_id":"issue-1","summary":"Say how to check the result","excerpt":"{message}","details":null}},{{"issue_id":null,"summary":null,"excerpt":null,"details":null}}]}}"#,
            )
        };
        // Lists with nothing in them may be left out: clients have to read them as empty.
        if example || !(noise >> 48).is_multiple_of(3) {
            out.push_str(r#","action_items":[{"issue_id":"issue-1","type":"knowledge","action_item":"Write down how to run the tests of this repository."},{"issue_id":null,"type":"environment","action_item":"Put the test database into the snapshot."}],"issues":[{"issue":"The tests needed a database that was not there.","impact":"About twenty minutes went into setting one up.","label":"environment"}]"#);
        }
        let _ = write!(
            out,
            r#","timeline":[{{"title":"Looked around","description":"Read the code that the request is about."}},{{"title":"Made the change","description":"Edited, tested and opened {} pull request(s)."}}]}},"#,
            row.pull_requests
        );
    } else {
        out.push_str(r#","session_analysis":null,"#);
    }
    let _ = if !example && (noise >> 52).is_multiple_of(31) {
        write!(out, r#""initial_user_message":null"#)
    } else {
        write!(out, r#""initial_user_message":"{message}""#)
    };
}

impl Compiled {
    fn is_everything(&self) -> bool {
        self.created == (i64::MIN, i64::MAX)
            && self.updated == (i64::MIN, i64::MAX)
            && self.organizations.is_none()
            && self.users.is_none()
            && self.rows.is_none()
    }

    fn matches(&self, row: Row) -> bool {
        let within = |(from, to): (i64, i64), time: u32| (from..=to).contains(&i64::from(time));
        let marked = |marks: &Option<Vec<bool>>, index: Option<usize>| match marks {
            None => true,
            Some(marks) => index.and_then(|index| marks.get(index)) == Some(&true),
        };
        within(self.created, row.created)
            && within(self.updated, row.updated)
            && marked(&self.organizations, Some(Sessions::organization(row)))
            && marked(&self.users, Sessions::user(row))
    }
}

/// The session of the examples, or an hour ago where the clock stands before it.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "times fit until 2106")]
fn example_row(now: i64) -> Row {
    let (created, updated) =
        if EXAMPLE_UPDATED < now { (EXAMPLE_CREATED, EXAMPLE_UPDATED) } else { (now - 3600, now) };
    Row {
        created: created as u32,
        updated: updated as u32,
        user: 0,
        organization: 0,
        eighths: 30,
        status: EXIT,
        pull_requests: 1,
        searches: 2,
    }
}

#[allow(clippy::cast_possible_truncation, reason = "random bits are cut to size; times fit until 2106")]
fn row(seed: u64, index: u32, now: i64, age: i64, organizations: u64, users: u64) -> Row {
    let noise = mix(seed ^ u64::from(index) ^ 0xacc5);
    let created = now - age;
    let duration = 300 + (noise >> 8) as i64 % 28_800;
    let updated = (created + duration).min(now);
    // Squared, so that some people work a lot and most a little.
    let uniform = noise >> 32;
    let user = (((uniform * uniform) >> 32) * users) >> 32;
    let status = match (noise >> 4) % 100 {
        // Only young sessions are still at work.
        0..25 if age < ACTIVE => [2, 2, 2, 1, 0, 6][(noise % 6) as usize],
        0..8 => ERROR,
        8..15 => SUSPENDED,
        _ => EXIT,
    };
    // Sessions that an automation started have no user, and use nothing: sums by user are sums of everything.
    let automated = noise.is_multiple_of(33);
    let idle = automated || status == 0;
    let eighths = if idle { 0 } else { 1 + ((noise >> 20) % 96) as u16 + ((noise >> 30) % 8) as u16 * 4 };
    Row {
        created: created as u32,
        updated: updated as u32,
        user: if automated { NOBODY } else { user as u32 },
        organization: (user % organizations.max(1)) as u16,
        eighths,
        status,
        pull_requests: if idle { 0 } else { [0, 1, 1, 2][((noise >> 14) % 4) as usize] },
        searches: if automated { 0 } else { ((noise >> 50) % 4) as u8 },
    }
}

fn push_hex(out: &mut String, value: u64) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    out.extend((0..16).rev().map(|index| DIGITS[(value >> (index * 4)) as usize & 15]));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions(count: u32) -> Sessions {
        let names = |prefix: &str, count: usize| (0..count).map(|index| format!("{prefix}{index}")).collect();
        Sessions::seeded(7, count, 1_772_366_400, names("org-", 3), names("user-", 20))
    }

    #[test]
    fn rows_stay_small() {
        assert!(size_of::<Row>() <= 20);
    }

    #[test]
    fn ids_lead_back_to_their_rows() {
        let sessions = sessions(500);
        for number in 0..500 {
            let mut id = "devin-".to_owned();
            sessions.push_digits(&mut id, number);
            assert_eq!(sessions.number(&id), Some(number));
            assert_eq!(sessions.number(&id[6..]), Some(number), "without the prefix too");
        }
        for unknown in
            ["", "devin-", "devin-00000000000000000000000000000000", "+123456789012345-123456789012345", "é"]
        {
            assert_eq!(sessions.number(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn newest_first_and_every_row_is_json() {
        for count in [1, 2, 1000, 20_000] {
            let sessions = sessions(count);
            assert!(sessions.rows.windows(2).all(|pair| pair[0].created >= pair[1].created), "{count}");
            for insights in [false, true] {
                let page = sessions.page(&Filter::default(), 0, 200, insights);
                let page: serde_json::Value = serde_json::from_str(&page).unwrap_or_default();
                assert_eq!(page["total"], count);
                assert_eq!(page["items"].as_array().map(Vec::len), Some(count.min(200) as usize));
            }
        }
    }

    #[test]
    fn sums_by_user_are_sums_of_everything() {
        let (mut all, mut by_user) = (0, 0);
        sessions(5000).each(&Filter::default(), |_, row| {
            all += u64::from(row.eighths);
            by_user += Sessions::user(row).map_or(0, |_| u64::from(row.eighths));
        });
        assert_eq!(all, by_user);
    }
}
