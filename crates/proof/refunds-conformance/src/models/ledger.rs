//! What really happened.

use std::{fmt, sync::Arc, time::Duration};

use crate::teller::{Moment, Teller};

/// The refunds of one payment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ledger {
    /// What all refunds together cannot exceed, in hundredths; `None` where nothing is documented.
    pub captured: Option<u32>,
    pub entries: Vec<Entry>,
    /// Requests that are still under way at the provider.
    pub late: Vec<Entry>,
    /// Whether a reference is taken once, and for good.
    pub once: bool,
}

/// One refund.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// `None` for a refund that somebody else made.
    pub reference: Option<Arc<str>>,
    /// In which life of the user's records it was asked for.
    pub life: u8,
    /// In hundredths.
    pub amount: u32,
    pub fate: Fate,
    /// What the refund shows of the caller's reference, where it can show one.
    pub shows: Option<Arc<str>>,
    pub key: Key,
    pub at: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// Taken on: it will be paid, or fail.
    Taken,
    Paid,
    /// Failed for good.
    Failed,
}

/// Whether the provider still knows the answer that it gave under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// It may: a success was perhaps kept, or perhaps something else was answered.
    Perhaps,
    Kept,
    Lost,
}

/// Where a refund of ours stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// It is taken on and has not failed.
    pub is_taken: bool,
    pub is_paid: bool,
    pub has_failed: bool,
    /// A request that is still under way will take it on.
    pub comes_late: bool,
}

impl Standing {
    /// Whether the customer gets the money, now or later.
    pub fn may_be_paid(self) -> bool {
        self.is_taken || self.is_paid || self.comes_late
    }
}

impl Ledger {
    pub fn new(captured: Option<u32>) -> Self {
        Self {
            captured,
            entries: Vec::new(),
            late: Vec::new(),
            once: false,
        }
    }

    /// A refund that somebody else has made.
    pub fn with_other(mut self, amount: u32) -> Self {
        self.entries.push(Entry {
            reference: None,
            life: 0,
            amount,
            fate: Fate::Paid,
            shows: None,
            key: Key::Lost,
            at: Duration::ZERO,
        });
        self
    }

    /// What is left to refund; `None` where there is no limit.
    pub fn left(&self) -> Option<u32> {
        let gone = self
            .entries
            .iter()
            .filter(|entry| entry.fate != Fate::Failed)
            .map(|entry| entry.amount)
            .fold(0, u32::saturating_add);
        Some(self.captured?.saturating_sub(gone))
    }

    pub fn has_room(&self, amount: u32) -> bool {
        self.left().is_none_or(|left| amount <= left)
    }

    /// Whether a request that comes to its end now is carried out.
    fn takes(&self, entry: &Entry) -> bool {
        let is_same = |other: &Entry| other.reference == entry.reference;
        self.has_room(entry.amount) && !(self.once && self.entries.iter().any(is_same))
    }

    /// Lets requests that are under way be carried out: all of them, or those that the teller chooses.
    pub fn land(&mut self, teller: &mut Teller, moment: Moment) {
        let under_way = std::mem::take(&mut self.late);
        for mut entry in under_way {
            if moment.is_free && teller.choose(2) == 0 {
                self.late.push(entry);
                continue;
            }
            let name = entry.name();
            if self.takes(&entry) {
                entry.at = moment.noted();
                teller.say(|| {
                    format!("provider: carries out the request for {name} that was still under way: it is paid")
                });
                self.entries.push(entry);
            } else {
                teller.say(|| {
                    format!("provider: refuses the request for {name} that was still under way")
                });
            }
        }
    }

    /// How often the user's refunds are paid, or can still be, once all that is under way has landed.
    pub fn payments(&self) -> usize {
        let mut landed = self.clone();
        for entry in &self.late {
            if landed.takes(entry) {
                landed.entries.push(entry.clone());
            }
        }
        landed
            .entries
            .iter()
            .filter(|entry| entry.reference.is_some() && entry.fate != Fate::Failed)
            .count()
    }

    /// Where the refund under a reference stands; only what was asked for in one life, if one is given.
    pub fn standing(&self, reference: &str, life: Option<u8>) -> Standing {
        let mut standing = Standing::default();
        let is_meant = |entry: &Entry| {
            entry.reference.as_deref() == Some(reference)
                && life.is_none_or(|life| entry.life == life)
        };
        for entry in self.entries.iter().filter(|entry| is_meant(entry)) {
            match entry.fate {
                Fate::Taken => standing.is_taken = true,
                Fate::Paid => standing.is_paid = true,
                Fate::Failed => standing.has_failed = true,
            }
        }
        standing.comes_late = self
            .late
            .iter()
            .any(|entry| is_meant(entry) && self.takes(entry));
        standing
    }

    /// Whether a refund of the user's is there that has not failed.
    pub fn has_ours(&self) -> bool {
        let is_ours = |entry: &Entry| entry.reference.is_some() && entry.fate != Fate::Failed;
        self.entries.iter().any(is_ours)
    }
}

impl Fate {
    /// What it is, in words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Taken => "it is under way",
            Self::Paid => "it is paid",
            Self::Failed => "it has failed for good",
        }
    }
}

impl Entry {
    /// What the provider has told of it is what becomes of it.
    pub fn learn(&mut self, told: Fate) {
        if self.fate == Fate::Taken {
            self.fate = told;
        }
    }

    pub fn name(&self) -> String {
        match &self.reference {
            Some(reference) => format!("`{reference}`"),
            None => "somebody else".to_owned(),
        }
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.entries.is_empty() && self.late.is_empty() {
            return f.write_str("nothing is refunded");
        }
        let mut separator = "";
        for entry in &self.entries {
            let fate = match entry.fate {
                Fate::Taken => "taken on",
                Fate::Paid => "paid",
                Fate::Failed => "failed for good",
            };
            write!(f, "{separator}{} {fate}", entry.name())?;
            separator = ", ";
        }
        for entry in &self.late {
            write!(f, "{separator}{} still under way", entry.name())?;
            separator = ", ";
        }
        Ok(())
    }
}
