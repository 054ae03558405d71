//! A refund at a provider of one's own.

use provider_runtime::Json;
use serde::{Deserialize, Serialize};

use crate::{Money, ProviderName, custom::RequestOf};

/// A refund at a provider of your own, as it is stored: what its [`Provider`](crate::custom::Provider) needs, in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRefund {
    pub(crate) provider: ProviderName,
    pub(crate) payment: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) amount: Option<Money>,
    pub(crate) request: Json,
}

impl OwnRefund {
    /// The refund that `request` asks of `provider`.
    ///
    /// # Errors
    /// The request has no form in JSON, so that it could not be stored.
    pub fn new(provider: ProviderName, request: &impl RequestOf) -> serde_json::Result<Self> {
        Ok(Self {
            provider,
            payment: request.payment().to_owned(),
            amount: request.amount().cloned(),
            request: Json::of(request)?,
        })
    }

    /// What its provider needs.
    ///
    /// # Errors
    /// It is a request of another type.
    pub fn read<R: RequestOf>(&self) -> serde_json::Result<R> {
        self.request.read()
    }
}
