//! Answers of success, as callers of every language get them: `OPERATION`, a line break, the body.
//!
//! Rows and bad rows together are the elements of the list, in order and unchanged but for the form of integers; strict
//! clients get an error exactly where others get a bad row; what is printed is one line; the body stays what it was.
#![no_main]

use std::collections::BTreeMap;

use devin_v2::dynamic::{Answer, Call};
use devin_v2::{BadRow, Client, Error, ErrorKind, Json, Operation, Raw, fuzzing};
use devin_v2_fuzz::{client, line, one_line, printable, printable_row};
use http::{HeaderMap, StatusCode};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

/// A call of every operation.
const CALLS: &str = include_str!("../../../bindings/python/tests/calls.json");

struct Clients {
    lenient: Client,
    calls: BTreeMap<&'static str, (&'static Operation, Call, Call)>,
}

thread_local! {
    static CLIENTS: Clients = clients();
}

fn clients() -> Clients {
    let (lenient, strict) = (client("apk_user_", false), client("apk_user_", true));
    let calls: Vec<Map<String, Value>> = serde_json::from_str(CALLS).expect("a list of calls");
    let calls = calls.into_iter().map(|mut call| {
        let name = call["operation"].as_str().expect("a name");
        let operation = Operation::find(name).expect("an operation of this version");
        let Some(Value::Object(mut arguments)) = call.remove("arguments") else { panic!("no arguments") };
        // Pages begin at the first row, however many they ask for.
        arguments.remove("skip");
        let start = |client: &Client| client.call(operation, arguments.clone()).expect("arguments that fit");
        (operation.name, (operation, start(&lenient), start(&strict)))
    });
    let calls = calls.collect();
    Clients { lenient, calls }
}

fuzz_target!(|data: &[u8]| {
    let (name, body) = line(data);
    CLIENTS.with(|clients| {
        let known = std::str::from_utf8(name).ok().and_then(|name| clients.calls.get(name));
        let any = || {
            clients
                .calls
                .values()
                .nth(name.iter().map(|b| usize::from(*b)).sum::<usize>() % clients.calls.len())
        };
        let Some((operation, lenient, strict)) = known.or_else(any) else { return };
        let raw = fuzzing::raw(&clients.lenient, operation, StatusCode::OK, HeaderMap::new(), body);
        let value = serde_json::from_slice::<Value>(body).ok();
        match (lenient, strict) {
            (Call::List(lenient), Call::List(strict)) => {
                let (read, strict) = (fuzzing::page(lenient, &raw), fuzzing::page(strict, &raw));
                let member = operation.paging.expect("a paged operation").rows;
                let elements = value.as_ref().and_then(|value| value.get(member)).and_then(Value::as_array);
                match &read {
                    Ok(page) => {
                        rows(&page.rows, &page.bad_rows, elements);
                        assert!(page.next.is_none() || page.has_more);
                        if let Some(next) = &page.next {
                            assert_eq!(next.operation(), operation.name);
                        }
                    }
                    Err(error) => {
                        // A list that is there once is read, whatever is in it.
                        let once = !body.contains(&b'\\')
                            && body.windows(member.len()).filter(|w| *w == member.as_bytes()).count() == 1;
                        assert!(!once || elements.is_none() || error.kind() == ErrorKind::Paging, "{error}");
                        unreadable(error, &raw);
                    }
                }
                let bad = read.as_ref().map(|page| page.bad_rows.as_slice());
                strictly(
                    bad,
                    strict.as_ref().err(),
                    strict.as_ref().map_or(0, |page| page.bad_rows.len()),
                    &raw,
                );
            }
            (Call::Single(lenient), Call::Single(strict)) => {
                let (read, strict) = (fuzzing::single(lenient, &raw), fuzzing::single(strict, &raw));
                let bad = match &read {
                    Ok(Answer::One(json)) => {
                        let read: Value = serde_json::from_slice(json.bytes()).expect("it is JSON");
                        // A change may be answered with nothing.
                        if let Some(value) = value.as_ref().filter(|value| !value.is_null()) {
                            assert!(same(&read, value), "the value was changed");
                        }
                        Ok(&[][..])
                    }
                    Ok(Answer::Rows(read)) => {
                        rows(&read.rows, &read.bad, value.as_ref().and_then(Value::as_array));
                        Ok(read.bad.as_slice())
                    }
                    Err(error) => {
                        unreadable(error, &raw);
                        Err(error)
                    }
                };
                let kept = match &strict {
                    Ok(Answer::Rows(rows)) => rows.bad.len(),
                    _ => 0,
                };
                strictly(bad, strict.as_ref().err(), kept, &raw);
            }
            _ => unreachable!("both clients start the same call"),
        }
    });
});

/// Rows and bad rows are the elements.
fn rows(rows: &[Json], bad: &[BadRow], elements: Option<&Vec<Value>>) {
    bad.iter().for_each(printable_row);
    assert!(bad.windows(2).all(|pair| pair[0].index < pair[1].index));
    // Without: text that serde_json doesn't make a value of, such as half of a surrogate pair in a bad row.
    let Some(elements) = elements else { return };
    assert_eq!(rows.len() + bad.len(), elements.len(), "rows were lost or made up");
    let mut good = rows.iter().map(|row| serde_json::from_slice(row.bytes()).expect("rows are JSON"));
    let mut bad = bad.iter().peekable();
    for (index, element) in (0..).zip(elements) {
        let row: Value = match bad.next_if(|bad| bad.index == index) {
            Some(bad) => serde_json::from_str(&bad.json).expect("bad rows are JSON"),
            None => good.next().expect("as many rows as were counted"),
        };
        assert!(same(&row, element), "row {index} was changed");
    }
}

/// Strict clients refuse what others put aside, and nothing else.
fn strictly(lenient: Result<&[BadRow], &Error>, strict: Option<&Error>, kept: usize, raw: &Raw) {
    assert_eq!(strict.is_some(), lenient.map_or(true, |bad| !bad.is_empty()), "{strict:?}");
    assert_eq!(kept, 0);
    if let Some(error) = strict {
        unreadable(error, raw);
    }
}

/// The error is printable and holds what came.
fn unreadable(error: &Error, raw: &Raw) {
    printable(error);
    one_line(error.message());
    assert!(matches!(error.kind(), ErrorKind::Decode | ErrorKind::Paging), "{error}");
    assert_eq!(error.body(), Some(raw.bytes()));
}

/// Whether two values are the same; integers may be written in another way.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, one)| other.get(name).is_some_and(|other| same(one, other)))
        }
        _ => one == other,
    }
}
