//! A refund at a provider of one's own.

use provider_runtime::Json;
use serde::{Deserialize, Serialize};

use super::Stored;
use crate::{Money, ProviderName, Reference, RefundError, SettledBy, custom::RequestOf};

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

impl RequestOf for OwnRefund {
    fn payment(&self) -> &str {
        &self.payment
    }

    fn amount(&self) -> Option<&Money> {
        self.amount.as_ref()
    }
}

impl Stored for OwnRefund {
    fn provider(&self) -> ProviderName {
        self.provider
    }

    fn is_on(&self) -> bool {
        true
    }

    /// Its provider looks at it before it sends anything.
    fn check(&self, _: &Reference) -> Result<(), RefundError> {
        Ok(())
    }

    fn settled_by(&self, reference: &Reference) -> SettledBy {
        let amount = match &self.amount {
            Some(amount) => amount.to_string(),
            None => "everything".to_owned(),
        };
        SettledBy {
            event: None,
            question: format!(
                "was a refund of {amount} of `{}` made with the reference `{reference}`, and how did it end?",
                self.payment
            ),
        }
    }

    /// What its provider documents is not known here.
    fn may_be_repeated(&self) -> bool {
        true
    }
}
