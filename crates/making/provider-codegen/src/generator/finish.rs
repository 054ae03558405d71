//! What progenitor's output needs before it is a crate's: each step one module.
//!
//! A step that does not find what every client has fails: progenitor's output is then not what these steps know.

mod attributes;
mod authentication;
mod builders;
mod calls;
mod client;
mod debug;
mod docs;
mod fields;
mod flattened;
mod growth;
mod implemented;
mod nullable;
mod other_members;
mod pages;
mod paging;
mod provider;
mod requests;
mod runtime_names;
mod security;
mod setters;
mod short_paths;
mod syntax;
mod type_builders;
mod type_docs;
mod unions;
mod wire_names;

use std::collections::BTreeMap;

use openapi_lower::plan::Plan;
use proc_macro2::{TokenStream, TokenTree};
use requests::Request;
use short_paths::Short;
use spec_documents::Config;
use syn::Item;
use syn::visit_mut::VisitMut;
use thiserror::Error;

use crate::signatures::Signature;

pub(super) use attributes::{attributes_of, wire_name};
pub(super) use builders::Printer;
pub(super) use implemented::clear;
pub(super) use syntax::of_run_time;
pub(super) use type_builders::TypeBuilders;

/// Why a generator's output cannot be finished.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FinishError {
    /// progenitor's output is not what the finishing steps know.
    #[error(
        "the generated code has no {missing}: this generator's output is not what the finishing steps of provider-codegen know; adapt the step or pin the generator's version"
    )]
    Missing {
        /// What was looked for.
        missing: String,
    },
    /// An operation cannot page as its configuration says.
    #[error("provider.toml, operations.{operation}.paging.{key}: {cause}")]
    Paging {
        /// The operation.
        operation: String,
        /// The key of its paging.
        key: String,
        /// What is wrong.
        cause: String,
    },
}

impl FinishError {
    pub(super) fn missing(what: impl Into<String>) -> Self {
        Self::Missing {
            missing: what.into(),
        }
    }
}

/// A client, of which the builders are made as they are printed: all of them together would take most of the memory.
pub struct Finished<'a> {
    /// What its operations take and give, by their names.
    pub signatures: Vec<Signature>,
    /// All but the builders.
    pub(super) items: Vec<Item>,
    pub(super) requests: Vec<Request<'a>>,
    pub(super) short: Short,
}

impl Finished<'_> {
    /// How many types it has.
    pub fn types(&self) -> usize {
        let modules = self.items.iter().filter_map(|item| match item {
            Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
            _ => None,
        });
        let items = modules.flat_map(|(_, items)| items);
        items.filter(|item| name_of(item).is_some()).count()
    }
}

/// Turns a generator's output into a client, by what is decided of the document. `origins` has the page that documents a
/// schema or an operation, by its JSON pointer.
///
/// # Errors
///
/// [`FinishError`] when the output lacks something that a step has to change.
pub fn finish<'a>(
    mut file: syn::File,
    plan: &'a Plan,
    config: &Config,
    origins: &BTreeMap<String, String>,
) -> Result<Finished<'a>, FinishError> {
    let operations = &plan.operations;
    wire_names::apply(&mut file);
    runtime_names::apply(&mut file)?;
    client::apply(&mut file)?;
    other_members::exact(&mut file);
    let mut short = Short::of(&file);
    let (requests, signatures) = requests::read(&mut file, operations, config, &mut short)?;
    debug::apply(&mut file, &plan.types)?;
    let open = other_members::apply(&mut file)?;
    nullable::apply(&mut file);
    unions::apply(&mut file, &plan.types)?;
    flattened::apply(&mut file)?;
    growth::apply(&mut file)?;
    let owners = type_docs::apply(&mut file, plan, &requests)?;
    pages::apply(&mut file, operations, config, origins, &owners)?;
    provider::apply(&mut file, operations, config);
    implemented::apply(&mut file, &open)?;
    docs::Docs.visit_file_mut(&mut file);
    short.visit_file_mut(&mut file);
    Ok(Finished {
        signatures,
        items: file.items,
        requests,
        short,
    })
}

/// The name of a type.
fn name_of(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
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
fn module<'a>(items: &'a mut [Item], name: &str) -> Result<&'a mut Vec<Item>, FinishError> {
    items
        .iter_mut()
        .find_map(|item| match item {
            Item::Mod(module) if module.ident == name => {
                module.content.as_mut().map(|(_, items)| items)
            }
            _ => None,
        })
        .ok_or_else(|| FinishError::missing(format!("module `{name}`")))
}

#[cfg(test)]
pub(super) mod tests {
    use openapi_lower::Lowered;
    use serde_json::json;

    use super::super::{Generator, Progenitor};
    use super::*;

    /// A document with what every step is there for.
    fn lowered() -> Lowered {
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/refunds/{id}": {"post": {
                "operationId": "create",
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
                "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}},
            }}},
            "components": {"schemas": {
                "Order": {"type": "object", "properties": {"note": {"type": "string", "deprecated": true, "x-log-safe": true}}},
                "Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": ["cat"]}}},
                "Dog": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": ["dog"]}}},
                "Pet": {
                    "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
                    "discriminator": {"propertyName": "kind", "mapping": {"cat": "Cat", "dog": "Dog"}},
                },
            }},
        });
        openapi_lower::lower(&document).unwrap()
    }

    /// What `print` makes of the client of that document, whose generated code is changed before.
    pub(in crate::generator) fn finished<T>(
        change: impl FnOnce(&mut syn::File),
        print: impl FnOnce(Finished<'_>) -> T,
    ) -> Result<T, FinishError> {
        let lowered = lowered();
        let mut file = Progenitor.generate(&lowered.document).unwrap();
        change(&mut file);
        let config = Config::parse(
            "provider.toml",
            "name = \"acme\"\ntitle = \"Acme\"\n[hosts.production]\nurl = \"https://acme.example\"\nsource = \"page\"\n\
             [authentication]\nscheme = \"bearer\"\nsource = \"page\"\n[operations.create]\ncall = \"POST /refunds/{id}\"\nmoves_money = true\n",
        );
        finish(file, &lowered.plan, &config.unwrap(), &BTreeMap::new()).map(print)
    }

    /// Takes the items of these names away, wherever they are.
    struct Without(&'static [&'static str]);

    impl VisitMut for Without {
        fn visit_file_mut(&mut self, file: &mut syn::File) {
            self.clean(&mut file.items);
        }

        fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
            let items = module.content.as_mut().map(|(_, items)| items);
            items.into_iter().for_each(|items| self.clean(items));
        }

        fn visit_item_impl_mut(&mut self, block: &mut syn::ItemImpl) {
            block.items.retain(|item| match item {
                syn::ImplItem::Fn(function) => !self.names(&function.sig.ident),
                _ => true,
            });
            for item in &mut block.items {
                if let syn::ImplItem::Fn(function) = item {
                    let inputs = std::mem::take(&mut function.sig.inputs).into_iter();
                    let is_kept = |input: &syn::FnArg| match input {
                        syn::FnArg::Typed(input) => {
                            !matches!(&*input.pat, syn::Pat::Ident(name) if self.names(&name.ident))
                        }
                        syn::FnArg::Receiver(_) => true,
                    };
                    function.sig.inputs = inputs.filter(is_kept).collect();
                }
            }
        }

        fn visit_fields_named_mut(&mut self, fields: &mut syn::FieldsNamed) {
            let named = std::mem::take(&mut fields.named).into_iter();
            let is_kept =
                |field: &syn::Field| !field.ident.as_ref().is_some_and(|name| self.names(name));
            fields.named = named.filter(is_kept).collect();
        }
    }

    impl Without {
        fn names(&self, name: &proc_macro2::Ident) -> bool {
            self.0.iter().any(|gone| name == gone)
        }

        fn clean(&mut self, items: &mut Vec<Item>) {
            items.retain(|item| match item {
                Item::Mod(module) => !self.names(&module.ident),
                Item::Struct(item) => !self.names(&item.ident),
                Item::Enum(item) => !self.names(&item.ident),
                _ => true,
            });
            items.iter_mut().for_each(|item| self.visit_item_mut(item));
        }
    }

    #[test]
    fn a_step_that_does_not_find_what_it_is_there_for_says_what_is_missing() {
        for (gone, missing) in [
            (&["types"][..], "module `types`"),
            (&["error"], "module `error`"),
            (&["new"], "`Client::new` and `Client::new_with_client`"),
            (&["Client"], "struct `Client`"),
            (&["create"], "function for each operation"),
            (&["id", "body"], "field for `id` in `builder::Create`"),
            (
                &["note"],
                "field in `Order` for each of its members that may be shown",
            ),
            (&["Pet"], "union `Pet`"),
        ] {
            let outcome = finished(|file| Without(gone).visit_file_mut(file), |_| ());
            assert_eq!(outcome, Err(FinishError::missing(missing)), "{gone:?}");
        }
        assert!(finished(|_| (), |_| ()).is_ok());
    }
}
