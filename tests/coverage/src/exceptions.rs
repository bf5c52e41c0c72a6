//! `exceptions.yaml`: what languages show under another name, and what they don't show, each with its reason.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exceptions {
    /// Fields of paged answers that are other members of a page.
    pub(crate) pages: Vec<OfPage>,
    /// Parameters of another name.
    pub(crate) renamed: Vec<Renamed>,
    /// What is not shown.
    pub(crate) missing: Vec<Missing>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfPage {
    pub(crate) field: String,
    pub(crate) member: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Renamed {
    pub(crate) languages: Vec<String>,
    pub(crate) item: String,
    /// As the language writes it.
    pub(crate) name: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Missing {
    pub(crate) languages: Vec<String>,
    /// The item's name, which stands for what is within it too.
    pub(crate) item: String,
    reason: String,
}

impl Exceptions {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let read: Self = serde_saphyr::from_str(text).map_err(|error| format!("exceptions.yaml: {error}"))?;
        let reasons = read.pages.iter().map(|of| &of.reason).chain(read.renamed.iter().map(|of| &of.reason));
        if reasons.chain(read.missing.iter().map(|of| &of.reason)).any(|reason| reason.trim().is_empty()) {
            return Err("exceptions.yaml: every exception has a reason".to_owned());
        }
        Ok(read)
    }

    /// The member of a page that a field of a paged answer is.
    pub(crate) fn of_page<'a>(&'a self, field: &'a str) -> &'a str {
        self.pages.iter().find(|of| of.field == field).map_or(field, |of| &of.member)
    }

    pub(crate) fn renamed(&self, language: &str, item: &str) -> Option<&str> {
        let is = |of: &&Renamed| of.item == item && of.languages.iter().any(|name| name == language);
        self.renamed.iter().find(is).map(|of| of.name.as_str())
    }

    /// Whether an item is listed as missing, itself or with what it is within.
    pub(crate) fn is_missing(&self, language: &str, item: &str) -> bool {
        let listed = self.missing.iter().filter(|of| of.languages.iter().any(|name| name == language));
        listed.into_iter().any(|of| is_within(item, &of.item))
    }
}

/// Whether an item is another or within it.
pub(crate) fn is_within(item: &str, other: &str) -> bool {
    item.strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '.', '[', '{', '=']))
}
