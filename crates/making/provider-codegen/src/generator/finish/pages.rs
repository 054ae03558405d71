//! The page that documents an operation or a type.

use std::collections::BTreeMap;

use heck::ToPascalCase;
use openapi_lower::plan::Operation;
use openapi_model::pointer;
use spec_documents::Config;
use syn::{ImplItem, Item};

use super::attributes::{attributes_of, doc};
use super::type_docs::Owner;
use super::{FinishError, module, name_of};

/// How deep types are within each other at most.
const DEPTH: usize = 64;

pub(super) fn apply(
    file: &mut syn::File,
    operations: &[Operation],
    config: &Config,
    origins: &BTreeMap<String, String>,
    owners: &BTreeMap<String, Owner>,
) -> Result<(), FinishError> {
    if origins.is_empty() {
        return Ok(());
    }
    let of_types: BTreeMap<String, &String> = origins
        .iter()
        .filter_map(|(at, page)| {
            let name = at.strip_prefix("/components/schemas/")?;
            Some((pointer::unescape(name).to_pascal_case(), page))
        })
        .collect();
    let of_methods: BTreeMap<&str, &String> = operations
        .iter()
        .filter_map(|operation| {
            let configured = config.operations.get(&operation.id)?;
            Some((
                operation.id.as_str(),
                origins.get(&configured.call.pointer())?,
            ))
        })
        .collect();
    for item in module(&mut file.items, "types")? {
        let Some(mut name) = name_of(item) else {
            continue;
        };
        // What stands in place is documented where what it is a part of is.
        let page = (0..DEPTH).find_map(|_| {
            let page = of_types.get(&name);
            page.or_else(|| match owners.get(&name)? {
                Owner::Operation(id) => of_methods.get(id.as_str()),
                Owner::Type(owner) => {
                    name.clone_from(owner);
                    None
                }
            })
        });
        if let (Some(page), Some(attributes)) = (page, attributes_of(item)) {
            name_page(attributes, page);
        }
    }
    for item in &mut file.items {
        let Item::Impl(block) = item else { continue };
        if block.trait_.is_some() || !super::client::is_path(&block.self_ty, "Client") {
            continue;
        }
        for item in &mut block.items {
            if let ImplItem::Fn(function) = item
                && let Some(page) = of_methods.get(function.sig.ident.to_string().as_str())
            {
                name_page(&mut function.attrs, page);
            }
        }
    }
    Ok(())
}

fn name_page(attributes: &mut Vec<syn::Attribute>, page: &str) {
    let end = attributes
        .iter()
        .rposition(|attribute| attribute.path().is_ident("doc"));
    let at = end.map_or(0, |end| end + 1);
    let page = page.replace('\n', " ");
    attributes.splice(at..at, [doc(""), doc(&format!(" Page: {page}"))]);
}
