//! The tables, as data.

mod cautious;
mod common;
mod kotanipay;
mod mce;
mod optty;
mod tazapay;

pub(super) use cautious::CAUTIOUS;
pub(super) use common::COMMON;

use super::{About, Check, Fact, Row, Says};
use crate::ProviderName;

pub(super) fn of(provider: ProviderName) -> &'static [Row] {
    match provider {
        ProviderName::Kotanipay => kotanipay::ROWS,
        ProviderName::Mce => mce::ROWS,
        ProviderName::Optty => optty::ROWS,
        ProviderName::Tazapay => tazapay::ROWS,
        // Its author has more.
        ProviderName::Own(_) => CAUTIOUS,
    }
}
