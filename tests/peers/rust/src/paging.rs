//! All pages of a long list from a server that takes 50 ms for each.

use std::time::Instant;

use crate::{Failure, server::Server};

const SESSIONS: u32 = 100_000;

pub(crate) async fn measure() -> Result<(), Failure> {
    let server = Server::start(SESSIONS)?;
    server.delay_sessions(50).await?;

    let start = Instant::now();
    let bare = server.bare()?;
    let (mut rows, mut skip) = (0, 0);
    loop {
        let url = format!("{}/v2/enterprise/sessions?skip={skip}&limit=200", server.url);
        let page: devin_v2::types::SessionPage =
            bare.get(url).send().await?.error_for_status()?.json().await?;
        rows += page.items.len();
        match page.next_cursor {
            Some(next) if page.has_more => skip = next,
            _ => break,
        }
    }
    let serial = start.elapsed().as_secs_f64();
    assert_eq!(rows, SESSIONS as usize);

    let start = Instant::now();
    let collected = server.client()?.sessions().list().collect().await?;
    let ours = start.elapsed().as_secs_f64();
    assert!(collected.report.complete && collected.rows.len() == SESSIONS as usize);

    println!("\n{SESSIONS} sessions, 200 a page, 50 ms server delay, seconds");
    println!("  serial loop {serial:8.2}\n  SDK         {ours:8.2}    1/{:.1}", serial / ours);
    Ok(())
}
