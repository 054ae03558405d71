//! Unions whose members are told apart by what they lose, and not by which one comes first.

use std::collections::BTreeMap;

use openapi_lower::plan::{Tag, Type};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, Item, parse_quote};

use super::attributes::{serde_says, underive};
use super::{FinishError, module};

pub(super) fn apply(
    file: &mut syn::File,
    planned: &BTreeMap<String, Type>,
) -> Result<(), FinishError> {
    let types = module(&mut file.items, "types")?;
    let mut finished = Vec::with_capacity(types.len());
    for mut item in std::mem::take(types) {
        let implementation = match &mut item {
            Item::Enum(union) if serde_says(&union.attrs, "untagged").is_some() => {
                decoding(union, planned)
            }
            _ => None,
        };
        finished.push(item);
        finished.extend(implementation);
    }
    let is_there = |name: &str| {
        let mut unions = finished.iter();
        unions.any(|item| matches!(item, Item::Enum(union) if union.ident == name))
    };
    let mut told_apart = planned.iter();
    let lost = told_apart.find(|(name, found)| found.told_apart_by.is_some() && !is_there(name));
    if let Some((name, _)) = lost {
        return Err(FinishError::missing(format!("union `{name}`")));
    }
    *types = finished;
    Ok(())
}

/// `Deserialize` for a union each member of which is one type, in place of the derived one.
fn decoding(union: &mut syn::ItemEnum, planned: &BTreeMap<String, Type>) -> Option<Item> {
    let single = |variant: &syn::Variant| matches!(&variant.fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1);
    if !union.variants.iter().all(single) || !underive(&mut union.attrs, "Deserialize") {
        return None;
    }
    let name = &union.ident;
    let form = |variant: &syn::Variant| {
        let variant = &variant.ident;
        quote! { |text| ::provider_runtime::one_of::read(text).map(Self::#variant) }
    };
    let other = union.variants.iter().position(takes_anything);
    let forms = union.variants.iter().enumerate();
    let forms = forms
        .filter(|(index, _)| Some(*index) != other)
        .map(|(_, variant)| form(variant));
    let tag = planned
        .get(&name.to_string())
        .and_then(|planned| tag_of(planned.told_apart_by.as_ref()?, union.variants.len(), other));
    let other = match other.and_then(|index| union.variants.get(index)) {
        Some(other) => {
            let other = form(other);
            quote! { ::std::option::Option::Some(#other) }
        }
        None => quote! { ::std::option::Option::None },
    };
    let decoded = match tag {
        Some(tag) => {
            quote! { ::provider_runtime::one_of::decode_tagged(deserializer, &#tag, &[#(#forms),*], #other) }
        }
        None => {
            quote! { ::provider_runtime::one_of::decode(deserializer, &[#(#forms),*], #other) }
        }
    };
    Some(parse_quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                #decoded
            }
        }
    })
}

/// Whether a variant is any JSON.
fn takes_anything(variant: &syn::Variant) -> bool {
    let any: syn::Type = parse_quote!(::provider_runtime::Json);
    variant.fields.iter().all(|field| field.ty == any)
}

/// The tag of a union for the run time, without the variant `other`, if it knows no more members than there are
/// variants.
fn tag_of(tag: &Tag, variants: usize, other: Option<usize>) -> Option<TokenStream> {
    let Tag { name, values, none } = tag;
    if values.len() > variants {
        return None;
    }
    let told = values.iter().enumerate();
    let told = told.filter(|(index, _)| Some(*index) != other);
    let values = told.map(|(_, values)| quote! { &[#(#values),*] });
    Some(quote! {
        ::provider_runtime::one_of::Tag { name: #name, values: &[#(#values),*], none: #none }
    })
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
        apply(&mut file, &BTreeMap::new()).unwrap();
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

    #[test]
    fn the_values_that_tell_members_apart_are_given_to_the_run_time() {
        let mut file: syn::File = parse_quote! {
            pub mod types {
                #[derive(::serde::Deserialize, ::serde::Serialize)]
                #[serde(untagged)]
                pub enum AnyPet { Cat(Cat), Dog(Dog), Other(::provider_runtime::Json) }
            }
        };
        let tag = Tag {
            name: "kind".to_owned(),
            values: vec![vec!["cat".to_owned()], Vec::new()],
            none: true,
        };
        let planned = Type {
            told_apart_by: Some(tag),
            ..Type::default()
        };
        apply(&mut file, &BTreeMap::from([("AnyPet".to_owned(), planned)])).unwrap();
        let source: String = prettyplease::unparse(&file).split_whitespace().collect();
        assert!(
            source.contains(r#"Tag{name:"kind",values:&[&["cat"],&[]],none:true,}"#),
            "{source}"
        );
    }
}
