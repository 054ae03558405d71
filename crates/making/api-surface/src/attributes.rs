//! What the attributes of an item mean for the listing.

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Path, Token};

use crate::text;

/// Attributes that change what a user may do with an item.
const SHOWN: [&str; 4] = ["non_exhaustive", "must_use", "deprecated", "repr"];

/// Whether an item is no part of the API: `#[doc(hidden)]` or only for tests.
pub(crate) fn is_left_out(attributes: &[Attribute]) -> bool {
    is_hidden(attributes) || is_test_only(attributes)
}

/// Whether `#[doc(hidden)]` is there.
pub(crate) fn is_hidden(attributes: &[Attribute]) -> bool {
    has_list(attributes, "doc", "hidden")
}

/// Whether `#[cfg(test)]` is there.
pub(crate) fn is_test_only(attributes: &[Attribute]) -> bool {
    has_list(attributes, "cfg", "test")
}

fn has_list(attributes: &[Attribute], name: &str, argument: &str) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident(name) && list.tokens.to_string() == argument,
        _ => false,
    })
}

/// Whether an attribute of this name is there.
pub(crate) fn has(attributes: &[Attribute], name: &str) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident(name))
}

/// Each `#[cfg(…)]`, as written.
pub(crate) fn cfgs(attributes: &[Attribute]) -> Vec<String> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .map(|attribute| text::attribute(&attribute.meta.to_token_stream()))
        .collect()
}

/// The attributes that a listing shows before the item, each with a space after
/// it. The words of `must_use` and `deprecated` are no part of the API.
pub(crate) fn shown(attributes: &[Attribute]) -> String {
    let mut shown: Vec<String> = attributes
        .iter()
        .filter_map(|attribute| {
            let name = SHOWN.iter().find(|name| attribute.path().is_ident(name))?;
            Some(match &attribute.meta {
                Meta::List(list) if *name == "repr" => {
                    text::attribute(&list.to_token_stream()) + " "
                }
                _ => format!("#[{name}] "),
            })
        })
        .collect();
    shown.sort();
    shown.concat()
}

/// A derived trait and the `#[cfg(…)]` under which it is derived.
pub(crate) struct Derive {
    pub(crate) name: String,
    pub(crate) cfg: Option<String>,
}

/// The derived traits by the last part of their path.
pub(crate) fn derives(attributes: &[Attribute]) -> Vec<Derive> {
    let mut derives = Vec::new();
    for attribute in attributes {
        if attribute.path().is_ident("derive") {
            add_derives(&attribute.meta, None, &mut derives);
        }
        if !attribute.path().is_ident("cfg_attr") {
            continue;
        }
        let parsed = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        let mut parts = parsed.into_iter().flatten();
        let Some(predicate) = parts.next() else {
            continue;
        };
        let cfg = text::attribute(&quote::quote!(cfg(#predicate)));
        for meta in parts.filter(|meta| meta.path().is_ident("derive")) {
            add_derives(&meta, Some(&cfg), &mut derives);
        }
    }
    derives
}

fn add_derives(meta: &Meta, cfg: Option<&String>, derives: &mut Vec<Derive>) {
    let Meta::List(list) = meta else { return };
    let parsed = list.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
    let names = parsed.into_iter().flatten();
    derives.extend(names.filter_map(|path| {
        Some(Derive {
            name: path.segments.last()?.ident.to_string(),
            cfg: cfg.cloned(),
        })
    }));
}

/// The path in `#[path = "…"]`.
pub(crate) fn path_of_module(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let Meta::NameValue(pair) = &attribute.meta else {
            return None;
        };
        match &pair.value {
            syn::Expr::Lit(literal) if pair.path.is_ident("path") => match &literal.lit {
                syn::Lit::Str(path) => Some(path.value()),
                _ => None,
            },
            _ => None,
        }
    })
}
