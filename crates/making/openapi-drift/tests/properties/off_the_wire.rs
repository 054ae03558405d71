//! The places that are not on the wire, one by one, with the reason.
//!
//! It is written from the OpenAPI specification and not from the comparison, so that each checks the other.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::mutation::{Mutation, Sort};

/// Keys whose values are documentation, or names that only the document uses.
const DOCUMENTATION: [&str; 11] = [
    "description",
    "summary",
    "title",
    "example",
    "examples",
    "tags",
    "externalDocs",
    "operationId",
    "info",
    "openapi",
    "bearerFormat",
];

/// Why a mutation is not on the wire; nothing if it is.
pub(crate) fn reason(before: &Value, mutation: &Mutation) -> Option<&'static str> {
    let tokens: Vec<&str> = mutation.pointer.split('/').skip(1).collect();
    // Names of fields, paths and components are no keys of OpenAPI.
    let is_key = |index: usize| {
        index == 0
            || ![
                "properties",
                "paths",
                "schemas",
                "content",
                "responses",
                "securitySchemes",
                "webhooks",
                "x-webhooks",
                "headers",
                "mapping",
                "variables",
            ]
            .contains(&tokens[index - 1])
    };
    let inner = (0..tokens.len()).filter(|index| is_key(*index));
    let last = tokens.len() - 1;
    for index in inner {
        let is_renamed = mutation.sort == Sort::Renamed && index == last;
        if DOCUMENTATION.contains(&tokens[index]) && !is_renamed {
            return Some("documentation");
        }
        if tokens[index].starts_with("x-") && !(index == 0 && tokens[0] == "x-webhooks") {
            return Some("an extension that says nothing about the wire");
        }
    }
    if let ["components", sort, name, ..] = tokens.as_slice()
        && *sort == "schemas"
        && !reached(before).contains(*name)
    {
        return Some("no operation leads to the component");
    }
    let old = before.pointer(&mutation.pointer);
    let parent = mutation
        .pointer
        .rsplit_once('/')
        .map_or("", |(parent, _)| parent);
    let parent = before.pointer(parent).unwrap_or(&Value::Null);
    match (tokens[last], mutation.sort) {
        ("deprecated" | "required" | "nullable", Sort::Deleted)
            if old == Some(&Value::Bool(false)) =>
        {
            Some("absent means false")
        }
        ("additionalProperties", Sort::Deleted) if old == Some(&Value::Bool(true)) => {
            Some("absent means that any are allowed")
        }
        ("security", Sort::Deleted) if last == 0 && old == Some(&Value::Array(Vec::new())) => {
            Some("absent means that none is asked for")
        }
        ("security", Sort::Deleted) if last > 0 && old == before.get("security") => {
            Some("the whole API asks for the same")
        }
        ("required", Sort::Deleted | Sort::Changed) if parent["in"] == "path" => {
            Some("a parameter of a path is always required")
        }
        ("type", Sort::Deleted) if is_of_texts(parent) => {
            Some("the values of the list say the type")
        }
        _ => None,
    }
}

fn is_of_texts(schema: &Value) -> bool {
    let values = schema["enum"].as_array();
    schema["type"] == "string" && values.is_some_and(|values| values.iter().all(Value::is_string))
}

/// The components that operations and webhooks lead to.
fn reached(document: &Value) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open = ["paths", "webhooks", "x-webhooks"]
        .map(|key| &document[key])
        .to_vec();
    while let Some(value) = open.pop() {
        match value {
            Value::Object(object) => {
                let name = object.get("$ref").and_then(Value::as_str);
                let name = name.and_then(|text| text.strip_prefix("#/components/schemas/"));
                if let Some(name) = name
                    && reached.insert(name.to_owned())
                {
                    open.push(&document["components"]["schemas"][name]);
                }
                open.extend(object.values());
            }
            Value::Array(list) => open.extend(list),
            _ => {}
        }
    }
    reached
}
