//! MCE.

use std::sync::Arc;

use refunds::{
    Action, Lookup, MceRefund, ProviderName, Refunds, mce,
    webhooks::{RefundUpdate, UnverifiedUpdate, UpdateReader},
};
use refunds_conformance::facade::Play;

use super::client;
use crate::{
    SearchError,
    models::{Event, Ledger, Mce, Model, TRANSACTION},
    parts::{Part, SOON, Told},
};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask;

pub(super) static PARTS: &[&dyn Part] = &[
    &Told::new("refund of a transaction", Ask, None, 0),
    &Told::new("refund of a transaction, soon", Ask, None, 0).within(SOON),
];

impl super::Ask for Ask {
    type Model = Mce;

    const PROVIDER: ProviderName = ProviderName::Mce;
    const CAN_FETCH: bool = false;

    fn words(self) -> &'static str {
        "refunds transaction `tx-1`"
    }

    fn begins(self, ledger: Ledger) -> Mce {
        Mce { ledger }
    }

    fn client<M: Model>(self, play: &Arc<Play<M>>) -> Result<Refunds, SearchError> {
        client!(mce, play, builder => {
            builder.credentials(mce::Credentials::bearer("token-of-the-search"))
        })
    }

    fn action(self) -> Option<Action> {
        Some(Action::Create(MceRefund::new(1, TRANSACTION).into()))
    }

    fn lookup(self, _: Option<&str>) -> Option<Lookup> {
        None
    }

    /// The user vouches for what cannot be verified.
    fn received(self, event: &Event) -> Result<RefundUpdate, String> {
        let reader = mce::webhooks::Reader::new();
        let update = UpdateReader::receive(&reader, &event.body);
        let update = update.map(UnverifiedUpdate::trust_without_proof);
        update.map_err(|error| error.to_string())
    }
}
