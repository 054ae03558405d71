//! Declarations on one line, in the layout of `prettyplease`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, FnArg, Item, Pat, Path, TraitItem, Type, TypeParamBound, TypePath};

/// Names of the prelude by their full path, which generated code writes out.
const PRELUDE: [&str; 24] = [
    "borrow::ToOwned",
    "boxed::Box",
    "clone::Clone",
    "cmp::Eq",
    "cmp::Ord",
    "cmp::PartialEq",
    "cmp::PartialOrd",
    "convert::AsRef",
    "convert::From",
    "convert::Into",
    "convert::TryFrom",
    "convert::TryInto",
    "default::Default",
    "iter::IntoIterator",
    "iter::Iterator",
    "marker::Copy",
    "marker::Send",
    "marker::Sized",
    "marker::Sync",
    "option::Option",
    "result::Result",
    "string::String",
    "string::ToString",
    "vec::Vec",
];

/// Whether a path begins in the standard library.
pub(crate) fn is_standard(path: &Path) -> bool {
    path.segments.first().is_some_and(|first| {
        ["std", "core", "alloc"]
            .iter()
            .any(|name| first.ident == name)
    })
}

/// A declaration with an empty body `{}`, without that body.
pub(crate) fn header(declaration: TokenStream) -> String {
    let line = one_line(declaration);
    let line = line.strip_suffix("{}").unwrap_or(&line).trim_end();
    line.strip_suffix(',').unwrap_or(line).to_owned()
}

/// A type.
pub(crate) fn of_type(ty: &Type) -> String {
    between("type T = ", one_line(quote!(type T = #ty;)), ";")
}

/// An item of a trait, with its semicolon.
pub(crate) fn of_trait_item(item: &impl ToTokens) -> String {
    between("trait T {", one_line(quote!(trait T { #item })), "}")
}

/// A variant of an enumeration.
pub(crate) fn of_variant(variant: &syn::Variant) -> String {
    let text = between("enum T {", one_line(quote!(enum T { #variant })), "}");
    text.strip_suffix(',').unwrap_or(&text).to_owned()
}

/// An attribute given without `#[…]`.
pub(crate) fn attribute(meta: &TokenStream) -> String {
    let text = match syn::parse2::<syn::File>(quote!(#[#meta] fn f() {})) {
        Ok(file) => joined(&prettyplease::unparse(&file)),
        Err(_) => quote!(#[#meta] fn f() {}).to_string(),
    };
    between("", text, "fn f() {}")
}

fn between(before: &str, text: String, after: &str) -> String {
    let text = text.strip_prefix(before).unwrap_or(&text);
    text.strip_suffix(after).unwrap_or(text).trim().to_owned()
}

/// An item on one line, simplified. Syntax that only a newer `syn` knows is
/// given as its tokens.
pub(crate) fn one_line(item: TokenStream) -> String {
    let Ok(mut file) = syn::parse2::<syn::File>(item.clone()) else {
        return item.to_string();
    };
    let mut simplify = Simplify::default();
    simplify.visit_file_mut(&mut file);
    if simplify.met_unknown_syntax {
        return item.to_string();
    }
    joined(&prettyplease::unparse(&file))
}

fn joined(text: &str) -> String {
    let mut line = String::new();
    for part in text.lines().map(str::trim).filter(|part| !part.is_empty()) {
        if part.starts_with([')', ']', '>', '}']) && line.ends_with(',') {
            line.pop();
        }
        let touches = part.starts_with([')', ']', '>']) || line.ends_with(['(', '[', '<']);
        if !line.is_empty() && !touches {
            line.push(' ');
        }
        line.push_str(part);
    }
    line
}

/// Removes what is no part of the API: attributes, `mut` and patterns of
/// arguments; and shortens the paths of the prelude.
#[derive(Default)]
struct Simplify {
    /// `prettyplease` panics on what `syn` did not understand.
    met_unknown_syntax: bool,
}

impl VisitMut for Simplify {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        attributes.clear();
    }

    fn visit_fn_arg_mut(&mut self, argument: &mut FnArg) {
        match argument {
            FnArg::Receiver(receiver) => receiver.mutability = None,
            FnArg::Typed(typed) => {
                *typed.pat = match typed.pat.as_ref() {
                    Pat::Ident(pattern) => Pat::Ident(syn::PatIdent {
                        attrs: Vec::new(),
                        by_ref: None,
                        mutability: None,
                        ident: pattern.ident.clone(),
                        subpat: None,
                    }),
                    _ => Pat::Wild(syn::PatWild {
                        attrs: Vec::new(),
                        underscore_token: Default::default(),
                    }),
                };
            }
        }
        visit_mut::visit_fn_arg_mut(self, argument);
    }

    fn visit_path_mut(&mut self, path: &mut Path) {
        shorten(path);
        visit_mut::visit_path_mut(self, path);
    }

    fn visit_type_path_mut(&mut self, path: &mut TypePath) {
        if path.qself.is_none() {
            return visit_mut::visit_type_path_mut(self, path);
        }
        // The position of `<T as …>` counts the segments: only what is within
        // them may be shortened.
        if let Some(qself) = &mut path.qself {
            self.visit_qself_mut(qself);
        }
        for segment in &mut path.path.segments {
            self.visit_path_segment_mut(segment);
        }
    }

    fn visit_item_mut(&mut self, item: &mut Item) {
        self.met_unknown_syntax |= matches!(item, Item::Verbatim(_));
        visit_mut::visit_item_mut(self, item);
    }

    fn visit_trait_item_mut(&mut self, item: &mut TraitItem) {
        self.met_unknown_syntax |= matches!(item, TraitItem::Verbatim(_));
        visit_mut::visit_trait_item_mut(self, item);
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        self.met_unknown_syntax |= matches!(ty, Type::Verbatim(_));
        visit_mut::visit_type_mut(self, ty);
    }

    fn visit_type_param_bound_mut(&mut self, bound: &mut TypeParamBound) {
        self.met_unknown_syntax |= matches!(bound, TypeParamBound::Verbatim(_));
        visit_mut::visit_type_param_bound_mut(self, bound);
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        self.met_unknown_syntax |= matches!(expression, Expr::Verbatim(_));
        visit_mut::visit_expr_mut(self, expression);
    }
}

fn shorten(path: &mut Path) {
    let names: Vec<String> = path
        .segments
        .iter()
        .map(|part| part.ident.to_string())
        .collect();
    let [_, module, name] = names.as_slice() else {
        return;
    };
    if is_standard(path) && PRELUDE.contains(&format!("{module}::{name}").as_str()) {
        keep_last(path);
    }
}

/// Removes all of a path but its last part.
pub(crate) fn keep_last(path: &mut Path) {
    if let Some(last) = path.segments.pop() {
        path.leading_colon = None;
        path.segments.clear();
        path.segments.push(last);
    }
}
