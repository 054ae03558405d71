//! What the libraries over documents say when something is wrong.

use std::fmt::Write as _;

use serde_json::json;
use spec_documents::overlay::{self, Overlay};
use spec_documents::{Config, lock::Lock, merge, page};

const PAGE: &str = "# Refund\n\n```json\n{\"openapi\":\"3.0.3\",\"info\":{\"title\":\"t\",\"version\":\"1\"},\"paths\":{\"/refunds\":{\"post\":{\"responses\":{}}}}}\n```\n";

fn overlay_with(action: &str) -> String {
    let text =
        format!("overlay: 1.1.0\ninfo: {{title: t, version: '1'}}\nactions:\n  - {action}\n");
    let document = json!({"openapi": "3.0.3", "paths": {}});
    match Overlay::parse("overlay.yaml", &text) {
        Err(error) => error.to_string(),
        Ok(overlay) => overlay::apply_strictly(&document, &overlay)
            .unwrap_err()
            .to_string(),
    }
}

fn conflict() -> String {
    let other = PAGE.replace("\"responses\":{}", "\"responses\":{},\"summary\":\"s\"");
    let again = PAGE.replace("\"responses\":{}", "\"responses\":{},\"summary\":\"other\"");
    let mut sources = page::documents("published/a.md", &other).unwrap();
    sources.extend(page::documents("published/b.md", &again).unwrap());
    merge::merge(&sources).unwrap_err().to_string()
}

fn lowering(document: &serde_json::Value) -> String {
    openapi_lower::lower(document).unwrap_err().to_string()
}

#[test]
fn the_messages_about_documents_are_as_reviewed() {
    let config = |text: &str| {
        Config::parse("provider.toml", text)
            .unwrap_err()
            .to_string()
    };
    let read = |text: &str| {
        page::read("published/page.md", text)
            .unwrap_err()
            .to_string()
    };
    let messages = [
        ("a page without a document", read("# Nothing\n")),
        (
            "a page that is cut off",
            read(PAGE.trim_end().trim_end_matches('`')),
        ),
        ("a page with broken JSON", read(&PAGE.replace("\"t\"", "t"))),
        (
            "a page of another version",
            read(&PAGE.replace("3.0.3", "2.0")),
        ),
        ("two pages that contradict each other", conflict()),
        (
            "an action without a reason",
            overlay_with("{target: $, x-evidence: e, update: {}}"),
        ),
        (
            "an action without evidence",
            overlay_with("{target: $, description: d, update: {}}"),
        ),
        (
            "an action that matches nothing",
            overlay_with("{target: $.gone, description: d, x-evidence: e, remove: true}"),
        ),
        (
            "an action that changes nothing",
            overlay_with("{target: $, description: d, x-evidence: e, update: {paths: {}}}"),
        ),
        (
            "an action that does two things",
            overlay_with(
                "{target: $.paths, description: d, x-evidence: e, update: {}, remove: true}",
            ),
        ),
        ("an empty configuration", config("")),
        (
            "an unknown setting",
            config("name = \"p\"\ntitle = \"P\"\nhost = \"x\"\n"),
        ),
        (
            "a broken lock",
            Lock::parse("generator = 1").unwrap_err().to_string(),
        ),
        (
            "lowering something else",
            lowering(&json!({"swagger": "2.0"})),
        ),
        (
            "lowering a newer version",
            lowering(&json!({"openapi": "4.0.0"})),
        ),
        (
            "listing a directory without a crate",
            api_surface::list_sources("src/lib.rs", [("src/main.rs", "")])
                .unwrap_err()
                .to_string(),
        ),
    ];
    let mut text = String::new();
    for (name, message) in messages {
        // Writing to a string does not fail.
        let _ = writeln!(text, "## {name}\n{message}\n");
    }
    insta::assert_snapshot!("messages_about_documents", text);
}
