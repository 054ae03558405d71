//! What a document says of bodies, answers and paths, from a small document to the wire: the client is
//! lowered, generated, compiled and run against a server on loopback.

use serde_json::{Value, json};

use super::small_crate;

fn page() -> Value {
    let item = json!({"type": "object", "properties": {"id": {"type": "string"}}});
    let body =
        |media_type: &str| json!({"required": true, "content": {media_type: {"schema": item}}});
    let answer = |media_type: &str, schema: Value| json!({"description": "", "content": {media_type: {"schema": schema}}});
    let form = json!({"type": "object", "properties": {
        "tags": {"type": "array", "items": {"type": "string"}},
        "detail": {"type": "object", "properties": {"a": {"type": "integer"}}},
        "plain": {"type": "array", "items": {"type": "string"}}
    }});
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Acme", "version": "1"},
        "servers": [{"url": "https://api.acme.example"}],
        "paths": {
            "/items": {
                "patch": {"operationId": "patch_item", "requestBody": body("application/merge-patch+json"),
                    "responses": {"200": answer("application/vnd.api+json", item.clone())}},
                "get": {"operationId": "export_items", "responses": {
                    "200": answer("text/csv", json!({"type": "string"})),
                    "400": answer("application/problem+json", item.clone())}},
                "delete": {"operationId": "delete_item", "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": {}}}}},
                    "responses": {"204": answer("application/json", item.clone())}},
                "put": {"operationId": "put_item", "requestBody": body("application/json"),
                    "responses": {"200": answer("*/*", json!({"type": "string"}))}},
                "post": {"operationId": "send_form", "requestBody": {"required": true, "content": {"application/x-www-form-urlencoded": {
                        "schema": form, "encoding": {"tags": {"style": "form", "explode": false}, "detail": {"contentType": "application/json"}}}}},
                    "responses": {"204": {"description": ""}}},
                "options": {"operationId": "item_options", "responses": {"204": {"description": ""}}}
            },
            "/files": {"post": {"operationId": "x_a", "requestBody": {"required": true, "content": {
                    "multipart/form-data": {"schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}},
                    "application/json": {"schema": {"type": "object", "required": ["url"], "properties": {"url": {"type": "string"}}}}}},
                "responses": {"204": {"description": ""}}}, "get": {"operationId": "xa", "responses": {"200": {"description": ""}}}},
            "/captures": {"post": {"operationId": "capture",
                "requestBody": {"required": false, "content": {"application/json": {"schema": {
                    "type": "object", "required": ["amount"], "properties": {"amount": {"type": "number"}}}}}},
                "responses": {"204": {"description": ""}}}},
            "/v1/{+name}:go": {"post": {"operationId": "go_on",
                "parameters": [{"name": "name", "in": "path", "required": true, "schema": {"type": "string"}}],
                "responses": {"204": {"description": ""}}}},
            "/clients/{client}": {"get": {"operationId": "client_of",
                "parameters": [parameter("client", "path", json!({"type": "string"})),
                    parameter("+1", "query", json!({"type": "boolean"})), parameter("1", "query", json!({"type": "boolean"}))],
                "responses": {"200": {"description": ""}}}},
            "/a/{id}/copies/{id}": {"get": {"operationId": "copies",
                "parameters": [parameter("id", "path", json!({"type": "string"}))],
                "responses": {"200": {"description": ""}}}},
            "/levels/{level}": {"get": {"operationId": "level",
                "parameters": [parameter("level", "path", json!({"type": "integer", "enum": [1, 2]}))],
                "responses": {"200": {"description": ""}}}},
            "/listeners": {"post": {"operationId": "listen", "deprecated": true, "requestBody": {"required": true,
                    "content": {"application/json": {"schema": {"type": "object", "properties": {
                        "address": {"type": "string", "enum": ["0.0.0.0", "::1"]}}}}}},
                "responses": {"204": {"description": ""}}}},
            "/notes": {"post": {"operationId": "note", "requestBody": {"required": false,
                    "content": {"application/vnd.api+json": {"schema": item}}},
                "responses": {"204": {"description": ""}}}}
        }
    })
}

fn parameter(name: &str, place: &str, schema: Value) -> Value {
    json!({"name": name, "in": place, "required": true, "schema": schema})
}

#[test]
fn bodies_answers_and_paths_are_on_the_wire_as_the_document_says() {
    let expected = [
        vec![
            "PATCH /items HTTP/1.1",
            "accept: application/vnd.api+json",
            "content-type: application/merge-patch+json",
            r#"{"id":"i1"}"#,
        ],
        vec![
            "GET /items HTTP/1.1",
            "accept: text/csv, application/problem+json",
        ],
        vec!["DELETE /items HTTP/1.1", "accept: */*"],
        vec![
            "PUT /items HTTP/1.1",
            "accept: */*",
            "content-type: application/json",
            r#"{"id":"i1"}"#,
        ],
        vec![
            "POST /items HTTP/1.1",
            "accept: */*",
            "content-type: application/x-www-form-urlencoded",
            "detail=%7B%22a%22%3A1%7D&plain=x&plain=y&tags=x,y",
        ],
        vec!["OPTIONS /items HTTP/1.1", "accept: */*"],
        vec!["POST /captures HTTP/1.1", "accept: */*"],
        vec![
            "POST /captures HTTP/1.1",
            "accept: */*",
            "content-type: application/json",
            r#"{"amount":1.10}"#,
        ],
        vec!["POST /v1/projects/p%201:go HTTP/1.1", "accept: */*"],
        vec!["GET /clients/c1?%2B1=true&1=false HTTP/1.1", "accept: */*"],
        vec!["GET /a/i1/copies/i1 HTTP/1.1", "accept: */*"],
        vec!["GET /levels/2 HTTP/1.1", "accept: */*"],
        vec![
            "POST /listeners HTTP/1.1",
            "accept: */*",
            "content-type: application/json",
            r#"{"address":"::1"}"#,
        ],
        // Nothing is sent, and nothing is said of it.
        vec!["POST /notes HTTP/1.1", "accept: */*"],
        vec![
            "POST /files HTTP/1.1",
            "accept: */*",
            "content-type: application/json",
            r#"{"url":"u"}"#,
        ],
        vec![
            "POST /files HTTP/1.1",
            "accept: */*",
            "content-type: multipart/form-data; boundary=part-of-the-body-0",
            "--part-of-the-body-0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhi\r\n--part-of-the-body-0--\r\n",
        ],
        vec!["GET /files HTTP/1.1", "accept: */*"],
    ];
    let program = include_str!("media_types.program.txt");
    // The requests that came, each as its first line, the headers that matter and its body.
    let requests: Vec<Vec<String>> =
        small_crate::run("media-types", vec![("acme", page())], program);
    assert_eq!(requests, expected);
}
