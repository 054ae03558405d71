//! Generated files say so in their first line, and no other file does.

use crate::tree::{Tree, is_generated, is_published, is_snapshot};

/// What tools such as rustfmt and code review sites look for.
const MARK: &str = concat!("@gene", "rated");

pub(crate) fn problems(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, text) in tree.texts() {
        // JSON has no comments, and what others write is theirs.
        if path.ends_with(".json") || is_published(path) || is_snapshot(path) {
            continue;
        }
        let says_so = text.lines().next().is_some_and(|line| line.contains(MARK));
        if is_generated(path) && !says_so {
            problems.push(format!(
                "{path}:1: no `{MARK}`; let its command write the line"
            ));
        }
        if !is_generated(path) && says_so {
            problems.push(format!(
                "{path}:1: `{MARK}`, but no command writes this file; remove the line or name \
                 the file as generated files are named"
            ));
        }
    }
    problems
}

#[test]
fn a_generated_file_without_the_mark_is_found() {
    let tree = Tree::of([
        ("crates/a/src/generated/types.rs", "// Words.\n"),
        ("specs/a/lock.toml", ""),
    ]);
    let found = problems(&tree);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].starts_with("crates/a/src/generated/types.rs:1: no "),
        "{found:?}"
    );
}

#[test]
fn a_hand_written_file_with_the_mark_is_found() {
    let text = format!("// {MARK}\n");
    let found = problems(&Tree::of([("crates/a/src/lib.rs", text.as_str())]));
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn the_mark_is_accepted_where_it_belongs() {
    let text = format!("// {MARK} by a command\nfn f() {{}}");
    let tree = Tree::of([
        ("crates/a/src/generated/types.rs", text.as_str()),
        ("specs/a/openapi.json", "{}"),
        ("README.md", "# A heading"),
    ]);
    assert_eq!(problems(&tree), Vec::<String>::new());
}
