//! Any JSON with every digit, and structs that keep the members that their schemas do not name.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span};
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Field, Fields, Item, ItemStruct, Token, Type, parse_quote};

use super::attributes::{derives, serde_says};
use super::{FinishError, module};

/// Before the types of operations are told: they are these.
pub(super) fn exact(file: &mut syn::File) {
    Exact.visit_file_mut(file);
}

/// Adds the field for other members to each struct, and gives back the names of those of which the document says that
/// they may have some. A schema that is closed stays so: it is of what is sent only, since lowering opens those of answers.
pub(super) fn apply(file: &mut syn::File) -> Result<BTreeSet<String>, FinishError> {
    let any: Type = parse_quote!(::provider_runtime::JsonObject);
    let added: Field = parse_quote! {
        /// What the document does not name.
        pub others: ::provider_runtime::OtherMembers
    };
    let mut open = BTreeSet::new();
    for item in module(&mut file.items, "types")? {
        let Item::Struct(object) = item else { continue };
        if keep(object, &any, &added) == Some(true) {
            open.insert(object.ident.to_string());
        }
    }
    Ok(open)
}

/// Adds the field; says whether the document says that there may be other members.
fn keep(object: &mut ItemStruct, any: &Type, added: &Field) -> Option<bool> {
    let is_open = |field: &Field| serde_says(&field.attrs, "flatten").is_some();
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
        .any(|field| is_open(field) && field.ty != *any)
    {
        return None;
    }
    let says_so = fields.named.iter().any(is_open);
    let named = std::mem::take(&mut fields.named).into_iter();
    fields.named = named.filter(|field| !is_open(field)).collect();
    let taken = fields.named.iter().filter_map(|field| field.ident.as_ref());
    let taken: BTreeSet<String> = taken.map(Ident::to_string).collect();
    let mut field = added.clone();
    field.ident = Some(free(&taken));
    fields.named.push(field);
    Some(says_so)
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

    fn finished(mut file: syn::File) -> (String, BTreeSet<String>) {
        exact(&mut file);
        let open = apply(&mut file).unwrap();
        let source = prettyplease::unparse(&file).split_whitespace().collect();
        (source, open)
    }

    #[test]
    fn a_struct_keeps_what_its_schema_does_not_name() {
        let (source, open) = finished(parse_quote! {
            pub mod types {
                #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
                pub struct Refund {
                    pub id: String,
                    #[serde(flatten)]
                    pub extra: ::serde_json::Map<String, ::serde_json::Value>,
                }
                #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
                pub struct Payer { pub id: String }
            }
        });
        let others = "pubid:String,///Whatthedocumentdoesnotname.pubother_members:::provider_runtime::OtherMembers,}";
        assert_eq!(source.matches(others).count(), 2, "{source}");
        assert!(!source.contains("extra"), "{source}");
        assert_eq!(open, BTreeSet::from(["Refund".to_owned()]));
    }

    #[test]
    fn a_closed_struct_and_one_with_others_of_a_type_stay() {
        let (source, _) = finished(parse_quote! {
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
        let (source, _) = finished(parse_quote! {
            pub mod types {
                #[derive(::serde::Deserialize)]
                pub struct A { pub other_member: String, pub other_members_: ::serde_json::Value }
            }
        });
        assert!(
            source.contains("pubother_members__:::provider_runtime::OtherMembers"),
            "{source}"
        );
        assert!(
            source.contains("pubother_members_:::provider_runtime::Json"),
            "{source}"
        );
    }
}
