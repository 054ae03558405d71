//! Overlay actions that a new page asks to be edited.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::shared::{has, read};
use crate::support::{Passing, drift, drift_with, page, report, workspace};

/// The findings of a report in JSON, with the exit code.
fn findings(root: &TempDir, provider: &str, file: &str, edit: (&str, &str)) -> (u8, Vec<Value>) {
    let page = page(root, provider, file, &[edit]);
    let (code, report) = report(root, &[provider, &page]);
    let findings = report["overlay"].as_array().cloned().unwrap_or_default();
    (code, findings)
}

/// The overlay replaces the description that tells the limits of retries, so that the effective document stays as it is.
#[test]
fn a_limit_that_the_overlay_hides_is_told_and_keeps_nobody_from_accepting() {
    let root = workspace("kotanipay");
    let edit = (
        "        can be retried up to 10 times, other errors up to 4 times. Refunds\n        marked",
        "        can be retried up to 2 times, other errors up to 4 times. Refunds\n        marked",
    );
    let (code, found) = findings(&root, "kotanipay", "retry-refund.md", edit);
    assert_eq!((code, found.len()), (1, 1), "{found:?}");
    assert_eq!(found[0]["state"], "wrong");
    assert_eq!(found[0]["action"], 2);
    let why = found[0]["why"].as_str().unwrap();
    has!(
        &why,
        "It replaces what the provider has changed",
        "/paths/~1api~1v3~1offramp~1retry-refund~1{referenceId}/post/description"
    );
    let page = root.path().join("new/retry-refund.md");
    let line = ["kotanipay", page.to_str().unwrap(), "--accept"];
    assert_eq!(drift_with(&root, &Passing, &line).unwrap().0, 1);
    // Who accepted it has read it.
    assert_eq!(drift(&root, &["kotanipay"]).unwrap().0, 0);
}

#[test]
fn an_action_whose_target_is_gone_is_stale_with_its_lines() {
    let root = workspace("optty");
    let edit = (
        r#""refundDate":{"type":"string","description":"Refund date"},"#,
        r#""refundedAt":{"type":"string","description":"Refund date"},"#,
    );
    let (code, found) = findings(&root, "optty", "post-orders-reference-refund.md", edit);
    assert_eq!(code, 2);
    let stale: Vec<&Value> = found
        .iter()
        .filter(|finding| finding["state"] == "stale")
        .collect();
    assert_eq!(stale.len(), 1, "{found:?}");
    let overlay = read(&root, "specs/optty/overlay.yaml");
    let place = stale[0]["place"].as_str().unwrap();
    let lines = place.strip_prefix("specs/optty/overlay.yaml:").unwrap();
    let (first, last) = lines.split_once('-').unwrap();
    let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
    let lines: Vec<&str> = overlay.lines().collect();
    assert_eq!(
        lines[first - 1],
        "  - target: $.components.schemas.RefundResponse.properties.refundDate"
    );
    assert_eq!(lines[last - 1], "      format: date-time");
    let edit = stale[0]["edit"].as_str().unwrap();
    assert!(edit.ends_with(&lines[first - 1..last].join("\n")), "{edit}");
}

#[test]
fn an_action_that_no_longer_fits_is_wrong_and_the_rest_is_compared_without_it() {
    let root = workspace("tazapay");
    // An object where the overlay writes a plain value.
    let edit = (
        "  - url: https://service-sandbox.tazapay.com\n",
        "  - url: https://service-sandbox.tazapay.com\n    description: sandbox\n",
    );
    assert_eq!(
        findings(&root, "tazapay", "initiate-refund.md", edit)
            .1
            .len(),
        0
    );
    let overlay = root.path().join("specs/tazapay/overlay.yaml");
    let text = fs::read_to_string(&overlay).unwrap();
    let misfit = text.replace(
        "  - target: $.components.schemas.MetadataInput\n",
        "  - target: $.components.schemas\n    description: It is a text.\n    x-evidence: a test\n    update:\n      Phone: text\n\n  - target: $.components.schemas.MetadataInput\n",
    );
    assert_ne!(text, misfit);
    fs::write(&overlay, misfit).unwrap();
    let (code, report) = drift(&root, &["tazapay"]).unwrap();
    assert_eq!(code, 1, "{report}");
    has!(&report, "It cannot be applied to the new document");
    let error = drift(&root, &["tazapay", "--accept"]).unwrap_err();
    has!(&error, "edit specs/tazapay/overlay.yaml");
}
