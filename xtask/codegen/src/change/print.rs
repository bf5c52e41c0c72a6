//! The report as text, and the changelog entry.

use super::{Change, Language, Level, Report, Verdict, What};

impl Report {
    /// All of it, with the version after `current` and its changelog entry.
    pub fn text(&self, current: &str) -> String {
        let mut out = String::new();
        for (level, title) in [(Level::Breaking, "Breaking"), (Level::Compatible, "Compatible")] {
            let changes: Vec<&Change> =
                self.changes.iter().filter(|change| change.level() == level).collect();
            if !changes.is_empty() {
                out += &format!("{title}\n\n{}\n", changes.into_iter().map(entry).collect::<String>());
            }
        }
        if !self.docs.is_empty() {
            out += &format!("Documentation and form only\n\n{}\n", lines(self.docs.iter().cloned()));
        }
        if !self.unclear.is_empty() {
            let unclear =
                self.unclear.iter().map(|unclear| format!("{}\n    {}", unclear.place, unclear.text));
            out += &format!("Not understood: look yourself\n\n{}\n", lines(unclear));
        }
        out += match self.verdict() {
            Verdict::Same => "Nothing changed.\n",
            Verdict::Compatible => "Compatible: no code breaks.\n",
            Verdict::Breaking => "Breaking.\n",
            Verdict::Incomplete => {
                "Not fully compared: what was not understood may break more than what is told here.\n"
            }
        };
        if self.verdict() == Verdict::Same {
            return out;
        }
        for language in Language::ALL {
            let levels = self.changes.iter().filter_map(|change| change.effects.get(&language));
            let (breaking, other): (Vec<_>, Vec<_>) =
                levels.partition(|(level, _)| *level == Level::Breaking);
            out += &format!("  {language:?}: {} breaking, {} compatible\n", breaking.len(), other.len());
        }
        let Some(next) = self.next_version(current) else {
            return out
                + &format!(
                    "\n{current} is no version of three numbers, so that the next one is yours to name.\n"
                );
        };
        let least = if self.verdict() == Verdict::Incomplete { ", or more" } else { "" };
        out + &format!("\nNext version: {next}{least} (now {current}).\n\n{}", self.changelog(&next))
    }

    /// The entry of `version`, as in Keep a Changelog.
    pub fn changelog(&self, version: &str) -> String {
        let mut out = format!("## [{version}]\n");
        for what in [What::Added, What::Changed, What::Deprecated, What::Removed] {
            let changes = self.changes.iter().filter(|change| change.what == what);
            let mut lines: Vec<String> =
                changes.map(|change| format!("- {}{}.\n", warning(change), change.text)).collect();
            if what == What::Changed && !self.docs.is_empty() {
                lines.push("- Documentation.\n".to_owned());
            }
            if !lines.is_empty() {
                out += &format!("\n### {what:?}\n\n{}", lines.concat());
            }
        }
        out
    }
}

fn lines(of: impl Iterator<Item = String>) -> String {
    of.map(|line| format!("  {line}\n")).collect()
}

fn warning(change: &Change) -> String {
    let breaking = change.effects.iter().filter(|(_, (level, _))| *level == Level::Breaking);
    match named(&breaking.map(|(language, _)| *language).collect::<Vec<_>>()).as_str() {
        "" => String::new(),
        "everywhere" => "**Breaking:** ".to_owned(),
        languages => format!("**Breaking in {languages}:** "),
    }
}

/// Languages as one says them.
fn named(languages: &[Language]) -> String {
    if languages.len() == Language::ALL.len() {
        return "everywhere".to_owned();
    }
    languages.iter().map(|language| format!("{language:?}")).collect::<Vec<_>>().join(", ")
}

/// A change with its places and, once for all languages that share it, what it does.
fn entry(change: &Change) -> String {
    let mut out = format!("  {}: {}\n", format!("{:?}", change.what).to_lowercase(), change.text);
    let places = if change.new.is_empty() { &change.old } else { &change.new };
    for place in places {
        out += &format!("    at {place}\n");
    }
    let mut told: Vec<&(Level, String)> = Vec::new();
    for effect in change.effects.values() {
        if !told.contains(&effect) {
            told.push(effect);
        }
    }
    told.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
    for effect in told {
        let languages = change.effects.iter().filter(|(_, other)| *other == effect);
        let languages: Vec<Language> = languages.map(|(language, _)| *language).collect();
        let level = format!("{:?}", effect.0).to_lowercase();
        let languages = match named(&languages).as_str() {
            "everywhere" => "in every language".to_owned(),
            some => format!("in {some}"),
        };
        out += &format!("    {level} {languages}: {}\n", effect.1);
    }
    out
}
