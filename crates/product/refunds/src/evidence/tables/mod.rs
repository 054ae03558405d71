//! The rows that count for several providers; those of one are in its folder.

mod cautious;
mod common;

pub(super) use cautious::CAUTIOUS;
pub(super) use common::COMMON;

use super::{About, Check, Fact, Row, Says};
use crate::{ProviderName, providers};

pub(super) fn of(provider: ProviderName) -> &'static [Row] {
    // Its author has more of one's own.
    providers::of(provider).map_or(CAUTIOUS, |profile| profile.rows)
}
