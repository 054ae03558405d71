//! The functions of a builder whose operation pages.

use std::collections::{BTreeMap, BTreeSet};

use openapi_lower::plan::{Kind, Operation, Place};
use openapi_model::pointer;
use proc_macro2::TokenStream;
use quote::quote;
use spec_documents::config::Paging;
use syn::visit_mut::{self, VisitMut};
use syn::{Fields, ImplItemFn, Item, ItemStruct, Type, TypePath, parse_quote};

use super::FinishError;
use super::attributes::member_name;
use super::calls::read;
use super::setters::argument;

/// The types of a client whose operations page.
pub(super) struct Paged {
    objects: BTreeMap<String, ItemStruct>,
    others: BTreeSet<String>,
}

/// What is at a place of an answer.
struct Found {
    ty: Type,
    /// How it is reached; the way ends early with `?` where something is not there.
    code: TokenStream,
    /// The same as an `Option`, where the last step is one that may end it.
    optional: Option<TokenStream>,
}

impl Paged {
    pub(super) fn of(types: &[Item]) -> Self {
        let (mut objects, mut others) = (BTreeMap::new(), BTreeSet::new());
        for item in types {
            match item {
                Item::Struct(object) => {
                    objects.insert(object.ident.to_string(), object.clone());
                }
                Item::Enum(other) => {
                    others.insert(other.ident.to_string());
                }
                Item::Type(other) => {
                    others.insert(other.ident.to_string());
                }
                _ => {}
            }
        }
        Self { objects, others }
    }

    /// The functions `pages` and `items` of a builder, whose `success` and `error` are these.
    pub(super) fn functions(
        &self,
        operation: &Operation,
        paging: &Paging,
        (success, error): &(Type, Type),
    ) -> Result<Vec<ImplItemFn>, FinishError> {
        let refused = |key: &str, cause: String| FinishError::Paging {
            operation: operation.id.clone(),
            key: key.to_owned(),
            cause,
        };
        if let Some(name) = paging.parameter() {
            let mut parameters = operation.parameters.iter();
            if !parameters.any(|found| found.place == Place::Query && found.name == name) {
                let cause = format!("the operation has no parameter {name:?} in its query");
                return Err(refused("parameter", cause));
            }
        }
        if operation.successes.kind != Kind::Json {
            return Err(refused(
                "items",
                "the operation's success is no JSON".to_owned(),
            ));
        }
        let no_member = |place: &str| {
            format!(
                "there is nothing at {place:?} of its documented answer, or several things: correct it by an overlay"
            )
        };
        for (key, place) in paging.places() {
            self.at(success, place)
                .ok_or_else(|| refused(key, no_member(place)))?;
        }
        let place = paging.items();
        let items = self.at(success, place);
        let items = items.ok_or_else(|| refused("items", no_member(place)))?;
        let Some(item) = argument(&items.ty, "Vec").map(|item| self.seen_from_outside(item)) else {
            return Err(refused("items", format!("what is at {place:?} is no list")));
        };
        if let Some(place) = paging.last_item() {
            self.at(&item, place)
                .ok_or_else(|| refused("last_item", no_member(place)))?;
        }
        let code = items.code;
        let take = match items.optional {
            Some(optional) => quote! { |page| #optional },
            None if place.is_empty() && code.to_string() == "page" => quote! { Some },
            None => quote! { |page| Some(#code) },
        };
        let paging = constant(paging);
        let [successes, errors] = read(operation);
        let pages = parse_quote! {
            /// Asks for the answers page by page, each when it is awaited (`try_next`).
            pub fn pages(self) -> runtime::Pages<'a, #success, #error> {
                self.into_call().pages(#successes, #errors, #paging)
            }
        };
        let items = parse_quote! {
            /// The entries of all pages, one after the other.
            pub fn items(self) -> runtime::Items<'a, #success, #item, #error> {
                self.pages().items(#take)
            }
        };
        Ok(vec![pages, items])
    }

    /// What is at a place of a type.
    fn at(&self, ty: &Type, place: &str) -> Option<Found> {
        let mut names = place.split('/').skip(1).map(pointer::unescape);
        let mut found = Found {
            ty: ty.clone(),
            code: quote! { page },
            optional: None,
        };
        loop {
            while let Some(inner) = self.unwrapped(&found) {
                found = inner;
            }
            let Some(name) = names.next() else {
                return Some(found);
            };
            let object = self.object(&found.ty)?;
            let mut fields = object.fields.iter();
            let field = fields.find(|field| member_name(field).is_some_and(|own| own == name))?;
            let (ident, code) = (field.ident.as_ref()?, found.code);
            found = Found {
                ty: field.ty.clone(),
                code: quote! { #code.#ident },
                optional: None,
            };
        }
    }

    /// What is within an option, a box or a type that holds one value.
    fn unwrapped(&self, Found { ty, code, .. }: &Found) -> Option<Found> {
        let found = |ty: &Type, code, optional| Found {
            ty: ty.clone(),
            code,
            optional,
        };
        if let Some(inner) = argument(ty, "Option") {
            return Some(found(inner, quote! { #code? }, Some(code.clone())));
        }
        if let Some(inner) = argument(ty, "Nullable") {
            let optional = quote! { #code.into_value() };
            return Some(found(inner, quote! { #optional? }, Some(optional)));
        }
        if let Some(inner) = argument(ty, "Box") {
            return Some(found(inner, quote! { (*#code) }, None));
        }
        match &self.object(ty)?.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                let held = fields.unnamed.first()?;
                Some(found(&held.ty, quote! { #code.0 }, None))
            }
            _ => None,
        }
    }

    fn object(&self, ty: &Type) -> Option<&ItemStruct> {
        self.objects.get(&own_name(ty)?)
    }

    /// A type of the module of types as the builders name it.
    fn seen_from_outside(&self, ty: &Type) -> Type {
        let mut ty = ty.clone();
        Qualified(self).visit_type_mut(&mut ty);
        ty
    }
}

/// The name of a type of the client's, in its module or outside.
fn own_name(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    let mut segments = path.path.segments.iter();
    let first = segments.next()?.ident.to_string();
    match segments.next() {
        None => Some(first),
        Some(last) if first == "types" && segments.next().is_none() => Some(last.ident.to_string()),
        Some(_) => None,
    }
}

struct Qualified<'a>(&'a Paged);

impl VisitMut for Qualified<'_> {
    fn visit_type_path_mut(&mut self, ty: &mut TypePath) {
        let name = ty.path.get_ident().map(ToString::to_string);
        if name
            .is_some_and(|name| self.0.objects.contains_key(&name) || self.0.others.contains(&name))
        {
            let path = &ty.path;
            ty.path = parse_quote!(types::#path);
        }
        visit_mut::visit_type_path_mut(self, ty);
    }
}

/// The way to page as a value of the run time.
fn constant(paging: &Paging) -> TokenStream {
    let items = paging.items();
    let next = match paging {
        Paging::Link { next: None, .. } => quote! { LinkHeader },
        Paging::Link {
            next: Some(next), ..
        } => quote! { Link(#next) },
        Paging::Cursor {
            parameter,
            last_item: Some(at),
            ..
        } => quote! { LastItem { parameter: #parameter, at: #at } },
        Paging::Cursor {
            parameter, next, ..
        } => {
            let at = next.as_deref().unwrap_or_default();
            quote! { Cursor { parameter: #parameter, at: #at } }
        }
        Paging::Offset { parameter, .. } => quote! { Offset { parameter: #parameter } },
        Paging::Page {
            parameter, first, ..
        } => quote! { Number { parameter: #parameter, first: #first } },
    };
    let places = paging.places();
    let told = |wanted: &str| {
        places
            .iter()
            .find(|(key, _)| *key == wanted)
            .map(|(_, at)| at)
    };
    let more = told("more").map(|at| quote! { .with_more(#at) });
    let total = told("total").map(|at| quote! { .with_total(#at) });
    quote! { runtime::Paging::new(#items, runtime::NextPage::#next) #more #total }
}
