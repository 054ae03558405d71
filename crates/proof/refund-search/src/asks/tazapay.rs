//! Tazapay.

use std::{sync::Arc, time::Duration};

use refunds::{
    Action, Lookup, ProviderName, Refunds, TazapayRefund, tazapay, webhooks::RefundUpdate,
};
use refunds_conformance::facade::Play;

use super::{client, verified};
use crate::{
    SearchError,
    models::{ATTEMPT, Event, Ledger, Model, PAYIN, TAZAPAY_SECRET, Tazapay},
    parts::{PART, Part, SOON, Told},
    plot::{NEXT_DAY, NOW},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Everything of a payin.
    Full,
    /// The same, with the payment attempt named.
    FullOfAttempt,
    /// 19.90 USD of a payin.
    Part,
    /// A part of it, with the payment attempt named.
    PartOfAttempt,
}

pub(super) static PARTS: &[&dyn Part] = &[
    &Told::new(
        "all of a payment attempt",
        Ask::FullOfAttempt,
        Some(5000),
        0,
    ),
    &Told::new("part of a payin", Ask::Part, Some(5000), 0),
    &Told::new(
        "part of a payin of which as much was refunded, soon",
        Ask::Part,
        Some(5000),
        PART,
    )
    .within(SOON),
    &Told::new(
        "part of a payment attempt",
        Ask::PartOfAttempt,
        Some(5000),
        0,
    ),
    &Told::new(
        "part of a payin of which too little is left",
        Ask::Part,
        Some(5000),
        4000,
    ),
    &Told::new(
        "all of a payin that was refunded",
        Ask::Full,
        Some(5000),
        5000,
    ),
];

impl Ask {
    fn is_of_attempt(self) -> bool {
        matches!(self, Self::FullOfAttempt | Self::PartOfAttempt)
    }
}

impl super::Ask for Ask {
    type Model = Tazapay;

    const PROVIDER: ProviderName = ProviderName::Tazapay;
    const WAITS: &'static [Duration] = &[NOW, NEXT_DAY];

    fn words(self) -> &'static str {
        match self {
            Self::Full => "refunds all of payin `chk_1`",
            Self::FullOfAttempt => "refunds all of attempt `pat_1` of payin `chk_1`",
            Self::Part => "refunds 19.90 USD of payin `chk_1`",
            Self::PartOfAttempt => "refunds 19.90 USD of attempt `pat_1` of payin `chk_1`",
        }
    }

    fn is_full(self) -> bool {
        matches!(self, Self::Full | Self::FullOfAttempt)
    }

    fn begins(self, ledger: Ledger) -> Tazapay {
        Tazapay {
            ledger,
            is_full: self.is_full(),
            is_of_attempt: self.is_of_attempt(),
        }
    }

    fn client<M: Model>(self, play: &Arc<Play<M>>) -> Result<Refunds, SearchError> {
        client!(tazapay, play, builder => {
            builder.credentials(tazapay::Credentials::basic("key", "secret-of-the-search"))
        })
    }

    fn action(self) -> Option<Action> {
        let mut refund = TazapayRefund::of_payin(PAYIN);
        if self.is_of_attempt() {
            refund = refund.with_payment_attempt(ATTEMPT);
        }
        if !self.is_full() {
            refund = refund.with_amount("19.90 USD".parse().ok()?);
        }
        Some(Action::Create(refund.into()))
    }

    fn lookup(self, id: Option<&str>) -> Option<Lookup> {
        Some(Lookup::TazapayRefund(id?.to_owned()))
    }

    fn received(self, event: &Event) -> Result<RefundUpdate, String> {
        verified(tazapay::webhooks::Verifier::new, TAZAPAY_SECRET, event)
    }
}
