//! `cargo xtask regen` and `cargo xtask change`, as a program of its own: xtask runs it, so that the other subcommands
//! need not wait for the compiler to be built.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use devin_v2_codegen::change::{Side, Verdict, compare};
use lexopt::prelude::*;

const HELP: &str = "\
Regenerates every generated file from the OpenAPI document and its overlay.

Usage: cargo xtask regen [--check] [--spec FILE [--overlay FILE] --out DIR]

  --check         compare without writing, show the differences, fail if there are any
  --spec FILE     an OpenAPI 3.0 or 3.1 document [default: openapi/devin-v2.yaml]
  --overlay FILE  an OpenAPI Overlay 1.0 document [default: openapi/overlay.yaml, none with --spec]
  --out DIR       write below this folder [default: this workspace]; must be given with --spec
";

const CHANGE_HELP: &str = "\
Tells what a new OpenAPI document means for users of each language: what is added, changed and removed, where, what
breaks and why, the next version, and a changelog entry. Nothing is written.

Usage: cargo xtask change OLD NEW [--overlay FILE] [--old-overlay FILE] [--no-overlay]

  OLD, NEW            OpenAPI 3.0 or 3.1 documents; paths count from the workspace's root
  --overlay FILE      the overlay of both [default: openapi/overlay.yaml]
  --old-overlay FILE  the overlay of OLD, if it has another one
  --no-overlay        compare the documents as they are

Exit codes:
  0  nothing changed
  1  not compared, or not all of it: a document can't be read or expressed, the arguments don't fit, or something
     differs that isn't understood (the rest is told)
  2  something changed, and no code breaks
  3  something changed, and code breaks in at least one language
Any other code: it didn't run.

Versions: before 1.0 what breaks raises the second number, all else the third; from 1.0 on what breaks raises the first,
what is added or deprecated the second, all else the third.
";

struct Arguments {
    check: bool,
    spec: PathBuf,
    overlay: Option<PathBuf>,
    out: PathBuf,
}

fn main() -> ExitCode {
    let mut parser = lexopt::Parser::from_env();
    let is_change = parser.try_raw_args().and_then(|mut raw| raw.next_if(|word| word == "change")).is_some();
    let done = if is_change {
        change(&mut parser)
    } else {
        arguments(&mut parser)
            .and_then(|arguments| arguments.map_or(Ok(ExitCode::SUCCESS), |arguments| run(&arguments)))
    };
    match done {
        Ok(code) => code,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn arguments(parser: &mut lexopt::Parser) -> Result<Option<Arguments>, String> {
    let (mut check, mut spec, mut overlay, mut out) = (false, None, None, None);
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        match argument {
            Long("check") => check = true,
            Long("spec") => spec = Some(path(parser)?),
            Long("overlay") => overlay = Some(path(parser)?),
            Long("out") => out = Some(path(parser)?),
            Long("help") | Short('h') => {
                print!("{HELP}");
                return Ok(None);
            }
            other => return Err(format!("{}\n\n{HELP}", other.unexpected())),
        }
    }
    if spec.is_some() && out.is_none() {
        return Err(
            "--spec needs --out: another document must not overwrite this workspace's files".to_owned()
        );
    }
    if spec.is_none() && overlay.is_none() {
        overlay = Some(PathBuf::from("openapi/overlay.yaml"));
    }
    Ok(Some(Arguments {
        check,
        spec: spec.unwrap_or_else(|| PathBuf::from("openapi/devin-v2.yaml")),
        overlay,
        out: out.unwrap_or_else(|| PathBuf::from(".")),
    }))
}

fn path(parser: &mut lexopt::Parser) -> Result<PathBuf, String> {
    parser.value().map(PathBuf::from).map_err(|error| error.to_string())
}

fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let run = devin_v2_codegen::run(&arguments.spec, arguments.overlay.as_deref())
        .map_err(|problems| format!("{problems}\n\nNothing was written."))?;
    for line in &run.report {
        eprintln!("note: {line}");
    }
    let count = run.files.iter().count();
    if arguments.check {
        let differences = run.files.differences(&arguments.out);
        if differences.is_empty() {
            println!("{count} generated files are what the document says.");
            return Ok(ExitCode::SUCCESS);
        }
        print!("{differences}");
        return Err("Generated files differ from what the document says: run `cargo xtask regen`.".to_owned());
    }
    let changed = run
        .files
        .write(&arguments.out)
        .map_err(|error| format!("writing below {} failed: {error}", arguments.out.display()))?;
    println!("{count} generated files, {changed} of them changed.");
    Ok(ExitCode::SUCCESS)
}

/// `cargo xtask change`.
fn change(parser: &mut lexopt::Parser) -> Result<ExitCode, String> {
    let (mut documents, mut overlay, mut old_overlay, mut no_overlay) = (Vec::new(), None, None, false);
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        match argument {
            Value(document) => documents.push(PathBuf::from(document)),
            Long("overlay") => overlay = Some(path(parser)?),
            Long("old-overlay") => old_overlay = Some(path(parser)?),
            Long("no-overlay") => no_overlay = true,
            Long("help") | Short('h') => {
                print!("{CHANGE_HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            other => return Err(format!("{}\n\n{CHANGE_HELP}", other.unexpected())),
        }
    }
    let [old, new] = documents.as_slice() else {
        return Err(format!("it takes two documents, not {}\n\n{CHANGE_HELP}", documents.len()));
    };
    if no_overlay && (overlay.is_some() || old_overlay.is_some()) {
        return Err("--no-overlay can't be given together with an overlay".to_owned());
    }
    let overlay = overlay.or_else(|| (!no_overlay).then(|| PathBuf::from("openapi/overlay.yaml")));
    let old_overlay = old_overlay.or_else(|| overlay.clone());
    let same = |one: &Path, other: &Path| {
        one.canonicalize().ok().is_some_and(|one| other.canonicalize().is_ok_and(|other| one == other))
    };
    if same(old, new) && old_overlay == overlay {
        return Err(format!("{} and {} are the same file", old.display(), new.display()));
    }
    let not_compared = |problems| format!("{problems}\n\nNot compared.");
    let old = Side::read(old, old_overlay.as_deref()).map_err(not_compared)?;
    let new = Side::read(new, overlay.as_deref()).map_err(not_compared)?;
    for line in &new.notes {
        eprintln!("note: {line}");
    }
    let report = compare(&old, &new);
    print!("{}", report.text(env!("CARGO_PKG_VERSION")));
    Ok(ExitCode::from(match report.verdict() {
        Verdict::Same => 0,
        Verdict::Incomplete => 1,
        Verdict::Compatible => 2,
        Verdict::Breaking => 3,
    }))
}
