//! Smallest documents around one schema, for the tests of the rules.

use serde_json::{Value, json};

use crate::plan::Operation;
use crate::{Report, lower};

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
    let lowered = lower(&json!({
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/call": {method: operation}},
        "components": {"schemas": {
            "Body": {"type": "object", "required": ["member"], "properties": {"member": schema}}
        }}
    }))
    .unwrap();
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
