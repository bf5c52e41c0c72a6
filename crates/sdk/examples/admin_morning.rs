//! An enterprise admin's morning: who am I, what is there, who used how much, and a few changes with their audit trail.
//!
//! Runs against the embedded emulator (`cargo xtask demo`), or, with `--live`, does the read-only part against the real
//! service with the key from `DEVIN_V2_API_KEY`.

use std::collections::BTreeMap;
use std::error::Error;

use devin_v2::types::{Organization, Session};
use devin_v2::{BillingDay, Client};
use devin_v2_emulator::{Config, Emulator};
use indicatif::{ProgressBar, ProgressStyle};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => embedded().await,
        ["--live"] => live().await,
        _ => Err("usage: cargo xtask demo [--live]".into()),
    };
    if let Err(error) = done {
        eprintln!("\n{error}");
        std::process::exit(1);
    }
}

async fn embedded() -> Result<()> {
    let server = Emulator::start(Config { members: 640, sessions: 4_000, ..Config::default() }).await?;
    println!("An embedded enterprise listens on {}; nothing here leaves this machine.", server.url());
    let client = Client::builder().base_url(server.url()).api_key(server.api_key()).build()?;
    // The emulator's clock stands still, so that the same seed always shows the same morning.
    let today = BillingDay::containing(Config::default().now);
    let organizations = look(&client, today).await?;
    change(&client, &organizations).await
}

async fn live() -> Result<()> {
    let client = Client::from_env()?;
    println!("Reading from the real service with {client:?}. Nothing is changed.");
    look(&client, BillingDay::today()).await?;
    Ok(())
}

/// Everything that only reads.
async fn look(client: &Client, today: BillingDay) -> Result<Vec<Organization>> {
    heading("Who am I");
    let own = client.identity().get().send().await?;
    println!("  {} with key {}", own.user_email.as_deref().unwrap_or("a service user"), own.api_key_id);

    heading("Organizations");
    let organizations = client.organizations().list().collect().await?.rows;
    for organization in &organizations {
        let limit = organization
            .max_cycle_acu_limit
            .map_or("no limit".to_owned(), |limit| format!("{limit} ACUs a cycle"));
        println!("  {:24} {:4} users   {limit}", organization.org_name, organization.org_user_count);
    }

    heading("Members by role");
    let roles = client.roles().list().send().await?;
    let names: BTreeMap<&str, &str> =
        roles.iter().map(|role| (role.role_id.as_str(), role.role_name.as_str())).collect();
    let mut counts = BTreeMap::<String, usize>::new();
    let mut members = client.members().list().items();
    let bar = progress("members");
    while let Some(member) = members.next().await {
        *counts.entry(member?.enterprise_role).or_default() += 1;
        bar.set_length(members.report().expected.unwrap_or_default());
        bar.inc(1);
    }
    bar.finish_and_clear();
    for (role, count) in &counts {
        println!("  {count:5} {}", names.get(role.as_str()).copied().unwrap_or(role));
    }
    println!(
        "  complete: {}",
        if members.report().complete { "yes" } else { "no, the list changed meanwhile" }
    );

    heading("ACUs by billing day (08:00 UTC to 08:00 UTC)");
    let mut first = today;
    for _ in 0..13 {
        first = first.prev();
    }
    let consumption = client.consumption().daily().billing_days((first, today)).send().await?;
    chart(&consumption.consumption_by_date);
    println!("  {:10} {:9.1} ACUs in all", "", consumption.total_acus);

    heading("Sessions");
    let mut sessions = client.sessions().list().created_date_from(first).items();
    let mut busiest: Option<Session> = None;
    let mut states = BTreeMap::<String, usize>::new();
    let bar = progress("sessions");
    while let Some(session) = sessions.next().await {
        let session = session?;
        bar.set_length(sessions.report().expected.unwrap_or_default());
        bar.inc(1);
        *states.entry(session.status.to_string()).or_default() += 1;
        if busiest.as_ref().is_none_or(|busiest| busiest.acus_consumed < session.acus_consumed) {
            busiest = Some(session);
        }
    }
    bar.finish_and_clear();
    let states: Vec<String> = states.iter().map(|(state, count)| format!("{count} {state}")).collect();
    println!("  {}", if states.is_empty() { "none in these days".to_owned() } else { states.join(", ") });
    if let Some(session) = busiest {
        println!(
            "  most ACUs: {:.1} for {:?}",
            session.acus_consumed,
            session.title.as_deref().unwrap_or("no title")
        );
        let insight = client.sessions().get(&session.session_id).send().await?;
        match insight.session_analysis {
            Some(analysis) => {
                for issue in analysis.issues.iter().take(2) {
                    println!("    what held it up: {}", issue.issue);
                }
                for item in analysis.action_items.iter().take(2) {
                    println!("    what would help: {}", item.action_item);
                }
            }
            None => println!("    Devin has not analysed it yet"),
        }
    }
    Ok(organizations)
}

/// A few changes, each undone or harmless, and the trail that they leave.
async fn change(client: &Client, organizations: &[Organization]) -> Result<()> {
    heading("An invitation");
    let invited = client.members().invite(["grace@example.com", "ada@example.com"]).send().await?;
    println!("  {} invited, who was a member already is skipped", invited.invited_count.unwrap_or_default());

    heading("A service key, made and revoked");
    let organization = organizations.first().ok_or("the enterprise has no organization")?;
    let made = client.api_keys().provision(&organization.org_id).send().await?;
    println!("  made    {} for {}", made.api_key.ok_or("the service sent no key")?, organization.org_name);
    let keys = client.api_keys().list().org_id(&organization.org_id).collect().await?.rows;
    let newest = keys.iter().filter(|key| key.is_service_key).max_by(|a, b| a.created_at.cmp(&b.created_at));
    let newest = newest.ok_or("the new key isn't listed")?;
    client.api_keys().revoke(&newest.id).send().await?;
    println!("  revoked {}", newest.id);

    heading("A slip that does no harm");
    for result in [
        client.api_keys().revoke("").send().await.map(drop),
        client.api_keys().revoke_all().send().await.map(drop),
    ] {
        println!("  {}", result.expect_err("the SDK refuses this before anything is sent"));
    }

    heading("The audit trail of it all");
    for entry in client.audit_logs().list().limit(4).page().await?.rows {
        let text =
            |name: &str| entry.extra.get(name).and_then(|value| value.as_str()).unwrap_or("–").to_owned();
        println!("  {:28} by {}", text("action"), text("user_email"));
    }
    println!();
    Ok(())
}

fn heading(text: &str) {
    println!("\n{text}");
}

fn progress(what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("  {msg} {bar:40} {pos}/{len}").expect("the template is right");
    ProgressBar::new(0).with_style(style).with_message(what)
}

/// One bar per day, the longest as wide as the terminal of a small laptop takes.
fn chart(days: &BTreeMap<String, f64>) {
    let most = days.values().copied().fold(0.0, f64::max).max(1.0);
    for (day, acus) in days {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 50")]
        let width = (acus / most * 50.0).round() as usize;
        println!("  {day:10} {acus:9.1} {}", "█".repeat(width));
    }
}
