//! Every package is described, licensed and held to the workspace's lints.

use crate::tree::Tree;

pub(crate) fn problems(tree: &Tree) -> Vec<String> {
    let is_manifest = |path: &str| path == "Cargo.toml" || path.ends_with("/Cargo.toml");
    let mut problems = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| is_manifest(path)) {
        match text.parse::<toml::Table>() {
            Ok(manifest) => {
                problems.extend(missing(&manifest).map(|what| format!("{path}: {what}")))
            }
            Err(error) => problems.push(format!("{path}: not TOML: {}", error.message())),
        }
    }
    problems
}

/// What a manifest lacks; nothing when it is of no package.
fn missing(manifest: &toml::Table) -> impl Iterator<Item = &'static str> {
    let package = manifest.get("package").and_then(toml::Value::as_table);
    let is_filled = |name: &str| {
        package.is_some_and(|package| match package.get(name) {
            Some(toml::Value::String(text)) => !text.trim().is_empty(),
            Some(value) => is_inherited(value),
            None => false,
        })
    };
    let checks = [
        (
            is_filled("description"),
            "no `description`; say in a line what the package is for",
        ),
        (
            is_filled("license"),
            "no `license`; add `license.workspace = true`",
        ),
        (
            is_filled("rust-version"),
            "no `rust-version`; add `rust-version.workspace = true`",
        ),
        (
            manifest.get("lints").is_some_and(is_inherited),
            "own lints or none; add `[lints]` with `workspace = true`",
        ),
    ];
    let is_package = package.is_some();
    checks
        .into_iter()
        .filter(move |(holds, _)| is_package && !holds)
        .map(|(_, what)| what)
}

fn is_inherited(value: &toml::Value) -> bool {
    value.get("workspace").and_then(toml::Value::as_bool) == Some(true)
}

#[cfg(test)]
const COMPLETE: &str = "[package]\nname = \"a\"\ndescription = \"A thing\"\nlicense.workspace = true\n\
                        rust-version.workspace = true\n[lints]\nworkspace = true\n";

#[test]
fn a_complete_manifest_and_one_of_a_workspace_are_accepted() {
    let tree = Tree::of([
        ("crates/a/Cargo.toml", COMPLETE),
        ("Cargo.toml", "[workspace]\n"),
    ]);
    assert_eq!(problems(&tree), Vec::<String>::new());
}

#[test]
fn each_line_that_is_missing_is_found() {
    for line in [
        "description",
        "license",
        "rust-version",
        "workspace = true\n",
    ] {
        let kept: Vec<&str> = COMPLETE
            .lines()
            .filter(|found| !found.starts_with(line.trim_end()))
            .collect();
        let found = problems(&Tree::of([(
            "crates/a/Cargo.toml",
            kept.join("\n").as_str(),
        )]));
        assert_eq!(found.len(), 1, "{line}: {found:?}");
    }
}

#[test]
fn a_manifest_that_does_not_parse_is_found() {
    let found = problems(&Tree::of([("Cargo.toml", "[package\n")]));
    assert!(
        found.len() == 1 && found[0].starts_with("Cargo.toml: not TOML: "),
        "{found:?}"
    );
}
