//! A stream of a million rows in constant memory.
#![cfg(target_os = "linux")]

mod support;

use devin_v2_emulator::Config;
use support::Server;

#[tokio::test]
async fn a_million_rows_take_no_more_memory_than_their_ids() {
    let server = Server::with(Config { sessions: 1_000_000, ..Config::default() }).await;
    let client = server.client();
    client.sessions().list().page().await.unwrap();
    let before = mebibytes("VmRSS:");

    let mut sessions = client.sessions().list().items();
    let mut rows = 0;
    while let Some(session) = sessions.next().await {
        session.unwrap();
        rows += 1;
    }
    assert_eq!(rows, 1_000_000);
    assert!(sessions.report().complete);
    // 19 MiB for the hashes of a million ids; the rest is pages under way, here and in the server of this process.
    let grown = mebibytes("VmHWM:") - before;
    assert!(grown < 48, "it took {grown} MiB more");
}

fn mebibytes(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let text = status.lines().find_map(|text| text.strip_prefix(line)).unwrap();
    text.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}
