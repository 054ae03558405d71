//! What a provider may do: whatever its documents do not exclude.

mod ledger;
pub mod read;
pub mod write;

use std::{fmt::Debug, hash::Hash};

pub use ledger::{Entry, Fate, Key, Ledger, Standing};

use crate::{
    teller::{Moment, Teller},
    wire::{Delivery, Request},
};

/// A provider and the payment that is refunded there.
pub trait Model: Clone + Eq + Hash + Debug + Send + 'static {
    /// Gets a request, acts on it or not, and answers it or not.
    fn serve(&mut self, request: &Request, teller: &mut Teller, moment: Moment) -> Served;

    /// Whether a request changes nothing, and is only answered.
    fn is_read(&self, request: &Request) -> bool {
        request.method == "GET"
    }

    /// Lets everything that is under way come to its end.
    fn settle(&mut self, teller: &mut Teller, moment: Moment);

    /// What really happened.
    fn ledger(&self) -> &Ledger;

    /// Whether something else was refunded than was asked for: another amount, another payment.
    fn is_astray(&self) -> bool {
        false
    }

    /// Where the refund under a reference stands; only what was asked for in one life, if one is given.
    fn standing(&self, reference: &str, life: Option<u8>) -> Standing {
        self.ledger().standing(reference, life)
    }

    /// A call to the user's webhook, of those that can come now; `None` where nothing can.
    ///
    /// With `is_honest`, it is the plain one about our refund, if there is one.
    fn event(&mut self, teller: &mut Teller, moment: Moment, is_honest: bool) -> Option<Event>;

    /// Whether an honest provider's answers, or with `by_event` its event, can settle whether our refund
    /// has happened, so that a doubt about it should not remain.
    fn can_be_settled(&self, reference: &str, moment: Moment, by_event: bool) -> bool;
}

/// How a request was served.
#[derive(Debug)]
pub struct Served {
    pub delivery: Delivery,
    /// What the answer says, if it is as the documents have it.
    pub plain: Option<Plain>,
    /// A refusal to whose cause an earlier refund of ours belongs, or may belong.
    pub is_echo: bool,
    /// The answer says in some way that the refund has failed.
    pub says_no: bool,
    /// The answer contradicts itself or what was asked, so that what it says of the refund counts for nothing.
    pub is_worthless: bool,
}

/// An answer as the documents have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain {
    Success,
    Failure,
    Refusal,
    /// A read.
    Shown,
}

impl Served {
    pub fn with(delivery: Delivery) -> Self {
        Self {
            delivery,
            plain: None,
            is_echo: false,
            says_no: false,
            is_worthless: false,
        }
    }
}

/// A call to the user's webhook, with a valid signature.
#[derive(Clone, Debug)]
pub struct Event {
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// It contradicts itself or the refund, so that it settles nothing.
    pub is_contradictory: bool,
}
