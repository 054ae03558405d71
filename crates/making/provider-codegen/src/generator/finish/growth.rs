//! Room for what a later document adds: a new field, a new variant, breaks nobody's code.

use syn::{Attribute, Fields, Item, parse_quote};

use super::{FinishError, module};

pub(super) fn apply(file: &mut syn::File) -> Result<(), FinishError> {
    let grows: Attribute = parse_quote!(#[non_exhaustive]);
    for item in module(&mut file.items, "types")? {
        match item {
            Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => {
                item.attrs.push(grows.clone());
            }
            Item::Enum(item) => item.attrs.push(grows.clone()),
            _ => {}
        }
    }
    Ok(())
}
