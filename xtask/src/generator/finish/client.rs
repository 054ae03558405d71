//! The client: built by the run time's builder only, and without headers that nobody asked for.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ImplItem, Item, Lit, Stmt, Type};

use super::FinishError;

/// The header that progenitor sends and none of these providers knows.
const API_VERSION: &str = "api-version";

pub(super) fn apply(file: &mut syn::File) -> Result<(), FinishError> {
    let constructors = remove_constructors(file);
    if constructors != 2 {
        return Err(FinishError::missing(
            "`Client::new` and `Client::new_with_client`",
        ));
    }
    file.items.retain(|item| !is_module(item, "prelude"));
    // The hand-written crate root chooses what is public.
    for item in &mut file.items {
        if let Item::Use(item) = item {
            item.vis = syn::Visibility::Inherited;
        }
    }
    drop_unused_import(super::module(&mut file.items, "builder")?);
    let mut headers = Headers {
        removed: 0,
        operations: 0,
    };
    headers.visit_file_mut(file);
    if headers.removed != headers.operations {
        return Err(FinishError::missing(format!(
            "`{API_VERSION}` header in every operation"
        )));
    }
    Ok(())
}

/// Without an operation that has a type of its own, the import of the types is of no use.
fn drop_unused_import(builder: &mut Vec<Item>) {
    let of_types = |item: &Item| matches!(item, Item::Use(import) if import.to_token_stream().to_string() == "use super :: types ;");
    let used = builder
        .iter()
        .filter(|item| !of_types(item))
        .any(|item| mentions(item.to_token_stream(), "types"));
    if !used {
        builder.retain(|item| !of_types(item));
    }
}

fn mentions(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
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

/// Takes the `api-version` header out of each operation.
struct Headers {
    removed: usize,
    operations: usize,
}

impl VisitMut for Headers {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        let before = block.stmts.len();
        block
            .stmts
            .retain(|statement| !appends_api_version(statement));
        self.removed += before - block.stmts.len();
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_call_mut(&mut self, call: &mut syn::ExprCall) {
        // The map is made one larger than what is left to go into it; empty, it allocates nothing.
        let made = matches!(&*call.func, Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "with_capacity"));
        if let (true, Some(Expr::Lit(literal))) = (made, call.args.first_mut())
            && let Lit::Int(size) = &literal.lit
        {
            self.operations += 1;
            let size = size.base10_parse::<usize>().unwrap_or(1).saturating_sub(1);
            literal.lit = Lit::Int(syn::LitInt::new(
                &format!("{size}usize"),
                proc_macro2::Span::call_site(),
            ));
        }
        visit_mut::visit_expr_call_mut(self, call);
    }
}

fn appends_api_version(statement: &Stmt) -> bool {
    let Stmt::Expr(Expr::MethodCall(call), _) = statement else {
        return false;
    };
    let Some(Expr::Call(name)) = call.args.first() else {
        return false;
    };
    call.method == "append"
        && matches!(name.args.first(), Some(Expr::Lit(literal)) if matches!(&literal.lit, Lit::Str(text) if text.value() == API_VERSION))
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn the_import_of_the_types_goes_only_where_no_operation_names_one() {
        let mut unused = vec![
            parse_quote!(
                use super::types;
            ),
            parse_quote!(
                fn send() -> Option<RawBody> {
                    None
                }
            ),
        ];
        drop_unused_import(&mut unused);
        assert_eq!(unused.len(), 1);
        let mut used = vec![
            parse_quote!(
                use super::types;
            ),
            parse_quote!(
                fn send() -> Option<types::A> {
                    None
                }
            ),
        ];
        drop_unused_import(&mut used);
        assert_eq!(used.len(), 2);
    }
}
