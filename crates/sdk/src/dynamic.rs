//! Calls by name, with arguments and answers as JSON: what the bindings to other languages are made of.
//!
//! They pass every guard and limit that the typed methods have, since they are made of them: the arguments become the
//! typed ones first, and an answer is held against its documented type before it is handed out.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use devin_v2_api::{Nullable, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::billing::BillingDay;
use crate::client::Client;
use crate::decode::{self, Json, Rows};
use crate::error::{Error, ErrorKind};
use crate::generated::dynamic as generated;
use crate::operation::Operation;
use crate::paging::{Listing, ResumeToken};
use crate::redact;
use crate::response::Raw;
use crate::shape::Shaped;

/// A call that was started by name: see [`Client::call`].
#[derive(Debug)]
pub enum Call {
    /// Of an operation that answers once.
    Single(Single),
    /// Of a paged list.
    List(Listing<Json>),
}

/// A call whose answer comes in one piece. Nothing is sent before [`send`](Self::send) is awaited.
#[must_use = "a call does nothing until it is sent"]
pub struct Single {
    operation: &'static Operation,
    raw: Pin<Box<dyn Future<Output = Result<Raw, Error>> + Send>>,
    check: Check,
    strict: bool,
}

/// How an answer is held against its type.
enum Check {
    One(fn(&Raw) -> Result<Json, Error>),
    Rows(fn(&Raw, bool) -> Result<Rows<Json>, Error>),
}

impl Check {
    fn read(&self, raw: &Raw, strict: bool) -> Result<Answer, Error> {
        match self {
            Self::One(check) => check(raw).map(Answer::One),
            Self::Rows(check) => check(raw, strict).map(Answer::Rows),
        }
    }
}

/// The answer to a [`Single`] call.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// One value.
    One(Json),
    /// A bare array, row by row.
    Rows(Rows<Json>),
}

impl Single {
    /// Sends the call and holds the answer against its type.
    ///
    /// # Errors
    /// As the typed call's `send`.
    pub async fn send(self) -> Result<Answer, Error> {
        let raw = self.raw.await?;
        self.check.read(&raw, self.strict)
    }

    /// Holds an answer that was made up against its type.
    #[cfg(fuzzing)]
    pub(crate) fn answered(&self, raw: &Raw) -> Result<Answer, Error> {
        self.check.read(raw, self.strict)
    }
}

impl fmt::Debug for Single {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Single").field("operation", &self.operation.name).finish_non_exhaustive()
    }
}

impl Client {
    /// Starts a call of this operation. Nothing is sent yet.
    ///
    /// `arguments` are named as in the document: path and query parameters, and the fields of a body whose type only
    /// requests send; any other body is the argument `body`. Besides, there are `confirm` (bulk-destructive
    /// operations), `resume` (a listing's token) and `billing_days` (two dates, where the operation takes days).
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) for an argument that is missing, unknown or of another type.
    pub fn call(&self, operation: &'static Operation, arguments: Map<String, Value>) -> Result<Call, Error> {
        let mut arguments = Arguments { operation, given: arguments, known: Vec::new() };
        let call = generated::start(self, &mut arguments)?;
        arguments.finish()?;
        Ok(call)
    }

    /// A call whose answer is one value. For generated code.
    pub(crate) fn one<T: DeserializeOwned>(
        &self,
        operation: &'static Operation,
        raw: impl Future<Output = Result<Raw, Error>> + Send + 'static,
    ) -> Call {
        let check = Check::One(|raw| decode::object::<T>(raw).map(|_| Json::from(raw.bytes().clone())));
        Call::Single(Single { operation, raw: Box::pin(raw), check, strict: self.limits().strict })
    }

    /// A call whose answer is a bare array. For generated code.
    pub(crate) fn rows<T: DeserializeOwned + Shaped>(
        &self,
        operation: &'static Operation,
        raw: impl Future<Output = Result<Raw, Error>> + Send + 'static,
    ) -> Call {
        let check = Check::Rows(|raw, strict| decode::array(raw, strict, decode::checked::<T>));
        Call::Single(Single { operation, raw: Box::pin(raw), check, strict: self.limits().strict })
    }
}

/// The arguments of a call that no one took yet.
pub(crate) struct Arguments {
    pub(crate) operation: &'static Operation,
    given: Map<String, Value>,
    /// Those that the operation has.
    known: Vec<&'static str>,
}

impl Arguments {
    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.given.remove(name)
    }

    pub(crate) fn required<T: DeserializeOwned>(&mut self, name: &'static str) -> Result<T, Error> {
        self.optional(name)?.ok_or_else(|| self.refused(name, "is missing", "Pass a value."))
    }

    pub(crate) fn optional<T: DeserializeOwned>(&mut self, name: &'static str) -> Result<Option<T>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Null) => {
                // A filter without a value would be no filter, and the answer everything.
                Err(self.refused(name, "is null", "Pass a value, or leave it out."))
            }
            Some(value) => self.typed(name, value).map(Some),
        }
    }

    /// A field of an update, of which null says something else than absence.
    pub(crate) fn nullable<T: DeserializeOwned>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<Nullable<T>>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(Nullable::Null)),
            Some(value) => Ok(Some(Nullable::Value(self.typed(name, value)?))),
        }
    }

    /// The first and last day, where `start` and `end` are not given as times too.
    pub(crate) fn billing_days(
        &mut self,
        start: &'static str,
        end: &'static str,
    ) -> Result<Option<(BillingDay, BillingDay)>, Error> {
        const NAME: &str = "billing_days";
        let Some([first, last]) = self.optional::<[String; 2]>(NAME)? else { return Ok(None) };
        if let Some(other) = [start, end].into_iter().find(|name| self.given.contains_key(*name)) {
            let problem = format!("and {other} say the same");
            return Err(self.refused(NAME, problem, "Pass one of them."));
        }
        // A day is named by its date or by its start.
        let day = |text: String| match text.parse::<Timestamp>() {
            Ok(start) if BillingDay::containing(start).start() == start => Ok(BillingDay::containing(start)),
            _ => BillingDay::parse(&text).map_err(|error| error.of(self.operation)),
        };
        let (first, last) = (day(first)?, day(last)?);
        if last < first {
            return Err(self.refused(NAME, "end before they start", "Swap them."));
        }
        Ok(Some((first, last)))
    }

    pub(crate) fn resume(&mut self) -> Result<Option<ResumeToken>, Error> {
        let text = self.optional::<String>("resume")?;
        text.map(|text| text.parse().map_err(|error: Error| error.of(self.operation))).transpose()
    }

    fn typed<T: DeserializeOwned>(&self, name: &'static str, value: Value) -> Result<T, Error> {
        const REMEDY: &str = "See the operation's documentation for its type.";
        let at = |path: &str| {
            if path == "." { String::new() } else { format!(" at {}", redact::foreign(path, None)) }
        };
        let mut unknown = None;
        let mut note =
            |path: serde_ignored::Path<'_>| unknown = unknown.take().or_else(|| Some(path.to_string()));
        let typed = serde_path_to_error::deserialize(serde_ignored::Deserializer::new(&value, &mut note));
        let typed = typed.map_err(|error| {
            let problem =
                format!("does not fit{}: {}", at(&error.path().to_string()), redact::reason(error.inner()));
            self.refused(name, problem, REMEDY)
        })?;
        match unknown {
            // It would not be sent.
            Some(path) => {
                Err(self.refused(name, format!("has a member of an unknown name{}", at(&path)), REMEDY))
            }
            None => Ok(typed),
        }
    }

    fn refused(&self, name: &'static str, problem: impl fmt::Display, remedy: &'static str) -> Error {
        Error::refused(self.operation, name, problem, remedy)
    }

    /// The service ignores what it doesn't know, and a misspelt filter would be no filter.
    fn finish(self) -> Result<(), Error> {
        match self.given.keys().next() {
            None => Ok(()),
            Some(name) => Err(Error::refused(
                self.operation,
                redact::foreign(name, None),
                "is no argument of this operation",
                match self.known.as_slice() {
                    [] => "It has none.".to_owned(),
                    known => format!("It has: {}.", known.join(", ")),
                },
            )),
        }
    }

    /// The error for an operation that isn't of this version.
    pub(crate) fn unknown(&self) -> Error {
        Error::new(ErrorKind::Refused, "there is no such operation").of(self.operation)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn start(name: &str, arguments: Value) -> Result<Call, Error> {
        let client = Client::builder().base_url("http://127.0.0.1:9").api_key("apk_user_x").build().unwrap();
        let Value::Object(arguments) = arguments else { unreachable!("arguments are an object") };
        client.call(Operation::find(name).unwrap(), arguments)
    }

    #[test]
    fn every_operation_is_known() {
        for operation in Operation::all() {
            let result = start(operation.name, json!({"no_such_thing": 1}));
            let error = result.expect_err(operation.name);
            assert!(!error.to_string().contains("no such operation"), "{error}");
            assert_eq!((error.kind(), error.operation()), (ErrorKind::Refused, Some(operation.name)));
        }
    }

    #[test]
    fn arguments_are_held_against_their_types() {
        for (name, arguments, field) in [
            ("members.list", json!({"limit": "many"}), "limit"),
            ("members.list", json!({"limit": -1}), "limit"),
            ("members.list", json!({"emial": "x"}), "emial"),
            ("members.list", json!({"email": null}), "email"),
            ("members.get", json!({}), "user_id"),
            ("members.invite", json!({"emails": ["a@b", 1]}), "emails"),
            ("consumption.daily", json!({"billing_days": ["2026-01-02", "2026-01-01"]}), "billing_days"),
            (
                "consumption.daily",
                json!({"billing_days": ["2026-01-02T00:00:00Z", "2026-01-01"]}),
                "billing_day",
            ),
            (
                "consumption.daily",
                json!({"billing_days": ["2026-01-01", "2026-01-01"], "end_date": "2026-01-01T00:00:00Z"}),
                "billing_days",
            ),
            ("members.list", json!({"resume": "?"}), "resume"),
            ("org_group_limits.update", json!({"body": {"groups": {"a": {"org_ids": 5}}}}), "body"),
            (
                "organizations.add_git_permissions",
                json!({"org_id": "o", "body": [{"connection_id": "c", "repopath": ["a", "b"]}]}),
                "body",
            ),
        ] {
            let error = start(name, arguments).expect_err(field);
            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some(field)), "{error}");
            assert_eq!(error.operation(), Some(name), "{error}");
        }
        let error = start("members.get", json!({"user_id": "a", "usr_id": "b"})).unwrap_err();
        assert!(
            error.to_string().contains("usr_id is no argument of this operation. It has: user_id."),
            "{error}"
        );
        assert!(matches!(start("members.list", json!({"limit": 5})), Ok(Call::List(_))));
        for first in ["2026-01-01", "2026-01-01T08:00:00Z"] {
            let days = json!({"billing_days": [first, "2026-01-02"]});
            assert!(matches!(start("consumption.daily", days), Ok(Call::Single(_))), "{first}");
        }
        assert!(matches!(
            start("organizations.update", json!({"org_id": "o", "max_acu_limit": null})),
            Ok(Call::Single(_))
        ));
    }
}
