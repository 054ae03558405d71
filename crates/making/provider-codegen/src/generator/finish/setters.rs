//! Functions that take a value: of parameters, and of the members of what is sent.

use proc_macro2::Ident;
use syn::visit_mut::VisitMut;
use syn::{Attribute, GenericArgument, ImplItemFn, PathArguments, Type, parse_quote};

use super::attributes::{doc, text_of};
use super::docs::{normal, repeats, tidy};
use super::short_paths::Short;
use super::syntax::Holes;

/// The functions, with names in place of what differs.
pub(super) struct Setters {
    always: ImplItemFn,
    checked: ImplItemFn,
}

impl Setters {
    pub(super) fn new(short: &mut Short) -> Self {
        let mut setters = Self {
            always: parse_quote! {
                pub fn MEMBER(mut self, value: impl ::std::convert::Into<Held>) -> Self {
                    self.MEMBER = runtime::Given::value(value);
                    self
                }
            },
            checked: parse_quote! {
                pub fn MEMBER(mut self, value: impl ::std::convert::TryInto<Held, Error: ::std::fmt::Display>) -> Self {
                    self.MEMBER = runtime::Given::checked(value);
                    self
                }
            },
        };
        short.visit_impl_item_fn_mut(&mut setters.always);
        short.visit_impl_item_fn_mut(&mut setters.checked);
        setters
    }

    /// A function that takes the value of `ident`, which is a `Given` of this type.
    pub(super) fn setter(
        &self,
        ident: &Ident,
        ty: &Type,
        attributes: Vec<Attribute>,
    ) -> ImplItemFn {
        let template = match converts_always(ty) {
            true => &self.always,
            false => &self.checked,
        };
        let mut holes = Holes {
            idents: &[("MEMBER", ident)],
            types: &[("Held", ty)],
            ..Holes::default()
        };
        let mut setter = holes.filled(template, Holes::visit_impl_item_fn_mut);
        setter.attrs = attributes;
        setter
    }
}

/// The documentation of a function that takes a value; where the document says nothing of it, whether it is needed.
pub(super) fn documented(ident: &Ident, said: Vec<Attribute>, is_needed: bool) -> Vec<Attribute> {
    let text: String = said.iter().filter_map(text_of).collect();
    let text = tidy(&text).concat();
    if !text.is_empty() && !repeats(&text, &ident.to_string()) {
        return said;
    }
    let note = if is_needed {
        " Must be given."
    } else {
        " May be left out."
    };
    let others = said
        .into_iter()
        .filter(|attribute| text_of(attribute).is_none());
    [doc(note)].into_iter().chain(others).collect()
}

/// Whether whatever becomes the type does so without a check. A number of another type may be too large, a literal
/// is an `i32`, and what the document limits may be refused.
fn converts_always(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return true };
    let first = path.path.segments.first();
    let of_another = first.is_some_and(|first| {
        ["types", "super", "provider_runtime"]
            .iter()
            .any(|name| first.ident == name)
    });
    let Some(last) = path.path.segments.last() else {
        return true;
    };
    let is_checked = [
        "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "usize", "isize", "f32",
    ]
    .iter()
    .any(|name| last.ident == name)
        || last.ident.to_string().starts_with("NonZero");
    let takes_any = ["Nullable", "Json", "JsonObject"]
        .iter()
        .any(|name| last.ident == name);
    takes_any || !(of_another || is_checked)
}

/// `T` of `…::NAME<T>`.
pub(super) fn argument<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let is_it = path.path.segments.last()?.ident == name;
    is_it.then(|| arguments(ty).next())?
}

/// The types that a type is made with.
pub(super) fn arguments(ty: &Type) -> impl Iterator<Item = &Type> {
    let last = match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    let list = match last.map(|last| &last.arguments) {
        Some(PathArguments::AngleBracketed(list)) => Some(&list.args),
        _ => None,
    };
    list.into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        })
}

/// Lines of documentation, each of which is an attribute.
pub(super) fn docs<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Attribute> {
    let mut lines: Vec<String> = Vec::new();
    for text in texts {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(tidy(text));
    }
    normal(&mut lines).iter().map(|line| doc(line)).collect()
}

#[cfg(test)]
mod tests {
    use quote::format_ident;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn a_function_of_which_nothing_is_said_tells_whether_it_is_needed() {
        let text = |said: Vec<Attribute>, is_needed| {
            let found = documented(&format_ident!("card_number"), said, is_needed);
            found.iter().filter_map(text_of).collect::<String>()
        };
        assert_eq!(text(Vec::new(), true), " Must be given.");
        assert_eq!(
            text(vec![parse_quote!(#[doc = " Card number."])], false),
            " May be left out."
        );
        assert_eq!(
            text(vec![parse_quote!(#[doc = " Without spaces."])], false),
            " Without spaces."
        );
        let old = documented(&format_ident!("a"), vec![parse_quote!(#[deprecated])], true);
        assert_eq!(old.len(), 2);
    }
}
