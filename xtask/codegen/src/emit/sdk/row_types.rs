//! What is known of the types of responses and rows: for the short cut past decoding, and for integers that are written
//! as `3.0`.

use std::collections::BTreeSet;

use heck::ToShoutySnakeCase;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::model::{Api, Shape, TypeRef};

pub(super) fn file(api: &Api) -> TokenStream {
    let mut names = BTreeSet::new();
    for operation in api.operations() {
        let row = match (&operation.paging, &operation.response) {
            (Some(paging), _) => &paging.row,
            (None, TypeRef::Array(row)) => row,
            (None, other) => other,
        };
        gather(api, row, &mut names);
    }
    let tables = names.iter().map(|name| {
        let (constant, ty) = (constant(name), format_ident!("{name}"));
        let Some(Shape::Object(fields)) = api.named(name).map(|named| &named.shape) else {
            let known = known(api, &TypeRef::Named(name.clone()));
            return quote! { impl Shaped for types::#ty { const TYPE: Type = #known; } };
        };
        let count = fields.len();
        let fields = fields.iter().map(|field| {
            let (name, required, nullable) = (&field.name, field.required, field.nullable);
            let ty = known(api, &field.ty);
            quote! { Field { name: #name, ty: #ty, required: #required, nullable: #nullable }, }
        });
        // Statics, since types may hold themselves.
        quote! {
            static #constant: [Field; #count] = [#(#fields)*];
            impl Shaped for types::#ty {
                const TYPE: Type = Type::Object(&#constant);
            }
        }
    });
    quote! {
        #![allow(unused_imports, reason = "not every document needs everything")]

        use crate::shape::{Field, Shaped, Type};
        use crate::types;

        #(#tables)*
    }
}

fn constant(name: &str) -> Ident {
    format_ident!("{}", name.to_shouty_snake_case())
}

/// The names of what a type is made of, and its own.
fn gather(api: &Api, ty: &TypeRef, names: &mut BTreeSet<String>) {
    match ty {
        TypeRef::Named(name) if names.insert(name.clone()) => match api.named(name).map(|named| &named.shape)
        {
            Some(Shape::Object(fields)) => fields.iter().for_each(|field| gather(api, &field.ty, names)),
            Some(Shape::Alias(target)) => gather(api, target, names),
            _ => {}
        },
        TypeRef::Array(inner) | TypeRef::Map(inner) => gather(api, inner, names),
        _ => {}
    }
}

fn known(api: &Api, ty: &TypeRef) -> TokenStream {
    match ty {
        TypeRef::Named(name) => match api.named(name).map(|named| &named.shape) {
            Some(Shape::Object(_)) => {
                let constant = constant(name);
                quote! { Type::Object(&#constant) }
            }
            Some(Shape::Enum(_)) => quote! { Type::String },
            Some(Shape::Alias(target)) => known(api, target),
            _ => quote! { Type::Unknown },
        },
        TypeRef::Array(inner) => {
            let inner = known(api, inner);
            quote! { Type::List(&#inner) }
        }
        TypeRef::Map(inner) => {
            let inner = known(api, inner);
            quote! { Type::Map(&#inner) }
        }
        TypeRef::String | TypeRef::Secret => quote! { Type::String },
        TypeRef::Integer => quote! { Type::Integer },
        TypeRef::Number => quote! { Type::Number },
        TypeRef::Boolean => quote! { Type::Boolean },
        TypeRef::Timestamp => quote! { Type::Time },
        TypeRef::UnixMillis => quote! { Type::UnixMillis },
        TypeRef::Any => quote! { Type::Any },
    }
}
