//! How far a refund has come, by the journal.

use std::{collections::BTreeMap, time::SystemTime};

use refunds::{InDoubt, ReferenceError};

use crate::{
    case::Case,
    journal::{Event, Line},
};

/// How far a refund has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing has happened under its reference.
    #[default]
    Fresh,
    /// A write was begun, and no outcome was written down.
    Begun { at: SystemTime },
    /// It may have happened. `repeating` if a reconciliation has sent something.
    InDoubt {
        record: Box<InDoubt>,
        repeating: bool,
    },
    /// A try was taken by the provider, and may fail yet.
    Taken { at: SystemTime },
    /// It has come to its end.
    Done(Belief),
}

/// What is believed of a refund in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Belief {
    Accepted,
    Rejected,
    Unknown,
}

impl Standing {
    /// How a line changes it.
    fn after(self, event: &Event) -> Self {
        match (event, self) {
            (Event::Started { .. }, begun @ Self::Begun { .. }) => begun,
            (Event::Started { at }, _) => Self::Begun { at: *at },
            (Event::Accepted { .. }, _) => Self::Done(Belief::Accepted),
            (Event::Taken { at }, _) => Self::Taken { at: *at },
            (Event::Rejected { again: true } | Event::Failed, _) => Self::Fresh,
            (Event::Rejected { again: false }, _) => Self::Done(Belief::Rejected),
            (Event::Repeating, Self::InDoubt { record, .. }) => Self::InDoubt {
                record,
                repeating: true,
            },
            // Begun and interrupted, of which the record was never written: it counts from now.
            (Event::Repeating, other) => other,
            (Event::StillUnknown { last: true, .. }, _) => Self::Done(Belief::Unknown),
            (Event::Unknown { record } | Event::StillUnknown { record, .. }, _) => Self::InDoubt {
                record: Box::new(record.clone()),
                repeating: false,
            },
        }
    }

    /// The record of what is in doubt at the start of a process.
    pub(crate) fn in_doubt(&self, case: &Case) -> Result<Option<InDoubt>, ReferenceError> {
        Ok(match self {
            Self::Fresh | Self::Taken { .. } | Self::Done(_) => None,
            Self::Begun { at } => Some(InDoubt::interrupted(
                case.provider_name(),
                case.reference()?,
                case.action(),
                *at,
            )),
            Self::InDoubt {
                record,
                repeating: true,
            } => Some(InDoubt::clone(record).after_restart()),
            Self::InDoubt { record, .. } => Some(InDoubt::clone(record)),
        })
    }
}

/// How far each refund has come.
pub(crate) fn standings(lines: &[Line]) -> BTreeMap<u64, Standing> {
    let mut standings: BTreeMap<u64, Standing> = BTreeMap::new();
    for line in lines {
        let standing = standings.entry(line.refund).or_default();
        *standing = std::mem::take(standing).after(&line.event);
    }
    standings
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use refunds::DoubtCause;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn after(events: impl IntoIterator<Item = Event>) -> Standing {
        events
            .into_iter()
            .fold(Standing::Fresh, |standing, event| standing.after(&event))
    }

    fn record() -> InDoubt {
        let standing = Standing::Begun { at: at(1) };
        standing.in_doubt(&Case::of(0)).unwrap().unwrap()
    }

    #[test]
    fn what_was_begun_is_in_doubt_since_its_first_attempt() {
        let standing = after([Event::Started { at: at(1) }, Event::Started { at: at(2) }]);
        let record = standing.in_doubt(&Case::of(0)).unwrap().unwrap();
        assert_eq!(record.first_sent_at(), at(1));
        assert_eq!(record.cause(), DoubtCause::Interrupted);
    }

    #[test]
    fn a_definite_no_starts_again_from_nothing() {
        let standing = after([
            Event::Started { at: at(1) },
            Event::Rejected { again: true },
            Event::Started { at: at(9) },
        ]);
        assert_eq!(standing, Standing::Begun { at: at(9) });
    }

    #[test]
    fn a_try_that_failed_starts_again_from_nothing() {
        let taken = Event::Taken { at: at(2) };
        let standing = after([Event::Started { at: at(1) }, taken.clone()]);
        assert_eq!(standing, Standing::Taken { at: at(2) });
        assert_eq!(standing.in_doubt(&Case::of(0)).unwrap(), None);
        let standing = after([Event::Started { at: at(1) }, taken, Event::Failed]);
        assert_eq!(standing, Standing::Fresh);
    }

    #[test]
    fn a_reconciliation_that_was_cut_off_counts_as_an_interruption() {
        let record = record().with_no_answer();
        let unknown = Event::Unknown {
            record: record.clone(),
        };
        let calm = after([unknown.clone()]);
        let cut_off = after([unknown, Event::Repeating]);
        let cause = |standing: Standing| {
            let record = standing.in_doubt(&Case::of(0)).unwrap();
            record.unwrap().cause()
        };
        assert_eq!(cause(calm), DoubtCause::Unanswered);
        assert_eq!(cause(cut_off), DoubtCause::Interrupted);
    }

    #[test]
    fn an_end_is_an_end() {
        for (event, belief) in [
            (Event::Accepted { reconciled: true }, Belief::Accepted),
            (Event::Rejected { again: false }, Belief::Rejected),
            (
                Event::StillUnknown {
                    record: record(),
                    last: true,
                },
                Belief::Unknown,
            ),
        ] {
            let standing = after([Event::Started { at: at(1) }, event]);
            assert_eq!(standing, Standing::Done(belief));
            assert_eq!(standing.in_doubt(&Case::of(0)).unwrap(), None);
        }
    }
}
