//! Paths that move.

use std::path::Path;

use serde_json::Value;

use crate::shared::{has, read, write};
use crate::support::{drift, page, report, repository};

const PAGE: &str = "initiate-refund.md";

/// Tazapay's page with the refund at v4, and with one more edit.
fn moved(root: &Path, more: &[(&str, &str)]) -> String {
    let edits = [&[("  /v3/refund:\n", "  /v4/refund:\n")], more].concat();
    page(root, "tazapay", PAGE, &edits)
}

#[test]
fn a_path_that_moves_is_one_change_and_a_list_of_lines_to_mend() {
    let (_keep, root) = repository("tazapay", "");
    let page = moved(&root, &[]);
    let (code, told) = report(&root, &["tazapay", &page]);
    assert_eq!(code, 2);
    let changes = told["drift"]["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{changes:#?}");
    assert_eq!(changes[0]["kind"], "path-changed");
    let text = std::fs::read_to_string(&page).unwrap();
    let at = text.lines().position(|line| line == "  /v4/refund:");
    assert_eq!(changes[0]["page"]["line"], at.unwrap() + 1);
    assert_eq!(told["overlay"], Value::Null);
    let mends = told["mends"].as_array().unwrap();
    let overlay = read(&root, "specs/tazapay/overlay.yaml");
    let targets = overlay.matches("$.paths['/v3/refund']").count();
    // And the call in provider.toml.
    assert_eq!(mends.len(), targets + 1, "{mends:#?}");
    assert_eq!(mends[targets]["after"], "call = \"POST /v4/refund\"");
    let (_, text) = drift(&root, &["tazapay", &page]).unwrap();
    has!(
        &text,
        &format!(
            "Paths moved: mend {} lines as said below, then compare again",
            targets + 1
        )
    );
    let error = drift(&root, &["tazapay", &page, "--accept"]).unwrap_err();
    has!(&error, "nothing was accepted: mend the");
}

#[test]
fn a_method_that_changes_is_told_as_a_path_that_moves() {
    let (_keep, root) = repository("tazapay", "");
    for (path, kinds) in [
        ("/v3/refund", &["method-changed"][..]),
        ("/v4/refund", &["path-changed", "method-changed"]),
    ] {
        let edit = (
            "  /v3/refund:\n    post:\n",
            &*format!("  {path}:\n    put:\n"),
        );
        let page = page(&root, "tazapay", PAGE, &[edit]);
        let (code, told) = report(&root, &["tazapay", &page]);
        let changes = told["drift"]["changes"].as_array().unwrap();
        let found: Vec<&str> = changes
            .iter()
            .filter_map(|one| one["kind"].as_str())
            .collect();
        assert_eq!((code, &found[..]), (2, kinds), "{changes:#?}");
        assert_eq!(told["overlay"], Value::Null);
        let mends = told["mends"].as_array().unwrap();
        let call = mends
            .iter()
            .find(|mend| mend["before"] == "call = \"POST /v3/refund\"");
        assert_eq!(call.unwrap()["after"], format!("call = \"PUT {path}\""));
    }
}

#[test]
fn what_changes_besides_is_told_beside_a_move() {
    let (_keep, root) = repository("tazapay", "");
    let page = moved(
        &root,
        &[
            (
                "                - payin\n              properties:\n",
                "                - payin\n              properties:\n                purpose:\n                  type: string\n                  description: Why\n",
            ),
            (
                "                  amount: 90000\n                  currency: USD\n                  reason: Customer Return\n",
                "                  amount: 900\n                  currency: USD\n                  reason: Customer Return\n",
            ),
        ],
    );
    let (code, told) = report(&root, &["tazapay", &page]);
    let changes = told["drift"]["changes"].as_array().unwrap();
    let kinds: Vec<&Value> = changes.iter().map(|change| &change["kind"]).collect();
    assert_eq!(code, 2);
    assert_eq!(kinds, ["path-changed", "field-added", "page-changed"]);
    assert!(changes[1..].iter().all(|change| change["money"] == true));
}

/// The lines mended as the report says leave the move alone.
#[test]
fn the_lines_mended_as_the_report_says_leave_nothing_to_mend() {
    let (_keep, root) = repository("tazapay", "");
    let page = moved(&root, &[]);
    let (_, told) = report(&root, &["tazapay", &page]);
    for mend in told["mends"].as_array().unwrap() {
        let (file, line) = mend["place"].as_str().unwrap().split_once(':').unwrap();
        let line: usize = line.parse().unwrap();
        let text = read(&root, file);
        let lines = (1..)
            .zip(text.lines())
            .map(|(number, text)| match number == line {
                true => text.replace(
                    mend["before"].as_str().unwrap(),
                    mend["after"].as_str().unwrap(),
                ),
                false => text.to_owned(),
            });
        let text = lines.collect::<Vec<_>>().join("\n");
        write(&root, file, text);
    }
    let (code, told) = report(&root, &["tazapay", &page]);
    assert_eq!(
        (code, &told["mends"], &told["overlay"]),
        (2, &Value::Null, &Value::Null)
    );
    let changes = told["drift"]["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{changes:#?}");
}
