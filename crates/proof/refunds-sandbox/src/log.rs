//! What came in, and what the client got to see of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Fault, Provider};

/// A request and what became of it. It holds neither headers nor bodies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRecord {
    /// Its number, from 1, over all providers.
    pub number: u64,
    /// Where it arrived.
    pub provider: Provider,
    /// The operation, by its name ([`Provider::operations`]); none
    /// where the document has no such call.
    pub operation: Option<String>,
    /// The method.
    pub method: String,
    /// The path as it was sent, without the query.
    pub path: String,
    /// The header `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// When it arrived, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// The fault that it met.
    pub fault: Option<Fault>,
    /// Whether it put something into the ledger.
    pub committed: bool,
    /// The status that was sent; none where no answer was, or not yet.
    pub answered: Option<u16>,
}

/// Something in a request that the provider's document does not allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Number of the request.
    pub request: u64,
    /// Where it arrived.
    pub provider: Provider,
    /// The operation, if there is such a call.
    pub operation: Option<String>,
    /// The place in the request, such as `body/refundAmount/amount`.
    pub place: String,
    /// What is wrong there.
    pub problem: String,
}
