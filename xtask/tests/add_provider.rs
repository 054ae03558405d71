//! A fifth provider from a document of this project's own.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it reports by failing"
)]

mod documents;
mod shared;

use std::fs;
use std::path::Path;

use documents::page;
use serde_json::{Value, json};
use shared::{has, read, write, xtask};
use tempfile::TempDir;

const MANIFEST: &str = "[workspace.dependencies]\n# This workspace's own crates.\nprovider-runtime = { path = \"crates/product/provider-runtime\" }\n";

/// A workspace without providers, and a page beside it.
fn workspace(page: &Value) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("specs")).unwrap();
    fs::create_dir_all(folder.path().join("crates/providers")).unwrap();
    write(&folder, "Cargo.toml", MANIFEST);
    write(&folder, "acme.json", page.to_string());
    folder
}

fn add(root: &TempDir, name: &str, more: &[&str]) -> Result<String, String> {
    let page = root.path().join("acme.json");
    let arguments = ["add-provider", name, page.to_str().unwrap()];
    xtask(root, &[&arguments, more].concat())
}

#[track_caller]
fn is_up_to_date(root: &TempDir) {
    let checked = xtask(root, &["codegen", "--check"]);
    assert_eq!(checked.unwrap(), "acme are up to date.\n");
}

#[test]
fn a_new_provider_is_there_with_everything_and_the_check_agrees() {
    let root = workspace(&page());
    let printed = add(&root, "acme", &["--operations", "/refunds*"]).unwrap();
    assert!(printed.starts_with("acme: 2 operations, "), "{printed}");
    let config = read(&root, "specs/acme/provider.toml");
    has!(
        &config,
        "title = \"Acme Pay\"",
        "operations_matching = \"/refunds*\"",
        "url = \"https://sandbox.acme.example/v1\"",
        "scheme = \"api-key\"\nname = \"X-API-Key\"\nplace = \"header\"\nsource = \"acme.json: security scheme key\"",
        "message = [\"/message\"]",
        "[operations.create_refund]\ncall = \"POST /refunds\"\nmoves_money = true\nidempotency_header = \"Idempotency-Key\"",
        "[operations.get_refund]\ncall = \"GET /refunds/{id}\"\nmoves_money = false"
    );
    let generated = read(&root, "crates/providers/acme/src/generated/types.rs");
    assert!(generated.contains("pub struct Refund {") && !generated.contains("Order"));
    let tests = read(&root, "crates/providers/acme/tests/payloads.rs");
    has!(&tests, "fn requests_of_create_refund_lose_nothing()");
    assert!(tests.contains("fn successes_of_create_refund_lose_nothing()"));
    assert!(read(&root, "Cargo.toml").contains("\nacme = { path = \"crates/providers/acme\""));
    assert!(Path::new(&root.path().join("specs/acme/payloads/create_refund")).is_dir());
    is_up_to_date(&root);
}

#[test]
fn a_document_with_a_key_twice_is_stored_as_a_repaired_copy() {
    let root = workspace(&page());
    let twice = page().to_string().replacen('{', "{\"paths\":7,", 1);
    write(&root, "acme.json", twice);
    let printed = add(&root, "acme", &["--operations", "/refunds*"]).unwrap();
    has!(
        &printed,
        "acme-repaired.json is a copy of acme.json: /paths: the key \"paths\" occurs twice"
    );
    assert!(!root.path().join("specs/acme/published/acme.json").exists());
    assert_eq!(
        serde_json::from_str::<Value>(&read(&root, "specs/acme/published/acme-repaired.json"))
            .unwrap(),
        page()
    );
    is_up_to_date(&root);
}

#[test]
fn a_document_in_several_files_makes_the_crate_of_one_document() {
    let whole = workspace(&page());
    add(&whole, "acme", &["--operations", "/refunds*"]).unwrap();

    let mut document = page();
    let mut refunds = document["paths"]["/refunds"].take();
    document["paths"]["/refunds"] = json!({"$ref": "parts/refunds.json"});
    document["paths"]["/orders"]["get"]["responses"]["200"] = json!({"$ref": "gone.yaml#/Orders"});
    let schemas = document["components"]["schemas"].as_object_mut().unwrap();
    let refund = std::mem::replace(&mut schemas["Refund"], json!({"$ref": "parts/refund.json"}));
    let problem = schemas.remove("Problem").unwrap();
    let post = &mut refunds["post"];
    post["requestBody"]["content"]["application/json"]["schema"] =
        json!({"$ref": "../acme.json#/components/schemas/Money"});
    post["responses"]["201"]["content"]["application/json"]["schema"] =
        json!({"$ref": "refund.json"});
    post["responses"]["400"]["content"]["application/json"]["schema"] =
        json!({"$ref": "common.json#/definitions/Problem"});
    let root = workspace(&document);
    let part =
        |name: &str, content: &Value| write(&root, &format!("parts/{name}"), content.to_string());
    part("refunds.json", &refunds);
    part("refund.json", &refund);
    part("common.json", &json!({"definitions": {"Problem": problem}}));
    let printed = add(&root, "acme", &["--operations", "/refunds*"]).unwrap();
    has!(
        &printed,
        "acme-bundled.json is acme.json with the files that it refers to: parts/common.json, parts/refund.json, parts/refunds.json\n",
        "acme-bundled.json: gone.yaml#/Orders was not read: a file in the folder of the document is taken, and no URL\n"
    );
    let generated = "crates/providers/acme/src/generated/types.rs";
    // The second line tells the digest of the document.
    let code = |root: &TempDir| -> Vec<String> {
        let source = read(root, generated);
        let lines = source.lines().skip(2);
        lines
            .map(|line| line.replace("acme-bundled.json", "acme.json"))
            .collect()
    };
    assert_eq!(code(&root), code(&whole));

    // A new version is imported in the same way.
    let mut later = refund;
    later["properties"]["reason"] = json!({"type": "string"});
    part("refund.json", &later);
    let page = root.path().join("acme.json");
    let printed = xtask(&root, &["import", "acme", page.to_str().unwrap()]).unwrap();
    assert!(
        printed.starts_with("written: specs/acme/published/acme-bundled.json\n"),
        "{printed}"
    );
    let changed = xtask(&root, &["codegen", "--check"]).unwrap_err();
    has!(&changed, generated);
}

#[test]
fn an_operation_that_a_later_document_brings_joins_by_the_pattern() {
    let root = workspace(&page());
    add(&root, "acme", &["--operations", "/refunds*"]).unwrap();
    let mut later = page();
    later["paths"]["/refunds/{id}/cancel"] = json!({"post": {"operationId": "cancelRefund", "responses": {"204": {"description": "done"}}}});
    write(&root, "acme.json", later.to_string());
    let page = root.path().join("acme.json");
    xtask(&root, &["import", "acme", page.to_str().unwrap()]).unwrap();
    let printed = xtask(&root, &["codegen", "acme"]).unwrap();
    assert!(printed.starts_with("acme: 3 operations, "), "{printed}");
    let generated = read(&root, "crates/providers/acme/src/generated/client.rs");
    assert!(generated.contains("pub fn cancel_refund("));
}

#[test]
fn what_the_generator_does_not_take_goes_by_the_overlay() {
    let mut page = page();
    let refund = &mut page["paths"]["/refunds/{id}"]["get"];
    // Neither says where it is sent.
    refund["parameters"] = json!([
        {"name": "a", "schema": {"type": "string"}},
        {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
        {"name": "b", "schema": {"type": "string"}}
    ]);
    let root = workspace(&page);
    add(&root, "acme", &[]).unwrap();
    let overlay = read(&root, "specs/acme/overlay.yaml");
    for index in [0, 2] {
        let target =
            format!("target: \"$['paths']['/refunds/{{id}}']['get']['parameters'][{index}]\"");
        has!(&overlay, &target);
    }
    let effective: Value = serde_json::from_str(&read(&root, "specs/acme/openapi.json")).unwrap();
    let parameters = &effective["paths"]["/refunds/{id}"]["get"]["parameters"];
    assert_eq!(parameters.as_array().map(Vec::len), Some(1), "{parameters}");
    assert_eq!(parameters[0]["name"], "id");
    is_up_to_date(&root);
}

#[test]
fn a_document_in_a_page_of_markdown_is_taken() {
    let root = workspace(&json!({}));
    let text = format!("# Refunds\n\n```json\n{:#}\n```\n\nAsk us.\n", page());
    let file = root.path().join("refunds.md");
    fs::write(&file, text).unwrap();
    let printed = xtask(&root, &["add-provider", "acme", file.to_str().unwrap()]).unwrap();
    assert!(printed.starts_with("acme: 3 operations, "), "{printed}");
    assert!(read(&root, "specs/acme/provider.toml").contains("\nsource = \"refunds.md: servers\""));
    is_up_to_date(&root);
}

#[test]
fn what_cannot_be_a_provider_is_refused_and_nothing_is_written() {
    let root = workspace(&page());
    for (name, more, expected) in [
        ("Acme", &[][..], "no name for a crate"),
        ("type", &[], "no name for a crate"),
        (
            "acme",
            &["--operations", "/payouts*"],
            "no operation has a path or operationId like",
        ),
    ] {
        let refused = add(&root, name, more).unwrap_err();
        has!(&refused, expected);
    }
    fs::create_dir(root.path().join("crates/providers/taken")).unwrap();
    let refused = add(&root, "taken", &[]).unwrap_err();
    has!(&refused, "crates/providers/taken is there already");
    assert_eq!(fs::read_dir(root.path().join("specs")).unwrap().count(), 0);
    assert_eq!(read(&root, "Cargo.toml"), MANIFEST);
}

/// The Rust Reference, Keywords: those of every edition that no crate can be called by.
#[test]
fn a_word_of_rust_and_the_name_of_something_else_are_refused_at_once() {
    let words = "as break const continue crate else enum extern false fn for if impl in let loop match mod move mut \
                 pub ref return self static struct super trait true type unsafe use where while async await dyn \
                 abstract become box do final macro override priv typeof unsized virtual yield try gen _";
    let taken = "alloc bool char core proc_macro std str test u8 usize f64 build deps examples incremental xtask aux con nul \
                 prn com1 lpt9 serde serde_json reqwest tokio provider_runtime other_crate";
    let root = workspace(&page());
    let manifest = format!("{MANIFEST}other-crate = \"1\"\n");
    write(&root, "Cargo.toml", &manifest);
    for (names, expected) in [(words, "no name for a crate"), (taken, "already")] {
        for name in names.split_whitespace() {
            let refused = add(&root, name, &[]).unwrap_err();
            assert!(refused.contains(expected), "{name}: {refused}");
        }
    }
    assert_eq!(fs::read_dir(root.path().join("specs")).unwrap().count(), 0);
    assert_eq!(read(&root, "Cargo.toml"), manifest);
    // Words that are none everywhere.
    for name in ["union", "raw", "safe", "macro_rules"] {
        let added = add(&root, name, &["--operations", "/orders"]);
        added.unwrap();
    }
}

#[test]
fn operations_that_rust_tells_apart_keep_their_names() {
    let mut page = page();
    page["paths"]["/refunds"]["post"]["operationId"] = "x_a".into();
    page["paths"]["/orders"]["get"]["operationId"] = "xa".into();
    let root = workspace(&page);
    add(&root, "acme", &[]).unwrap();
    let config = read(&root, "specs/acme/provider.toml");
    for (name, call) in [("x_a", "POST /refunds"), ("xa", "GET /orders")] {
        let operation = format!("[operations.{name}]\ncall = \"{call}\"");
        assert!(config.contains(&operation), "{operation} in\n{config}");
        let client = read(&root, "crates/providers/acme/src/generated/client.rs");
        assert!(client.contains(&format!("pub fn {name}(")), "{client}");
    }
    is_up_to_date(&root);
}

#[test]
fn a_page_that_is_no_document_is_refused_with_its_name() {
    let root = workspace(&json!({"swagger": "2.0"}));
    let refused = add(&root, "acme", &[]).unwrap_err();
    has!(&refused, "published/acme.json");
    assert_eq!(fs::read_dir(root.path().join("specs")).unwrap().count(), 0);
}

#[test]
fn the_sandbox_has_copies_of_the_documents_of_its_providers_and_the_check_compares_them() {
    let root = workspace(&page());
    add(&root, "acme", &["--operations", "/refunds*"]).unwrap();
    let copies = "crates/proof/refunds-sandbox/documents/acme";
    assert!(
        !root.path().join(copies).exists(),
        "it is not one of its providers"
    );
    fs::create_dir_all(root.path().join(copies)).unwrap();
    let refused = xtask(&root, &["codegen", "--check"]).unwrap_err();
    has!(&refused, &format!("{copies}/openapi.json: missing"));
    xtask(&root, &["codegen"]).unwrap();
    for file in ["openapi.json", "provider.toml"] {
        let source = read(&root, &format!("specs/acme/{file}"));
        assert_eq!(read(&root, &format!("{copies}/{file}")), source);
    }
    fs::write(root.path().join(copies).join("provider.toml"), "").unwrap();
    let refused = xtask(&root, &["codegen", "--check"]).unwrap_err();
    has!(&refused, &format!("{copies}/provider.toml: out of date"));
}
