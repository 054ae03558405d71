//! Records of earlier versions: a file for each refund.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, anyhow};
use refunds::{Action, DoubtCause, InDoubt, ProviderName, Reference, RefundStatus, RetryMark};
use refunds_journal::{Imported, Place};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// How much of a reference stands in the name of its file, for people.
const READABLE: usize = 40;
/// How many references are tried for a file whose name does not tell it.
const TRIES: usize = 50_000;
/// What a `_` in the name of a file can stand for, what is usual first.
const STANDS_FOR: &[u8] = b"-_./:#@+=,;!?$%&*()[]{}<>|~^`'\"\\";
/// No attempt of a client took longer.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(120);

/// What was kept of a refund.
#[derive(Debug, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum Entry {
    InDoubt {
        record: Box<InDoubt>,
        /// Whether a reconciliation has sent something whose end was not recorded.
        reconciling: bool,
    },
    Accepted {
        action: Box<Action>,
        refund_id: Option<String>,
        #[serde(default)]
        status: Option<RefundStatus>,
        #[serde(default)]
        retry_mark: Option<RetryMark>,
    },
}

/// A record of an earlier version.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) provider: ProviderName,
    /// The beginning of the reference, with `_` for what is neither letter nor digit.
    readable: String,
    /// Of the place, the provider and the reference.
    digest: String,
    entry: Entry,
}

/// The files of records in a directory, in the order of their names.
///
/// # Errors
/// It cannot be read.
pub(crate) fn files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for file in fs::read_dir(directory)? {
        let path = file?.path();
        if path.extension().is_some_and(|own| own == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

impl Record {
    /// Reads a file.
    ///
    /// # Errors
    /// It is no record, or cannot be read. It may tell of a refund that has happened.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let (provider, readable, digest) = stem
            .and_then(parts)
            .with_context(|| format!("{} has no name of a record", path.display()))?;
        // A pipe would be waited for without end.
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(anyhow!("{} is no regular file", path.display()));
        }
        let text = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let entry: Entry = serde_json::from_slice(&text)
            .with_context(|| format!("{} is no record", path.display()))?;
        if let Entry::InDoubt { record, .. } = &entry
            && record.provider() != provider
        {
            return Err(anyhow!(
                "{} is of {} by its text and of {provider} by its name",
                path.display(),
                record.provider()
            ));
        }
        Ok(Self {
            provider,
            readable: readable.to_owned(),
            digest: digest.to_owned(),
            entry,
        })
    }

    /// The reference, if the record is of this place. An accepted one tells it by its file's name alone: those that
    /// are known are tried, and those that its beginning can stand for.
    pub(crate) fn reference_at(&self, place: &Place, known: &[Reference]) -> Option<Reference> {
        let is_it = |text: &str| digest(place, self.provider, text) == self.digest;
        if let Entry::InDoubt { record, .. } = &self.entry {
            let reference = record.reference();
            return is_it(reference.as_str()).then(|| reference.clone());
        }
        if let Some(reference) = known.iter().find(|reference| is_it(reference.as_str())) {
            return Some(reference.clone());
        }
        candidates(&self.readable).find_map(|text| {
            let text = String::from_utf8(text).ok().filter(|text| is_it(text))?;
            Reference::new(text).ok()
        })
    }

    /// What was asked for, and what is known of it.
    pub(crate) fn into_parts(self) -> (Action, Imported) {
        match self.entry {
            Entry::InDoubt {
                record,
                reconciling,
            } => {
                let record = if reconciling {
                    record.after_restart()
                } else {
                    let quiet_since = quiet_since(&record);
                    record.with_quiet_since(quiet_since)
                };
                (record.action().clone(), Imported::InDoubt(Box::new(record)))
            }
            Entry::Accepted {
                action,
                refund_id,
                status,
                retry_mark,
            } => (
                *action,
                Imported::Accepted {
                    refund_id,
                    status,
                    retry_mark,
                },
            ),
        }
    }
}

/// Since when none of its attempts was under way: where the process was killed, the record is from before the last.
fn quiet_since(record: &InDoubt) -> SystemTime {
    let since = record.quiet_since();
    match record.cause() {
        DoubtCause::Interrupted => since.checked_add(LONGEST_ATTEMPT).unwrap_or(since),
        _ => since,
    }
}

/// Provider, beginning of the reference and digest, of which none has a hyphen.
fn parts(stem: &str) -> Option<(ProviderName, &str, &str)> {
    let (provider, rest) = stem.split_once('-')?;
    let (readable, digest) = rest.split_once('-')?;
    let mut known = ProviderName::BUILT_IN.into_iter();
    let provider = known.find(|known| known.as_str() == provider)?;
    Some((provider, readable, digest))
}

fn digest(place: &Place, provider: ProviderName, reference: &str) -> String {
    let mut digest = Sha256::new();
    for part in [place.as_str(), provider.as_str(), reference] {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    digest
        .finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The references that a beginning can be all of: first with one character for every `_`, then with several.
fn candidates(readable: &str) -> impl Iterator<Item = Vec<u8>> {
    let readable = readable.as_bytes().to_vec();
    let open: Vec<_> = (0..readable.len())
        .filter(|index| readable[*index] == b'_')
        .collect();
    let fits = readable.len() <= READABLE;
    let alike = if open.is_empty() { 1 } else { STANDS_FOR.len() };
    let width = width(open.len());
    let mixed = match u32::try_from(open.len()) {
        Ok(places) if places > 1 && width > 1 => width.pow(places),
        _ => 0,
    };
    let (first, places) = (readable.clone(), open.clone());
    let alike = (0..alike).map(move |choice| {
        let mut text = first.clone();
        for index in &places {
            text[*index] = STANDS_FOR[choice];
        }
        text
    });
    let mixed = (0..mixed).map(move |mut choice| {
        let mut text = readable.clone();
        for index in &open {
            text[*index] = STANDS_FOR[choice % width];
            choice /= width;
        }
        text
    });
    alike.chain(mixed).take_while(move |_| fits)
}

/// How many characters are tried at each of so many places, so that all are not too many.
fn width(places: usize) -> usize {
    let places = u32::try_from(places).unwrap_or(u32::MAX);
    (1..=STANDS_FOR.len())
        .take_while(|width| {
            width
                .checked_pow(places)
                .is_some_and(|tries| tries <= TRIES)
        })
        .last()
        .unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As it was written before the reference travelled in the metadata, and before the status was kept.
    const OLD: &str = r#"{"state":"accepted","action":{"create":{"tazapay":{"payin":"chk_1",
        "payment_attempt":null,"amount":"19.90 USD","reason":null,"metadata":{},"customer":null,
        "webhook_url":null}}},"refund_id":"rfd_1",
        "at":{"secs_since_epoch":1764000000,"nanos_since_epoch":0}}"#;

    fn accepted(reference: &str) -> Record {
        let readable = |letter: char| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '_'
            }
        };
        Record {
            provider: ProviderName::Tazapay,
            readable: reference.chars().take(READABLE).map(readable).collect(),
            digest: digest(&Place::sandbox(), ProviderName::Tazapay, reference),
            entry: serde_json::from_str(OLD).unwrap(),
        }
    }

    #[test]
    fn an_accepted_record_tells_its_reference_by_the_name_of_its_file() {
        for text in [
            "r1",
            "r-1",
            "a_b",
            "a/b",
            "a-b/c.d:e",
            "0b9d3a52-6e0c-4c55-8f5e-3a1f0d6f2f11",
        ] {
            let found = accepted(text).reference_at(&Place::sandbox(), &[]);
            assert_eq!(found.unwrap().as_str(), text);
            let elsewhere = accepted(text).reference_at(&Place::production(), &[]);
            assert_eq!(elsewhere, None, "{text}");
        }
    }

    #[test]
    fn a_reference_that_is_longer_than_its_files_name_has_to_be_known() {
        let text = "r".repeat(41);
        let record = accepted(&text);
        assert_eq!(record.reference_at(&Place::sandbox(), &[]), None);
        let known = [Reference::new("r").unwrap(), Reference::new(&text).unwrap()];
        let found = record.reference_at(&Place::sandbox(), &known);
        assert_eq!(found.unwrap().as_str(), text);
    }

    #[test]
    fn a_name_of_a_file_is_provider_beginning_and_digest() {
        let parted = parts("optty-a_b-00ff").unwrap();
        assert_eq!(parted, (ProviderName::Optty, "a_b", "00ff"));
        assert_eq!(parts("other-a_b-00ff"), None);
        assert_eq!(parts("optty"), None);
    }

    #[test]
    fn an_interrupted_record_was_quiet_once_its_last_attempt_had_to_be_over() {
        let began = SystemTime::now();
        let reference = Reference::new("r-1").unwrap();
        let record = InDoubt::interrupted(ProviderName::Kotanipay, reference, Action::Retry, began)
            .with_quiet_since(began);
        assert_eq!(quiet_since(&record), began + LONGEST_ATTEMPT);
        assert_eq!(quiet_since(&record.with_no_answer()), began);
    }
}
