//! Where things are in this workspace.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, bail};

/// The root of the checkout that this command is run in.
///
/// # Errors
///
/// It is run outside of a checkout, or in another one than the one that it was built from: what it would write
/// there is not what that one's code makes.
pub fn root() -> Result<PathBuf> {
    let here = env::current_dir().context("the current folder cannot be told")?;
    let built = Path::new(env!("CARGO_MANIFEST_DIR"));
    root_of(&here, built.parent().unwrap_or(built))
}

/// The checkout around `here`, which has to be the one that is `built`.
fn root_of(here: &Path, built: &Path) -> Result<PathBuf> {
    let is_checkout = |folder: &&Path| folder.join("xtask/Cargo.toml").is_file();
    let Some(root) = here.ancestors().find(is_checkout) else {
        bail!(
            "{} is in no checkout of this project, and nothing was done: run `cargo xtask` in one",
            here.display()
        );
    };
    let same = fs::canonicalize(root).ok() == fs::canonicalize(built).ok();
    if !same {
        bail!(
            "this command was built from {} and is run in {}, and nothing was done: run `cargo xtask` there, which \
             builds it from there",
            built.display(),
            root.display()
        );
    }
    Ok(root.to_owned())
}

/// Every provider that has a folder with a `provider.toml` under `specs/`, in order.
///
/// # Errors
///
/// The folder cannot be read.
pub fn providers(root: &Path) -> Result<Vec<String>> {
    let specs = root.join("specs");
    let mut names = Vec::new();
    for entry in fs::read_dir(&specs).with_context(|| format!("cannot read {}", specs.display()))? {
        let entry = entry?;
        if entry.path().join("provider.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The named providers, or all of them if none is named.
///
/// # Errors
///
/// A name that is no provider's; it lists those that are.
pub fn chosen(root: &Path, names: &[String]) -> Result<Vec<String>> {
    let known = providers(root)?;
    if names.is_empty() {
        return Ok(known);
    }
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        bail!(
            "there is no provider {unknown:?}: specs/ has {}",
            known.join(", ")
        );
    }
    let mut chosen = names.to_vec();
    chosen.sort();
    chosen.dedup();
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_writes_only_into_the_checkout_that_it_was_built_from() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
        for checkout in [&one, &other] {
            fs::create_dir_all(checkout.join("xtask")).unwrap();
            fs::create_dir_all(checkout.join("specs/acme")).unwrap();
            fs::write(checkout.join("xtask/Cargo.toml"), "").unwrap();
        }
        assert_eq!(root_of(&one.join("specs/acme"), &one).unwrap(), one);
        let refused = |here: &Path| root_of(here, &one).unwrap_err().to_string();
        let elsewhere = refused(&other.join("specs"));
        assert!(
            elsewhere.contains(&other.display().to_string()),
            "{elsewhere}"
        );
        assert!(refused(folder.path()).contains("in no checkout"));
    }
}
