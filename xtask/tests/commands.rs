//! The commands on a copy of the workspace's own inputs.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it reports by failing"
)]

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use tempfile::TempDir;
use xtask::cli::Arguments;

const PROVIDERS: [&str; 4] = ["kotanipay", "mce", "optty", "tazapay"];

/// A folder with the inputs of the four providers, and nothing generated.
fn workspace() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let specs = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .join("specs");
    for provider in PROVIDERS {
        copy(
            &specs.join(provider),
            &folder.path().join("specs").join(provider),
        );
        fs::create_dir_all(
            folder
                .path()
                .join("crates/providers")
                .join(provider)
                .join("src"),
        )
        .unwrap();
        for generated in ["openapi.json", "lock.toml"] {
            let path = folder.path().join("specs").join(provider).join(generated);
            if path.exists() {
                fs::remove_file(path).unwrap();
            }
        }
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target)
        } else {
            fs::copy(&path, &target).map(drop).unwrap()
        }
    }
}

/// Runs a command; its output, or its error with everything printed before.
fn xtask(root: &TempDir, arguments: &[&str]) -> Result<String, String> {
    let mut out = Vec::new();
    let parsed = Arguments::try_parse_from([&["xtask"], arguments].concat())
        .map_err(|error| error.to_string())?;
    let outcome = parsed.run(root.path(), &mut out);
    let printed = String::from_utf8(out).unwrap();
    outcome
        .map(|_| printed.clone())
        .map_err(|error| format!("{printed}{error:#}"))
}

/// Every file with its content.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path))
        } else {
            found.push((path.clone(), fs::read_to_string(&path).unwrap()))
        }
    }
    found.sort();
    found
}

fn edit(root: &TempDir, file: &str, change: impl FnOnce(&str) -> String) {
    let path = root.path().join(file);
    let before = fs::read_to_string(&path).unwrap();
    let after = change(&before);
    assert_ne!(before, after, "the test changes nothing in {file}");
    fs::write(path, after).unwrap();
}

#[test]
fn generating_twice_gives_the_same_bytes_and_the_check_agrees() {
    let root = workspace();
    let printed = xtask(&root, &["codegen"]).unwrap();
    for provider in PROVIDERS {
        assert!(
            printed.contains(&format!(
                "\n  crates/providers/{provider}/src/generated/types.rs\n"
            )),
            "{printed}"
        );
    }
    let first = files(root.path());
    let again = xtask(&root, &["codegen"]).unwrap();
    assert!(again.ends_with("All files were up to date.\n"), "{again}");
    // A line for each provider, one for the time, one for the files.
    assert_eq!(again.lines().count(), PROVIDERS.len() + 2, "{again}");
    let with_rules = xtask(&root, &["codegen", "--rules"]).unwrap();
    assert!(with_rules.contains("\n    /paths/"), "{with_rules}");
    assert_eq!(files(root.path()), first);
    assert_eq!(
        xtask(&root, &["codegen", "--check"]).unwrap(),
        "kotanipay, mce, optty, tazapay are up to date.\n"
    );
}

#[test]
fn what_is_generated_is_what_is_committed() {
    let root = workspace();
    xtask(&root, &["codegen"]).unwrap();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for provider in PROVIDERS {
        for file in [
            format!("specs/{provider}/openapi.json"),
            format!("specs/{provider}/lock.toml"),
            format!("crates/providers/{provider}/src/generated/mod.rs"),
            format!("crates/providers/{provider}/src/generated/types.rs"),
            format!("crates/providers/{provider}/src/generated/types/builder.rs"),
            format!("crates/providers/{provider}/src/generated/builder.rs"),
            format!("crates/providers/{provider}/src/generated/client.rs"),
        ] {
            let committed = fs::read_to_string(workspace.join(&file)).unwrap();
            assert!(
                committed == fs::read_to_string(root.path().join(&file)).unwrap(),
                "{file}: run `cargo xtask codegen`"
            );
        }
    }
}

#[test]
fn the_preamble_names_the_command_the_version_and_the_digest_of_the_input() {
    let root = workspace();
    xtask(&root, &["codegen", "mce"]).unwrap();
    let source = fs::read_to_string(
        root.path()
            .join("crates/providers/mce/src/generated/mod.rs"),
    )
    .unwrap();
    let lines: Vec<_> = source.lines().take(2).collect();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        lines[0],
        format!(
            "// @generated by `cargo xtask codegen mce` (xtask {version}, progenitor 0.15.1); not to be edited."
        )
    );
    let digest = spec_documents::lock::sha256(
        &fs::read(root.path().join("specs/mce/openapi.json")).unwrap(),
    );
    assert_eq!(
        lines[1],
        format!("// Input: specs/mce/openapi.json, sha256 {digest}")
    );
}

#[test]
fn the_check_shows_every_kind_of_difference_with_the_mend_and_writes_nothing() {
    let root = workspace();
    xtask(&root, &["codegen"]).unwrap();
    edit(
        &root,
        "crates/providers/optty/src/generated/mod.rs",
        |source| source.replacen("pub mod types;", "pub mod types; // edited", 1),
    );
    fs::remove_file(root.path().join("specs/mce/lock.toml")).unwrap();
    fs::create_dir_all(
        root.path()
            .join("crates/providers/gone/src/generated/types"),
    )
    .unwrap();
    for file in ["generated.rs", "generated/types/builder.rs"] {
        fs::write(root.path().join("crates/providers/gone/src").join(file), "").unwrap();
    }
    fs::remove_file(
        root.path()
            .join("specs/tazapay/payloads/create_refund/202-accepted.json"),
    )
    .unwrap();
    let before = files(root.path());
    let error = xtask(&root, &["codegen", "--check"]).unwrap_err();
    for expected in [
        "crates/providers/optty/src/generated/mod.rs: out of date\n@@ ",
        "-pub mod types; // edited\n+pub mod types;",
        "specs/mce/lock.toml: missing",
        "crates/providers/gone/src/generated.rs: left over, nothing makes it",
        "crates/providers/gone/src/generated/types/builder.rs: left over, nothing makes it",
        "specs/tazapay/payloads/create_refund/202-accepted.json: missing or out of date",
        "run `cargo xtask codegen` and `cargo xtask import tazapay`",
    ] {
        assert!(error.contains(expected), "{expected:?} is not in:\n{error}");
    }
    assert_eq!(files(root.path()), before);
}

#[test]
fn an_overlay_action_that_matches_nothing_fails_and_names_itself_and_leaves_all_files() {
    let root = workspace();
    xtask(&root, &["codegen"]).unwrap();
    let before = files(root.path());
    edit(&root, "specs/optty/overlay.yaml", |text| {
        text.replacen(
            "RefundResponse.properties.bnplProvider",
            "RefundResponse.properties.gone",
            1,
        )
    });
    let error = xtask(&root, &["codegen"]).unwrap_err();
    assert!(
        error.starts_with("optty: effective: overlay.yaml, action "),
        "{error}"
    );
    assert!(
        error.contains("RefundResponse.properties.gone") && error.contains("matches nothing"),
        "{error}"
    );
    let generated = |files: Vec<(PathBuf, String)>| -> Vec<_> {
        files
            .into_iter()
            .filter(|(path, _)| !path.ends_with("overlay.yaml"))
            .collect()
    };
    assert_eq!(generated(files(root.path())), generated(before));
}

#[test]
fn a_document_that_cannot_be_lowered_is_reported_with_the_action_that_mends_it() {
    let root = workspace();
    edit(&root, "specs/mce/transcribed.yaml", |text| {
        text.replacen(
            "      responses:\n",
            "      parameters:\n        - $ref: '#/components/parameters/Gone'\n      responses:\n",
            1,
        )
    });
    let error = xtask(&root, &["codegen", "mce"]).unwrap_err();
    assert!(
        error.starts_with(
            "mce: lower: /paths/~1v1.0~1payment~1crypto~1createCryptoRefund/post/parameters/0: the reference \
             #/components/parameters/Gone leads nowhere in this document"
        ),
        "{error}"
    );
    assert!(
        !root
            .path()
            .join("crates/providers/mce/src/generated/mod.rs")
            .exists()
    );
    // Pasted as it is shown, the action mends it.
    let (_, action) = error.split_once("with its reason and evidence:\n").unwrap();
    edit(&root, "specs/mce/overlay.yaml", |text| {
        format!("{}\n{action}", text.trim_end())
    });
    xtask(&root, &["codegen", "mce"]).unwrap();
}

#[test]
fn each_stage_can_be_printed_alone() {
    let root = workspace();
    let extract = xtask(&root, &["codegen", "tazapay", "--print", "extract"]).unwrap();
    assert!(extract.contains("\"openapi\": \"3.1.0\"") && !extract.contains("Idempotency-Key"));
    let merged = xtask(&root, &["codegen", "tazapay", "--print", "merge"]).unwrap();
    assert!(merged.contains("/v3/refund/{id}") && !merged.contains("Idempotency-Key"));
    let effective = xtask(&root, &["codegen", "tazapay", "--print", "effective"]).unwrap();
    assert!(effective.contains("Idempotency-Key") && effective.contains("\"refund-api\""));
    let selected = xtask(&root, &["codegen", "tazapay", "--print", "select"]).unwrap();
    assert!(selected.contains("\"create_refund\"") && !selected.contains("\"refund-api\""));
    let lowered = xtask(&root, &["codegen", "tazapay", "--print", "lower"]).unwrap();
    assert!(
        lowered.contains("\"openapi\": \"3.0.3\"")
            && lowered.contains("provider_runtime::Timestamp")
    );
    assert!(
        xtask(&root, &["codegen", "tazapay", "--print", "report"])
            .unwrap()
            .contains("wide-integers: /")
    );
    assert!(
        xtask(&root, &["codegen", "tazapay", "--print", "generate"])
            .unwrap()
            .starts_with("// src/generated/types/builder.rs\n// @generated by")
    );
    assert!(!root.path().join("specs/tazapay/openapi.json").exists());
}

#[test]
fn an_unknown_provider_is_refused_with_the_known_ones() {
    let error = xtask(&workspace(), &["codegen", "stripe"]).unwrap_err();
    assert_eq!(
        error,
        "there is no provider \"stripe\": specs/ has kotanipay, mce, optty, tazapay"
    );
}

#[test]
fn a_page_is_imported_byte_for_byte_and_its_payloads_follow() {
    let root = workspace();
    let stored = "specs/optty/published/post-orders-reference-refund.md";
    let page = fs::read_to_string(root.path().join(stored))
        .unwrap()
        .replace("\"amount\": 100,", "\"amount\": 250,");
    let given = root.path().join("post-orders-reference-refund.md");
    fs::write(&given, &page).unwrap();
    let printed = xtask(&root, &["import", "optty", given.to_str().unwrap()]).unwrap();
    assert_eq!(fs::read_to_string(root.path().join(stored)).unwrap(), page);
    let request = fs::read_to_string(
        root.path()
            .join("specs/optty/payloads/refund_order/request-sample-request.json"),
    )
    .unwrap();
    assert!(request.contains("250"), "{request}");
    assert!(
        printed.contains("written: specs/optty/published/post-orders-reference-refund.md"),
        "{printed}"
    );
    assert!(
        printed.contains("10 documented payloads, 2 files changed"),
        "{printed}"
    );
}

#[test]
fn a_page_without_a_document_is_refused_and_nothing_is_written() {
    let root = workspace();
    let given = root.path().join("page.md");
    fs::write(&given, "# A page\n\nwithout anything to import\n").unwrap();
    let before = files(root.path());
    let error = xtask(&root, &["import", "optty", given.to_str().unwrap()]).unwrap_err();
    assert!(
        error.starts_with("optty: nothing was imported: published/page.md"),
        "{error}"
    );
    assert!(error.contains("OpenAPI"), "{error}");
    assert_eq!(files(root.path()), before);
}

#[test]
fn two_pages_that_contradict_each_other_are_both_named() {
    let root = workspace();
    let page = fs::read_to_string(
        root.path()
            .join("specs/optty/published/post-orders-reference-refund.md"),
    )
    .unwrap();
    let given = root.path().join("other.md");
    fs::write(
        &given,
        page.replace("\"RefundStatus\"", "\"x\"")
            .replace("\"description\":\"Refund Status\"", "\"maxLength\":3"),
    )
    .unwrap();
    let before = files(root.path());
    let error = xtask(&root, &["import", "optty", given.to_str().unwrap()]).unwrap_err();
    assert!(
        error.contains("published/other.md")
            && error.contains("published/post-orders-reference-refund.md"),
        "{error}"
    );
    assert_eq!(files(root.path()), before);
}

/// A first run builds for minutes: cargo has to say so.
#[test]
fn the_alias_lets_cargo_say_that_it_builds() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let config = fs::read_to_string(workspace.join(".cargo/config.toml")).unwrap();
    let config: toml::Table = config.parse().unwrap();
    assert_eq!(
        config["alias"]["xtask"].as_str(),
        Some("run --package xtask --")
    );
}
