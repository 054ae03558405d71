//! `Debug` that shows no value unless the document marks it as safe to log.

use std::collections::{BTreeMap, BTreeSet};

use openapi_lower::plan::Type;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, Item, parse_quote};

use super::attributes::{member_name, underive};
use super::syntax::of_run_time;
use super::{FinishError, module};

pub(super) fn apply(
    file: &mut syn::File,
    planned: &BTreeMap<String, Type>,
) -> Result<(), FinishError> {
    redact(module(&mut file.items, "types")?, planned)?;
    let client = file
        .items
        .iter_mut()
        .find_map(|item| match item {
            Item::Struct(item) if item.ident == "Client" => Some(item),
            _ => None,
        })
        .ok_or_else(|| FinishError::missing("struct `Client`"))?;
    underive(&mut client.attrs, "Debug");
    file.items.push(parse_quote! {
        impl ::std::fmt::Debug for Client {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.debug_struct("Client").field("base_url", &self.baseurl).finish_non_exhaustive()
            }
        }
    });
    Ok(())
}

/// Replaces every derived `Debug` of `items` by one that shows what may be shown.
fn redact(items: &mut Vec<Item>, planned: &BTreeMap<String, Type>) -> Result<(), FinishError> {
    let names: BTreeSet<String> = items
        .iter()
        .filter_map(|item| match item {
            Item::Struct(item) => Some(item.ident.to_string()),
            Item::Enum(item) => Some(item.ident.to_string()),
            _ => None,
        })
        .collect();
    let mut finished = Vec::with_capacity(items.len() * 2);
    for mut item in std::mem::take(items) {
        let is_of_values = match &mut item {
            Item::Struct(item) => underive(&mut item.attrs, "Debug"),
            // An enum of bare words holds nothing but itself.
            Item::Enum(item) => {
                let holds = item
                    .variants
                    .iter()
                    .any(|variant| !variant.fields.is_empty());
                holds && underive(&mut item.attrs, "Debug")
            }
            _ => false,
        };
        let implementation = match &item {
            Item::Struct(item) if is_of_values => {
                let (name, shown) = (
                    &item.ident,
                    shown(item, planned.get(&item.ident.to_string()))?,
                );
                Some(of_run_time("shown", quote! { #name #(, #shown)* }))
            }
            Item::Enum(item) if is_of_values => {
                let (name, variants) = (&item.ident, variants(item, &names));
                Some(of_run_time(
                    "shown_variants",
                    quote! { #name { #(#variants),* } },
                ))
            }
            _ => None,
        };
        finished.push(item);
        finished.extend(implementation);
    }
    *items = finished;
    Ok(())
}

/// The fields of a struct that may be logged.
fn shown<'a>(
    item: &'a syn::ItemStruct,
    planned: Option<&Type>,
) -> Result<Vec<&'a syn::Ident>, FinishError> {
    let (Fields::Named(fields), Some(planned)) = (&item.fields, planned) else {
        return Ok(Vec::new());
    };
    let safe = planned.members.iter().filter(|member| member.is_shown);
    let safe: BTreeSet<&str> = safe.map(|member| member.name.as_str()).collect();
    let is_safe =
        |field: &&syn::Field| member_name(field).is_some_and(|name| safe.contains(name.as_str()));
    let shown = fields.named.iter().filter(is_safe);
    let shown: Vec<_> = shown.filter_map(|field| field.ident.as_ref()).collect();
    if shown.len() != safe.len() {
        return Err(FinishError::missing(format!(
            "field in `{}` for each of its members that may be shown",
            item.ident
        )));
    }
    Ok(shown)
}

/// Variants show a generated type inside of them, which shows nothing itself, and no bare value.
fn variants(item: &syn::ItemEnum, generated: &BTreeSet<String>) -> Vec<TokenStream> {
    let of_generated = |field: &syn::Field| matches!(&field.ty, syn::Type::Path(path) if path.path.get_ident().is_some_and(|ident| generated.contains(&ident.to_string())));
    let shown = item.variants.iter().map(|variant| {
        let ident = &variant.ident;
        let mut fields = variant.fields.iter();
        match (fields.next(), fields.next()) {
            (None, _) if variant.fields == Fields::Unit => quote! { #ident },
            (Some(field), None) if field.ident.is_none() && of_generated(field) => {
                quote! { #ident(inner) }
            }
            _ => quote! { #ident(..) },
        }
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use openapi_lower::plan::Member;
    use syn::parse_quote;

    use super::*;

    /// A type `Refund` of which this member may be shown, and no other one.
    fn refund(member: &str) -> BTreeMap<String, Type> {
        let members = [(member, true), ("email", false)].map(|(name, is_shown)| Member {
            name: name.to_owned(),
            is_shown,
            is_deprecated: false,
        });
        let planned = Type {
            members: members.to_vec(),
            ..Type::default()
        };
        BTreeMap::from([("Refund".to_owned(), planned)])
    }

    fn redacted(file: syn::File, planned: &BTreeMap<String, Type>) -> String {
        let mut items = file.items;
        redact(&mut items, planned).unwrap();
        prettyplease::unparse(&syn::File {
            shebang: None,
            frontmatter: None,
            attrs: Vec::new(),
            items,
        })
    }

    #[test]
    fn a_struct_shows_its_name_and_what_is_marked_as_safe() {
        let source = redacted(
            parse_quote! {
                #[derive(Clone, Debug)]
                pub struct Refund { #[serde(rename = "refundId", default)] pub refund_id: String, pub email: String }
            },
            &refund("refundId"),
        );
        assert!(source.contains("#[derive(Clone)]"), "{source}");
        assert!(source.contains("shown!(Refund, refund_id);"), "{source}");
    }

    #[test]
    fn a_variant_without_fields_between_its_braces_is_shown() {
        let source = redacted(
            parse_quote! {
                #[derive(Debug)]
                pub enum Paid { Object {}, Text(String), Nothing }
            },
            &BTreeMap::new(),
        );
        assert!(
            source.contains("shown_variants!(Paid { Object(..), Text(..), Nothing });"),
            "{source}"
        );
    }

    #[test]
    fn a_property_that_is_marked_and_not_found_is_an_error() {
        let mut items =
            vec![parse_quote! { #[derive(Debug)] pub struct Refund { pub other: String } }];
        assert!(redact(&mut items, &refund("id")).is_err());
    }

    #[test]
    fn an_enum_with_values_shows_only_generated_types_inside() {
        let source = redacted(
            parse_quote! {
                #[derive(Debug)]
                pub struct Body {}
                #[derive(Debug)]
                pub enum Error { Status400(Body), Text(String) }
                #[derive(Debug)]
                pub enum Word { Pending }
            },
            &BTreeMap::new(),
        );
        assert!(
            source.contains("shown_variants!(Error { Status400(inner), Text(..) });"),
            "{source}"
        );
        assert!(
            source.contains("#[derive(Debug)]\npub enum Word"),
            "{source}"
        );
    }
}
