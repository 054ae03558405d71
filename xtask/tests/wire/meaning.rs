//! What a document means by its schemas, answers and credentials, from a small document to the wire: the client is
//! lowered, generated, compiled and run against a server on loopback.

use serde_json::{Value, json};

use super::small_crate;

fn answer(schema: Value) -> Value {
    json!({"description": "", "content": {"application/json": {"schema": schema}}})
}

fn sends(schema: Value) -> Value {
    json!({"required": true, "content": {"application/json": {"schema": schema}}})
}

fn object(members: Value) -> Value {
    json!({"type": "object", "properties": members})
}

fn page() -> Value {
    let text = json!({"type": "string"});
    let done = json!({"204": {"description": ""}});
    let archived = json!({
        "type": "object", "properties": {"archived": {"type": "boolean"}},
        "anyOf": [{"properties": {"options": {"type": "array", "items": text}}, "required": ["options"]}, {}]
    });
    let payer = |member: &str| json!({"type": "object", "required": [member], "properties": {member: text}});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Acme", "version": "1"},
        "servers": [{"url": "https://api.acme.example"}],
        "security": [{"token": []}],
        "paths": {
            "/archived": {"put": {"operationId": "change", "requestBody": sends(archived.clone()), "responses": {"200": answer(archived)}}},
            "/payers": {"post": {"operationId": "pay", "responses": done,
                "requestBody": sends(json!({"anyOf": [payer("email"), payer("phone")]}))}},
            "/names": {"post": {"operationId": "name", "responses": done,
                "requestBody": sends(object(json!({"name": {"type": "string", "pattern": "^\\p{L}+$"}})))}},
            "/amounts": {"get": {"operationId": "amount", "responses": {"200": answer(object(json!({
                "amount": {"type": "integer"}, "parts": {"type": "array", "items": {"type": "integer"}}, "total": {"type": "number"}
            })))}}},
            "/cafés": {"get": {"operationId": "serve", "responses": {"200": answer(json!({"$ref": "#/components/schemas/Caf%C3%A9"}))}}},
            "/open": {"get": {"operationId": "ping", "security": [], "responses": done}},
            "/items/{ids}": {"get": {"operationId": "find", "responses": done, "parameters": [
                {"name": "ids", "in": "path", "required": true, "schema": {"type": "array", "items": text}},
                {"name": "tags", "in": "query", "style": "form", "explode": false, "schema": {"type": "array", "items": text}},
                {"name": "range", "in": "query", "style": "form", "explode": false, "schema": object(json!({"from": text, "to": {"type": "integer"}}))}
            ]}},
            "/forms": {"post": {"operationId": "fill", "responses": done, "requestBody": {"required": true, "content": {
                "application/x-www-form-urlencoded": {
                    "schema": object(json!({"filter": object(json!({"a": text})), "ids": {"type": "array", "items": text}})),
                    "encoding": {"filter": {"style": "deepObject", "explode": true}}
                }
            }}}},
            "/refunds": {"post": {"operationId": "refund", "parameters": [{"name": "want", "in": "query", "schema": {"type": "integer"}}],
                "requestBody": sends(object(json!({"amount": {"type": ["integer", "null"]}, "note": {"type": ["string", "null"]}}))),
                "responses": {
                    "204": {"description": ""}, "303": {"description": "see other"}, "400": {"description": "refused"},
                    "401": answer(object(json!({"errors": {"type": "array", "items": text}}))),
                    "422": {"description": "", "content": {"application/json": {"example": {"code": "x"}}}}
                }}}
        },
        "components": {
            "schemas": {"Café": object(json!({"cups": {"type": "integer"}}))},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}
        }
    })
}

#[test]
fn schemas_statuses_and_credentials_mean_on_the_wire_what_the_specifications_say() {
    let program = include_str!("meaning.program.txt");
    // The requests that came: the first line, whether with credentials, and the body.
    let requests: Value = small_crate::run("meaning", vec![("acme", page())], program);
    let sent = |line: &str, body: &str| json!([format!("{line} HTTP/1.1"), true, body]);
    assert_eq!(
        requests,
        json!([
            // JSON Schema, Core, 10.2: each member of a composition describes what it names.
            sent("PUT /archived", r#"{"archived":true,"options":["a"]}"#),
            // 10.2.1.2: several members of an anyOf may hold.
            sent("POST /payers", r#"{"email":"e","phone":"p"}"#),
            // 6.4: patterns have the flag u.
            sent("POST /names", r#"{"name":"Zoë"}"#),
            // Validation, 6.1.1: 100.0 and 1e2 are integers.
            sent("GET /amounts", ""),
            sent("GET /caf%C3%A9s", ""),
            // OpenAPI, Operation Object: an empty array takes away what the document requires.
            json!(["GET /open HTTP/1.1", false, ""]),
            // OpenAPI, Style Values, and RFC 6570, 3.2.1.
            sent("GET /items/a%2Cb,c?range=from,a,to,5&tags=x%2Cy,z", ""),
            // OpenAPI, Encoding Object: what is said of one field is said of no other.
            sent("POST /forms", "filter%5Ba%5D=b&ids=1&ids=2"),
            sent("POST /refunds?want=204", r#"{"amount":500,"note":"late"}"#),
            sent("POST /refunds?want=204", r#"{"amount":null}"#),
            sent("POST /refunds?want=303", "{}"),
            sent("POST /refunds?want=400", "{}"),
            sent("POST /refunds?want=401", "{}"),
            sent("POST /refunds?want=422", "{}"),
            sent("POST /refunds?want=418", "{}"),
        ])
    );
}
