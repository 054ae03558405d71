//! Compares what is believed with what really happened.

use std::collections::BTreeMap;

use refunds::ProviderName;

use super::{
    journal::{Event, Found, Line},
    standing::{Belief, Standing, standings},
};

/// A refund that was to be made.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub number: u64,
    pub provider: ProviderName,
    pub reference: String,
}

/// A refund in the ledger of a provider.
#[derive(Clone, Debug)]
pub struct Made {
    pub provider: ProviderName,
    pub reference: String,
    /// The money goes out, or has gone.
    pub pays: bool,
    /// It is certain that it has gone, or will.
    pub is_paid: bool,
    /// It is what was asked for.
    pub is_as_asked: bool,
}

/// What a campaign's refunds came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Refunds of which an attempt was made.
    pub sent: u64,
    /// Refunds that are believed to be accepted, and not to have failed.
    pub accepted: u64,
    /// Those of them that were under way when that was told, and failed after it.
    pub failed_after: u64,
    /// Refunds that are believed to be accepted and to have failed.
    pub failed: u64,
    /// Refunds that are believed not to have happened.
    pub rejected: u64,
    /// Refunds whose outcome was unknown at some time.
    pub unknown: u64,
    /// Those of them that turned out to be accepted.
    pub reconciled: u64,
    /// Those whose outcome was unknown until an event told it.
    pub settled_by_events: u64,
    /// Those whose outcome is unknown in the end.
    pub still_unknown: u64,
    /// Tries that were accepted, failed later and were made again.
    pub failed_later: u64,
    /// How many came to a certain end, by provider.
    pub concluded: BTreeMap<ProviderName, Concluded>,
    /// Refunds for which money went out more than once.
    pub twice: Vec<String>,
    /// Refunds that are believed not to have happened, or to have failed, and were paid.
    pub failed_though_paid: Vec<String>,
    /// Refunds that are believed to be accepted and the provider does not have, that are believed to be
    /// paid and are not, that have no end, or that were paid and nobody knows of.
    pub lost: Vec<String>,
    /// Refunds of another payment or amount than was asked for.
    pub astray: Vec<String>,
    /// Refunds whose outcome is unknown in the end, though an answer or an event would tell it.
    pub unsettled: Vec<String>,
}

/// How many refunds came to a certain end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Concluded {
    /// Accepted, with whatever end, or rejected.
    pub certain: u64,
    /// All of them.
    pub all: u64,
}

impl Concluded {
    /// How many of a hundred.
    pub fn percent(&self) -> u64 {
        (self.certain * 100).checked_div(self.all).unwrap_or(0)
    }
}

impl Tally {
    /// Compares what the journals say of these refunds with what was made.
    pub fn of(refunds: impl IntoIterator<Item = Wanted>, lines: &[Line], made: Vec<Made>) -> Self {
        let mut left: BTreeMap<(ProviderName, String), Vec<Made>> = BTreeMap::new();
        for entry in made {
            let key = (entry.provider, entry.reference.clone());
            left.entry(key).or_default().push(entry);
        }
        let mut tally = Self::default();
        let standings = standings(lines);
        let histories = histories(lines);
        for wanted in refunds {
            let Wanted {
                number,
                provider,
                reference,
            } = wanted;
            let name = format!("{provider} {reference}");
            let entries = left.remove(&(provider, reference)).unwrap_or_default();
            let payments = entries.iter().filter(|entry| entry.pays).count();
            if payments > 1 {
                tally.twice.push(name.clone());
            }
            if entries.iter().any(|entry| !entry.is_as_asked) {
                tally.astray.push(name.clone());
            }
            let history = histories.get(&number).copied().unwrap_or_default();
            tally.sent += u64::from(history.sent);
            tally.unknown += u64::from(history.unknown);
            tally.reconciled += u64::from(history.reconciled);
            tally.settled_by_events += u64::from(history.settled_by_event);
            tally.failed_later += history.failed_later;
            let belief = match standings.get(&number) {
                Some(Standing::Done(belief)) => Some(*belief),
                _ => None,
            };
            let concluded = tally.concluded.entry(provider).or_default();
            concluded.all += 1;
            concluded.certain += u64::from(belief.is_some_and(|belief| belief != Belief::Unknown));
            match belief {
                Some(belief @ (Belief::Accepted | Belief::Succeeded)) => {
                    tally.accepted += 1;
                    // What was under way may have failed later: then the provider has it all the same.
                    let is_true = match belief {
                        Belief::Succeeded => entries.iter().any(|entry| entry.is_paid),
                        _ => !entries.is_empty(),
                    };
                    tally.failed_after += u64::from(is_true && payments == 0);
                    if !is_true {
                        tally.lost.push(name);
                    }
                }
                Some(Belief::Failed) => {
                    tally.failed += 1;
                    if payments > 0 {
                        tally.failed_though_paid.push(name);
                    } else if entries.is_empty() {
                        tally.lost.push(name);
                    }
                }
                Some(Belief::Rejected) => {
                    tally.rejected += 1;
                    if payments > 0 {
                        tally.failed_though_paid.push(name);
                    }
                }
                Some(Belief::Unknown) => tally.still_unknown += 1,
                None => tally.lost.push(name),
            }
        }
        // What is left was paid under a reference that nobody gave.
        let strange = left
            .into_iter()
            .filter(|(_, entries)| entries.iter().any(|entry| entry.pays));
        tally
            .lost
            .extend(strange.map(|((provider, reference), _)| format!("{provider} {reference}")));
        tally
    }
}

/// What a refund went through.
#[derive(Clone, Copy, Default)]
struct History {
    sent: bool,
    unknown: bool,
    reconciled: bool,
    settled_by_event: bool,
    /// Whether the last write was a try that was taken.
    taken: bool,
    failed_later: u64,
}

fn histories(lines: &[Line]) -> BTreeMap<u64, History> {
    let mut histories: BTreeMap<u64, History> = BTreeMap::new();
    for line in lines {
        let history = histories.entry(line.refund).or_default();
        match line.event {
            Event::Started { .. } => {
                history.sent = true;
                // Another try follows only on one that has failed.
                history.failed_later += u64::from(std::mem::take(&mut history.taken));
            }
            Event::Unknown { .. } | Event::StillUnknown { .. } => history.unknown = true,
            Event::Accepted { by, .. } => {
                history.reconciled |= by == Found::Reconciliation;
                history.settled_by_event |= by == Found::Event;
            }
            Event::Taken { .. } => history.taken = true,
            Event::Rejected { .. } | Event::Repeating | Event::GivenUp => {}
        }
    }
    histories
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::campaign::journal::End;

    const SHOP: ProviderName = ProviderName::own("shop").unwrap();

    fn payment(reference: &str) -> Made {
        Made {
            provider: SHOP,
            reference: reference.to_owned(),
            pays: true,
            is_paid: true,
            is_as_asked: true,
        }
    }

    fn wanted(number: u64) -> Wanted {
        Wanted {
            number,
            provider: SHOP,
            reference: format!("r-{number}"),
        }
    }

    /// Two refunds, of which the first was rejected.
    fn tally(event: Option<Event>, payments: Vec<Made>) -> Tally {
        let mut lines = vec![Line {
            refund: 0,
            event: Event::Rejected { again: false },
        }];
        let started = Event::Started {
            at: SystemTime::UNIX_EPOCH,
        };
        for event in [Some(started), event].into_iter().flatten() {
            lines.push(Line { refund: 1, event });
        }
        Tally::of([wanted(0), wanted(1)], &lines, payments)
    }

    fn accepted(by: Found, end: End) -> Event {
        Event::Accepted { by, end }
    }

    fn failed() -> Made {
        Made {
            pays: false,
            is_paid: false,
            ..good()
        }
    }

    fn good() -> Made {
        payment("r-1")
    }

    #[test]
    fn an_accepted_refund_that_was_paid_once_is_in_order() {
        let tally = tally(
            Some(accepted(Found::Reconciliation, End::Succeeded)),
            vec![good()],
        );
        let all = Concluded { certain: 2, all: 2 };
        let expected = Tally {
            sent: 1,
            accepted: 1,
            rejected: 1,
            reconciled: 1,
            concluded: [(SHOP, all)].into(),
            ..Tally::default()
        };
        assert_eq!(tally, expected);
    }

    #[test]
    fn two_payments_are_a_refund_made_twice_whatever_is_believed() {
        for event in [
            accepted(Found::Answer, End::Open),
            Event::Rejected { again: false },
        ] {
            let tally = tally(Some(event), vec![good(), good()]);
            assert_eq!(tally.twice, ["shop r-1"]);
        }
    }

    #[test]
    fn a_payment_that_is_believed_to_have_failed_is_found() {
        let tally = tally(Some(Event::Rejected { again: false }), vec![good()]);
        assert_eq!(tally.failed_though_paid, ["shop r-1"]);
    }

    #[test]
    fn what_is_believed_and_was_not_paid_is_lost() {
        let tally = tally(Some(accepted(Found::Answer, End::Open)), Vec::new());
        assert_eq!(tally.lost, ["shop r-1"]);
    }

    #[test]
    fn a_refund_that_is_believed_to_have_failed_must_be_there_and_not_be_paid() {
        let event = || Some(accepted(Found::Event, End::Failed));
        let in_order = tally(event(), vec![failed()]);
        assert_eq!((in_order.failed, in_order.settled_by_events), (1, 1));
        assert!(in_order.lost.is_empty() && in_order.failed_though_paid.is_empty());
        let paid = tally(event(), vec![failed(), good()]);
        assert_eq!(paid.failed_though_paid, ["shop r-1"]);
        assert_eq!(tally(event(), Vec::new()).lost, ["shop r-1"]);
    }

    #[test]
    fn what_was_under_way_may_fail_later_and_what_was_paid_may_not() {
        let later = tally(Some(accepted(Found::Answer, End::Open)), vec![failed()]);
        assert_eq!((later.failed_after, later.lost), (1, Vec::new()));
        let paid = tally(
            Some(accepted(Found::Answer, End::Succeeded)),
            vec![failed()],
        );
        assert_eq!(paid.lost, ["shop r-1"]);
    }

    #[test]
    fn a_try_that_was_taken_has_failed_where_another_follows_it() {
        let started = || Event::Started {
            at: SystemTime::UNIX_EPOCH,
        };
        let taken = || Event::Taken { mark: None };
        let failed_later = |events: Vec<Event>| {
            let lines = events.into_iter().map(|event| Line { refund: 1, event });
            let lines: Vec<_> = lines.collect();
            Tally::of([wanted(1)], &lines, Vec::new()).failed_later
        };
        assert_eq!(failed_later(vec![started(), taken()]), 0);
        assert_eq!(failed_later(vec![started(), taken(), started()]), 1);
        let twice = vec![started(), taken(), started(), taken(), started()];
        assert_eq!(failed_later(twice), 2);
        let refused = Event::Rejected { again: true };
        assert_eq!(failed_later(vec![started(), refused, started()]), 0);
    }

    #[test]
    fn what_has_no_end_is_lost() {
        for payments in [vec![good()], Vec::new()] {
            assert_eq!(tally(None, payments).lost, ["shop r-1"]);
        }
    }

    #[test]
    fn what_was_paid_under_a_strange_reference_is_lost() {
        let strange = payment("r-77");
        let tally = tally(
            Some(accepted(Found::Answer, End::Open)),
            vec![good(), strange],
        );
        assert_eq!(tally.lost, ["shop r-77"]);
    }

    #[test]
    fn what_is_only_taken_on_is_not_known_to_be_paid() {
        let taken = || Made {
            is_paid: false,
            ..good()
        };
        let pending = tally(Some(accepted(Found::Answer, End::Open)), vec![taken()]);
        assert!(pending.lost.is_empty());
        let paid = tally(Some(accepted(Found::Answer, End::Succeeded)), vec![taken()]);
        assert_eq!(paid.lost, ["shop r-1"]);
    }

    #[test]
    fn what_was_not_asked_for_is_found() {
        let other = Made {
            is_as_asked: false,
            ..good()
        };
        let tally = tally(Some(accepted(Found::Answer, End::Open)), vec![other]);
        assert_eq!(tally.astray, ["shop r-1"]);
    }
}
