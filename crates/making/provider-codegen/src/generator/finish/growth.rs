//! Room for what a later document adds: a new field, a new variant, breaks nobody's code.

use syn::{Fields, Item, parse_quote};

use super::{FinishError, module};

pub(super) fn apply(file: &mut syn::File) -> Result<(), FinishError> {
    for item in module(&mut file.items, "types")? {
        match item {
            Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => {
                item.attrs.push(parse_quote!(#[non_exhaustive]));
            }
            Item::Enum(item) => item.attrs.push(parse_quote!(#[non_exhaustive])),
            _ => {}
        }
    }
    Ok(())
}
