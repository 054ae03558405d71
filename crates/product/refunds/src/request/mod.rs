//! What each provider needs to know of a refund.

mod invoice;
mod lookup;
mod mce;
mod optty;
mod own;
mod tazapay;

pub use invoice::{InvoiceError, LightningInvoice};
pub use lookup::Lookup;
pub use mce::MceRefund;
pub use optty::OpttyRefund;
pub use own::OwnRefund;
use serde::{Deserialize, Serialize};
#[cfg(all(feature = "tazapay", feature = "webhooks"))]
pub(crate) use tazapay::REFERENCE_KEY;
pub use tazapay::{TazapayCustomer, TazapayPhone, TazapayRefund};

use crate::{Money, ProviderName, Reference, RefundError};

/// A refund to create, as its provider needs it. Can be stored, to be reconciled after a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RefundRequest {
    /// At Optty.
    Optty(OpttyRefund),
    /// At MCE.
    Mce(MceRefund),
    /// At Tazapay.
    Tazapay(TazapayRefund),
    /// At a provider of your own.
    Own(OwnRefund),
}

impl RefundRequest {
    /// The provider that it is for.
    pub fn provider(&self) -> ProviderName {
        match self {
            Self::Optty(_) => ProviderName::Optty,
            Self::Mce(_) => ProviderName::Mce,
            Self::Tazapay(_) => ProviderName::Tazapay,
            Self::Own(refund) => refund.provider,
        }
    }

    /// What it refunds: Optty's order, MCE's original transaction, Tazapay's payin, or its payment attempt where
    /// no payin is named.
    pub fn payment(&self) -> &str {
        match self {
            Self::Optty(refund) => &refund.order_reference,
            Self::Mce(refund) => &refund.original_transaction_id,
            Self::Tazapay(refund) => {
                let named = refund
                    .payin
                    .as_deref()
                    .or(refund.payment_attempt.as_deref());
                named.unwrap_or_default()
            }
            Self::Own(refund) => &refund.payment,
        }
    }

    /// Whether it can be sent under a reference, as its provider takes it. Nothing is sent.
    ///
    /// # Errors
    /// As of [`Refunds::create`](crate::Refunds::create); also where the provider's feature is off.
    pub fn check(&self, reference: &Reference) -> Result<(), RefundError> {
        let _ = reference;
        match self {
            #[cfg(feature = "optty")]
            Self::Optty(refund) => crate::providers::optty::check(refund),
            #[cfg(feature = "mce")]
            Self::Mce(refund) => crate::providers::mce::check(refund),
            #[cfg(feature = "tazapay")]
            Self::Tazapay(refund) => crate::providers::tazapay::check(reference, refund),
            // Its provider looks at it before it sends anything.
            Self::Own(_) => Ok(()),
            #[allow(unreachable_patterns, reason = "each is left out with its feature")]
            other => Err(RefundError::Unsupported {
                provider: other.provider(),
                what: "be used in this build",
                alternative: "turn its feature on",
            }),
        }
    }

    /// How much of it; `None` for everything, as MCE always refunds.
    pub fn amount(&self) -> Option<&Money> {
        match self {
            Self::Optty(refund) => Some(&refund.amount),
            Self::Mce(_) => None,
            Self::Tazapay(refund) => refund.amount.as_ref(),
            Self::Own(refund) => refund.amount.as_ref(),
        }
    }
}

impl From<OpttyRefund> for RefundRequest {
    fn from(request: OpttyRefund) -> Self {
        Self::Optty(request)
    }
}

impl From<MceRefund> for RefundRequest {
    fn from(request: MceRefund) -> Self {
        Self::Mce(request)
    }
}

impl From<TazapayRefund> for RefundRequest {
    fn from(request: TazapayRefund) -> Self {
        Self::Tazapay(request)
    }
}

impl From<OwnRefund> for RefundRequest {
    fn from(request: OwnRefund) -> Self {
        Self::Own(request)
    }
}

/// A write, as it is stored until its outcome is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are creations, and a box would cost each of them an allocation"
)]
pub enum Action {
    /// A refund was created.
    Create(RefundRequest),
    /// A failed refund was tried again.
    Retry,
    /// A refund over Lightning was given an invoice.
    SubmitInvoice(LightningInvoice),
}

impl Action {
    /// The provider that has it: Kotani Pay, unless a refund was created.
    pub fn provider(&self) -> ProviderName {
        match self {
            Self::Create(request) => request.provider(),
            Self::Retry | Self::SubmitInvoice(_) => ProviderName::Kotanipay,
        }
    }
}

impl From<RefundRequest> for Action {
    fn from(request: RefundRequest) -> Self {
        Self::Create(request)
    }
}
