//! Answers that are no success: `STATUS OPERATION`, headers line by line, an empty line, the body.
//!
//! Whatever of the key they echo, wherever, is not in the error; what is printed is one line.
#![no_main]

use devin_v2::{Client, ErrorKind, Operation, fuzzing};
use devin_v2_fuzz::{client, keeps_the_key, line, printable};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static CLIENTS: [Client; 3] = ["apk_user_", "cog_", ""].map(|prefix| client(prefix, false));
}

fuzz_target!(|data: &[u8]| {
    let (first, mut rest) = line(data);
    let mut words = first.split(|byte| *byte == b' ');
    let status = words.next().and_then(|word| StatusCode::from_bytes(word).ok());
    let status = status.filter(|status| !status.is_success()).unwrap_or(StatusCode::BAD_REQUEST);
    let name = words.next().and_then(|word| std::str::from_utf8(word).ok());
    let operation = name.and_then(Operation::find).unwrap_or(&Operation::all()[0]);
    let mut headers = HeaderMap::new();
    loop {
        let (header, after) = line(rest);
        rest = after;
        let Some(colon) = header.iter().position(|byte| *byte == b':') else { break };
        let name = HeaderName::from_bytes(&header[..colon]);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(&header[colon + 1..])) {
            headers.append(name, value);
        }
    }
    CLIENTS.with(|clients| {
        for client in clients {
            let raw = fuzzing::raw(client, operation, status, headers.clone(), rest);
            let error = fuzzing::failure(client, &raw);
            printable(&error);
            keeps_the_key(&error);
            assert_eq!(error.status(), Some(status.as_u16()));
            assert_ne!(error.kind(), ErrorKind::Decode);
            assert_eq!(error.body(), Some(raw.bytes()));
        }
    });
});
