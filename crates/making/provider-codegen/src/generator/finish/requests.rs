//! What is sent: the operations, by the functions that the generator made of them and what the plan says.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase;
use openapi_lower::plan::{Body, Operation, Parameter, Place, Writer};
use proc_macro2::{Ident, TokenStream};
use quote::format_ident;
use spec_documents::Config;
use syn::ext::IdentExt;
use syn::visit_mut::{self, VisitMut};
use syn::{Fields, FnArg, ImplItem, ImplItemFn, Item, Pat, ReturnType, Type, parse_quote};

use super::paging::Paged;
use super::setters::{argument, arguments, docs};
use super::short_paths::Short;
use super::syntax::{self, Holes};
use super::{FinishError, module};
use crate::signatures::{self, Signature};

/// An operation, as it is printed.
pub(in crate::generator) struct Request<'a> {
    pub(super) operation: &'a Operation,
    /// The name of its builder.
    pub(super) name: Ident,
    /// The function of the client with which it begins.
    pub(super) method: Ident,
    /// The field of the client, which has another name where a parameter has that one.
    pub(super) client: Ident,
    pub(super) fields: Vec<Field<'a>>,
    /// What sending gives.
    pub(super) outcome: Type,
    /// The types in it of a success and of an error.
    pub(super) answers: (Type, Type),
    /// The functions that ask for page after page.
    pub(super) pages: Vec<ImplItemFn>,
}

/// Reads the functions that the generator made of the operations, in whose place those come that begin a request, and
/// says what each takes and gives, by their names.
pub(super) fn read<'a>(
    file: &mut syn::File,
    operations: &'a [Operation],
    config: &Config,
    short: &mut Short,
) -> Result<(Vec<Request<'a>>, Vec<Signature>), FinishError> {
    let planned: BTreeMap<&str, &Operation> = operations
        .iter()
        .map(|operation| (operation.builder.as_str(), operation))
        .collect();
    let begins: ImplItemFn = parse_quote! {
        pub fn METHOD(&self) -> builder::NAME<'_> {
            builder::NAME::new(self)
        }
    };
    let types = module(&mut file.items, "types")?;
    let paging = |operation: &Operation| config.operations.get(&operation.id)?.paging.as_ref();
    let is_paged = operations
        .iter()
        .any(|operation| paging(operation).is_some());
    let paged = is_paged.then(|| Paged::of(types));
    let types = Types::of(types);
    let (mut requests, mut signatures) = (Vec::new(), Vec::new());
    for item in &mut file.items {
        let Item::Impl(block) = item else { continue };
        if block.trait_.is_some() || !super::client::is_path(&block.self_ty, "Client") {
            continue;
        }
        block.attrs.clear();
        for item in std::mem::take(&mut block.items) {
            let ImplItem::Fn(function) = item else {
                continue;
            };
            let name = function.sig.ident.unraw().to_string().to_pascal_case();
            let operation = planned
                .get(name.as_str())
                .ok_or_else(|| FinishError::missing(format!("operation `{name}` in the plan")))?;
            let mut request = request(&function.sig, operation, &types)?;
            if let Some((paging, paged)) = paging(operation).zip(paged.as_ref()) {
                request.pages = paged.functions(operation, paging, &request.answers)?;
            }
            signatures.push(request.signature(short));
            block.items.push(ImplItem::Fn(request.begun(&begins)));
            requests.push(request);
        }
    }
    let builders: BTreeSet<&Ident> = requests.iter().map(|request| &request.name).collect();
    if builders.len() != operations.len() {
        return Err(FinishError::missing("function for each operation"));
    }
    file.items.push(parse_quote! {
        #[doc = " Types for composing operation parameters."]
        #[allow(clippy::all)]
        pub mod builder {}
    });
    signatures.sort_by(|one: &Signature, other| one.operation.cmp(&other.operation));
    Ok((requests, signatures))
}

/// What has to be known of the document's types.
struct Types {
    /// Those that have builders.
    objects: BTreeSet<String>,
    undisplayed: BTreeMap<String, Type>,
}

impl Types {
    fn of(types: &[Item]) -> Self {
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

fn request<'a>(
    signature: &syn::Signature,
    operation: &'a Operation,
    types: &Types,
) -> Result<Request<'a>, FinishError> {
    let fields = fields(signature, operation, types)?;
    let missing = || {
        let builder = &operation.builder;
        FinishError::missing(format!("type of an answer of `builder::{builder}`"))
    };
    let ReturnType::Type(_, outcome) = &signature.output else {
        return Err(missing());
    };
    let (success, error) = answers_of(outcome).ok_or_else(missing)?;
    let mut client = "client".to_owned();
    while fields.iter().any(|field| field.ident == client) {
        client.insert(0, '_');
    }
    Ok(Request {
        operation,
        name: format_ident!("{}", operation.builder),
        method: signature.ident.clone(),
        client: syntax::ident(&client),
        answers: (success.clone(), error.clone()),
        outcome: (**outcome).clone(),
        pages: Vec::new(),
        fields,
    })
}

impl Request<'_> {
    /// What the operation takes and gives, under the names that are printed.
    fn signature(&self, short: &mut Short) -> Signature {
        let operation = self.operation;
        let mut signature = Signature {
            operation: operation.id.clone(),
            success_status: operation
                .successes
                .statuses
                .first()
                .map_or(200, |(first, _)| *first),
            ..Signature::default()
        };
        for field in &self.fields {
            let is_required = field.is_required;
            match &field.part {
                Part::Parameter(parameter) => signature.parameters.push(signatures::Parameter {
                    wire: parameter.name.clone(),
                    rust: field.ident.to_string(),
                    ty: short.ty(&field.ty),
                    is_required,
                    is_of_path: matches!(parameter.place, Place::Path { .. }),
                }),
                Part::Body(body) => {
                    let ty = short.ty(field.built.as_ref().unwrap_or(&field.ty));
                    let is_media = body.writer == Writer::Media;
                    signature.body = Some(signatures::Body {
                        ty: (!is_media).then_some(ty),
                        is_required,
                        takes_media: is_media || body.others.is_some(),
                    });
                }
            }
        }
        let mut decoded = |ty: &Type| {
            let ty = short.ty(ty);
            (ty != "()" && !ty.ends_with("RawBody")).then_some(ty)
        };
        signature.success = decoded(&self.answers.0);
        signature.error = decoded(&self.answers.1);
        signature
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
fn fields<'a>(
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

/// The types of the success and of the error, of a `Result<ResponseValue<_>, Error<_>>`.
fn answers_of(outcome: &Type) -> Option<(&Type, &Type)> {
    let mut types = arguments(outcome);
    let success = argument(types.next()?, "ResponseValue")?;
    Some((success, argument(types.next()?, "Error")?))
}

impl Request<'_> {
    /// The function of the client with which it begins.
    fn begun(&self, template: &ImplItemFn) -> ImplItemFn {
        let operation = self.operation;
        let route = format!(
            "`{} {}`",
            operation.method.to_ascii_uppercase(),
            operation.path
        );
        let texts = operation.docs.iter().map(String::as_str);
        let mut holes = Holes {
            idents: &[("METHOD", &self.method), ("NAME", &self.name)],
            ..Holes::default()
        };
        let mut begun = holes.filled(template, Holes::visit_impl_item_fn_mut);
        begun.attrs = docs(texts.chain([route.as_str()]));
        if operation.is_deprecated {
            begun.attrs.push(parse_quote!(#[deprecated]));
        }
        begun
    }

    /// The types of what is given.
    pub(super) fn types(&self) -> impl Iterator<Item = &Type> {
        self.fields.iter().map(|field| &field.ty)
    }
}
