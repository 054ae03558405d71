//! Optty.

use std::sync::Arc;

use refunds::{Action, Lookup, OpttyRefund, ProviderName, Refunds, optty, webhooks::RefundUpdate};
use refunds_conformance::facade::Play;

use super::client;
use crate::{
    SearchError,
    models::{Event, Ledger, Model, ORDER, Optty},
    parts::{PART, Part, SOON, Told},
};

/// 19.90 AUD of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Part,
    /// With the reference in the description.
    NamedPart,
}

pub(super) static PARTS: &[&dyn Part] = &[
    &Told::new(
        "part of an order, reference in the description",
        Ask::NamedPart,
        Some(10_000),
        0,
    ),
    &Told::new(
        "part of an order of which as much was refunded, reference in the description, soon",
        Ask::NamedPart,
        Some(10_000),
        PART,
    )
    .within(SOON),
    &Told::new("part of an order", Ask::Part, Some(10_000), 0),
    &Told::new(
        "all of an order, reference in the description",
        Ask::NamedPart,
        Some(PART),
        0,
    ),
];

/// Tokens: another one after each that was refused.
#[derive(Debug)]
struct Tokens;

impl optty::TokenSource for Tokens {
    fn token<'a>(&'a self, rejected: Option<&'a optty::AccessToken>) -> optty::TokenFuture<'a> {
        let token = if rejected.is_some() { "t-2" } else { "t-1" };
        Box::pin(async move { Ok(optty::AccessToken::bearer(token)?) })
    }
}

impl super::Ask for Ask {
    type Model = Optty;

    const PROVIDER: ProviderName = ProviderName::Optty;

    fn words(self) -> &'static str {
        match self {
            Self::Part => "refunds 19.90 AUD of order `order-1`",
            Self::NamedPart => {
                "refunds 19.90 AUD of order `order-1`, with the reference in the description"
            }
        }
    }

    fn begins(self, ledger: Ledger) -> Optty {
        Optty {
            ledger,
            is_named: self == Self::NamedPart,
            described: None,
        }
    }

    fn client<M: Model>(self, play: &Arc<Play<M>>) -> Result<Refunds, SearchError> {
        client!(optty, play, builder => builder.token_source(Tokens))
    }

    fn action(self) -> Option<Action> {
        let refund = OpttyRefund::new(ORDER, "19.90 AUD".parse().ok()?, "Damaged");
        let refund = match self {
            Self::Part => refund,
            Self::NamedPart => refund.with_reference_in_description(),
        };
        Some(Action::Create(refund.into()))
    }

    fn lookup(self, _: Option<&str>) -> Option<Lookup> {
        Some(Lookup::OpttyOrder(ORDER.to_owned()))
    }

    fn received(self, _: &Event) -> Result<RefundUpdate, String> {
        Err("its callbacks name no refund".to_owned())
    }
}
