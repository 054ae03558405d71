//! Folders with files, what commands make of them, and what they say.

#![allow(dead_code, reason = "each of the tests takes what it needs")]

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use xtask::cli::Arguments;

/// This workspace.
pub(crate) fn this_workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[track_caller]
pub(crate) fn read(root: impl AsRef<Path>, file: &str) -> String {
    fs::read_to_string(root.as_ref().join(file)).unwrap()
}

/// Writes a file, into a folder that is made if it is not there.
#[track_caller]
pub(crate) fn write(root: impl AsRef<Path>, file: &str, content: impl AsRef<[u8]>) {
    let path = root.as_ref().join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// Writes `to` in the place of every `from`.
#[track_caller]
pub(crate) fn edit(root: impl AsRef<Path>, file: &str, from: &str, to: &str) {
    let before = read(&root, file);
    let after = before.replace(from, to);
    assert_ne!(before, after, "the test changes nothing in {file}");
    write(root, file, after);
}

/// Every file with its content.
pub(crate) fn files(folder: impl AsRef<Path>) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path))
        } else {
            found.push((path.clone(), fs::read_to_string(&path).unwrap()))
        }
    }
    found.sort();
    found
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target)
        } else {
            fs::copy(&path, &target).map(drop).unwrap()
        }
    }
}

/// Runs a command; its output, or its error with everything printed before.
pub(crate) fn xtask(root: impl AsRef<Path>, arguments: &[&str]) -> Result<String, String> {
    let line = [&["xtask"], arguments].concat();
    let parsed = Arguments::try_parse_from(line).map_err(|error| error.to_string())?;
    let mut out = Vec::new();
    let outcome = parsed.run(root.as_ref(), &mut out);
    let printed = String::from_utf8(out).unwrap();
    match outcome {
        Ok(_) => Ok(printed),
        Err(error) => Err(format!("{printed}{error:#}")),
    }
}

#[track_caller]
pub(crate) fn holds(text: &str, expected: &[&str]) {
    for expected in expected {
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
}

/// All of the texts after the first are in it.
macro_rules! has {
    ($text:expr, $($expected:expr),+ $(,)?) => {
        $crate::shared::holds($text.as_ref(), &[$($expected.as_ref()),+])
    };
}

pub(crate) use has;
