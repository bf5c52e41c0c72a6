//! Billing days in calls: which instants are sent, and that windows that follow each other share nothing.

use devin_v2::{BillingDay, BillingDays, Client, ErrorKind, IntoBillingDays};
use devin_v2_emulator::{Config, Emulator};

async fn enterprise(config: Config) -> (Emulator, Client) {
    let emulator = Emulator::start(config).await.unwrap();
    let client = Client::builder().base_url(emulator.url()).api_key(emulator.api_key()).build().unwrap();
    (emulator, client)
}

fn day(text: &str) -> BillingDay {
    BillingDay::parse(text).unwrap()
}

#[tokio::test]
async fn a_cycle_is_its_days_and_no_day_of_the_next_one() {
    let (emulator, client) = enterprise(Config::default()).await;
    let cycles = client.consumption().cycles().send().await.unwrap().rows;
    let cycle = &cycles[cycles.len() - 2];
    let days = BillingDays::try_from(cycle).unwrap();
    assert_eq!((days.start(), days.end()), (cycle.start, cycle.end));
    let daily = |days: Result<BillingDays, devin_v2::Error>| {
        client.consumption().daily().billing_days(days.unwrap()).send()
    };
    let exact =
        client.consumption().daily().start_date(cycle.start).end_date(cycle.end).send().await.unwrap();
    for given in [
        cycle.into_billing_days(),
        (cycle.start, cycle.end).into_billing_days(),
        (days.first(), days.last()).into_billing_days(),
        (days.first()..=days.last()).into_billing_days(),
    ] {
        let used = daily(given).await.unwrap();
        assert_eq!(used.total_acus, exact.total_acus);
        assert!(used.consumption_by_date.keys().all(|date| days.contains(day(date))));
    }
    assert_eq!(emulator.requests().len(), 6);
}

#[tokio::test]
async fn what_names_no_days_is_refused_before_sending() {
    let (emulator, client) = enterprise(Config::default()).await;
    let midnight: devin_v2::Timestamp = "2026-02-01T00:00:00Z".parse().unwrap();
    let daily = || client.consumption().daily();
    for call in [
        daily().billing_days((midnight, day("2026-03-01").start())),
        daily().billing_days((day("2026-02-01").start(), day("2026-02-01").start())),
        daily().billing_days((day("2026-02-02"), day("2026-02-01"))),
        daily().billing_days("2026-02-01T08:00:00Z"),
    ] {
        let error = call.send().await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("billing_days")), "{error}");
        assert_eq!(error.operation(), Some("consumption.daily"));
    }
    assert!(emulator.requests().is_empty());
}

/// With so many sessions some begin at 08:00:00 UTC to the second.
#[tokio::test]
async fn a_session_on_a_border_is_in_one_window() {
    let (_emulator, client) = enterprise(Config { sessions: 1_000_000, ..Config::default() }).await;
    let last = BillingDay::containing(Config::default().now) - 1;
    for day in (last - 60).through(last) {
        let border = day.end();
        let sessions = || client.sessions().list().limit(1);
        let exact = sessions().created_date_from(border).created_date_to(border).page().await.unwrap();
        if exact.total == Some(0) {
            continue;
        }
        let total =
            async |days: BillingDays| sessions().billing_days(days).page().await.unwrap().total.unwrap();
        let both = total(BillingDays::new(day, day + 1).unwrap()).await;
        let before = total(BillingDays::new(day, day).unwrap()).await;
        let after = total(BillingDays::new(day + 1, day + 1).unwrap()).await;
        assert_eq!(both, before + after, "{day}");
        return;
    }
    panic!("no session is on a border");
}
