//! The builders of operations, each of which makes one `Call` of the run time.

use std::collections::BTreeMap;

use openapi_lower::plan::{Body, Operation, Parameter, Place, Writer};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use spec_documents::Config;
use syn::{Attribute, Fields, ImplItem, Item, ReturnType, Type, parse_quote};

use super::calls::call;
use super::paging::Types;
use super::setters::{argument, arguments, docs, documented, setter};
use super::short_paths::Short;
use super::{FinishError, module};
use crate::signatures::{self, Signature};

/// Replaces what the generator made of the operations, but for their types and their order. Gives back what each takes
/// and gives, by their names.
pub(super) fn apply(
    file: &mut syn::File,
    operations: &[Operation],
    config: &Config,
    short: &mut Short,
) -> Result<Vec<Signature>, FinishError> {
    let planned: BTreeMap<&str, &Operation> = operations
        .iter()
        .map(|operation| (operation.builder.as_str(), operation))
        .collect();
    let methods = document_methods(file, &planned)?;
    let types = module(&mut file.items, "types")?;
    let undisplayed = undisplayed(types);
    let paging = |operation: &Operation| config.operations.get(&operation.id)?.paging.as_ref();
    let types = operations
        .iter()
        .any(|operation| paging(operation).is_some())
        .then(|| Types::of(types));
    let builder = module(&mut file.items, "builder")?;
    let outcomes = outcomes(builder);
    let (mut made, mut named): (Vec<Item>, Vec<TokenStream>) = Default::default();
    let mut signatures = Vec::new();
    for item in builder.iter() {
        let Item::Struct(item) = item else { continue };
        let name = item.ident.to_string();
        let operation = planned
            .get(name.as_str())
            .ok_or_else(|| FinishError::missing(format!("operation `{name}` in the plan")))?;
        let outcome = outcomes
            .get(&name)
            .ok_or_else(|| FinishError::missing(format!("`send` in `builder::{name}`")))?;
        let fields = fields(&item.fields, operation, &undisplayed)?;
        let method = methods.get(&name).map_or(name.as_str(), String::as_str);
        // The client's field has another name where a parameter has that one.
        let client = item
            .fields
            .iter()
            .next()
            .and_then(|field| field.ident.clone());
        let client =
            client.ok_or_else(|| FinishError::missing(format!("field in `builder::{name}`")))?;
        let answers = answers_of(outcome).ok_or_else(|| {
            let builder = &operation.builder;
            FinishError::missing(format!("type of an answer of `builder::{builder}`"))
        })?;
        let names = (&item.ident, method, &client);
        let (request, read) = call(operation, &client, &fields);
        let pages = match paging(operation).zip(types.as_ref()) {
            Some((paging, types)) => types.functions((operation, paging), answers, &read)?,
            None => TokenStream::new(),
        };
        let sending = Sending {
            request,
            read,
            pages,
        };
        let tokens = printed(operation, names, &fields, (outcome, answers), &sending);
        let parsed: syn::File = syn::parse2(tokens).map_err(|error| {
            FinishError::missing(format!("syntax in `builder::{name}` ({error})"))
        })?;
        made.extend(parsed.items);
        named.push(outcome.to_token_stream());
        named.push(sending.pages);
        named.extend(fields.iter().map(|field| field.ty.to_token_stream()));
        signatures.push(signature(operation, &fields, answers, short));
    }
    if outcomes.len() != operations.len() {
        return Err(FinishError::missing("builder for each operation"));
    }
    if !made.is_empty() {
        made.splice(0..0, imports(&named));
    }
    *builder = made;
    signatures.sort_by(|one, other| one.operation.cmp(&other.operation));
    Ok(signatures)
}

/// What an operation takes and gives, under the names that are printed.
fn signature(
    operation: &Operation,
    fields: &[Field<'_>],
    (success, error): (&Type, &Type),
    short: &mut Short,
) -> Signature {
    let mut signature = Signature {
        operation: operation.id.clone(),
        success_status: operation
            .successes
            .statuses
            .first()
            .map_or(200, |(first, _)| *first),
        ..Signature::default()
    };
    for field in fields {
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
                    ty: (!is_media).then(|| ty.replace("types::builder::", "types::")),
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
    signature.success = decoded(success);
    signature.error = decoded(error);
    signature
}

/// Imports what the builders name, whose types are these, and nothing else.
fn imports(named: &[TokenStream]) -> Vec<Item> {
    let mentions = |name: &str| {
        named
            .iter()
            .any(|tokens| super::mentions(tokens.clone(), name))
    };
    let used = |names: &[&str]| -> Vec<Ident> {
        let used = names.iter().filter(|name| mentions(name));
        used.map(|name| format_ident!("{name}")).collect()
    };
    let ours = used(&["types"]);
    let of_run_time = used(&["Error", "RawBody", "ResponseValue"]);
    vec![
        parse_quote!(use super::{Client, #(#ours),*};),
        parse_quote!(use provider_runtime::{self as runtime, #(#of_run_time),*};),
    ]
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

/// The types that each `send` gives: what the client says of a success and of an error.
fn outcomes(builder: &[Item]) -> BTreeMap<String, Type> {
    let mut outcomes = BTreeMap::new();
    for item in builder {
        let Item::Impl(block) = item else { continue };
        let Type::Path(path) = &*block.self_ty else {
            continue;
        };
        let Some(last) = path.path.segments.last() else {
            continue;
        };
        for item in &block.items {
            if let ImplItem::Fn(function) = item
                && function.sig.ident == "send"
                && let ReturnType::Type(_, outcome) = &function.sig.output
            {
                outcomes.insert(last.ident.to_string(), (**outcome).clone());
            }
        }
    }
    outcomes
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

/// The fields as the generator orders them; the client is the first.
fn fields<'a>(
    fields: &Fields,
    operation: &'a Operation,
    undisplayed: &BTreeMap<String, Type>,
) -> Result<Vec<Field<'a>>, FinishError> {
    let mut parameters = operation.parameters.iter();
    let mut made = Vec::new();
    for field in fields.iter().skip(1) {
        let missing = || {
            FinishError::missing(format!(
                "parameter for each field of `builder::{}`",
                operation.builder
            ))
        };
        let ident = field.ident.clone().ok_or_else(missing)?;
        let given = argument(&field.ty, "Result").ok_or_else(missing)?;
        let (part, optional_body) = match &operation.body {
            Some(body) if ident == "body" => (Part::Body(body), body.is_optional),
            _ => (
                Part::Parameter(parameters.next().ok_or_else(missing)?),
                false,
            ),
        };
        let inner = argument(given, "Option").filter(|_| matches!(part, Part::Parameter(_)));
        let is_required = inner.is_none() && !optional_body;
        let ty = inner.unwrap_or(given);
        // What lowering put around an object.
        let ty = argument(ty, "Parameter").unwrap_or(ty).clone();
        let built = matches!(part, Part::Body(_)).then(|| built(&ty)).flatten();
        let is_in_text = matches!(part, Part::Parameter(parameter) if parameter.place != Place::Query && parameter.style.is_none());
        let of_types = matches!(&ty, Type::Path(path) if path.path.segments.first().is_some_and(|first| first.ident == "types"));
        let held = (is_in_text && of_types)
            .then(|| undisplayed.get(&last_name(&ty)).cloned())
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

/// The types of the success and of the error, of a `Result<ResponseValue<_>, Error<_>>`.
fn answers_of(outcome: &Type) -> Option<(&Type, &Type)> {
    let mut types = arguments(outcome);
    let success = argument(types.next()?, "ResponseValue")?;
    Some((success, argument(types.next()?, "Error")?))
}

/// `types::X` of `types::builder::X`.
fn built(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let mut built = path.clone();
    let segments = path
        .path
        .segments
        .iter()
        .filter(|part| part.ident != "builder");
    built.path.segments = segments.cloned().collect();
    (built.path.segments.len() < path.path.segments.len()).then_some(Type::Path(built))
}

/// How an operation is sent.
struct Sending {
    /// Its request.
    request: TokenStream,
    /// How answers are read.
    read: TokenStream,
    /// The functions that ask for page after page.
    pages: TokenStream,
}

fn printed(
    operation: &Operation,
    (name, method, client): (&Ident, &str, &Ident),
    fields: &[Field<'_>],
    (outcome, (success, error)): (&Type, (&Type, &Type)),
    Sending {
        request,
        read,
        pages,
    }: &Sending,
) -> TokenStream {
    let summary = format!("Makes a request of [`Client::{method}`].");
    let summary = docs([summary.as_str()]);
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let types = fields.iter().map(|field| &field.ty);
    let mut setters: Vec<TokenStream> = fields.iter().map(setters_of).collect();
    let others = operation
        .body
        .as_ref()
        .and_then(|body| body.others.as_ref());
    let other = others.map(|media_types| {
        let told = format!(
            "Sends this in place of `body`, which is given otherwise; documented: {media_types}."
        );
        let ty = parse_quote!(runtime::MediaBody);
        setters.push(setter(
            &format_ident!("other_body"),
            &ty,
            &docs([told.as_str()]),
        ));
        quote! { other_body }
    });
    let other = other.into_iter().collect::<Vec<_>>();
    // What pages is put together in one place.
    let (into_call, request) = match pages.is_empty() {
        true => (TokenStream::new(), request.clone()),
        false => (
            quote! {
                fn into_call(self) -> runtime::Call<'a> {
                    #request
                }
            },
            quote! { self.into_call() },
        ),
    };
    let begun = if client == "client" {
        quote! { client }
    } else {
        quote! { #client: client }
    };
    let sends = docs([format!(
        "Sends `{} {}`.\n\n# Errors\nEverything but a documented success; [`Error::may_have_happened`] tells what it means.",
        operation.method.to_ascii_uppercase(),
        operation.path
    )
    .as_str()]);
    quote! {
        #(#summary)*
        #[must_use = "it is sent by `send`"]
        #[derive(Clone, Debug)]
        pub struct #name<'a> {
            #client: &'a Client,
            #(#idents: runtime::Given<#types>,)*
            #(#other: runtime::Given<runtime::MediaBody>,)*
            settings: runtime::CallSettings,
        }
        runtime::call_settings!(#name);
        runtime::blocking!(#name, #success, #error);
        impl<'a> #name<'a> {
            /// One of which nothing is given.
            pub fn new(client: &'a Client) -> Self {
                Self { #begun, #(#idents: runtime::Given::default(),)* #(#other: runtime::Given::default(),)* settings: runtime::CallSettings::default() }
            }
            #(#setters)*
            #(#sends)*
            pub async fn send(self) -> #outcome {
                #request.send(#read).await
            }
            #pages
            #into_call
        }
    }
}

fn setters_of(field: &Field<'_>) -> TokenStream {
    let ident = &field.ident;
    let description = match &field.part {
        Part::Parameter(parameter) => parameter.description.as_deref(),
        Part::Body(body) => body.description.as_deref(),
    };
    let documented = match (&field.part, description) {
        (Part::Body(_), None) => docs(["What is sent."]),
        (Part::Body(_), _) => docs(description),
        (Part::Parameter(parameter), _) => {
            let mut said = docs(description);
            if parameter.is_deprecated {
                said.push(parse_quote!(#[deprecated]));
            }
            documented(ident, said, field.is_required)
        }
    };
    if let (Part::Body(_), Some(inner)) = (&field.part, argument(&field.ty, "Option")) {
        return quote! {
            #(#documented)*
            pub fn body(mut self, value: impl ::std::convert::TryInto<#inner, Error: ::std::fmt::Display>) -> Self {
                self.body = runtime::Given::<#inner>::checked(value).built();
                self
            }
            /// Sends `null`.
            pub fn null_body(mut self) -> Self {
                self.body = runtime::Given::value(::std::option::Option::None);
                self
            }
        };
    }
    let Some(built) = &field.built else {
        return setter(ident, &field.ty, &documented);
    };
    let builder = &field.ty;
    quote! {
        #(#documented)*
        pub fn body(mut self, value: impl ::std::convert::TryInto<#built, Error: ::std::fmt::Display>) -> Self {
            self.body = runtime::Given::<#built>::checked(value).built();
            self
        }
        /// Changes the body by a function.
        pub fn body_map(mut self, change: impl FnOnce(#builder) -> #builder) -> Self {
            self.body = self.body.map(change);
            self
        }
    }
}

/// What the document says of each operation, at the method of the client with which it begins; gives back the
/// name of that method for each builder.
fn document_methods(
    file: &mut syn::File,
    planned: &BTreeMap<&str, &Operation>,
) -> Result<BTreeMap<String, String>, FinishError> {
    let mut methods = BTreeMap::new();
    for item in &mut file.items {
        let Item::Impl(block) = item else { continue };
        if block.trait_.is_some() || !super::client::is_path(&block.self_ty, "Client") {
            continue;
        }
        for item in &mut block.items {
            let ImplItem::Fn(function) = item else {
                continue;
            };
            let Some(builder) = begun(&function.sig.output) else {
                continue;
            };
            let Some(operation) = planned.get(builder.as_str()) else {
                continue;
            };
            let route = format!(
                "`{} {}`",
                operation.method.to_ascii_uppercase(),
                operation.path
            );
            let texts = operation.docs.iter().map(String::as_str);
            let mut attributes: Vec<Attribute> = docs(texts.chain([route.as_str()]));
            if operation.is_deprecated {
                attributes.push(parse_quote!(#[deprecated]));
            }
            function.attrs = attributes;
            methods.insert(builder, function.sig.ident.to_string());
        }
    }
    if methods.len() == planned.len() {
        Ok(methods)
    } else {
        Err(FinishError::missing(
            "method of `Client` for each operation",
        ))
    }
}

/// The builder that a method of the client begins.
fn begun(output: &ReturnType) -> Option<String> {
    let ReturnType::Type(_, ty) = output else {
        return None;
    };
    let Type::Path(path) = &**ty else { return None };
    let mut segments = path.path.segments.iter();
    let is_builder = segments.next()?.ident == "builder";
    is_builder.then(|| segments.next().map(|last| last.ident.to_string()))?
}
