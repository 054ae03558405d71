//! The totals that were last accepted: numbers only, nothing of the documents.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::outcome::Totals;
use crate::files;

const PREAMBLE: &str =
    "# The totals below which `cargo xtask corpus` fails; written by its --accept.\n";

impl Totals {
    /// What of these totals is more than `now` has, in words.
    pub(super) fn above(&self, now: &Self) -> Vec<String> {
        let mut above = Vec::new();
        let pairs = [
            ("documents generated", self.generated, now.generated),
            ("operations kept", self.kept, now.kept),
            // A run without --compile says nothing about compiling, nor does one without --examples of those.
            (
                "documents compiled",
                if now.compiled > 0 { self.compiled } else { 0 },
                now.compiled,
            ),
            (
                "examples decoded",
                if now.examples > 0 { self.decoded } else { 0 },
                now.decoded,
            ),
        ];
        for (what, accepted, now) in pairs {
            if now < accepted {
                above.push(format!("{now} instead of {accepted} {what}"));
            }
        }
        above
    }
}

/// The accepted totals, or nothing if none were accepted yet.
pub(super) fn read(path: &Path) -> Result<Option<Totals>> {
    let Some(text) = files::present(path)? else {
        return Ok(None);
    };
    let told = || {
        format!(
            "{}: not the totals of a run: write it with --accept",
            path.display()
        )
    };
    toml::from_str(&text).map(Some).with_context(told)
}

/// Keeps `totals`.
pub(super) fn write(path: &Path, totals: &Totals) -> Result<()> {
    let body = toml::to_string(totals).context("the totals are no TOML")?;
    fs::write(path, format!("{PREAMBLE}{body}"))
        .with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOTALS: Totals = Totals {
        documents: 3,
        generated: 3,
        operations: 9,
        kept: 8,
        compiled: 2,
        warnings: 1,
        examples: 5,
        decoded: 4,
    };

    #[test]
    fn fewer_documents_or_operations_than_accepted_are_named() {
        let now = Totals {
            generated: 2,
            kept: 8,
            compiled: 1,
            ..TOTALS
        };
        assert_eq!(
            TOTALS.above(&now),
            [
                "2 instead of 3 documents generated",
                "1 instead of 2 documents compiled"
            ]
        );
        assert!(TOTALS.above(&TOTALS).is_empty());
    }

    #[test]
    fn a_run_without_compiling_is_not_held_against_the_compiled_documents() {
        let now = Totals {
            compiled: 0,
            examples: 0,
            decoded: 0,
            ..TOTALS
        };
        assert!(TOTALS.above(&now).is_empty());
    }

    #[test]
    fn fewer_examples_that_decode_are_named() {
        let now = Totals {
            decoded: 3,
            ..TOTALS
        };
        assert_eq!(TOTALS.above(&now), ["3 instead of 4 examples decoded"]);
    }

    #[test]
    fn what_was_written_is_what_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("corpus.toml");
        assert_eq!(read(&path).unwrap(), None);
        write(&path, &TOTALS).unwrap();
        assert_eq!(read(&path).unwrap(), Some(TOTALS));
        fs::write(&path, "documents = -1").unwrap();
        assert!(read(&path).is_err());
    }
}
