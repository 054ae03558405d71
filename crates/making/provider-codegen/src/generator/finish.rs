//! What progenitor's output needs before it is a crate's: each step one module.
//!
//! A step that does not find what every client has fails: progenitor's output is then not what these steps know.

mod attributes;
mod calls;
mod client;
mod debug;
mod docs;
mod flattened;
mod growth;
mod nullable;
mod other_members;
mod pages;
mod provider;
mod requests;
mod runtime_names;
mod security;
mod setters;
mod short_paths;
mod type_builders;
mod type_docs;
mod unions;
mod wire_names;

use std::collections::BTreeMap;

use openapi_lower::plan::Plan;
use proc_macro2::{TokenStream, TokenTree};
use spec_documents::Config;
use thiserror::Error;

use crate::signatures::Signature;

pub(super) use attributes::{attributes_of, wire_name};

/// progenitor's output is not what the finishing steps know.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "the generated code has no {missing}: this generator's output is not what the finishing steps of provider-codegen know; adapt the step or pin the generator's version"
)]
pub struct FinishError {
    /// What was looked for.
    pub missing: String,
}

impl FinishError {
    pub(super) fn missing(what: impl Into<String>) -> Self {
        Self {
            missing: what.into(),
        }
    }
}

/// Turns a generator's output, by what is decided of the document, into the generated part of a provider crate, and
/// gives the signatures of its operations, by their names. `origins` has the page that documents a schema or an operation,
/// by its JSON pointer.
///
/// # Errors
///
/// [`FinishError`] when the output lacks something that a step has to change.
pub fn finish(
    file: &mut syn::File,
    plan: &Plan,
    config: &Config,
    origins: &BTreeMap<String, String>,
) -> Result<Vec<Signature>, FinishError> {
    wire_names::apply(file);
    runtime_names::apply(file)?;
    client::apply(file)?;
    other_members::exact(file);
    let operations = &plan.operations;
    let mut short = short_paths::Short::of(file);
    let signatures = requests::apply(file, operations, &mut short)?;
    debug::apply(file, &plan.types)?;
    other_members::apply(file)?;
    nullable::apply(file);
    unions::apply(file, &plan.types)?;
    flattened::apply(file)?;
    growth::apply(file)?;
    let owners = type_docs::apply(file, plan)?;
    pages::apply(file, operations, config, origins, &owners)?;
    type_builders::apply(file)?;
    provider::apply(file, operations, config);
    docs::apply(file);
    short_paths::apply(file, short);
    Ok(signatures)
}

/// The name of a type.
fn name_of(item: &syn::Item) -> Option<String> {
    match item {
        syn::Item::Struct(item) => Some(item.ident.to_string()),
        syn::Item::Enum(item) => Some(item.ident.to_string()),
        _ => None,
    }
}

/// Whether `name` is among the tokens.
fn mentions(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}

/// The content of the inline module `name`.
fn module<'a>(
    items: &'a mut [syn::Item],
    name: &str,
) -> Result<&'a mut Vec<syn::Item>, FinishError> {
    items
        .iter_mut()
        .find_map(|item| match item {
            syn::Item::Mod(module) if module.ident == name => {
                module.content.as_mut().map(|(_, items)| items)
            }
            _ => None,
        })
        .ok_or_else(|| FinishError::missing(format!("module `{name}`")))
}
