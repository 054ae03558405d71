//! What a user of one crate compiles, as cargo sees it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure here is a failure of the test"
)]

use std::collections::BTreeSet;
use std::process::Command;

use workspace_tests::{PROVIDERS, crate_folders, workspace_root};

/// What no crate has in its tree that does not call over HTTP.
const HTTP_STACK: [&str; 10] = [
    "h2",
    "hyper",
    "hyper-util",
    "native-tls",
    "openssl",
    "reqwest",
    "rustls",
    "tokio",
    "tracing",
    "url",
];

/// The names of the packages in the tree of `package`, itself included; those of this workspace by their folders,
/// since a registry may know them by another name. The network is used only
/// for what is in the lock and was never fetched, such as the other TLS.
fn tree(package: &str, features: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(workspace_root())
        .args(["tree", "--locked", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}", "--package", &package_in(package)])
        .args(features)
        .output()
        .unwrap();
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo tree: {problem}");
    let text = String::from_utf8(output.stdout).unwrap();
    let names = text.lines().filter_map(|line| {
        let folder = line
            .split_once(" (/")
            .and_then(|(_, rest)| rest.split(')').next());
        match folder {
            Some(folder) => folder.rsplit('/').next(),
            None => line.split(' ').next(),
        }
    });
    let names: BTreeSet<String> = names.map(str::to_owned).collect();
    assert!(
        names.contains(package),
        "cargo tree printed something else: {text}"
    );
    names
}

/// The package whose folder has this name.
fn package_in(folder: &str) -> String {
    let manifest = crate_folders()[folder].join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let name = text.lines().find_map(|line| line.strip_prefix("name = \""));
    name.unwrap().trim_end_matches('"').to_owned()
}

#[test]
fn no_database_is_in_the_tree_of_a_provider_crate_or_of_the_facade() {
    for package in PROVIDERS.into_iter().chain(["provider-runtime", "refunds"]) {
        let tree = tree(package, &["--all-features"]);
        for name in ["refunds-journal", "sqlx", "sqlx-core", "libsqlite3-sys"] {
            assert!(!tree.contains(name), "{package} has {name}");
        }
    }
    // The names are those that a tree would have.
    let journal = tree("refunds-journal", &[]);
    for name in ["refunds-journal", "sqlx", "sqlx-core", "libsqlite3-sys"] {
        assert!(journal.contains(name), "{name}");
    }
}

#[test]
fn without_the_client_there_is_no_http_stack_in_the_tree() {
    for package in PROVIDERS.into_iter().chain(["provider-runtime"]) {
        let tree = tree(package, &["--no-default-features"]);
        let found: Vec<_> = HTTP_STACK
            .into_iter()
            .filter(|name| tree.contains(*name))
            .collect();
        assert_eq!(found, [""; 0], "{package} --no-default-features");
        assert!(
            tree.contains("serde"),
            "{package} has its types all the same"
        );
    }
}

/// The sentence of README.md is found by its words, so that another one has to be read again.
#[test]
fn the_readme_counts_the_crates_that_a_user_of_one_provider_compiles() {
    let readme = std::fs::read_to_string(workspace_root().join("README.md")).unwrap();
    let text = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    let beside = |features: &[&str]| tree("optty", features).len() - 1;
    let sentence = format!(
        "has {} crates besides itself with rustls, and {} with types only",
        beside(&[]),
        beside(&["--no-default-features"])
    );
    assert!(
        text.contains(&sentence),
        "README.md does not say: {sentence}"
    );
}

#[test]
fn receiving_webhooks_takes_no_http_stack() {
    for package in PROVIDERS.into_iter().chain(["provider-runtime"]) {
        let tree = tree(
            package,
            &["--no-default-features", "--features", "webhooks"],
        );
        let found: Vec<_> = HTTP_STACK
            .into_iter()
            .filter(|name| tree.contains(*name))
            .collect();
        assert_eq!(found, [""; 0], "{package} with webhooks only");
        assert!(tree.contains("hmac"), "{package} compares signatures");
    }
}

#[test]
fn by_default_a_provider_crate_calls_with_rustls() {
    for package in PROVIDERS {
        let tree = tree(package, &[]);
        for needed in ["reqwest", "hyper", "tokio", "rustls"] {
            assert!(tree.contains(needed), "{package} lacks {needed}");
        }
        for other in ["native-tls", "openssl"] {
            assert!(!tree.contains(other), "{package} has {other}");
        }
    }
}

#[test]
fn the_platform_s_tls_takes_the_place_of_rustls() {
    for package in PROVIDERS {
        let tree = tree(
            package,
            &["--no-default-features", "--features", "native-tls"],
        );
        assert!(tree.contains("native-tls"), "{package}");
        assert!(!tree.contains("rustls"), "{package}");
    }
}

/// The crates of this workspace in one of the folders of `crates/`.
fn crates_of(group: &str) -> BTreeSet<String> {
    let folder = workspace_root().join("crates").join(group);
    let found: BTreeSet<String> = crate_folders()
        .into_iter()
        .filter(|(_, path)| path.starts_with(&folder))
        .map(|(name, _)| name)
        .collect();
    assert!(!found.is_empty(), "{group}");
    found
}

/// Those of `never` that `package` depends on.
fn dependencies_among(package: &str, never: &BTreeSet<String>) -> Vec<String> {
    let tree = tree(package, &["--all-features"]);
    let found = tree.intersection(never).filter(|name| *name != package);
    found.cloned().collect()
}

#[test]
fn a_provider_crate_depends_on_no_other_one_and_on_nothing_but_the_run_time() {
    let mut never: BTreeSet<String> = crate_folders().into_keys().collect();
    never.extend(
        [
            "openapiv3",
            "progenitor",
            "progenitor-client",
            "progenitor-impl",
            "typify",
            "tests",
            "xtask",
        ]
        .map(str::to_owned),
    );
    for package in PROVIDERS {
        let found = dependencies_among(package, &never);
        assert_eq!(found, ["provider-runtime"], "{package}");
    }
}

#[test]
fn the_run_time_depends_on_nothing_of_this_workspace() {
    let members = crate_folders().into_keys().collect();
    assert_eq!(dependencies_among("provider-runtime", &members), [""; 0]);
}

#[test]
fn the_sandbox_shares_nothing_with_what_it_proves() {
    let mut never = crates_of("product");
    never.extend(crates_of("providers"));
    assert_eq!(dependencies_among("refunds-sandbox", &never), [""; 0]);
}

#[test]
fn what_makes_the_product_depends_on_none_of_it() {
    let mut never = crates_of("product");
    never.extend(crates_of("providers"));
    never.extend(crates_of("proof"));
    for package in crates_of("making") {
        assert_eq!(dependencies_among(&package, &never), [""; 0], "{package}");
    }
}

#[test]
fn the_facade_has_a_web_framework_only_where_it_is_asked_for() {
    for features in [&[][..], &["--features", "webhooks"]] {
        let tree = tree("refunds", features);
        assert!(!tree.contains("axum"), "{features:?}");
        assert!(tree.contains("hmac"), "{features:?}");
    }
    assert!(tree("refunds", &["--features", "axum"]).contains("axum"));
    let without = ["--no-default-features", "--features", "tazapay,rustls"];
    assert!(!tree("refunds", &without).contains("hmac"));
}
