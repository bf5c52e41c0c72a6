//! The tables of what is supported: `support-matrix.yaml`, marked by what the suites left as results.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::Failure;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Matrix {
    languages: Vec<Language>,
    platforms: Vec<Platform>,
    features: Vec<Feature>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Language {
    name: String,
    /// Its names in the results.
    agents: Vec<String>,
    /// The oldest that is supported.
    version: String,
    decided: Decided,
    /// What the suites run on.
    tested: String,
}

/// The text by which a file decides on the oldest version, `{}` in its place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    file: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Platform {
    name: String,
    tested: bool,
    /// Its name in the release's workflow.
    #[serde(default)]
    release: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Feature {
    name: String,
    shown_by: String,
}

/// What the suites left.
struct Results {
    conformance: Value,
    chaos: Value,
    coverage: Value,
}

const BEGIN: &str =
    "<!-- begin: written by `cargo xtask matrix` from support-matrix.yaml and the suites' results -->\n";
const END: &str = "<!-- end -->\n";

/// Writes the tables into the README, or compares them.
pub(crate) fn matrix(root: &Path, results: &Path, only_check: bool) -> Result<(), Failure> {
    let text =
        |file: &Path| std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()));
    let matrix: Matrix = serde_saphyr::from_str(&text(&root.join("support-matrix.yaml"))?)?;
    let result = |name: &str| -> Result<Value, Failure> {
        let file = results.join(name);
        let text = text(&file)
            .map_err(|error| format!("{error}: run cargo xtask test conformance coverage first"))?;
        Ok(serde_json::from_str(&text)?)
    };
    let results = Results {
        conformance: result("conformance.json")?,
        chaos: result("chaos.json")?,
        coverage: result("coverage.json")?,
    };
    let workflow = text(&root.join(".github/workflows/release.yml"))?;
    for Language { name, version, decided, .. } in &matrix.languages {
        let wanted = decided.text.replace("{}", version);
        if !text(&root.join(&decided.file))?.contains(&wanted) {
            return Err(format!("{name}: {} does not have {wanted}", decided.file).into());
        }
    }
    for platform in matrix.platforms.iter().filter_map(|platform| platform.release.as_ref()) {
        if !workflow.contains(&format!("platform: {platform}\n")) {
            return Err(format!("release.yml has no platform {platform}").into());
        }
    }
    let tables = tables(&matrix, &results)?;
    let readme = root.join("README.md");
    let old = text(&readme)?;
    let (before, rest) = old.split_once(BEGIN).ok_or("README.md has no begin of the tables")?;
    let (_, after) = rest.split_once(END).ok_or("README.md has no end of the tables")?;
    let new = format!("{before}{BEGIN}\n{tables}\n{END}{after}");
    println!("\n{tables}");
    if new == old {
        return Ok(());
    }
    if only_check {
        return Err("README.md's tables are not what the suites found: run cargo xtask matrix".into());
    }
    std::fs::write(&readme, new)?;
    println!("README.md is written.");
    Ok(())
}

fn tables(matrix: &Matrix, results: &Results) -> Result<String, Failure> {
    let mut out = "|".to_owned();
    let row = |cells: Vec<String>| format!(" {} |\n", cells.join(" | "));
    let languages = || matrix.languages.iter();
    out += &row(std::iter::once(String::new()).chain(languages().map(|one| one.name.clone())).collect());
    out += &format!("|---|{}\n", ":-:|".repeat(matrix.languages.len()));
    for (title, of) in [
        ("oldest version", (|one| &one.version) as fn(&Language) -> &String),
        ("tested with", |one| &one.tested),
    ] {
        let cells = std::iter::once(title.to_owned()).chain(languages().map(|one| of(one).clone()));
        out += &format!("|{}", row(cells.collect()));
    }
    for feature in &matrix.features {
        let mut cells = vec![feature.name.clone()];
        for language in languages() {
            let marks = language.agents.iter().map(|agent| results.mark(&feature.shown_by, agent));
            cells.push(worst(marks.collect::<Result<_, _>>()?));
        }
        out += &format!("|{}", row(cells));
    }
    out += "\n✓: all scenarios hold; ✓ (2): but for two, which can't hold there, for the reason that they name.\n\n";
    for platform in &matrix.platforms {
        let how =
            if platform.tested { "tested" } else { "written down in the release's workflow, never built" };
        out += &format!("- {}: {how}\n", platform.name);
    }
    Ok(out)
}

/// What does not hold, and how many exceptions there are.
#[derive(Default)]
struct Mark {
    wrong: u64,
    excepted: u64,
}

fn worst(marks: Vec<Mark>) -> String {
    let excepted = marks.iter().map(|mark| mark.excepted).max().unwrap_or(0);
    match (marks.iter().any(|mark| mark.wrong > 0), excepted) {
        (true, _) => "✗".to_owned(),
        (false, 0) => "✓".to_owned(),
        (false, excepted) => format!("✓ ({excepted})"),
    }
}

impl Results {
    fn mark(&self, shown_by: &str, agent: &str) -> Result<Mark, Failure> {
        let none = || format!("the results have no {shown_by} of {agent}");
        let number = |value: &Value| value.as_u64().ok_or_else(none);
        Ok(match shown_by {
            "coverage" => {
                // Asynchronous Python is a language of its own there, blocking Python is Python.
                let kinds = self.coverage["languages"][agent.trim_end_matches("-sync")]
                    .as_object()
                    .ok_or_else(none)?;
                let mut mark = Mark::default();
                for count in kinds.values() {
                    let excepted = number(&count["excepted"])?;
                    mark.excepted += excepted;
                    mark.wrong += number(&count["all"])?.abs_diff(number(&count["covered"])? + excepted);
                }
                mark
            }
            "canary" => Mark { wrong: number(&self.conformance["canary"][agent]["hits"])?, excepted: 0 },
            "chaos" => Mark { wrong: number(&self.chaos[agent]["wrong"])?, excepted: 0 },
            feature => {
                let counts = &self.conformance["features"][feature][agent];
                let excepted = number(&counts["excepted"])?;
                let wrong = number(&counts["scenarios"])?.abs_diff(number(&counts["passed"])? + excepted);
                Mark { wrong, excepted }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Results, worst};

    #[test]
    fn marks_come_from_results() {
        let count = |passed, excepted| json!({ "passed": passed, "excepted": excepted, "scenarios": 3 });
        let features = json!({ "time": { "rust": count(3, 0), "node": count(2, 1), "swift": count(2, 0) } });
        let kinds = json!({ "operations": { "covered": 57, "excepted": 0, "all": 58 } });
        let results = Results {
            conformance: json!({ "features": features, "canary": { "rust": { "hits": 1 } } }),
            chaos: json!({ "rust": { "wrong": 0 } }),
            coverage: json!({ "languages": { "python": kinds } }),
        };
        let mark = |shown_by, agent| worst(vec![results.mark(shown_by, agent).unwrap()]);
        assert_eq!(mark("time", "rust"), "✓");
        assert_eq!(mark("time", "node"), "✓ (1)");
        assert_eq!(mark("time", "swift"), "✗");
        assert_eq!(mark("canary", "rust"), "✗");
        assert_eq!(mark("chaos", "rust"), "✓");
        assert_eq!(mark("coverage", "python-sync"), "✗");
        assert!(results.mark("time", "kotlin").is_err(), "what has no result has no mark");
    }
}
