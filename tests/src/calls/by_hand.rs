//! By hand: what somebody would write who needs this one call and nothing else.

use std::collections::BTreeMap;
use std::hint::black_box;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONNECTION, HeaderValue};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Call, CallFailed};
use crate::server::LoopbackServer;
use crate::version_of;

/// A client of reqwest, with what the call needs.
#[derive(Debug)]
pub struct ByHand {
    call: Call,
    http: reqwest::Client,
    url: String,
    authorization: HeaderValue,
}

impl ByHand {
    /// A client for a call to a server.
    ///
    /// # Errors
    /// [`CallFailed::ByHand`].
    pub fn new(call: Call, server: &LoopbackServer) -> Result<Self, CallFailed> {
        let provider = call.name().split(' ').next().unwrap_or_default();
        let version = version_of(provider);
        // As the crates have it: a connection of its own for what moves money.
        let kept = if call.moves_money() { 0 } else { 1 };
        let http = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(kept)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(format!("{provider}/{version}"))
            .build()?;
        let path = match call {
            Call::Kotanipay => "api/v3/offramp",
            Call::Mce => "v1.0/payment/crypto/createCryptoRefund",
            Call::Optty => "orders",
            Call::Tazapay => "v3/refund",
        };
        let mut authorization = match call {
            // Base64 of `test-key:test-secret`.
            Call::Tazapay => HeaderValue::from_static("Basic dGVzdC1rZXk6dGVzdC1zZWNyZXQ="),
            _ => HeaderValue::from_static("Bearer test-token"),
        };
        authorization.set_sensitive(true);
        Ok(Self {
            call,
            http,
            url: format!("{}/{path}", server.url()),
            authorization,
        })
    }

    /// Makes the call and reads its answer.
    ///
    /// # Errors
    /// [`CallFailed::ByHand`] and [`CallFailed::Answer`].
    pub async fn call(&self) -> Result<(), CallFailed> {
        match self.call {
            Call::Kotanipay => {
                let request = self.http.get(format!("{}/{}", self.url, "offramp-001"));
                self.send::<OfframpAnswer>(request).await
            }
            Call::Mce => {
                let body = CryptoRefundRequest {
                    client_reference: "ref-1".to_owned(),
                    original_transaction_id: "txn-1".to_owned(),
                    original_transaction_type: 1,
                };
                let request = self.http.post(self.url.as_str()).json(&body);
                self.send::<CryptoRefundAnswer>(request).await
            }
            Call::Optty => {
                let body = OrderRefund {
                    refund_amount: OrderRefundAmount {
                        amount: 100.into(),
                        currency: "AUD".to_owned(),
                    },
                    refund_description: "Damaged".to_owned(),
                    refund_reference: "refund-1".to_owned(),
                };
                let request = self.http.post(format!("{}/{}/refund", self.url, "order-1"));
                self.send::<RefundResponse>(request.json(&body)).await
            }
            Call::Tazapay => {
                let body = CreateRefund {
                    amount: 90_000,
                    currency: "USD".to_owned(),
                    payin: "chk_1".to_owned(),
                };
                let request = self.http.post(self.url.as_str()).json(&body);
                self.send::<RefundEnvelope>(request.header("Idempotency-Key", "key-1"))
                    .await
            }
        }
    }

    async fn send<T: DeserializeOwned>(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<(), CallFailed> {
        // MCE documents its errors as problem details.
        let accept = match self.call {
            Call::Mce => "application/json, application/problem+json",
            _ => "application/json",
        };
        let request = match self.call.moves_money() {
            true => request.header(CONNECTION, HeaderValue::from_static("close")),
            false => request,
        };
        let response = request
            .header(ACCEPT, HeaderValue::from_static(accept))
            .header(AUTHORIZATION, self.authorization.clone())
            .send()
            .await?
            .error_for_status()?;
        let body = response.bytes().await?;
        drop(black_box(serde_json::from_slice::<T>(&body)?));
        Ok(())
    }
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what matters is that they are decoded")]
#[serde(rename_all = "camelCase")]
struct Offramp {
    reference_id: String,
    status: String,
    onchain_status: Option<String>,
    fiat_amount: Option<serde_json::Number>,
    fiat_currency: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what matters is that they are decoded")]
struct OfframpAnswer {
    success: Option<bool>,
    message: Option<String>,
    data: Offramp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CryptoRefundRequest {
    client_reference: String,
    original_transaction_id: String,
    original_transaction_type: i64,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what matters is that they are decoded")]
#[serde(rename_all = "camelCase")]
struct CryptoRefund {
    amount: Option<String>,
    blockchain: Option<String>,
    client_reference: Option<String>,
    crypto_refund_id: Option<String>,
    currency: Option<String>,
    fee_amount: Option<String>,
    fee_currency: Option<String>,
    original_transaction_id: Option<String>,
    original_transaction_type: Option<i64>,
    participant_code: Option<String>,
    status: Option<i64>,
    txn_hash: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what matters is that they are decoded")]
struct CryptoRefundAnswer {
    code: Option<String>,
    data: Option<CryptoRefund>,
    msg: Option<String>,
}

#[derive(Serialize)]
struct OrderRefundAmount {
    amount: serde_json::Number,
    currency: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderRefund {
    refund_amount: OrderRefundAmount,
    refund_description: String,
    refund_reference: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what matters is that they are decoded")]
#[serde(rename_all = "camelCase")]
struct RefundResponse {
    bnpl_provider: String,
    bnpl_refund_id: String,
    description: serde_json::Value,
    refund_date: String,
    refund_reference: String,
    refund_status: String,
    refunded_amount: serde_json::Number,
}

#[derive(Serialize)]
struct CreateRefund {
    amount: i64,
    currency: String,
    payin: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what matters is that they are decoded")]
struct CustomerReceives {
    amount: Option<i64>,
    currency: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what matters is that they are decoded")]
struct Refund {
    amount: Option<i64>,
    created_at: Option<String>,
    currency: Option<String>,
    customer_receives: Option<CustomerReceives>,
    id: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
    object: Option<String>,
    payin: Option<String>,
    payment_attempt: Option<String>,
    reason: Option<String>,
    status: Option<String>,
    status_description: Option<String>,
    webhook_url: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what matters is that they are decoded")]
struct RefundEnvelope {
    data: Option<Refund>,
    message: Option<String>,
    status: Option<String>,
}
