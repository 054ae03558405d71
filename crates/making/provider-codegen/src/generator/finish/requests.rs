//! What is sent: the operations, by the functions that the generator made of them and what the plan says.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase;
use openapi_lower::plan::{Operation, Place, Writer};
use proc_macro2::Ident;
use quote::format_ident;
use spec_documents::Config;
use syn::ext::IdentExt;
use syn::visit_mut::VisitMut;
use syn::{ImplItem, ImplItemFn, Item, ReturnType, Type, parse_quote};

use super::fields::{Field, Part, Types, fields};
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
