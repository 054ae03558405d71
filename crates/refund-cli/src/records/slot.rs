//! The place of one refund among the records.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use refunds::{DoubtCause, InDoubt, ProviderName, Reference};

use super::{Accepted, Entry, RecordsError};

/// No attempt of a client takes longer: a minute is its timeout, and to connect counts as well.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(120);

/// What a reconciliation finds.
#[derive(Debug)]
pub(crate) enum Unsettled {
    /// It is in doubt; this is its record as it counts now.
    InDoubt(Box<InDoubt>),
    /// It was accepted meanwhile.
    Accepted(Accepted),
}

/// The place of one refund among the records; this process alone has it.
#[derive(Debug)]
pub(crate) struct Slot {
    directory: PathBuf,
    path: PathBuf,
    provider: ProviderName,
    reference: Reference,
    /// Held as long as the slot is.
    _lock: File,
}

impl Slot {
    pub(super) fn lock(
        directory: &Path,
        name: &str,
        provider: ProviderName,
        reference: &Reference,
    ) -> Result<Self, RecordsError> {
        // A file of its own, because the record is replaced whenever it changes.
        let lock_path = directory.join(format!("{name}.lock"));
        let storage = |reason| RecordsError::Storage {
            path: lock_path.clone(),
            reason,
        };
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock_path)
            .map_err(storage)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                directory: directory.to_owned(),
                path: directory.join(format!("{name}.json")),
                provider,
                reference: reference.clone(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(RecordsError::Busy {
                provider,
                reference: reference.clone(),
            }),
            Err(TryLockError::Error(reason)) => Err(storage(reason)),
        }
    }

    /// What was accepted before, if anything was, for a write that is to begin.
    ///
    /// # Errors
    /// An earlier one is in doubt, or the record cannot be read.
    pub(crate) fn accepted(&self) -> Result<Option<Accepted>, RecordsError> {
        match self.read()? {
            None => Ok(None),
            Some(Entry::Accepted(accepted)) => Ok(Some(accepted)),
            Some(Entry::InDoubt { record, .. }) => Err(RecordsError::NotSettled {
                provider: self.provider,
                reference: self.reference.clone(),
                cause: record.cause(),
            }),
        }
    }

    /// What is there to be settled.
    ///
    /// # Errors
    /// Nothing is, or the record cannot be read.
    pub(crate) fn unsettled(&self) -> Result<Unsettled, RecordsError> {
        match self.read()? {
            Some(Entry::InDoubt {
                record,
                reconciling,
            }) => Ok(Unsettled::InDoubt(if reconciling {
                Box::new(record.after_restart())
            } else {
                let quiet_since = quiet_since(&record);
                Box::new(record.with_quiet_since(quiet_since))
            })),
            Some(Entry::Accepted(accepted)) => Ok(Unsettled::Accepted(accepted)),
            None => Err(RecordsError::NothingInDoubt {
                provider: self.provider,
                reference: self.reference.clone(),
                directory: self.directory.clone(),
            }),
        }
    }

    /// Since when nothing of what is in doubt was under way from here, as far as the record tells.
    ///
    /// # Errors
    /// The record cannot be read.
    pub(crate) fn quiet_since(&self) -> Result<SystemTime, RecordsError> {
        match self.read()? {
            Some(Entry::InDoubt {
                record,
                reconciling: false,
            }) => Ok(quiet_since(&record)),
            // A reconciliation that was cut off sent something after its entry was written.
            _ => fs::metadata(&self.path)
                .and_then(|file| file.modified())
                .map(attempt_over)
                .map_err(|reason| self.unreadable(reason)),
        }
    }

    fn read(&self) -> Result<Option<Entry>, RecordsError> {
        let unreadable = |reason| self.unreadable(reason);
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(reason) => return Err(unreadable(reason)),
        };
        let entry = serde_json::from_slice(&text);
        entry
            .map(Some)
            .map_err(|reason| unreadable(io::Error::from(reason)))
    }

    /// Keeps an entry, also through a loss of power.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn keep(&self, entry: &Entry) -> Result<(), RecordsError> {
        self.replace(entry).map_err(|reason| self.storage(reason))
    }

    /// Puts back what was there before a write of which nothing has happened.
    ///
    /// # Errors
    /// The record cannot be written or removed.
    pub(crate) fn restore(&self, before: Option<&Accepted>) -> Result<(), RecordsError> {
        match before {
            Some(accepted) => self.keep(&Entry::Accepted(accepted.clone())),
            None => self.clear(),
        }
    }

    /// Forgets the refund: nothing has happened under its reference.
    ///
    /// # Errors
    /// The record cannot be removed.
    pub(crate) fn clear(&self) -> Result<(), RecordsError> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.storage(error)),
            _ => Ok(()),
        }
    }

    // A temporary file is its owner's alone, as the record has to be.
    fn replace(&self, entry: &Entry) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.directory)?;
        serde_json::to_writer(&mut file, entry)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        sync_directory(&self.directory)
    }

    fn unreadable(&self, reason: io::Error) -> RecordsError {
        RecordsError::Unreadable {
            path: self.path.clone(),
            reason,
        }
    }

    fn storage(&self, reason: io::Error) -> RecordsError {
        RecordsError::Storage {
            path: self.path.clone(),
            reason,
        }
    }
}

/// Since when none of its attempts was under way from here: where the process was killed, the entry is from before
/// the last one.
fn quiet_since(record: &InDoubt) -> SystemTime {
    match record.cause() {
        DoubtCause::Interrupted => attempt_over(record.quiet_since()),
        _ => record.quiet_since(),
    }
}

/// When an attempt that began at a time was over at the latest, which may lie ahead.
fn attempt_over(began: SystemTime) -> SystemTime {
    began.checked_add(LONGEST_ATTEMPT).unwrap_or(began)
}

#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Elsewhere, directories cannot be opened as files.
#[cfg(not(unix))]
fn sync_directory(_directory: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use refunds::{Action, RefundStatus};

    use super::*;
    use crate::{connection::Place, records::Records};

    fn slot(directory: &Path) -> Result<Slot, RecordsError> {
        let records = Records::open(Some(directory.to_owned()))?;
        let reference = Reference::new("r-1").unwrap();
        records.slot(&Place::Sandbox, ProviderName::Kotanipay, &reference)
    }

    fn begun() -> InDoubt {
        InDoubt::interrupted(
            ProviderName::Kotanipay,
            Reference::new("r-1").unwrap(),
            Action::Retry,
            SystemTime::now(),
        )
    }

    #[test]
    fn what_was_begun_keeps_the_next_process_from_sending_it() {
        let directory = tempfile::tempdir().unwrap();
        let first = slot(directory.path()).unwrap();
        assert_eq!(first.accepted().unwrap(), None);
        first.keep(&Entry::in_doubt(begun())).unwrap();
        drop(first);
        let second = slot(directory.path()).unwrap();
        assert!(matches!(
            second.accepted(),
            Err(RecordsError::NotSettled { .. })
        ));
        second.clear().unwrap();
        assert_eq!(second.accepted().unwrap(), None);
        assert!(matches!(
            second.unsettled(),
            Err(RecordsError::NothingInDoubt { .. })
        ));
    }

    #[test]
    fn the_last_attempt_of_a_killed_process_may_have_lasted_until_now() {
        let directory = tempfile::tempdir().unwrap();
        let slot = slot(directory.path()).unwrap();
        let ago = |seconds| SystemTime::now() - Duration::from_secs(seconds);
        let quiet_for = |began: SystemTime| {
            let record = begun().with_quiet_since(began);
            slot.keep(&Entry::in_doubt(record)).unwrap();
            let Ok(Unsettled::InDoubt(record)) = slot.unsettled() else {
                panic!("it is in doubt");
            };
            assert!(slot.quiet_since().unwrap() >= record.quiet_since());
            record.quiet_since().elapsed().unwrap_or_default().as_secs()
        };
        // An attempt that began a minute ago may have been under way until this very moment.
        assert!(quiet_for(ago(60)) < 5);
        assert!((1080..1085).contains(&quiet_for(ago(1200))));
    }

    #[test]
    fn an_accepted_write_comes_back_also_after_another_of_which_nothing_happened() {
        let directory = tempfile::tempdir().unwrap();
        let slot = slot(directory.path()).unwrap();
        let first = Accepted {
            refund_id: Some("1".to_owned()),
            status: Some(RefundStatus::Failed),
            ..Accepted::by_word(Action::Retry)
        };
        slot.keep(&Entry::Accepted(first.clone())).unwrap();
        let before = slot.accepted().unwrap();
        slot.keep(&Entry::in_doubt(begun())).unwrap();
        slot.restore(before.as_ref()).unwrap();
        assert_eq!(slot.accepted().unwrap(), Some(first));
        slot.restore(None).unwrap();
        assert_eq!(slot.accepted().unwrap(), None);
    }

    #[test]
    fn one_process_at_a_time_has_a_refund() {
        let directory = tempfile::tempdir().unwrap();
        let first = slot(directory.path()).unwrap();
        assert!(matches!(
            slot(directory.path()),
            Err(RecordsError::Busy { .. })
        ));
        drop(first);
        slot(directory.path()).unwrap();
    }

    #[test]
    fn a_reconciliation_that_was_cut_off_leaves_an_interruption() {
        let directory = tempfile::tempdir().unwrap();
        let slot = slot(directory.path()).unwrap();
        let record = begun().with_no_answer();
        for (reconciling, cause) in [
            (false, DoubtCause::Unanswered),
            (true, DoubtCause::Interrupted),
        ] {
            slot.keep(&Entry::InDoubt {
                record: Box::new(record.clone()),
                reconciling,
            })
            .unwrap();
            let Unsettled::InDoubt(record) = slot.unsettled().unwrap() else {
                panic!("not in doubt");
            };
            assert_eq!(record.cause(), cause);
        }
    }

    #[test]
    fn it_is_quiet_since_the_last_attempt_of_the_call_or_of_a_reconciliation_that_was_cut_off() {
        let directory = tempfile::tempdir().unwrap();
        let slot = slot(directory.path()).unwrap();
        let long_ago = SystemTime::UNIX_EPOCH;
        let record = Box::new(begun().with_quiet_since(long_ago));
        let is_recent = || {
            let since = slot.quiet_since().unwrap();
            assert_eq!(slot.quiet_since().unwrap(), since, "it stands still");
            since > long_ago + 2 * LONGEST_ATTEMPT
        };
        for reconciling in [false, true] {
            let record = record.clone();
            let entry = Entry::InDoubt {
                record,
                reconciling,
            };
            slot.keep(&entry).unwrap();
            assert_eq!(is_recent(), reconciling);
        }
    }

    #[test]
    fn a_record_that_cannot_be_read_forbids_everything() {
        let directory = tempfile::tempdir().unwrap();
        let slot = slot(directory.path()).unwrap();
        fs::write(&slot.path, "{").unwrap();
        for refused in [slot.accepted().map(drop), slot.unsettled().map(drop)] {
            assert!(matches!(refused, Err(RecordsError::Unreadable { .. })));
        }
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_a_record() {
        use std::os::unix::fs::PermissionsExt;

        let directory = tempfile::tempdir().unwrap();
        let slot = slot(&directory.path().join("records")).unwrap();
        slot.keep(&Entry::in_doubt(begun())).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&slot.path), 0o600);
        assert_eq!(mode(&slot.directory), 0o700);
    }
}
