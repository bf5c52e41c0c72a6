//! Shows what came of the scenarios.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::run::{Outcome, Outcomes};
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
pub(crate) fn print(scenarios: &[Scenario], columns: &[(&str, Outcomes)]) {
    let mut header = format!("{:16}", "");
    for (name, _) in columns {
        header += &format!(" {name:>14}");
    }
    println!("\n{header}");
    for feature in features(scenarios) {
        let mut line = format!("{feature:16}");
        for (_, outcomes) in columns {
            let (passed, excepted, all) = count(scenarios, &outcomes.scenarios, feature);
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
        for (scenario, outcome) in scenarios.iter().zip(&outcomes.scenarios) {
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
    for (name, outcomes) in columns {
        if let Err(what) = &outcomes.log {
            println!("\nFAILED in {name}: {what}");
        }
    }
    for ((name, reason), count) in reasons {
        println!("\nnot in {name}, {count} of them: {reason}");
    }
    let outcomes = || columns.iter().flat_map(|(_, outcomes)| &outcomes.scenarios);
    let good = outcomes().filter(|outcome| outcome.is_good()).count();
    println!(
        "\n{} scenarios in {} languages: {good} of {} hold",
        scenarios.len(),
        columns.len(),
        outcomes().count()
    );
    println!("\nLooked for the key and for what is private in all that is printed:");
    for (name, Outcomes { canary, .. }) in columns {
        println!("{name:16} {:>9} texts, {:>11} bytes, {} hits", canary.texts, canary.bytes, canary.hits);
    }
}

/// The counts, for the support matrix.
pub(crate) fn json(scenarios: &[Scenario], columns: &[(&str, Outcomes)]) -> String {
    let mut results = serde_json::Map::new();
    for feature in features(scenarios) {
        let mut row = serde_json::Map::new();
        for (name, outcomes) in columns {
            let (passed, excepted, all) = count(scenarios, &outcomes.scenarios, feature);
            row.insert(
                (*name).to_owned(),
                json!({ "passed": passed, "excepted": excepted, "scenarios": all }),
            );
        }
        results.insert(feature.to_owned(), Value::Object(row));
    }
    let canaries: serde_json::Map<_, _> = columns
        .iter()
        .map(|(name, Outcomes { canary, .. })| {
            let counts = json!({ "texts": canary.texts, "bytes": canary.bytes, "hits": canary.hits });
            ((*name).to_owned(), counts)
        })
        .collect();
    format!("{:#}\n", json!({ "features": results, "canary": canaries }))
}
