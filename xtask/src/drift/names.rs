//! The Rust names that a change of the wire touches.

use std::collections::BTreeSet;

use api_surface::Surface;
use heck::{ToPascalCase, ToSnakeCase};
use openapi_drift::{Change, Kind, RustChange, Side};
use serde_json::Value;
use spec_documents::Config;

/// What is needed to name things of a crate.
pub(super) struct Names<'a> {
    config: &'a Config,
    documents: (&'a Value, &'a Value),
    /// Paths of the items before and after, without `crate::`.
    known: BTreeSet<String>,
}

impl<'a> Names<'a> {
    pub(super) fn new(
        config: &'a Config,
        documents: (&'a Value, &'a Value),
        surfaces: [&Surface; 2],
    ) -> Self {
        let items = surfaces.into_iter().flat_map(Surface::items);
        Self {
            config,
            documents,
            known: items
                .filter_map(|item| item.path.strip_prefix("crate::"))
                .map(str::to_owned)
                .collect(),
        }
    }

    /// The names, each with the crate before it; only such as one of the surfaces has.
    pub(super) fn of(&self, change: &Change) -> Vec<String> {
        let tokens: Vec<_> = openapi_model::pointer::tokens(&change.pointer).collect();
        let tokens: Vec<&str> = tokens.iter().map(|token| &**token).collect();
        let mut names = self.known_of(self.candidates(change, &tokens));
        if names.is_empty() {
            let calls = change.operations().filter_map(|call| self.operation(call));
            names = self.known_of(calls.map(|name| format!("Client::{name}")).collect());
        }
        let name = &self.config.name;
        // A variant says which type it is of.
        let has_inner = |name: &String| {
            let within = format!("{name}::");
            names.iter().any(|other| other.starts_with(&within))
        };
        names
            .iter()
            .filter(|name| !has_inner(name))
            .map(|path| format!("{name}::{path}"))
            .collect()
    }

    fn known_of(&self, candidates: Vec<String>) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for candidate in candidates {
            if self.known.contains(&candidate) && !found.contains(&candidate) {
                found.push(candidate);
            }
        }
        found
    }

    fn candidates(&self, change: &Change, tokens: &[&str]) -> Vec<String> {
        match tokens {
            ["servers", ..] => vec!["Environment".to_owned(), "PROVIDER".to_owned()],
            ["security", ..] | ["components", "securitySchemes", ..] => {
                vec!["Credentials".to_owned(), "PROVIDER".to_owned()]
            }
            ["components", "schemas", name, rest @ ..] => {
                within(&name.to_pascal_case(), rest, change)
            }
            ["paths", path, method, rest @ ..] => {
                let call = format!("{} {path}", method.to_uppercase());
                match self.operation(&call) {
                    Some(name) => self.of_operation(name, tokens, rest, change),
                    None => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    fn of_operation(
        &self,
        name: &str,
        tokens: &[&str],
        rest: &[&str],
        change: &Change,
    ) -> Vec<String> {
        let operation = name.to_pascal_case();
        let method = format!("Client::{name}");
        match rest {
            ["parameters", index, inner @ ..] => {
                let at = pointer(&tokens[..5]);
                let named = self.document(change).pointer(&at);
                let Some(parameter) = named
                    .and_then(|parameter| parameter.get("name"))
                    .and_then(Value::as_str)
                else {
                    return vec![format!("builder::{operation}::{index}"), method];
                };
                let mut names = vec![format!(
                    "builder::{operation}::{}",
                    parameter.to_snake_case()
                )];
                let ty = format!("{operation}{}", parameter.to_pascal_case());
                names.extend(within(&ty, inner, change));
                names
            }
            ["requestBody", inner @ ..] => {
                let mut names = match after_schema(inner) {
                    Some(inner) => within(&format!("{operation}Request"), inner, change),
                    None => Vec::new(),
                };
                if names.is_empty() {
                    names = vec![format!("builder::{operation}::body"), method];
                }
                names
            }
            ["responses", inner @ ..] => {
                let is_success = inner.first().is_some_and(|status| status.starts_with('2'));
                let suffixes: &[&str] = if is_success {
                    &["Answer", "Response"]
                } else {
                    &["Error"]
                };
                let types: Vec<String> = suffixes
                    .iter()
                    .map(|suffix| format!("{operation}{suffix}"))
                    .collect();
                let inside = after_schema(inner).unwrap_or_default();
                let mut names: Vec<String> = types
                    .iter()
                    .flat_map(|ty| within(ty, inside, change))
                    .collect();
                names.push(method);
                names.extend(
                    ["send", "send_blocking"].map(|name| format!("builder::{operation}::{name}")),
                );
                names
            }
            _ => vec![method, format!("builder::{operation}")],
        }
    }

    /// Name of the operation with this call; the names of path parameters do not matter.
    fn operation(&self, call: &str) -> Option<&str> {
        let wanted = anonymous(call);
        self.config
            .operations
            .iter()
            .find(|(_, operation)| anonymous(&operation.call.to_string()) == wanted)
            .map(|(name, _)| name.as_str())
    }

    fn document(&self, change: &Change) -> &Value {
        match change.pointer_in {
            Side::Before => self.documents.0,
            Side::After => self.documents.1,
        }
    }
}

/// The names in a schema whose Rust type is `ty`, along `tokens`: the last field, and the type that it leads to.
fn within(ty: &str, tokens: &[&str], change: &Change) -> Vec<String> {
    let mut ty = ty.to_owned();
    let mut fields: Vec<String> = Vec::new();
    let mut rest = tokens;
    loop {
        rest = match rest {
            ["properties", name, rest @ ..] => {
                let field = name.to_snake_case();
                fields = vec![
                    format!("types::{ty}::{field}"),
                    format!("types::{ty}::{field}_"),
                ];
                ty.push_str(&name.to_pascal_case());
                rest
            }
            ["items", rest @ ..] => {
                ty.push_str("Item");
                rest
            }
            ["additionalProperties", rest @ ..] if !rest.is_empty() => {
                ty.push_str("Value");
                rest
            }
            ["allOf", _, rest @ ..] => rest,
            ["oneOf" | "anyOf", index, rest @ ..] => {
                let number = index.parse::<usize>().map_or(0, |index| index + 1);
                ty.push_str(&format!("Variant{number}"));
                rest
            }
            _ => break,
        };
    }
    let mut names = fields;
    names.push(format!("types::{ty}"));
    names.extend(
        variants(change)
            .iter()
            .map(|variant| format!("types::{ty}::{variant}")),
    );
    names
}

/// Variants of the values that came or went.
fn variants(change: &Change) -> Vec<String> {
    if !matches!(change.kind, Kind::EnumValuesAdded | Kind::EnumValuesRemoved) {
        return Vec::new();
    }
    let list = |value: &Option<Value>| match value {
        Some(Value::Array(list)) => list.clone(),
        Some(value) => vec![value.clone()],
        None => Vec::new(),
    };
    let (before, after) = (list(&change.before), list(&change.after));
    let gone = before.iter().filter(|value| !after.contains(value));
    let new = after.iter().filter(|value| !before.contains(value));
    gone.chain(new)
        .filter_map(Value::as_str)
        .map(ToPascalCase::to_pascal_case)
        .collect()
}

/// What follows `content/<media type>/schema`.
fn after_schema<'t>(tokens: &'t [&'t str]) -> Option<&'t [&'t str]> {
    let at = tokens.iter().position(|token| *token == "schema")?;
    tokens.get(at + 1..)
}

fn pointer(tokens: &[&str]) -> String {
    let mut pointer = String::new();
    tokens
        .iter()
        .for_each(|token| openapi_model::pointer::push(&mut pointer, token));
    pointer
}

/// A call without the names of its path parameters.
fn anonymous(call: &str) -> String {
    let parts = call.split('/').map(|part| {
        if part.starts_with('{') && part.ends_with('}') {
            "{}"
        } else {
            part
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Whether a change of the crate is at one of the names of a change of the wire, or within it; what a type implements
/// follows from its members.
pub(super) fn touches(name: &str, names: &[String], rust: &RustChange) -> bool {
    let item = rust.item.split(" (").next().unwrap_or(&rust.item);
    let item = item.replacen("types::builder::", "types::", 1);
    names.iter().any(|touched| {
        let touched = touched
            .strip_prefix(name)
            .and_then(|path| path.strip_prefix("::"))
            .unwrap_or(touched);
        let implements = item.len() < rust.item.len();
        item == touched
            || implements
                && touched
                    .strip_prefix(&*item)
                    .is_some_and(|rest| rest.starts_with("::"))
            || item
                .strip_prefix(touched)
                .is_some_and(|rest| rest.starts_with("::"))
    })
}
