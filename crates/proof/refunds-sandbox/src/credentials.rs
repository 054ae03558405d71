//! What the sandbox accepts for credentials. They are worth nothing elsewhere.

use serde::{Deserialize, Serialize};

use crate::Provider;

pub(crate) const KOTANIPAY_KEY: &str = "sandbox-kotanipay-key";
pub(crate) const MCE_TOKEN: &str = "sandbox-mce-token";
pub(crate) const OPTTY_CLIENT_ID: &str = "sandbox-optty-client";
pub(crate) const OPTTY_CLIENT_SECRET: &str = "sandbox-optty-secret";
pub(crate) const OPTTY_SCOPE: &str = "api-user";
pub(crate) const TAZAPAY_KEY: &str = "ak_test_sandbox";
pub(crate) const TAZAPAY_SECRET: &str = "sk_test_sandbox";

/// The credentials that a provider of the sandbox accepts, by its scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "scheme", rename_all = "snake_case")]
pub enum Credentials {
    /// `Authorization: Bearer <token>`: Kotani Pay and MCE.
    Bearer {
        /// The API key or token; it does not expire.
        token: String,
    },
    /// `Authorization: Basic`: Tazapay.
    Basic {
        /// The API key, as the user name.
        key: String,
        /// The API secret, as the password.
        secret: String,
    },
    /// OAuth 2 client credentials, to be exchanged at the token URL: Optty.
    ClientCredentials {
        /// The client's id.
        client_id: String,
        /// The client's secret.
        client_secret: String,
        /// The scope to ask for.
        scope: String,
    },
}

impl Credentials {
    pub(crate) fn of(provider: Provider) -> Self {
        let bearer = |token: &str| Self::Bearer {
            token: token.to_owned(),
        };
        match provider {
            Provider::Kotanipay => bearer(KOTANIPAY_KEY),
            Provider::Mce => bearer(MCE_TOKEN),
            Provider::Optty => Self::ClientCredentials {
                client_id: OPTTY_CLIENT_ID.to_owned(),
                client_secret: OPTTY_CLIENT_SECRET.to_owned(),
                scope: OPTTY_SCOPE.to_owned(),
            },
            Provider::Tazapay => Self::Basic {
                key: TAZAPAY_KEY.to_owned(),
                secret: TAZAPAY_SECRET.to_owned(),
            },
        }
    }
}
