//! One operation's call: the method that starts it, its type, its setters, and the methods that send it.

use heck::ToUpperCamelCase;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::super::prose::{about_last_instant, wrapped};
use super::super::rust;
use super::argument::{Argument, Place, converted, ident};
use super::table::constant;
use crate::model::{Api, BillingDays, Body, Field, Operation, Paging, Parameter, Shape, Style, TypeRef};

/// One operation's call: what it is made of, in the terms of Rust.
pub(super) struct Call<'a> {
    pub(super) operation: &'a Operation,
    pub(super) name: Ident,
    pub(super) method: Ident,
    pub(super) api_method: Ident,
    /// Arguments of the method that starts the call.
    pub(super) required: Vec<Argument>,
    /// Setters of the call.
    pub(super) optional: Vec<Argument>,
    pub(super) body: Option<BodyKind<'a>>,
    pub(super) order: &'a [String],
    /// Whether the overlay names successors at all.
    pub(super) tells_successors: bool,
}

pub(super) enum BodyKind<'a> {
    /// An object whose fields are arguments and setters.
    Fields { name: &'a str, fields: &'a [Field] },
    /// Anything else: one argument.
    Whole(&'a TypeRef),
}

impl<'a> Call<'a> {
    pub(super) fn new(api: &'a Api, operation: &'a Operation, order: &'a [String]) -> Self {
        let mut arguments = Vec::new();
        let place_of = |parameter: &Parameter, place: Place| Argument {
            ident: ident(&parameter.name),
            wire: parameter.name.clone(),
            docs: parameter.docs.clone(),
            ty: parameter.ty.clone(),
            place,
            required: parameter.required || place == Place::Path,
            same_as: None,
            nullable: false,
            example: parameter.example.clone(),
        };
        arguments.extend(operation.path.iter().map(|parameter| place_of(parameter, Place::Path)));
        arguments.extend(operation.query.iter().map(|parameter| place_of(parameter, Place::Query)));
        let body = operation.body.as_ref().map(|body| body_kind(api, body));
        match (&body, &operation.body) {
            (Some(BodyKind::Fields { fields, .. }), Some(body)) => {
                for field in *fields {
                    let mut ident = ident(&field.name);
                    if arguments.iter().any(|argument: &Argument| argument.ident == ident) {
                        ident = format_ident!("body_{ident}");
                    }
                    arguments.push(Argument {
                        ident,
                        wire: field.name.clone(),
                        docs: field.docs.clone(),
                        ty: field.ty.clone(),
                        place: Place::Body,
                        required: operation.requires(field),
                        same_as: operation.path_of(field).map(self::ident),
                        nullable: field.nullable && !field.required,
                        example: body.example.as_ref().and_then(|example| example.get(&field.name)).cloned(),
                    });
                }
            }
            (Some(BodyKind::Whole(ty)), Some(body)) => arguments.push(Argument {
                ident: format_ident!("body"),
                wire: "body".to_owned(),
                docs: "The request's body.".to_owned(),
                ty: (*ty).clone(),
                place: Place::WholeBody,
                required: true,
                same_as: None,
                nullable: false,
                example: body.example.clone(),
            }),
            _ => {}
        }
        let (required, optional) = arguments.into_iter().partition(|argument| argument.required);
        Self {
            operation,
            // A method named like its resource (`search.search`) must not take the resource's name.
            name: match operation.method.to_upper_camel_case() {
                name if name == operation.resource.to_upper_camel_case() => format_ident!("{name}Call"),
                name => format_ident!("{name}"),
            },
            method: rust::ident(&operation.method),
            api_method: rust::ident(&format!("{}_{}", operation.resource, operation.method)),
            required,
            optional,
            body,
            order,
            tells_successors: api.operations().any(|operation| operation.v3_twin.is_some()),
        }
    }

    pub(super) fn paging(&self) -> Option<&Paging> {
        self.operation.paging.as_ref()
    }

    /// Places and sizes of pages are never negative.
    pub(super) fn paging_type(&self, argument: &Argument) -> Option<TokenStream> {
        let [place, size] = self.paging()?.style.parameters();
        match &argument.ty {
            TypeRef::Integer if argument.wire == place => Some(quote! { u64 }),
            TypeRef::Integer if argument.wire == size => Some(quote! { u32 }),
            _ => None,
        }
    }

    /// The resource's method that starts the call.
    pub(super) fn start(&self) -> TokenStream {
        let docs = rust::docs(&self.docs());
        let (name, method) = (&self.name, &self.method);
        let arguments = self.required.iter().map(|argument| {
            let (ident, ty) = (&argument.ident, argument.accepted());
            quote! { #ident: #ty }
        });
        // Used twice: in the path and in the body.
        let shared: Vec<&Ident> =
            self.optional.iter().filter_map(|argument| argument.same_as.as_ref()).collect();
        let texts = shared.iter().map(|ident| quote! { let #ident: String = #ident.into(); });
        let mut fields = vec![quote! { client: self.client.clone(), }];
        for argument in self.parameters() {
            let ident = &argument.ident;
            let value = if shared.contains(&ident) {
                quote! { #ident.clone() }
            } else if argument.required {
                argument.value()
            } else {
                quote! { None }
            };
            fields.push(quote! { #ident: #value, });
        }
        match &self.body {
            Some(BodyKind::Fields { name, fields: all }) => {
                let ty = format_ident!("{name}");
                let values = all.iter().map(|field| {
                    let argument = self.required.iter().chain(&self.optional);
                    let mut argument = argument.filter(|argument| argument.place == Place::Body);
                    let argument =
                        argument.find(|argument| argument.wire == field.name).expect("each field is one");
                    let field = rust::ident(&field.name);
                    if argument.required {
                        let value = argument.value();
                        quote! { #field: #value, }
                    } else if let Some(path) = &argument.same_as {
                        quote! { #field: vec![#path], }
                    } else {
                        quote! { #field: None, }
                    }
                });
                fields.push(quote! { body: types::#ty { #(#values)* }, });
            }
            Some(BodyKind::Whole(ty)) => {
                let value = converted(ty, quote! { body });
                fields.push(quote! { body: #value, });
            }
            None => {}
        }
        if self.operation.confirm.is_some() {
            fields.push(quote! { confirm: None, });
        }
        if self.paging().is_some() {
            fields.push(quote! { resume: None, });
        }
        quote! {
            #docs
            pub fn #method(&self, #(#arguments),*) -> #name {
                #(#texts)*
                #name { #(#fields)* }
            }
        }
    }

    fn parameters(&self) -> impl Iterator<Item = &Argument> {
        let all = self.required.iter().chain(&self.optional);
        all.filter(|argument| matches!(argument.place, Place::Path | Place::Query))
    }

    /// The call's type with its setters and the methods that send it.
    pub(super) fn definition(&self) -> TokenStream {
        let (name, operation) = (&self.name, constant(self.operation));
        let docs = rust::docs(&format!(
            "A call of `{}`: {}\n\nNothing is sent before {}.",
            self.operation.name(),
            rust::prose(&rust::sentence(&self.operation.summary)),
            if self.paging().is_some() { "`page`, `items` or `collect`" } else { "`send`" },
        ));
        let mut fields = vec![quote! { client: crate::Client, }];
        for argument in self.parameters() {
            let (ident, ty) =
                (&argument.ident, self.paging_type(argument).unwrap_or_else(|| argument.stored()));
            let ty = if argument.required {
                ty
            } else {
                quote! { Option<#ty> }
            };
            fields.push(quote! { #ident: #ty, });
        }
        match &self.body {
            Some(BodyKind::Fields { name, .. }) => {
                let ty = format_ident!("{name}");
                fields.push(quote! { body: types::#ty, });
            }
            Some(BodyKind::Whole(ty)) => {
                let ty = rust::ty(ty);
                fields.push(quote! { body: #ty, });
            }
            None => {}
        }
        if self.operation.confirm.is_some() {
            fields.push(quote! { confirm: Option<String>, });
        }
        if self.paging().is_some() {
            fields.push(quote! { resume: Option<paging::ResumeToken>, });
        }
        let setters = self.optional.iter().map(|argument| self.setter(argument));
        let billing_days = self.billing_days();
        let confirm = self.confirm();
        let ends = if self.paging().is_some() { self.list_ends() } else { self.plain_ends() };
        quote! {
            #docs
            #[derive(Clone)]
            #[must_use = "a call does nothing until it is sent"]
            pub struct #name { #(#fields)* }

            impl std::fmt::Debug for #name {
                /// The operation only: ids, filters and bodies are the caller's.
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.debug_struct(operations::#operation.name).finish_non_exhaustive()
                }
            }

            impl #name {
                #(#setters)*
                #billing_days
                #confirm
                #ends
            }
        }
    }

    fn setter(&self, argument: &Argument) -> TokenStream {
        let ident = &argument.ident;
        let mut docs = rust::prose(&argument.docs);
        if docs.is_empty() {
            docs = format!("Sets `{}`, which the document does not describe.", argument.wire);
        }
        if argument.nullable {
            docs += "\n\n`Nullable::Null` sends `null`; not calling this leaves the field out.";
        }
        let docs = rust::docs(&docs);
        let accepted = match (argument.nullable, &argument.ty) {
            (true, ty) => {
                let ty = rust::ty(ty);
                quote! { impl Into<types::Nullable<#ty>> }
            }
            (false, _) => self.paging_type(argument).unwrap_or_else(|| argument.accepted()),
        };
        let value = if argument.nullable {
            quote! { #ident.into() }
        } else {
            argument.value()
        };
        let target = if argument.place == Place::Body {
            let field = rust::ident(&argument.wire);
            quote! { self.body.#field }
        } else {
            quote! { self.#ident }
        };
        let value = if argument.same_as.is_some() {
            value
        } else {
            quote! { Some(#value) }
        };
        quote! {
            #docs
            pub fn #ident(mut self, #ident: #accepted) -> Self {
                #target = #value;
                self
            }
        }
    }

    fn billing_days(&self) -> Option<TokenStream> {
        let BillingDays { from, to, last_instant } = self.operation.billing_days.as_ref()?;
        let (from, to) = (ident(from), ident(to));
        let borders = format_ident!("{}", if *last_instant { "instants" } else { "borders" });
        let mut docs = format!(
            "Sets `{from}` and `{to}` to whole billing days, as the dashboard counts: `first..=last`, a month\n(`\"2026-02\"`), a day, a billing cycle, or a pair of times at 08:00 UTC, of which the end is excluded."
        );
        if *last_instant {
            docs += &format!("\n\n{}", wrapped(&about_last_instant(&to.to_string())));
        }
        let docs = rust::docs(&docs);
        Some(quote! {
            #docs
            pub fn billing_days(mut self, days: impl crate::IntoBillingDays) -> Self {
                let (from, to) = crate::billing::#borders(days.into_billing_days());
                self.#from = Some(from);
                self.#to = Some(to);
                self
            }
        })
    }

    fn confirm(&self) -> Option<TokenStream> {
        let phrase = self.operation.confirm.as_ref()?;
        let docs = rust::docs(&format!(
            "Confirms that this is meant. Without the phrase `{phrase}` the call is refused before anything is sent."
        ));
        Some(quote! {
            #docs
            pub fn confirm(mut self, phrase: impl Into<String>) -> Self {
                self.confirm = Some(phrase.into());
                self
            }
        })
    }

    /// The statements that check the path and call progenitor's method.
    fn build(&self) -> TokenStream {
        let operation = constant(self.operation);
        // A time that can't be one is told here, by the call that it was given to.
        let times = self.parameters().filter(|argument| argument.is_query_time()).map(|argument| {
            let ident = &argument.ident;
            let value = if argument.required {
                quote! { clone() }
            } else {
                quote! { clone().transpose() }
            };
            quote! { let #ident = self.#ident.#value.map_err(|error| error.of(operations::#operation))?; }
        });
        let guards = self.operation.path.iter().map(|parameter| {
            let (ident, wire) = (ident(&parameter.name), &parameter.name);
            let value = if parameter.ty == TypeRef::String {
                quote! { &self.#ident }
            } else {
                quote! { &self.#ident.to_string() }
            };
            quote! { guard::path_value(operations::#operation, #wire, #value)?; }
        });
        let page = self.paging().map(|paging| paging.style.parameters());
        let filters = self.optional.iter().filter(|argument| argument.place == Place::Query).filter_map(|argument| {
            let (ident, wire) = (&argument.ident, &argument.wire);
            match &argument.ty {
                TypeRef::String => {
                    Some(quote! { guard::filter_text(operations::#operation, #wire, self.#ident.as_deref())?; })
                }
                TypeRef::Array(inner) if **inner == TypeRef::String => {
                    Some(quote! { guard::filter_list(operations::#operation, #wire, self.#ident.as_deref())?; })
                }
                _ => None,
            }
        });
        let values = self.order.iter().map(|name| {
            if name == "body" && self.body.is_some() {
                return quote! { &self.body };
            }
            let Some(argument) = self.parameters().find(|argument| rust::ident(&argument.wire) == name)
            else {
                return quote! { compile_error!("an argument that the document doesn't name") };
            };
            if let Some([place, size]) = page {
                if argument.wire == place {
                    return quote! { place };
                }
                if argument.wire == size {
                    return quote! { size };
                }
            }
            let ident = &argument.ident;
            match (&argument.ty, argument.required) {
                (_, true) if argument.is_query_time() => quote! { &#ident },
                (_, false) if argument.is_query_time() => quote! { #ident.as_ref() },
                (TypeRef::Integer | TypeRef::Number | TypeRef::Boolean, _) => quote! { self.#ident },
                (_, true) => quote! { &self.#ident },
                (TypeRef::String, false) => quote! { self.#ident.as_deref() },
                (_, false) => quote! { self.#ident.as_ref() },
            }
        });
        let method = &self.api_method;
        quote! {
            #(#times)*
            #(#guards)*
            #(#filters)*
            self.client.prepare(operations::#operation, |base, http| {
                devin_v2_api::build(base, http, async |api| api.#method(#(#values),*).await)
            })
        }
    }

    fn plain_ends(&self) -> TokenStream {
        let operation = constant(self.operation);
        let build = self.build();
        let confirm = if self.operation.confirm.is_some() {
            quote! { self.confirm.as_deref() }
        } else {
            quote! { None }
        };
        let (output, decode) = match &self.operation.response {
            TypeRef::Array(row) => {
                let row = rust::ty(row);
                (quote! { decode::Rows<#row> }, quote! { decode_rows })
            }
            other => (rust::ty(other), quote! { decode }),
        };
        quote! {
            /// Sends the call and decodes the answer.
            ///
            /// # Errors
            /// Refused before sending, failed on the way, refused by the service, or an answer that can't be read: see
            /// [`Error`](crate::Error).
            pub async fn send(self) -> Result<#output, crate::Error> {
                let client = self.client.clone();
                let raw = self.raw().await?;
                client.#decode(&raw)
            }

            /// Sends the call and gives the answer's bytes as they came.
            ///
            /// # Errors
            /// As for [`send`](Self::send), but for decoding.
            pub async fn raw(self) -> Result<crate::Raw, crate::Error> {
                self.client.send(operations::#operation, self.request()?, #confirm).await
            }

            fn request(&self) -> Result<reqwest::Request, crate::Error> {
                #build
            }
        }
    }

    fn list_ends(&self) -> TokenStream {
        let Some(paging) = self.paging() else { return TokenStream::new() };
        let operation = constant(self.operation);
        let build = self.build();
        let row = rust::ty(&paging.row);
        let [place, size] = paging.style.parameters().map(ident);
        let (start, read) = match paging.style {
            Style::Offset => {
                (quote! { offset(operations::#operation, self.#place, self.#size) }, quote! { as_offset })
            }
            Style::PageNumber => {
                (quote! { page(operations::#operation, self.#place, self.#size) }, quote! { as_page })
            }
            Style::AuditLog => (
                quote! { audit(operations::#operation, self.#place.clone(), self.#size) },
                quote! { as_audit },
            ),
        };
        quote! {
            /// Goes on where an interrupted listing of the same operation stopped. Give the same filters again.
            pub fn resume_from(mut self, token: paging::ResumeToken) -> Self {
                self.resume = Some(token);
                self
            }

            /// The listing, of which nothing has been fetched yet.
            pub fn listing(self) -> paging::Listing<#row> {
                let client = self.client.clone();
                let start = paging::Position::#start;
                let resume = self.resume.clone();
                paging::Listing::new(client, operations::#operation, start, resume, std::sync::Arc::new(move |at: &paging::Position| self.request(at)))
            }

            /// Fetches one page.
            ///
            /// # Errors
            /// Refused before sending, failed on the way, refused by the service, or an answer that can't be read: see
            /// [`Error`](crate::Error).
            pub async fn page(self) -> Result<paging::Page<#row>, crate::Error> {
                self.listing().page().await
            }

            /// All rows as a stream, page after page, in constant memory.
            pub fn items(self) -> paging::Items<#row> {
                self.listing().items()
            }

            /// All rows at once.
            ///
            /// # Errors
            /// The first page that fails ends the listing; the error holds the rows that came before and a token to
            /// resume from.
            pub async fn collect(self) -> Result<paging::Collected<#row>, paging::Interrupted<#row>> {
                self.listing().collect().await
            }

            fn request(&self, at: &paging::Position) -> Result<reqwest::Request, crate::Error> {
                let (place, size) = at.#read();
                #build
            }
        }
    }
}

/// An object that only requests send is given field by field; what responses hold too is given whole, so that a
/// configuration can be read, changed and sent back with fields that this version doesn't know.
fn body_kind<'a>(api: &'a Api, body: &'a Body) -> BodyKind<'a> {
    if let TypeRef::Named(name) = &body.ty
        && !api.read.contains(name)
        && let Some(named) = api.named(name)
        && let Shape::Object(fields) = &named.shape
    {
        return BodyKind::Fields { name, fields };
    }
    BodyKind::Whole(&body.ty)
}
