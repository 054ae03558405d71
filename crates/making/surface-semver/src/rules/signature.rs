//! Two signatures of one function.

use openapi_drift::Step;
use syn::{FnArg, ImplItemFn, Pat, TraitItemFn};

/// What the difference of two functions, as a listing shows them, means for callers.
pub(super) fn compared(before: &str, after: &str) -> (Step, String) {
    let (without, with) = (";", " { .. }");
    if before.strip_suffix(with) == after.strip_suffix(without) && after.ends_with(without) {
        return (
            Step::Major,
            "it has no default any more: implementations outside of the crate lack it".to_owned(),
        );
    }
    if before.strip_suffix(without) == after.strip_suffix(with) && after.ends_with(with) {
        return (Step::Minor, "it has a default now".to_owned());
    }
    match (nameless(before), nameless(after)) {
        (Some(before), Some(after)) if before == after => (
            Step::Patch,
            "names of arguments only, which calls do not write".to_owned(),
        ),
        (Some(before), Some(after)) if before.sig.inputs != after.sig.inputs => (
            Step::Major,
            "it takes other arguments: calls may not compile".to_owned(),
        ),
        (Some(before), Some(after)) if before.sig.output != after.sig.output => (
            Step::Major,
            "it gives something else: code that uses the result may not compile".to_owned(),
        ),
        _ => (
            Step::Major,
            "it is declared in another way: calls may not compile".to_owned(),
        ),
    }
}

/// The function without the names of its arguments; nothing for a syntax that `syn` does not know.
fn nameless(text: &str) -> Option<ImplItemFn> {
    let declaration = text.split(" // ").next().unwrap_or(text);
    let declaration = declaration.trim_end_matches([';', '.', ' ', '{', '}']);
    let declaration = format!("{declaration} {{}}");
    let mut function = syn::parse_str::<ImplItemFn>(&declaration)
        .ok()
        .or_else(|| {
            let function = syn::parse_str::<TraitItemFn>(&declaration).ok()?;
            let signature = function.sig;
            syn::parse2(quote::quote!(#signature {})).ok()
        })?;
    for argument in &mut function.sig.inputs {
        if let FnArg::Typed(typed) = argument {
            *typed.pat = Pat::Wild(syn::PatWild {
                attrs: Vec::new(),
                underscore_token: Default::default(),
            });
        }
    }
    Some(function)
}
