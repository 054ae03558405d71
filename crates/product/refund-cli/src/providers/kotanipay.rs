//! Kotani Pay.

use std::env;
use std::num::NonZeroU32;

use refunds::{
    Lookup, Reference, Refunds, kotanipay::Client, kotanipay::RequestSigning,
    kotanipay::webhooks::Verifier, provider_runtime::Credentials,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{Known, Webhooks, at};
use crate::credentials::{Access, CredentialsError};

/// Signs requests, for accounts of which that is asked.
const SIGNING_VARIABLE: &str = "KOTANIPAY_API_SECRET";

pub(super) static KNOWN: Known = Known {
    title: "Kotani Pay",
    variables: "KOTANIPAY_API_KEY, and KOTANIPAY_API_SECRET if its requests are signed",
    base_url: "KOTANIPAY_BASE_URL",
    token_url: None,
    has_hosts: true,
    connect: |place,
              Access {
                  credentials,
                  signing,
              }| {
        let mut builder = at(Client::builder(), place, credentials);
        if let Some(signing) = signing {
            builder = builder.request_signer(signing);
        }
        Ok(Refunds::from(builder.build()?))
    },
    no_credentials: || Credentials::bearer("none"),
    more_access: |credentials| {
        let signing = match env::var(SIGNING_VARIABLE) {
            Ok(secret) if secret.is_empty() => None,
            Ok(secret) => Some(RequestSigning::new(&secret)),
            Err(env::VarError::NotPresent) => None,
            Err(env::VarError::NotUnicode(_)) => {
                let variable = SIGNING_VARIABLE;
                return Err(CredentialsError::NotText { variable });
            }
        };
        Ok(Access {
            credentials,
            signing,
        })
    },
    lookup: Some(|reference, offramp| {
        let reference = Reference::new(reference)?;
        Ok(match offramp {
            true => Lookup::KotanipayOfframp(reference),
            false => Lookup::KotanipayRefund(reference),
        })
    }),
    // 60 requests that move money in a minute (developers.kotanipay.com, rate limits).
    rate: NonZeroU32::new(1),
    webhooks: Webhooks::Signed(|secrets, header| {
        let verifier = Verifier::new(secrets);
        Box::new(match header {
            Some(name) => verifier.with_signature_header(name),
            None => verifier,
        })
    }),
};

/// Its table in the credentials file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    api_key: SecretString,
    api_secret: Option<SecretString>,
}

impl From<Table> for Access {
    fn from(table: Table) -> Self {
        let signing = table.api_secret;
        Self {
            credentials: Credentials::bearer(table.api_key),
            signing: signing.map(|secret| RequestSigning::new(secret.expose_secret())),
        }
    }
}
