//! What holds for every file of the workspace, as an ordinary test.
//!
//! Each check is a module with a function from the tree of files to the problems
//! it finds, and tests of that function on small trees, good and bad.

mod circles;
mod forgotten_arms;
mod generated_files;
mod kinds;
mod leftovers;
mod links;
mod machine_paths;
mod manifests;
mod marks;
mod sizes;
mod test_functions;
mod tree;

use tree::Tree;
use workspace_tests::workspace_root;

/// Fails with the list of problems, if there are any.
fn assert_none(problems: &[String]) {
    let count = problems.len();
    assert_eq!(count, 0, "{count} problems:\n{}\n", problems.join("\n"));
}

/// The problems that a check finds in this workspace; a file that cannot be read
/// is one, too.
fn problems_here(check: impl Fn(&Tree) -> Vec<String>) -> Vec<String> {
    match Tree::read(workspace_root()) {
        Ok(tree) => check(&tree),
        Err(error) => vec![format!("the workspace cannot be read: {error}")],
    }
}

#[test]
fn the_walk_finds_the_files_of_the_workspace() {
    let tree = Tree::read(workspace_root()).unwrap();
    assert!(tree.contains("Cargo.toml") && tree.contains("tests/tidy/main.rs"));
    assert!(!tree.contains("target") && !tree.contains(".git"));
}

#[test]
fn no_file_has_a_mark_of_unfinished_work() {
    assert_none(&problems_here(marks::problems));
}

#[test]
fn generated_files_say_so_and_others_do_not() {
    assert_none(&problems_here(generated_files::problems));
}

#[test]
fn what_is_said_to_decide_what_a_document_means_is_there() {
    assert_none(&problems_here(kinds::problems));
}

#[test]
fn links_in_markdown_resolve() {
    assert_none(&problems_here(links::problems));
}

#[test]
fn the_documentation_of_a_crate_has_the_pictures_of_its_readme() {
    assert_none(&problems_here(links::pictures));
}

#[test]
fn no_file_names_a_path_of_one_machine() {
    assert_none(&problems_here(|tree| {
        machine_paths::problems(tree, workspace_root())
    }));
}

#[test]
fn every_manifest_is_complete() {
    assert_none(&problems_here(manifests::problems));
}

#[test]
fn nothing_is_left_over_from_a_tool() {
    assert_none(&problems_here(leftovers::problems));
}

#[test]
fn no_file_is_too_long_to_read() {
    assert_none(&problems_here(sizes::problems));
}

#[test]
fn tests_are_named_by_sentences_and_none_is_skipped() {
    assert_none(&problems_here(test_functions::problems));
}

#[test]
fn a_match_that_names_a_provider_names_all_of_them() {
    assert_none(&problems_here(forgotten_arms::problems));
}

#[test]
fn no_two_files_of_what_makes_the_clients_need_each_other() {
    assert_none(&problems_here(circles::problems));
}
