//! Which provider something concerns.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A provider that the facade knows, whether or not its feature is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ProviderName {
    /// Kotani Pay, an African crypto off-ramp.
    Kotanipay,
    /// MCE (MetaComp), crypto payments.
    Mce,
    /// Optty, an aggregator of buy-now-pay-later providers.
    Optty,
    /// Tazapay, cross-border payments.
    Tazapay,
}

impl ProviderName {
    /// The name of its crate and feature, such as `optty`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kotanipay => "kotanipay",
            Self::Mce => "mce",
            Self::Optty => "optty",
            Self::Tazapay => "tazapay",
        }
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
