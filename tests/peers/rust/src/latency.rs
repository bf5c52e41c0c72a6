//! One call after another: time and CPU per call.

use std::time::Instant;

use crate::{Failure, median, server::Server};

const ROUNDS: usize = 20;
const CALLS: usize = 500;
const USER: &str = "email|65f1c0ffee65f1c0ffee65f1";

pub(crate) async fn measure() -> Result<(), Failure> {
    let server = Server::start(1_000)?;
    let url = format!("{}/v2/enterprise/members/{}", server.url, USER.replace('|', "%7C"));

    // Each round times both, so that a slower moment of the machine strikes both.
    let (mut times, mut cpu) = ([vec![], vec![]], [vec![], vec![]]);
    let mut calls = [vec![], vec![]];
    for round in 0..=ROUNDS {
        // New connections each time: how the scheduler places client and server lasts as long as they do, and differs.
        let (client, bare) = (server.client()?, server.bare()?);
        client.members().get(USER).send().await?;
        bare.get(&url).send().await?.error_for_status()?.bytes().await?;
        for which in [round % 2, 1 - round % 2] {
            let (start, start_cpu) = (Instant::now(), cpu_time()?);
            for _ in 0..CALLS {
                let call = Instant::now();
                let email = if which == 0 {
                    bare.get(&url)
                        .send()
                        .await?
                        .error_for_status()?
                        .json::<devin_v2::types::Member>()
                        .await?
                        .email
                } else {
                    client.members().get(USER).send().await?.email
                };
                assert_eq!(email, "ada@example.com");
                calls[which].push(call.elapsed().as_secs_f64() * 1e6);
            }
            // The first round fills caches.
            if round > 0 {
                times[which].push(start.elapsed().as_secs_f64() / CALLS as f64 * 1e6);
                cpu[which].push((cpu_time()? - start_cpu) / CALLS as f64 * 1e6);
            }
        }
    }
    let [bare_time, sdk_time] = calls.each_mut().map(|values| median(values));
    let [bare_mean, sdk_mean] = times.each_mut().map(|values| median(values));
    let [bare_cpu, sdk_cpu] = cpu.each_mut().map(|values| median(values));
    println!("\none small call ({ROUNDS} rounds of {CALLS} calls each), microseconds");
    println!("                     bare reqwest      SDK    ratio");
    println!("  median of calls    {bare_time:12.1} {sdk_time:8.1} {:8.3}", sdk_time / bare_time);
    println!("  mean per round     {bare_mean:12.1} {sdk_mean:8.1} {:8.3}", sdk_mean / bare_mean);
    println!("  CPU of the client  {bare_cpu:12.1} {sdk_cpu:8.1} {:8.3}", sdk_cpu / bare_cpu);
    Ok(())
}

/// Seconds that this thread, in which everything runs, has been on a processor.
fn cpu_time() -> Result<f64, Failure> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = text.split_whitespace().next().ok_or("schedstat is empty")?.parse()?;
    Ok(nanoseconds / 1e9)
}
