//! The core's client.

use std::sync::Arc;
use std::time::Duration;

use devin_v2::dynamic::{Answer, Call};
use devin_v2::{Client, ErrorKind, Json, Listing, Method, Operation, Raw, Rows};

use crate::error::DevinError;
use crate::listing::{BadRow, records};
use crate::runtime::run;
use crate::secret::Secret;
use crate::settings::{CallOptions, ClientSettings};
use crate::value::{self, Fields, JsonText};

/// A client with one function per operation.
#[derive(uniffi::Object)]
pub struct NativeClient(Client);

#[uniffi::export]
impl NativeClient {
    /// Makes a client of these settings.
    #[uniffi::constructor]
    pub fn new(settings: ClientSettings) -> Result<Arc<Self>, DevinError> {
        Ok(Arc::new(Self(settings.builder()?.build()?)))
    }

    /// The same client with other options. They share connections.
    pub fn with_options(&self, options: CallOptions) -> Result<Arc<Self>, DevinError> {
        Ok(Arc::new(Self(options.of(&self.0)?)))
    }

    /// Sends a request of the caller's own making.
    pub async fn request(
        &self,
        method: String,
        path: String,
        query: Vec<QueryParameter>,
        body: Option<JsonText>,
        confirm: Option<String>,
        options: CallOptions,
    ) -> Result<RawAnswer, DevinError> {
        let refused = |field, what| DevinError::misused(ErrorKind::Refused, field, what);
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| refused("method", "is none that HTTP has: use GET, POST, PUT, PATCH or DELETE"))?;
        let mut request = options.of(&self.0)?.request(method, path);
        for QueryParameter { name, value } in query {
            request = request.query(name, value);
        }
        if let Some(body) = body {
            request = request.json(&body.parse().ok_or_else(|| refused("body", "is not JSON"))?);
        }
        if let Some(phrase) = confirm {
            request = request.confirm(phrase);
        }
        run(async move { Ok(RawAnswer::from(&request.send().await?)) }).await
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

/// A parameter of a request of the caller's own making.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct QueryParameter {
    /// Its name; the same one again makes a list.
    pub name: String,
    /// Its value, as it is.
    pub value: String,
}

/// The answer to a request of the caller's own making.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct RawAnswer {
    /// Its status, from 200 to 299: any other is an error.
    pub status: i32,
    /// Its headers; names are in small letters.
    pub headers: Vec<Header>,
    /// Its body. It may hold personal data, and keys.
    pub body: Arc<Secret>,
    /// The id of the request, for support to find it by.
    pub request_id: String,
    /// How often the request was sent.
    pub attempts: i32,
    /// How long it took, with all attempts and the waits between them.
    pub elapsed: Duration,
}

/// A header of an answer.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Header {
    /// Its name, in small letters.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl From<&Raw> for RawAnswer {
    fn from(raw: &Raw) -> Self {
        let headers = raw.headers().iter().map(|(name, value)| Header {
            name: name.as_str().to_owned(),
            value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
        });
        Self {
            status: i32::from(raw.status()),
            headers: headers.collect(),
            body: Secret::new(String::from_utf8_lossy(raw.bytes())),
            request_id: raw.request_id().to_owned(),
            attempts: i32::try_from(raw.attempts()).unwrap_or(i32::MAX),
            elapsed: raw.elapsed(),
        }
    }
}
