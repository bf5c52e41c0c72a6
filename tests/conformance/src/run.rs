//! Runs the scenarios in one language.

use std::time::{Duration, Instant};

use devin_v2_emulator::{Config, Emulator};
use serde_json::{Value, json};

use crate::Language;
use crate::agent::{Agent, Log};
use crate::canary::{Canary, KEY};
use crate::expand::{Kept, substitute};
use crate::expect;
use crate::scenario::{Scenario, Step};

/// What came of a scenario.
pub(crate) enum Outcome {
    Passed,
    Failed(String),
    /// It can't hold there, for this reason.
    Except(String),
}

impl Outcome {
    pub(crate) fn is_good(&self) -> bool {
        !matches!(self, Self::Failed(_))
    }
}

/// What came of all scenarios, and of looking through what was printed meanwhile.
pub(crate) struct Outcomes {
    pub(crate) scenarios: Vec<Outcome>,
    pub(crate) canary: Canary,
    /// What the logs hold and must not, or how the agent ended.
    pub(crate) log: Result<(), String>,
}

impl Outcomes {
    pub(crate) fn is_good(&self) -> bool {
        self.log.is_ok() && self.scenarios.iter().all(Outcome::is_good)
    }
}

pub(crate) fn all(language: &Language, scenarios: &[Scenario]) -> Result<Outcomes, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| error.to_string())?.block_on(async {
        let log = Log::default();
        let mut canary = Canary::default();
        let mut agent = Agent::start(language, &log)?;
        let mut outcomes = Vec::new();
        for scenario in scenarios {
            let hits = canary.hits;
            let came = one(&mut agent, scenario, &mut canary).await;
            let outcome = match (came, scenario.except.get(&language.name)) {
                (Ok(()), None) => Outcome::Passed,
                (Ok(()), Some(_)) => Outcome::Failed("it holds, and is listed as an exception".to_owned()),
                (Err(_), Some(reason)) => {
                    canary.hits = hits;
                    Outcome::Except(reason.clone())
                }
                (Err(what), None) => Outcome::Failed(what),
            };
            if !matches!(outcome, Outcome::Passed) {
                // What it was told and did not answer must not reach the next one.
                agent = Agent::start(language, &log)?;
            }
            outcomes.push(outcome);
        }
        let text = log.text();
        let mut log = canary.log(&text);
        if outcomes.iter().any(|outcome| !outcome.is_good()) && log.is_ok() {
            // What the agent ended with, if it did: calls are logged in finer levels.
            let lines: Vec<_> =
                text.lines().filter(|line| !line.contains("TRACE") && !line.contains("DEBUG")).collect();
            if !lines.is_empty() {
                let last = lines[lines.len().saturating_sub(20)..].join("\n");
                log = Err(format!("its last words:\n{last}"));
            }
        }
        Ok(Outcomes { scenarios: outcomes, canary, log })
    })
}

async fn one(agent: &mut Agent, scenario: &Scenario, canary: &mut Canary) -> Result<(), String> {
    // Its own: pages that a list of the scenario before had asked for ahead may still be on their way.
    let config = Config { api_key: Some(KEY.to_owned()), ..Config::default() };
    let emulator = Emulator::start(config).await.map_err(|error| format!("emulator: {error}"))?;
    let mut settings = scenario.client.clone();
    for (name, value) in
        [("base_url", json!(emulator.url())), ("api_key", json!(KEY)), ("retry_base_delay", json!(1))]
    {
        settings.entry(name).or_insert(value);
    }
    for fault in &scenario.faults {
        emulator.fault(fault.clone());
    }
    let came = agent.client(&Value::Object(settings)).await?;
    canary.answer(&came, &scenario.hidden)?;
    match (&scenario.refused, came.get("error")) {
        (None, Some(error)) => return Err(format!("there is no client: {error}")),
        (Some(expected), error) => {
            let expected = Value::Object(expected.clone());
            return expect::differs(&expected, error, "error").map_or(Ok(()), Err);
        }
        (None, None) => {}
    }
    let mut kept = Kept::new();
    for (number, step) in scenario.steps.iter().enumerate() {
        let place = |what| format!("step {}, {}: {what}", number + 1, step.call);
        let came = take(agent, &emulator, step, &mut kept).await.map_err(place)?;
        canary.answer(&came, &scenario.hidden).map_err(place)?;
    }
    Ok(())
}

async fn take(agent: &mut Agent, emulator: &Emulator, step: &Step, kept: &mut Kept) -> Result<Value, String> {
    let filled = |value: &Value| substitute(value, &|name| kept.get(name));
    emulator.clear_requests();
    let call = json!({
        "do": "call",
        "id": 1,
        "operation": step.call,
        "arguments": filled(&Value::Object(step.arguments.clone())),
        "options": step.options,
        "as": step.reading.as_str(),
        "cancelled": step.cancel_after == Some(0),
    });
    let begun = Instant::now();
    agent.tell(&call).await?;
    if let Some(requests @ 1..) = step.cancel_after {
        let end = Instant::now() + Duration::from_secs(30);
        while emulator.requests().len() < requests {
            if Instant::now() > end {
                return Err(format!("fewer than {requests} requests arrived"));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        agent.tell(&json!({ "do": "cancel", "id": 1 })).await?;
    }
    let came = agent.hear().await?;
    if came["id"] != 1 {
        return Err(format!("the answer to another call came: {}", came["id"]));
    }
    let took = begun.elapsed();
    if let Some(least) = step.waits
        && took < Duration::from_millis(least)
    {
        return Err(format!("it waited for {} ms instead of {least}", took.as_millis()));
    }
    let arrived: Vec<Value> = emulator.requests().iter().map(expect::request).collect();
    if let Some(count) = step.arrived
        && count != arrived.len()
    {
        return Err(format!("{} requests arrived instead of {count}", arrived.len()));
    }
    match (&step.error, came.get("error")) {
        (None, Some(error)) if !error.is_null() && !step.may_fail => {
            return Err(format!("it failed: {error}"));
        }
        (Some(expected), error) => {
            let expected = filled(&Value::Object(expected.clone()));
            if let Some(difference) = expect::differs(&expected, error, "error") {
                return Err(difference);
            }
        }
        _ => {}
    }
    if let Some(count) = step.rows {
        let rows = came["rows"].as_array().map(Vec::len);
        if rows != Some(count) {
            return Err(format!("{rows:?} rows came instead of {count}"));
        }
    }
    let expected = step.value.as_ref().map(filled);
    if let Some(difference) = expected.and_then(|value| expect::differs(&value, Some(&came), "answer")) {
        return Err(difference);
    }
    if let Some(requests) = &step.requests {
        let expected = filled(&requests.iter().cloned().map(Value::Object).collect());
        if let Some(difference) = expect::differs(&expected, Some(&Value::Array(arrived)), "requests") {
            return Err(difference);
        }
    }
    for (name, path) in &step.keep {
        let value = expect::at(&came, path).ok_or_else(|| format!("the answer has no {path}"))?.clone();
        kept.insert(name.clone(), value);
    }
    Ok(came)
}
