//! `add-provider --facade`, from a document to a refund on loopback: what it writes compiles without a warning, and its own
//! tests hold.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;
use serde_json::Value;
use xtask::cli::Arguments;

use super::shared::{has, read, write};
use super::{documents, own_providers};

/// A workspace like this one, without its providers, on the crates of this one.
pub(super) fn workspace(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(folder.join("specs")).unwrap();
    let manifest = read(root, "Cargo.toml");
    let crates = format!("path = \"{}/crates/", root.display());
    let manifest = manifest
        .replace("path = \"crates/", &crates)
        .replace(", \"xtask\", \"tests\"]", "]");
    // Packages that are not in this tree have profiles of their own.
    let (manifest, _) = manifest
        .split_once("# The generator is fast enough")
        .unwrap();
    write(&folder, "Cargo.toml", manifest);
    for file in ["Cargo.lock", "clippy.toml"] {
        fs::copy(root.join(file), folder.join(file)).unwrap();
    }
    folder
}

fn add(folder: &Path, name: &str, page: &Value, more: &[&str]) -> Result<String, String> {
    let file = folder.join(format!("{name}.json"));
    fs::write(&file, page.to_string()).unwrap();
    let line = [
        "xtask",
        "add-provider",
        name,
        file.to_str().unwrap(),
        "--facade",
    ];
    let arguments = Arguments::try_parse_from([&line, more].concat()).unwrap();
    let mut out = Vec::new();
    match arguments.run(folder, &mut out) {
        Ok(_) => Ok(String::from_utf8(out).unwrap()),
        Err(error) => Err(format!("{error:#}")),
    }
}

pub(super) fn cargo(folder: &Path, line: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(line)
        .args(["--quiet", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", root.join("target/corpus/target"))
        .env_remove("RUSTFLAGS")
        .env("CLIPPY_CONF_DIR", folder)
        .env("CARGO_ENCODED_RUSTFLAGS", "-Dwarnings")
        .output()
        .unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{line:?}: {complaints}{}",
        String::from_utf8_lossy(&output.stdout)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_new_provider_refunds_behind_the_facade_at_once_and_what_is_not_known_is_doubt() {
    let folder = workspace("facade");
    let refused = add(&folder, "acme", &own_providers::acme(), &[]).unwrap_err();
    has!(
        &refused,
        "it is probably one of create_refund (`POST /refunds`)"
    );
    let refused = add(
        &folder,
        "acme",
        &own_providers::acme(),
        &["--refund-operation", "createRefunds"],
    );
    assert!(
        refused
            .unwrap_err()
            .contains("no operation is called \"createRefunds\"")
    );
    let refused = add(
        &folder,
        "acme",
        &own_providers::acme(),
        &["--refund-operation", "create_refund"],
    );
    let refused = refused.unwrap_err();
    has!(&refused, "is `amount` in minor or in major units?");
    assert!(!folder.join("specs/acme").exists() && !folder.join("crates").exists());

    for (name, page, more) in [
        (
            "acme",
            own_providers::acme(),
            &[
                "--refund-operation",
                "create_refund",
                "--amounts",
                "minor-units",
            ][..],
        ),
        (
            "borda",
            own_providers::borda(),
            &[
                "--refund-operation",
                "queueRefund",
                "--amounts",
                "major-units",
            ],
        ),
        // Its sample has decimals.
        (
            "acme_pay",
            documents::page(),
            &["--refund-operation", "createRefund"],
        ),
    ] {
        add(&folder, name, &page, more).unwrap();
    }
    let read = |path: &str| read(&folder, path);
    for (name, loosened) in [
        ("acme", "acme-refunds"),
        ("borda", "borda-refunds"),
        ("acme_pay", "acme-pay-refunds"),
    ] {
        let package = format!("crates/product/{loosened}");
        insta::assert_snapshot!(
            format!("{name}_module"),
            read(&format!("{package}/src/lib.rs"))
        );
        insta::assert_snapshot!(
            format!("{name}_loosen"),
            read(&format!("{package}/LOOSEN.md"))
        );
    }
    let packages = [
        "-p",
        "acme-refunds",
        "-p",
        "borda-refunds",
        "-p",
        "acme-pay-refunds",
    ];
    cargo(
        &folder,
        &[&["clippy", "--all-targets"], &packages[..]].concat(),
    );
    let told = cargo(&folder, &[&["test"], &packages[..]].concat());
    assert_eq!(
        told.matches("test result: ok. 2 passed").count(),
        3,
        "{told}"
    );
}
