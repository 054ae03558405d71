//! The front page of the documentation leaves out no feature that users have, and names none that they do not; nor any
//! example.

use std::{fs, path::Path};

/// Not for users.
const HIDDEN: [&str; 2] = ["default", "__sabotage"];

#[test]
fn the_table_of_features_is_that_of_the_manifest() {
    let manifest = include_str!("../Cargo.toml");
    let (_, features) = manifest.split_once("[features]\n").unwrap();
    let (features, _) = features.split_once("\n[").unwrap();
    let names = features.lines().filter_map(|line| line.split_once(" = "));
    let mut declared: Vec<_> = names.map(|(name, _)| name.trim()).collect();
    declared.retain(|name| !HIDDEN.contains(name) && !name.starts_with('#'));
    declared.sort_unstable();

    let page = include_str!("../src/lib.rs");
    let (_, table) = page.split_once("//! | feature | by default |").unwrap();
    let (table, _) = table.split_once("//!\n").unwrap();
    let firsts = table
        .lines()
        .skip(2)
        .filter_map(|row| row.split('|').nth(1));
    let told = firsts.flat_map(|names| names.split(','));
    let mut told: Vec<_> = told.map(|name| name.trim().trim_matches('`')).collect();
    told.sort_unstable();
    assert_eq!(told, declared);
}

#[test]
fn the_front_page_names_every_example() {
    let page = include_str!("../src/lib.rs");
    let (_, told) = page.split_once("Its folder `examples`").unwrap();
    let (told, _) = told.split_once("//!\n").unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().path().with_extension(""));
    let mut missing: Vec<_> = names
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .filter(|name| !told.contains(&format!("`{name}`")))
        .collect();
    missing.sort_unstable();
    assert_eq!(missing, [""; 0]);
}
