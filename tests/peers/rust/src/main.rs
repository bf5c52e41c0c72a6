//! Figures beside bare reqwest, each pair in one run against the same server, as ratios.
//!
//! Run by `cargo xtask bench rust`, which builds the emulator beside this program. Reads CPU time and memory from
//! `/proc`, so it measures on Linux only.

mod latency;
mod memory;
mod paging;
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
        Some(other) => Err(format!("there is no figure called {other}").into()),
    }
}

/// The middle of `values`.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
