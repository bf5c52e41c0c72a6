//! `crates/api`: progenitor's client and types, and the open enums that its closed ones are replaced by.

use std::panic::{AssertUnwindSafe, catch_unwind};

use heck::{ToSnakeCase, ToUpperCamelCase};
use progenitor_impl::{
    CrateVers, GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl, TypePatch,
};
use quote::{format_ident, quote};
use syn::visit_mut::{self, VisitMut};

use super::{Source, rust};
use crate::model::{Api, Shape, TypeRef};
use crate::output::Files;
use crate::problem::Problems;

/// Writes the crate's generated files; gives the parsed client, from which the SDK's emitter reads argument orders.
pub(super) fn emit(source: &Source, files: &mut Files) -> Result<syn::File, Problems> {
    let lowered = serde_json::to_string_pretty(&source.lowered).expect("a JSON value prints");
    files.add("openapi/lowered.json", lowered + "\n");
    let problem = |message: String| Problems::from(source.shaped.document.problem("", message));
    let spec: openapiv3::OpenAPI = serde_json::from_value(source.lowered.clone())
        .map_err(|error| problem(format!("the lowered document isn't OpenAPI 3.0: {error}")))?;

    let mut generator = Generator::new(&settings(source.api));
    // progenitor panics on what it can't express; its message is all there is to say.
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let tokens = catch_unwind(AssertUnwindSafe(|| generator.generate_tokens(&spec)));
    std::panic::set_hook(quiet);
    let tokens = tokens
        .map_err(|panic| {
            let message = panic.downcast_ref::<String>().cloned();
            message
                .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                .unwrap_or_default()
        })
        .and_then(|result| result.map_err(|error| error.to_string()))
        .map_err(|message| problem(format!("progenitor can't express it: {message}")))?;

    let mut client: syn::File = syn::parse2(tokens)
        .map_err(|error| problem(format!("progenitor's output doesn't parse: {error}")))?;
    Document.visit_file_mut(&mut client);
    Trim.visit_file_mut(&mut client);
    let mut text = rust::MARK.to_owned();
    text.push_str("#![allow(unreachable_pub)]\n");
    text.push_str(
        "#![allow(rustdoc::broken_intra_doc_links, rustdoc::invalid_html_tags, rustdoc::bare_urls)]\n\n",
    );
    text.push_str(&prettyplease::unparse(&client));
    files.add("crates/api/src/generated/client.rs", text);
    files.add("crates/api/src/generated/enums.rs", enums(source.api));
    files.add(
        "crates/api/src/generated/mod.rs",
        rust::file(quote! {
            mod client;
            mod enums;

            pub use client::Client;

            /// The types of request and response bodies.
            pub mod types {
                pub use super::client::types::*;
                #[allow(unused_imports, unreachable_pub, reason = "a document may have no enums")]
                pub use super::enums::*;
            }
        }),
    );
    Ok(client)
}

fn settings(api: &Api) -> GenerationSettings {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote! { crate::Recorder })
        .with_map_type("::std::collections::BTreeMap")
        .with_derive("PartialEq")
        .with_crate("devin-v2-api", CrateVers::Any, None)
        .with_crate("std", CrateVers::Any, None);
    for named in &api.types {
        match &named.shape {
            Shape::Enum(_) => {
                let path = format!("crate::generated::enums::{}", named.name);
                let impls = [TypeImpl::Display, TypeImpl::FromStr];
                settings.with_replacement(&named.name, path, impls.into_iter());
            }
            // What requests send can be built field by field: `X { a, ..Default::default() }`. progenitor derives the
            // default itself where no field is required.
            Shape::Object(fields)
                if api.written.contains(&named.name)
                    && fields.iter().any(|field| field.required)
                    && defaultable(api, &named.name, 0) =>
            {
                settings.with_patch(&named.name, TypePatch::default().with_derive("Default"));
            }
            // What only responses hold may gain fields without breaking anyone.
            Shape::Object(_) if api.read.contains(&named.name) && !api.written.contains(&named.name) => {
                settings.with_patch(&named.name, TypePatch::default().with_attr("#[non_exhaustive]"));
            }
            _ => {}
        }
    }
    settings
}

/// Whether every field of a type has a default value in Rust.
fn defaultable(api: &Api, name: &str, depth: usize) -> bool {
    let Some(Shape::Object(fields)) = api.named(name).map(|named| &named.shape) else { return false };
    depth < 8
        && fields.iter().filter(|field| field.required).all(|field| match &field.ty {
            TypeRef::Named(name) => defaultable(api, name, depth + 1),
            TypeRef::Timestamp | TypeRef::UnixMillis | TypeRef::Secret => false,
            _ => true,
        })
}

fn enums(api: &Api) -> String {
    let mut enums = Vec::new();
    for named in &api.types {
        let Shape::Enum(values) = &named.shape else { continue };
        let name = format_ident!("{}", named.name);
        let docs = rust::docs(&rust::prose(&rust::sentence(if named.docs.is_empty() {
            &named.name
        } else {
            &named.docs
        })));
        let mut taken = vec!["Unknown".to_owned(), "Self".to_owned()];
        let variants = values.iter().map(|value| {
            let mut variant = value.to_upper_camel_case();
            if !variant.starts_with(|first: char| first.is_ascii_alphabetic()) {
                variant = format!("Value{variant}");
            }
            while taken.contains(&variant) {
                variant.push('_');
            }
            taken.push(variant.clone());
            let variant = format_ident!("{variant}");
            let docs = rust::docs(&format!("`{value}`"));
            quote! { #docs #variant = #value, }
        });
        let variants: Vec<_> = variants.collect();
        enums.push(quote! { crate::values::open_enum! { #docs #name { #(#variants)* } } });
    }
    rust::file(quote! { #(#enums)* })
}

/// Documents what progenitor leaves without a word, so that no public item is undocumented, and writes one attribute
/// per line of documentation, so that it reads as `///`.
struct Document;

impl VisitMut for Document {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
        let lines = attributes.drain(..).flat_map(|attribute| {
            let text = match &attribute.meta {
                syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                    syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => text.value(),
                    _ => return vec![attribute],
                },
                _ => return vec![attribute],
            };
            text.trim_end()
                .lines()
                .map(|line| {
                    let line = if line.is_empty() || line.starts_with(' ') {
                        line.to_owned()
                    } else {
                        format!(" {line}")
                    };
                    let mut attribute = attribute.clone();
                    attribute.meta = syn::parse_quote! { doc = #line };
                    attribute
                })
                .collect()
        });
        *attributes = lines.collect();
    }

    fn visit_field_mut(&mut self, field: &mut syn::Field) {
        if matches!(field.vis, syn::Visibility::Public(_)) && !documented(&field.attrs) {
            let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
            let text = match name.as_str() {
                "extra" => " Fields that this version does not know, kept as they came.".to_owned(),
                "" => " The value.".to_owned(),
                name => format!(" `{name}`, which the document does not describe."),
            };
            field.attrs.insert(0, syn::parse_quote! { #[doc = #text] });
        }
        visit_mut::visit_field_mut(self, field);
    }

    fn visit_variant_mut(&mut self, variant: &mut syn::Variant) {
        if !documented(&variant.attrs) {
            let text = format!(
                " One of the choices: {}.",
                variant.ident.to_string().to_snake_case().replace('_', " ")
            );
            variant.attrs.insert(0, syn::parse_quote! { #[doc = #text] });
        }
        visit_mut::visit_variant_mut(self, variant);
    }
}

/// Takes out what this project must not have: the `api-version` header on each request, which the service doesn't know
/// and which is the dearest thing in building a small request, and the constructor that panics on a machine without
/// certificate authorities.
struct Trim;

impl VisitMut for Trim {
    fn visit_item_impl_mut(&mut self, block: &mut syn::ItemImpl) {
        block.items.retain(|item| !matches!(item, syn::ImplItem::Fn(method) if method.sig.ident == "new"));
        visit_mut::visit_item_impl_mut(self, block);
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        // The model has no header parameters, so that the version is all there can be in the map.
        block.stmts.retain(|statement| match statement {
            syn::Stmt::Local(local) => {
                !matches!(&local.pat, syn::Pat::Ident(name) if name.ident == "header_map")
            }
            syn::Stmt::Expr(syn::Expr::MethodCall(call), _) => !is_header_map(&call.receiver),
            _ => true,
        });
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_mut(&mut self, expression: &mut syn::Expr) {
        visit_mut::visit_expr_mut(self, expression);
        if let syn::Expr::MethodCall(call) = expression
            && call.method == "headers"
            && call.args.first().is_some_and(is_header_map)
        {
            *expression = (*call.receiver).clone();
        }
    }
}

fn is_header_map(expression: &syn::Expr) -> bool {
    matches!(expression, syn::Expr::Path(path) if path.path.is_ident("header_map"))
}

fn documented(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("doc"))
}
