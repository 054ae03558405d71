//! What is open in a document: members that no schema names, free-form values, null and absent. Nothing of it is lost
//! on its way in or out, and no number loses a digit.

use serde_json::{Value, json};

use super::small_crate;

fn page() -> Value {
    let text = json!({"type": "string"});
    let sent = |schema: Value| json!({"required": true, "content": {"application/json": {"schema": schema}}});
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let done = json!({"204": {"description": ""}});
    let answer = json!({"200": {"description": "", "content": {"application/json": {"schema": reference("Answer")}}}});
    let open = |members: Value| json!({"type": "object", "properties": members});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Acme", "version": "1"},
        "servers": [{"url": "https://api.acme.example"}],
        "paths": {
            "/refunds": {"post": {"operationId": "refund", "requestBody": sent(reference("Refund")), "responses": answer}},
            "/closed": {"post": {"operationId": "close", "responses": done, "requestBody": sent(json!({
                "type": "object", "additionalProperties": false, "properties": {"id": text}
            }))}},
            "/any": {"post": {"operationId": "any", "requestBody": sent(json!({})), "responses": answer}},
            "/notes": {"patch": {"operationId": "note", "responses": done, "requestBody": sent(json!({
                "type": ["object", "null"], "properties": {"text": {"type": ["string", "null"]}}
            }))}},
            "/profile": {"patch": {"operationId": "rename", "requestBody": sent(reference("Profile")), "responses": {
                "200": {"description": "", "content": {"application/json": {"schema": reference("Profile")}}}
            }}}
        },
        "components": {"schemas": {
            "Refund": {
                "type": "object", "required": ["amount"],
                "properties": {"amount": {"type": "number"}, "payer": open(json!({"email": text})), "metadata": {"type": "object"}}
            },
            "Answer": open(json!({
                "id": text, "metadata": {"type": "object"}, "free": {}, "list": {"type": "array", "items": {}},
                "rates": {"type": "object", "additionalProperties": true},
                "either": {"oneOf": [text, {"type": "object", "required": ["code"], "properties": {"code": text}}]},
                "source": reference("Source"),
                "named": {"type": "object", "properties": {"a": text}, "additionalProperties": true}
            })),
            "Profile": open(json!({"name": text, "nick": {"type": ["string", "null"]}})),
            "Source": {
                "type": "object", "required": ["kind"], "properties": {"kind": text, "label": text},
                "discriminator": {"propertyName": "kind", "mapping": {"card": "#/components/schemas/Card"}}
            },
            "Card": {"allOf": [reference("Source"), open(json!({"digits": text}))]}
        }}
    })
}

#[test]
fn what_a_document_leaves_open_goes_round_with_every_digit() {
    let program = include_str!("kept.program.txt");
    let sent: Value = small_crate::run("kept", vec![("acme", page())], program);
    assert_eq!(
        sent,
        json!([
            // JSON Schema, Core, 10.3.2.3: without additionalProperties any member may be there.
            r#"{"amount":12.10,"metadata":{"fee":0.123456789012345678901,"of":"ann"},"payer":{"email":"e","first_name":"Ann"},"trace":"t-1"}"#,
            r#"{"id":"c"}"#,
            // RFC 8259, 6: a number is its digits.
            r#"{"deep":[1.10,null,{"x":100000000000000000000000}]}"#,
            // RFC 7396: null takes a member away, and what is absent stays as it is.
            r#"{"text":null}"#,
            "{}",
            "null",
            // The same where the answer has the schema of the request.
            r#"{"nick":null}"#,
        ])
    );
}
