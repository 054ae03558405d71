use serde_json::{Value, json};

use crate::answer::Answer;

/// A documented error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code(pub(super) i64);

impl Code {
    pub(super) const BAD_JSON: Self = Self(100);
    pub(super) const FAULT: Self = Self(101);
    pub(super) const BAD_PATH: Self = Self(103);
    pub(super) const BAD_QUERY: Self = Self(104);
    pub(super) const NOT_FOUND: Self = Self(105);
    pub(super) const TOO_MANY: Self = Self(110);
    pub(super) const BAD_PAYIN: Self = Self(30000);
    pub(super) const BAD_ATTEMPT: Self = Self(30001);
    pub(super) const NOT_POSITIVE: Self = Self(30002);
    pub(super) const BAD_WEBHOOK: Self = Self(30005);
    pub(super) const NEITHER_PAYIN_NOR_ATTEMPT: Self = Self(30007);
    pub(super) const SEVERAL_ATTEMPTS: Self = Self(30008);
    pub(super) const ATTEMPT_NOT_SUCCEEDED: Self = Self(30009);
    pub(super) const FULLY_REFUNDED: Self = Self(30010);
    pub(super) const EXCEEDS_LEFT: Self = Self(30012);
    pub(super) const NEEDS_PHONE: Self = Self(30014);
    pub(super) const ACCOUNT_NOT_AUTHORISED: Self = Self(30017);
    pub(super) const NEEDS_CUSTOMER_DETAILS: Self = Self(30019);
    pub(super) const NO_PARTIAL_REFUND: Self = Self(30021);
}

pub(super) fn envelope(status: u16, message: &str, data: Value) -> Answer {
    let body = json!({"status": "success", "message": message, "data": data});
    Answer::json(status, body)
}

pub(super) fn error(status: u16, code: Code, message: &str) -> Answer {
    let body = json!({
        "status": "error",
        "message": message,
        "errors": [{"code": code.0, "message": message}],
    });
    Answer::json(status, body)
}
