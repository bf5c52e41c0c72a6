//! Runs the scenarios in one language.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use devin_v2_emulator::{Config, Emulator};
use serde_json::{Map, Value, json};

use crate::Language;
use crate::agent::{Agent, Log};
use crate::canary::{Canary, KEY};
use crate::expand::{Kept, substitute};
use crate::expect;
use crate::scenario::{Scenario, Step};
use crate::server::Server;

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
        let none = BTreeMap::new();
        let mut agent = Agent::start(language, &none, &log)?;
        let mut outcomes = Vec::new();
        for scenario in scenarios {
            let hits = canary.hits;
            let came = match Servers::start(scenario).await {
                Ok(servers) if scenario.environment.is_empty() => {
                    one(&mut agent, scenario, &servers, &mut canary).await
                }
                Ok(servers) => {
                    let environment = serde_json::to_value(&scenario.environment)
                        .and_then(|value| serde_json::from_value(servers.named(&value)));
                    let environment = environment.map_err(|error| error.to_string())?;
                    let mut own = Agent::start(language, &environment, &log)?;
                    one(&mut own, scenario, &servers, &mut canary).await
                }
                Err(problem) => Err(problem),
            };
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
                agent = Agent::start(language, &none, &log)?;
            }
            outcomes.push(outcome);
        }
        let text = log.text();
        let mut log = canary.log(&text);
        let ended =
            |outcome: &Outcome| matches!(outcome, Outcome::Failed(what) if what.ends_with("the agent ended"));
        if outcomes.iter().any(ended) && log.is_ok() {
            let lines: Vec<_> = text.lines().collect();
            let last = lines[lines.len().saturating_sub(20)..].join("\n");
            log = Err(format!("its last words:\n{last}"));
        }
        Ok(Outcomes { scenarios: outcomes, canary, log })
    })
}

/// What a scenario's client talks to.
struct Servers {
    emulator: Emulator,
    server: Option<Server>,
    proxy: Option<Server>,
    /// Their addresses, by the names that scenarios use.
    names: BTreeMap<&'static str, Value>,
}

impl Servers {
    async fn start(scenario: &Scenario) -> Result<Self, String> {
        // Its own: pages that a list of the scenario before had asked for ahead may still be on their way.
        let config = Config { api_key: Some(KEY.to_owned()), ..Config::default() };
        let emulator = Emulator::start(config).await.map_err(|error| format!("emulator: {error}"))?;
        for fault in &scenario.faults {
            emulator.fault(fault.clone());
        }
        let mut names = BTreeMap::new();
        let (mut server, mut proxy) = (None, None);
        if let Some(scripts) = &scenario.server {
            server = Some(Server::start(scripts.clone(), emulator.url()).await?);
        }
        if let Some(scripts) = &scenario.proxy {
            let started = proxy.insert(Server::start(scripts.clone(), emulator.url()).await?);
            names.insert("proxy", json!(started.url()));
            names.insert("proxy_port", json!(started.port()));
        }
        let url = server.as_ref().map_or(emulator.url().to_owned(), Server::url);
        names.insert("server", json!(url));
        Ok(Self { emulator, server, proxy, names })
    }

    /// Puts addresses in place of their names.
    fn named(&self, value: &Value) -> Value {
        substitute(value, &|name| self.names.get(name))
    }

    /// The scripted server whose requests count.
    fn scripted(&self) -> Option<&Server> {
        self.proxy.as_ref().or(self.server.as_ref())
    }

    fn requests(&self) -> Vec<Value> {
        match self.scripted() {
            Some(server) => server.requests(),
            None => self.emulator.requests().iter().map(expect::request).collect(),
        }
    }

    fn clear_requests(&self) {
        self.emulator.clear_requests();
        self.scripted().inspect(|server| server.clear_requests());
    }

    async fn wait(&self, milliseconds: u64) {
        for server in [&self.server, &self.proxy].into_iter().flatten() {
            server.settled().await;
        }
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
}

async fn one(
    agent: &mut Agent,
    scenario: &Scenario,
    servers: &Servers,
    canary: &mut Canary,
) -> Result<(), String> {
    let mut made = client(agent, scenario, servers, &Map::new(), scenario.refused.as_ref(), canary).await?;
    let mut kept: Kept =
        servers.names.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    for (number, step) in scenario.steps.iter().enumerate() {
        let words =
            step.call.iter().cloned().chain(step.client.as_ref().map(|given| json!(given).to_string()));
        let words: Vec<_> = words.collect();
        let place = |what| format!("step {}, {}: {what}", number + 1, words.join(" "));
        if let Some(settings) = &step.client {
            made = client(agent, scenario, servers, settings, step.refused.as_ref(), canary)
                .await
                .map_err(place)?;
        }
        let Some(operation) = &step.call else { continue };
        if !made {
            return Err(place("there is no client".to_owned()));
        }
        if let Some(milliseconds) = step.wait {
            servers.wait(milliseconds).await;
        }
        let came = take(agent, servers, operation, step, &mut kept).await;
        if let Some(problem) = servers.scripted().and_then(Server::problem) {
            return Err(place(format!("the scripted server failed: {problem}")));
        }
        for came in came.map_err(place)? {
            canary.answer(&came, &scenario.hidden).map_err(place)?;
        }
    }
    Ok(())
}

/// Makes a client with the scenario's settings and these. Says whether there is one, which must not be if it has to be
/// refused.
async fn client(
    agent: &mut Agent,
    scenario: &Scenario,
    servers: &Servers,
    beside: &Map<String, Value>,
    refused: Option<&Map<String, Value>>,
    canary: &mut Canary,
) -> Result<bool, String> {
    let mut settings = scenario.client.clone();
    settings.extend(beside.clone());
    for (name, value) in
        [("base_url", json!("${server}")), ("api_key", json!(KEY)), ("retry_base_delay", json!(1))]
    {
        settings.entry(name).or_insert(value);
    }
    let came = agent.client(&servers.named(&Value::Object(settings))).await?;
    canary.answer(&came, &scenario.hidden)?;
    match (refused, came.get("error")) {
        (None, Some(error)) => Err(format!("there is no client: {error}")),
        (Some(expected), error) => {
            let expected = servers.named(&Value::Object(expected.clone()));
            expect::differs(&expected, error, "error").map_or(Ok(false), Err)
        }
        (None, None) => Ok(true),
    }
}

/// Makes a step's calls, and gives what came of them.
async fn take(
    agent: &mut Agent,
    servers: &Servers,
    operation: &str,
    step: &Step,
    kept: &mut Kept,
) -> Result<Vec<Value>, String> {
    servers.clear_requests();
    let count = step.together.unwrap_or(1);
    let begun = Instant::now();
    for number in 1..=count {
        kept.insert("number".to_owned(), json!(number));
        let call = json!({
            "do": "call",
            "id": number,
            "operation": operation,
            "arguments": substitute(&json!(step.arguments), &|name| kept.get(name)),
            "options": step.options,
            "as": step.reading.as_str(),
            "cancelled": step.cancel_after == Some(0),
        });
        agent.tell(&call).await?;
    }
    if let Some(requests @ 1..) = step.cancel_after {
        let end = Instant::now() + Duration::from_secs(30);
        while servers.requests().len() < requests {
            if Instant::now() > end {
                return Err(format!("fewer than {requests} requests arrived"));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        agent.tell(&json!({ "do": "cancel", "id": 1 })).await?;
    }
    let mut all = BTreeMap::new();
    while all.len() < count {
        let came = agent.hear().await?;
        match came["id"].as_u64().and_then(|id| usize::try_from(id).ok()) {
            Some(id @ 1..) if id <= count && !all.contains_key(&id) => all.insert(id, came),
            _ => return Err(format!("the answer to another call came: {}", came["id"])),
        };
    }
    let took = begun.elapsed();
    if let Some(least) = step.waits
        && took < Duration::from_millis(least)
    {
        return Err(format!("it waited for {} ms instead of {least}", took.as_millis()));
    }
    let arrived = servers.requests();
    for (number, came) in &all {
        kept.insert("number".to_owned(), json!(number));
        let which = |what: String| match count {
            1 => what,
            _ => format!("call {number}: {what}"),
        };
        holds(came, step, kept).map_err(which).map_err(|what| with_requests(&what, &arrived))?;
    }
    if let Some(count) = step.arrived
        && count != arrived.len()
    {
        return Err(with_requests(
            &format!("{} requests arrived instead of {count}", arrived.len()),
            &arrived,
        ));
    }
    if let Some(requests) = &step.requests {
        let expected =
            substitute(&requests.iter().cloned().map(Value::Object).collect(), &|name| kept.get(name));
        if let Some(difference) = expect::differs(&expected, Some(&Value::Array(arrived)), "requests") {
            return Err(difference);
        }
    }
    for (name, path) in &step.keep {
        let came = all.values().next().unwrap_or(&Value::Null);
        let value = expect::at(came, path).ok_or_else(|| format!("the answer has no {path}"))?.clone();
        kept.insert(name.clone(), value);
    }
    Ok(all.into_values().collect())
}

/// Whether an answer is as a step says.
fn holds(came: &Value, step: &Step, kept: &Kept) -> Result<(), String> {
    let filled = |value: &Value| substitute(value, &|name| kept.get(name));
    match (&step.error, came.get("error")) {
        (None, Some(error)) if !error.is_null() && !step.may_fail => {
            let mut error = error.clone();
            error.as_object_mut().map(|members| members.remove("shown"));
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
    expected.and_then(|value| expect::differs(&value, Some(came), "answer")).map_or(Ok(()), Err)
}

/// Adds what arrived to a failure, in few words.
fn with_requests(what: &str, arrived: &[Value]) -> String {
    let lines: Vec<_> = arrived
        .iter()
        .map(|request| {
            let on = request.get("connection").map(|number| format!(" on connection {number}"));
            format!("{} {}{}", request["method"], request["path"], on.unwrap_or_default())
        })
        .collect();
    format!("{what}; arrived: [{}]", lines.join(", "))
}
