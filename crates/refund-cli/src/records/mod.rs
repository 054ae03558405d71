//! Records of refunds that outlive the process, so that none is sent twice.
//!
//! Each refund has a slot of its own: what was begun is on disk before it is sent, stays there until
//! its outcome is known, and an accepted one stays for good.

mod entry;
mod recorder;
mod slot;

use std::{fs, path::PathBuf};

pub(crate) use entry::{Accepted, Entry};
pub(crate) use recorder::Recorder;
use refunds::{ProviderName, Reference};
use sha2::{Digest, Sha256};
pub(crate) use slot::{Slot, Unsettled};

use crate::connection::Place;

/// How much of a reference stands in the name of its file, for people.
const READABLE: usize = 40;

/// A record forbids what was asked for, or cannot be kept. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordsError {
    /// The outcome of an earlier call is unknown.
    #[error(
        "{provider} refund {reference} is in doubt since an earlier call ({cause}): settle it with \
         `refund reconcile {provider} {reference}` before anything else"
    )]
    NotSettled {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// Why it is in doubt.
        cause: refunds::DoubtCause,
    },
    /// Something else was accepted before.
    #[error(
        "{provider} refund {reference} was accepted before{}, and what is asked for now differs from it: \
         nothing was sent; only a refund that is to be paid beside it takes another reference",
        refund_id.as_ref().map(|id| format!(" as {id}")).unwrap_or_default()
    )]
    AlreadyAccepted {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// The provider's id of the refund.
        refund_id: Option<String>,
    },
    /// A person says no to what the provider said yes to.
    #[error(
        "{provider} refund {reference} was accepted before{}, which `--settle rejected` contradicts: \
         nothing was changed; `refund fetch` shows what became of it",
        refund_id.as_ref().map(|id| format!(" as {id}")).unwrap_or_default()
    )]
    Contradicted {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// The provider's id of the refund.
        refund_id: Option<String>,
    },
    /// A person says no to what can still be under way.
    #[error(
        "{provider} refund {reference} was sent just now and can still be under way at the provider, so that \
         nobody can know yet that there will be none: nothing was changed; ask the provider in {seconds} \
         seconds"
    )]
    MayBeUnderWay {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// When it can be told.
        seconds: u64,
    },
    /// A try that was accepted may still be queued, whatever is shown.
    #[error(
        "{provider} refund {reference}: nothing shows that the try that was accepted has run (its count of \
         retries and its time stand where they stood), and another could pay twice: nothing was sent; try \
         again later, or ask the provider, and once they say that nothing is queued, `refund reconcile \
         {provider} {reference} --settle rejected`"
    )]
    NotSeenToRun {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
    },
    /// A try that was accepted has not failed.
    #[error(
        "{provider} refund {reference}: a try that was accepted before has not failed (status {status}), \
         and another could pay twice: nothing was sent; `refund fetch {provider} {reference}` shows what \
         becomes of it"
    )]
    UnderWay {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// Its status.
        status: String,
    },
    /// Nothing is known of it.
    #[error(
        "{provider} refund {reference} is not in doubt here: nothing was begun under it in {directory}, or it \
         was settled; check the reference, --records, --live and --base-url",
        directory = directory.display()
    )]
    NothingInDoubt {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// Where was looked.
        directory: PathBuf,
    },
    /// Another process is at it.
    #[error(
        "{provider} refund {reference} is being worked at by another process: wait until it has ended"
    )]
    Busy {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
    },
    /// The system names no directory for such records.
    #[error("there is no directory for records of refunds: name one with --records")]
    NoDirectory,
    /// A file cannot be read or written.
    #[error(
        "the record {} cannot be kept: {reason}; mend that, or name another directory with --records",
        path.display()
    )]
    Storage {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// A file holds something else.
    #[error(
        "the record {} cannot be read: {reason}; it tells whether a refund may have happened, so find \
         that out with the provider before removing it",
        path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: std::io::Error,
    },
}

/// A directory of records.
#[derive(Debug)]
pub(crate) struct Records {
    directory: PathBuf,
}

impl Records {
    /// The records in a directory, by default the user's own one for the state of programs.
    ///
    /// # Errors
    /// There is none, or it cannot be made.
    pub(crate) fn open(directory: Option<PathBuf>) -> Result<Self, RecordsError> {
        let directory = directory
            .or_else(|| {
                Some(
                    dirs::state_dir()
                        .or_else(dirs::data_local_dir)?
                        .join("refund"),
                )
            })
            .ok_or(RecordsError::NoDirectory)?;
        make_private(&directory).map_err(|reason| RecordsError::Storage {
            path: directory.clone(),
            reason,
        })?;
        Ok(Self { directory })
    }

    /// The slot of a refund, which no other process can have at the same time.
    ///
    /// # Errors
    /// Another process has it, or it cannot be had.
    pub(crate) fn slot(
        &self,
        place: &Place,
        provider: ProviderName,
        reference: &Reference,
    ) -> Result<Slot, RecordsError> {
        let name = file_name(place, provider, reference);
        Slot::lock(&self.directory, &name, provider, reference)
    }
}

#[cfg(unix)]
fn make_private(directory: &PathBuf) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

#[cfg(not(unix))]
fn make_private(directory: &PathBuf) -> std::io::Result<()> {
    fs::create_dir_all(directory)
}

/// Readable at its beginning; the digest makes it one of its kind.
fn file_name(place: &Place, provider: ProviderName, reference: &Reference) -> String {
    let mut digest = Sha256::new();
    let place = place.label(provider);
    for part in [&place, provider.as_str(), reference.as_str()] {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    let digest: String = digest
        .finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let readable: String = reference
        .as_str()
        .chars()
        .take(READABLE)
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .collect();
    format!("{provider}-{readable}-{digest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> Reference {
        Reference::new(text).unwrap()
    }

    #[test]
    fn refunds_of_different_places_providers_and_references_have_different_files() {
        let elsewhere = Place::At {
            base_url: "http://127.0.0.1:1".to_owned(),
            token_url: None,
        };
        let names = [
            file_name(&Place::Sandbox, ProviderName::Optty, &reference("a/b")),
            file_name(&Place::Sandbox, ProviderName::Optty, &reference("a_b")),
            file_name(&Place::Production, ProviderName::Optty, &reference("a/b")),
            file_name(&elsewhere, ProviderName::Optty, &reference("a/b")),
            file_name(&Place::Sandbox, ProviderName::Mce, &reference("a/b")),
        ];
        for (index, name) in names.iter().enumerate() {
            assert!(!names[..index].contains(name), "{name}");
            assert!(!name.contains('/'), "{name}");
        }
        assert!(names[0].starts_with("optty-a_b-"), "{}", names[0]);
    }

    #[test]
    fn the_longest_reference_fits_a_file_name() {
        let name = file_name(
            &Place::Sandbox,
            ProviderName::Kotanipay,
            &reference(&"r".repeat(255)),
        );
        assert!(name.len() < 100, "{name}");
    }
}
