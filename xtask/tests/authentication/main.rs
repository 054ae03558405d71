//! Each kind of authentication, from the security scheme of a small document to the wire: the clients are
//! lowered, generated, compiled and run against a server on loopback.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it reports by failing"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use xtask::document::{self, Made};
use xtask::generator::Progenitor;

/// A document of one operation with one security scheme.
fn page(scheme: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Acme", "version": "1"},
        "servers": [{"url": "https://api.acme.example"}],
        "security": [{"main": []}],
        "paths": {"/refunds/{id}": {"get": {
            "operationId": "getRefund",
            "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
            "responses": {"200": {"description": "found", "content": {"application/json": {
                "schema": {"type": "object", "properties": {"id": {"type": "string"}}}
            }}}}
        }}},
        "components": {"securitySchemes": {"main": scheme}}
    })
}

/// Name of the module and security scheme of each client.
fn schemes() -> [(&'static str, Value); 5] {
    let token_url = "https://auth.acme.example/token";
    [
        ("bearer", json!({"type": "http", "scheme": "bearer"})),
        ("basic", json!({"type": "http", "scheme": "basic"})),
        (
            "key_in_header",
            json!({"type": "apiKey", "in": "header", "name": "X-Key"}),
        ),
        (
            "key_in_query",
            json!({"type": "apiKey", "in": "query", "name": "key"}),
        ),
        (
            "client_credentials",
            json!({"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": {}}}}),
        ),
    ]
}

/// A crate of the clients and the program that calls with each of them.
fn write_crate(folder: &Path, root: &Path) {
    fs::create_dir_all(folder.join("src")).unwrap();
    for (name, scheme) in schemes() {
        let mut made = Made::default();
        document::generate(name, page(&scheme), &Progenitor, &mut made).unwrap();
        fs::write(folder.join(format!("src/{name}.rs")), made.source).unwrap();
    }
    let runtime = root.join("crates/provider-runtime");
    let manifest = format!(
        "[package]\nname = \"wire\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
         [profile.dev]\ndebug = false\n[features]\ndefault = [\"client\"]\nclient = []\n\
         [dependencies]\nprovider-runtime = {{ path = {runtime:?}, features = [\"client\"] }}\n\
         reqwest = {{ version = \"0.13\", default-features = false, features = [\"json\", \"query\"] }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n\
         tokio = {{ version = \"1\", default-features = false, features = [\"rt\"] }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/main.rs"), include_str!("program.rs.txt")).unwrap();
    // The versions of this workspace, so that nothing else is fetched.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
}

/// The requests that came, each as its first line and the headers and body that matter, by module.
fn requests() -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("authentication");
    write_crate(&folder, root);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        // Where the clients of `cargo xtask corpus` are compiled, so that what they share is compiled once.
        .arg("--target-dir")
        .arg(root.join("target/corpus/target"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn each_security_scheme_of_a_document_is_what_its_client_sends() {
    let requests = requests();
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
