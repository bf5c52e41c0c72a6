//! `crates/sdk`: one file per resource, and the operation table.

use std::collections::BTreeMap;

use heck::{ToShoutySnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::{Source, rust};
use crate::model::{
    Api, Body, Check, Field, Kind, Operation, Paging, Parameter, Resource, Shape, Style, TypeRef,
};
use crate::output::Files;
use crate::problem::Problems;

/// Names that every call has as methods, which a parameter can't have too.
const OWN_METHODS: &[&str] =
    &["send", "raw", "page", "items", "collect", "listing", "resume_from", "confirm", "billing_days"];

pub(super) fn emit(source: &Source, client: &syn::File, files: &mut Files) -> Result<(), Problems> {
    let orders = argument_orders(client);
    let api = source.api;
    let mut problems = Problems::default();
    for resource in &api.resources {
        let mut calls = Vec::new();
        for operation in &resource.operations {
            let id = rust::ident(&format!("{}_{}", operation.resource, operation.method)).to_string();
            match orders.get(&id) {
                Some(order) => calls.push(Call::new(api, operation, order)),
                None => problems.0.push(
                    source
                        .shaped
                        .document
                        .problem(&operation.pointer, format!("progenitor made no method {id} of it")),
                ),
            }
        }
        let path = format!("crates/sdk/src/generated/{}.rs", resource.name);
        files.add(path, rust::file(resource_file(resource, &calls)));
    }
    files.add("crates/sdk/src/generated/operations.rs", rust::file(operations_file(api)));
    files.add("crates/sdk/src/generated/mod.rs", rust::file(mod_file(api)));
    problems.or(())
}

/// The names of each generated method's arguments, in its own order: positions are progenitor's to choose.
fn argument_orders(client: &syn::File) -> BTreeMap<String, Vec<String>> {
    let mut orders = BTreeMap::new();
    for item in &client.items {
        let syn::Item::Impl(block) = item else { continue };
        if block.trait_.is_some() {
            continue;
        }
        for item in &block.items {
            let syn::ImplItem::Fn(method) = item else { continue };
            let names = method.sig.inputs.iter().filter_map(|input| match input {
                syn::FnArg::Typed(typed) => match &*typed.pat {
                    syn::Pat::Ident(name) => Some(name.ident.to_string()),
                    _ => None,
                },
                syn::FnArg::Receiver(_) => None,
            });
            orders.insert(method.sig.ident.to_string(), names.collect());
        }
    }
    orders
}

fn mod_file(api: &Api) -> TokenStream {
    let modules = api.resources.iter().map(|resource| {
        let name = rust::ident(&resource.name);
        quote! { pub mod #name; }
    });
    let methods = api.resources.iter().map(|resource| {
        let name = rust::ident(&resource.name);
        let ty = format_ident!("{}", resource.name.to_upper_camel_case());
        let docs = rust::docs(&rust::prose(&resource.docs));
        quote! {
            #docs
            pub fn #name(&self) -> #name::#ty {
                #name::#ty::new(self.clone())
            }
        }
    });
    quote! {
        pub(crate) mod operations;
        #(#modules)*

        use crate::Client;

        impl Client {
            #(#methods)*
        }
    }
}

fn operations_file(api: &Api) -> TokenStream {
    let rows = api.operations().map(operation_row);
    let names = api.operations().enumerate().map(|(index, operation)| {
        let name = constant(operation);
        quote! { pub(crate) static #name: &Operation = &OPERATIONS[#index]; }
    });
    quote! {
        #![allow(unused_imports, reason = "not every document needs everything")]

        use crate::operation::{Check, Kind, Operation, Paging, Rule, Style};

        /// Every operation of the document, resource by resource.
        pub(crate) static OPERATIONS: &[Operation] = &[#(#rows)*];

        #(#names)*
    }
}

fn constant(operation: &Operation) -> Ident {
    format_ident!("{}", format!("{}_{}", operation.resource, operation.method).to_shouty_snake_case())
}

fn operation_row(operation: &Operation) -> TokenStream {
    let Operation { resource, method, published_id, http_method, template, summary, beta, .. } = operation;
    let name = operation.name();
    let kind = match operation.kind {
        Kind::Read => quote! { Kind::Read },
        Kind::Write => quote! { Kind::Write },
        Kind::Destructive => quote! { Kind::Destructive },
        Kind::BulkDestructive => quote! { Kind::BulkDestructive },
    };
    let confirm = option(operation.confirm.as_ref().map(|phrase| quote! { #phrase }));
    let paging = option(operation.paging.as_ref().map(|Paging { style, rows, row_id, size, .. }| {
        let style = match style {
            Style::Offset => quote! { Style::Offset },
            Style::PageNumber => quote! { Style::PageNumber },
            Style::AuditLog => quote! { Style::AuditLog },
        };
        quote! { Paging { style: #style, rows: #rows, row_id: #row_id, size: #size } }
    }));
    let query = operation
        .query
        .iter()
        .flat_map(|parameter| parameter.checks.iter().map(|check| rule(&parameter.name, check)));
    let body = operation.body.iter().flat_map(|body| body.checks.iter().map(|(at, check)| rule(at, check)));
    let ranges = operation.ranges.iter().map(|(from, to)| quote! { (#from, #to) });
    let reserved = operation.reserved.iter().map(|(name, words)| quote! { (#name, &[#(#words),*]) });
    let twin = option(operation.v3_twin.as_ref().map(|twin| quote! { #twin }));
    quote! {
        Operation {
            name: #name,
            resource: #resource,
            method_name: #method,
            http_method: #http_method,
            template: #template,
            kind: #kind,
            confirm: #confirm,
            paging: #paging,
            query: &[#(#query),*],
            body: &[#(#body),*],
            ranges: &[#(#ranges),*],
            reserved: &[#(#reserved),*],
            summary: #summary,
            published_id: #published_id,
            v3_twin: #twin,
            beta: #beta,
        },
    }
}

fn option(tokens: Option<TokenStream>) -> TokenStream {
    tokens.map_or_else(|| quote! { None }, |tokens| quote! { Some(#tokens) })
}

fn rule(at: &str, check: &Check) -> TokenStream {
    let count = |number: &u64| usize::try_from(*number).unwrap_or(usize::MAX);
    let check = match check {
        Check::Minimum(number) => quote! { Check::Minimum(#number) },
        Check::Maximum(number) => quote! { Check::Maximum(#number) },
        Check::MinItems(number) => {
            let number = count(number);
            quote! { Check::MinItems(#number) }
        }
        Check::MaxItems(number) => {
            let number = count(number);
            quote! { Check::MaxItems(#number) }
        }
        Check::MinLength(number) => {
            let number = count(number);
            quote! { Check::MinLength(#number) }
        }
        Check::MaxLength(number) => {
            let number = count(number);
            quote! { Check::MaxLength(#number) }
        }
        Check::UniqueItems => quote! { Check::UniqueItems },
        Check::Email => quote! { Check::Email },
        Check::DateTime => quote! { Check::DateTime },
    };
    quote! { Rule { at: #at, check: #check } }
}

fn resource_file(resource: &Resource, calls: &[Call]) -> TokenStream {
    let title = format!(" `client.{}()`: {}", resource.name, rust::prose(&resource.docs));
    let title =
        title.lines().map(|line| if line.starts_with(' ') { line.to_owned() } else { format!(" {line}") });
    let docs = rust::docs(&rust::prose(&resource.docs));
    let name = format_ident!("{}", resource.name.to_upper_camel_case());
    let starts = calls.iter().map(Call::start);
    let structs = calls.iter().map(Call::definition);
    quote! {
        #(#![doc = #title])*
        #![allow(unused_imports, reason = "not every resource needs everything")]
        #![allow(clippy::redundant_field_names, reason = "names and values come from different places")]

        use crate::generated::operations;
        use crate::{decode, guard, paging, types};

        #docs
        #[derive(Clone, Debug)]
        pub struct #name {
            client: crate::Client,
        }

        impl #name {
            pub(crate) fn new(client: crate::Client) -> Self {
                Self { client }
            }

            #(#starts)*
        }

        #(#structs)*
    }
}

/// One operation's call: what it is made of, in the terms of Rust.
struct Call<'a> {
    operation: &'a Operation,
    name: Ident,
    method: Ident,
    api_method: Ident,
    /// Arguments of the method that starts the call.
    required: Vec<Argument>,
    /// Setters of the call.
    optional: Vec<Argument>,
    body: Option<BodyKind<'a>>,
    order: &'a [String],
    /// Whether the overlay names successors at all.
    tells_successors: bool,
}

enum BodyKind<'a> {
    /// An object whose fields are arguments and setters.
    Fields { name: &'a str, fields: &'a [Field] },
    /// Anything else: one argument.
    Whole(&'a TypeRef),
}

/// A parameter or a field of the body.
struct Argument {
    ident: Ident,
    wire: String,
    docs: String,
    ty: TypeRef,
    place: Place,
    required: bool,
    /// In a body: whether null is something to say.
    nullable: bool,
    example: Option<Value>,
}

impl Argument {
    /// Whether it is a time of the query, which may be given in many forms and is checked when it is given.
    fn is_query_time(&self) -> bool {
        self.ty == TypeRef::Timestamp && self.place == Place::Query
    }

    /// What the method takes.
    fn accepted(&self) -> TokenStream {
        if self.is_query_time() {
            quote! { impl crate::IntoTimestamp }
        } else {
            accepted(&self.ty)
        }
    }

    /// What the call keeps.
    fn stored(&self) -> TokenStream {
        if self.is_query_time() {
            quote! { Result<types::Timestamp, crate::Error> }
        } else {
            rust::ty(&self.ty)
        }
    }

    /// The one made of the other.
    fn value(&self) -> TokenStream {
        let (ident, wire) = (&self.ident, &self.wire);
        if self.is_query_time() {
            quote! { #ident.into_timestamp(#wire) }
        } else {
            converted(&self.ty, quote! { #ident })
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Path,
    Query,
    Body,
    WholeBody,
}

impl<'a> Call<'a> {
    fn new(api: &'a Api, operation: &'a Operation, order: &'a [String]) -> Self {
        let mut arguments = Vec::new();
        let place_of = |parameter: &Parameter, place: Place| Argument {
            ident: argument_ident(&parameter.name),
            wire: parameter.name.clone(),
            docs: parameter.docs.clone(),
            ty: parameter.ty.clone(),
            place,
            required: parameter.required || place == Place::Path,
            nullable: false,
            example: parameter.example.clone(),
        };
        arguments.extend(operation.path.iter().map(|parameter| place_of(parameter, Place::Path)));
        arguments.extend(operation.query.iter().map(|parameter| place_of(parameter, Place::Query)));
        let body = operation.body.as_ref().map(|body| body_kind(api, body));
        match (&body, &operation.body) {
            (Some(BodyKind::Fields { fields, .. }), Some(body)) => {
                for field in *fields {
                    let mut ident = argument_ident(&field.name);
                    if arguments.iter().any(|argument: &Argument| argument.ident == ident) {
                        ident = format_ident!("body_{ident}");
                    }
                    arguments.push(Argument {
                        ident,
                        wire: field.name.clone(),
                        docs: field.docs.clone(),
                        ty: field.ty.clone(),
                        place: Place::Body,
                        required: field.required,
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

    fn paging(&self) -> Option<&Paging> {
        self.operation.paging.as_ref()
    }

    /// Places and sizes of pages are never negative.
    fn paging_type(&self, argument: &Argument) -> Option<TokenStream> {
        let [place, size] = self.paging()?.style.parameters();
        match &argument.ty {
            TypeRef::Integer if argument.wire == place => Some(quote! { u64 }),
            TypeRef::Integer if argument.wire == size => Some(quote! { u32 }),
            _ => None,
        }
    }

    /// The resource's method that starts the call.
    fn start(&self) -> TokenStream {
        let docs = rust::docs(&self.docs());
        let (name, method) = (&self.name, &self.method);
        let arguments = self.required.iter().map(|argument| {
            let (ident, ty) = (&argument.ident, argument.accepted());
            quote! { #ident: #ty }
        });
        let mut fields = vec![quote! { client: self.client.clone(), }];
        for argument in self.parameters() {
            let ident = &argument.ident;
            let value = if argument.required {
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
                #name { #(#fields)* }
            }
        }
    }

    fn parameters(&self) -> impl Iterator<Item = &Argument> {
        let all = self.required.iter().chain(&self.optional);
        all.filter(|argument| matches!(argument.place, Place::Path | Place::Query))
    }

    /// The call's type with its setters and the methods that send it.
    fn definition(&self) -> TokenStream {
        let name = &self.name;
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
            #[derive(Clone, Debug)]
            #[must_use = "a call does nothing until it is sent"]
            pub struct #name { #(#fields)* }

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
        quote! {
            #docs
            pub fn #ident(mut self, #ident: #accepted) -> Self {
                #target = Some(#value);
                self
            }
        }
    }

    fn billing_days(&self) -> Option<TokenStream> {
        let (from, to) = self.operation.billing_days.as_ref()?;
        let (from, to) = (argument_ident(from), argument_ident(to));
        let docs = rust::docs(&format!(
            "From the start of the billing day `first` to the end of the billing day `last`, both included: sets\n`{from}` and `{to}` to 08:00 UTC, as the dashboard counts."
        ));
        Some(quote! {
            #docs
            pub fn billing_days(self, first: crate::BillingDay, last: crate::BillingDay) -> Self {
                self.#from(first.start()).#to(last.end())
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
            let (ident, wire) = (argument_ident(&parameter.name), &parameter.name);
            let value = if parameter.ty == TypeRef::String {
                quote! { &self.#ident }
            } else {
                quote! { &self.#ident.to_string() }
            };
            quote! { guard::path_value(operations::#operation, #wire, #value)?; }
        });
        let page = self.paging().map(|paging| paging.style.parameters());
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
        let [place, size] = paging.style.parameters().map(argument_ident);
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

    fn docs(&self) -> String {
        let operation = self.operation;
        let mut docs = rust::prose(&rust::sentence(&operation.summary));
        if !operation.docs.is_empty() {
            docs += &format!("\n\n{}", rust::prose(&operation.docs));
        }
        docs += &format!("\n\n`{} {}`", operation.http_method, operation.template);
        docs += &match &operation.v3_twin {
            Some(twin) => format!("; in v3: `{twin}`."),
            None if self.tells_successors => "; no successor in v3 is known.".to_owned(),
            None => ".".to_owned(),
        };
        if operation.beta {
            docs += " Beta: it may change.";
        }
        if let Some(phrase) = &operation.confirm {
            docs += &format!("\n\nRefused unless confirmed with the phrase `{phrase}`.");
        }
        if !self.required.is_empty() {
            docs += "\n\n# Arguments\n";
            for argument in &self.required {
                docs +=
                    &format!("- `{}`: {}\n", argument.ident, rust::prose(&argument.docs).replace('\n', " "));
            }
        }
        docs.trim_end().to_owned() + &self.example()
    }

    /// A tested example made of the document's own examples; empty if the document gives too few.
    fn example(&self) -> String {
        let mut arguments = Vec::new();
        for argument in &self.required {
            let Some(value) = argument.example.as_ref().and_then(|example| literal(&argument.ty, example))
            else {
                return String::new();
            };
            arguments.push(value);
        }
        let operation = self.operation;
        let mut chain = format!(
            "client.{}().{}({})",
            rust::ident(&operation.resource),
            self.method,
            arguments.join(", ")
        );
        let page = self.paging().map(|paging| paging.style.parameters());
        for argument in &self.optional {
            if page.is_some_and(|[place, _]| argument.wire == place) {
                continue;
            }
            let value = match &argument.example {
                Some(Value::Null) if argument.nullable => Some("devin_v2::Nullable::Null".to_owned()),
                Some(example) => literal(&argument.ty, example).map(|value| {
                    if argument.nullable
                        && !matches!(
                            argument.ty,
                            TypeRef::String | TypeRef::Integer | TypeRef::Number | TypeRef::Boolean
                        )
                    {
                        format!("{value}.map(str::to_owned).to_vec()")
                    } else {
                        value
                    }
                }),
                None => None,
            };
            if let Some(value) = value {
                chain += &format!(".{}({value})", argument.ident);
            }
        }
        if let Some(phrase) = &operation.confirm {
            let mut phrase = phrase.clone();
            for parameter in &operation.path {
                let Some(Value::String(example)) = &parameter.example else { return String::new() };
                phrase = phrase.replace(&format!("{{{}}}", parameter.name), example);
            }
            chain += &format!(".confirm({phrase:?})");
        }
        let (end, show) = if self.paging().is_some() {
            ("page", "println!(\"{} rows of {:?}\", answer.rows.len(), answer.total);")
        } else {
            ("send", "println!(\"{answer:?}\");")
        };
        [
            "\n\n# Example",
            "```",
            "# #[tokio::main(flavor = \"current_thread\")]",
            "# async fn main() -> Result<(), Box<dyn std::error::Error>> {",
            "# let server = devin_v2_emulator::Emulator::start(Default::default()).await?;",
            "# let client = devin_v2::Client::builder().base_url(server.url()).api_key(server.api_key()).build()?;",
            &format!("let answer = {chain}.{end}().await?;"),
            show,
            "# Ok(())",
            "# }",
            "```",
        ]
        .join("\n")
    }
}

fn argument_ident(name: &str) -> Ident {
    if name == "page" {
        // `page` fetches; this says where to start.
        return format_ident!("start_page");
    }
    let ident = rust::ident(name);
    if OWN_METHODS.contains(&ident.to_string().as_str()) { format_ident!("{ident}_") } else { ident }
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
fn converted(ty: &TypeRef, value: TokenStream) -> TokenStream {
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

/// An example as an expression of Rust.
fn literal(ty: &TypeRef, example: &Value) -> Option<String> {
    match (ty, example) {
        (TypeRef::String | TypeRef::Timestamp, Value::String(text)) => Some(format!("{text:?}")),
        (TypeRef::Integer | TypeRef::Boolean, value) => Some(value.to_string()),
        (TypeRef::Number, Value::Number(number)) => Some(format!("{:?}", number.as_f64()?)),
        (TypeRef::Array(inner), Value::Array(values)) => {
            let values: Option<Vec<String>> = values.iter().map(|value| literal(inner, value)).collect();
            values.map(|values| format!("[{}]", values.join(", ")))
        }
        (TypeRef::Map(inner), Value::Object(values)) => {
            let values: Option<Vec<String>> = values
                .iter()
                .map(|(key, value)| Some(format!("({key:?}, {})", literal(inner, value)?)))
                .collect();
            values.map(|values| format!("[{}]", values.join(", ")))
        }
        (TypeRef::Named(_), value) => Some(format!("serde_json::from_value(serde_json::json!({value}))?")),
        _ => None,
    }
}
