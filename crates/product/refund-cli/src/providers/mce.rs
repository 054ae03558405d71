//! MCE.

use clap::Args;
use refunds::{
    MceRefund, Refunds, mce::Client, mce::webhooks::Reader, provider_runtime::Credentials,
    webhooks::UpdateReader,
};
use secrecy::SecretString;
use serde::Deserialize;

use super::{Known, Webhooks, at};
use crate::{
    arguments::{Named, transaction_type},
    credentials::Access,
};

pub(super) static KNOWN: Known = Known {
    title: "MCE (MetaComp)",
    variables: "MCE_TOKEN",
    base_url: "MCE_BASE_URL",
    token_url: None,
    has_hosts: false,
    connect: |place, access| {
        let builder = at(Client::builder(), place, access.credentials);
        Ok(Refunds::from(builder.build()?))
    },
    no_credentials: || Credentials::bearer("none"),
    more_access: |credentials| Ok(credentials.into()),
    lookup: None,
    rate: None,
    webhooks: Webhooks::Vouched {
        max_body: || UpdateReader::max_body(&Reader::new()),
        read: |body| UpdateReader::receive(&Reader::new(), body),
        verifying: "it documents no way to verify a signature; take it as a hint, and ask the provider's \
                    support",
        settling: "it documents no way to verify a signature; if you know that the event is MCE's, say so \
                   with --vouched",
    },
};

/// Its table in the credentials file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    token: SecretString,
}

impl From<Table> for Access {
    fn from(table: Table) -> Self {
        Credentials::bearer(table.token).into()
    }
}

/// A refund at MCE.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(super) named: Named,
    /// Type of the original transaction, as MCE's webhook told it
    #[arg(long, value_name = "NUMBER", value_parser = transaction_type, allow_hyphen_values = true)]
    transaction_type: i64,
    /// Id of the original transaction
    #[arg(long, value_name = "ID")]
    transaction_id: String,
}

impl Arguments {
    pub(super) fn request(self) -> MceRefund {
        MceRefund::new(self.transaction_type, self.transaction_id)
    }
}
