//! The `Call` of the run time that an operation makes.

use heck::ToShoutySnakeCase;
use openapi_lower::plan::{Answers, Body, Kind, Operation, Place, Style, Writer};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::requests::{Field, Part};

/// The request, put together, and how its answers are read.
pub(super) fn call(
    operation: &Operation,
    client: &Ident,
    fields: &[Field<'_>],
) -> (TokenStream, TokenStream) {
    let (id, path) = (&operation.id, &operation.path);
    let method = Ident::new(&operation.method.to_ascii_uppercase(), Span::call_site());
    let accept = operation
        .accept
        .as_ref()
        .map(|accept| quote! { .accept(#accept) });
    let part = |field: &Field<'_>| {
        let ident = &field.ident;
        let mut value = quote! { self.#ident };
        if let Some(built) = &field.built {
            // What has no member that must be given can be sent as it begins.
            let begun = field.is_required.then(|| quote! { .or_default() });
            value = quote! { #value #begun.built::<#built>() };
        }
        if let Some(held) = &field.held {
            value = quote! { #value.built::<#held>() };
        }
        match &field.part {
            Part::Parameter(parameter) => {
                let name = &parameter.name;
                let is_path = matches!(parameter.place, Place::Path { .. });
                if field.is_required && !is_path {
                    value = quote! { #value.required() };
                }
                let style = parameter
                    .style
                    .filter(|_| parameter.place != Place::Path { spans: true });
                let function = match (parameter.place, style.is_some()) {
                    (Place::Path { spans: false }, true) => "path_styled",
                    (Place::Path { spans: false }, false) => "path",
                    (Place::Path { spans: true }, _) => "path_segments",
                    (Place::Query, true) => "query_styled",
                    (Place::Query, false) => "query",
                    (Place::Header, true) => "header_styled",
                    (Place::Header, false) => "header",
                    (Place::Cookie, _) => "cookie",
                };
                let style = style.map(|style| {
                    let style = style_of(style);
                    quote! { #style, }
                });
                let function = format_ident!("{function}");
                quote! { .#function(#name, #style #value) }
            }
            Part::Body(body) => {
                if field.is_required && field.built.is_none() {
                    value = quote! { #value.required() };
                }
                written(body, &value)
            }
        }
    };
    // What the path needs comes first; headers are in the order in which they are sent.
    let parts = |belongs: fn(&Part<'_>) -> bool| {
        let parts = fields.iter().filter(|field| belongs(&field.part)).map(part);
        parts.collect::<Vec<_>>()
    };
    let path_parts = parts(
        |part| matches!(part, Part::Parameter(parameter) if matches!(parameter.place, Place::Path { .. })),
    );
    let query =
        parts(|part| matches!(part, Part::Parameter(parameter) if parameter.place == Place::Query));
    let body = parts(|part| matches!(part, Part::Body(_)));
    let headers = parts(
        |part| matches!(part, Part::Parameter(parameter) if matches!(parameter.place, Place::Header | Place::Cookie)),
    );
    let has_other = operation
        .body
        .as_ref()
        .is_some_and(|body| body.others.is_some());
    let other = has_other.then(|| quote! { .other_body(self.other_body, &self.body) });
    let documented = (!operation.documented.is_empty()).then(|| {
        let ranges = ranges(&operation.documented);
        quote! { .documented(&[#(#ranges),*]) }
    });
    let successes = answers(&operation.successes);
    let errors = answers(&operation.errors);
    let request = quote! {
        runtime::Call::new(self.#client, #id, runtime::Method::#method, #path)
            #(#path_parts)*
            #(#query)*
            #accept
            #other
            #(#body)*
            #(#headers)*
            #documented
            .with_settings(self.settings)
    };
    (request, quote! { #successes, #errors })
}

fn style_of(style: Style) -> TokenStream {
    let constant = format_ident!("{}", style.name.word().to_shouty_snake_case());
    let exploded = style.is_exploded.then(|| quote! { .exploded() });
    let reserved = style
        .allows_reserved
        .then(|| quote! { .allowing_reserved() });
    quote! { runtime::Style::#constant #exploded #reserved }
}

fn written(body: &Body, value: &TokenStream) -> TokenStream {
    match &body.writer {
        Writer::Json { media_type: None } => quote! { .json(#value) },
        Writer::Json {
            media_type: Some(media_type),
        } => quote! { .json_as(#media_type, #value) },
        Writer::Media => quote! { .media(#value) },
        Writer::Form(fields) if fields.is_empty() => quote! { .form(#value) },
        Writer::Form(fields) => {
            let fields = fields.iter().map(|(name, style)| {
                let style = style_of(*style);
                quote! { (#name, #style) }
            });
            quote! { .styled_form(#value, &[#(#fields),*]) }
        }
    }
}

fn ranges(statuses: &[(u16, u16)]) -> Vec<TokenStream> {
    let ranges = statuses.iter().map(|(first, last)| {
        let [first, last] =
            [first, last].map(|status| proc_macro2::Literal::u16_unsuffixed(*status));
        quote! { #first..=#last }
    });
    ranges.collect()
}

fn answers(answers: &Answers) -> TokenStream {
    let statuses = ranges(&answers.statuses);
    let kind = format_ident!(
        "{}",
        match answers.kind {
            Kind::Json => "json",
            Kind::Empty => "empty",
            Kind::Raw => "raw",
        }
    );
    quote! { runtime::Answers::#kind(&[#(#statuses),*]) }
}
