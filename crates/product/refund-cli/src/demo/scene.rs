//! The sandbox of the demonstration, and clients of it.

use anyhow::Result;
use refunds::{Refunds, provider_runtime::Credentials};
use refunds_sandbox::{
    Credentials as Accepted, Offramp, Order, Payin, PendingRefund, Provider, Sandbox, Seed,
};
use rust_decimal::Decimal;

use crate::connection::{self, Place};

/// The sandbox with something to refund at each provider.
pub(super) struct Scene {
    sandbox: Sandbox,
}

impl Scene {
    pub(super) fn new() -> Result<Self> {
        let sandbox = Sandbox::start()?;
        sandbox.seed(Seed {
            orders: vec![Order::new("order-7", Decimal::new(24_98, 2), "AUD")],
            payins: vec![
                Payin::new("chk_laptop", Decimal::from(900), "USD"),
                Payin::new("chk_book", Decimal::new(19_90, 2), "USD"),
                Payin::new("chk_phone", Decimal::from(40), "USD"),
            ],
            offramps: vec![Offramp::with_failed_refund("offramp-3", Decimal::from(3))],
            pending_refunds: vec![PendingRefund::new(1, "transaction-5", Decimal::new(385, 1))],
        })?;
        Ok(Self { sandbox })
    }

    pub(super) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// A client of a provider of the sandbox.
    pub(super) fn client(&self, provider: Provider) -> Result<Refunds> {
        let credentials = match self.sandbox.credentials(provider) {
            Accepted::Bearer { token } => Credentials::bearer(token),
            Accepted::Basic { key, secret } => Credentials::basic(key, secret),
            Accepted::ClientCredentials {
                client_id,
                client_secret,
                ..
            } => Credentials::oauth2(client_id, client_secret),
        };
        let place = Place::At {
            base_url: self.sandbox.base_url(provider).to_owned(),
            token_url: Some(self.sandbox.token_url().to_owned()),
        };
        connection::connect(provider.name().parse()?, &place, credentials.into())
    }

    /// How often money goes out under a reference.
    pub(super) fn payments(&self, provider: Provider, reference: &str) -> usize {
        self.sandbox.ledger().payments(provider, reference)
    }
}
