//! Builders of what is sent. Answers are made by nobody, so that they have none.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Fields, ImplItem, Item, ItemStruct, Type, parse_quote};

use super::attributes::{member_name, serde_says};
use super::other_members::is_others;
use super::setters::{argument, documented, setter};
use super::{FinishError, module, name_of};

pub(super) fn apply(file: &mut syn::File) -> Result<(), FinishError> {
    let mut sent = BTreeSet::new();
    names_in(module(&mut file.items, "builder")?, &mut sent);
    let types = module(&mut file.items, "types")?;
    let names: BTreeSet<String> = types.iter().filter_map(name_of).collect();
    reach(types, &names, &mut sent);
    let constants = types.iter().filter_map(constant).collect();
    // What the generator made begins builders that are no longer there.
    types.retain(|item| !begins_builder(item));
    let mut builders: Vec<Item> = Vec::new();
    let mut finished = Vec::with_capacity(types.len());
    for item in std::mem::take(types) {
        let object = match &item {
            Item::Struct(object) if sent.contains(&object.ident.to_string()) => {
                matches!(object.fields, Fields::Named(_)).then(|| object.clone())
            }
            _ => None,
        };
        finished.push(item);
        if let Some(object) = object {
            let name = &object.ident;
            finished.push(parse_quote! {
                impl #name {
                    /// Begins one of which nothing is given.
                    pub fn builder() -> builder::#name {
                        ::std::default::Default::default()
                    }
                }
            });
            let tokens = builder(&object, &names, &constants);
            let parsed: syn::File = syn::parse2(tokens).map_err(|error| {
                FinishError::missing(format!("syntax in `types::builder::{name}` ({error})"))
            })?;
            builders.extend(parsed.items);
        }
    }
    if !builders.is_empty() {
        finished.push(parse_quote! {
            /// Makes what is sent, member by member.
            pub mod builder {
                use provider_runtime as runtime;
                #(#builders)*
            }
        });
    }
    *types = finished;
    Ok(())
}

fn begins_builder(item: &Item) -> bool {
    matches!(item, Item::Impl(block) if block.trait_.is_none()
        && matches!(block.items.as_slice(), [ImplItem::Fn(function)] if function.sig.ident == "builder"))
}

/// The names of types in the fields of the operations' builders.
fn names_in(items: &mut [Item], names: &mut BTreeSet<String>) {
    for item in items {
        if let Item::Struct(item) = item {
            item.fields
                .iter()
                .for_each(|field| idents(field.ty.to_token_stream(), names));
        }
    }
}

fn idents(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            proc_macro2::TokenTree::Ident(ident) => {
                names.insert(ident.to_string());
            }
            proc_macro2::TokenTree::Group(group) => idents(group.stream(), names),
            _ => {}
        }
    }
}

/// Adds all types that those in `sent` hold.
fn reach(types: &[Item], names: &BTreeSet<String>, sent: &mut BTreeSet<String>) {
    let mut holds: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for item in types {
        let mut held = BTreeSet::new();
        let fields = |fields: &Fields, held: &mut BTreeSet<String>| {
            fields
                .iter()
                .for_each(|field| idents(field.ty.to_token_stream(), held));
        };
        match item {
            Item::Struct(item) => fields(&item.fields, &mut held),
            Item::Enum(item) => {
                item.variants
                    .iter()
                    .for_each(|variant| fields(&variant.fields, &mut held));
            }
            _ => continue,
        }
        if let Some(name) = name_of(item) {
            holds.insert(name, held);
        }
    }
    let mut open: Vec<String> = sent.iter().cloned().collect();
    while let Some(name) = open.pop() {
        for held in holds.remove(&name).into_iter().flatten() {
            if names.contains(&held) && sent.insert(held.clone()) {
                open.push(held);
            }
        }
    }
}

/// How a member is held by its type.
enum Shape {
    /// As it is; without it there is no value.
    Plain,
    Boxed,
    Optional,
    /// `Option<Box<T>>`
    OptionalBox,
    /// `Box<Option<T>>`
    BoxedOption,
    /// By itself, or by this function.
    Defaulted(Option<syn::Path>),
}

fn builder(
    object: &ItemStruct,
    names: &BTreeSet<String>,
    constants: &BTreeMap<String, Ident>,
) -> TokenStream {
    let name = &object.ident;
    let mut given = Vec::new();
    let (mut setters, mut read, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    let mut others = TokenStream::new();
    let listed = object.fields.iter().filter(|field| !is_others(field));
    let listed: Vec<String> = listed.filter_map(member_name).collect();
    for field in &object.fields {
        let (Some(ident), Some(member_name)) = (&field.ident, member_name(field)) else {
            continue;
        };
        if is_others(field) {
            given.push(quote! { #ident: runtime::OtherMembers });
            let given_one = Ident::new(
                &ident.to_string().replace("members", "member"),
                ident.span(),
            );
            others = quote! { runtime::gives_other_members!(#name, #given_one, #ident); };
            read.push(quote! { #ident: given.#ident.beside(&[#(#listed),*])? });
            kept.push(quote! { #ident: value.#ident });
            continue;
        }
        let (shape, mut ty) = shape(field);
        Outward(names).visit_type_mut(&mut ty);
        given.push(quote! { #ident: runtime::Given<#ty> });
        let is_kept = |attribute: &&Attribute| {
            ["doc", "deprecated"]
                .iter()
                .any(|kept| attribute.path().is_ident(kept))
        };
        let said = field.attrs.iter().filter(is_kept).cloned().collect();
        let (mut value, held) = member(ident, &member_name, &shape);
        let only = only_value(&field.ty, constants).filter(|_| matches!(shape, Shape::Plain));
        let is_needed = matches!(shape, Shape::Plain | Shape::Boxed) && only.is_none();
        let mut documented = documented(ident, said, is_needed);
        if let Some(only) = only {
            value = quote! { given.#ident.optional(#member_name)?.unwrap_or(#only) };
            documented.extend([
                parse_quote!(#[doc = ""]),
                parse_quote!(#[doc = " Where it is not given, the one documented value is sent."]),
            ]);
        }
        setters.push(setter(ident, &ty, &documented));
        read.push(quote! { #ident: #value });
        kept.push(quote! { #ident: #held });
    }
    let summary = format!(" Makes a [`{name}`](super::{name}).");
    // What has no members is made of nothing.
    let [from_given, from_value] = match read.is_empty() {
        true => [quote! { _ }, quote! { _ }],
        false => [quote! { given }, quote! { value }],
    };
    quote! {
        #[doc = #summary]
        #[derive(Clone, Debug, Default)]
        #[must_use]
        pub struct #name { #(#given),* }
        impl #name { #(#setters)* }
        #others
        impl ::std::convert::TryFrom<#name> for super::#name {
            type Error = super::error::ConversionError;
            fn try_from(#from_given: #name) -> ::std::result::Result<Self, Self::Error> {
                Ok(Self { #(#read),* })
            }
        }
        impl ::std::convert::From<super::#name> for #name {
            fn from(#from_value: super::#name) -> Self {
                Self { #(#kept),* }
            }
        }
    }
}

/// How a member is held, and the type that is given for it.
fn shape(field: &syn::Field) -> (Shape, Type) {
    let ty = &field.ty;
    let says = |word| serde_says(&field.attrs, word);
    let may_be_left_out = says("default").is_some() || says("skip_serializing_if").is_some();
    if let Some(inner) = argument(ty, "Option").filter(|_| may_be_left_out) {
        return match argument(inner, "Box") {
            Some(inner) => (Shape::OptionalBox, inner.clone()),
            None => (Shape::Optional, inner.clone()),
        };
    }
    if let Some(inner) = argument(ty, "Box") {
        return match argument(inner, "Option").filter(|_| may_be_left_out) {
            Some(inner) => (Shape::BoxedOption, inner.clone()),
            None => (Shape::Boxed, inner.clone()),
        };
    }
    if may_be_left_out || says("flatten").is_some() {
        let by = says("default")
            .flatten()
            .and_then(|path| syn::parse_str(&path).ok());
        return (Shape::Defaulted(by), ty.clone());
    }
    (Shape::Plain, ty.clone())
}

/// The name of an enumeration with a single value, and that value.
fn constant(item: &Item) -> Option<(String, Ident)> {
    let Item::Enum(item) = item else {
        return None;
    };
    let mut values = item.variants.iter();
    let only = values
        .next()
        .filter(|value| matches!(value.fields, Fields::Unit))?;
    values
        .next()
        .is_none()
        .then(|| (item.ident.to_string(), only.ident.clone()))
}

/// The single value of a type, if it is one of these.
fn only_value(ty: &Type, constants: &BTreeMap<String, Ident>) -> Option<TokenStream> {
    let open = argument(ty, "Open");
    let Type::Path(path) = open.unwrap_or(ty) else {
        return None;
    };
    let name = path.path.get_ident()?;
    let value = constants.get(&name.to_string())?;
    let into = open.map(|_| quote!(.into()));
    Some(quote! { super::#name::#value #into })
}

/// A member made of what was given, and what is given of a member.
fn member(ident: &Ident, name: &str, shape: &Shape) -> (TokenStream, TokenStream) {
    let (optional, needed) = (
        quote! { given.#ident.optional(#name)? },
        quote! { given.#ident.needed(#name)? },
    );
    match shape {
        Shape::Plain => (needed, quote! { value.#ident.into() }),
        Shape::Boxed => (
            quote! { ::std::boxed::Box::new(#needed) },
            quote! { (*value.#ident).into() },
        ),
        Shape::Optional => (optional, quote! { value.#ident.into() }),
        Shape::OptionalBox => (
            quote! { #optional.map(::std::boxed::Box::new) },
            quote! { value.#ident.map(|inner| *inner).into() },
        ),
        Shape::BoxedOption => (
            quote! { ::std::boxed::Box::new(#optional) },
            quote! { (*value.#ident).into() },
        ),
        Shape::Defaulted(None) => (
            quote! { #optional.unwrap_or_default() },
            quote! { value.#ident.into() },
        ),
        Shape::Defaulted(Some(path)) => (
            quote! { #optional.unwrap_or_else(super::#path) },
            quote! { value.#ident.into() },
        ),
    }
}

/// Types of the module above, by their paths from the module of builders.
struct Outward<'a>(&'a BTreeSet<String>);

impl VisitMut for Outward<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path.leading_colon.is_none()
            && path
                .segments
                .first()
                .is_some_and(|first| self.0.contains(&first.ident.to_string()))
        {
            path.segments.insert(0, parse_quote!(super));
        }
        visit_mut::visit_path_mut(self, path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A closed object without members: nothing of it is read, and the compiler warns of what is named and not used.
    #[test]
    fn what_has_no_members_names_nothing_that_it_does_not_use() {
        let mut file: syn::File = parse_quote! {
            mod types { pub struct Body {} }
            mod builder { pub struct Create { body: types::Body } }
        };
        apply(&mut file).unwrap();
        let source = prettyplease::unparse(&file);
        assert!(
            !source.contains("given:") && !source.contains("value:"),
            "{source}"
        );
    }

    #[test]
    fn a_needed_member_of_one_documented_value_need_not_be_given() {
        let mut file: syn::File = parse_quote! {
            mod types {
                pub struct Body {
                    pub kind: Kind,
                    pub open: provider_runtime::Open<Kind>,
                    #[serde(default)]
                    pub mode: Option<Kind>,
                    pub state: State,
                }
                pub enum Kind { Capture }
                pub enum State { Done, Failed }
            }
            mod builder {
                pub struct Create { body: types::Body }
            }
        };
        apply(&mut file).unwrap();
        let source = prettyplease::unparse(&file);
        let members: Vec<_> = source
            .split("Ok(Self {")
            .nth(1)
            .and_then(|rest| rest.split_once('}'))
            .map(|(members, _)| members.split_whitespace().collect::<String>())
            .into_iter()
            .collect();
        assert_eq!(
            members,
            [concat!(
                r#"kind:given.kind.optional("kind")?.unwrap_or(super::Kind::Capture),"#,
                r#"open:given.open.optional("open")?.unwrap_or(super::Kind::Capture.into()),"#,
                r#"mode:given.mode.optional("mode")?,"#,
                r#"state:given.state.needed("state")?,"#,
            )]
        );
        let told = source.matches("the one documented value is sent").count();
        assert_eq!(told, 2, "{source}");
    }
}
