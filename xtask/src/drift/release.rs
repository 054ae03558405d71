//! The version and the CHANGELOG of a page that is accepted.

use std::path::Path;

use anyhow::{Context, Result};
use openapi_drift::RustSide;
use provider_codegen::places;
use spec_documents::write::Change;
use surface_semver::is_older;

use super::crates::Crate;
use crate::files;

const CHANGELOG: &str = "CHANGELOG.md";
/// The heading of what is not released.
const UNRELEASED: &str = "## Unreleased";
/// Characters of a line.
const WIDTH: usize = 140;

/// The files that say the version, and the CHANGELOG, as they are to be for what becomes of the crate `name`.
pub(super) fn changes(root: &Path, name: &str, rust: &RustSide) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    let mut put = |file: &Path, edit: &dyn Fn(&str) -> Option<String>| -> Result<()> {
        if let Some(text) = files::present(&root.join(file))?
            && let Some(edited) = edit(&text)
            && edited != text
        {
            changes.push(Change::write(root.join(file), edited));
        }
        Ok(())
    };
    let current = Crate::of_tree(root, name)?;
    let old = current.version().unwrap_or_default();
    let package = current.package().unwrap_or_else(|| name.to_owned());
    let new = &rust.recommended_version;
    // What was accepted before, and is not committed, may have taken the step already.
    if is_older(&old, new)? {
        let manifest = places::crate_of(name).join("Cargo.toml");
        put(&manifest, &|text| Some(of_package(text, new)))?;
        put(Path::new("Cargo.toml"), &|text| {
            Some(of_dependency(text, name, (&old, new)))
        })?;
        for lock in ["Cargo.lock", "fuzz/Cargo.lock"] {
            put(Path::new(lock), &|text| {
                Some(of_lock(text, &package, (&old, new)))
            })?;
        }
    }
    put(Path::new(CHANGELOG), &|text| {
        with_entry(text, &rust.changelog)
    })
    .with_context(|| CHANGELOG)?;
    Ok(changes)
}

/// A manifest whose package has a version of its own.
fn of_package(text: &str, version: &str) -> String {
    let mut inside = false;
    let lines = text.lines().map(|line| {
        if line.starts_with('[') {
            inside = line.trim() == "[package]";
        }
        let key = line.split(['=', '.']).next().unwrap_or_default().trim();
        match inside && key == "version" {
            true => format!("version = \"{version}\""),
            false => line.to_owned(),
        }
    });
    joined(lines)
}

/// The workspace's manifest, in which the crate is a dependency.
fn of_dependency(text: &str, name: &str, (old, new): (&str, &str)) -> String {
    let is_it = |line: &str| line.split('=').next().is_some_and(|key| key.trim() == name);
    let versions = (
        format!("version = \"{old}\""),
        format!("version = \"{new}\""),
    );
    joined(text.lines().map(|line| match is_it(line) {
        true => line.replacen(&versions.0, &versions.1, 1),
        false => line.to_owned(),
    }))
}

fn of_lock(text: &str, package: &str, (old, new): (&str, &str)) -> String {
    let entry = |version: &str| format!("name = \"{package}\"\nversion = \"{version}\"\n");
    text.replacen(&entry(old), &entry(new), 1)
}

fn joined(lines: impl Iterator<Item = String>) -> String {
    format!("{}\n", lines.collect::<Vec<_>>().join("\n"))
}

/// The CHANGELOG with the lines of an entry that it does not have yet, under their headings of what is not released;
/// nothing if it has no such part.
fn with_entry(text: &str, entry: &str) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let start = lines.iter().position(|line| line.trim() == UNRELEASED)? + 1;
    let mut heading = "";
    for line in entry.lines().filter(|line| !line.trim().is_empty()) {
        if line.starts_with("### ") {
            heading = line.trim();
            continue;
        }
        let end = end_of(&lines, start, "## ");
        if plain(&lines[start..end].join(" ")).contains(&plain(line)) {
            continue;
        }
        let place = lines[start..end]
            .iter()
            .position(|found| found.trim() == heading);
        let at = match place {
            Some(place) => last_of_content(&lines, end_of(&lines, start + place + 1, "##")),
            None => {
                let at = last_of_content(&lines, end);
                lines.splice(at..at, [String::new(), heading.to_owned(), String::new()]);
                at + 3
            }
        };
        lines.splice(at..at, wrapped(line));
    }
    Some(joined(lines.into_iter()))
}

/// The first line from `start` that begins so, or the end.
fn end_of(lines: &[String], start: usize, beginning: &str) -> usize {
    let rest = lines.iter().skip(start);
    let found = rest.clone().position(|line| line.starts_with(beginning));
    start + found.unwrap_or(rest.count())
}

/// The line after the last one before `end` that is not empty.
fn last_of_content(lines: &[String], end: usize) -> usize {
    let before = lines.get(..end).unwrap_or_default();
    before
        .iter()
        .rposition(|line| !line.trim().is_empty())
        .map_or(0, |last| last + 1)
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An item of a list in lines that are not too long.
fn wrapped(item: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in item.split_whitespace() {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 2 && last + 1 + word.chars().count() > WIDTH {
            lines.push(" ".to_owned());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "# Changelog\n\n## Unreleased\n\n### Added\n\n- One that is written over\n  two lines.\n\n### Drift\n\n- Two.\n\n## 0.1.0\n\n### Changed\n\n- Old.\n";

    #[test]
    fn each_line_comes_once_under_its_heading_of_what_is_not_released() {
        let entry = "### Added\n\n- One that is written over two lines.\n- Three.\n\n### Changed\n\n- Old.\n";
        let once = with_entry(LOG, entry).unwrap();
        assert_eq!(
            once,
            "# Changelog\n\n## Unreleased\n\n### Added\n\n- One that is written over\n  two lines.\n- Three.\n\n### Drift\n\n- Two.\n\n### Changed\n\n- Old.\n\n## 0.1.0\n\n### Changed\n\n- Old.\n"
        );
        assert_eq!(with_entry(&once, entry).unwrap(), once);
        assert_eq!(with_entry("# Changelog\n", entry), None);
        assert_eq!(with_entry(LOG, "").unwrap(), LOG);
    }

    #[test]
    fn a_long_line_is_wrapped_within_its_item() {
        let lines = wrapped(&format!("- {}", "word ".repeat(60)));
        assert!(lines.len() > 1 && lines[1].starts_with("  word"));
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
    }

    #[test]
    fn the_version_is_written_where_it_stands() {
        let own = "[package]\nname = \"a\"\nversion.workspace = true\n\n[dependencies]\nversion = \"1\"\n";
        let expected =
            "[package]\nname = \"a\"\nversion = \"0.2.0\"\n\n[dependencies]\nversion = \"1\"\n";
        assert_eq!(of_package(own, "0.2.0"), expected);
        assert_eq!(of_package(expected, "0.2.0"), expected);
        let workspace = "a = { path = \"a\", version = \"0.1.0\" }\nab = { path = \"ab\", version = \"0.1.0\" }\n";
        assert_eq!(
            of_dependency(workspace, "a", ("0.1.0", "0.2.0")),
            "a = { path = \"a\", version = \"0.2.0\" }\nab = { path = \"ab\", version = \"0.1.0\" }\n"
        );
        let lock = "[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"b\"\nversion = \"0.1.0\"\n";
        assert_eq!(
            of_lock(lock, "a", ("0.1.0", "0.2.0")),
            lock.replacen("0.1.0", "0.2.0", 1)
        );
    }
}
