//! `crates/sdk`: one file per resource, and the operation table.

pub(super) mod argument;
mod call;
mod dynamic;
mod example;
mod row_types;
mod table;

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use self::call::Call;
use super::{Source, rust};
use crate::model::{Api, Resource};
use crate::output::Files;
use crate::problem::Problems;

pub(super) fn emit(source: &Source, client: &syn::File, files: &mut Files) -> Result<(), Problems> {
    let orders = argument_orders(client);
    let api = source.api;
    let mut problems = Problems::default();
    let mut all = Vec::new();
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
        all.append(&mut calls);
    }
    files.add("crates/sdk/src/generated/row_types.rs", rust::file(row_types::file(api)));
    files.add("crates/sdk/src/generated/dynamic.rs", rust::file(dynamic::file(&all)));
    files.add("crates/sdk/src/generated/operations.rs", rust::file(table::file(api)));
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
    let days = api.types.iter().filter_map(|named| {
        let (start, end) = named.billing_days.as_ref()?;
        let (ty, start, end) = (format_ident!("{}", named.name), rust::ident(start), rust::ident(end));
        Some(quote! { crate::billing::days_of!(crate::types::#ty, #start, #end); })
    });
    quote! {
        pub(crate) mod dynamic;
        pub(crate) mod operations;
        mod row_types;
        #(#modules)*

        use crate::Client;

        impl Client {
            #(#methods)*
        }

        #(#days)*
    }
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
