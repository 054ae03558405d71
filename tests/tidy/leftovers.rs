//! No file that a tool leaves behind for a person to decide on.

use crate::tree::Tree;

const ENDINGS: [&str; 5] = [".snap.new", ".pending-snap", ".orig", ".rej", ".bk"];

pub(crate) fn problems(tree: &Tree) -> Vec<String> {
    let left = tree
        .paths()
        .filter(|path| ENDINGS.iter().any(|ending| path.ends_with(ending)));
    left.map(|path| format!("{path}: left over; accept or reject what it holds and delete it"))
        .collect()
}

#[test]
fn a_snapshot_that_waits_for_review_is_found() {
    let tree = Tree::of([("a/x.snap", ""), ("a/x.snap.new", ""), ("b.rs.orig", "")]);
    let found = problems(&tree);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("a/x.snap.new: "), "{found:?}");
}
