//! The `Call` of the run time that an operation makes.

use heck::ToShoutySnakeCase;
use openapi_lower::plan::{Answers, Body, Kind, Operation, Place, Style, Writer};
use proc_macro2::Ident;
use syn::Expr;

use super::fields::{Field, Part};
use super::syntax::text;
use super::syntax::{call, ident, list, member, method, method_of, named, pair, range, reference};

/// The request, put together.
pub(super) fn call_of(operation: &Operation, client: &Ident, fields: &[Field<'_>]) -> Expr {
    let of_self = |name: &Ident| member(named(&["self"]), name);
    let verb = operation.method.to_ascii_uppercase();
    let begun = [
        of_self(client),
        text(&operation.id),
        named(&["runtime", "Method", &verb]),
        text(&operation.path),
    ];
    let mut made = call(named(&["runtime", "Call", "new"]), begun);
    // What the path needs comes first; headers are in the order in which they are sent.
    let with = |made: Expr, belongs: fn(&Part<'_>) -> bool| {
        let fields = fields.iter().filter(|field| belongs(&field.part));
        fields.fold(made, part)
    };
    made = with(
        made,
        |part| matches!(part, Part::Parameter(parameter) if matches!(parameter.place, Place::Path { .. })),
    );
    made = with(
        made,
        |part| matches!(part, Part::Parameter(parameter) if parameter.place == Place::Query),
    );
    if let Some(accept) = &operation.accept {
        made = method(made, "accept", [text(accept)]);
    }
    let body = operation.body.as_ref();
    if body.is_some_and(|body| body.others.is_some()) {
        let given = [
            of_self(&ident("other_body")),
            reference(of_self(&ident("body"))),
        ];
        made = method(made, "other_body", given);
    }
    made = with(made, |part| matches!(part, Part::Body(_)));
    made = with(
        made,
        |part| matches!(part, Part::Parameter(parameter) if matches!(parameter.place, Place::Header | Place::Cookie)),
    );
    if !operation.documented.is_empty() {
        made = method(made, "documented", [ranges(&operation.documented)]);
    }
    method(made, "with_settings", [of_self(&ident("settings"))])
}

/// How its successes and its errors are read.
pub(super) fn read(operation: &Operation) -> [Expr; 2] {
    [answers(&operation.successes), answers(&operation.errors)]
}

/// A call with one more part.
fn part(made: Expr, field: &Field<'_>) -> Expr {
    let mut value = member(named(&["self"]), &field.ident);
    if let Some(built) = &field.built {
        // What has no member that must be given can be sent as it begins.
        if field.is_required {
            value = method(value, "or_default", []);
        }
        value = method_of(value, "built", Some(built), []);
    }
    if let Some(held) = &field.held {
        value = method_of(value, "built", Some(held), []);
    }
    match &field.part {
        Part::Parameter(parameter) => {
            let is_path = matches!(parameter.place, Place::Path { .. });
            if field.is_required && !is_path {
                value = method(value, "required", []);
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
            let arguments = [text(&parameter.name)].into_iter();
            let arguments = arguments.chain(style.map(style_of)).chain([value]);
            method(made, function, arguments)
        }
        Part::Body(body) => {
            if field.is_required && field.built.is_none() {
                value = method(value, "required", []);
            }
            written(made, body, value)
        }
    }
}

fn style_of(style: Style) -> Expr {
    let constant = style.name.word().to_shouty_snake_case();
    let mut made = named(&["runtime", "Style", &constant]);
    if style.is_exploded {
        made = method(made, "exploded", []);
    }
    if style.allows_reserved {
        made = method(made, "allowing_reserved", []);
    }
    made
}

fn written(made: Expr, body: &Body, value: Expr) -> Expr {
    match &body.writer {
        Writer::Json { media_type: None } => method(made, "json", [value]),
        Writer::Json {
            media_type: Some(media_type),
        } => method(made, "json_as", [text(media_type), value]),
        Writer::Media => method(made, "media", [value]),
        Writer::Form(fields) if fields.is_empty() => method(made, "form", [value]),
        Writer::Form(fields) => {
            let styled = fields.iter();
            let styled = styled.map(|(name, style)| pair(text(name), style_of(*style)));
            method(made, "styled_form", [value, list(styled)])
        }
    }
}

fn ranges(statuses: &[(u16, u16)]) -> Expr {
    list(statuses.iter().map(|(first, last)| range(*first, *last)))
}

fn answers(answers: &Answers) -> Expr {
    let kind = match answers.kind {
        Kind::Json => "json",
        Kind::Empty => "empty",
        Kind::Raw => "raw",
    };
    call(
        named(&["runtime", "Answers", kind]),
        [ranges(&answers.statuses)],
    )
}
