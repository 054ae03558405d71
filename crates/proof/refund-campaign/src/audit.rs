//! Compares what is believed with what really happened.

use std::collections::BTreeMap;

use refunds_sandbox::{Ledger, LedgerEntry, Provider};

use crate::{
    case::Case,
    journal::{Event, Found, Line},
    standing::{Belief, Standing, standings},
};

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
    pub concluded: BTreeMap<Provider, Concluded>,
    /// Refunds for which money went out more than once.
    pub twice: Vec<String>,
    /// Refunds that are believed not to have happened, or to have failed, and were paid.
    pub failed_though_paid: Vec<String>,
    /// Refunds that are believed to be accepted and the provider does not have, that are believed to be
    /// paid and are not, that have no end, or that were paid and nobody knows of.
    pub lost: Vec<String>,
    /// Refunds of another amount than was asked for.
    pub wrong_amount: Vec<String>,
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
    /// Compares the journals of this many refunds with the ledger.
    pub(crate) fn of(refunds: u64, lines: &[Line], ledger: &Ledger) -> Self {
        let mut made: BTreeMap<(Provider, String), Vec<&LedgerEntry>> = BTreeMap::new();
        for entry in ledger.entries() {
            let key = (entry.provider, entry.reference().to_owned());
            made.entry(key).or_default().push(entry);
        }
        let mut tally = Self::default();
        let standings = standings(lines);
        let histories = histories(lines);
        for number in 0..refunds {
            let case = Case::of(number);
            let reference = case.reference_text();
            let entries = made
                .remove(&(case.provider, reference.clone()))
                .unwrap_or_default();
            let payments = entries.iter().filter(|entry| entry.pays()).count();
            let name = format!("{} {reference}", case.provider);
            if payments > 1 {
                tally.twice.push(name.clone());
            }
            if entries.iter().any(|entry| entry.amount != case.amount) {
                tally.wrong_amount.push(name.clone());
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
            let concluded = tally.concluded.entry(case.provider).or_default();
            concluded.all += 1;
            concluded.certain += u64::from(belief.is_some_and(|belief| belief != Belief::Unknown));
            match belief {
                Some(belief @ (Belief::Accepted | Belief::Succeeded)) => {
                    tally.accepted += 1;
                    // What was under way may have failed later: then the provider has it all the same.
                    let is_true = payments > 0 || belief == Belief::Accepted && !entries.is_empty();
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
        let strange = made
            .into_iter()
            .filter(|(_, entries)| entries.iter().any(|entry| entry.pays()));
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

    use refunds_sandbox::{EntryKind, Settlement};
    use rust_decimal::Decimal;

    use super::*;
    use crate::journal::End;

    // Number 1 is at MCE, whose ledger entries carry the client's reference.
    const NUMBER: u64 = 1;

    fn payment(amount: Decimal, reference: &str) -> LedgerEntry {
        LedgerEntry {
            provider: Provider::Mce,
            kind: EntryKind::Refund,
            subject: "chk_1".to_owned(),
            client_reference: Some(reference.to_owned()),
            idempotency_key: None,
            amount,
            currency: "USDT".to_owned(),
            refund_id: "1".to_owned(),
            committed_at: SystemTime::UNIX_EPOCH.into(),
            request: Some(1),
            settlement: Settlement::Paid,
        }
    }

    fn tally(event: Option<Event>, payments: Vec<LedgerEntry>) -> Tally {
        // Number 0 is there because the campaign's numbers begin with it.
        let mut lines = vec![Line {
            refund: 0,
            event: Event::Rejected { again: false },
        }];
        let started = Event::Started {
            at: SystemTime::UNIX_EPOCH,
        };
        for event in [Some(started), event].into_iter().flatten() {
            lines.push(Line {
                refund: NUMBER,
                event,
            });
        }
        Tally::of(2, &lines, &Ledger::from(payments))
    }

    fn accepted(by: Found, end: End) -> Event {
        Event::Accepted { by, end }
    }

    fn failed() -> LedgerEntry {
        LedgerEntry {
            settlement: Settlement::Failed,
            ..good()
        }
    }

    fn good() -> LedgerEntry {
        // 1.01 and one cent for each number.
        payment(Decimal::new(1_02, 2), "campaign-1")
    }

    #[test]
    fn an_accepted_refund_that_was_paid_once_is_in_order() {
        let tally = tally(
            Some(accepted(Found::Reconciliation, End::Succeeded)),
            vec![good()],
        );
        let all = Concluded { certain: 1, all: 1 };
        let expected = Tally {
            sent: 1,
            accepted: 1,
            rejected: 1,
            reconciled: 1,
            concluded: [(Provider::Kotanipay, all), (Provider::Mce, all)].into(),
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
            assert_eq!(tally.twice, ["mce campaign-1"]);
        }
    }

    #[test]
    fn a_payment_that_is_believed_to_have_failed_is_found() {
        let tally = tally(Some(Event::Rejected { again: false }), vec![good()]);
        assert_eq!(tally.failed_though_paid, ["mce campaign-1"]);
    }

    #[test]
    fn what_is_believed_and_was_not_paid_is_lost() {
        let tally = tally(Some(accepted(Found::Answer, End::Open)), Vec::new());
        assert_eq!(tally.lost, ["mce campaign-1"]);
    }

    #[test]
    fn a_refund_that_is_believed_to_have_failed_must_be_there_and_not_be_paid() {
        let event = || Some(accepted(Found::Event, End::Failed));
        let in_order = tally(event(), vec![failed()]);
        assert_eq!((in_order.failed, in_order.settled_by_events), (1, 1));
        assert!(in_order.lost.is_empty() && in_order.failed_though_paid.is_empty());
        let paid = tally(event(), vec![failed(), good()]);
        assert_eq!(paid.failed_though_paid, ["mce campaign-1"]);
        assert_eq!(tally(event(), Vec::new()).lost, ["mce campaign-1"]);
    }

    #[test]
    fn what_was_under_way_may_fail_later_and_what_was_paid_may_not() {
        let later = tally(Some(accepted(Found::Answer, End::Open)), vec![failed()]);
        assert_eq!((later.failed_after, later.lost), (1, Vec::new()));
        let paid = tally(
            Some(accepted(Found::Answer, End::Succeeded)),
            vec![failed()],
        );
        assert_eq!(paid.lost, ["mce campaign-1"]);
    }

    #[test]
    fn what_has_no_end_is_lost() {
        for payments in [vec![good()], Vec::new()] {
            assert_eq!(tally(None, payments).lost, ["mce campaign-1"]);
        }
    }

    #[test]
    fn what_was_paid_under_a_strange_reference_is_lost() {
        let strange = payment(Decimal::ONE, "campaign-77");
        let tally = tally(
            Some(accepted(Found::Answer, End::Open)),
            vec![good(), strange],
        );
        assert_eq!(tally.lost, ["mce campaign-77"]);
    }

    #[test]
    fn another_amount_is_found() {
        let other = payment(Decimal::new(10_20, 2), "campaign-1");
        let tally = tally(Some(accepted(Found::Answer, End::Open)), vec![other]);
        assert_eq!(tally.wrong_amount, ["mce campaign-1"]);
    }
}
