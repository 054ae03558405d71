//! No file too long to read in one go.

use crate::tree::{Tree, is_generated, is_snapshot};

/// Lines.
const LIMIT: usize = 600;

pub(crate) fn problems(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, text) in tree.texts() {
        if path.starts_with("specs/") || is_generated(path) || is_snapshot(path) {
            continue;
        }
        let lines = text.lines().count();
        if lines > LIMIT {
            problems.push(format!(
                "{path}: {lines} lines, more than {LIMIT}; split it by its jobs"
            ));
        }
    }
    problems
}

#[test]
fn a_file_one_line_too_long_is_found() {
    let (fits, too_long) = ("x\n".repeat(LIMIT), "x\n".repeat(LIMIT + 1));
    let tree = Tree::of([
        ("a.rs", fits.as_str()),
        ("b.rs", too_long.as_str()),
        ("crates/c/src/generated/types.rs", too_long.as_str()),
        ("specs/p/overlay.yaml", too_long.as_str()),
        ("d.snap", too_long.as_str()),
    ]);
    assert_eq!(
        problems(&tree),
        ["b.rs: 601 lines, more than 600; split it by its jobs"]
    );
}
