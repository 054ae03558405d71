//! What the command knows of each provider, a module each. A provider of the user's own program has no client here.

pub(crate) mod kotanipay;
pub(crate) mod mce;
pub(crate) mod optty;
pub(crate) mod tazapay;

use std::num::NonZeroU32;

use anyhow::Result;
use clap::Subcommand;
use refunds::{
    Lookup, ProviderName, RefundRequest, Refunds,
    provider_runtime::{
        ClientBuilder, Credentials,
        webhooks::{Scheme, Secrets, Verified, Verifier, WebhookError},
    },
    webhooks::{RefundUpdate, UnverifiedUpdate},
};
use serde::Deserialize;

use crate::{
    arguments::Named,
    connection::Place,
    credentials::{Access, CredentialsError},
};

/// What the command knows of a provider.
pub(crate) struct Known {
    /// Its own name, for help.
    pub(crate) title: &'static str,
    /// The variables of its credentials, for help.
    pub(crate) variables: &'static str,
    /// The variable that tells where its calls go.
    pub(crate) base_url: &'static str,
    /// The variable that tells where its tokens are had, if not where its calls go.
    pub(crate) token_url: Option<&'static str>,
    /// Whether it documents where calls go.
    pub(crate) has_hosts: bool,
    /// A client.
    pub(crate) connect: fn(&Place, Access) -> Result<Refunds>,
    /// Credentials of the form that it takes, which open nothing.
    pub(crate) no_credentials: fn() -> Credentials,
    /// Credentials of the environment, where there is more than `refunds` reads.
    pub(crate) more_access: fn(Credentials) -> Result<Access, CredentialsError>,
    /// What an id names, or the reference of an off-ramp; `None` where nothing can be read.
    pub(crate) lookup: Option<fn(String, bool) -> Result<Lookup>>,
    /// How many writes it documents to take in a second.
    pub(crate) rate: Option<NonZeroU32>,
    /// What its webhooks are worth.
    pub(crate) webhooks: Webhooks,
}

/// What a provider's webhooks are worth.
pub(crate) enum Webhooks {
    /// They can be verified, under the name of another header than the documented one as well.
    Signed(fn(Secrets, Option<&str>) -> Box<dyn Verifies>),
    /// They cannot, but somebody may vouch for one.
    Vouched {
        /// The largest body that is read.
        max_body: fn() -> usize,
        /// What somebody may have sent.
        read: fn(&[u8]) -> Result<UnverifiedUpdate, WebhookError>,
        /// What to do with one that is to be verified.
        verifying: &'static str,
        /// What to do with one for which nobody vouches.
        settling: &'static str,
    },
    /// They cannot, and settle nothing.
    Unsigned {
        /// What to do with one that is to be verified.
        verifying: &'static str,
        /// What to do instead of settling a refund by one.
        settling: &'static str,
    },
}

/// A provider's verifier.
pub(crate) trait Verifies {
    /// The update in a body, if it is proven to be the provider's.
    fn verify(
        &self,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<RefundUpdate, WebhookError>;

    /// What would have made the signature fit.
    fn near_misses(&self, headers: &[(String, String)], body: &[u8]) -> Vec<&'static str>;

    /// The largest body that is read.
    fn max_body(&self) -> usize;
}

impl<S: Scheme> Verifies for Verifier<S>
where
    RefundUpdate: From<Verified<S::Event>>,
{
    fn verify(
        &self,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<RefundUpdate, WebhookError> {
        Self::verify(self, headers, body).map(RefundUpdate::from)
    }

    fn near_misses(&self, headers: &[(String, String)], body: &[u8]) -> Vec<&'static str> {
        Self::near_misses(self, headers, body)
    }

    fn max_body(&self) -> usize {
        Self::max_body(self)
    }
}

/// What the command knows of a provider.
pub(crate) fn known(provider: ProviderName) -> Option<&'static Known> {
    match provider {
        ProviderName::Kotanipay => Some(&kotanipay::KNOWN),
        ProviderName::Mce => Some(&mce::KNOWN),
        ProviderName::Optty => Some(&optty::KNOWN),
        ProviderName::Tazapay => Some(&tazapay::KNOWN),
        ProviderName::Own(_) => None,
    }
}

/// A refund to create.
#[derive(Debug, Subcommand)]
pub(crate) enum Create {
    /// Refund an order at Optty, in full or in part
    Optty(optty::Arguments),
    /// Refund an incoming crypto payment that MCE holds, in full
    Mce(mce::Arguments),
    /// Refund a payin at Tazapay, in full or in part
    ///
    /// Where the answer to a refund of everything is lost, the call waits a minute and asks again under the same key,
    /// which cannot pay twice; Ctrl-C or --deadline ends the wait, and `refund reconcile` settles it later.
    Tazapay(tazapay::Arguments),
}

impl Create {
    /// The provider, and what the refund is called.
    pub(crate) fn subject(&self) -> (ProviderName, &Named) {
        match self {
            Self::Optty(refund) => (ProviderName::Optty, &refund.named),
            Self::Mce(refund) => (ProviderName::Mce, &refund.named),
            Self::Tazapay(refund) => (ProviderName::Tazapay, &refund.named),
        }
    }

    /// The refund.
    pub(crate) fn request(self) -> RefundRequest {
        match self {
            Self::Optty(arguments) => arguments.request().into(),
            Self::Mce(arguments) => arguments.request().into(),
            Self::Tazapay(arguments) => arguments.request().into(),
        }
    }
}

/// What the credentials file holds: a table for each provider that is used.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Tables {
    kotanipay: Option<kotanipay::Table>,
    mce: Option<mce::Table>,
    optty: Option<optty::Table>,
    tazapay: Option<tazapay::Table>,
}

impl Tables {
    /// What opens a provider, if it has a table.
    pub(crate) fn of(self, provider: ProviderName) -> Option<Access> {
        match provider {
            ProviderName::Kotanipay => self.kotanipay.map(Access::from),
            ProviderName::Mce => self.mce.map(Access::from),
            ProviderName::Optty => self.optty.map(Access::from),
            ProviderName::Tazapay => self.tazapay.map(Access::from),
            ProviderName::Own(_) => None,
        }
    }
}

/// A client's settings that are the same for all.
fn at<C>(builder: ClientBuilder<C>, place: &Place, credentials: Credentials) -> ClientBuilder<C> {
    builder
        .environment(place.environment())
        .credentials(credentials)
        .user_agent(concat!("refund-cli/", env!("CARGO_PKG_VERSION")))
}
