//! One call of each provider in two ways, for comparing what they cost: through
//! the provider's crate, and by hand with reqwest and serde_json.

mod by_crate;
mod by_hand;

use std::{fs, io};

use provider_runtime::SettingsError;

pub use by_crate::ByCrate;
pub use by_hand::ByHand;

use crate::{
    server::{LoopbackServer, Reply},
    specs_of,
};

/// A call that is made in both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// `offramp`, with a bearer token.
    Kotanipay,
    /// `create_crypto_refund`, with a bearer token.
    Mce,
    /// `refund_order`, with a token that OAuth 2.0 got and the client keeps.
    Optty,
    /// `create_refund`, with basic authentication and an idempotency key.
    Tazapay,
}

/// A call that did not come to its documented success, or could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum CallFailed {
    /// The crate's client could not be built.
    #[error("the client could not be built; correct its settings here")]
    Settings(#[from] SettingsError),
    /// The crate gave an error.
    #[error("the call through the crate failed: {0}")]
    ByCrate(String),
    /// reqwest gave an error.
    #[error("the call by hand failed")]
    ByHand(#[from] reqwest::Error),
    /// The answer does not decode by hand.
    #[error("the answer does not decode by hand; correct the types here")]
    Answer(#[from] serde_json::Error),
}

impl Call {
    /// One of each provider.
    pub const ALL: [Self; 4] = [Self::Kotanipay, Self::Mce, Self::Optty, Self::Tazapay];

    /// The provider and the operation.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kotanipay => "kotanipay offramp",
            Self::Mce => "mce create_crypto_refund",
            Self::Optty => "optty refund_order",
            Self::Tazapay => "tazapay create_refund",
        }
    }

    /// The answer that the server gives, after the provider's own samples and schemas.
    fn answer(self) -> io::Result<String> {
        let (provider, payload) = match self {
            Self::Kotanipay => {
                return Ok(r#"{"success":true,"message":"Offramp status retrieved","data":{"referenceId":"offramp-001","status":"PENDING","onchainStatus":"SUCCESSFUL","fiatAmount":38.5,"fiatCurrency":"KES"}}"#.to_owned());
            }
            Self::Mce => ("mce", "payloads/create_crypto_refund/200-success.json"),
            Self::Optty => (
                "optty",
                "payloads/refund_order/200-refund-successfully.json",
            ),
            Self::Tazapay => ("tazapay", "payloads/create_refund/202-accepted.json"),
        };
        // Read, and not compiled in: a package holds nothing from outside of its folder.
        fs::read_to_string(specs_of(provider).join(payload))
    }

    /// Whether the call sends money on its way; Kotani Pay's reads.
    #[must_use]
    pub fn moves_money(self) -> bool {
        self != Self::Kotanipay
    }

    fn status(self) -> u16 {
        if self == Self::Tazapay { 202 } else { 200 }
    }

    /// A server that gives the answer, and tokens at `/token`.
    ///
    /// # Errors
    /// When no port of 127.0.0.1 can be opened, or the answer cannot be read.
    pub fn server(self) -> io::Result<LoopbackServer> {
        let answer = Reply::json(self.status(), self.answer()?);
        let token = Reply::json(200, r#"{"access_token":"test-token","expires_in":86400}"#);
        LoopbackServer::start(move |request| match request.target.as_str() {
            "/token" => token.clone(),
            _ => answer.clone(),
        })
    }
}
