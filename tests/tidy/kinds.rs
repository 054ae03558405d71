//! The table of what a document means names rules, files and tests that are there.

use crate::tree::Tree;

const PAGE: &str = "CONTRIBUTING.md";
const HEADING: &str = "## What a document means, and what says so";
const RULES: &str = "crates/making/openapi-lower/src/rules/";

pub(crate) fn problems(tree: &Tree) -> Vec<String> {
    let page = tree.texts().find(|(path, _)| *path == PAGE);
    let section = page.and_then(|(_, text)| text.split_once(HEADING));
    let Some((_, section)) = section else {
        return vec![format!("{PAGE} has no section \"{HEADING}\"")];
    };
    let rows = section.lines().skip_while(|line| !line.starts_with("|---"));
    let rows = rows.skip(1).take_while(|line| line.starts_with('|'));
    let mut problems = Vec::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [kind, decides, sentence, tests] = cells.as_slice() else {
            problems.push(format!("{PAGE}: a row without four cells: {row}"));
            continue;
        };
        let mut told = |what: &str, name: &str, is_there: bool| {
            if !is_there {
                problems.push(format!(
                    "{PAGE}, {}: there is no {what} {name}",
                    kind.trim()
                ));
            }
        };
        for name in names(decides) {
            match name.contains('/') {
                true => told("file", name, tree.contains(name)),
                false => told(
                    "rule",
                    name,
                    has_line(tree, RULES, &format!("name: \"{name}\"")),
                ),
            }
        }
        for name in names(tests) {
            told("test", name, has_line(tree, "", &format!("fn {name}()")));
        }
        told("sentence", "in it", !sentence.trim().is_empty());
        told("test", "in it", names(tests).next().is_some());
    }
    problems
}

/// What is between backticks.
fn names(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn has_line(tree: &Tree, within: &str, part: &str) -> bool {
    let mut texts = tree
        .texts()
        .filter(|(path, _)| path.starts_with(within) && path.ends_with(".rs"));
    texts.any(|(_, text)| text.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_a_file_or_a_test_that_is_not_there_is_found() {
        let page = format!(
            "{HEADING}\n\n| kind | decides | sentence | test |\n|---|---|---|---|\n\
             | a | `is-there`, `is-gone`, `src/here.rs`, `src/gone.rs` | S | `it_holds`, `it_is_gone` |\n| b | `is-there` |  | none |\n\nEnd"
        );
        let rule = format!("{RULES}a.rs");
        let tree = Tree::of([
            (PAGE, page.as_str()),
            (rule.as_str(), "name: \"is-there\""),
            ("src/here.rs", "fn it_holds() {}"),
        ]);
        let found = problems(&tree);
        assert_eq!(found.len(), 5, "{found:?}");
        for (problem, name) in found.iter().zip([
            "is-gone",
            "gone.rs",
            "it_is_gone",
            "b: there is no sentence",
            "b: there is no test",
        ]) {
            assert!(problem.contains(name), "{problem}");
        }
        assert_eq!(problems(&Tree::of([])).len(), 1);
    }
}
