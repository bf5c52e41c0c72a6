//! The coverage gate: every operation, parameter, field and enum value of the published document is exposed in every
//! language, or stands with its reason in `exceptions.yaml`. `devin-v2-coverage RESULTS` prints and writes the counts.
//!
//! It shares no code with the generator, so that what the generator loses is seen here: it reads the document as
//! published and the files that users compile or check their code against, and walks from each operation's method along
//! the declared types.

mod document;
mod exceptions;
mod language;
mod report;
mod shown;
mod sources;
#[cfg(test)]
mod tests;
mod tokens;
mod walk;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    match begin() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("devin-v2-coverage: {error}");
            ExitCode::from(2)
        }
    }
}

fn begin() -> Result<bool, String> {
    let results = std::env::args().nth(1).ok_or("usage: devin-v2-coverage RESULTS")?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let report = report::report(&sources::Sources::read(&root)?)?;
    report.print();
    std::fs::write(&results, format!("{:#}\n", report.json()))
        .map_err(|error| format!("{results}: {error}"))?;
    Ok(report.problems.is_empty())
}
