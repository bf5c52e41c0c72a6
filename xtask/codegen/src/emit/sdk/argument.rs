//! What a call is made with: parameters and fields of the body, in the terms of Rust.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::super::rust;
use crate::model::TypeRef;

/// Names that every call has as methods, which a parameter can't have too.
const OWN_METHODS: &[&str] =
    &["send", "raw", "page", "items", "collect", "listing", "resume_from", "confirm", "billing_days"];

/// A parameter or a field of the body.
pub(super) struct Argument {
    pub(super) ident: Ident,
    pub(super) wire: String,
    pub(super) docs: String,
    pub(super) ty: TypeRef,
    pub(super) place: Place,
    pub(super) required: bool,
    /// The path parameter that stands for it where it is not given.
    pub(super) same_as: Option<Ident>,
    /// In a body: whether null is something to say.
    pub(super) nullable: bool,
    pub(super) example: Option<Value>,
}

impl Argument {
    /// Whether it is a time of the query, which may be given in many forms and is checked when it is given.
    pub(super) fn is_query_time(&self) -> bool {
        self.ty == TypeRef::Timestamp && self.place == Place::Query
    }

    /// Its name where arguments are given by name: as in the document, unless two arguments of a call have that.
    pub(super) fn key(&self) -> String {
        let ident = self.ident.to_string();
        if self.place == Place::Body && ident == format!("body_{}", rust::ident(&self.wire)) {
            return ident;
        }
        key(&self.wire, self.place == Place::WholeBody)
    }

    /// What the method takes.
    pub(super) fn accepted(&self) -> TokenStream {
        if self.is_query_time() {
            quote! { impl crate::IntoTimestamp }
        } else {
            accepted(&self.ty)
        }
    }

    /// What the call keeps.
    pub(super) fn stored(&self) -> TokenStream {
        if self.is_query_time() {
            quote! { Result<types::Timestamp, crate::Error> }
        } else {
            rust::ty(&self.ty)
        }
    }

    /// The one made of the other.
    pub(super) fn value(&self) -> TokenStream {
        let (ident, wire) = (&self.ident, &self.wire);
        if self.is_query_time() {
            quote! { #ident.into_timestamp(#wire) }
        } else {
            converted(&self.ty, quote! { #ident })
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    Path,
    Query,
    Body,
    WholeBody,
}

pub(super) fn ident(name: &str) -> Ident {
    if name == "page" {
        // `page` fetches; this says where to start.
        return format_ident!("start_page");
    }
    let ident = rust::ident(name);
    if OWN_METHODS.contains(&ident.to_string().as_str()) { format_ident!("{ident}_") } else { ident }
}

/// The name under which an argument is given: the document's, unless calls have one of their own that is called so.
pub(crate) fn key(wire: &str, is_own: bool) -> String {
    let is_taken = !is_own && ["billing_days", "confirm", "resume"].contains(&wire);
    format!("{wire}{}", if is_taken { "_" } else { "" })
}

/// What a method takes for a type.
fn accepted(ty: &TypeRef) -> TokenStream {
    match ty {
        TypeRef::String => quote! { impl Into<String> },
        TypeRef::Array(inner) => match &**inner {
            TypeRef::String => quote! { impl IntoIterator<Item = impl Into<String>> },
            inner => {
                let inner = rust::ty(inner);
                quote! { impl IntoIterator<Item = #inner> }
            }
        },
        TypeRef::Map(inner) => {
            let inner = rust::ty(inner);
            quote! { impl IntoIterator<Item = (impl Into<String>, #inner)> }
        }
        other => rust::ty(other),
    }
}

/// `value` of an accepted type as the type itself.
pub(super) fn converted(ty: &TypeRef, value: TokenStream) -> TokenStream {
    match ty {
        TypeRef::String => quote! { #value.into() },
        TypeRef::Array(inner) if **inner == TypeRef::String => {
            quote! { #value.into_iter().map(Into::into).collect() }
        }
        TypeRef::Array(_) => quote! { #value.into_iter().collect() },
        TypeRef::Map(_) => quote! { #value.into_iter().map(|(key, value)| (key.into(), value)).collect() },
        _ => value,
    }
}
