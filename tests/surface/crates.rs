//! The public items of every crate that is published.

use std::collections::BTreeSet;
use std::fs;

use workspace_tests::{PROVIDERS, crate_folders};

/// Every published crate of this workspace, in order. The facade, its command and its sandbox have listings of their
/// own beside them; what is not published has no users outside of this workspace.
fn crates() -> BTreeSet<String> {
    crate_folders()
        .into_iter()
        .filter(|(name, folder)| {
            let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
            !manifest.lines().any(|line| line == "publish = false") && !name.starts_with("refund")
        })
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn the_public_items_of_every_crate_are_as_reviewed() {
    for name in crates() {
        let listing = api_surface::list(&crate_folders()[&name]).unwrap();
        insta::assert_snapshot!(name, listing);
    }
}

#[test]
fn the_libraries_of_providers_and_documents_are_among_the_crates() {
    let crates = crates();
    let missing: Vec<_> = PROVIDERS
        .into_iter()
        .chain([
            "api-surface",
            "openapi-lower",
            "provider-runtime",
            "spec-documents",
        ])
        .filter(|name| !crates.contains(*name))
        .collect();
    assert_eq!(missing, [""; 0]);
}

/// MCE's crate is the plainest: what it shows of the run time, all of them show.
#[test]
fn every_provider_crate_shows_the_same_names_beside_its_types() {
    let shown = |name: &str| -> BTreeSet<String> {
        let listing = api_surface::list(&crate_folders()[name]).unwrap();
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
