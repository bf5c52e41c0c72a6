//! How much memory a stream of a million rows takes at its peak.

use std::future::poll_fn;
use std::pin::pin;

use futures_core::Stream;

use crate::{Failure, server::Server};

const SESSIONS: u32 = 1_000_000;

pub(crate) async fn measure() -> Result<(), Failure> {
    let server = Server::start(SESSIONS)?;
    let client = server.client()?;
    client.sessions().list().page().await?;
    let before = memory("VmRSS:")?;

    let mut rows = 0_u32;
    let mut stream = pin!(client.sessions().list().items());
    while let Some(row) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
        row?;
        rows += 1;
    }
    assert_eq!(rows, SESSIONS);
    let peak = memory("VmHWM:")?;
    println!("\nstream of {SESSIONS} rows, MiB");
    println!("  before {before:6.1}\n  peak   {peak:6.1}    +{:.1}", peak - before);
    Ok(())
}

/// MiB from a line of this process's status.
fn memory(line: &str) -> Result<f64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let found = status.lines().find_map(|text| text.strip_prefix(line)).ok_or("the line isn't there")?;
    Ok(found.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}
