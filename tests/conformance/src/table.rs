//! Shows what came of the scenarios.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::run::Outcome;
use crate::scenario::Scenario;

/// Passed, excepted and all scenarios of a feature.
fn count(scenarios: &[Scenario], outcomes: &[Outcome], feature: &str) -> (usize, usize, usize) {
    let (mut passed, mut excepted, mut all) = (0, 0, 0);
    for (scenario, outcome) in scenarios.iter().zip(outcomes) {
        if scenario.feature == feature {
            all += 1;
            passed += usize::from(matches!(outcome, Outcome::Passed));
            excepted += usize::from(matches!(outcome, Outcome::Except(_)));
        }
    }
    (passed, excepted, all)
}

fn features(scenarios: &[Scenario]) -> Vec<&str> {
    let mut features: Vec<&str> = scenarios.iter().map(|scenario| scenario.feature.as_str()).collect();
    features.dedup();
    features
}

/// Features by languages, and what failed.
pub(crate) fn print(scenarios: &[Scenario], columns: &[(&str, Vec<Outcome>)]) {
    let mut header = format!("{:16}", "");
    for (name, _) in columns {
        header += &format!(" {name:>14}");
    }
    println!("\n{header}");
    for feature in features(scenarios) {
        let mut line = format!("{feature:16}");
        for (_, outcomes) in columns {
            let (passed, excepted, all) = count(scenarios, outcomes, feature);
            let mut cell = format!("{passed} of {all}");
            if excepted > 0 {
                cell = format!("{passed}+{excepted} of {all}");
            }
            line += &format!(" {cell:>14}");
        }
        println!("{line}");
    }
    let mut reasons = BTreeMap::new();
    for (name, outcomes) in columns {
        for (scenario, outcome) in scenarios.iter().zip(outcomes) {
            match outcome {
                Outcome::Failed(what) => {
                    println!("\nFAILED in {name}: {}: {}\n  {what}", scenario.feature, scenario.name)
                }
                Outcome::Except(reason) => {
                    *reasons.entry((*name, reason.as_str())).or_insert(0) += 1;
                }
                Outcome::Passed => {}
            }
        }
    }
    for ((name, reason), count) in reasons {
        println!("\nnot in {name}, {count} of them: {reason}");
    }
    let all: usize = columns.iter().map(|(_, outcomes)| outcomes.len()).sum();
    let good: usize =
        columns.iter().map(|(_, outcomes)| outcomes.iter().filter(|outcome| outcome.is_good()).count()).sum();
    println!("\n{} scenarios in {} languages: {good} of {all} hold", scenarios.len(), columns.len());
}

/// The counts, for the support matrix.
pub(crate) fn json(scenarios: &[Scenario], columns: &[(&str, Vec<Outcome>)]) -> String {
    let mut results = serde_json::Map::new();
    for feature in features(scenarios) {
        let mut row = serde_json::Map::new();
        for (name, outcomes) in columns {
            let (passed, excepted, all) = count(scenarios, outcomes, feature);
            row.insert(
                (*name).to_owned(),
                json!({ "passed": passed, "excepted": excepted, "scenarios": all }),
            );
        }
        results.insert(feature.to_owned(), Value::Object(row));
    }
    format!("{:#}\n", Value::Object(results))
}
