//! Runs `scenarios/*.yaml` through every language: `devin-v2-conformance --results FILE NAME PROGRAM ARGUMENT… -- NAME …`.
//!
//! A language takes part by an agent: a program that reads a line of JSON per call and answers with one (see
//! `README.md`). What is asked and what has to come of it is decided here alone.

mod agent;
mod expand;
mod expect;
mod run;
mod scenario;
mod table;

use std::path::Path;
use std::process::ExitCode;

type Failure = Box<dyn std::error::Error>;

/// An agent's name and how it is started.
pub(crate) struct Language {
    pub(crate) name: String,
    pub(crate) command: Vec<String>,
}

struct Arguments {
    results: String,
    /// Runs only scenarios whose names hold this.
    only: Option<String>,
    languages: Vec<Language>,
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments, Failure> {
    let usage = "usage: devin-v2-conformance --results FILE [--only TEXT] NAME PROGRAM ARGUMENT… [-- NAME PROGRAM ARGUMENT…]";
    let (mut results, mut only) = (None, None);
    let mut words: Vec<String> = Vec::new();
    while let Some(word) = given.next() {
        match word.as_str() {
            "--results" if words.is_empty() => results = given.next(),
            "--only" if words.is_empty() => only = given.next(),
            _ => words.push(word),
        }
    }
    let languages: Vec<Language> = words
        .split(|word| word == "--")
        .filter_map(|words| words.split_first())
        .map(|(name, command)| Language { name: name.clone(), command: command.to_vec() })
        .collect();
    if languages.is_empty() || languages.iter().any(|language| language.command.is_empty()) {
        return Err(usage.into());
    }
    Ok(Arguments { results: results.ok_or(usage)?, only, languages })
}

fn main() -> ExitCode {
    match begin() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("devin-v2-conformance: {error}");
            ExitCode::from(2)
        }
    }
}

fn begin() -> Result<bool, Failure> {
    let Arguments { results, only, languages } = arguments(std::env::args().skip(1))?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut scenarios =
        scenario::read(&folder.join("scenarios"), &folder.join("../../bindings/python/tests/calls.json"))?;
    if let Some(only) = &only {
        scenarios.retain(|scenario| scenario.name.contains(only.as_str()));
    }
    if scenarios.is_empty() {
        return Err("there is no such scenario".into());
    }
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let runs: Vec<_> =
            languages.iter().map(|language| scope.spawn(|| run::all(language, &scenarios))).collect();
        runs.into_iter()
            .map(|run| run.join().unwrap_or_else(|_| Err("the run panicked".to_owned())))
            .collect()
    });
    let mut columns = Vec::new();
    for (language, outcome) in languages.iter().zip(outcomes) {
        columns
            .push((language.name.as_str(), outcome.map_err(|error| format!("{}: {error}", language.name))?));
    }
    table::print(&scenarios, &columns);
    std::fs::write(&results, table::json(&scenarios, &columns))
        .map_err(|error| format!("{results}: {error}"))?;
    Ok(columns.iter().all(|(_, outcomes)| outcomes.iter().all(run::Outcome::is_good)))
}
