//! The command line, its exit codes, and what it refuses.

use std::ffi::OsString;
use std::fs;

use serde_json::{Value, json};
use xtask::cli;

use crate::shared::{edit, files, has, write};
use crate::support::{committed, drift, workspace};

/// Exit code, output and problems of a whole command line.
fn xtask(root: &std::path::Path, arguments: &[&str]) -> (u8, String, String) {
    let line: Vec<OsString> = ["xtask"]
        .iter()
        .chain(arguments)
        .map(OsString::from)
        .collect();
    let (mut out, mut problems) = (Vec::new(), Vec::new());
    let code = cli::start(&line, || Ok(root.to_owned()), &mut out, &mut problems);
    (
        code,
        String::from_utf8(out).unwrap(),
        String::from_utf8(problems).unwrap(),
    )
}

#[test]
fn what_is_committed_is_no_drift_from_itself() {
    for provider in ["kotanipay", "mce", "optty", "tazapay"] {
        let root = committed(provider);
        let (code, report) = drift(&root, &[provider]).unwrap();
        assert_eq!(code, 0, "{report}");
        let published = root.path().join("specs").join(provider).join("published");
        for page in fs::read_dir(published).unwrap() {
            let page = page.unwrap().path();
            let line = [provider, page.to_str().unwrap()];
            let (code, report) = drift(&root, &line).unwrap();
            assert_eq!(code, 0, "{report}");
        }
    }
}

#[test]
fn an_overlay_edit_that_was_not_generated_is_drift() {
    let root = workspace("tazapay");
    edit(
        &root,
        "specs/tazapay/overlay.yaml",
        "cancelled]",
        "cancelled, reversed]",
    );
    let (code, report) = drift(&root, &["tazapay"]).unwrap();
    assert_eq!(code, 1, "{report}");
    has!(&report, "reversed");
}

#[test]
fn a_failure_has_a_code_that_no_finding_has() {
    let root = workspace("optty");
    for arguments in [
        &["drift"][..],
        &["drift", "--fromm", "main"],
        &["drift", "stripe"],
        &["drift", "optty", "missing.md"],
        &[
            "drift",
            "--before",
            "missing.json",
            "--after",
            "missing.json",
        ],
        &["drift", "optty", "--from", "HEAD"],
    ] {
        let (code, out, problems) = xtask(root.path(), arguments);
        assert_eq!((code, out.as_str()), (3, ""), "{arguments:?}: {problems}");
        assert!(!problems.is_empty(), "{arguments:?}");
    }
    assert_eq!(xtask(root.path(), &["codegen", "--chek"]).0, 2);
    assert_eq!(xtask(root.path(), &["codegen", "stripe"]).0, 1);
    assert_eq!(xtask(root.path(), &["drift", "--help"]).0, 0);
}

#[test]
fn a_provider_that_fails_keeps_no_other_from_being_told() {
    let root = workspace("tazapay");
    write(&root, "specs/absent/provider.toml", "nothing");
    edit(
        &root,
        "specs/tazapay/overlay.yaml",
        "cancelled]",
        "cancelled, reversed]",
    );
    for format in ["text", "markdown"] {
        let (code, report, problems) = xtask(root.path(), &["drift", "--all", "--format", format]);
        assert_eq!((code, problems.as_str()), (3, ""), "{report}");
        has!(
            &report,
            "absent: drift failed",
            "specs/absent/openapi.json is missing",
            "reversed"
        );
    }
    let (code, report, _) = xtask(root.path(), &["drift", "--all", "--format", "json"]);
    assert_eq!(code, 3, "{report}");
    let reports: Value = serde_json::from_str(&report).unwrap();
    let verdicts =
        [&reports[0], &reports[1]].map(|report| (&report["verdict"], &report["exit_code"]));
    assert_eq!(
        verdicts,
        [
            (&json!("failed"), &json!(3)),
            (&json!("read-this"), &json!(1))
        ]
    );
    let failure = reports[0]["failed"].as_str().unwrap();
    has!(&failure, "openapi.json is missing");
    // One that is named fails as a whole.
    let (code, report, problems) = xtask(root.path(), &["drift", "absent"]);
    assert_eq!((code, report.as_str()), (3, ""));
    has!(&problems, "openapi.json is missing");
}

#[test]
fn two_documents_are_compared_without_a_provider() {
    let root = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        write(&root, name, text);
        root.path().join(name).to_str().unwrap().to_owned()
    };
    let json = write(
        "a.json",
        r#"{"openapi":"3.0.3","paths":{"/a":{"get":{"responses":{}}}}}"#,
    );
    let yaml = write(
        "b.yaml",
        "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses: {}\n",
    );
    let gone = write("c.yaml", "openapi: 3.1.0\npaths: {}\n");
    let run = |after: &str| drift(&root, &["--before", &json, "--after", after]).unwrap();
    assert_eq!(run(&yaml).0, 0, "{}", run(&yaml).1);
    let (code, report) = run(&gone);
    assert_eq!(code, 2);
    has!(&report, "GET /a");
    let page = write("page.md", "# Refund\n");
    let error = drift(&root, &["--before", &json, "--after", &page]).unwrap_err();
    has!(&error, "page.md");
}

#[test]
fn a_page_that_is_none_is_refused_in_the_words_of_import() {
    let root = workspace("optty");
    let page = root.path().join("page.md");
    fs::write(&page, "# Nothing\n").unwrap();
    let before = files(&root);
    let error = drift(&root, &["optty", page.to_str().unwrap(), "--accept"]).unwrap_err();
    assert!(
        error.starts_with("optty: nothing was compared: published/page.md: nothing found"),
        "{error}"
    );
    assert_eq!(files(&root), before);
}

#[test]
fn a_document_that_cannot_be_generated_is_reported_all_the_same() {
    let root = workspace("mce");
    let path = root.path().join("specs/mce/transcribed.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let broken = text.replacen("createCryptoRefund:\n", "createRefund:\n", 1);
    assert_ne!(text, broken);
    fs::write(&path, broken).unwrap();
    let (code, report) = drift(&root, &["mce"]).unwrap();
    assert!(code > 0, "{report}");
    has!(
        &report,
        "The crate cannot be generated from the new document",
        "createCryptoRefund"
    );
}

#[test]
fn all_providers_are_one_list_in_json() {
    // A copy that git does not know: this workspace may be about to take a page.
    let root = committed("kotanipay");
    for provider in ["mce", "optty", "tazapay"] {
        let other = committed(provider);
        for folder in [
            format!("specs/{provider}"),
            format!("crates/providers/{provider}"),
        ] {
            fs::rename(other.path().join(&folder), root.path().join(&folder)).unwrap();
        }
    }
    let (code, printed) = drift(&root, &["--all", "--format", "json"]).unwrap();
    let reports: Value = serde_json::from_str(&printed).unwrap();
    let providers: Vec<&Value> = reports
        .as_array()
        .unwrap()
        .iter()
        .map(|report| &report["provider"])
        .collect();
    assert_eq!(
        providers,
        [
            &json!("kotanipay"),
            &json!("mce"),
            &json!("optty"),
            &json!("tazapay")
        ]
    );
    assert_eq!(code, 0, "{printed}");
}
