//! `Debug` that shows no value unless the document marks it as safe to log.

use std::collections::{BTreeMap, BTreeSet};

use openapi_lower::plan::Type;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Fields, Item, Token, parse_quote, punctuated::Punctuated};

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
    remove_derive(&mut client.attrs);
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
            Item::Struct(item) => remove_derive(&mut item.attrs),
            // An enum of bare words holds nothing but itself.
            Item::Enum(item) => {
                let holds = item
                    .variants
                    .iter()
                    .any(|variant| !variant.fields.is_empty());
                holds && remove_derive(&mut item.attrs)
            }
            _ => false,
        };
        let implementation = match &item {
            Item::Struct(item) if is_of_values => {
                let (name, shown) = (
                    &item.ident,
                    shown(item, planned.get(&item.ident.to_string()))?,
                );
                Some(parse_quote! { ::provider_runtime::shown!(#name #(, #shown)*); })
            }
            Item::Enum(item) if is_of_values => {
                let (name, variants) = (&item.ident, variants(item, &names));
                Some(
                    parse_quote! { ::provider_runtime::shown_variants!(#name { #(#variants),* }); },
                )
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
    let named = fields
        .named
        .iter()
        .filter_map(|field| Some((field, field.ident.as_ref()?)));
    let is_safe = |field: &syn::Field, ident: &syn::Ident| {
        let name = wire_name(&field.attrs).unwrap_or_else(|| ident.to_string());
        safe.contains(name.as_str())
    };
    let shown: Vec<_> = named
        .filter(|(field, ident)| is_safe(field, ident))
        .map(|(_, ident)| ident)
        .collect();
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
            (None, _) => quote! { #ident },
            (Some(field), None) if field.ident.is_none() && of_generated(field) => {
                quote! { #ident(inner) }
            }
            _ => quote! { #ident(..) },
        }
    });
    shown.collect()
}

/// The name that `#[serde(rename = "…")]` gives a field.
pub(crate) fn wire_name(attributes: &[Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
    {
        // Other settings of serde are passed over; their values are read so that the next one is reached.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.input.peek(Token![=]) {
                let value: syn::Expr = meta.value()?.parse()?;
                if let (true, syn::Expr::Lit(literal)) = (meta.path.is_ident("rename"), &value)
                    && let syn::Lit::Str(text) = &literal.lit
                {
                    name = Some(text.value());
                }
            }
            Ok(())
        });
    }
    name
}

/// Takes `Debug` out of the derives; says whether it was there.
fn remove_derive(attributes: &mut [Attribute]) -> bool {
    let mut removed = false;
    for attribute in attributes
        .iter_mut()
        .filter(|attribute| attribute.path().is_ident("derive"))
    {
        let Ok(derives) =
            attribute.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated)
        else {
            continue;
        };
        let kept: Vec<_> = derives
            .iter()
            .filter(|path| {
                path.segments
                    .last()
                    .is_none_or(|last| last.ident != "Debug")
            })
            .collect();
        if kept.len() != derives.len() {
            removed = true;
            *attribute = parse_quote!(#[derive(#(#kept),*)]);
        }
    }
    removed
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
