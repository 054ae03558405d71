//! The run that the README shows.

use std::fs;

use crate::shared::this_workspace;
use crate::support::{drift, git, page, repository};

/// The command in the README, without `$ cargo xtask drift`.
const COMMAND: &str = "$ cargo xtask drift tazapay ~/Downloads/initiate-refund.md";

/// What the command prints when Tazapay tells how a refund is paid out.
fn output() -> String {
    let (_keep, root) = repository("tazapay", "");
    let page = page(
        &root,
        "tazapay",
        "initiate-refund.md",
        &[(
            "        reason:\n          type: string\n          description: Reason provided for initiating the refund.\n",
            "        reason:\n          type: string\n          description: Reason provided for initiating the refund.\n        refund_method:\n          type: string\n          description: How the refund is paid out.\n          enum:\n            - original\n            - bank_transfer\n",
        )],
    );
    let (code, report) = drift(&root, &["tazapay", &page]).unwrap();
    assert_eq!(code, 1, "{report}");
    // The commit is of every generated file.
    let commit = git(&root, &["rev-parse", "HEAD"]);
    report.replace(&commit[..9], "4f1e2d3c9")
}

#[test]
fn the_readme_shows_what_drift_prints() {
    let output = output();
    insta::assert_snapshot!("take_an_update", output);
    let readme = fs::read_to_string(this_workspace().join("README.md")).unwrap();
    let (_, rest) = readme
        .split_once(&format!("{COMMAND}\n"))
        .expect("the README shows the command");
    let shown = rest.split("\n```").next().unwrap();
    let shown = shown.split("\n$ ").next().unwrap();
    assert_eq!(shown.trim_end(), output.trim_end());
}
