//! Kotani Pay: `retry-refund`, `submit-refund-invoice`, `refund-status` and signed events. From `kotanipay.md`
//! alone.

mod answers;
mod events;
mod status;

pub(crate) use events::SECRET;

use std::{sync::Arc, time::Duration};

use super::{Entry, Event, Fate, Key, Ledger, Model, Served, Standing, read, write::Write};
use crate::{
    alphabet::Alphabet,
    teller::{Moment, Teller},
    wire::Request,
};

pub(crate) const OFFRAMP: &str = "off-1";
const PREFIX: &str = "/api/v3/offramp";

/// An off-ramp whose refund has failed, or waits for an invoice. An accepted call is queued and runs later,
/// once; what `refund-status` shows changes only when it has run. That a queued run looks whether another has
/// paid meanwhile is documented nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Kotanipay {
    /// What was accepted; what is taken on is queued.
    pub(crate) ledger: Ledger,
    /// It waits for a Lightning invoice.
    pub(crate) is_lightning: bool,
    /// How often it was tried, and when last.
    pub(crate) retries: u32,
    pub(crate) ran_at: Duration,
}

impl Model for Kotanipay {
    fn serve(&mut self, request: &Request, teller: &mut Teller, moment: Moment) -> Served {
        self.run(teller, moment);
        let path = request.path.strip_prefix(PREFIX).unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        let is_of = |call: &str| path.strip_prefix(call) == Some(OFFRAMP);
        match request.method.as_str() {
            "POST" if is_of("/retry-refund/") && !self.is_lightning => {
                self.accept(&answers::RETRY, teller, moment)
            }
            "POST" if is_of("/submit-refund-invoice/") && self.is_lightning => {
                self.accept(&answers::INVOICE, teller, moment)
            }
            "GET" if is_of("/refund-status/") => status::show(self, teller, moment),
            _ => read::not_there(teller),
        }
    }

    fn settle(&mut self, teller: &mut Teller, moment: Moment) {
        self.run(teller, moment);
    }

    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    // Whoever had it paid, it is one refund.
    fn standing(&self, reference: &str, life: Option<u8>) -> Standing {
        let mut standing = self.ledger.standing(reference, life);
        standing.is_paid |= life.is_none() && self.is_refunded();
        standing
    }

    fn event(&mut self, teller: &mut Teller, moment: Moment, is_honest: bool) -> Option<Event> {
        events::event(self, teller, moment, is_honest)
    }

    // One that ran and failed is told by its count and time, which not every record can be compared with.
    fn can_be_settled(&self, reference: &str, _: Moment, by_event: bool) -> bool {
        // An event is about what ran last.
        let has_run = |entry: &&Entry| entry.fate != Fate::Taken;
        let last = self.ledger.entries.iter().rfind(has_run);
        let is_told = !by_event || last.is_some_and(|entry| entry.fate == Fate::Paid);
        is_told && self.ledger.standing(reference, None).is_paid
    }
}

impl Kotanipay {
    pub(crate) fn new(ledger: Ledger, is_lightning: bool) -> Self {
        Self {
            ledger,
            is_lightning,
            retries: 1,
            ran_at: Duration::ZERO,
        }
    }

    fn accept(
        &mut self,
        alphabet: &'static Alphabet,
        teller: &mut Teller,
        moment: Moment,
    ) -> Served {
        let reference: Arc<str> = OFFRAMP.into();
        let write = Write {
            alphabet,
            entry: Entry {
                reference: Some(reference),
                life: moment.life,
                amount: 1,
                fate: Fate::Taken,
                shows: None,
                key: Key::Lost,
                at: moment.noted(),
            },
            stored: None,
            repeated: None,
            honest: &answers::accepted,
        };
        write.serve(&mut self.ledger, teller, moment)
    }

    /// Whether anybody has been paid.
    fn is_refunded(&self) -> bool {
        let is_paid = |entry: &Entry| entry.fate == Fate::Paid;
        self.ledger.entries.iter().any(is_paid)
    }

    /// Lets what is queued run, or not yet.
    fn run(&mut self, teller: &mut Teller, moment: Moment) {
        self.ledger.land(teller, moment);
        for entry in &mut self.ledger.entries {
            if entry.fate != Fate::Taken {
                continue;
            }
            let choices: &[Fate] = if moment.is_free {
                &[Fate::Taken, Fate::Paid, Fate::Failed]
            } else {
                &[Fate::Paid, Fate::Failed]
            };
            let fate = teller.pick(choices).unwrap_or(Fate::Taken);
            if fate == Fate::Taken {
                continue;
            }
            entry.fate = fate;
            self.retries += 1;
            self.ran_at = moment.noted();
            teller.say(|| format!("provider: runs what was queued; {}", fate.word()));
        }
    }
}
