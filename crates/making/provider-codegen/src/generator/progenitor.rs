//! progenitor behind the trait, with its panics and refusals brought back to a place in the document.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use progenitor_impl::{CrateVers, GenerationSettings, InterfaceStyle, TagStyle};
use quote::quote;
use serde::Deserialize;
use serde_json::Value;

use super::{Generator, GeneratorError, items, locate};

/// Generates with progenitor, on the session of `provider-runtime`. Its functions take their parameters by position:
/// builders are printed of the plan, and those that progenitor and typify make would be half of their work.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progenitor;

impl Generator for Progenitor {
    fn name(&self) -> &'static str {
        "progenitor 0.15.1"
    }

    fn generate(&self, lowered: &Value) -> Result<syn::File, GeneratorError> {
        attempt(lowered)
            .map_err(|cause| locate::first(lowered, cause, &|part| attempt(part).map(drop)))
    }

    fn faults(&self, lowered: &Value) -> Vec<GeneratorError> {
        locate::all(lowered, &|part| attempt(part).map(drop))
    }
}

fn settings() -> GenerationSettings {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_inner_type(quote! { provider_runtime::Session })
        // An ordered map, so that what is sent does not depend on a random seed.
        .with_map_type("::std::collections::BTreeMap")
        .with_crate("provider-runtime", CrateVers::Any, None)
        .with_crate("std", CrateVers::Any, None)
        // So that users can compare what they get with what they expect.
        .with_derive("PartialEq");
    settings
}

/// One run of progenitor; a panic inside of it is an error like any other.
fn attempt(lowered: &Value) -> Result<syn::File, String> {
    let quiet = QuietPanics::begin();
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        let tokens = tokens(lowered)?;
        items::parse(tokens).map_err(|error| format!("what it generated does not parse: {error}"))
    }));
    drop(quiet);
    outcome
        .unwrap_or_else(|payload| {
            let text = payload
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| payload.downcast_ref::<&str>().copied())
                .unwrap_or("without a message");
            Err(format!("it panicked: {text}"))
        })
        .map_err(shortened)
}

/// What progenitor makes; its own memory is free again when this returns.
fn tokens(lowered: &Value) -> Result<proc_macro2::TokenStream, String> {
    let document = openapiv3::OpenAPI::deserialize(lowered)
        .map_err(|error| format!("not OpenAPI 3.0: {error}"))?;
    progenitor_impl::Generator::new(&settings())
        .generate_tokens(&document)
        .map_err(|error| error.to_string())
}

/// The beginning of a message: progenitor's carry whole schemas.
fn shortened(message: String) -> String {
    const LONGEST: usize = 400;
    let words = message.split_whitespace();
    let mut short = String::new();
    for word in words {
        if short.len() + word.len() > LONGEST {
            short.push_str(" …");
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    short
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the panics that are caught here from being printed as if they were the command's own; those of
/// other threads are printed as ever.
struct QuietPanics;

impl QuietPanics {
    fn begin() -> Self {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let previous = panic::take_hook();
            panic::set_hook(Box::new(move |information| {
                if !QUIET.get() {
                    previous(information);
                }
            }));
        });
        QUIET.set(true);
        Self
    }
}

impl Drop for QuietPanics {
    fn drop(&mut self) {
        QUIET.set(false);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(paths: Value, schemas: Value) -> Value {
        json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths, "components": {"schemas": schemas}})
    }

    #[test]
    fn a_panic_is_reported_as_the_operation_that_caused_it() {
        // Two success types: progenitor asserts that there is one.
        let typed = |kind: &str| json!({"description": "", "content": {"application/json": {"schema": {"type": kind}}}});
        let good = json!({"get": {"operationId": "good", "responses": {"200": typed("string")}}});
        let bad = json!({"post": {"operationId": "bad", "responses": {"200": typed("string"), "201": typed("boolean")}}});
        let error = Progenitor
            .generate(&document(json!({"/a": good, "/b/{c}": bad}), json!({})))
            .unwrap_err();
        assert_eq!(
            (error.pointer.as_str(), error.operation.as_deref()),
            ("/paths/~1b~1{c}/post", Some("bad"))
        );
        assert!(error.cause.starts_with("it panicked: "), "{}", error.cause);
    }

    #[test]
    fn a_schema_that_is_refused_is_reported_with_its_pointer() {
        let schemas =
            json!({"Fine": {"type": "object"}, "Bad/Name": {"type": "string", "pattern": "("}});
        let error = Progenitor
            .generate(&document(json!({}), schemas))
            .unwrap_err();
        assert_eq!(error.pointer, "/components/schemas/Bad~1Name");
    }
    #[test]
    fn a_required_wire_type_that_may_be_null_is_an_option() {
        let number = json!({"type": "number", "nullable": true});
        let answer = json!({"type": "object", "required": ["amount", "list", "map", "word"], "properties": {
            "amount": number,
            "list": {"type": "array", "items": number},
            "map": {"type": "object", "additionalProperties": number},
            "word": {"type": "string", "nullable": true, "enum": ["a", "b"]},
            "may": number
        }});
        let content = json!({"application/json": {"schema": answer}});
        let paths = json!({"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "", "content": content}}}}});
        let lowered = openapi_lower::lower(&document(paths, json!({}))).unwrap();
        let file = Progenitor.generate(&lowered.document).unwrap();
        let source = prettyplease::unparse(&file);
        let source: String = source.split_whitespace().collect();
        let amount = "::std::option::Option<::provider_runtime::Amount>";
        for field in [
            format!("pubamount:{amount},"),
            format!("pubmay:{amount},"),
            format!("publist:::std::vec::Vec<{amount}>,"),
            format!("<::std::string::String,{amount}"),
            "pubword:::std::option::Option<::provider_runtime::Open<AResponseWord>>,".to_owned(),
        ] {
            assert!(source.contains(&field), "{field} in {source}");
        }
    }

    #[test]
    fn what_is_within_nullable_may_be_null_and_hold_its_own_type() {
        let text = json!({"type": "string", "nullable": true});
        let body = json!({"$ref": "#/components/schemas/Node"});
        let content = json!({"application/json": {"schema": body}});
        let paths = json!({"/a": {"patch": {"operationId": "a", "requestBody": {"content": content}, "responses": {"204": {"description": ""}}}}});
        let node = json!({"type": "object", "properties": {
            "list": {"type": "array", "nullable": true, "items": text},
            "map": {"type": "object", "nullable": true, "additionalProperties": {"type": "number", "nullable": true}},
            "parent": {"allOf": [body], "nullable": true},
            "children": {"type": "array", "nullable": true, "items": body}
        }});
        let lowered = openapi_lower::lower(&document(paths, json!({"Node": node}))).unwrap();
        let file = Progenitor.generate(&lowered.document).unwrap();
        let source = prettyplease::unparse(&file);
        let source: String = source.split_whitespace().collect();
        let source = source.replace(",>", ">");
        for (field, ty) in [
            (
                "list",
                "::std::vec::Vec<::std::option::Option<::std::string::String>>",
            ),
            (
                "map",
                "::std::collections::BTreeMap<::std::string::String,::std::option::Option<::provider_runtime::RequestAmount>>",
            ),
            ("parent", "::std::boxed::Box<Node>"),
            ("children", "::std::vec::Vec<Node>"),
        ] {
            let field =
                format!("pub{field}:::std::option::Option<::provider_runtime::Nullable<{ty}");
            assert!(source.contains(&field), "{field} in {source}");
        }
    }
}
