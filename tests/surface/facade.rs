//! The public items of the facade.

use workspace_tests::workspace_root;

fn listing() -> String {
    api_surface::list(&workspace_root().join("crates/product/refunds")).unwrap()
}

#[test]
fn the_public_items_of_the_facade_are_as_reviewed() {
    insta::assert_snapshot!("refunds", listing());
}

/// It is for the campaign's check of itself, and hidden.
#[test]
fn what_switches_the_first_promise_off_is_no_part_of_the_facade() {
    let listing = listing();
    assert!(
        listing.contains("pub fn with_settle_after"),
        "the policy is not listed"
    );
    assert!(!listing.contains("with_open_writes_repeated"), "{listing}");
}
