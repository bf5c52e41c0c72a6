//! Filters that say nothing: the service would take them for no filter and answer with everything.

use crate::error::Error;
use crate::operation::Operation;

/// Checks a list that narrows an answer down.
///
/// # Errors
/// [`Refused`](crate::ErrorKind::Refused) if it is empty or holds an empty text.
pub(crate) fn list<T: AsRef<str>>(
    operation: &Operation,
    name: &'static str,
    values: Option<&[T]>,
) -> Result<(), Error> {
    match values {
        Some([]) => Err(nothing(operation, name, "is an empty list")),
        Some(values) if values.iter().any(|value| value.as_ref().trim().is_empty()) => {
            Err(nothing(operation, name, "holds an empty text"))
        }
        _ => Ok(()),
    }
}

/// Checks a text that narrows an answer down.
///
/// # Errors
/// [`Refused`](crate::ErrorKind::Refused) if it is empty.
pub(crate) fn text(operation: &Operation, name: &'static str, value: Option<&str>) -> Result<(), Error> {
    list(operation, name, value.as_ref().map(std::slice::from_ref))
        .map_err(|_| nothing(operation, name, "is empty"))
}

fn nothing(operation: &Operation, name: &'static str, problem: &str) -> Error {
    Error::refused(
        operation,
        name,
        format!("{problem}, which the service would take for no filter at all"),
        "Leave it out to get everything; pass at least one value to get less.",
    )
}
