//! The crates, and a program of another workspace that uses them.

use std::path::Path;

use super::CONSUMERS;
use crate::run::{self, cargo, target};
use crate::test::Emulator;
use crate::version::VERSION;

/// What is published, in the order in which it has to be.
const CRATES: [&str; 3] = ["devin-v2-api", "devin-v2-emulator", "devin-v2"];

/// Leaves the crates in `out`; what they hold is then compiled outside the workspace. Files that aren't committed are an
/// error.
pub(super) fn dist(out: &Path, server: &Emulator) -> Result<(), String> {
    let mut package = cargo();
    package.args(["package", "--quiet", "--locked", "--no-verify"]);
    run::run(package.args(CRATES.map(|name| format!("--package={name}"))))?;
    let project = target().join("rust/consumer");
    let _ = std::fs::remove_dir_all(&project);
    let mut manifest = format!(
        "[package]\nname = \"consumer\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\ndevin-v2 = \"={VERSION}\"\n\
         devin-v2-emulator = \"={VERSION}\"\ntokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n\n\
         [patch.crates-io]\n"
    );
    for name in CRATES {
        let file = format!("{name}-{VERSION}.crate");
        run::copy(&target().join("package").join(&file), &out.join(&file))?;
        run::unpack(&out.join(&file), &project.join(name))?;
        manifest += &format!("{name} = {{ path = \"{name}\" }}\n");
    }
    run::copy(&Path::new(CONSUMERS).join("consumer.rs"), &project.join("src/main.rs"))?;
    std::fs::write(project.join("Cargo.toml"), manifest).map_err(|error| format!("Cargo.toml: {error}"))?;
    let mut consumer = cargo();
    consumer.args(["run", "--quiet", "--target-dir"]).arg(target()).current_dir(&project);
    run::run(server.account(&mut consumer))
}
