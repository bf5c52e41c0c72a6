//! Benchmarks beside what users would pick instead, in one run, as ratios.

use std::time::Instant;

use crate::run;

pub(crate) fn bench(arguments: &[&str]) -> Result<(), String> {
    match arguments {
        ["rust"] => rust(),
        ["node"] => crate::node::bench(),
        ["python"] => crate::python::bench(),
        ["kotlin"] => crate::kotlin::bench(),
        ["swift"] => crate::swift::bench(),
        _ => Err("usage: cargo xtask bench rust|node|python|kotlin|swift".to_owned()),
    }
}

fn rust() -> Result<(), String> {
    // A folder of its own, so that the first figure is a cold build whatever has been built before.
    let folder = run::target().join("bench-build");
    let _ = std::fs::remove_dir_all(&folder);
    let mut times = Vec::new();
    for (what, touched) in [("cold", None), ("after a change in the SDK", Some("crates/sdk/src/lib.rs"))] {
        if let Some(path) = touched {
            let path = run::root().join(path);
            let text =
                std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        let start = Instant::now();
        run::run(
            run::cargo().args(["build", "--quiet", "--package", "devin-v2"]).env("CARGO_TARGET_DIR", &folder),
        )?;
        times.push((what, start.elapsed()));
    }
    let _ = std::fs::remove_dir_all(&folder);
    println!("\nbuild of the SDK with all it depends on, development profile");
    for (what, time) in times {
        println!("  {what:26} {:6.1} s", time.as_secs_f64());
    }
    run::run(run::cargo().args([
        "build",
        "--release",
        "--package",
        "devin-v2-emulator",
        "--package",
        "devin-v2-peers",
    ]))?;
    run::run(&mut run::command(run::target().join("release/devin-v2-peers")))
}
