//! What drift compares with, and what it says of it.

use std::ffi::OsString;
use std::path::Path;

use xtask::cli;

use crate::shared::{edit, has};
use crate::support::{Passing, drift, drift_with, git, page, repository, workspace};

const PAGE: &str = "initiate-refund.md";
const BREAKING: (&str, &str) = (
    "              properties:\n                payin:\n",
    "                - reason\n              properties:\n                payin:\n",
);
/// What the overlay has to leave alone then.
const ACTION: (&str, &str) = ("schema.required\n", "schema.required[?@ == 'payin']\n");

/// A repository whose page has one more required field, and where it lies outside of `specs/`.
fn with_breaking_page() -> (tempfile::TempDir, std::path::PathBuf, String) {
    let (keep, root) = repository("tazapay", "");
    edit(&root, "specs/tazapay/overlay.yaml", ACTION.0, ACTION.1);
    git(&root, &["commit", "--quiet", "--all", "-m", "Narrow it"]);
    let page = page(&root, "tazapay", PAGE, &[BREAKING]);
    (keep, root, page)
}

fn xtask(root: &Path, arguments: &[&str]) {
    let line = ["xtask"].iter().chain(arguments).map(OsString::from);
    let line: Vec<OsString> = line.collect();
    let (mut out, mut problems) = (Vec::new(), Vec::new());
    let code = cli::start(&line, || Ok(root.to_owned()), &mut out, &mut problems);
    assert_eq!(code, 0, "{}", String::from_utf8_lossy(&problems));
}

#[test]
fn what_was_imported_and_generated_is_still_compared_with_what_is_committed() {
    let (_keep, root, page) = with_breaking_page();
    let (code, before) = drift(&root, &["tazapay", &page]).unwrap();
    assert_eq!(code, 2, "{before}");
    xtask(&root, &["import", "tazapay", &page]);
    assert_eq!(drift(&root, &["tazapay"]).unwrap().0, 2);
    xtask(&root, &["codegen", "tazapay"]);
    let (code, after) = drift(&root, &["tazapay"]).unwrap();
    assert_eq!(code, 2, "{after}");
    has!(
        &after,
        "The field `reason` was optional and is required now."
    );
    let commit = git(&root, &["rev-parse", "HEAD"]);
    let from = format!(
        "from specs/tazapay/openapi.json at HEAD ({})\n",
        &commit[..9]
    );
    has!(&after, &from);
    // Once it is committed, it is what users have.
    git(
        &root,
        &["commit", "--quiet", "--all", "-m", "Take the page"],
    );
    assert_eq!(drift(&root, &["tazapay"]).unwrap().0, 0);
}

#[test]
fn what_was_accepted_is_told_until_it_is_committed() {
    let (_keep, root, page) = with_breaking_page();
    let line = ["tazapay", &page, "--accept"];
    assert_eq!(drift_with(&root, &Passing, &line).unwrap().0, 2);
    assert_eq!(drift(&root, &["tazapay"]).unwrap().0, 2);
    git(
        &root,
        &["commit", "--quiet", "--all", "-m", "Take the page"],
    );
    assert_eq!(drift(&root, &["tazapay"]).unwrap().0, 0);
}

#[test]
fn what_is_not_committed_is_compared_with_the_working_tree_which_is_said() {
    let plain = workspace("tazapay");
    let (code, text) = drift(&plain, &["tazapay"]).unwrap();
    assert_eq!(code, 0, "{text}");
    has!(
        &text,
        "from specs/tazapay/openapi.json in the working tree (nothing is committed)\n"
    );
    let (_keep, root) = repository("tazapay", "");
    git(&root, &["rm", "-r", "--quiet", "--cached", "specs"]);
    git(&root, &["commit", "--quiet", "-m", "Forget it"]);
    let (code, text) = drift(&root, &["tazapay"]).unwrap();
    assert_eq!(code, 0, "{text}");
    has!(&text, "in the working tree (it is not in HEAD (");
}

#[test]
fn what_was_compared_is_said() {
    let (_keep, root) = repository("tazapay", "");
    let (_, all) = drift(&root, &["--all"]).unwrap();
    has!(&all, "Compared with what is at HEAD (", "text of the pages");
    let (_, text) = drift(&root, &["tazapay"]).unwrap();
    has!(
        &text,
        "of both: documents with the overlay, documents without it, text of the pages, public surface of the crate\n"
    );
}
