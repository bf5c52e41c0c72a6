//! One request's way through the emulator: arrival, fault, key, validation, behaviour, and the answer's way back.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header, request::Parts};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    auth,
    body::ResponseBody,
    call::Call,
    config::Config,
    faults::{Effect, Fault, Faults},
    generated::{OPERATIONS, dispatch},
    requests::{Arrived, Log},
    router::{self, Target},
    validate,
    world::{Visit, World},
};

/// The most that a request body may hold, in bytes.
const BODY_LIMIT: usize = 2 * 1024 * 1024;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const HTML_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n\
    <body><h1>502 Bad Gateway</h1><p>The upstream server did not answer.</p></body></html>\n";

/// The state behind every connection.
pub(crate) struct Service {
    config: Config,
    /// Whether the control surface answers.
    control: bool,
    world: Mutex<World>,
    faults: Mutex<Faults>,
    log: Mutex<Log>,
    request_ids: AtomicU64,
}

/// The connection is to be reset instead of answered.
#[derive(Debug)]
pub(crate) struct ResetConnection;

impl std::fmt::Display for ResetConnection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a fault resets this connection")
    }
}

impl std::error::Error for ResetConnection {}

/// A panic while holding the lock can't leave the state half-changed in a way that matters more than the next test.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    pub(crate) fn new(config: Config, control: bool) -> Self {
        validate::prepare();
        let world = World::seeded(&config);
        Self {
            config,
            control,
            world: Mutex::new(world),
            faults: Mutex::default(),
            log: Mutex::default(),
            request_ids: AtomicU64::new(1),
        }
    }

    /// Adds a fault.
    pub(crate) fn add_fault(&self, fault: Fault) {
        lock(&self.faults).add(fault);
    }

    /// The remembered requests, oldest first.
    pub(crate) fn requests(&self) -> Vec<Arrived> {
        lock(&self.log).list()
    }

    pub(crate) fn clear_requests(&self) {
        lock(&self.log).clear();
    }

    /// Back to the seed.
    pub(crate) fn reset(&self) {
        let fresh = World::seeded(&self.config);
        *lock(&self.world) = fresh;
        lock(&self.faults).clear();
        lock(&self.log).clear();
    }

    /// The key that the seeded world starts with.
    pub(crate) fn initial_key(&self) -> String {
        lock(&self.world).initial_key().to_owned()
    }

    /// Answers one request.
    ///
    /// # Errors
    /// [`ResetConnection`] if a fault says so.
    pub(crate) async fn call(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<ResponseBody>, ResetConnection> {
        let (parts, incoming) = request.into_parts();
        let request_id = self.request_id(&parts);
        let mut response = self.respond(&parts, incoming).await?;
        // A scripted answer may carry an id of its own.
        response.headers_mut().entry(REQUEST_ID).or_insert(request_id);
        Ok(response)
    }

    /// The client's request id if it sent one, else one of ours.
    fn request_id(&self, parts: &Parts) -> HeaderValue {
        let sent = parts.headers.get(REQUEST_ID);
        let usable = |value: &&HeaderValue| !value.is_empty() && value.len() <= 200;
        sent.filter(usable).cloned().unwrap_or_else(|| {
            let number = self.request_ids.fetch_add(1, Ordering::Relaxed);
            let id = format!("req-{number:016x}");
            HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static("req"))
        })
    }

    async fn respond(
        &self,
        parts: &Parts,
        incoming: Incoming,
    ) -> Result<Response<ResponseBody>, ResetConnection> {
        let (path, query) = (parts.uri.path(), parts.uri.query());
        let body = match Limited::new(incoming, BODY_LIMIT).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => {
                let detail = format!("The request body is larger than {BODY_LIMIT} bytes");
                return Ok(response(Answer::error(413, detail).header("connection", "close")));
            }
            Err(_) => return Ok(response(Answer::error(400, "The request body ended early"))),
        };
        if let Some(control) = path.strip_prefix("/_emulator/") {
            return Ok(response(self.control(parts, control, &body)));
        }
        let arrived = Arrived::new(parts.method.as_str(), path, query, &parts.headers, &body);
        let number = lock(&self.log).push(arrived);
        let answer = self.answer(parts, path, query, &body).await?;
        lock(&self.log).answered(number, answer.status().as_u16());
        Ok(answer)
    }

    /// What a request is answered with, and a fault if one meets it.
    async fn answer(
        &self,
        parts: &Parts,
        path: &str,
        query: Option<&str>,
        body: &[u8],
    ) -> Result<Response<ResponseBody>, ResetConnection> {
        let fault = lock(&self.faults).take(parts.method.as_str(), path, query);
        let Some(fault) = fault else { return Ok(response(self.handle(parts, body))) };
        if fault.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
        }
        let answer = if fault.execute.unwrap_or_else(|| fault.effect.needs_answer()) {
            self.handle(parts, body)
        } else {
            Answer::success()
        };
        spoil(answer, fault.effect)
    }

    /// Routing, key, validation, behaviour: in this order, as in the service.
    fn handle(&self, parts: &Parts, body: &[u8]) -> Answer {
        let (index, values) = match router::route(parts.method.as_str(), parts.uri.path()) {
            Target::Operation(index, values) => (index, values),
            Target::MethodNotAllowed(allowed) => {
                return Answer::error(405, "Method Not Allowed").header("allow", allowed);
            }
            Target::NotFound => return Answer::error(404, "Not Found"),
        };
        let Some(operation) = OPERATIONS.get(index) else { return Answer::error(404, "Not Found") };
        let authorization = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let mut call = Call::new(values);
        // A caller who is refused learns nothing about the parameters, so the key comes first.
        if let Err(refusal) = auth::authenticate(&lock(&self.world), authorization) {
            return refusal;
        }
        if let Err(refusal) = validate::validate(index, &mut call, parts.uri.query(), content_type, body) {
            return refusal;
        }
        // Asked again under the lock that the change happens under: another request may have revoked the key meanwhile.
        let mut world = lock(&self.world);
        match auth::authenticate(&world, authorization) {
            Ok(caller) => dispatch(&mut Visit::new(&mut world, caller), operation, &mut call),
            Err(refusal) => refusal,
        }
    }

    /// The control surface, `/_emulator/…`.
    fn control(&self, parts: &Parts, path: &str, body: &[u8]) -> Answer {
        if !self.control {
            return Answer::error(
                403,
                "The control surface answers only while the emulator listens on a loopback address",
            );
        }
        // A page in a browser of this machine can send requests here too; it can't hide where it comes from.
        if parts.headers.contains_key(header::ORIGIN) || !is_local(parts) {
            return Answer::error(403, "The control surface answers programs on this machine, not web pages");
        }
        let done = || Answer::json(&json!({ "status": "ok" }));
        match (path, &parts.method) {
            ("faults", &Method::POST) => match read_faults(body) {
                Ok(faults) => {
                    let mut scripted = lock(&self.faults);
                    faults.into_iter().for_each(|fault| scripted.add(fault));
                    Answer::json(&json!({ "status": "ok", "faults": scripted.list().len() }))
                }
                Err(problem) => Answer::error(422, problem),
            },
            ("faults", &Method::GET) => Answer::json(&json!({ "faults": lock(&self.faults).list() })),
            ("faults", &Method::DELETE) => {
                lock(&self.faults).clear();
                done()
            }
            ("requests", &Method::GET) => Answer::json(&json!({ "requests": self.requests() })),
            ("requests", &Method::DELETE) => {
                self.clear_requests();
                done()
            }
            ("reset", &Method::POST) => {
                self.reset();
                done()
            }
            ("faults", _) => Answer::error(405, "Method Not Allowed").header("allow", "DELETE, GET, POST"),
            ("requests", _) => Answer::error(405, "Method Not Allowed").header("allow", "DELETE, GET"),
            ("reset", _) => Answer::error(405, "Method Not Allowed").header("allow", "POST"),
            _ => Answer::error(404, "The control surface has faults, requests and reset"),
        }
    }
}

/// Whether the request names this machine as its host: a name that merely leads here is somebody else's.
fn is_local(parts: &Parts) -> bool {
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name).trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// One fault, or an array of them.
fn read_faults(body: &[u8]) -> Result<Vec<Fault>, String> {
    let value: Value =
        serde_json::from_slice(body).map_err(|error| format!("The body is not JSON: {error}"))?;
    let values = match value {
        Value::Array(values) => values,
        other => vec![other],
    };
    values
        .into_iter()
        .map(|value| {
            let fault: Fault =
                serde_json::from_value(value).map_err(|error| format!("Not a fault: {error}"))?;
            match fault.problem() {
                Some(problem) => Err(problem),
                None => Ok(fault),
            }
        })
        .collect()
}

fn response(answer: Answer) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::full(Bytes::from(answer.body)));
    *response.status_mut() = status(answer.status);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Applies a fault's effect to an answer.
fn spoil(mut answer: Answer, effect: Effect) -> Result<Response<ResponseBody>, ResetConnection> {
    let page = |code: u16, text: &'static str| {
        let mut page = response(Answer { status: code, body: text.to_owned(), headers: Vec::new() });
        page.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        page
    };
    Ok(match effect {
        Effect::Reset => return Err(ResetConnection),
        Effect::Status { status: code, headers, body, body_text } => {
            let text = body_text.or_else(|| body.map(|body| body.to_string()));
            let reason = status(code).canonical_reason().unwrap_or("Scripted fault");
            let text = text.unwrap_or_else(|| json!({ "detail": reason }).to_string());
            let mut response = response(Answer { status: code, body: text, headers: Vec::new() });
            for (name, value) in headers {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                    response.headers_mut().insert(name, value);
                }
            }
            response
        }
        Effect::Html { status } => page(status, HTML_PAGE),
        Effect::Redirect { status: code, location } => {
            let mut redirect = response(Answer { status: code, body: String::new(), headers: Vec::new() });
            redirect.headers_mut().remove(header::CONTENT_TYPE);
            if let Ok(location) = HeaderValue::try_from(location) {
                redirect.headers_mut().insert(header::LOCATION, location);
            }
            redirect
        }
        Effect::CutBody { after } => {
            let mut whole = response(answer);
            let body = std::mem::replace(whole.body_mut(), ResponseBody::full(Bytes::new())).into_bytes();
            // At least one byte is missing, or nothing would be cut.
            let sent = body.slice(..after.min(body.len().saturating_sub(1)));
            whole.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len().max(1)));
            *whole.body_mut() = ResponseBody::cut(sent);
            whole
        }
        Effect::MalformedJson => {
            let mut half = answer.body.len() / 2;
            while !answer.body.is_char_boundary(half) {
                half -= 1;
            }
            answer.body.truncate(half);
            response(answer)
        }
        Effect::InvalidUtf8 => {
            let mut whole = response(answer);
            let body = std::mem::replace(whole.body_mut(), ResponseBody::full(Bytes::new())).into_bytes();
            let mut bytes = body.to_vec();
            // Inside the first string, so that the JSON around it stays whole.
            let at = bytes.iter().position(|byte| *byte == b'"').map_or(0, |quote| quote + 1);
            bytes.splice(at..at, [0xC3, 0x28, 0xFF]);
            *whole.body_mut() = ResponseBody::full(Bytes::from(bytes));
            whole
        }
        Effect::EmptyBody => {
            answer.body.clear();
            response(answer)
        }
        Effect::ContentType { value } => {
            let mut response = response(answer);
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(header::CONTENT_TYPE, value);
            }
            response
        }
        fields => {
            if answer.status == 200
                && let Ok(mut value) = serde_json::from_str::<Value>(&answer.body)
                && fields.edit(&mut value)
            {
                answer.body = value.to_string();
            }
            response(answer)
        }
    })
}
