//! What `cargo xtask release` finds out, against a registry on loopback and with the real cargo.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure here is a failure of the test"
)]

mod shared;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use clap::Parser;
use sha2::{Digest, Sha256};
use shared::{has, write};
use tempfile::TempDir;
use xtask::commands::release::Release;

/// Cargo's own folder.
const HOME: &str = "target/home";

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    release: Release,
}

/// Serves files by path over HTTP, and 404 for all others; gives its URL.
fn serve(files: BTreeMap<String, Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut first = String::new();
            reader.read_line(&mut first).unwrap();
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap() > 2 {
                line.clear();
            }
            let path = first.split(' ').nth(1).unwrap_or_default();
            let (status, body) = match files.get(path) {
                Some(body) => ("200 OK", body.as_slice()),
                None => ("404 Not Found", &[][..]),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            // Whoever hangs up early has what it wanted.
            let _ = reader.get_mut().write_all(head.as_bytes());
            let _ = reader.get_mut().write_all(body);
        }
    });
    url
}

fn manifest(name: &str, repository: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\ndescription = \"A test\"\n\
         license = \"MIT\"\nrepository = \"{repository}\"\n[workspace]\n"
    )
}

/// A folder with one crate.
fn crate_of(name: &str, repository: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(&folder, "Cargo.toml", manifest(name, repository));
    fs::create_dir(folder.path().join("src")).unwrap();
    write(&folder, "src/lib.rs", "");
    let locked = Command::new(env!("CARGO"))
        .current_dir(folder.path())
        .args(["generate-lockfile", "--offline"])
        .output()
        .unwrap();
    assert!(locked.status.success());
    folder
}

/// A registry that has one crate, `taken`, of this repository (The Cargo Book, Registry Index).
fn registry(repository: &str) -> String {
    let folder = crate_of("taken", repository);
    let packed = Command::new(env!("CARGO"))
        .current_dir(folder.path())
        .args(["package", "--no-verify", "--offline", "--target-dir", "out"])
        .output()
        .unwrap();
    assert!(packed.status.success(), "{packed:?}");
    let content = fs::read(folder.path().join("out/package/taken-0.1.0.crate")).unwrap();
    let mut sum = String::new();
    for byte in Sha256::digest(&content) {
        write!(sum, "{byte:02x}").unwrap();
    }
    let entry = format!(
        "{{\"name\":\"taken\",\"vers\":\"0.1.0\",\"deps\":[],\"cksum\":\"{sum}\",\"features\":{{}},\"yanked\":false}}\n"
    );
    // Where downloads are is known only once the server is there: a second one has the index.
    let downloads = serve(BTreeMap::from([(
        "/taken/0.1.0/download".to_owned(),
        content,
    )]));
    serve(BTreeMap::from([
        (
            "/config.json".to_owned(),
            format!("{{\"dl\":\"{downloads}\"}}").into_bytes(),
        ),
        ("/ta/ke/taken".to_owned(), entry.into_bytes()),
    ]))
}

/// What `release` prints for the crate in `folder`, or its error, where `registry` stands for the usual one. Cargo remembers
/// registries in a folder of its own, which is below `folder`.
fn told(folder: &Path, registry: &str, arguments: &[&str]) -> Result<String, String> {
    let settings = folder.join(".cargo");
    fs::create_dir_all(&settings).unwrap();
    let text = format!(
        "[source.crates-io]\nreplace-with = \"test\"\n[source.test]\nregistry = \"sparse+{registry}/\"\n[net]\nretry = 0\n"
    );
    fs::write(settings.join("config.toml"), text).unwrap();
    let line = ["release"].iter().chain(arguments);
    let release = Line::parse_from(line).release;
    let mut out = Vec::new();
    match release.run_in(folder, Some(&folder.join(HOME)), &mut out) {
        Ok(()) => Ok(String::from_utf8(out).unwrap()),
        Err(error) => Err(format!("{error:#}")),
    }
}

#[test]
fn a_free_name_is_told_and_the_crate_is_packed() {
    let registry = registry("https://code.example/theirs");
    let folder = crate_of("not-taken", "https://code.example/ours");
    // What an earlier try has unpacked and built, which cargo would take in place of what is packed now.
    let unpacked = folder
        .path()
        .join(HOME)
        .join("registry/src/-5e41/not-taken-0.1.0");
    let built = folder.path().join("target/packed/debug/deps");
    fs::create_dir_all(&unpacked).unwrap();
    fs::create_dir_all(&built).unwrap();
    let text = told(folder.path(), &registry, &["--quick"]).unwrap();
    has!(
        &text,
        "not-taken 0.1.0: new, and its name is free",
        "1 crate is packed; publish with"
    );
    let packed = "target/packed/package/not-taken-0.1.0.crate";
    assert!(folder.path().join(packed).is_file());
    assert!(!unpacked.exists() && !built.exists());
}

#[test]
fn what_is_not_published_is_neither_packed_nor_built() {
    let registry = registry("https://code.example/theirs");
    let folder = crate_of("not-taken", "https://code.example/ours");
    let text = fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
    write(
        &folder,
        "Cargo.toml",
        text.replace("[workspace]", "[workspace]\nmembers = [\"tests\"]"),
    );
    // Nobody could publish it: its dependency has no version.
    fs::create_dir_all(folder.path().join("tests/src")).unwrap();
    write(
        &folder,
        "tests/Cargo.toml",
        "[package]\nname = \"own-tests\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\
         [dependencies]\nnot-taken = { path = \"..\" }\n",
    );
    write(&folder, "tests/src/lib.rs", "");
    let locked = Command::new(env!("CARGO"))
        .current_dir(folder.path())
        .args(["generate-lockfile", "--offline"])
        .output();
    assert!(locked.unwrap().status.success());
    let text = told(folder.path(), &registry, &[]).unwrap();
    has!(&text, "1 crate is packed, and builds from what was packed");
}

#[test]
fn a_name_that_somebody_else_has_is_refused_with_whose_it_is() {
    let registry = registry("https://code.example/theirs");
    let folder = crate_of("taken", "https://code.example/ours");
    let problem = told(folder.path(), &registry, &["--quick"]).unwrap_err();
    has!(&problem, "taken (of https://code.example/theirs)");
}

#[test]
fn a_version_that_is_published_is_not_published_again() {
    let registry = registry("https://code.example/ours");
    let folder = crate_of("taken", "https://code.example/ours");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(folder.path()).args(arguments);
        assert!(command.output().unwrap().status.success(), "{arguments:?}");
    };
    git(&["init", "--quiet"]);
    write(&folder, ".gitignore", "*\n");
    let text = told(folder.path(), &registry, &["--publish"]).unwrap();
    has!(&text, "taken 0.1.0: published", "there is nothing to do");
}

#[test]
fn nothing_is_published_without_an_address_or_with_changes() {
    let registry = registry("https://code.example/ours");
    let folder = crate_of("not-taken", "");
    let problem = told(folder.path(), &registry, &["--publish"]).unwrap_err();
    has!(&problem, "repository's address is empty");
    let folder = crate_of("not-taken", "https://code.example/ours");
    let init = Command::new("git")
        .current_dir(folder.path())
        .args(["init", "--quiet"])
        .status();
    assert!(init.unwrap().success());
    let problem = told(folder.path(), &registry, &["--publish"]).unwrap_err();
    has!(&problem, "not committed");
}

#[test]
fn a_registry_that_does_not_answer_is_no_free_name() {
    // Bound and let go, so that nobody listens there.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nowhere = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let folder = crate_of("not-taken", "https://code.example/ours");
    let problem = told(folder.path(), &nowhere, &["--quick"]).unwrap_err();
    has!(&problem, "did not say whether");
}
