//! Runs `scenarios/*.yaml`, or a chaos of calls and faults, through every language:
//! `devin-v2-conformance --results FILE [--chaos CALLS] NAME PROGRAM ARGUMENT… -- NAME …`.
//!
//! `devin-v2-conformance matrix [--check] FOLDER` writes the tables of what is supported, from the results in a folder.
//!
//! A language takes part by an agent: a program that reads a line of JSON per call and answers with one (see
//! `README.md`). What is asked and what has to come of it is decided here alone.

mod agent;
mod canary;
mod chaos;
mod expand;
mod expect;
mod matrix;
mod run;
mod scenario;
mod server;
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
    /// Runs only scenarios whose names contain this.
    only: Option<String>,
    /// Runs only the scenarios of this file.
    feature: Option<String>,
    /// How many calls a chaos has, if it's not the scenarios that are asked for.
    chaos: Option<usize>,
    seed: u64,
    languages: Vec<Language>,
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments, Failure> {
    let usage = "usage: devin-v2-conformance --results FILE [--feature NAME] [--only TEXT | --chaos CALLS [--seed NUMBER]] NAME PROGRAM ARGUMENT… [-- NAME PROGRAM ARGUMENT…]";
    let (mut results, mut only, mut feature, mut chaos, mut seed) = (None, None, None, None, 7);
    let mut words: Vec<String> = Vec::new();
    while let Some(word) = given.next() {
        match word.as_str() {
            "--results" if words.is_empty() => results = given.next(),
            "--only" if words.is_empty() => only = given.next(),
            "--feature" if words.is_empty() => feature = given.next(),
            "--chaos" if words.is_empty() => chaos = Some(given.next().ok_or(usage)?.parse()?),
            "--seed" if words.is_empty() => seed = given.next().ok_or(usage)?.parse()?,
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
    Ok(Arguments { results: results.ok_or(usage)?, only, feature, chaos, seed, languages })
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let done = match words.as_slice() {
        ["matrix", "--check", folder] => matrix::matrix(&root, Path::new(folder), true).map(|()| true),
        ["matrix", folder] => matrix::matrix(&root, Path::new(folder), false).map(|()| true),
        _ => begin(),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("devin-v2-conformance: {error}");
            ExitCode::from(2)
        }
    }
}

fn begin() -> Result<bool, Failure> {
    let Arguments { results, only, feature, chaos, seed, languages } = arguments(std::env::args().skip(1))?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let calls = folder.join("../../bindings/python/tests/calls.json");
    let (good, json) = if let Some(count) = chaos {
        let calls = scenario::calls(&calls)?;
        let columns = in_all(&languages, |language| chaos::run(language, &calls, count, seed))?;
        chaos::print(&columns);
        (columns.iter().all(|(_, figures)| figures.wrong.is_empty()), chaos::json(&columns))
    } else {
        let mut scenarios = scenario::read(&folder.join("scenarios"), &calls)?;
        if let Some(only) = &only {
            scenarios.retain(|scenario| scenario.name.contains(only.as_str()));
        }
        if let Some(feature) = &feature {
            scenarios.retain(|scenario| scenario.feature == *feature);
        }
        if scenarios.is_empty() {
            return Err("there is no such scenario".into());
        }
        let columns = in_all(&languages, |language| run::all(language, &scenarios))?;
        table::print(&scenarios, &columns);
        (columns.iter().all(|(_, outcomes)| outcomes.is_good()), table::json(&scenarios, &columns))
    };
    std::fs::write(&results, json).map_err(|error| format!("{results}: {error}"))?;
    Ok(good)
}

/// Does the same in all languages at once.
fn in_all<T: Send>(
    languages: &[Language],
    run: impl Fn(&Language) -> Result<T, String> + Sync,
) -> Result<Vec<(&str, T)>, Failure> {
    let run = &run;
    let came: Vec<_> = std::thread::scope(|scope| {
        let runs: Vec<_> = languages.iter().map(|language| scope.spawn(move || run(language))).collect();
        runs.into_iter()
            .map(|run| run.join().unwrap_or_else(|_| Err("the run panicked".to_owned())))
            .collect()
    });
    let columns = languages.iter().zip(came).map(|(language, came)| {
        came.map(|came| (language.name.as_str(), came)).map_err(|error| format!("{}: {error}", language.name))
    });
    Ok(columns.collect::<Result<_, _>>()?)
}
