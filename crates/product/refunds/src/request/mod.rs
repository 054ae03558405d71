//! What each provider needs to know of a refund.

mod invoice;
mod lookup;
mod own;

pub use invoice::{InvoiceError, LightningInvoice};
pub use lookup::Lookup;
pub use own::OwnRefund;
use serde::{Deserialize, Serialize};

use crate::{
    MceRefund, Money, OpttyRefund, ProviderName, Reference, RefundError, SettledBy, TazapayRefund,
    custom::RequestOf,
};

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

/// What is known of a stored request without its provider's client.
pub(crate) trait Stored: RequestOf {
    /// The provider that it is for.
    fn provider(&self) -> ProviderName;

    /// Whether the provider is part of this build.
    fn is_on(&self) -> bool;

    /// Whether it can be sent.
    fn check(&self, reference: &Reference) -> Result<(), RefundError>;

    /// Which event would settle it, and what to ask the provider's support.
    fn settled_by(&self, reference: &Reference) -> SettledBy;

    /// Whether one call may send it more than once, whatever the policy.
    fn may_be_repeated(&self) -> bool {
        false
    }

    /// The same without what changes nothing about the refund.
    fn bare(&self) -> Self {
        self.clone()
    }
}

/// The same for the request of any provider.
macro_rules! each {
    ($request:expr, $refund:ident => $call:expr) => {
        match $request {
            RefundRequest::Optty($refund) => $call,
            RefundRequest::Mce($refund) => $call,
            RefundRequest::Tazapay($refund) => $call,
            RefundRequest::Own($refund) => $call,
        }
    };
}

impl RefundRequest {
    /// The provider that it is for.
    pub fn provider(&self) -> ProviderName {
        each!(self, refund => refund.provider())
    }

    /// What it refunds: Optty's order, MCE's original transaction, Tazapay's payin, or its payment attempt where
    /// no payin is named.
    pub fn payment(&self) -> &str {
        each!(self, refund => RequestOf::payment(refund))
    }

    /// Whether it can be sent under a reference, as its provider takes it. Nothing is sent.
    ///
    /// # Errors
    /// As of [`Refunds::create`](crate::Refunds::create); also where the provider's feature is off.
    pub fn check(&self, reference: &Reference) -> Result<(), RefundError> {
        each!(self, refund => match refund.is_on() {
            true => Stored::check(refund, reference),
            false => Err(RefundError::Unsupported {
                provider: refund.provider(),
                what: "be used in this build",
                alternative: "turn its feature on",
            }),
        })
    }

    /// How much of it; `None` for everything, as MCE always refunds.
    pub fn amount(&self) -> Option<&Money> {
        each!(self, refund => RequestOf::amount(refund))
    }

    pub(crate) fn settled_by(&self, reference: &Reference) -> SettledBy {
        each!(self, refund => refund.settled_by(reference))
    }

    pub(crate) fn may_be_repeated(&self) -> bool {
        each!(self, refund => refund.may_be_repeated())
    }

    /// The same without what changes nothing about the refund, such as under which name our reference travels in Tazapay's
    /// metadata: two that are the same so ask for the same refund.
    #[must_use]
    pub fn bare(&self) -> Self {
        each!(self, refund => refund.bare().into())
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
    /// The provider at which a refund was created. A try and an invoice do not tell theirs: their record does
    /// ([`InDoubt::provider`](crate::InDoubt::provider)).
    pub fn provider(&self) -> Option<ProviderName> {
        match self {
            Self::Create(request) => Some(request.provider()),
            Self::Retry | Self::SubmitInvoice(_) => None,
        }
    }
}

impl From<RefundRequest> for Action {
    fn from(request: RefundRequest) -> Self {
        Self::Create(request)
    }
}
