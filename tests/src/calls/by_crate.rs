//! Through the provider's crate, as its documentation shows it.

use std::hint::black_box;

use provider_runtime::{ClientBuilder, Credentials, Environment, GeneratedClient};

use super::{Call, CallFailed};
use crate::server::LoopbackServer;

/// A client of the provider's crate.
#[derive(Debug)]
pub enum ByCrate {
    /// Of Kotani Pay.
    Kotanipay(kotanipay::Client),
    /// Of MCE.
    Mce(mce::Client),
    /// Of Optty.
    Optty(optty::Client),
    /// Of Tazapay.
    Tazapay(tazapay::Client),
}

impl ByCrate {
    /// A client for a call to a server.
    ///
    /// # Errors
    /// [`CallFailed::Settings`].
    pub fn new(call: Call, server: &LoopbackServer) -> Result<Self, CallFailed> {
        fn at<C: GeneratedClient>(
            server: &LoopbackServer,
            credentials: Credentials,
        ) -> ClientBuilder<C> {
            ClientBuilder::new()
                .environment(Environment::BaseUrl(server.url()))
                .credentials(credentials)
        }
        let bearer = || Credentials::bearer("test-token");
        Ok(match call {
            Call::Kotanipay => Self::Kotanipay(at(server, bearer()).build()?),
            Call::Mce => Self::Mce(at(server, bearer()).build()?),
            Call::Optty => {
                let oauth2 = Credentials::oauth2("client", "secret");
                let token_url = format!("{}/token", server.url());
                Self::Optty(at(server, oauth2).token_url(token_url).build()?)
            }
            Call::Tazapay => {
                let basic = Credentials::basic("test-key", "test-secret");
                Self::Tazapay(at(server, basic).build()?)
            }
        })
    }

    /// Makes the call and reads its answer.
    ///
    /// # Errors
    /// [`CallFailed::ByCrate`].
    pub async fn call(&self) -> Result<(), CallFailed> {
        fn failed(error: impl std::fmt::Display) -> CallFailed {
            CallFailed::ByCrate(error.to_string())
        }
        match self {
            Self::Kotanipay(client) => {
                let call = client.offramp().reference_id("offramp-001");
                drop(black_box(call.send().await.map_err(failed)?));
            }
            Self::Mce(client) => {
                let body = mce::types::CryptoRefundRequest::builder()
                    .original_transaction_type(1)
                    .original_transaction_id("txn-1")
                    .client_reference("ref-1".to_owned());
                let call = client.create_crypto_refund().body(body);
                drop(black_box(call.send().await.map_err(failed)?));
            }
            Self::Optty(client) => {
                let amount = optty::types::OrderRefundAmount::builder()
                    .amount(100)
                    .currency("AUD");
                let body = optty::types::OrderRefundDto::builder()
                    .refund_reference("refund-1")
                    .refund_amount(amount)
                    .refund_description("Damaged");
                let call = client.refund_order().order_reference("order-1").body(body);
                drop(black_box(call.send().await.map_err(failed)?));
            }
            Self::Tazapay(client) => {
                let body = tazapay::types::CreateRefundRequest::builder()
                    .payin("chk_1".to_owned())
                    .amount(90_000)
                    .currency("USD".to_owned());
                let call = client.create_refund().idempotency_key("key-1").body(body);
                drop(black_box(call.send().await.map_err(failed)?));
            }
        }
        Ok(())
    }
}
