//! What the user asks for at each provider, a module each: what is told of it in words, its client on the story's
//! network, and the parts of its search.

pub(crate) mod kotanipay;
pub(crate) mod mce;
pub(crate) mod optty;
pub(crate) mod tazapay;

use std::{sync::Arc, time::Duration};

use refunds::{
    Action, Lookup, ProviderName, Refunds,
    webhooks::{RefundUpdate, UpdateVerifier},
};
use refunds_conformance::{
    facade::{Asks, Play},
    plot::REFERENCES,
};

use crate::{
    SearchError,
    models::{Event, Ledger, Model},
    parts::Part,
    plot::NOW,
};

/// Where the providers of the stories are.
const URL: &str = "https://provider.example";

/// What the user asks for at one provider.
pub(crate) trait Ask: Copy + Send + Sync + 'static {
    /// The provider, from its documents.
    type Model: Model;

    const PROVIDER: ProviderName;
    /// After which waits something is done.
    const WAITS: &'static [Duration] = &[NOW];
    /// Whether anything can be read back.
    const CAN_FETCH: bool = true;

    /// What the user does, in words.
    fn words(self) -> &'static str;

    /// The names of the refund.
    fn references(self) -> [&'static str; 2] {
        REFERENCES
    }

    /// Whether everything is refunded at a provider that refuses a second refund of everything.
    fn is_full(self) -> bool {
        false
    }

    /// Whether it can be tried once more after a try that was accepted.
    fn can_try_again(self) -> bool {
        false
    }

    /// How the provider stands when the story begins.
    fn begins(self, ledger: Ledger) -> Self::Model;

    /// A client on the network of the story.
    fn client<M: Model>(self, play: &Arc<Play<M>>) -> Result<Refunds, SearchError>;

    /// What is asked for.
    fn action(self) -> Option<Action>;

    /// By what it is read back.
    fn lookup(self, id: Option<&str>) -> Option<Lookup>;

    /// An event as the facade takes it, or why it was refused.
    fn received(self, event: &Event) -> Result<RefundUpdate, String>;
}

/// All parts of the search, those that take longest first.
pub(crate) fn parts() -> impl Iterator<Item = &'static dyn Part> {
    let mut parts = ProviderName::BUILT_IN.map(|provider| match provider {
        ProviderName::Tazapay => (0, tazapay::PARTS),
        ProviderName::Kotanipay => (1, kotanipay::PARTS),
        ProviderName::Optty => (2, optty::PARTS),
        ProviderName::Mce => (3, mce::PARTS),
        ProviderName::Own(_) => (4, &[][..]),
    });
    parts.sort_by_key(|(turn, _)| *turn);
    parts.into_iter().flat_map(|(_, parts)| parts).copied()
}

/// A client of a provider on the network of a story.
macro_rules! client {
    ($provider:ident, $play:expr, $builder:ident => $authenticated:expr) => {{
        let $builder = refunds::$provider::Client::builder()
            .environment(refunds::$provider::Environment::BaseUrl(
                crate::asks::URL.to_owned(),
            ))
            .transport(refunds_conformance::facade::Network(std::sync::Arc::clone(
                $play,
            )));
        let client = $authenticated.build();
        let client = client.map_err(|error| crate::SearchError::Client(error.to_string()))?;
        Ok(refunds::Refunds::from(client))
    }};
}

use client;

/// An event that a verifier with this secret takes.
fn verified<V: UpdateVerifier>(
    verifier: impl FnOnce(provider_runtime::webhooks::Secrets) -> V,
    secret: &str,
    event: &Event,
) -> Result<RefundUpdate, String> {
    let secrets = provider_runtime::webhooks::Secrets::new(secret);
    let verifier = verifier(secrets.map_err(|error| error.to_string())?);
    let update = verifier.receive(event.headers.as_slice(), &event.body);
    update.map_err(|error| error.to_string())
}

/// What is asked for at a built-in provider, judged without a row of the evidence if one is given.
pub(crate) struct Asked<A> {
    pub(crate) ask: A,
    pub(crate) row_off: Option<&'static str>,
}

impl<A: Ask> Asks for Asked<A> {
    fn action(&self) -> Action {
        self.ask.action().unwrap_or(Action::Retry)
    }

    fn lookup(&self, id: Option<&str>) -> Option<Lookup> {
        self.ask.lookup(id)
    }

    fn received(&self, event: &Event) -> Result<RefundUpdate, String> {
        let update = self.ask.received(event)?;
        Ok(match self.row_off {
            Some(row) => update.without_row(row),
            None => update,
        })
    }
}
