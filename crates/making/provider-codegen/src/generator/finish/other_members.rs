//! Any JSON with every digit, and structs that keep the members that their schemas do not name.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Field, Fields, Item, ItemStruct, Token, Type, parse_quote};

use super::attributes::{derives, serde_says};
use super::syntax::of_run_time;
use super::{FinishError, module};

/// What follows the struct that keeps other members.
const MACRO: &str = "keeps_other_members";

/// Before the types of operations are told: they are these.
pub(super) fn exact(file: &mut syn::File) {
    Exact.visit_file_mut(file);
}

/// A schema that is closed stays so: it is of what is sent only, since lowering opens those of answers.
pub(super) fn apply(file: &mut syn::File) -> Result<(), FinishError> {
    let types = module(&mut file.items, "types")?;
    let added = Added::new();
    let mut finished = Vec::with_capacity(types.len() * 2);
    for mut item in std::mem::take(types) {
        let kept = match &mut item {
            Item::Struct(object) => keep(object, &added),
            _ => None,
        };
        finished.push(item);
        finished.extend(kept);
    }
    *types = finished;
    Ok(())
}

/// Adds the field for other members, and gives the implementations that read and write it.
fn keep(object: &mut ItemStruct, added: &Added) -> Option<Item> {
    let is_open = |field: &syn::Field| serde_says(&field.attrs, "flatten").is_some();
    if !derives(&object.attrs, "Deserialize")
        || serde_says(&object.attrs, "deny_unknown_fields").is_some()
    {
        return None;
    }
    let Fields::Named(fields) = &mut object.fields else {
        return None;
    };
    if fields
        .named
        .iter()
        .any(|field| is_open(field) && field.ty != added.any)
    {
        return None;
    }
    // Which of several forms an instance has is told by what schemas name, and by their saying that they are open.
    let says_so = fields.named.iter().any(is_open);
    let named = std::mem::take(&mut fields.named).into_iter();
    fields.named = named.filter(|field| !is_open(field)).collect();
    let taken = fields.named.iter().filter_map(|field| field.ident.as_ref());
    let taken: BTreeSet<String> = taken.map(Ident::to_string).collect();
    let others = free(&taken);
    let mut field = if says_so {
        &added.written
    } else {
        &added.plain
    }
    .clone();
    field.ident = Some(others.clone());
    fields.named.push(field);
    object.attrs.push(added.remote.clone());
    let name = &object.ident;
    Some(of_run_time(MACRO, quote! { #name, #others }))
}

/// What is added to each struct that keeps other members.
struct Added {
    any: Type,
    remote: Attribute,
    plain: Field,
    written: Field,
}

impl Added {
    fn new() -> Self {
        let field = |read: TokenStream| -> Field {
            parse_quote! {
                /// What the document does not name.
                #[serde(#read)]
                pub others: ::provider_runtime::OtherMembers
            }
        };
        Self {
            any: parse_quote!(::provider_runtime::JsonObject),
            remote: parse_quote!(#[serde(remote = "Self")]),
            plain: field(quote! { flatten, skip_deserializing }),
            written: field(
                quote! { flatten, skip_deserializing, serialize_with = "provider_runtime::OtherMembers::write" },
            ),
        }
    }
}

/// The name of the field for other members; the function that gives one has it without its last letter.
fn free(taken: &BTreeSet<String>) -> Ident {
    let mut end = String::new();
    loop {
        let (field, setter) = (format!("other_members{end}"), format!("other_member{end}"));
        if !taken.contains(&field) && !taken.contains(&setter) {
            return Ident::new(&field, Span::call_site());
        }
        end.push('_');
    }
}

/// The field for other members of a struct, if it has one.
pub(super) fn is_others(field: &syn::Field) -> bool {
    let Type::Path(path) = &field.ty else {
        return false;
    };
    let mut names = path.path.segments.iter().map(|part| &part.ident);
    matches!((names.next(), names.next(), names.next()), (Some(first), Some(last), None)
        if first == "provider_runtime" && last == "OtherMembers")
}

/// serde_json's value takes numbers through floating point, the run time's does not.
struct Exact;

impl VisitMut for Exact {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        let mut names = path.segments.iter().map(|part| &part.ident);
        let exact = match (names.next(), names.next()) {
            (Some(first), Some(value)) if first == "serde_json" && value == "Value" => {
                Some(parse_quote!(::provider_runtime::Json))
            }
            (Some(first), Some(map)) if first == "serde_json" && map == "Map" => {
                Some(parse_quote!(::provider_runtime::JsonObject))
            }
            _ => None,
        };
        match exact {
            Some(exact) => *path = exact,
            None => visit_mut::visit_path_mut(self, path),
        }
    }

    /// A type that holds one value is a line with its name and the type of the value.
    fn visit_macro_mut(&mut self, line: &mut syn::Macro) {
        let parts = |parts: syn::parse::ParseStream| {
            Ok((
                parts.parse::<Ident>()?,
                parts.parse::<Token![,]>()?,
                parts.parse::<Type>()?,
            ))
        };
        if let Ok((name, comma, mut held)) = line.parse_body_with(parts) {
            self.visit_type_mut(&mut held);
            line.tokens = quote! { #name #comma #held };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(mut file: syn::File) -> String {
        exact(&mut file);
        apply(&mut file).unwrap();
        prettyplease::unparse(&file).split_whitespace().collect()
    }

    #[test]
    fn an_open_struct_keeps_what_its_schema_does_not_name() {
        let source = finished(parse_quote! {
            pub mod types {
                #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
                pub struct Refund {
                    pub id: String,
                    #[serde(flatten)]
                    pub extra: ::serde_json::Map<String, ::serde_json::Value>,
                }
            }
        });
        assert!(
            source.contains(r#"#[serde(remote="Self")]pubstructRefund{pubid:String,"#),
            "{source}"
        );
        assert!(source.contains(r#"#[serde(flatten,skip_deserializing,serialize_with="provider_runtime::OtherMembers::write")]pubother_members:::provider_runtime::OtherMembers"#), "{source}");
        assert!(
            source.contains("::provider_runtime::keeps_other_members!(Refund,other_members);"),
            "{source}"
        );
        assert!(!source.contains("extra"), "{source}");
    }

    #[test]
    fn a_closed_struct_and_one_with_others_of_a_type_stay() {
        let source = finished(parse_quote! {
            pub mod types {
                #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
                #[serde(deny_unknown_fields)]
                pub struct Closed { pub id: String }
                #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
                pub struct Fees {
                    #[serde(flatten)]
                    pub extra: ::std::collections::BTreeMap<String, Amount>,
                }
            }
        });
        assert!(!source.contains("OtherMembers"), "{source}");
    }

    #[test]
    fn a_field_of_the_same_name_keeps_it() {
        let source = finished(parse_quote! {
            pub mod types {
                #[derive(::serde::Deserialize)]
                pub struct A { pub other_member: String, pub other_members_: ::serde_json::Value }
            }
        });
        assert!(
            source.contains("keeps_other_members!(A,other_members__);"),
            "{source}"
        );
        assert!(
            source.contains("pubother_members_:::provider_runtime::Json"),
            "{source}"
        );
    }
}
