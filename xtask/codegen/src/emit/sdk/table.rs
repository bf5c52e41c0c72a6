//! The operation table.

use heck::ToShoutySnakeCase;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::model::{Api, Check, Kind, Operation, Paging, Style};

pub(super) fn file(api: &Api) -> TokenStream {
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

/// The name of an operation's row.
pub(super) fn constant(operation: &Operation) -> Ident {
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
    let same = operation.same_as_path.iter().map(|(field, path)| quote! { (#field, #path) });
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
            same_as_path: &[#(#same),*],
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
