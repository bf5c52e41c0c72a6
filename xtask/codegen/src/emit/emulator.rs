//! `crates/emulator`: the document it validates against, the operation table, and one trait method per operation.

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Source, rust};
use crate::model::{Operation, Parameter, TypeRef};
use crate::output::Files;

pub(super) fn emit(source: &Source, files: &mut Files) {
    let document = serde_json::to_string_pretty(&source.overlaid.root).expect("a JSON value prints");
    files.add("crates/emulator/src/generated/document.json", document + "\n");

    let operations: Vec<&Operation> = source.api.operations().collect();
    let table = operations.iter().map(|operation| {
        let Operation { http_method, template, pointer, .. } = operation;
        let name = operation.name();
        quote! { Operation { name: #name, method: #http_method, template: #template, pointer: #pointer }, }
    });
    let arguments = operations.iter().map(|operation| {
        let docs = rust::docs(&format!("Arguments of `{}`.", operation.name()));
        let name = arguments_name(operation);
        let fields = fields(operation).into_iter().map(|(field, ty, _)| quote! { pub(crate) #field: #ty, });
        quote! { #docs #[derive(Debug)] pub(crate) struct #name { #(#fields)* } }
    });
    let methods = operations.iter().map(|operation| {
        let docs = rust::docs(&format!(
            "`{} {}`: {}",
            operation.http_method,
            operation.template,
            rust::sentence(&operation.summary)
        ));
        let (method, arguments, pointer) =
            (method_name(operation), arguments_name(operation), &operation.pointer);
        quote! {
            #docs
            fn #method(&mut self, args: #arguments) -> Answer {
                let _ = args;
                Answer::example(#pointer)
            }
        }
    });
    let arms = operations.iter().map(|operation| {
        let (name, method, arguments) = (operation.name(), method_name(operation), arguments_name(operation));
        let fields = fields(operation).into_iter().map(|(field, _, value)| quote! { #field: #value, });
        quote! { #name => enterprise.#method(#arguments { #(#fields)* }), }
    });
    let tokens = quote! {
        #![allow(dead_code, reason = "an operation may ignore some of its arguments")]

        use crate::answer::Answer;
        use crate::call::Call;
        use crate::operation::Operation;

        /// The published document with the overlay applied, as JSON.
        pub(crate) const DOCUMENT: &str = include_str!("document.json");

        /// Every operation, in the order of the document.
        pub(crate) static OPERATIONS: &[Operation] = &[#(#table)*];

        #(#arguments)*

        /// An enterprise: one method per operation. What an implementation leaves out answers the document's example.
        pub(crate) trait Enterprise {
            #(#methods)*
        }

        /// Calls the method of `operation` with the validated arguments of `call`.
        pub(crate) fn dispatch(enterprise: &mut dyn Enterprise, operation: &Operation, call: &mut Call) -> Answer {
            match operation.name {
                #(#arms)*
                _ => Answer::example(operation.pointer),
            }
        }
    };
    files.add("crates/emulator/src/generated/mod.rs", rust::file(tokens));
}

fn method_name(operation: &Operation) -> proc_macro2::Ident {
    rust::ident(&format!("{}_{}", operation.resource, operation.method))
}

fn arguments_name(operation: &Operation) -> proc_macro2::Ident {
    format_ident!("{}", format!("{}_{}", operation.resource, operation.method).to_upper_camel_case())
}

/// Name, type and reading of each argument.
fn fields(operation: &Operation) -> Vec<(proc_macro2::Ident, TokenStream, TokenStream)> {
    let mut fields = Vec::new();
    for Parameter { name, .. } in &operation.path {
        fields.push((rust::ident(name), quote! { String }, quote! { call.path(#name) }));
    }
    for Parameter { name, ty, required, default, .. } in &operation.query {
        let always = *required || default.is_some();
        let (ty, value) = match ty {
            TypeRef::Integer if always => (quote! { i64 }, quote! { call.integer(#name) }),
            TypeRef::Integer => (quote! { Option<i64> }, quote! { call.optional_integer(#name) }),
            TypeRef::Number => (quote! { Option<f64> }, quote! { call.optional_number(#name) }),
            TypeRef::Boolean if always => (quote! { bool }, quote! { call.boolean(#name) }),
            TypeRef::Boolean => (quote! { Option<bool> }, quote! { call.optional_boolean(#name) }),
            TypeRef::Timestamp => (quote! { Option<jiff::Timestamp> }, quote! { call.optional_time(#name) }),
            TypeRef::Array(_) => (quote! { Option<Vec<String>> }, quote! { call.optional_strings(#name) }),
            _ if always => (quote! { String }, quote! { call.string(#name) }),
            _ => (quote! { Option<String> }, quote! { call.optional_string(#name) }),
        };
        fields.push((rust::ident(name), ty, value));
    }
    if operation.body.is_some() {
        fields.push((rust::ident("body"), quote! { serde_json::Value }, quote! { call.body() }));
    }
    fields
}
