//! What the SDK knows about an operation beside its types: the row of the generated operation table.

/// One operation of the API, as the generated table describes it.
///
/// Everything that decides about a request before it is sent (guards, limits, confirmation) and about a list after it
/// is answered (paging style, row id) is read from here, so that no code names an operation twice.
#[derive(Debug)]
#[non_exhaustive]
pub struct Operation {
    /// The operation's name in every language of this project, such as `members.list`.
    pub name: &'static str,
    /// The resource it belongs to, such as `members`.
    pub resource: &'static str,
    /// Its name within the resource, such as `list`.
    pub method_name: &'static str,
    /// The HTTP method in capitals, such as `GET`.
    pub http_method: &'static str,
    /// The path with its parameters in braces, such as `/v2/enterprise/members/{user_id}`.
    pub template: &'static str,
    /// What calling it can do.
    pub kind: Kind,
    /// The phrase that a caller must repeat before the request is sent; parameters in braces are filled in from the
    /// path. `None` means that no confirmation is asked.
    pub confirm: Option<&'static str>,
    /// How its list is paged; `None` for what is not a paged list.
    pub paging: Option<Paging>,
    /// Limits of query parameters, checked before sending. [`Rule::at`] is the parameter's name.
    pub query: &'static [Rule],
    /// Limits of the request body, checked before sending. [`Rule::at`] is a JSON pointer pattern.
    pub body: &'static [Rule],
    /// Pairs of query parameters that span time: the second must not lie before the first.
    pub ranges: &'static [(&'static str, &'static str)],
    /// Path parameters with the words that would turn the request into that of another operation.
    pub reserved: &'static [(&'static str, &'static [&'static str])],
    /// Lists in the body with the path parameter that is all they may hold.
    pub same_as_path: &'static [(&'static str, &'static str)],
    /// One sentence about what it does.
    pub summary: &'static str,
    /// The operation id in the published document.
    pub published_id: &'static str,
    /// Method and path of the operation in v3 that takes its place, where one is known.
    pub v3_twin: Option<&'static str>,
    /// Whether the service calls it beta.
    pub beta: bool,
}

/// What calling an operation can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Reads only.
    Read,
    /// Creates or changes something.
    Write,
    /// Deletes or revokes one thing.
    Destructive,
    /// Deletes or revokes many things at once: needs a confirmation.
    BulkDestructive,
}

/// How a list is paged.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Paging {
    /// Which of the API's styles of paging.
    pub style: Style,
    /// The member of the answer that holds the rows.
    pub rows: &'static str,
    /// The member of a row that tells it from all others; empty if rows have none, which turns de-duplication off.
    pub row_id: &'static str,
    /// Rows per page asked for when the caller names no number: the most that the service gives.
    pub size: u32,
}

/// The API's styles of paging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Style {
    /// `skip` and `limit`.
    Offset,
    /// `page` (from 1) and `per_page`.
    PageNumber,
    /// `before` and `limit`: the answer has neither total nor cursor.
    AuditLog,
}

/// A limit that the document states and the SDK checks before sending.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Rule {
    /// In a query: the parameter's name. In a body: a JSON pointer in which `*` stands for every element or value,
    /// such as `/emails`, `/emails/*` or `/groups/*/org_ids`; the empty pointer is the body itself.
    pub at: &'static str,
    /// What must hold there.
    pub check: Check,
}

/// What a [`Rule`] asks of a value. Values of another type, absent values and nulls pass: the types see to those.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Check {
    /// A number not below this.
    Minimum(i64),
    /// A number not above this.
    Maximum(i64),
    /// An array of at least this many elements.
    MinItems(usize),
    /// An array of at most this many elements.
    MaxItems(usize),
    /// An array without equal elements.
    UniqueItems,
    /// A text of at least this many characters.
    MinLength(usize),
    /// A text of at most this many characters.
    MaxLength(usize),
    /// A text that looks like an e-mail address: one `@` with something on both sides and no white space.
    Email,
    /// A date-time with a time zone (`2025-12-05T08:00:00Z`).
    DateTime,
}

impl Operation {
    /// The names of the path's parameters, in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.template.split('/').filter_map(parameter)
    }

    /// Every operation of the document, in its order.
    pub fn all() -> &'static [Operation] {
        crate::generated::operations::OPERATIONS
    }

    /// The operation of this name (`members.list`), if there is one.
    pub fn find(name: &str) -> Option<&'static Operation> {
        Self::all().iter().find(|operation| operation.name == name)
    }
}

/// The parameter's name if a segment of a template is one (`{user_id}`).
pub(crate) fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}
