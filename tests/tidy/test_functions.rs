//! A test is named by a sentence, and none is skipped.

use syn::visit::{self, Visit};
use syn::{Attribute, ItemFn};

use crate::tree::{Tree, is_generated};

/// As few words as make a sentence.
const WORDS: usize = 3;

pub(crate) fn problems(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, text) in tree.texts() {
        if !path.ends_with(".rs") || is_generated(path) {
            continue;
        }
        match syn::parse_file(text) {
            Ok(file) => Tests {
                path,
                problems: &mut problems,
            }
            .visit_file(&file),
            Err(error) => problems.push(format!("{path}: does not parse: {error}")),
        }
    }
    problems
}

struct Tests<'a> {
    path: &'a str,
    problems: &'a mut Vec<String>,
}

impl<'ast> Visit<'ast> for Tests<'_> {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if function.attrs.iter().any(|attribute| is(attribute, "test")) {
            let (path, name) = (self.path, &function.sig.ident);
            let line = name.span().start().line;
            if name
                .to_string()
                .split('_')
                .filter(|word| !word.is_empty())
                .count()
                < WORDS
            {
                self.problems.push(format!(
                    "{path}:{line}: `{name}` is no sentence; name the test by what it shows"
                ));
            }
            if function
                .attrs
                .iter()
                .any(|attribute| is(attribute, "ignore"))
            {
                self.problems.push(format!(
                    "{path}:{line}: `{name}` is skipped; mend or delete it"
                ));
            }
        }
        visit::visit_item_fn(self, function);
    }
}

/// Whether an attribute has this name, such as `test` in `#[tokio::test]`.
fn is(attribute: &Attribute, name: &str) -> bool {
    attribute
        .path()
        .segments
        .last()
        .is_some_and(|last| last.ident == name)
}

#[test]
fn short_names_and_skipped_tests_are_found() {
    let source = "
        #[test] fn it_works() {}
        mod inner { #[tokio::test] async fn refund() {} }
        #[test]
        #[ignore = \"slow\"]
        fn a_long_enough_name() {}";
    assert_eq!(
        problems(&Tree::of([("a.rs", source)])),
        [
            "a.rs:2: `it_works` is no sentence; name the test by what it shows",
            "a.rs:3: `refund` is no sentence; name the test by what it shows",
            "a.rs:6: `a_long_enough_name` is skipped; mend or delete it",
        ]
    );
}

#[test]
fn functions_that_are_no_tests_may_have_any_name() {
    let tree = Tree::of([("a.rs", "fn f() {} #[test] fn an_amount_is_refused() {}")]);
    assert_eq!(problems(&tree), Vec::<String>::new());
}
