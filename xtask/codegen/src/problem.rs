//! What is wrong with a document, and where.

use std::fmt;

use serde_json::Value;

/// One thing that can't be read or expressed, with the file and the JSON pointer of the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The document's file, as the user named it.
    pub file: String,
    /// RFC 6901 pointer of the place; empty for the whole document.
    pub pointer: String,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, pointer, message } = self;
        if pointer.is_empty() {
            write!(f, "{file}: {message}")
        } else {
            write!(f, "{file}: {pointer}: {message}")
        }
    }
}

/// Every problem of one step. A step goes on past the first, so that a maintainer sees them all at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(Problem::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Problems {}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl Problems {
    /// `Ok(value)` if nothing was found.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

/// A document as read, with the name of its file.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file, as the user named it.
    pub file: String,
    /// The document.
    pub root: Value,
}

impl Document {
    /// A problem at `pointer` of this document.
    pub fn problem(&self, pointer: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem { file: self.file.clone(), pointer: pointer.into(), message: message.into() }
    }
}

/// `pointer` with `key` appended and escaped.
pub fn join(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}
