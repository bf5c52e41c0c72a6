//! What a scenario says.

use std::collections::BTreeMap;
use std::path::Path;

use devin_v2_emulator::Fault;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::server::Script;
use crate::{Failure, expand};

/// Something that must hold in every language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// The name of its file: what the scenario is about.
    #[serde(skip)]
    pub(crate) feature: String,
    /// What holds, in words.
    pub(crate) name: String,
    /// Settings of the client, named as in the core; times in milliseconds.
    #[serde(default)]
    pub(crate) client: Map<String, Value>,
    /// What the emulator does wrong.
    #[serde(default)]
    pub(crate) faults: Vec<Fault>,
    /// A server in place of the emulator: what it does on each connection. The last script holds for all connections that
    /// follow. Settings and variables name it `${server}`, and the emulator without it.
    #[serde(default)]
    pub(crate) server: Option<Vec<Script>>,
    /// The same as an HTTP proxy, `${proxy}` or `localhost:${proxy_port}`. The requests that arrive are the proxy's then.
    #[serde(default)]
    pub(crate) proxy: Option<Vec<Script>>,
    /// Environment variables. The scenario has an agent of its own then.
    #[serde(default)]
    pub(crate) environment: BTreeMap<String, String>,
    /// Part of the error that there is in place of a client.
    #[serde(default)]
    pub(crate) refused: Option<Map<String, Value>>,
    #[serde(default)]
    pub(crate) steps: Vec<Step>,
    /// Words that must stand in nothing that is printed: logs, messages, what the language shows of a value.
    #[serde(default)]
    pub(crate) hidden: Vec<String>,
    /// Languages in which it can't hold, and why.
    #[serde(default)]
    pub(crate) except: BTreeMap<String, String>,
}

/// A call and what has to come of it, or a new client.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// Makes a new client first, with these settings beside the scenario's.
    #[serde(default)]
    pub(crate) client: Option<Map<String, Value>>,
    /// Part of the error that there is in place of that client.
    #[serde(default)]
    pub(crate) refused: Option<Map<String, Value>>,
    /// Waits first: until the scripts of all connections ended or wait for a request, then so many milliseconds.
    #[serde(default)]
    pub(crate) wait: Option<u64>,
    /// An operation, such as `members.get`.
    #[serde(default)]
    pub(crate) call: Option<String>,
    /// Makes the call so many times at once, with `${number}` in the arguments and in what has to come of it.
    #[serde(default)]
    pub(crate) together: Option<usize>,
    #[serde(default, rename = "with")]
    pub(crate) arguments: Map<String, Value>,
    /// Options of the call; times in milliseconds.
    #[serde(default)]
    pub(crate) options: Map<String, Value>,
    /// How a list is read. Other operations have one way only.
    #[serde(default, rename = "as")]
    pub(crate) reading: Reading,
    /// Cancels the call: after so many requests arrived; 0 for before it begins.
    #[serde(default)]
    pub(crate) cancel_after: Option<usize>,
    /// Part of the answer: members that aren't named don't matter, lists have to be whole.
    #[serde(default)]
    pub(crate) value: Option<Value>,
    /// How many rows come, before an error too.
    #[serde(default)]
    pub(crate) rows: Option<usize>,
    /// Part of the error. Without it the call has to succeed.
    #[serde(default)]
    pub(crate) error: Option<Map<String, Value>>,
    /// It may fail or not: what is printed is what matters.
    #[serde(default)]
    pub(crate) may_fail: bool,
    /// The requests that arrive, in order; parts of them.
    #[serde(default)]
    pub(crate) requests: Option<Vec<Map<String, Value>>>,
    /// How many requests arrive.
    #[serde(default)]
    pub(crate) arrived: Option<usize>,
    /// The least that the call takes, in milliseconds: what it was told to wait.
    #[serde(default)]
    pub(crate) waits: Option<u64>,
    /// Keeps parts of the answer for later steps, where `${name}` stands for them.
    #[serde(default)]
    pub(crate) keep: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reading {
    #[default]
    Value,
    Page,
    Items,
    Collect,
}

impl Reading {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Page => "page",
            Self::Items => "items",
            Self::Collect => "collect",
        }
    }
}

/// The operations, with examples of their arguments.
pub(crate) fn calls(file: &Path) -> Result<Vec<expand::Call>, Failure> {
    Ok(serde_json::from_str(&std::fs::read_to_string(file)?)?)
}

/// All scenarios of a folder, one for each of what they are written for.
pub(crate) fn read(folder: &Path, calls: &Path) -> Result<Vec<Scenario>, Failure> {
    let calls = self::calls(calls)?;
    let mut files: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let feature = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let text = std::fs::read_to_string(&file)?;
        let written: Vec<Value> =
            serde_saphyr::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        for scenario in written {
            for one in expand::expand(scenario, &calls).map_err(|error| format!("{feature}: {error}"))? {
                let name = one["name"].to_string();
                let mut one: Scenario =
                    serde_json::from_value(one).map_err(|error| format!("{feature}: {name}: {error}"))?;
                one.feature.clone_from(&feature);
                found.push(one);
            }
        }
    }
    Ok(found)
}
