//! The project's habits as subcommands. Nothing is decided here: each runs the program that does the work.

mod bench;
mod conformance;
mod dist;
mod doctor;
mod fuzz;
mod kotlin;
mod node;
mod python;
mod run;
mod swift;
mod test;
mod tools;
mod uniffi;
mod version;

use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask COMMAND [OPTIONS]

  demo [--live]         an admin's morning against the embedded server; --live: the read-only part of it against the
                        real service, with the key from DEVIN_V2_API_KEY
  test [SUITE…] [--all] the tests, of all suites or of those named: generated, coverage, rust, node, node-tools,
                        python, kotlin, swift, conformance, matrix, document, prism, schemathesis, fuzz.
                        What needs a toolchain that isn't here is left out and said; with --all it fails
  fuzz [TARGET…] [--seconds N]
                        foreign bytes by the million against the SDK and the compiler, 300 s for each target or N;
                        what makes one crash is kept, and its file named
  regen [--check]       writes all generated files anew from the document and the overlay; --check only compares
                        (also for other documents: see cargo xtask regen --help)
  change OLD NEW        what a new document means for users of each language: what breaks, where and why, the next
                        version, a changelog entry. Exit codes for CI: 0 nothing changed, 1 not (fully) compared,
                        2 compatible, 3 breaking (more with --help)
  bench rust|node|python|kotlin|swift
                        the SDK beside what users would pick instead, in one run
  matrix                writes README's tables of what is supported, from the results of the suites conformance and
                        coverage
  dist [PART…] [--out FOLDER]
                        what users get, for this platform, each installed and used by an empty project: rust,
                        python, node, kotlin, swift; with sizes, SHA-256, and what it is made of under which
                        licences. In target/packages, or in FOLDER
  version [X.Y.Z | --check]
                        the version; raises it everywhere; whether all places agree
  doctor [--live]       which toolchains are here and how to get the others; --live: what kind of key is set, and
                        whether the service can be reached with it
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    let done = match arguments.first().map(String::as_str) {
        Some("demo") => run::example("admin_morning", &rest),
        Some("test") => test::test(&rest),
        Some("fuzz") => fuzz::fuzz(&rest),
        Some("regen") => regen(&rest),
        Some("change") => return change(&arguments),
        Some("bench") => bench::bench(&rest),
        Some("matrix") => conformance::matrix(&[]),
        Some("dist") => dist::dist(&rest),
        Some("version") => version::version(&rest),
        Some("doctor") => doctor::doctor(&rest),
        Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            Ok(())
        }
        other => {
            let what =
                other.map_or("a command is missing".to_owned(), |name| format!("there is no command {name}"));
            Err(format!("{what}\n\n{HELP}"))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// The comparison of two documents, which tells by its exit code what it found.
fn change(arguments: &[String]) -> ExitCode {
    let program = ["run", "--quiet", "--package", "devin-v2-codegen", "--"];
    let status = run::cargo().args(program).args(arguments).status();
    let code = status.ok().and_then(|status| status.code()).and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

/// All generated files: those of the compiler, then those that uniffi makes of some of them. Of other documents only the
/// former.
fn regen(rest: &[&str]) -> Result<(), String> {
    run::codegen(rest)?;
    match rest {
        [] => uniffi::bindings(false),
        ["--check"] => uniffi::bindings(true),
        _ => Ok(()),
    }
}
