//! Optty.

use clap::Args;
use refunds::{Lookup, Money, OpttyRefund, Refunds, optty::Client, provider_runtime::Credentials};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{Known, Webhooks, at};
use crate::{
    arguments::{Named, money},
    connection::Place,
    credentials::Access,
};

pub(super) static KNOWN: Known = Known {
    title: "Optty",
    variables: "OPTTY_CLIENT_ID, OPTTY_CLIENT_SECRET",
    base_url: "OPTTY_BASE_URL",
    token_url: Some("OPTTY_TOKEN_URL"),
    has_hosts: true,
    connect: |place, access| {
        let mut builder = at(Client::builder(), place, access.credentials);
        if let Place::At {
            token_url: Some(url),
            ..
        } = place
        {
            builder = builder.token_url(url);
        }
        Ok(Refunds::from(builder.build()?))
    },
    no_credentials: || Credentials::oauth2("none", "none"),
    more_access: |credentials| Ok(credentials.into()),
    lookup: Some(|order, _| Ok(Lookup::OpttyOrder(order))),
    rate: None,
    webhooks: Webhooks::Unsigned {
        verifying: "it documents no signature; take it as a hint, and read the order with `refund fetch \
                    optty ORDER`",
        settling: "its callbacks do not say which refund they are about; reconcile without an event",
    },
};

/// Its table in the credentials file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    client_id: SecretString,
    client_secret: SecretString,
}

impl From<Table> for Access {
    fn from(table: Table) -> Self {
        Credentials::oauth2(table.client_id.expose_secret(), table.client_secret).into()
    }
}

/// A refund at Optty.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(super) named: Named,
    /// Reference of the order
    #[arg(long)]
    order: String,
    /// How much, such as "19.90 AUD"
    #[arg(long, value_name = "MONEY", value_parser = money, allow_hyphen_values = true)]
    amount: Money,
    /// The reason in words; the payment provider may see it
    #[arg(long)]
    description: String,
    /// Send the description without the reference, so that a lost answer cannot be settled for certain
    #[arg(long)]
    bare_description: bool,
    /// Send `isActivatedViaOAuth`
    #[arg(long, value_name = "BOOL")]
    activated_via_oauth: Option<bool>,
}

impl Arguments {
    pub(super) fn request(self) -> OpttyRefund {
        let mut refund = OpttyRefund::new(self.order, self.amount, self.description);
        if !self.bare_description {
            refund = refund.with_reference_in_description();
        }
        if let Some(activated) = self.activated_via_oauth {
            refund = refund.with_activated_via_oauth(activated);
        }
        refund
    }
}
