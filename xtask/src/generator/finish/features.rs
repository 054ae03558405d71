//! What needs an HTTP stack is there with the feature `client` only.

use syn::{Attribute, Item, parse_quote};

use super::{FinishError, attributes_of, module};

pub(super) fn apply(file: &mut syn::File) -> Result<(), FinishError> {
    module(&mut file.items, "types")?;
    for item in &mut file.items {
        if matches!(item, Item::Mod(module) if module.ident == "types") {
            continue;
        }
        let gate: Attribute = parse_quote!(#[cfg(feature = "client")]);
        if let Some(attributes) = attributes_of(item) {
            attributes.insert(0, gate);
        }
    }
    Ok(())
}
