//! Every error of a call names its operation, those before anything was sent included.

use syn::visit_mut::{self, VisitMut};
use syn::{ImplItemFn, parse_quote};

use super::{FinishError, module};

pub(super) fn apply(file: &mut syn::File) -> Result<(), FinishError> {
    let mut wrap = Wrap { sends: 0 };
    for item in module(&mut file.items, "builder")? {
        wrap.visit_item_mut(item);
    }
    Ok(())
}

struct Wrap {
    sends: usize,
}

impl VisitMut for Wrap {
    fn visit_item_impl_mut(&mut self, block: &mut syn::ItemImpl) {
        let operation = match &*block.self_ty {
            syn::Type::Path(path) => path
                .path
                .segments
                .last()
                .map(|segment| segment.ident.to_string()),
            _ => None,
        };
        for item in &mut block.items {
            if let (syn::ImplItem::Fn(function), Some(operation)) = (item, &operation)
                && function.sig.ident == "send"
            {
                wrap(function, operation);
                self.sends += 1;
            }
        }
        visit_mut::visit_item_impl_mut(self, block);
    }
}

fn wrap(function: &mut ImplItemFn, builder: &str) {
    let operation = heck::ToSnakeCase::to_snake_case(builder);
    let output = match &function.sig.output {
        syn::ReturnType::Type(_, output) => output.clone(),
        syn::ReturnType::Default => return,
    };
    let around = parse_quote!({
        let outcome: #output = async move {}.await;
        outcome.map_err(|error| error.in_operation(&super::PROVIDER, #operation))
    });
    let body = std::mem::replace(&mut function.block, around);
    Body(Some(body)).visit_block_mut(&mut function.block);
}

/// Puts a body into the block that is awaited; it is moved, since parsing it again takes long.
struct Body(Option<syn::Block>);

impl VisitMut for Body {
    fn visit_expr_async_mut(&mut self, found: &mut syn::ExprAsync) {
        if let Some(body) = self.0.take() {
            found.block = body;
        }
    }
}
