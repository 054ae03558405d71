//! Parameters of a path whose values have slashes of their own.

use std::collections::BTreeMap;

use openapi_lower::wire_names;
use quote::ToTokens;
use serde_json::Value;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Token, parse_quote};

use super::{FinishError, builders, each_builder};

/// What progenitor escapes a parameter with.
const ESCAPE: &str = "encode_path";

pub(super) fn apply(file: &mut syn::File, lowered: &Value) -> Result<(), FinishError> {
    let mut marked: BTreeMap<String, Vec<bool>> = BTreeMap::new();
    for (builder, path, _) in builders(lowered) {
        let places = spanning(path);
        if places.contains(&true) {
            marked.insert(builder, places);
        }
    }
    each_builder(file, &mut |builder, block| {
        if let Some(places) = marked.get(builder) {
            let mut paths = Paths {
                places,
                found: false,
            };
            paths.visit_item_impl_mut(block);
            if paths.found {
                marked.remove(builder);
            }
        }
    })?;
    match marked.keys().next() {
        None => Ok(()),
        Some(builder) => Err(FinishError::missing(format!(
            "call of `{ESCAPE}` in `builder::{builder}`"
        ))),
    }
}

/// For each parameter in a path, whether lowering has marked it.
fn spanning(path: &str) -> Vec<bool> {
    path.split('{')
        .skip(1)
        .map(|part| wire_names(part).starts_with('+'))
        .collect()
}

struct Paths<'a> {
    places: &'a [bool],
    found: bool,
}

impl VisitMut for Paths<'_> {
    fn visit_macro_mut(&mut self, found: &mut syn::Macro) {
        let parse = Punctuated::<Expr, Token![,]>::parse_terminated;
        if found.path.is_ident("format")
            && let Ok(mut arguments) = found.parse_body_with(parse)
        {
            let calls = arguments.iter_mut().filter_map(|argument| match argument {
                Expr::Call(call) if is_escape(&call.func) => Some(call),
                _ => None,
            });
            for (call, _) in calls.zip(self.places).filter(|(_, spans)| **spans) {
                *call.func = parse_quote!(::provider_runtime::encode_segments);
                self.found = true;
            }
            found.tokens = arguments.to_token_stream();
        }
        visit_mut::visit_macro_mut(self, found);
    }
}

fn is_escape(function: &Expr) -> bool {
    matches!(function, Expr::Path(path) if path.path.is_ident(ESCAPE))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_marked_parameter_keeps_its_slashes() {
        // `+name` as lowering writes it, called `name`.
        let path = "/v1/{id}/{\u{E001}name\u{E000}\u{F002B}\u{F006E}}";
        let lowered = json!({"paths": {path: {"get": {"operationId": "get_it"}}}});
        let mut file: syn::File = parse_quote! {
            mod builder {
                impl GetIt { fn send(self) {
                    let url = format!("{}/v1/{}/{}", client.baseurl, encode_path(&id.to_string()), encode_path(&name.to_string()),);
                } }
            }
        };
        apply(&mut file, &lowered).unwrap();
        let source = prettyplease::unparse(&file);
        assert_eq!(
            source
                .matches("::provider_runtime::encode_segments")
                .count(),
            1,
            "{source}"
        );
        assert!(
            source.find("encode_path") < source.find("encode_segments"),
            "{source}"
        );
    }

    #[test]
    fn a_marked_path_that_is_nowhere_escaped_is_refused() {
        let path = "/{\u{E001}name\u{E000}\u{F002B}}";
        let lowered = json!({"paths": {path: {"get": {"operationId": "get_it"}}}});
        let mut file: syn::File = parse_quote! { mod builder { impl GetIt {} } };
        assert!(apply(&mut file, &lowered).is_err());
    }
}
