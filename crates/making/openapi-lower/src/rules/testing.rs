//! Smallest documents around one schema, for the tests of the rules.

use serde_json::{Value, json};

use crate::plan::Operation;
use crate::{Lowered, Report, lower};

/// A document with these paths and named schemas, lowered.
pub(crate) fn lowered(paths: Value, schemas: Value) -> Lowered {
    lower(&json!({
        "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
        "paths": paths, "components": {"schemas": schemas}
    }))
    .unwrap()
}

/// The same of one operation `a`, which is answered with this schema.
pub(crate) fn answering(schema: Value, schemas: Value) -> Lowered {
    let operation = json!({"operationId": "a", "responses": {"200": answer(schema)}});
    lowered(json!({"/a": {"get": operation}}), schemas)
}

/// An answer of JSON.
pub(crate) fn answer(schema: Value) -> Value {
    json!({"description": "", "content": {"application/json": {"schema": schema}}})
}

pub(crate) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// An object with this one member.
pub(crate) fn object(member: &str) -> Value {
    json!({"type": "object", "properties": {member: {"type": "boolean"}}})
}

/// Lowers a document whose one operation sends `schema` as a member of its body; gives the schema back
/// with the report of what was done below it.
pub(crate) fn lower_request_schema(schema: Value) -> (Value, Report) {
    lower_member(
        schema,
        "post",
        |body| json!({"requestBody": {"content": {"application/json": {"schema": body}}}, "responses": {"200": {"description": ""}}}),
    )
}

/// The same for a member of an answer.
pub(crate) fn lower_answer_schema(schema: Value) -> (Value, Report) {
    lower_member(
        schema,
        "get",
        |body| json!({"responses": {"200": {"description": "", "content": {"application/json": {"schema": body}}}}}),
    )
}

fn lower_member(
    schema: Value,
    method: &str,
    operation: impl Fn(Value) -> Value,
) -> (Value, Report) {
    let mut operation = operation(json!({"$ref": "#/components/schemas/Body"}));
    operation["operationId"] = "call".into();
    let body = json!({"type": "object", "required": ["member"], "properties": {"member": schema}});
    let lowered = lowered(json!({"/call": {method: operation}}), json!({"Body": body}));
    let schemas = &lowered.document["components"]["schemas"];
    let mut member = schemas["Body"]["properties"]["member"].clone();
    // A schema that was given a name is shown as it was written, in place.
    if let Some(named) = schemas.get("BodyMember")
        && member.get("x-rust-type").is_none()
        && member.pointer("/allOf/0/x-rust-type").is_none()
    {
        let nullable = member.get("nullable").cloned();
        member = named.clone();
        if let Some(nullable) = nullable {
            member["nullable"] = nullable;
        }
    }
    (member, lowered.report)
}

/// The JSON pointers of what is left out.
pub(crate) fn left_out(report: &Report) -> Vec<&str> {
    let pointers = report.left_out().map(|applied| applied.pointer.as_str());
    pointers.collect()
}

/// What is decided of the only operation of a document.
pub(crate) fn planned(document: Value) -> Operation {
    lower(&document).unwrap().plan.operations.remove(0)
}

/// `x-rust-type` of a type of the run time without parameters.
pub(crate) fn runtime_type(name: &str) -> Value {
    json!({"x-rust-type": crate::rust_type::extension(name, Vec::new())})
}
