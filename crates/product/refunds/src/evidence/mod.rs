#![doc = include_str!("../../docs/evidence.md")]

mod error_members;
mod facts;
mod judge;
mod refusals;
mod row;
mod table;
mod tables;
#[cfg(test)]
mod tests;

pub(crate) use error_members::error_members;
pub use facts::Fact;
pub(crate) use facts::Facts;
pub use judge::Asked;
pub(crate) use judge::{CLOCK_TOLERANCE, Objection, ObjectionKind, decimal, is_failure, objection};
pub use row::{About, Ask, Check, Refusal, Row, Says};
pub(crate) use row::{Missing, Repetition, Rule, Sending};

pub(crate) use table::Table;

use crate::ProviderName;

/// The rows that count for a provider: those of every provider, then its own; of one of your own, those of the cautious
/// reading, to which its [`Profile`](crate::custom::Profile) adds.
pub fn rows(provider: ProviderName) -> impl Iterator<Item = &'static Row> {
    tables::COMMON.iter().chain(tables::of(provider))
}
