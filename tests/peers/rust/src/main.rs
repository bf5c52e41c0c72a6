//! Figures beside bare reqwest, each pair in one run against the same server, as ratios.
//!
//! Run by `cargo xtask bench rust`, which builds the emulator beside this program. Reads CPU time and memory from
//! `/proc`, so it measures on Linux only. `serve SESSIONS [DELAY_MS]` is the server of `cargo xtask bench python`.

mod latency;
mod memory;
mod paging;
mod serve;
mod server;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match std::env::args().nth(1).as_deref() {
        // In a process of its own, so that what the other figures allocated is not counted.
        Some("memory") => runtime.block_on(memory::measure()),
        None => {
            runtime.block_on(latency::measure())?;
            runtime.block_on(paging::measure())?;
            let done = std::process::Command::new(std::env::current_exe()?).arg("memory").status()?;
            if done.success() { Ok(()) } else { Err("the memory figure failed".into()) }
        }
        Some("serve") => {
            let number = |place| std::env::args().nth(place).map(|text| text.parse::<u32>()).transpose();
            let (sessions, delay) = (number(2)?.ok_or("how many sessions?")?, number(3)?.unwrap_or(0));
            let delay = std::time::Duration::from_millis(delay.into());
            runtime.block_on(serve::serve(sessions as usize, delay))
        }
        Some(other) => Err(format!("there is no figure called {other}").into()),
    }
}

/// The middle of `values`.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
