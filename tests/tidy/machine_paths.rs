//! No path that exists on one machine only.

use std::path::Path;

use crate::tree::{Tree, is_snapshot, is_written_by_hand};

/// Where homes and temporary files lie. In pieces, so that this file has none.
const USUAL: [&str; 6] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/tm", "p/"),
    concat!("/var/fol", "ders/"),
    concat!("C:\\Us", "ers\\"),
];

/// `root` is where this workspace lies; its neighbours are not named either.
pub(crate) fn problems(tree: &Tree, root: &Path) -> Vec<String> {
    let here = [Some(root), root.parent()].into_iter().flatten();
    let here = here
        .filter(|path| path.parent().is_some())
        .map(|path| format!("{}/", path.display()));
    let starts: Vec<String> = USUAL.map(str::to_owned).into_iter().chain(here).collect();
    let mut problems = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| is_checked(path)) {
        for (index, line) in text.lines().enumerate() {
            let names = |start: &&String| {
                line.match_indices(start.as_str())
                    .any(|(at, _)| begins_path(line, at))
            };
            if let Some(start) = starts.iter().find(names) {
                problems.push(format!(
                    "{path}:{}: a path below `{start}` is not on other machines; give it relative \
                     to the workspace",
                    index + 1
                ));
            }
        }
    }
    problems
}

/// A generator may write paths of its inputs; a provider's pages may name any.
fn is_checked(path: &str) -> bool {
    is_written_by_hand(path)
        || path.ends_with(".rs")
        || path.ends_with(".toml")
        || is_snapshot(path)
}

/// Whether a path begins here, and not in the middle of a URL or other path.
fn begins_path(line: &str, offset: usize) -> bool {
    let before = line[..offset].chars().next_back();
    !before.is_some_and(|letter| letter.is_alphanumeric() || "._-~}>*".contains(letter))
}

#[test]
fn paths_of_this_and_other_machines_are_found() {
    let place = Path::new("/somewhere/else");
    for start in USUAL.into_iter().chain(["/somewhere/else/", "/somewhere/"]) {
        let text = format!("first\nsee `{start}x.md`");
        let found = problems(&Tree::of([("README.md", text.as_str())]), place);
        assert_eq!(found.len(), 1, "{start}: {found:?}");
        assert!(
            found[0].starts_with("README.md:2: a path below "),
            "{found:?}"
        );
    }
}

#[test]
fn a_path_within_another_or_a_url_is_accepted() {
    let text = format!("https://example.com{0}x ..{0}x {{root}}{0}x", USUAL[3]);
    let tree = Tree::of([("README.md", text.as_str())]);
    assert_eq!(problems(&tree, Path::new("/")), Vec::<String>::new());
}
