//! What was found: counts by language and kind, and everything that is wrong.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::document::{self, Document, Kind};
use crate::exceptions::{Exceptions, is_within};
use crate::language;
use crate::shown::Shown;
use crate::sources::Sources;
use crate::walk::{Gap, Walk};

#[derive(Clone, Copy, Default)]
pub(crate) struct Count {
    pub(crate) covered: usize,
    pub(crate) excepted: usize,
    pub(crate) all: usize,
}

pub(crate) struct Report {
    /// The counts of each language, in the order of `Kind::ALL`.
    languages: Vec<(&'static str, [Count; Kind::ALL.len()])>,
    pub(crate) problems: Vec<String>,
}

/// Holds the document against all languages.
pub(crate) fn report(sources: &Sources) -> Result<Report, String> {
    let document =
        document::read(sources.text("openapi/devin-v2.yaml")?, sources.text("openapi/overlay.yaml")?)?;
    let exceptions = Exceptions::read(sources.text("tests/coverage/exceptions.yaml")?)?;
    let all = language::all(sources)?;
    let mut report = Report { languages: Vec::new(), problems: Vec::new() };
    for shown in &all {
        let counts = report.language(&document, shown, &exceptions);
        report.languages.push((shown.language, counts));
    }
    report.stale(&document, &all, &exceptions);
    Ok(report)
}

impl Report {
    fn language(
        &mut self,
        document: &Document,
        shown: &Shown,
        exceptions: &Exceptions,
    ) -> [Count; Kind::ALL.len()] {
        let walk = Walk { document, shown, exceptions };
        let mut counts = [Count::default(); Kind::ALL.len()];
        // What is within something that is missing is counted and not told again.
        let mut told: Option<&str> = None;
        for item in &document.items {
            let count = &mut counts[item.kind as usize];
            count.all += 1;
            let what = match walk.look(item) {
                Ok(()) => {
                    count.covered += 1;
                    continue;
                }
                Err(Gap::Missing(_)) if exceptions.is_missing(shown.language, &item.name) => {
                    count.excepted += 1;
                    continue;
                }
                Err(Gap::Missing(what)) => what,
                Err(Gap::Unreadable(what)) => format!("can't be told: {what}"),
            };
            if told.is_none_or(|told| !is_within(&item.name, told)) {
                told = Some(&item.name);
                self.problems.push(format!("MISSING in {}: {}: {what}", shown.language, item.name));
            }
        }
        counts
    }

    /// Exceptions that no longer hold.
    fn stale(&mut self, document: &Document, all: &[Shown], exceptions: &Exceptions) {
        let problems = &mut self.problems;
        let mut problem = |item: &str, what: &str| problems.push(format!("NO LONGER HOLDS: {item}: {what}"));
        // What languages have by its own name.
        let none = Exceptions { pages: Vec::new(), renamed: Vec::new(), missing: Vec::new() };
        for listed in &exceptions.pages {
            let mut fields = 0;
            for shown in all {
                let walk = Walk { document, shown, exceptions: &none };
                let of_page = document.items.iter().filter(|item| walk.is_of_page(item, &listed.field));
                let found: Vec<bool> = of_page.map(|item| walk.look(item).is_ok()).collect();
                fields += found.len();
                if found.contains(&true) {
                    problem(&listed.field, &format!("pages in {} have it by its own name", shown.language));
                }
            }
            if fields == 0 {
                problem(&listed.field, "no paged answer has it");
            }
        }
        let missing = exceptions.missing.iter().map(|of| (&of.languages, &of.item, exceptions));
        let renamed = exceptions.renamed.iter().map(|of| (&of.languages, &of.item, &none));
        for (languages, name, exceptions) in missing.chain(renamed) {
            let item = document.items.iter().find(|item| item.name == *name);
            for language in languages {
                let shown = all.iter().find(|shown| shown.language == language);
                match (item, shown) {
                    (None, _) => problem(name, "the document doesn't have it"),
                    (_, None) => problem(name, &format!("there is no language {language}")),
                    (Some(item), Some(shown))
                        if (Walk { document, shown, exceptions }).look(item).is_ok() =>
                    {
                        problem(name, &format!("{language} shows it by now"));
                    }
                    _ => {}
                }
            }
        }
    }

    pub(crate) fn print(&self) {
        let line = |name: &str, cells: &[String]| {
            let cells: String = cells.iter().map(|cell| format!(" {cell:>15}")).collect();
            println!("{name:14}{cells}");
        };
        println!();
        line("", &Kind::ALL.map(|kind| kind.name().to_owned()));
        for (language, counts) in &self.languages {
            line(language, &counts.map(|count| count.shown()));
        }
        let total = self.total();
        println!(
            "\n{} items of the document × {} languages (Python's two clients and Java counted apart) = {}: {} shown, {} excepted, {} missing",
            total.all / self.languages.len(),
            self.languages.len(),
            total.all,
            total.covered,
            total.excepted,
            total.all - total.covered - total.excepted,
        );
        for problem in &self.problems {
            println!("{problem}");
        }
    }

    fn total(&self) -> Count {
        let all = self.languages.iter().flat_map(|(_, counts)| counts);
        all.fold(Count::default(), |sum, count| Count {
            covered: sum.covered + count.covered,
            excepted: sum.excepted + count.excepted,
            all: sum.all + count.all,
        })
    }

    /// The counts, for the support matrix.
    pub(crate) fn json(&self) -> Value {
        let languages = self.languages.iter().map(|(language, counts)| {
            let counts = Kind::ALL.iter().zip(counts).map(|(kind, count)| (kind.name(), count.json()));
            (*language, counts.collect::<BTreeMap<_, _>>())
        });
        json!({ "languages": languages.collect::<BTreeMap<_, _>>(), "total": self.total().json() })
    }
}

impl Count {
    fn shown(self) -> String {
        match self.excepted {
            0 => format!("{} of {}", self.covered, self.all),
            excepted => format!("{}+{excepted} of {}", self.covered, self.all),
        }
    }

    fn json(self) -> Value {
        json!({ "covered": self.covered, "excepted": self.excepted, "all": self.all })
    }
}
