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
pub(crate) use facts::{Fact, Facts, shown};
pub(crate) use judge::{Asked, Objection, ObjectionKind, decimal, objection};
pub use row::{About, Row};
pub(crate) use row::{Ask, Check, Missing, Refusal, Repetition, Rule, Sending};

pub(crate) use table::Table;

use crate::ProviderName;

/// The rows that count for a provider: those of every provider, then its own.
pub fn rows(provider: ProviderName) -> impl Iterator<Item = &'static Row> {
    tables::COMMON.iter().chain(tables::of(provider))
}
