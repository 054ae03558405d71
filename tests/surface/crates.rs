//! The public items of every crate that is published.

use std::collections::BTreeSet;
use std::fs;

use workspace_tests::workspace_root;

/// Every published crate of this workspace.
const CRATES: [&str; 8] = [
    "api-surface",
    "kotanipay",
    "mce",
    "openapi-lower",
    "optty",
    "provider-runtime",
    "spec-documents",
    "tazapay",
];

#[test]
fn the_public_items_of_every_crate_are_as_reviewed() {
    for name in CRATES {
        let listing = api_surface::list(&workspace_root().join("crates").join(name)).unwrap();
        insta::assert_snapshot!(name, listing);
    }
}

/// The facade, its command and its sandbox have listings of their own beside them; what is not published has no users
/// outside of this workspace.
#[test]
fn no_library_of_providers_and_documents_is_left_out() {
    let entries = fs::read_dir(workspace_root().join("crates")).unwrap();
    let names: BTreeSet<String> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let manifest = fs::read_to_string(path.join("Cargo.toml")).unwrap();
            !manifest.lines().any(|line| line == "publish = false")
        })
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .filter(|name| !name.starts_with("refund"))
        .collect();
    assert_eq!(names, CRATES.map(str::to_owned).into());
}

/// MCE's crate is the plainest: what it shows of the run time, all of them show.
#[test]
fn every_provider_crate_shows_the_same_names_beside_its_types() {
    let shown = |name: &str| -> BTreeSet<String> {
        let listing = api_surface::list(&workspace_root().join("crates").join(name)).unwrap();
        let lines = listing.lines().map(str::trim);
        let exports = lines.filter(|line| line.contains("pub use provider_runtime::"));
        exports.map(str::to_owned).collect()
    };
    let expected = shown("mce");
    assert!(expected.len() > 10, "{expected:?}");
    for name in ["kotanipay", "optty", "tazapay"] {
        let shown = shown(name);
        let missing: Vec<_> = expected.difference(&shown).collect();
        assert_eq!(missing, [""; 0], "{name}");
    }
}
