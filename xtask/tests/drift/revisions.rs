//! Two git revisions.

use crate::shared::{edit, has};
use crate::support::{drift, git, repository, workspace};

const DOCUMENT: &str = "specs/tazapay/openapi.json";

#[test]
fn the_working_tree_is_compared_with_a_revision() {
    let (_keep, root) = repository("tazapay", "");
    assert_eq!(drift(&root, &["--all", "--from", "base"]).unwrap().0, 0);
    edit(
        &root,
        DOCUMENT,
        "\"cancelled\"",
        "\"cancelled\",\n              \"reversed\"",
    );
    edit(
        &root,
        "crates/providers/tazapay/src/generated/types.rs",
        "pub enum RefundDataStatus {",
        "pub enum RefundDataStatus {\n Reversed,",
    );
    let (code, report) = drift(&root, &["tazapay", "--from", "base"]).unwrap();
    assert_eq!(code, 1, "{report}");
    has!(
        &report,
        "specs/tazapay/openapi.json at base (",
        "specs/tazapay/openapi.json in the working tree",
        "tazapay::types::RefundDataStatus::Reversed"
    );
}

#[test]
fn two_revisions_are_compared_whatever_the_tree_says() {
    // The workspace need not be the root of the repository.
    let (outer, root) = repository("tazapay", "inner");
    edit(
        &root,
        DOCUMENT,
        "\"/v3/refund/{id}\"",
        "\"/v4/refund/{id}\"",
    );
    git(
        outer.path(),
        &["commit", "--quiet", "--all", "-m", "Move the fetch"],
    );
    edit(&root, DOCUMENT, "\"/v3/refund\"", "\"/v9/refund\"");
    let (code, report) = drift(&root, &["tazapay", "--from", "base", "--to", "HEAD"]).unwrap();
    assert_eq!(code, 2, "{report}");
    has!(&report, "/v4/refund");
    assert!(!report.contains("/v9/refund"), "{report}");
}

#[test]
fn a_provider_that_is_new_or_gone_is_told_as_such() {
    let (outer, root) = repository("tazapay", "");
    git(outer.path(), &["rm", "-r", "--quiet", "specs", "crates"]);
    git(outer.path(), &["commit", "--quiet", "-m", "Remove it"]);
    let (code, report) = drift(&root, &["--all", "--from", "base", "--to", "HEAD"]).unwrap();
    assert_eq!(code, 2, "{report}");
    has!(&report, "The provider is gone");
    let (code, report) = drift(&root, &["--all", "--from", "HEAD", "--to", "base"]).unwrap();
    assert_eq!(code, 1, "{report}");
    has!(&report, "The provider is new");
}

#[test]
fn an_unknown_revision_and_a_folder_without_git_are_refused() {
    let (_keep, root) = repository("tazapay", "");
    for unknown in ["nowhere", "--help", "base:specs"] {
        let from = format!("--from={unknown}");
        let error = drift(&root, &["tazapay", &from]).unwrap_err();
        assert!(error.contains("git knows no commit"), "{unknown}: {error}");
    }
    let plain = workspace("tazapay");
    let error = drift(&plain, &["tazapay", "--from", "HEAD"]).unwrap_err();
    has!(&error, "is in no git repository");
    let error = drift(&root, &["stripe", "--from", "base"]).unwrap_err();
    has!(&error, "there is no provider \"stripe\" on either side");
}
