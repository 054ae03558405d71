//! Every package is described, licensed and held to the workspace's lints, and what is published has what a registry
//! shows and a user needs.

use crate::tree::Tree;

pub(crate) fn problems(tree: &Tree) -> Vec<String> {
    let is_manifest = |path: &str| path == "Cargo.toml" || path.ends_with("/Cargo.toml");
    let mut problems = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| is_manifest(path)) {
        match text.parse::<toml::Table>() {
            Ok(manifest) => {
                let missing = missing(&manifest).map(str::to_owned);
                let folder = path.strip_suffix("Cargo.toml").unwrap_or_default();
                let missing = missing.chain(unpublishable(&manifest, folder, tree));
                problems.extend(missing.map(|what| format!("{path}: {what}")));
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

/// What a package lacks that is published; `folder` ends in a slash.
fn unpublishable(manifest: &toml::Table, folder: &str, tree: &Tree) -> Vec<String> {
    let Some(package) = manifest.get("package").and_then(toml::Value::as_table) else {
        return Vec::new();
    };
    if package.get("publish") == Some(&toml::Value::Boolean(false)) {
        return Vec::new();
    }
    let text = |key: &str| package.get(key).and_then(toml::Value::as_str);
    let texts = |key: &str| -> Vec<&str> {
        let list = package.get(key).and_then(toml::Value::as_array);
        let list = list.into_iter().flatten();
        list.filter_map(toml::Value::as_str).collect()
    };
    let name = text("name").unwrap_or_default();
    let documentation = format!("https://docs.rs/{name}");
    let keywords = texts("keywords");
    let included = texts("include");
    let docs = package.get("metadata").and_then(|all| all.get("docs"));
    let docs = docs.and_then(|docs| docs.get("rs")?.get("all-features"));
    let features = manifest.get("features").and_then(toml::Value::as_table);
    let shows_switches = docs == Some(&toml::Value::Boolean(true))
        && features.is_some_and(|features| features.keys().any(|name| is_switch(name)));
    // The registry takes five keywords of twenty characters (The Cargo Book, The Manifest Format).
    let checks = [
        (
            text("documentation") == Some(&*documentation),
            format!("`documentation` is not {documentation:?}"),
        ),
        (
            (1..=5).contains(&keywords.len()) && keywords.iter().all(|word| word.len() <= 20),
            "no one to five `keywords` of at most 20 characters".to_owned(),
        ),
        (
            !texts("categories").is_empty(),
            "no `categories`".to_owned(),
        ),
        (
            package.get("repository").is_some_and(is_inherited),
            "add `repository.workspace = true`: the address stands in one place".to_owned(),
        ),
        (
            included.contains(&"/LICENSE-*") && included.contains(&"/README.md"),
            "`include` lacks `/LICENSE-*` or `/README.md`".to_owned(),
        ),
        (
            ["README.md", "LICENSE-MIT", "LICENSE-APACHE"]
                .iter()
                .all(|file| tree.contains(&format!("{folder}{file}"))),
            "README.md, LICENSE-MIT or LICENSE-APACHE is not beside it".to_owned(),
        ),
        (
            !shows_switches,
            "docs.rs would show switches of this project's checks: list the features there"
                .to_owned(),
        ),
        (
            !switches_on(manifest),
            "it turns on a switch of this project's checks, which only what is not published may"
                .to_owned(),
        ),
    ];
    let failed = checks.into_iter().filter(|(holds, _)| !holds);
    let failed = failed.map(|(_, what)| what);
    let features = features.into_iter().flat_map(toml::Table::keys);
    failed.chain(untold(features, folder, tree)).collect()
}

/// The features of a library that no table of its front page has.
fn untold<'a>(
    features: impl Iterator<Item = &'a String>,
    folder: &str,
    tree: &Tree,
) -> Vec<String> {
    let file = |name: &str| {
        let mut texts = tree.texts();
        let wanted = format!("{folder}{name}");
        texts
            .find(|(path, _)| *path == wanted)
            .map(|(_, text)| text)
    };
    let Some(root) = file("src/lib.rs") else {
        return Vec::new();
    };
    let written = root.lines().filter_map(|line| line.strip_prefix("//! "));
    let readme = root
        .contains("#![doc = include_str!(\"../README.md\")]")
        .then(|| file("README.md"));
    let included = readme.flatten().into_iter().flat_map(str::lines);
    let rows: Vec<&str> = written
        .chain(included)
        .filter_map(|line| line.strip_prefix('|')?.split('|').next())
        .collect();
    features
        .filter(|name| *name != "default" && !is_switch(name))
        .map(|name| format!("`{name}`"))
        .filter(|name| !rows.iter().any(|row| row.contains(name.as_str())))
        .map(|name| format!("no table of features on its front page has {name}"))
        .collect()
}

/// Whether a feature is for this project's own checks, such as `refunds/__sabotage`: by its name, which what compares
/// public surfaces passes over as well.
fn is_switch(feature: &str) -> bool {
    let name = feature.rsplit('/').next();
    name.is_some_and(|name| name.starts_with("__"))
}

/// Whether the manifest of what is published turns such a feature on, for itself, in its documentation or in a dependency.
fn switches_on(manifest: &toml::Table) -> bool {
    let mut parts = manifest.iter();
    parts.any(|(name, value)| match value {
        toml::Value::Array(list) => list.iter().filter_map(toml::Value::as_str).any(is_switch),
        toml::Value::Table(table) => name != "dev-dependencies" && switches_on(table),
        _ => false,
    })
}

fn is_inherited(value: &toml::Value) -> bool {
    value.get("workspace").and_then(toml::Value::as_bool) == Some(true)
}

#[cfg(test)]
const COMPLETE: &str = "[package]\nname = \"a\"\ndescription = \"A thing\"\nlicense.workspace = true\npublish = false\n\
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

#[cfg(test)]
const PUBLISHED: &str = "[package]\nname = \"a\"\ndescription = \"A thing\"\nlicense.workspace = true\n\
    rust-version.workspace = true\nrepository.workspace = true\ndocumentation = \"https://docs.rs/a\"\n\
    keywords = [\"money\"]\ncategories = [\"finance\"]\ninclude = [\"/src\", \"/README.md\", \"/LICENSE-*\"]\n\
    [features]\n__sabotage = []\nall = []\n[dependencies]\nb = { version = \"1\", features = [\"c\"] }\n\
    [lints]\nworkspace = true\n";

#[test]
fn each_thing_that_a_published_package_lacks_is_found() {
    let found = |manifest: &str, files: &[&str]| {
        let files = files.iter().map(|file| (*file, "text"));
        problems(&Tree::of(files.chain([("a/Cargo.toml", manifest)])))
    };
    let files = ["a/README.md", "a/LICENSE-MIT", "a/LICENSE-APACHE"];
    assert_eq!(found(PUBLISHED, &files), [""; 0]);
    for (was, is) in [
        ("docs.rs/a", "docs.rs/b"),
        ("\"money\"", ""),
        ("money", "a-word-of-more-than-twenty"),
        ("\"finance\"", ""),
        (
            "repository.workspace = true",
            "repository = \"https://b.example\"",
        ),
        ("\"/LICENSE-*\"", "\"/LICENSE\""),
        (
            "[features]",
            "[package.metadata.docs.rs]\nall-features = true\n[features]",
        ),
        (
            "[features]",
            "[package.metadata.docs.rs]\nfeatures = [\"__sabotage\"]\n[features]",
        ),
        ("all = []", "all = [\"__sabotage\"]"),
        ("all = []", "all = [\"b/__sabotage\"]"),
        ("\"c\"", "\"__sabotage\""),
        (
            "[lints]",
            "[target.'cfg(unix)'.dependencies.d]\nfeatures = [\"__sabotage\"]\n[lints]",
        ),
    ] {
        let broken = PUBLISHED.replace(was, is);
        let problems = found(&broken, &files);
        assert_eq!(problems.len(), 1, "{was} -> {is}: {problems:?}");
    }
    assert_eq!(found(PUBLISHED, &files[1..]).len(), 1);
}

#[test]
fn a_feature_that_no_table_of_the_front_page_has_is_found() {
    let found = |root: &str, readme: &str| {
        let licences = ["a/LICENSE-MIT", "a/LICENSE-APACHE"].map(|file| (file, "text"));
        let files = [
            ("a/Cargo.toml", PUBLISHED),
            ("a/src/lib.rs", root),
            ("a/README.md", readme),
        ];
        problems(&Tree::of(licences.into_iter().chain(files)))
    };
    let row = "| `all` | everything |\n";
    let included = "#![doc = include_str!(\"../README.md\")]\n";
    assert_eq!(found(&format!("//! {row}"), ""), [""; 0]);
    assert_eq!(found(included, row), [""; 0]);
    for (root, readme) in [("//! all of `all`\n", row), (included, "all of `all`\n")] {
        let problems = found(root, readme);
        assert_eq!(
            problems,
            ["a/Cargo.toml: no table of features on its front page has `all`"]
        );
    }
}
