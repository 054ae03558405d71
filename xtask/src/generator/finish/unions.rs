//! Unions whose members are told apart by what they lose, and not by which one comes first.

use quote::quote;
use syn::{Attribute, Fields, Item, Token, parse_quote, punctuated::Punctuated};

use super::{FinishError, module};

pub(super) fn apply(file: &mut syn::File) -> Result<(), FinishError> {
    let types = module(&mut file.items, "types")?;
    let mut finished = Vec::with_capacity(types.len());
    for mut item in std::mem::take(types) {
        let implementation = match &mut item {
            Item::Enum(union) if is_untagged(&union.attrs) => decoding(union),
            _ => None,
        };
        finished.push(item);
        finished.extend(implementation);
    }
    *types = finished;
    Ok(())
}

fn is_untagged(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| *attribute == parse_quote!(#[serde(untagged)]))
}

/// `Deserialize` for a union each member of which is one type, in place of the derived one.
fn decoding(union: &mut syn::ItemEnum) -> Option<Item> {
    let single = |variant: &syn::Variant| matches!(&variant.fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1);
    if !union.variants.iter().all(single) || !underive(&mut union.attrs) {
        return None;
    }
    let name = &union.ident;
    let forms = union.variants.iter().map(|variant| {
        let variant = &variant.ident;
        quote! { |text| ::provider_runtime::one_of::read(text).map(Self::#variant) }
    });
    Some(parse_quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                ::provider_runtime::one_of::decode(deserializer, &[#(#forms),*])
            }
        }
    })
}

/// Takes `Deserialize` out of the derives; says whether it was there.
fn underive(attributes: &mut [Attribute]) -> bool {
    let mut found = false;
    for attribute in attributes {
        if !attribute.path().is_ident("derive") {
            continue;
        }
        let Ok(paths) =
            attribute.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated)
        else {
            continue;
        };
        let is_it = |path: &syn::Path| {
            path.segments
                .last()
                .is_some_and(|last| last.ident == "Deserialize")
        };
        found |= paths.iter().any(is_it);
        let kept = paths.into_iter().filter(|path| !is_it(path));
        *attribute = parse_quote!(#[derive(#(#kept),*)]);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_union_of_types_decodes_by_what_is_lost() {
        let mut file: syn::File = parse_quote! {
            pub mod types {
                #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
                #[serde(untagged)]
                pub enum Either { A(String), B(Vec<i64>) }
                #[derive(::serde::Deserialize, ::serde::Serialize)]
                pub enum Tagged { A(String) }
            }
        };
        apply(&mut file).unwrap();
        let source = prettyplease::unparse(&file);
        assert_eq!(source.matches("one_of::read").count(), 2, "{source}");
        assert!(
            source.contains("#[derive(::serde::Serialize, Clone)]"),
            "{source}"
        );
        assert!(
            source.contains("#[derive(::serde::Deserialize, ::serde::Serialize)]"),
            "{source}"
        );
    }
}
