//! Kotani Pay.

use std::{sync::Arc, time::Duration};

use refunds::{
    Action, LightningInvoice, Lookup, ProviderName, Reference, Refunds, kotanipay,
    webhooks::RefundUpdate,
};
use refunds_conformance::facade::Play;

use super::{client, verified};
use crate::{
    SearchError,
    models::{Event, KOTANIPAY_SECRET, Kotanipay, Ledger, Model, OFFRAMP},
    parts::{PART, Part, SOON, Told},
    plot::{NOW, TWO_MINUTES},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Retry,
    Invoice,
}

pub(super) static PARTS: &[&dyn Part] = &[
    &Told::new("retry of a failed refund", Ask::Retry, None, 0),
    &Told::new("invoice for a Lightning refund", Ask::Invoice, None, 0),
    &Told::new(
        "retry of a refund that has succeeded, soon",
        Ask::Retry,
        None,
        PART,
    )
    .within(SOON),
];

impl super::Ask for Ask {
    type Model = Kotanipay;

    const PROVIDER: ProviderName = ProviderName::Kotanipay;
    const WAITS: &'static [Duration] = &[NOW, TWO_MINUTES];

    fn words(self) -> &'static str {
        match self {
            Self::Retry => "retries the failed refund of off-ramp `off-1`",
            Self::Invoice => "submits an invoice for the refund of off-ramp `off-1`",
        }
    }

    /// That of the off-ramp, and there is no other.
    fn references(self) -> [&'static str; 2] {
        [OFFRAMP; 2]
    }

    fn can_try_again(self) -> bool {
        self == Self::Retry
    }

    fn begins(self, ledger: Ledger) -> Kotanipay {
        Kotanipay::new(ledger, self == Self::Invoice)
    }

    fn client<M: Model>(self, play: &Arc<Play<M>>) -> Result<Refunds, SearchError> {
        client!(kotanipay, play, builder => {
            builder.credentials(kotanipay::Credentials::bearer("token-of-the-search"))
        })
    }

    fn action(self) -> Option<Action> {
        match self {
            Self::Retry => Some(Action::Retry),
            Self::Invoice => {
                let invoice = LightningInvoice::new("lnbc1500n1pj9").ok()?;
                Some(Action::SubmitInvoice(invoice))
            }
        }
    }

    fn lookup(self, _: Option<&str>) -> Option<Lookup> {
        Some(Lookup::KotanipayRefund(Reference::new(OFFRAMP).ok()?))
    }

    fn received(self, event: &Event) -> Result<RefundUpdate, String> {
        verified(kotanipay::webhooks::Verifier::new, KOTANIPAY_SECRET, event)
    }
}
