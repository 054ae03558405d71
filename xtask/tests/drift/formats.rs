//! Reports for tools and to look at, and classes by rules of one's own.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::shared::{has, write};
use crate::support::{drift, page, report, workspace};

const PAGE: &str = "initiate-refund.md";
const UNIT: (&str, &str) = (
    "Refund amount in the smallest currency unit (e.g., cents).",
    "Refund amount in major units of the currency.",
);
const FIELD: (&str, &str) = (
    "        reason:\n          type: string\n          description: Reason provided for initiating the refund.\n",
    "        reason:\n          type: string\n          description: Reason provided for initiating the refund.\n        method:\n          type: string\n",
);

/// Tazapay's workspace and its page with edits.
fn edited(edits: &[(&str, &str)]) -> (TempDir, String) {
    let root = workspace("tazapay");
    let page = page(&root, "tazapay", PAGE, edits);
    (root, page)
}

fn printed(root: &TempDir, page: &str, more: &[&str]) -> (u8, String) {
    drift(root, &[&["tazapay", page][..], more].concat()).unwrap()
}

fn changes(root: &TempDir, page: &str, more: &[&str]) -> Vec<Value> {
    let (_, report) = report(root, &[&["tazapay", page][..], more].concat());
    report["drift"]["changes"].as_array().unwrap().clone()
}

#[test]
fn an_annotation_is_on_the_line_of_the_page_that_changed() {
    let (root, page) = edited(&[UNIT, FIELD]);
    let (code, sarif) = printed(&root, &page, &["--format", "sarif"]);
    assert_eq!(code, 1);
    let log: Value = serde_json::from_str(&sarif).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let text = fs::read_to_string(&page).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for (rule, key) in [("unit-changed", "description:"), ("field-added", "method:")] {
        let result = results.iter().find(|one| one["ruleId"] == rule).unwrap();
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(
            place["artifactLocation"]["uri"],
            format!("specs/tazapay/published/{PAGE}")
        );
        let line = place["region"]["startLine"].as_u64().unwrap();
        let line = lines[usize::try_from(line).unwrap() - 1];
        assert!(line.trim().starts_with(key), "{rule}: {line}");
        let (_, commands) = printed(&root, &page, &["--format", "github"]);
        let number = place["region"]["startLine"].to_string();
        let expected = format!("file=specs/tazapay/published/{PAGE},line={number},");
        assert!(commands.contains(&expected), "{expected}:\n{commands}");
    }
}

#[test]
fn a_fingerprint_stays_whatever_else_changes() {
    let (root, page) = edited(&[FIELD]);
    let alone = &changes(&root, &page, &[])[0]["fingerprint"];
    let (root, page) = edited(&[
        UNIT,
        FIELD,
        (
            "# Initiate Refund\n",
            "# Initiate Refund\n\nMore.\n\nAnd more.\n",
        ),
    ]);
    let all = changes(&root, &page, &[]);
    let same = all
        .iter()
        .find(|change| change["kind"] == "field-added")
        .unwrap();
    assert_eq!(&same["fingerprint"], alone);
    let mut prints: Vec<String> = all
        .iter()
        .map(|change| change["fingerprint"].to_string())
        .collect();
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), all.len());
}

#[test]
fn a_page_to_look_at_has_every_change_and_no_script() {
    let (root, page) = edited(&[UNIT, FIELD]);
    let (code, html) = printed(&root, &page, &["--format", "html"]);
    assert_eq!(code, 1);
    assert!(html.starts_with("<!doctype html>") && !html.contains("<script"));
    for change in changes(&root, &page, &[]) {
        let id = format!("id=\"{}\"", change["fingerprint"].as_str().unwrap());
        assert!(html.contains(&id), "{id}");
    }
}

#[test]
fn a_rule_with_a_reason_gives_a_change_its_class() {
    let (root, page) = edited(&[FIELD]);
    let rules = |text: &str| write(&root, "specs/drift.toml", text);
    assert_eq!(printed(&root, &page, &[]).0, 1);
    rules(
        "[[rule]]\nkind = \"field-added\"\noperation = \"POST /v3/refund*\"\nclass = \"breaking\"\nreason = \"Our ledger stores whole answers.\"\n",
    );
    let (code, text) = printed(&root, &page, &[]);
    assert_eq!(code, 2, "{text}");
    has!(
        &text,
        "a rule of yours; without it compatible: Our ledger stores whole answers.",
        "0.1.0 -> 0.2.0"
    );
    // A rule about something else does nothing, and the first that fits counts.
    rules(
        "[[rule]]\nkind = \"field-added\"\nprovider = \"optty\"\nclass = \"breaking\"\nreason = \"r\"\n[[rule]]\npointer = \"*/method\"\nclass = \"read-this\"\nreason = \"r\"\n[[rule]]\nkind = \"field-added\"\nclass = \"breaking\"\nreason = \"r\"\n",
    );
    assert_eq!(changes(&root, &page, &[])[0]["class"], "read-this");
    // Another file in its place, by fingerprint.
    let print = changes(&root, &page, &[])[0]["fingerprint"].clone();
    let other = root.path().join("mine.toml");
    fs::write(
        &other,
        format!("[[rule]]\nfingerprint = {print}\nclass = \"breaking\"\nreason = \"r\"\n"),
    )
    .unwrap();
    let line = ["--severities", other.to_str().unwrap()];
    let found = &changes(&root, &page, &line)[0];
    assert_eq!(
        (&found["class"], &found["judged"]["was"]),
        (&"breaking".into(), &"compatible".into())
    );
    fs::write(
        &other,
        "[[rule]]\nkind = \"field-added\"\nclass = \"breaking\"\n",
    )
    .unwrap();
    let error = drift(&root, &["tazapay", &page, line[0], line[1]]).unwrap_err();
    has!(&error, "mine.toml", "reason");
}

#[test]
fn no_rule_about_a_kind_calls_a_change_of_money_compatible() {
    let (root, page) = edited(&[UNIT]);
    let rule = |which: &str| {
        let text = format!("[[rule]]\n{which}\nclass = \"compatible\"\nreason = \"r\"\n");
        write(&root, "specs/drift.toml", &text);
        printed(&root, &page, &[]).1
    };
    for which in ["kind = \"unit-changed\"", "pointer = \"*/amount/*\""] {
        has!(&rule(which), "tazapay: money, read first");
    }
    // Somebody has read that very change.
    let print = changes(&root, &page, &[])[0]["fingerprint"].clone();
    rule(&format!("fingerprint = {print}"));
    assert_eq!(changes(&root, &page, &[])[0]["class"], "compatible");
}

#[test]
fn two_documents_have_lines_too() {
    let root = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        write(&root, name, text);
        root.path().join(name).to_str().unwrap().to_owned()
    };
    let before = write(
        "a.yaml",
        "openapi: 3.1.0\npaths:\n  /a: {get: {responses: {}}}\n  /b: {get: {responses: {}}}\n",
    );
    let after = write(
        "b.yaml",
        "openapi: 3.1.0\npaths:\n  /a: {get: {responses: {}}}\n",
    );
    let line = ["--before", &before, "--after", &after, "--format", "github"];
    let (code, commands) = drift(&root, &line).unwrap();
    assert_eq!(code, 2);
    assert!(
        commands.starts_with(&format!("::error file={before},line=4,")),
        "{commands}"
    );
}
