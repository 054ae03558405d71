//! A crate of generated clients and a program that calls with them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use provider_codegen::document::{self, Made};
use provider_codegen::generator::Progenitor;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What the program prints, which is JSON; each client is a module of the crate `name`, made of a document.
pub(crate) fn run<T: DeserializeOwned>(
    name: &str,
    clients: Vec<(&str, Value)>,
    program: &str,
) -> T {
    run_with(name, clients, program, "")
}

/// The same with more dependencies: lines of the manifest, in which `{root}` is the folder of this workspace.
pub(crate) fn run_with<T: DeserializeOwned>(
    name: &str,
    clients: Vec<(&str, Value)>,
    program: &str,
    dependencies: &str,
) -> T {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(folder.join("src")).unwrap();
    for (module, page) in clients {
        let mut made = Made::default();
        document::generate(module, page, &Progenitor, &mut made).unwrap();
        let left_out: Vec<_> = made.report.left_out().collect();
        assert_eq!(made.kept, made.operations, "{module}: {left_out:?}");
        fs::write(folder.join(format!("src/{module}.rs")), made.source).unwrap();
    }
    let dependencies = dependencies.replace("{root}", root.to_str().unwrap());
    let manifest = manifest(name, root) + &dependencies;
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/main.rs"), program).unwrap();
    // The versions of this workspace, so that nothing else is fetched.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        // Where the clients of `cargo xtask corpus` are compiled, so that what they share is compiled once.
        .arg("--target-dir")
        .arg(root.join("target/corpus/target"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn manifest(name: &str, root: &Path) -> String {
    let runtime = root.join("crates/product/provider-runtime");
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
         [profile.dev]\ndebug = false\n[features]\ndefault = [\"client\"]\nclient = []\n\
         [dependencies]\nprovider-runtime = {{ path = {runtime:?}, features = [\"client\"] }}\n\
         regress = \"0.12\"\nreqwest = {{ version = \"0.13\", default-features = false, features = [\"json\", \"query\"] }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n\
         tokio = {{ version = \"1\", default-features = false, features = [\"rt\"] }}\n"
    )
}
