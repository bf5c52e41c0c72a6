//! The API as plain data: what every emitter reads. Nothing here belongs to a language.

mod build;
mod checks;
mod names;
mod reach;

pub use build::build;

use std::collections::BTreeSet;

use serde_json::Value;

/// The whole API.
#[derive(Clone, Debug)]
pub struct Api {
    /// The document's title.
    pub title: String,
    /// The document's version.
    pub version: String,
    /// In the order of the document's tags, then of first appearance.
    pub resources: Vec<Resource>,
    /// Every named type, in the order of the document.
    pub types: Vec<Type>,
    /// Names of the types that requests send.
    pub written: BTreeSet<String>,
    /// Names of the types that responses hold.
    pub read: BTreeSet<String>,
}

impl Api {
    /// Every operation, resource by resource.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.resources.iter().flat_map(|resource| &resource.operations)
    }

    /// The type called `name`.
    pub fn named(&self, name: &str) -> Option<&Type> {
        self.types.iter().find(|named| named.name == name)
    }
}

/// A group of operations: `members`.
#[derive(Clone, Debug)]
pub struct Resource {
    /// In snake_case.
    pub name: String,
    /// What the document says about it.
    pub docs: String,
    /// In the order of the document.
    pub operations: Vec<Operation>,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The resource's name.
    pub resource: String,
    /// The method's name within the resource, in snake_case.
    pub method: String,
    /// The document's own operationId.
    pub published_id: String,
    /// `GET`, …
    pub http_method: String,
    /// `/v2/enterprise/members/{user_id}`
    pub template: String,
    /// Where the operation stands in the document.
    pub pointer: String,
    /// One line.
    pub summary: String,
    /// What the document says about it.
    pub docs: String,
    /// What it does to the enterprise.
    pub kind: Kind,
    /// The phrase that allows a bulk-destructive operation; may hold `{parameter}`.
    pub confirm: Option<String>,
    /// How its rows are paged.
    pub paging: Option<Paging>,
    /// Path parameters, in the order of the path.
    pub path: Vec<Parameter>,
    /// Query parameters, in the order of the document.
    pub query: Vec<Parameter>,
    /// The JSON body.
    pub body: Option<Body>,
    /// What a success holds.
    pub response: TypeRef,
    /// Pairs of query parameters of which the second may not be before the first.
    pub ranges: Vec<(String, String)>,
    /// The query parameters that billing days set.
    pub billing_days: Option<BillingDays>,
    /// Fields of the body that must say what a path parameter says, with that parameter.
    pub same_as_path: Vec<(String, String)>,
    /// Words that may not stand for a path parameter, since another operation's path has them there.
    pub reserved: Vec<(String, Vec<String>)>,
    /// The operation's successor.
    pub v3_twin: Option<String>,
    /// What is different about the successor.
    pub v3_note: Option<String>,
    /// Whether it is a beta operation.
    pub beta: bool,
}

impl Operation {
    /// `members.list`
    pub fn name(&self) -> String {
        format!("{}.{}", self.resource, self.method)
    }

    /// Whether a caller must give this field of the body.
    pub fn requires(&self, field: &Field) -> bool {
        field.required && self.path_of(field).is_none()
    }

    /// The path parameter that stands for this field of the body.
    pub fn path_of(&self, field: &Field) -> Option<&str> {
        self.same_as_path.iter().find(|(name, _)| *name == field.name).map(|(_, path)| path.as_str())
    }
}

/// The query parameters that billing days set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingDays {
    /// The start of the first day.
    pub from: String,
    /// The end of the last day.
    pub to: String,
    /// Whether the end is the last instant of the last day, not the first one after it.
    pub last_instant: bool,
}

/// What an operation does to the enterprise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Changes nothing.
    Read,
    /// Adds or changes something.
    Write,
    /// Removes one thing, or moves things in a way that can't be told apart afterwards.
    Destructive,
    /// Removes many things at once; needs a confirmation.
    BulkDestructive,
}

/// How rows are paged.
#[derive(Clone, Debug)]
pub struct Paging {
    /// The style.
    pub style: Style,
    /// The response's field that holds the rows.
    pub rows: String,
    /// The row's field that tells rows apart.
    pub row_id: String,
    /// The page size used when the caller names none.
    pub size: u32,
    /// What a row is.
    pub row: TypeRef,
}

/// The three styles of v2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `skip` and `limit`.
    Offset,
    /// `page` and `per_page`.
    PageNumber,
    /// `before` and `limit`.
    AuditLog,
}

impl Style {
    /// The query parameters that say which page: its place and its size.
    pub fn parameters(self) -> [&'static str; 2] {
        match self {
            Self::Offset => ["skip", "limit"],
            Self::PageNumber => ["page", "per_page"],
            Self::AuditLog => ["before", "limit"],
        }
    }
}

/// A path or query parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// As in the request.
    pub name: String,
    /// What the document says about it.
    pub docs: String,
    /// Its type.
    pub ty: TypeRef,
    /// Whether a request must have it.
    pub required: bool,
    /// What the service takes if it's left out.
    pub default: Option<Value>,
    /// What is checked before sending.
    pub checks: Vec<Check>,
    /// The document's example.
    pub example: Option<Value>,
}

/// A JSON body.
#[derive(Clone, Debug)]
pub struct Body {
    /// Its type.
    pub ty: TypeRef,
    /// What is checked before sending, by pointer pattern (`*` is every element or value).
    pub checks: Vec<(String, Check)>,
    /// The document's example.
    pub example: Option<Value>,
}

/// A limit that the document states.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in JSON Schema")]
pub enum Check {
    Minimum(i64),
    Maximum(i64),
    MinItems(u64),
    MaxItems(u64),
    UniqueItems,
    MinLength(u64),
    MaxLength(u64),
    Email,
    DateTime,
}

/// A type, as used somewhere.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeRef {
    /// One of [`Api::types`].
    Named(String),
    /// A list.
    Array(Box<TypeRef>),
    /// A map with string keys.
    Map(Box<TypeRef>),
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A date-time.
    Timestamp,
    /// A time as a number: Unix milliseconds.
    UnixMillis,
    /// Text that must not be printed.
    Secret,
    /// Any JSON value.
    Any,
}

/// A named type.
#[derive(Clone, Debug)]
pub struct Type {
    /// In UpperCamelCase.
    pub name: String,
    /// What the document says about it.
    pub docs: String,
    /// What it is.
    pub shape: Shape,
    /// Whether the document says that it has fields beside those that it names.
    pub open: bool,
    /// The two fields that are the borders of a range of billing days.
    pub billing_days: Option<(String, String)>,
}

/// What a named type is.
#[derive(Clone, Debug)]
pub enum Shape {
    /// An object with fields, in the order of the document.
    Object(Vec<Field>),
    /// Strings, of which more may come.
    Enum(Vec<String>),
    /// Another name for a type.
    Alias(TypeRef),
    /// A choice or a combination, which progenitor makes a type of.
    Other,
}

/// A field of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// As in JSON.
    pub name: String,
    /// What the document says about it.
    pub docs: String,
    /// Its type.
    pub ty: TypeRef,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it may be null.
    pub nullable: bool,
    /// What stands for it if it's left out.
    pub default: Option<Value>,
    /// How carefully it must be shown: `secret` or `personal`.
    pub sensitive: Option<String>,
    /// What the keys of this map of totals are, where a table shows one row per key.
    pub key: Option<String>,
}
