//! Objects with listed members and others of one type: serde would read the others through floating point.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Field, Fields, Item, ItemStruct, parse_quote};

use super::attributes::{member_name, serde_says, underive};
use super::{FinishError, module, other_members};

pub(super) fn apply(file: &mut syn::File) -> Result<(), FinishError> {
    let types = module(&mut file.items, "types")?;
    let mut finished = Vec::with_capacity(types.len());
    for mut item in std::mem::take(types) {
        let implementation = match &mut item {
            Item::Struct(object) => decoding(object),
            _ => None,
        };
        finished.push(item);
        finished.extend(implementation);
    }
    *types = finished;
    Ok(())
}

/// `Deserialize` for a struct with a field for other members, in place of the derived one.
fn decoding(object: &mut ItemStruct) -> Option<Item> {
    let Fields::Named(fields) = &object.fields else {
        return None;
    };
    let (others, listed): (Vec<&Field>, Vec<&Field>) = fields.named.iter().partition(|field| {
        serde_says(&field.attrs, "flatten").is_some() && !other_members::is_others(field)
    });
    let [others] = others.as_slice() else {
        return None;
    };
    let others = others.ident.clone()?;
    let names: Vec<String> = listed.iter().copied().filter_map(member_name).collect();
    let idents: Vec<_> = listed
        .iter()
        .filter_map(|field| field.ident.clone())
        .collect();
    let fields: Vec<TokenStream> = listed.iter().copied().map(field_of_listed).collect();
    if !underive(&mut object.attrs, "Deserialize") {
        return None;
    }
    let name = &object.ident;
    Some(parse_quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                #[derive(::serde::Deserialize)]
                struct Listed { #(#fields),* }
                let (Listed { #(#idents),* }, #others) =
                    ::provider_runtime::flattened::decode(deserializer, &[#(#names),*])?;
                Ok(Self { #(#idents,)* #others })
            }
        }
    })
}

/// A field as serde reads it.
fn field_of_listed(field: &Field) -> TokenStream {
    let (ident, ty) = (&field.ident, &field.ty);
    let attributes = field.attrs.iter();
    // How it is written is said where it is written.
    let attributes = attributes.filter(|attribute| attribute.path().is_ident("serde"));
    quote! { #(#attributes)* #ident: #ty }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_members_are_read_from_the_text() {
        let mut file: syn::File = parse_quote! {
            pub mod types {
                #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
                pub struct Fees {
                    #[serde(rename = "the-currency", skip_serializing_if = "Option::is_none")]
                    pub currency: Option<String>,
                    pub r#type: String,
                    #[serde(flatten)]
                    pub extra: BTreeMap<String, Amount>,
                }
                #[derive(::serde::Deserialize)]
                pub struct Plain { pub a: String }
            }
        };
        apply(&mut file).unwrap();
        let source: String = prettyplease::unparse(&file).split_whitespace().collect();
        assert!(
            source.contains("#[derive(::serde::Serialize,Clone)]pubstructFees"),
            "{source}"
        );
        assert!(
            source.contains("#[derive(::serde::Deserialize)]pubstructPlain"),
            "{source}"
        );
        assert!(
            source.contains(r#"decode(deserializer,&["the-currency","type"],)"#),
            "{source}"
        );
        assert!(
            source.contains(r#"structListed{#[serde(rename="the-currency",skip_serializing_if="Option::is_none")]currency:Option<String>,r#type:String,}"#),
            "{source}"
        );
    }
}
