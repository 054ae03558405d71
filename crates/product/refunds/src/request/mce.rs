//! A refund at MCE.

use serde::{Deserialize, Serialize};

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
}
