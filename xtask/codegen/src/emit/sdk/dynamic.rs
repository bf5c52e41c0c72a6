//! Calls by name: turns arguments that came as JSON into those of the typed call.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::super::rust;
use super::argument::Argument;
use super::call::Call;
use super::table::constant;
use crate::model::{BillingDays, TypeRef};

pub(super) fn file(calls: &[Call]) -> TokenStream {
    let arms = calls.iter().map(arm);
    quote! {
        #![allow(unused_imports, unused_mut, reason = "not every document needs everything")]

        use crate::client::Client;
        use crate::dynamic::{Arguments, Call};
        use crate::error::Error;
        use crate::generated::operations;
        use crate::types;

        /// Starts the typed call of the operation that `arguments` are meant for.
        pub(crate) fn start(client: &Client, arguments: &mut Arguments) -> Result<Call, Error> {
            Ok(match arguments.operation.name {
                #(#arms)*
                _ => return Err(arguments.unknown()),
            })
        }
    }
}

fn arm(call: &Call) -> TokenStream {
    let operation = call.operation;
    let (name, constant) = (operation.name(), constant(operation));
    let (resource, method) = (rust::ident(&operation.resource), &call.method);
    let required = call.required.iter().map(|argument| {
        let (ident, key, ty) = (&argument.ident, argument.key(), taken(call, argument));
        quote! { let #ident = arguments.required::<#ty>(#key)?; }
    });
    let names = call.required.iter().map(|argument| &argument.ident);
    let optional = call.optional.iter().map(|argument| {
        let (ident, key) = (&argument.ident, argument.key());
        let ty = taken(call, argument);
        let take = if argument.nullable { format_ident!("nullable") } else { format_ident!("optional") };
        quote! { if let Some(value) = arguments.#take::<#ty>(#key)? { call = call.#ident(value); } }
    });
    let billing_days = operation.billing_days.as_ref().map(|BillingDays { from, to, .. }| {
        quote! {
            if let Some(days) = arguments.billing_days(#from, #to)? { call = call.billing_days(days); }
        }
    });
    let confirm = operation.confirm.as_ref().map(|_| {
        quote! { if let Some(phrase) = arguments.optional::<String>("confirm")? { call = call.confirm(phrase); } }
    });
    let end = match (&operation.paging, &operation.response) {
        (Some(_), _) => quote! {
            if let Some(token) = arguments.resume()? { call = call.resume_from(token); }
            Call::List(call.listing().undecoded())
        },
        (None, TypeRef::Array(row)) => {
            let row = rust::ty(row);
            quote! { client.rows::<#row>(operations::#constant, call.raw()) }
        }
        (None, other) => {
            let ty = rust::ty(other);
            quote! { client.one::<#ty>(operations::#constant, call.raw()) }
        }
    };
    quote! {
        #name => {
            #(#required)*
            let mut call = client.#resource().#method(#(#names),*);
            #billing_days
            #(#optional)*
            #confirm
            #end
        }
    }
}

/// The type that an argument is read as. Times of the query may be written in many forms, which the call reads itself.
fn taken(call: &Call, argument: &Argument) -> TokenStream {
    if argument.is_query_time() {
        return quote! { String };
    }
    call.paging_type(argument).unwrap_or_else(|| rust::ty(&argument.ty))
}
