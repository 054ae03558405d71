//! What a document says of bodies, answers and paths, from a small document to the wire: the client is
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
            "/v1/{+name}:go": {"post": {"operationId": "go_on",
                "parameters": [{"name": "name", "in": "path", "required": true, "schema": {"type": "string"}}],
                "responses": {"204": {"description": ""}}}}
        }
    })
}

/// A crate of the client and the program that calls with it.
fn write_crate(folder: &Path, root: &Path) {
    fs::create_dir_all(folder.join("src")).unwrap();
    let mut made = Made::default();
    document::generate("acme", page(), &Progenitor, &mut made).unwrap();
    assert_eq!((made.operations, made.kept), (7, 7));
    fs::write(folder.join("src/acme.rs"), made.source).unwrap();
    let runtime = root.join("crates/provider-runtime");
    let manifest = format!(
        "[package]\nname = \"media-types\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
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

/// The requests that came, each as its first line, the headers that matter and its body.
fn requests() -> Vec<Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("media-types");
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
            "detail=%7B%22a%22%3A1%7D&plain=x&plain=y&tags=x%2Cy",
        ],
        vec!["OPTIONS /items HTTP/1.1", "accept: */*"],
        vec!["POST /v1/projects/p%201:go HTTP/1.1", "accept: */*"],
    ];
    assert_eq!(requests(), expected);
}
