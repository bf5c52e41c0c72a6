//! `cargo xtask regen`, as a program of its own: xtask runs it, so that the other subcommands need not wait for the
//! compiler to be built.

use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::prelude::*;

const HELP: &str = "\
Regenerates every generated file from the OpenAPI document and its overlay.

Usage: cargo xtask regen [--check] [--spec FILE [--overlay FILE] --out DIR]

  --check         compare without writing, show the differences, fail if there are any
  --spec FILE     an OpenAPI 3.0 or 3.1 document [default: openapi/devin-v2.yaml]
  --overlay FILE  an OpenAPI Overlay 1.0 document [default: openapi/overlay.yaml, none with --spec]
  --out DIR       write below this folder [default: this workspace]; must be given with --spec
";

struct Arguments {
    check: bool,
    spec: PathBuf,
    overlay: Option<PathBuf>,
    out: PathBuf,
}

fn main() -> ExitCode {
    match arguments()
        .and_then(|arguments| arguments.map_or(Ok(ExitCode::SUCCESS), |arguments| run(&arguments)))
    {
        Ok(code) => code,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Option<Arguments>, String> {
    let (mut check, mut spec, mut overlay, mut out) = (false, None, None, None);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        match argument {
            Long("check") => check = true,
            Long("spec") => spec = Some(path(&mut parser)?),
            Long("overlay") => overlay = Some(path(&mut parser)?),
            Long("out") => out = Some(path(&mut parser)?),
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
