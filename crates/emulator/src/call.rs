//! The arguments of one call, after validation.

use jiff::Timestamp;
use serde_json::Value;

/// A parameter's value in the type that its schema asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Argument {
    Integer(i64),
    Number(f64),
    Boolean(bool),
    Text(String),
    Time(Timestamp),
    Texts(Vec<String>),
}

/// Validated arguments, by parameter name. Asking for one that isn't there gives the plainest value of its type: the
/// validator has refused calls that lack a required one.
#[derive(Debug, Default)]
pub(crate) struct Call {
    path: Vec<(String, String)>,
    query: Vec<(String, Argument)>,
    body: Value,
}

impl Call {
    /// A call with the values of its path parameters; the validator adds the rest.
    pub(crate) fn new(path: Vec<(String, String)>) -> Self {
        Self { path, ..Self::default() }
    }

    /// Adds a query argument.
    pub(crate) fn set(&mut self, name: &str, argument: Argument) {
        self.query.push((name.to_owned(), argument));
    }

    /// Sets the JSON body.
    pub(crate) fn set_body(&mut self, body: Value) {
        self.body = body;
    }

    fn argument(&self, name: &str) -> Option<&Argument> {
        self.query.iter().find(|(candidate, _)| candidate == name).map(|(_, argument)| argument)
    }

    /// A path parameter, percent-decoded.
    pub(crate) fn path(&self, name: &str) -> String {
        self.path
            .iter()
            .find(|(candidate, _)| candidate == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    }

    /// An integer that has a default or is required.
    pub(crate) fn integer(&self, name: &str) -> i64 {
        self.optional_integer(name).unwrap_or_default()
    }

    /// An integer that may be absent.
    pub(crate) fn optional_integer(&self, name: &str) -> Option<i64> {
        match self.argument(name)? {
            Argument::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// A number that may be absent.
    #[allow(dead_code, reason = "for documents that have such a parameter")]
    pub(crate) fn optional_number(&self, name: &str) -> Option<f64> {
        match self.argument(name)? {
            Argument::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// A truth value that has a default or is required.
    #[allow(dead_code, reason = "for documents that have such a parameter")]
    pub(crate) fn boolean(&self, name: &str) -> bool {
        self.optional_boolean(name).unwrap_or_default()
    }

    /// A truth value that may be absent.
    #[allow(dead_code, reason = "for documents that have such a parameter")]
    pub(crate) fn optional_boolean(&self, name: &str) -> Option<bool> {
        match self.argument(name)? {
            Argument::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// A text that has a default or is required.
    #[allow(dead_code, reason = "for documents that have such a parameter")]
    pub(crate) fn string(&self, name: &str) -> String {
        self.optional_string(name).unwrap_or_default()
    }

    /// A text that may be absent.
    pub(crate) fn optional_string(&self, name: &str) -> Option<String> {
        match self.argument(name)? {
            Argument::Text(value) => Some(value.clone()),
            _ => None,
        }
    }

    /// A point in time that may be absent.
    pub(crate) fn optional_time(&self, name: &str) -> Option<Timestamp> {
        match self.argument(name)? {
            Argument::Time(value) => Some(*value),
            _ => None,
        }
    }

    /// A list of texts that may be absent.
    pub(crate) fn optional_strings(&self, name: &str) -> Option<Vec<String>> {
        match self.argument(name)? {
            Argument::Texts(value) => Some(value.clone()),
            _ => None,
        }
    }

    /// The JSON body. It is moved out: a call is dispatched once.
    pub(crate) fn body(&mut self) -> Value {
        self.body.take()
    }
}
