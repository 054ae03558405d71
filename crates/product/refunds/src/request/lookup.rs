//! Which refund to read.

use serde::{Deserialize, Serialize};

use crate::{ProviderName, Reference};

/// Which refund to read. The reference of a refund is sent on no read: Kotani Pay's references name
/// off-ramps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Lookup {
    /// Tazapay's refund of this id (`rfd_…`).
    TazapayRefund(String),
    /// All refunds of Optty's order of this reference.
    OpttyOrder(String),
    /// The refund of Kotani Pay's off-ramp of this reference.
    KotanipayRefund(Reference),
    /// Kotani Pay's off-ramp of this reference, with what its status says of a refund.
    KotanipayOfframp(Reference),
    /// Refunds at a provider of your own.
    Own {
        /// The provider.
        provider: ProviderName,
        /// What it calls them: an id, the payment, or your own reference, as the provider reads them back.
        by: String,
    },
}

impl Lookup {
    /// The id, the reference or the payment that it names.
    pub fn name(&self) -> &str {
        match self {
            Self::TazapayRefund(name) | Self::OpttyOrder(name) | Self::Own { by: name, .. } => name,
            Self::KotanipayRefund(reference) | Self::KotanipayOfframp(reference) => {
                reference.as_str()
            }
        }
    }

    /// The provider that it is for.
    pub fn provider(&self) -> ProviderName {
        match self {
            Self::TazapayRefund(_) => ProviderName::Tazapay,
            Self::OpttyOrder(_) => ProviderName::Optty,
            Self::KotanipayRefund(_) | Self::KotanipayOfframp(_) => ProviderName::Kotanipay,
            Self::Own { provider, .. } => *provider,
        }
    }
}
