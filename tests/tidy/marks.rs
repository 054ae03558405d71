//! No marks of unfinished work.

use crate::tree::{Tree, is_written_by_hand, line_of};

/// In pieces, so that this file has none of them.
const MARKS: [&str; 7] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("X", "XX"),
    concat!("HA", "CK"),
    concat!("to", "do!("),
    concat!("unimplemen", "ted!("),
    concat!("db", "g!("),
];

pub(crate) fn problems(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| is_written_by_hand(path)) {
        for mark in MARKS {
            for (offset, _) in text
                .match_indices(mark)
                .filter(|(at, _)| is_word(text, *at, mark))
            {
                let line = line_of(text, offset);
                problems.push(format!(
                    "{path}:{line}: `{mark}`; finish the work or file an issue"
                ));
            }
        }
    }
    problems
}

fn is_word(text: &str, offset: usize, mark: &str) -> bool {
    let part_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let before = text[..offset].chars().next_back();
    let after = text[offset + mark.len()..].chars().next();
    !before.is_some_and(part_of_word) && (mark.ends_with('(') || !after.is_some_and(part_of_word))
}

#[test]
fn each_mark_is_found_with_its_line() {
    for mark in MARKS {
        let text = format!("fn f() {{\n    // {mark} later\n}}");
        let found = problems(&Tree::of([("src/lib.rs", text.as_str())]));
        assert_eq!(found.len(), 1, "{mark}: {found:?}");
        assert!(
            found[0].starts_with(&format!("src/lib.rs:2: `{mark}`")),
            "{found:?}"
        );
    }
}

#[test]
fn longer_words_and_published_pages_are_no_marks() {
    let longer = format!("{}S {}L my{}", MARKS[0], MARKS[2], MARKS[4]);
    let tree = Tree::of([
        ("a.rs", longer.as_str()),
        ("specs/x/published/p.md", MARKS[0]),
    ]);
    assert_eq!(problems(&tree), Vec::<String>::new());
}
