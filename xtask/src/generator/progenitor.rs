//! progenitor behind the trait, with its panics and refusals brought back to a place in the document.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use progenitor_impl::{CrateVers, GenerationSettings, InterfaceStyle, TagStyle};
use quote::quote;
use serde_json::{Value, json};

use super::{Generator, GeneratorError};

/// The methods of a path item.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Generates with progenitor, in builder style, on the session of `provider-runtime`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progenitor;

impl Generator for Progenitor {
    fn name(&self) -> &'static str {
        "progenitor 0.15.1"
    }

    fn generate(&self, lowered: &Value) -> Result<syn::File, GeneratorError> {
        attempt(lowered).map_err(|cause| locate(lowered, cause))
    }
}

fn settings() -> GenerationSettings {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_tag(TagStyle::Merged)
        .with_inner_type(quote! { provider_runtime::Session })
        // An ordered map, so that what is sent does not depend on a random seed.
        .with_map_type("::std::collections::BTreeMap")
        .with_crate("provider-runtime", CrateVers::Any, None)
        // So that users can compare what they get with what they expect.
        .with_derive("PartialEq");
    settings
}

/// One run of progenitor; a panic inside of it is an error like any other.
fn attempt(lowered: &Value) -> Result<syn::File, String> {
    let quiet = QuietPanics::begin();
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        let document: openapiv3::OpenAPI = serde_json::from_value(lowered.clone())
            .map_err(|error| format!("not OpenAPI 3.0: {error}"))?;
        let tokens = progenitor_impl::Generator::new(&settings())
            .generate_tokens(&document)
            .map_err(|error| error.to_string())?;
        syn::parse2(tokens).map_err(|error| format!("what it generated does not parse: {error}"))
    }));
    drop(quiet);
    outcome.unwrap_or_else(|payload| {
        let text = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied())
            .unwrap_or("without a message");
        Err(format!("it panicked: {text}"))
    })
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

/// Finds the schema, or else the operation, that alone makes progenitor fail in the same way.
fn locate(lowered: &Value, cause: String) -> GeneratorError {
    let schemas = lowered
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    for (name, schema) in schemas.into_iter().flatten() {
        let mut alone = lowered.clone();
        alone["paths"] = json!({});
        // Its references are kept apart from it: what they lead to is tried on its own.
        alone["components"] = json!({"schemas": stand_ins(lowered, name, schema)});
        if let Err(cause) = attempt(&alone) {
            let pointer = format!("/components/schemas/{}", escape(name));
            return GeneratorError {
                pointer,
                operation: None,
                cause,
            };
        }
    }
    let paths = lowered.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let mut alone = lowered.clone();
            let mut only = item.clone();
            if let Some(only) = only.as_object_mut() {
                only.retain(|key, _| key == method || !METHODS.contains(&key.as_str()));
            }
            alone["paths"] = json!({path.as_str(): only});
            if let Err(cause) = attempt(&alone) {
                let id = operation.get("operationId").and_then(Value::as_str);
                let pointer = format!("/paths/{}/{method}", escape(path));
                return GeneratorError {
                    pointer,
                    operation: id.map(str::to_owned),
                    cause,
                };
            }
        }
    }
    GeneratorError {
        pointer: String::new(),
        operation: None,
        cause,
    }
}

/// All named schemas, of which only `name` is as it was: the others are anything.
fn stand_ins(lowered: &Value, name: &str, schema: &Value) -> Value {
    let names = lowered
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    let mut schemas: serde_json::Map<String, Value> = names
        .into_iter()
        .flatten()
        .map(|(name, _)| (name.clone(), json!({"type": "object"})))
        .collect();
    schemas.insert(name.to_owned(), schema.clone());
    Value::Object(schemas)
}

fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
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
}
