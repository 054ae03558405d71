//! What can come back of a request: one symbol for each way that a client could take differently.

mod odd;

use crate::{json::Json, wire::BodyEnd};
use odd::HINTS;
pub use odd::{ELSEWHERE, LOSSES, UNREADABLE};

/// What a form of a success says, as far as the documents bind the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// A documented success: the refund is taken on, and may fail later.
    Accepted,
    /// A documented success by which the money is paid.
    Succeeded,
    /// The refund is taken on, by everything that is documented; to doubt it is no mistake either.
    AsGood,
    /// The documented word that it has failed: it is not paid, and will not be.
    Failed,
    /// A word that says no and is not documented here: it is not paid, and nobody can rely on that.
    No,
    /// What it says contradicts the request or itself, or cannot be read: it binds the provider to nothing.
    Anything,
}

/// A form of the honest, complete success.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    pub status: u16,
    pub at: &'static [&'static str],
    pub change: Change,
    pub says: Says,
}

impl Form {
    /// Whether it is the honest answer itself.
    pub fn is_plain(&self) -> bool {
        matches!(self.change, Change::Nothing)
    }

    /// Whether it says something else than the honest answer.
    pub fn changes(&self, honest: &Json) -> bool {
        let now = honest.at(self.at);
        match self.change {
            Change::Nothing => false,
            Change::Becomes(json) | Change::Twice(json) => {
                !now.is_some_and(|now| now.is_written(json))
            }
            Change::Gone => now.is_some(),
        }
    }
}

/// What is done to one member.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    Nothing,
    /// This JSON stands in its place.
    Becomes(&'static str),
    /// It stands there a second time, with this JSON.
    Twice(&'static str),
    Gone,
}

pub const fn plain(status: u16) -> Form {
    Form {
        status,
        at: &[],
        change: Change::Nothing,
        says: Says::Accepted,
    }
}

pub const fn becomes(at: &'static [&'static str], json: &'static str, says: Says) -> Form {
    Form {
        status: 200,
        at,
        change: Change::Becomes(json),
        says,
    }
}

pub const fn twice(at: &'static [&'static str], json: &'static str) -> Form {
    Form {
        status: 200,
        at,
        change: Change::Twice(json),
        says: Says::Anything,
    }
}

pub const fn gone(at: &'static [&'static str], says: Says) -> Form {
    Form {
        status: 200,
        at,
        change: Change::Gone,
        says,
    }
}

/// No answer.
#[derive(Clone, Copy, Debug)]
pub enum Loss {
    /// The connection ends after these bytes.
    Cut(&'static [u8]),
    Silence,
}

/// An answer that is the same whatever was asked.
#[derive(Clone, Copy, Debug)]
pub struct Odd {
    pub status: u16,
    pub headers: &'static [(&'static str, &'static str)],
    pub body: &'static str,
    pub binds: Binds,
}

/// What an odd answer binds the provider to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binds {
    /// Nothing: it may have acted.
    Nothing,
    /// Nothing, and whoever answered may not have waited for the provider: it may still act.
    NothingYet,
    /// This attempt did nothing, by what HTTP itself says of the status.
    DidNothing,
}

/// A documented refusal: this attempt did nothing.
#[derive(Clone, Copy, Debug)]
pub struct Refusal {
    pub name: &'static str,
    pub status: u16,
    pub body: &'static str,
    pub when: When,
    /// How far the documents say what it means.
    pub means: Means,
}

/// When a refusal can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Always,
    /// Nothing is left of the payment.
    NothingLeft,
    /// Less is left than was asked for.
    TooLittleLeft,
    /// A refund with its key or its reference is there.
    Repeated,
}

/// What a refusal means for what was done before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// Something else than an earlier refund is the cause: it is definite, and no doubt is left.
    Definite,
    /// An earlier refund can be the cause, or no document says what is.
    MayEcho,
}

/// What comes back of one request.
#[derive(Clone, Copy, Debug)]
pub enum Symbol {
    Loss(&'static Loss),
    Odd(&'static Odd),
    Refusal(&'static Refusal),
    Form(&'static Form),
    /// The honest success, whose body ends in the middle.
    Cut(BodyEnd),
}

/// All that can come back of an operation.
#[derive(Debug)]
pub struct Alphabet {
    /// The first is the plain success.
    pub forms: &'static [Form],
    /// Whether the plain success says that the money is paid.
    pub pays_at_once: bool,
    /// Where it says so.
    pub status_at: &'static [&'static str],
    pub refusals: &'static [Refusal],
    /// Successes that hold nothing readable.
    pub unreadable: &'static [Odd],
    /// Other statuses.
    pub elsewhere: &'static [&'static [Odd]],
}

impl Symbol {
    /// Whether it is told at every request, and not at a sample of them: what is plain, lost, or refused for
    /// what was done before.
    pub fn is_always_told(&self) -> bool {
        match self {
            Self::Form(form) => form.is_plain(),
            Self::Refusal(refusal) => refusal.means == Means::MayEcho,
            Self::Loss(_) | Self::Cut(_) => true,
            Self::Odd(_) => false,
        }
    }
}

/// Hints of when to call again, which come first in a call or not at all.
pub fn hints(is_first: bool) -> impl Iterator<Item = Symbol> {
    let hints: &[Odd] = if is_first { HINTS } else { &[] };
    hints.iter().map(Symbol::Odd)
}

impl Alphabet {
    /// Whether a form says that the money is paid.
    pub fn says_paid(&self, form: &Form) -> bool {
        let is_status_left = self.pays_at_once && form.at != self.status_at;
        form.says == Says::Succeeded || form.says == Says::AsGood && is_status_left
    }

    /// All symbols, the plain ones first. How a client takes hints that cannot be read does not depend on
    /// what came before: they come first in a call, or not at all.
    pub fn symbols(&self, is_first: bool) -> impl Iterator<Item = Symbol> {
        let forms = self.forms.iter().map(Symbol::Form);
        let refusals = self.refusals.iter().map(Symbol::Refusal);
        let losses = LOSSES.iter().map(Symbol::Loss);
        let cuts = [BodyEnd::Broken, BodyEnd::Silence].map(Symbol::Cut);
        let unreadable = self.unreadable.iter().map(Symbol::Odd);
        let elsewhere = self.elsewhere.iter().copied().flatten().map(Symbol::Odd);
        forms
            .chain(refusals)
            .chain(losses)
            .chain(cuts)
            .chain(unreadable)
            .chain(elsewhere)
            .chain(hints(is_first))
    }
}
