//! Calls that a provider documents and the effective document does not have yet.

use serde_json::{Value, json};

use crate::Provider;

/// A call, and the part of an OpenAPI document that describes it.
pub(super) struct Beside {
    /// The name that it has in `provider.toml` once it is there.
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    pub(super) method: &'static str,
    pub(super) described: Value,
}

impl Beside {
    /// Method and path, as `provider.toml` has them.
    pub(super) fn call(&self) -> String {
        format!("{} {}", self.method.to_ascii_uppercase(), self.path)
    }
}

pub(super) fn of(provider: Provider) -> Vec<Beside> {
    match provider {
        // developer.tazapay.com, payment-attempts-1/fetch-payment-attempt.
        Provider::Tazapay => vec![Beside {
            name: "payment_attempt",
            path: "/v3/payment_attempt/{id}",
            method: "get",
            described: json!({
                "summary": "Fetch Payment Attempt",
                "parameters": [
                    {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
                ],
            }),
        }],
        Provider::Kotanipay | Provider::Mce | Provider::Optty => Vec::new(),
    }
}
