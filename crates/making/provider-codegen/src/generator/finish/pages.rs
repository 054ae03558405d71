//! The page that documents an operation or a type.

use std::collections::BTreeMap;

use heck::ToPascalCase;
use openapi_lower::plan::Operation;
use openapi_model::pointer;
use spec_documents::Config;
use syn::{ImplItem, Item};

use super::docs::doc;
use super::{FinishError, attributes_of, module, name_of};

pub(super) fn apply(
    file: &mut syn::File,
    operations: &[Operation],
    config: &Config,
    origins: &BTreeMap<String, String>,
) -> Result<(), FinishError> {
    let of_types: BTreeMap<String, &String> = origins
        .iter()
        .filter_map(|(at, page)| {
            let name = at.strip_prefix("/components/schemas/")?;
            Some((pointer::unescape(name).to_pascal_case(), page))
        })
        .collect();
    for item in module(&mut file.items, "types")? {
        let page = name_of(item).and_then(|name| of_types.get(&name));
        if let (Some(page), Some(attributes)) = (page, attributes_of(item)) {
            name_page(attributes, page);
        }
    }
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
