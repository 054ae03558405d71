//! Each kind of authentication, from the security scheme of a small document to the wire: the clients are
//! lowered, generated, compiled and run against a server on loopback.

use serde_json::{Map, Value, json};

use super::small_crate;

/// A document of one operation with security schemes that are required together.
fn page(schemes: &Map<String, Value>) -> Value {
    let names = schemes.keys();
    let together: Map<String, Value> = names.map(|name| (name.clone(), json!([]))).collect();
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Acme", "version": "1"},
        "servers": [{"url": "https://api.acme.example"}],
        "security": [together],
        "paths": {"/refunds/{id}": {"get": {
            "operationId": "getRefund",
            "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
            "responses": {"200": {"description": "found", "content": {"application/json": {
                "schema": {"type": "object", "properties": {"id": {"type": "string"}}}
            }}}}
        }}},
        "components": {"securitySchemes": schemes}
    })
}

/// Name of the module and security schemes of each client.
fn schemes() -> Vec<(&'static str, Value)> {
    let key = |place: &str, name: &str| json!({"type": "apiKey", "in": place, "name": name});
    let token_url = "https://auth.acme.example/token";
    vec![
        (
            "bearer",
            json!({"main": {"type": "http", "scheme": "bearer"}}),
        ),
        (
            "basic",
            json!({"main": {"type": "http", "scheme": "basic"}}),
        ),
        ("key_in_header", json!({"main": key("header", "X-Key")})),
        ("key_in_query", json!({"main": key("query", "key")})),
        (
            "two_keys",
            json!({"id": key("header", "X-Key"), "secret": key("query", "secret")}),
        ),
        (
            "client_credentials",
            json!({"main": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": {}}}}}),
        ),
    ]
}

/// A document whose operation asks for something else than the document does.
fn page_with_own(security: Value) -> Value {
    let schemes = json!({
        "token": {"type": "http", "scheme": "bearer"},
        "device": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "login": {"type": "http", "scheme": "basic"},
        "admin": {"type": "oauth2", "flows": {}},
        "certificate": {"type": "mutualTLS"},
        "digest": {"type": "http", "scheme": "digest"},
    });
    let mut page = page(schemes.as_object().unwrap());
    page["security"] = json!([{"token": []}]);
    let get = &mut page["paths"]["/refunds/{id}"]["get"];
    get["security"] = security;
    // Many documents list a key among the parameters as well.
    let key =
        json!({"name": "x-key", "in": "header", "required": true, "schema": {"type": "string"}});
    if get["security"][0].get("device").is_some() {
        get["parameters"].as_array_mut().unwrap().push(key);
    }
    let other = |id: &str| json!({"get": {"operationId": id, "responses": {"204": {"description": "done"}}}});
    page["paths"]["/other"] = other("other");
    page["paths"]["/another"] = other("another");
    page
}

#[test]
fn each_security_scheme_of_a_document_is_what_its_client_sends() {
    let mut clients: Vec<_> = schemes()
        .iter()
        .map(|(name, schemes)| (*name, page(schemes.as_object().unwrap())))
        .collect();
    let (token_and_key, login) = (json!({"token": [], "device": []}), json!({"login": []}));
    clients.push(("token_and_key", page_with_own(json!([token_and_key]))));
    clients.push(("other_scheme", page_with_own(json!([&login]))));
    clients.push(("no_scheme", page_with_own(json!([]))));
    let (token, admin) = (json!({"token": []}), json!({"admin": []}));
    clients.push(("first_of_two", page_with_own(json!([login, token]))));
    clients.push(("other_token", page_with_own(json!([admin]))));
    clients.push(("in_tls", page_with_own(json!([{"certificate": []}]))));
    clients.push(("unknown_kind", page_with_own(json!([{"digest": []}]))));
    let program = include_str!("authentication.program.txt");
    // The requests that came, each as its first line and the headers and body that matter, by module.
    let requests: Value = small_crate::run("authentication", clients, program);
    let call = |query: &str| format!("GET /refunds/r1{query} HTTP/1.1");
    assert_eq!(
        requests["bearer"],
        json!([[call(""), "authorization: Bearer the-secret"]])
    );
    // RFC 7617: Base64 of `user:the-secret`.
    assert_eq!(
        requests["basic"],
        json!([[call(""), "authorization: Basic dXNlcjp0aGUtc2VjcmV0"]])
    );
    assert_eq!(
        requests["key_in_header"],
        json!([[call(""), "x-key: the/secret"]])
    );
    assert_eq!(
        requests["key_in_query"],
        json!([[call("?key=the%2Fsecret")]])
    );
    assert_eq!(
        requests["two_keys"],
        json!([[call("?secret=s%26"), "x-key: the-id"]])
    );
    // OpenAPI, Security Requirement Object: all of one, and an operation's own in place of the document's.
    assert_eq!(
        requests["token_and_key"],
        json!([[
            call(""),
            "authorization: Bearer the-token",
            "x-key: the/secret"
        ]])
    );
    assert_eq!(
        requests["other_scheme"],
        json!([[call(""), "authorization: Basic dXNlcjp0aGUtc2VjcmV0"]])
    );
    assert_eq!(requests["no_scheme"], json!([[call("")]]));
    // One of them is enough, and the first is what was given.
    assert_eq!(requests["first_of_two"], requests["other_scheme"]);
    // A scheme is known by its name, though two are the same header.
    assert_eq!(
        requests["other_token"],
        json!([[call(""), "authorization: Bearer admin-token"]])
    );
    // Security Scheme Object: a certificate is in TLS, and nobody has asked for the token; RFC 7616 for another header.
    assert_eq!(requests["in_tls"], json!([[call("")]]));
    assert_eq!(requests["unknown_kind"], json!([["not sent"]]));
    // RFC 6749, sections 2.3.1 and 4.4.2.
    assert_eq!(
        requests["client_credentials"],
        json!([
            [
                "POST /token HTTP/1.1",
                "grant_type=client_credentials&client_id=user&client_secret=the-secret"
            ],
            [call(""), "authorization: Bearer the-token"]
        ])
    );
}
