//! An operation of the document, as the generated table lists it.

/// One operation: what the router, the validator and the dispatcher need to know of it.
#[derive(Debug)]
pub(crate) struct Operation {
    /// `resource.method`, e.g. `members.list`.
    pub(crate) name: &'static str,
    /// The HTTP method, in capitals.
    pub(crate) method: &'static str,
    /// The path with `{parameters}`.
    pub(crate) template: &'static str,
    /// The JSON pointer of the operation in the document.
    pub(crate) pointer: &'static str,
}
