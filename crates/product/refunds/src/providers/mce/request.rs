//! A refund at MCE.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::PROFILE;
use crate::{
    Money, ProviderName, Reference, RefundError, RefundRequest, SettledBy, custom::RequestOf,
    request::Stored,
};

/// The refund of an incoming crypto payment that MCE holds. It is of everything: no amount is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MceRefund {
    pub(crate) original_transaction_type: i64,
    pub(crate) original_transaction_id: String,
}

impl MceRefund {
    /// The refund of a payment, by its type and id as MCE's webhook told them. The meanings of the
    /// types are not documented.
    pub fn new(original_transaction_type: i64, original_transaction_id: impl Into<String>) -> Self {
        Self {
            original_transaction_type,
            original_transaction_id: original_transaction_id.into(),
        }
    }

    pub(super) fn check(&self) -> Result<(), RefundError> {
        match self.original_transaction_id.as_str() {
            "" => Err(PROFILE.invalid(
                "original transaction id",
                "it is empty; give the id that MCE's webhook told",
            )),
            _ => Ok(()),
        }
    }
}

impl RequestOf for MceRefund {
    fn payment(&self) -> &str {
        &self.original_transaction_id
    }

    fn amount(&self) -> Option<&Money> {
        None
    }

    fn of(request: &RefundRequest, _: ProviderName) -> Option<Cow<'_, Self>> {
        let RefundRequest::Mce(refund) = request else {
            return None;
        };
        Some(Cow::Borrowed(refund))
    }
}

impl Stored for MceRefund {
    fn provider(&self) -> ProviderName {
        ProviderName::Mce
    }

    fn is_on(&self) -> bool {
        cfg!(feature = "mce")
    }

    fn check(&self, _: &Reference) -> Result<(), RefundError> {
        self.check()
    }

    fn settled_by(&self, reference: &Reference) -> SettledBy {
        SettledBy {
            event: Some(format!(
                "a crypto refund webhook of mce with `clientReference` `{reference}`, if somebody \
                 vouches for it: it cannot be verified"
            )),
            question: format!(
                "was a refund of transaction `{}` made with clientReference `{reference}`, and how \
                 did it end?",
                self.original_transaction_id
            ),
        }
    }
}
