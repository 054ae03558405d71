//! How far a refund has come, by the journal.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::SystemTime,
};

use refunds::{DoubtCause, InDoubt, RetryMark};

use super::{
    journal::{End, Event, Line},
    refund::Refund,
};

/// How far a refund has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing has happened under its reference.
    #[default]
    Fresh,
    /// A write was begun, and no outcome was written down. `earlier` if it followed a try that was taken.
    Begun {
        at: SystemTime,
        earlier: Option<Taken>,
    },
    /// It may have happened. `repeating` if a reconciliation has sent something.
    InDoubt {
        record: Box<InDoubt>,
        repeating: bool,
    },
    /// A try was taken by the provider, and may fail yet.
    Taken(Taken),
    /// It has come to its end.
    Done(Belief),
}

/// A try that was taken: what the refund showed before it, if that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken(pub(crate) Option<RetryMark>);

/// What is believed of a refund in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belief {
    /// The provider has it.
    Accepted,
    /// The provider has it, and has paid it.
    Succeeded,
    /// The provider has it, and has not paid it and will not.
    Failed,
    Rejected,
    Unknown,
}

impl Standing {
    /// How a line changes it.
    fn after(self, event: &Event) -> Self {
        match (event, self) {
            (Event::Started { .. }, begun @ Self::Begun { .. }) => begun,
            (Event::Started { at }, before) => Self::Begun {
                at: *at,
                earlier: match before {
                    Self::Taken(taken) => Some(taken),
                    _ => None,
                },
            },
            (Event::Accepted { end, .. }, _) => Self::Done(match end {
                End::Open => Belief::Accepted,
                End::Succeeded => Belief::Succeeded,
                End::Failed => Belief::Failed,
            }),
            (Event::Taken { mark }, _) => Self::Taken(Taken(mark.clone())),
            (Event::Rejected { again: true }, before) => match before {
                // It has not happened, so that the one before it is the last one.
                Self::Begun {
                    earlier: Some(taken),
                    ..
                }
                | Self::Taken(taken) => Self::Taken(taken),
                _ => Self::Fresh,
            },
            (Event::Rejected { again: false }, _) => Self::Done(Belief::Rejected),
            (Event::Repeating, Self::InDoubt { record, .. }) => Self::InDoubt {
                record,
                repeating: true,
            },
            // Begun and interrupted, of which the record was never written: it counts from now.
            (Event::Repeating, other) => other,
            (Event::StillUnknown { last: true, .. } | Event::GivenUp, _) => {
                Self::Done(Belief::Unknown)
            }
            (Event::Unknown { record } | Event::StillUnknown { record, .. }, _) => Self::InDoubt {
                record: Box::new(record.clone()),
                repeating: false,
            },
        }
    }

    /// The record of what is in doubt at the start of a process.
    pub fn in_doubt(&self, refund: &Refund) -> Option<InDoubt> {
        match self {
            Self::Fresh | Self::Taken(_) | Self::Done(_) => None,
            Self::Begun { at, .. } => Some(refund.interrupted(*at)),
            Self::InDoubt {
                record,
                repeating: true,
            } => Some(InDoubt::clone(record).after_restart()),
            Self::InDoubt { record, .. } => Some(InDoubt::clone(record)),
        }
    }
}

/// How far each refund has come.
pub fn standings(lines: &[Line]) -> BTreeMap<u64, Standing> {
    let mut standings: BTreeMap<u64, Standing> = BTreeMap::new();
    for line in lines {
        let standing = standings.entry(line.refund).or_default();
        *standing = std::mem::take(standing).after(&line.event);
    }
    standings
}

/// Whether the process of a refund was killed, or its call dropped, while it was being made.
pub fn was_interrupted(refund: u64, lines: &[Line]) -> bool {
    let mut of_refund = lines.iter().filter(|line| line.refund == refund);
    of_refund.any(|line| match &line.event {
        Event::Unknown { record } | Event::StillUnknown { record, .. } => {
            record.cause() == DoubtCause::Interrupted
        }
        _ => false,
    })
}

/// What was given up: nothing is believed of it, and there is no record of a doubt.
pub fn given_up(lines: &[Line]) -> BTreeSet<u64> {
    let open = open(lines);
    let unknown = standings(lines)
        .into_iter()
        .filter(|(_, standing)| *standing == Standing::Done(Belief::Unknown));
    let unknown = unknown.map(|(refund, _)| refund);
    unknown
        .filter(|refund| !open.contains_key(refund))
        .collect()
}

/// The records of what is in doubt to the last.
pub fn open(lines: &[Line]) -> BTreeMap<u64, InDoubt> {
    let standings = standings(lines);
    let last = lines.iter().filter_map(|line| match &line.event {
        Event::StillUnknown { record, last: true } => Some((line.refund, record.clone())),
        _ => None,
    });
    last.filter(|(refund, _)| standings.get(refund) == Some(&Standing::Done(Belief::Unknown)))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::campaign::journal::Found;

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
        let standing = after([Event::Started { at: at(1) }]);
        standing.in_doubt(&Refund::example()).unwrap()
    }

    #[test]
    fn what_was_begun_is_in_doubt_since_its_first_attempt() {
        let standing = after([Event::Started { at: at(1) }, Event::Started { at: at(2) }]);
        let record = standing.in_doubt(&Refund::example()).unwrap();
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
        let begun = Standing::Begun {
            at: at(9),
            earlier: None,
        };
        assert_eq!(standing, begun);
    }

    #[test]
    fn a_try_that_was_taken_is_remembered_while_another_is_made_and_refused() {
        let mark = serde_json::from_str(r#"{"total_retries": 1, "timestamp": null}"#).unwrap();
        let taken = Standing::Taken(Taken(Some(mark)));
        let Standing::Taken(Taken(mark)) = taken.clone() else {
            panic!("it is one that was taken");
        };
        let first = [Event::Started { at: at(1) }, Event::Taken { mark }];
        let standing = after(first.clone());
        assert_eq!(standing, taken);
        assert_eq!(standing.in_doubt(&Refund::example()), None);
        let second = [
            Event::Started { at: at(5) },
            Event::Rejected { again: true },
        ];
        assert_eq!(after(first.into_iter().chain(second)), taken);
    }

    #[test]
    fn what_is_open_to_the_last_has_a_record_until_an_event_settles_it() {
        let line = |event| Line { refund: 7, event };
        // One record: each that is made is quiet since its own time.
        let record = record();
        let mut lines = vec![
            line(Event::Started { at: at(1) }),
            line(Event::StillUnknown {
                record: record.clone(),
                last: true,
            }),
        ];
        assert_eq!(open(&lines), [(7, record)].into());
        lines.push(line(Event::Accepted {
            by: Found::Event,
            end: End::Failed,
        }));
        assert_eq!(open(&lines), [].into());
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
            let record = standing.in_doubt(&Refund::example());
            record.unwrap().cause()
        };
        assert_eq!(cause(calm), DoubtCause::Unanswered);
        assert_eq!(cause(cut_off), DoubtCause::Interrupted);
    }

    #[test]
    fn an_end_is_an_end() {
        let accepted = |end| Event::Accepted {
            by: Found::Reconciliation,
            end,
        };
        for (event, belief) in [
            (accepted(End::Open), Belief::Accepted),
            (accepted(End::Succeeded), Belief::Succeeded),
            (accepted(End::Failed), Belief::Failed),
            (Event::GivenUp, Belief::Unknown),
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
            assert_eq!(standing.in_doubt(&Refund::example()), None);
        }
    }
}
