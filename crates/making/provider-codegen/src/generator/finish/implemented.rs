//! What serde's derives would print for each type, and the run time has once for all: a line of each.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{Attribute, Field, Fields, Item, ItemEnum, ItemStruct, Type};

use super::attributes::{derives, member_name, serde_says, underive};
use super::other_members::is_others;
use super::setters::argument;
use super::syntax::of_run_time;
use super::{FinishError, module};

/// `open` are the structs of which the document says that they may have other members.
pub(super) fn apply(file: &mut syn::File, open: &BTreeSet<String>) -> Result<(), FinishError> {
    let types = module(&mut file.items, "types")?;
    let words: BTreeSet<String> = types.iter().filter_map(of_words).collect();
    let bodies = bodies(types);
    let mut finished = Vec::with_capacity(types.len() * 2);
    for mut item in std::mem::take(types) {
        let line = match &mut item {
            Item::Struct(object) => object_line(object, open)?,
            Item::Enum(item) if words.contains(&item.ident.to_string()) => {
                without_serde(&mut item.attrs);
                for variant in &mut item.variants {
                    variant
                        .attrs
                        .retain(|found| !found.path().is_ident("serde"));
                }
                None
            }
            Item::Enum(item) if bodies.contains(&item.ident.to_string()) => {
                without_serde(&mut item.attrs);
                let (name, variants) = (&item.ident, &item.variants);
                let variants = variants.iter().map(|variant| {
                    let (ident, fields) = (&variant.ident, &variant.fields);
                    quote!(#ident #fields)
                });
                Some(of_run_time("by_status", quote!(#name { #(#variants),* })))
            }
            Item::Impl(block) if made_of(block).is_some_and(|name| bodies.contains(&name)) => {
                continue;
            }
            _ => None,
        };
        finished.push(item);
        finished.extend(line);
    }
    *types = finished;
    Ok(())
}

/// The attributes that serde reads where it derives something, of a type for which it does not.
pub(in crate::generator) fn clear(item: &mut Item) {
    if let Item::Struct(object) = item
        && !["Deserialize", "Serialize"]
            .iter()
            .any(|name| derives(&object.attrs, name))
    {
        for field in &mut object.fields {
            field.attrs.retain(|found| !found.path().is_ident("serde"));
        }
    }
}

fn without_serde(attributes: &mut Vec<Attribute>) {
    underive(attributes, "Deserialize");
    underive(attributes, "Serialize");
    attributes.retain(|found| !found.path().is_ident("serde"));
}

/// The name of the enumeration whose words the line has.
fn of_words(item: &Item) -> Option<String> {
    let Item::Macro(line) = item else { return None };
    let is_words = line.mac.path.segments.last()?.ident == "words";
    match line.mac.tokens.clone().into_iter().next() {
        Some(TokenTree::Ident(name)) if is_words => Some(name.to_string()),
        _ => None,
    }
}

/// The enumerations of bodies by status, each of which is made of any of its bodies.
fn bodies(types: &[Item]) -> BTreeSet<String> {
    let mut made: BTreeMap<String, usize> = BTreeMap::new();
    let blocks = types.iter().filter_map(|item| match item {
        Item::Impl(block) => made_of(block),
        _ => None,
    });
    blocks.for_each(|name| *made.entry(name).or_default() += 1);
    let is_of_bodies = |item: &&ItemEnum| {
        let is_serdes = |found: &Attribute| found.path().is_ident("serde");
        derives(&item.attrs, "Deserialize")
            && made.get(&item.ident.to_string()) == Some(&item.variants.len())
            && !item.attrs.iter().any(is_serdes)
            && item.variants.iter().all(|variant| {
                let name = variant.ident.to_string();
                let fields = &variant.fields;
                (name.starts_with("Status") || name == "Other")
                    && matches!(fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1)
                    && !variant.attrs.iter().any(is_serdes)
            })
    };
    let enums = types.iter().filter_map(|item| match item {
        Item::Enum(item) => Some(item),
        _ => None,
    });
    enums
        .filter(is_of_bodies)
        .map(|item| item.ident.to_string())
        .collect()
}

/// The type that an implementation of `From` is of.
fn made_of(block: &syn::ItemImpl) -> Option<String> {
    let (from, _) = block.trait_.as_ref()?;
    let Type::Path(path) = &*block.self_ty else {
        return None;
    };
    (from.segments.last()?.ident == "From")
        .then(|| path.path.get_ident().map(ToString::to_string))?
}

/// The line of a struct of members.
fn object_line(
    object: &mut ItemStruct,
    open: &BTreeSet<String>,
) -> Result<Option<Item>, FinishError> {
    let Fields::Named(fields) = &object.fields else {
        return Ok(None);
    };
    if !derives(&object.attrs, "Deserialize") || fields.named.iter().any(is_flattened) {
        return Ok(None);
    }
    let (name, mut members, mut others) = (&object.ident, Vec::new(), None);
    for field in &fields.named {
        let (Some(ident), Some(wire)) = (&field.ident, member_name(field)) else {
            continue;
        };
        if is_others(field) {
            let said = open.contains(&name.to_string());
            let said = said.then(|| quote!(documented));
            others = Some(quote!(, #ident #said));
            continue;
        }
        let kind = kind(field).ok_or_else(|| {
            FinishError::missing(format!(
                "way that is known to read and write `{name}.{ident}`"
            ))
        })?;
        let wire = (*ident != wire).then(|| quote!(= #wire));
        members.push(quote!(#ident #wire #kind));
    }
    let line = of_run_time("object", quote!(#name { #(#members),* } #others));
    without_serde(&mut object.attrs);
    Ok(Some(line))
}

fn is_flattened(field: &Field) -> bool {
    serde_says(&field.attrs, "flatten").is_some()
}

/// What `object!` calls a member.
fn kind(field: &Field) -> Option<TokenStream> {
    let says = |word| serde_says(&field.attrs, word);
    let reader = says("deserialize_with").flatten();
    let reader = reader.as_deref().and_then(|path| path.rsplit("::").next());
    let is_default = says("default");
    let may_be_absent = is_default.is_some() || says("skip_serializing_if").is_some();
    match (reader, is_default) {
        (_, Some(Some(_))) => None,
        (Some("present" | "json"), _) => Some(quote!(nullable)),
        (Some("deserialize"), _) => Some(quote!(required nullable)),
        (Some(_), _) => None,
        (None, _) if !may_be_absent => Some(quote!(required)),
        (None, _) => is_absent_or_there(&field.ty).then(TokenStream::new),
    }
}

/// Whether a type says that a member is not there.
fn is_absent_or_there(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else {
        return false;
    };
    let boxed = argument(ty, "Box");
    ["Option", "Vec", "BTreeMap", "JsonObject"]
        .iter()
        .any(|name| last.ident == name)
        || boxed.is_some_and(|inner| argument(inner, "Option").is_some())
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn finished(mut file: syn::File) -> Result<String, FinishError> {
        apply(&mut file, &BTreeSet::from(["Open".to_owned()]))?;
        if let Item::Mod(types) = &mut file.items[0]
            && let Some((_, items)) = &mut types.content
        {
            items.iter_mut().for_each(clear);
        }
        Ok(prettyplease::unparse(&file).split_whitespace().collect())
    }

    #[test]
    fn the_line_of_a_struct_says_how_each_member_is_on_the_wire() {
        let source = finished(parse_quote! {
            pub mod types {
                #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
                pub struct Open {
                    pub id: String,
                    #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
                    pub kind: ::std::option::Option<String>,
                    #[serde(default, deserialize_with = "provider_runtime::nullable::present", skip_serializing_if = "::std::option::Option::is_none")]
                    pub note: ::std::option::Option<::provider_runtime::Nullable<String>>,
                    #[serde(deserialize_with = "::std::option::Option::deserialize")]
                    pub payer: ::std::option::Option<String>,
                    #[serde(default, skip_serializing_if = "::std::boxed::Box::is_none")]
                    pub parent: ::std::boxed::Box<::std::option::Option<Open>>,
                    #[serde(default, deserialize_with = "provider_runtime::nullable::json", skip_serializing_if = "::std::option::Option::is_none")]
                    pub free: ::std::option::Option<::provider_runtime::Json>,
                    #[serde(default, skip_serializing_if = "::provider_runtime::JsonObject::is_empty")]
                    pub details: ::provider_runtime::JsonObject,
                    pub other_members: ::provider_runtime::OtherMembers,
                }
                #[derive(::serde::Deserialize, ::serde::Serialize)]
                #[serde(deny_unknown_fields)]
                pub struct Closed { pub id: String }
                #[derive(::serde::Serialize)]
                pub struct Fees { #[serde(rename = "the-currency")] pub currency: String }
                #[derive(::serde::Deserialize, ::serde::Serialize)]
                pub struct Flat { #[serde(flatten)] pub all: Fees }
            }
        });
        let source = source.unwrap();
        for expected in [
            "#[derive(Clone)]pubstructOpen{pubid:String,pubkind:",
            r#"object!(Open{idrequired,kind="type",notenullable,payerrequirednullable,parent,freenullable,details},other_membersdocumented);"#,
            "#[derive()]pubstructClosed{pubid:String,}::provider_runtime::object!(Closed{idrequired});",
            r#"Fees{#[serde(rename="the-currency")]"#,
            "#[derive(::serde::Deserialize,::serde::Serialize)]pubstructFlat{#[serde(flatten)]",
        ] {
            assert!(source.contains(expected), "{expected} in {source}");
        }
    }

    #[test]
    fn a_member_of_an_unknown_kind_is_an_error() {
        for attribute in [
            quote!(default = "defaults::one"),
            quote!(deserialize_with = "own"),
            quote!(default),
        ] {
            let error = finished(parse_quote! {
                pub mod types {
                    #[derive(::serde::Deserialize, ::serde::Serialize)]
                    pub struct Order { #[serde(#attribute)] pub count: u8 }
                }
            });
            let told = error.unwrap_err().to_string();
            assert!(told.contains("`Order.count`"), "{told}");
        }
    }

    #[test]
    fn words_and_bodies_by_status_derive_nothing_of_serdes() {
        let source = finished(parse_quote! {
            pub mod types {
                #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
                pub enum Status { #[serde(rename = "done")] Done }
                ::provider_runtime::words!(Status { Done = "done" });
                #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
                pub enum Refused { Status400(Bad), Other(::std::vec::Vec<Bad>) }
                impl ::std::convert::From<Bad> for Refused { fn from(value: Bad) -> Self { Self::Status400(value) } }
                impl ::std::convert::From<::std::vec::Vec<Bad>> for Refused { fn from(value: ::std::vec::Vec<Bad>) -> Self { Self::Other(value) } }
                #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
                pub enum Tagged { A(Bad) }
                impl ::std::convert::From<Bad> for Tagged { fn from(value: Bad) -> Self { Self::A(value) } }
                #[derive(::serde::Deserialize, ::serde::Serialize)]
                #[serde(untagged)]
                pub enum Status1 { Status400(Bad) }
                impl ::std::convert::From<Bad> for Status1 { fn from(value: Bad) -> Self { Self::Status400(value) } }
                #[derive(::serde::Deserialize, ::serde::Serialize)]
                pub enum Status2 { #[serde(rename = "400")] Status400(Bad) }
                impl ::std::convert::From<Bad> for Status2 { fn from(value: Bad) -> Self { Self::Status400(value) } }
                #[derive(::serde::Deserialize, ::serde::Serialize)]
                pub enum Status3 { Status400(Bad), Other(Worse) }
                impl ::std::convert::From<Bad> for Status3 { fn from(value: Bad) -> Self { Self::Status400(value) } }
            }
        });
        let source = source.unwrap();
        for expected in [
            "#[derive(Clone)]pubenumStatus{Done,}",
            "#[derive(Clone)]pubenumRefused{",
            "by_status!(Refused{Status400(Bad),Other(::std::vec::Vec<Bad>)});",
            "#[derive(::serde::Deserialize,::serde::Serialize,Clone)]pubenumTagged{",
            "From<Bad>forTagged",
            "#[derive(::serde::Deserialize,::serde::Serialize)]#[serde(untagged)]pubenumStatus1{",
            "#[derive(::serde::Deserialize,::serde::Serialize)]pubenumStatus2{",
            "#[derive(::serde::Deserialize,::serde::Serialize)]pubenumStatus3{",
        ] {
            assert!(source.contains(expected), "{expected} in {source}");
        }
        assert_eq!(source.matches("From<").count(), 4, "{source}");
    }
}
