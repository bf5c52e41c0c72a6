//! Reads the body of a response: no more of it than allowed, and decompressed.

use std::io::{self, Read as _};
use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use flate2::bufread::GzDecoder;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use hyper::body::{Body as _, Incoming};

/// The most that is set aside for a body on the word of its `Content-Length`.
const MAX_RESERVE: usize = 1024 * 1024;
/// How often a body can be compressed over and over.
const MAX_CODINGS: usize = 4;
/// How a member of a gzip stream begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What is wrong with a body.
#[derive(Debug)]
pub(super) enum Fault {
    /// It is larger than allowed.
    TooLarge,
    /// The connection failed before its end.
    Broken(hyper::Error),
    /// The compressed stream ends too early.
    CutShort,
    /// It is not what it says it is: another attempt would bring the same.
    Malformed(String),
}

/// Reads a body to its end, or as far as it goes.
pub(super) async fn read(body: &mut Incoming, headers: &HeaderMap, most: usize) -> (Bytes, Option<Fault>) {
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let expected = length.unwrap_or(0);
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    let fault = loop {
        let frame = std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await;
        let chunk = match frame {
            None => break None,
            Some(Err(error)) => break Some(broken(error)),
            // Trailers say nothing that is asked for.
            Some(Ok(frame)) => match frame.into_data() {
                Ok(chunk) => chunk,
                Err(_) => continue,
            },
        };
        if first.len().max(whole.len()) + chunk.len() > most {
            break Some(Fault::TooLarge);
        }
        // Small bodies come in one piece and are not copied.
        if first.is_empty() {
            first = chunk;
            continue;
        }
        if whole.is_empty() {
            whole.reserve(expected.min(MAX_RESERVE).max(first.len() + chunk.len()));
            whole.extend_from_slice(&first);
        }
        whole.extend_from_slice(&chunk);
    };
    (if whole.is_empty() { first } else { whole.freeze() }, fault)
}

/// Tells a connection that failed from a body that no attempt would bring whole.
fn broken(error: hyper::Error) -> Fault {
    use std::error::Error as _;
    let reason = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    match reason.map(io::Error::kind) {
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
            if !reason.and_then(io::Error::get_ref).is_some_and(|inner| inner.is::<rustls::Error>()) =>
        {
            Fault::Malformed(format!("not valid HTTP: {}", crate::error::chain(&error)))
        }
        _ => Fault::Broken(error),
    }
}

/// Decompresses a body, and takes out of the headers what no longer holds then.
pub(super) fn decode(bytes: Bytes, headers: &mut HeaderMap, most: usize) -> Result<Bytes, Fault> {
    let Some(codings) = codings(headers)? else { return Ok(bytes) };
    headers.remove(CONTENT_ENCODING);
    headers.remove(CONTENT_LENGTH);
    let mut bytes = bytes;
    for _ in 0..codings {
        if bytes.is_empty() {
            break;
        }
        bytes = gunzip(&bytes, most)?.into();
    }
    Ok(bytes)
}

/// How often a body was compressed; none if it wasn't.
fn codings(headers: &HeaderMap) -> Result<Option<usize>, Fault> {
    let mut count = 0;
    for value in headers.get_all(CONTENT_ENCODING) {
        for coding in String::from_utf8_lossy(value.as_bytes()).split(',') {
            match coding.trim().to_ascii_lowercase().as_str() {
                "" | "identity" => {}
                "gzip" | "x-gzip" => count += 1,
                other => {
                    let shown: String = other.chars().filter(char::is_ascii_graphic).take(16).collect();
                    return Err(Fault::Malformed(format!(
                        "compressed with {shown}, and only gzip was asked for"
                    )));
                }
            }
        }
    }
    if count > MAX_CODINGS {
        return Err(Fault::Malformed(format!("compressed {count} times over")));
    }
    Ok((count > 0).then_some(count))
}

/// Decompresses all members of a gzip stream (RFC 1952, 2.2).
fn gunzip(mut input: &[u8], most: usize) -> Result<Vec<u8>, Fault> {
    let corrupt = |reason: &dyn std::fmt::Display| Fault::Malformed(format!("not valid gzip: {reason}"));
    let mut output = Vec::with_capacity(input.len().saturating_mul(4).min(MAX_RESERVE).min(most));
    loop {
        let start = &input[..input.len().min(GZIP.len())];
        if !GZIP.starts_with(start) {
            return Err(corrupt(&if output.is_empty() {
                "another format"
            } else {
                "something follows its end"
            }));
        }
        let mut member = GzDecoder::new(input);
        let room = (most - output.len()) as u64;
        match (&mut member).take(room.saturating_add(1)).read_to_end(&mut output) {
            Ok(_) if output.len() > most => return Err(Fault::TooLarge),
            Ok(_) => input = member.into_inner(),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(Fault::CutShort),
            Err(error) => return Err(corrupt(&error)),
        }
        // Tapes and disks are filled up with zeros.
        if input.iter().all(|byte| *byte == 0) {
            return Ok(output);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn decoded(coding: &str, bytes: &[u8], most: usize) -> Result<Bytes, Fault> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, coding.parse().unwrap());
        decode(Bytes::copy_from_slice(bytes), &mut headers, most)
    }

    #[test]
    fn all_members_are_read() {
        let two = [gzip(b"[1, "), gzip(b""), gzip(b"2]")].concat();
        for padding in [0, 1, 600] {
            let padded = [two.clone(), vec![0; padding]].concat();
            assert_eq!(decoded("gzip", &padded, 100).unwrap(), "[1, 2]");
        }
        assert!(matches!(decoded("gzip", &two, 5), Err(Fault::TooLarge)));
        assert_eq!(decoded("gzip", &two, 6).unwrap(), "[1, 2]");
        for garbage in ["x", "]", "\u{1f}x", "\0x"] {
            let longer = [two.as_slice(), garbage.as_bytes()].concat();
            assert!(matches!(decoded("gzip", &longer, 100), Err(Fault::Malformed(_))), "{garbage:?}");
        }
        for end in 1..two.len() {
            let result = decoded("gzip", &two[..end], 100);
            // Where a member ends, nothing tells that another was to follow.
            let whole = [gzip(b"[1, ").len(), gzip(b"[1, ").len() + gzip(b"").len()].contains(&end);
            assert_eq!(whole, result.is_ok(), "{end}");
            assert!(whole || matches!(result, Err(Fault::CutShort)), "{end}");
        }
    }

    #[test]
    fn corrupt_is_not_cut_short() {
        let whole = gzip(&[b'x'; 3000]);
        for index in [0, 1, whole.len() - 1, whole.len() - 8] {
            let mut changed = whole.clone();
            changed[index] ^= 0x55;
            assert!(matches!(decoded("gzip", &changed, 10_000), Err(Fault::Malformed(_))), "{index}");
        }
    }

    #[test]
    fn codings_have_many_names() {
        let once = gzip(b"[]");
        for name in ["gzip", "GZIP", "x-gzip", "identity, gzip", " Gzip ,"] {
            assert_eq!(decoded(name, &once, 10).unwrap(), "[]", "{name}");
        }
        assert_eq!(decoded("gzip, gzip", &gzip(&once), 100).unwrap(), "[]");
        assert_eq!(decoded("identity", b"[]", 10).unwrap(), "[]");
        assert_eq!(decoded("gzip", b"", 10).unwrap(), "");
        for name in ["br", "deflate", "zstd", "gzip, br"] {
            let Err(Fault::Malformed(reason)) = decoded(name, &once, 10) else { panic!("{name}") };
            assert!(reason.contains(name.trim_start_matches("gzip, ")), "{reason}");
        }
    }
}
