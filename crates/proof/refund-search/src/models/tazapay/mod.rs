//! Tazapay: `POST /v3/refund` under a key, reads, and signed events. From `tazapay.md` alone.

mod answers;
mod events;
mod refusals;

pub(crate) use events::SECRET;

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use super::{
    Entry, Event, Fate, Key, Ledger, Model, Served,
    read::{self, Read},
    write::Write,
};
use crate::{
    alphabet::Form,
    json::Json,
    teller::{Moment, Teller},
    wire::Request,
};

/// For so long the answer to a success is kept under its key.
const KEPT: Duration = Duration::from_secs(24 * 3600);

pub(crate) const PAYIN: &str = "chk_1";
pub(crate) const ATTEMPT: &str = "pat_1";
const CURRENCY: &str = "USD";

/// A payin of one payment attempt.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Tazapay {
    pub(crate) ledger: Ledger,
    /// The user refunds everything, and names no amount.
    pub(crate) is_full: bool,
    /// The user names the payment attempt.
    pub(crate) is_of_attempt: bool,
}

impl Model for Tazapay {
    fn serve(&mut self, request: &Request, teller: &mut Teller, moment: Moment) -> Served {
        self.ledger.land(teller, moment);
        let path = request.path.split('?').next().unwrap_or_default();
        match (request.method.as_str(), path) {
            ("POST", "/v3/refund") => self.create(request, teller, moment),
            ("GET", path) => match path.strip_prefix("/v3/refund/") {
                Some(id) => self.show(id, teller, moment),
                None if path.starts_with("/v3/payment_attempt/") => {
                    self.show_attempt(teller, moment)
                }
                None => read::not_there(teller),
            },
            _ => read::not_there(teller),
        }
    }

    fn settle(&mut self, teller: &mut Teller, moment: Moment) {
        self.ledger.land(teller, moment);
    }

    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    fn event(&mut self, teller: &mut Teller, moment: Moment, is_honest: bool) -> Option<Event> {
        events::event(self, teller, moment, is_honest)
    }

    fn can_be_settled(&self, reference: &str, moment: Moment, by_event: bool) -> bool {
        let of_ours = |entry: &&Entry| entry.reference.as_deref() == Some(reference);
        let ours: Vec<_> = self.ledger.entries.iter().filter(of_ours).collect();
        match ours.as_slice() {
            // One from before the records were lost is not told from another of the same reference.
            [only] if by_event => only.shows.is_some() && only.life == moment.life,
            // Everything was refunded at once: a repetition cannot pay, and its answer is kept.
            [only] => {
                self.ledger.captured == Some(only.amount)
                    && only.key == Key::Kept
                    && moment.now < only.at + KEPT
            }
            _ => false,
        }
    }
}

impl Tazapay {
    fn create(&mut self, request: &Request, teller: &mut Teller, moment: Moment) -> Served {
        let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let key: Option<Arc<str>> = request.key.as_deref().map(Arc::from);
        let stored = key
            .as_deref()
            .and_then(|key| self.stored(key, teller, moment));
        let whole = self.ledger.captured.unwrap_or_default();
        let amount = asked.get("amount").and_then(Value::as_u64);
        let entry = Entry {
            reference: Some(key.unwrap_or_else(|| "without a key".into())),
            life: moment.life,
            amount: amount.map_or(whole, |amount| u32::try_from(amount).unwrap_or(u32::MAX)),
            fate: Fate::Taken,
            shows: shown_metadata(&asked),
            key: Key::Perhaps,
            at: moment.noted(),
        };
        let attempt = asked.get("payment_attempt").is_some();
        let write = Write {
            alphabet: match (amount, attempt) {
                (None, false) => &answers::FULL,
                (None, true) => &answers::FULL_OF_ATTEMPT,
                (Some(_), false) => &answers::PART,
                (Some(_), true) => &answers::PART_OF_ATTEMPT,
            },
            entry,
            stored,
            repeated: None,
            honest: &answers::created,
        };
        write.serve(&mut self.ledger, teller, moment)
    }

    /// The refund whose answer is kept under a key. Where it may be, it is decided now, and for good.
    fn stored(&mut self, key: &str, teller: &mut Teller, moment: Moment) -> Option<usize> {
        for (at, entry) in self.ledger.entries.iter_mut().enumerate() {
            if entry.reference.as_deref() != Some(key) || moment.now >= entry.at + KEPT {
                continue;
            }
            if entry.key == Key::Perhaps {
                entry.key = if teller.choose(2) == 0 {
                    Key::Lost
                } else {
                    Key::Kept
                };
            }
            if entry.key == Key::Kept {
                return Some(at);
            }
        }
        None
    }

    fn show(&mut self, id: &str, teller: &mut Teller, moment: Moment) -> Served {
        let number = id
            .strip_prefix("rfd_")
            .and_then(|number| number.parse::<usize>().ok());
        let entry = number.and_then(|number| Some((number, self.ledger.entries.get_mut(number)?)));
        let Some((number, entry)) = entry else {
            return read::not_there(teller);
        };
        let (claims, truths): (&[Fate], _) = match entry.fate {
            Fate::Taken => (&[Fate::Taken, Fate::Paid, Fate::Failed], 3),
            Fate::Paid => (&[Fate::Paid, Fate::Taken, Fate::Failed], 2),
            Fate::Failed => (&[Fate::Failed, Fate::Taken, Fate::Paid], 1),
        };
        let names: Vec<_> = claims.iter().map(|fate| fate.word()).collect();
        let shown = |claim: usize| {
            let fate = claims.get(claim).copied().unwrap_or(Fate::Taken);
            answers::shown(entry, number, fate)
        };
        let every: &dyn Fn(usize) -> bool = &|_| true;
        let other_refund: (&[Form], _) = (answers::OTHER_REFUND, every);
        let mut contradicting = Vec::new();
        if moment.knows_request {
            contradicting.push(other_refund);
            if !self.is_full {
                contradicting.push((answers::OTHER_AMOUNT, every));
            }
            if self.is_of_attempt {
                contradicting.push((answers::OTHER_ATTEMPT, every));
            }
        }
        let read = Read {
            alphabet: &answers::READ,
            contradicting: &contradicting,
            claims: &names,
            truths,
            shown: &shown,
            is_alike: &|claim| claim < truths,
        };
        let (served, told) = read.serve(teller, moment);
        if let (Some(told), Some(entry)) = (
            told.and_then(|told| claims.get(told)),
            self.ledger.entries.get_mut(number),
        ) {
            entry.learn(*told);
        }
        served
    }

    /// Whether anything was refunded. What it says after a part of it is not documented.
    fn show_attempt(&self, teller: &mut Teller, moment: Moment) -> Served {
        let claims: &[&str] = match self.ledger.left() {
            left if left == self.ledger.captured => &["it is not refunded"],
            Some(0) => &["it is refunded"],
            _ => &["it is refunded", "it is not refunded"],
        };
        let is_refunded = |claim: usize| claims.get(claim) == Some(&"it is refunded");
        let read = Read {
            alphabet: &answers::ATTEMPT_READ,
            contradicting: &[],
            claims,
            truths: claims.len(),
            shown: &|claim| answers::attempt(is_refunded(claim)),
            is_alike: &|_| true,
        };
        read.serve(teller, moment).0
    }
}

/// The metadata as answers and events show it: the object that the request had as text.
fn shown_metadata(asked: &Value) -> Option<Arc<str>> {
    let text = match asked.get("metadata")? {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let metadata: Value = serde_json::from_str(&text).ok()?;
    metadata.get("refund_reference")?;
    Some(metadata.to_string().into())
}

fn metadata(entry: &Entry) -> Json {
    Json::raw(entry.shows.as_deref().unwrap_or("{}"))
}
