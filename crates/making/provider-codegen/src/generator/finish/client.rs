//! The client: built by the run time's builder only, and with no import that nothing uses.

use syn::{ImplItem, Item, Type, parse_quote};

use super::FinishError;

pub(super) fn apply(file: &mut syn::File) -> Result<(), FinishError> {
    let constructors = remove_constructors(file);
    if constructors != 2 {
        return Err(FinishError::missing(
            "`Client::new` and `Client::new_with_client`",
        ));
    }
    file.items.retain(|item| !is_module(item, "prelude"));
    // The client has no steps of its own: a call goes through the session.
    file.items
        .retain(|item| !matches!(item, Item::Use(_)) && !implements(item, "ClientHooks"));
    file.items.insert(
        0,
        parse_quote!(
            use provider_runtime::ClientInfo;
        ),
    );
    Ok(())
}

/// Removes the constructors that panic or go past the settings' checks; gives back how many there were.
fn remove_constructors(file: &mut syn::File) -> usize {
    let mut removed = 0;
    file.items.retain_mut(|item| {
        let Item::Impl(block) = item else { return true };
        if block.trait_.is_some() || !is_path(&block.self_ty, "Client") {
            return true;
        }
        block.items.retain(|item| {
            let constructor = matches!(item, ImplItem::Fn(function) if function.sig.ident == "new" || function.sig.ident == "new_with_client");
            removed += usize::from(constructor);
            !constructor
        });
        !block.items.is_empty()
    });
    removed
}

/// Whether `ty` is the plain path `name`.
pub(super) fn is_path(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident(name))
}

fn is_module(item: &Item, name: &str) -> bool {
    matches!(item, Item::Mod(module) if module.ident == name)
}

fn implements(item: &Item, name: &str) -> bool {
    matches!(item, Item::Impl(block) if block.trait_.as_ref().is_some_and(|(path, _)| {
        path.segments.last().is_some_and(|last| last.ident == name)
    }))
}
