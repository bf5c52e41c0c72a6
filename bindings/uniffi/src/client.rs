//! The core's client.

use std::sync::Arc;

use devin_v2::dynamic::{Answer, Call};
use devin_v2::{Client, Json, Listing, Operation, Rows};
use serde_json::Value;

use crate::error::DevinError;
use crate::listing::{BadRow, records};
use crate::runtime::run;
use crate::settings::{CallOptions, ClientSettings};
use crate::value::{self, Fields, Sent};

/// A client with one function per operation.
#[derive(uniffi::Object)]
pub struct NativeClient(Client);

#[uniffi::export]
impl NativeClient {
    /// Makes a client of these settings.
    #[uniffi::constructor]
    pub fn new(settings: ClientSettings) -> Result<Arc<Self>, DevinError> {
        Ok(Arc::new(Self(settings.builder().build()?)))
    }

    /// The same client with other options. They share connections.
    pub fn with_options(&self, options: CallOptions) -> Result<Arc<Self>, DevinError> {
        Ok(Arc::new(Self(options.of(&self.0)?)))
    }

    /// Where the service is.
    pub fn base_url(&self) -> String {
        self.0.base_url().to_owned()
    }

    /// Tells keys apart without showing them.
    pub fn key_fingerprint(&self) -> String {
        self.0.key_fingerprint()
    }
}

impl NativeClient {
    fn start(&self, operation: &str, arguments: Fields, options: CallOptions) -> Result<Call, DevinError> {
        let operation = Operation::find(operation)
            .ok_or_else(|| DevinError::unusable(&format!("there is no operation {operation}")))?;
        Ok(options.of(&self.0)?.call(operation, arguments.into_map())?)
    }

    async fn answer(
        &self,
        operation: &str,
        arguments: Fields,
        options: CallOptions,
    ) -> Result<Answer, DevinError> {
        match self.start(operation, arguments, options)? {
            Call::Single(call) => run(async move { Ok(call.send().await?) }).await,
            Call::List(_) => Err(DevinError::unusable(&format!("{operation} is a list"))),
        }
    }

    /// A call that answers with one value.
    pub(crate) async fn one<T: value::Json>(
        &self,
        operation: &str,
        arguments: Fields,
        options: CallOptions,
    ) -> Result<T, DevinError> {
        match self.answer(operation, arguments, options).await? {
            Answer::One(json) => {
                value::read(json.bytes()).map_err(|error| DevinError::unreadable(operation, &error))
            }
            Answer::Rows(_) => Err(DevinError::unusable(&format!("{operation} answers with rows"))),
        }
    }

    /// A call that answers with a bare array.
    pub(crate) async fn all<T: value::Json>(
        &self,
        operation: &str,
        arguments: Fields,
        options: CallOptions,
    ) -> Result<(Vec<T>, Vec<BadRow>), DevinError> {
        match self.answer(operation, arguments, options).await? {
            Answer::Rows(Rows { rows: good, bad, .. }) => {
                Ok((records(operation, &good)?, bad.into_iter().map(BadRow::from).collect()))
            }
            Answer::One(_) => Err(DevinError::unusable(&format!("{operation} answers with one value"))),
        }
    }

    /// A paged list.
    pub(crate) fn list(
        &self,
        operation: &'static str,
        arguments: Fields,
        options: CallOptions,
    ) -> Result<(&'static str, Listing<Json>), DevinError> {
        match self.start(operation, arguments, options)? {
            Call::List(listing) => Ok((operation, listing)),
            Call::Single(_) => Err(DevinError::unusable(&format!("{operation} is no list"))),
        }
    }
}

/// Two billing days, which start at 08:00 UTC.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct BillingDays {
    /// The first, such as `2026-01-01`.
    pub first: String,
    /// The last, such as `2026-01-31`.
    pub last: String,
}

impl Sent for BillingDays {
    fn json(self) -> Value {
        Value::from([self.first, self.last].map(Value::from).to_vec())
    }
}
