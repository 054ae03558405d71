//! The documented media types, where progenitor writes `application/json`.

use std::collections::BTreeMap;

use serde_json::Value;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, parse_quote};

use super::methods::begins_request;
use super::{FinishError, builders, each_builder};

/// The marks of lowering on an operation: of the body that is sent, and of the answers.
const MARKS: [&str; 2] = ["x-content-type", "x-accept"];

pub(super) fn apply(file: &mut syn::File, lowered: &Value) -> Result<(), FinishError> {
    let mut marked: BTreeMap<String, [Option<String>; 2]> = BTreeMap::new();
    for (builder, _, operation) in builders(lowered) {
        let marks = MARKS.map(|mark| operation.get(mark)?.as_str().map(str::to_owned));
        if marks.iter().any(Option::is_some) {
            marked.insert(builder, marks);
        }
    }
    each_builder(file, &mut |builder, block| {
        if let Some([content_type, accept]) = marked.get_mut(builder) {
            let mut headers = Headers {
                content_type,
                accept,
            };
            headers.visit_item_impl_mut(block);
        }
    })?;
    for (builder, [content_type, accept]) in marked {
        for (mark, what) in [(content_type, "JSON body"), (accept, "request")] {
            if mark.is_some() {
                return Err(FinishError::missing(format!(
                    "{what} in `builder::{builder}`"
                )));
            }
        }
    }
    Ok(())
}

/// Puts the headers where they belong, each of which is taken then.
struct Headers<'a> {
    content_type: &'a mut Option<String>,
    accept: &'a mut Option<String>,
}

impl VisitMut for Headers<'_> {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        // What encloses comes first: where there is an `Accept` already, it is replaced.
        let Expr::MethodCall(call) = expression else {
            return visit_mut::visit_expr_mut(self, expression);
        };
        if call.method == "json"
            && let Some(value) = self.content_type.take()
        {
            // A type that is there is left alone by `json`.
            let before = &call.receiver;
            call.receiver = parse_quote!(#before.header(
                ::reqwest::header::CONTENT_TYPE,
                ::reqwest::header::HeaderValue::from_static(#value),
            ));
        }
        if is_accept(call)
            && let Some(value) = self.accept.take()
            && let Some(place) = call.args.last_mut()
        {
            *place = parse_quote!(::reqwest::header::HeaderValue::from_static(#value));
        }
        if begins_request(call)
            && let Some(value) = self.accept.take()
        {
            let begun = &*call;
            *expression = parse_quote!(#begun.header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static(#value),
            ));
            return;
        }
        visit_mut::visit_expr_mut(self, expression);
    }
}

fn is_accept(call: &syn::ExprMethodCall) -> bool {
    call.method == "header"
        && matches!(call.args.first(), Some(Expr::Path(path))
            if path.path.segments.last().is_some_and(|last| last.ident == "ACCEPT"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lowered(marks: Value) -> Value {
        let mut operation = json!({"operationId": "change_it"});
        for (mark, value) in marks.as_object().unwrap() {
            operation[mark] = value.clone();
        }
        json!({"paths": {"/a": {"patch": operation}}})
    }

    #[test]
    fn a_body_and_answers_have_the_documented_media_types() {
        let mut file: syn::File = parse_quote! {
            mod builder {
                impl ChangeIt { fn send(self) {
                    client.client.patch(url)
                        .header(::reqwest::header::ACCEPT, ::reqwest::header::HeaderValue::from_static("application/json"))
                        .json(&body).headers(header_map).build()?;
                } }
                impl Other { fn send(self) { client.client.patch(url).json(&body).build()?; } }
            }
        };
        let marks = json!({"x-content-type": "application/merge-patch+json", "x-accept": "application/hal+json"});
        apply(&mut file, &lowered(marks)).unwrap();
        let source = prettyplease::unparse(&file);
        for media_type in ["application/merge-patch+json", "application/hal+json"] {
            assert_eq!(source.matches(media_type).count(), 1, "{source}");
        }
        assert_eq!(source.matches("CONTENT_TYPE").count(), 1);
        assert_eq!(source.matches("ACCEPT").count(), 1);
        assert!(!source.contains("application/json"), "{source}");
    }

    #[test]
    fn a_request_that_asks_for_nothing_asks_for_the_documented_media_types() {
        let mut file: syn::File = parse_quote! {
            mod builder {
                impl ChangeIt { fn send(self) { client.client.patch(url).build()?; } }
            }
        };
        apply(&mut file, &lowered(json!({"x-accept": "text/csv"}))).unwrap();
        let source = prettyplease::unparse(&file);
        assert_eq!(source.matches("ACCEPT").count(), 1, "{source}");
        assert!(source.contains("from_static(\"text/csv\")"), "{source}");
    }

    #[test]
    fn a_marked_operation_without_a_json_body_is_refused() {
        let mut file: syn::File = parse_quote! { mod builder { impl ChangeIt {} } };
        let error = apply(&mut file, &lowered(json!({"x-content-type": "a/b+json"}))).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("JSON body in `builder::ChangeIt`"),
            "{error}"
        );
    }
}
