//! One refund at the provider, and how it stands.

use std::time::Duration;

use fastrand::Rng;

use crate::{
    engine::Chooser,
    model::Model,
    models::{Event, Fate, Model as _, Served},
    own::Own,
    teller::{Moment, Teller},
    wire::Request,
};

/// The provider may do as it likes with so many of a hundred requests.
const FREE_PERCENT: u32 = 60;
/// The numbers of one payment's refunds do not reach those of the next.
const REFUNDS_OF_ONE: usize = 1_000;

/// One refund.
pub(super) struct Case {
    own: Own,
    rng: Rng,
    lines: Vec<String>,
    /// When the first request for it came.
    first: Option<Duration>,
    writes: u32,
    /// It was refused as one that exists already is, so that asking again tells nothing more.
    was_refused: bool,
}

/// How a refund stands in the end.
#[derive(Clone, Debug)]
pub(in crate::campaign) struct Ending {
    /// What each of its refunds in the ledger is.
    pub(in crate::campaign) made: Vec<Fate>,
    /// Something else was refunded than was asked for.
    pub(in crate::campaign) is_astray: bool,
    /// One of its refunds has failed, which says nothing of the others, where there may be others.
    pub(in crate::campaign) has_failed: bool,
    /// It was sent more than once.
    pub(in crate::campaign) is_repeated: bool,
    /// An honest answer would tell whether it has happened.
    pub(in crate::campaign) is_told: bool,
    /// An honest event would.
    pub(in crate::campaign) is_told_by_event: bool,
    /// Everything that happened, line by line.
    pub(in crate::campaign) story: Vec<String>,
}

impl Case {
    pub(super) fn new(model: Model, number: usize, seed: u64) -> Self {
        let of_seed = Rng::with_seed(seed).u64(..);
        Self {
            own: Own::new(model).with_first_number(number * REFUNDS_OF_ONE),
            rng: Rng::with_seed(of_seed.wrapping_add(number as u64)),
            lines: Vec::new(),
            first: None,
            writes: 0,
            was_refused: false,
        }
    }

    pub(super) fn rng(&mut self) -> &mut Rng {
        &mut self.rng
    }

    pub(super) fn serve(&mut self, request: &Request, now: Duration, is_calm: bool) -> Served {
        let is_free = !is_calm && self.rng.u32(0..100) < FREE_PERCENT;
        let mut teller = self.teller();
        teller.say(|| {
            let key = request.key.as_deref();
            let key = key.map_or_else(String::new, |key| format!(" (key `{key}`)"));
            format!("client: {} {}{key}", request.method, request.path)
        });
        if !self.own.is_read(request) {
            self.first.get_or_insert(now);
            self.writes += 1;
        }
        let served = self.own.serve(request, &mut teller, moment(now, is_free));
        self.was_refused |= served.is_echo;
        self.keep(teller);
        served
    }

    /// An event, if there can be one.
    pub(super) fn event(&mut self, now: Duration, is_honest: bool) -> Option<Event> {
        let mut teller = self.teller();
        let event = self
            .own
            .event(&mut teller, moment(now, !is_honest), is_honest);
        self.keep(teller);
        event
    }

    pub(super) fn say(&mut self, line: &str) {
        self.lines.push(line.to_owned());
    }

    /// Lets everything that is under way come to its end.
    pub(super) fn settle(&mut self, now: Duration) {
        let mut teller = self.teller();
        self.own.settle(&mut teller, moment(now, false));
        self.keep(teller);
    }

    pub(super) fn ending(&self, reference: &str, now: Duration) -> Ending {
        let ledger = self.own.ledger();
        let since_first = now.saturating_sub(self.first.unwrap_or(now));
        let is_told = |by_event| {
            let moment = moment(since_first, false);
            self.own.can_be_settled(reference, moment, by_event)
        };
        Ending {
            made: ledger.entries.iter().map(|entry| entry.fate).collect(),
            has_failed: ledger.standing(reference, None).has_failed,
            is_repeated: self.writes > 1,
            is_astray: self.own.is_astray(),
            is_told: !self.was_refused && is_told(false),
            is_told_by_event: is_told(true),
            story: self.lines.clone(),
        }
    }

    fn teller(&mut self) -> Teller {
        Teller::new(Chooser::by_chance(self.rng.u64(..)), true)
    }

    fn keep(&mut self, teller: Teller) {
        self.lines.extend(teller.into_parts().1);
    }
}

fn moment(now: Duration, is_free: bool) -> Moment {
    Moment {
        now,
        life: 0,
        is_free,
        knows_request: true,
        knows_mark: false,
        is_first: true,
        is_heard: true,
        sample: None,
    }
}
