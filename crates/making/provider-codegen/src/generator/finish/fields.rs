//! What the builder of an operation is given: its parameters and its body.

use std::collections::{BTreeMap, BTreeSet};

use openapi_lower::plan::{Body, Operation, Parameter, Place};
use proc_macro2::{Ident, TokenStream};
use syn::visit_mut::{self, VisitMut};
use syn::{Fields, FnArg, Item, Pat, Type, parse_quote};

use super::FinishError;
use super::setters::argument;

/// What has to be known of the document's types.
pub(super) struct Types {
    /// Those that have builders.
    objects: BTreeSet<String>,
    undisplayed: BTreeMap<String, Type>,
}

impl Types {
    pub(super) fn of(types: &[Item]) -> Self {
        let objects = types.iter().filter_map(|item| match item {
            Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => {
                Some(item.ident.to_string())
            }
            _ => None,
        });
        Self {
            objects: objects.collect(),
            undisplayed: undisplayed(types),
        }
    }

    /// `types::builder::X` of `types::X` that has one.
    fn builder(&self, ty: &Type) -> Option<Type> {
        let Type::Path(path) = ty else { return None };
        let mut segments = path.path.segments.iter();
        let (Some(module), Some(name), None) = (segments.next(), segments.next(), segments.next())
        else {
            return None;
        };
        (module.ident == "types" && self.objects.contains(&name.ident.to_string()))
            .then(|| parse_quote!(types::builder::#name))
    }
}

/// The types that hold one value and have no `Display`, with what they hold.
fn undisplayed(types: &[Item]) -> BTreeMap<String, Type> {
    let mut held = BTreeMap::new();
    for item in types {
        if let Item::Struct(item) = item
            && let Fields::Unnamed(fields) = &item.fields
            && let Some(field) = fields.unnamed.first()
        {
            held.insert(item.ident.to_string(), field.ty.clone());
        }
    }
    for item in types {
        if let Item::Macro(found) = item
            && found
                .mac
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == "holds_text")
        {
            held.remove(&found.mac.tokens.to_string());
        }
        if let Item::Impl(block) = item
            && let Some((of, _)) = &block.trait_
            && of
                .segments
                .last()
                .is_some_and(|last| last.ident == "Display")
        {
            held.remove(&last_name(&block.self_ty));
        }
    }
    held
}

fn last_name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
    .unwrap_or_default()
}

/// A field of a builder, and the value that it takes.
pub(super) struct Field<'a> {
    pub(super) ident: Ident,
    /// What is given.
    pub(super) ty: Type,
    /// What is sent, where a builder of it is given.
    pub(super) built: Option<Type>,
    pub(super) is_required: bool,
    /// What it holds, where it has to become that to be written as a text.
    pub(super) held: Option<Type>,
    pub(super) part: Part<'a>,
}

pub(super) enum Part<'a> {
    Parameter(&'a Parameter),
    Body(&'a Body),
}

/// The parameters as the generator orders them; the client is the first.
pub(super) fn fields<'a>(
    signature: &syn::Signature,
    operation: &'a Operation,
    types: &Types,
) -> Result<Vec<Field<'a>>, FinishError> {
    let mut parameters = operation.parameters.iter();
    let mut made = Vec::new();
    for argument_of in signature.inputs.iter().skip(1) {
        let missing = || {
            FinishError::missing(format!(
                "parameter for each field of `builder::{}`",
                operation.builder
            ))
        };
        let FnArg::Typed(given) = argument_of else {
            return Err(missing());
        };
        let Pat::Ident(name) = &*given.pat else {
            return Err(missing());
        };
        let ident = name.ident.clone();
        let mut given = (*given.ty).clone();
        Owned.visit_type_mut(&mut given);
        let (part, optional_body) = match &operation.body {
            Some(body) if ident == "body" => (Part::Body(body), body.is_optional),
            _ => (
                Part::Parameter(parameters.next().ok_or_else(missing)?),
                false,
            ),
        };
        let inner = argument(&given, "Option").filter(|_| matches!(part, Part::Parameter(_)));
        let is_required = inner.is_none() && !optional_body;
        let ty = inner.unwrap_or(&given);
        // What lowering put around an object.
        let mut ty = argument(ty, "Parameter").unwrap_or(ty).clone();
        let mut built = None;
        if matches!(part, Part::Body(_))
            && let Some(builder) = types.builder(&ty)
        {
            built = Some(std::mem::replace(&mut ty, builder));
        }
        let is_in_text = matches!(part, Part::Parameter(parameter) if parameter.place != Place::Query && parameter.style.is_none());
        let of_types = matches!(&ty, Type::Path(path) if path.path.segments.first().is_some_and(|first| first.ident == "types"));
        let held = (is_in_text && of_types)
            .then(|| types.undisplayed.get(&last_name(&ty)).cloned())
            .flatten();
        made.push(Field {
            ident,
            ty,
            built,
            is_required,
            held,
            part,
        });
    }
    match parameters.next() {
        None => Ok(made),
        Some(parameter) => Err(FinishError::missing(format!(
            "field for `{}` in `builder::{}`",
            parameter.name, operation.builder
        ))),
    }
}

/// The types of values in place of those of references to them.
struct Owned;

impl VisitMut for Owned {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Reference(reference) = ty {
            let of = std::mem::replace(&mut *reference.elem, Type::Verbatim(TokenStream::new()));
            *ty = match super::client::is_path(&of, "str") {
                true => parse_quote!(::std::string::String),
                false => of,
            };
            return;
        }
        // Around a reference the generator names it shortly.
        if let Type::Path(path) = ty
            && path.path.segments.len() == 1
            && path.path.leading_colon.is_none()
            && argument(ty, "Option").is_some()
            && let Type::Path(path) = ty
        {
            let option = std::mem::take(&mut path.path.segments);
            path.path = parse_quote!(::std::option);
            path.path.segments.extend(option);
        }
        visit_mut::visit_type_mut(self, ty);
    }
}
