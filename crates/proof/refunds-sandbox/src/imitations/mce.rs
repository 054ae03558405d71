//! MCE: refunds of flagged crypto payments, each once and in full.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Imitation,
    call::{Call, Desk, Refusal, bearer, in_words, status_name, uuid_like},
};
use crate::{
    MceSettings, PendingRefund, Provider, Repeat, SandboxError, SuccessCode,
    answer::Answer,
    credentials::MCE_TOKEN,
    kept::Kept,
    ledger::{Commitment, EntryKind},
    seed::already_there,
    webhooks::Announcement,
};

/// The page that explains every error.
const ERROR_PAGE: &str = "https://api-doc.mce.sg/8182426m0";

pub(crate) struct Mce {
    settings: MceSettings,
    /// By type and id of the original transaction.
    payments: BTreeMap<(i64, String), Payment>,
    refunds: u64,
}

#[derive(Clone)]
struct Payment {
    pending: PendingRefund,
    /// The answer to the first create.
    refunded: Option<Value>,
}

impl Mce {
    pub(crate) const fn new(settings: MceSettings) -> Self {
        Self {
            settings,
            payments: BTreeMap::new(),
            refunds: 0,
        }
    }

    pub(crate) fn add(&mut self, pending: PendingRefund) -> Result<(), SandboxError> {
        pending.check()?;
        let key = (pending.transaction_type, pending.transaction_id.clone());
        if self.payments.contains_key(&key) {
            return Err(already_there("pending refund", &pending.transaction_id));
        }
        let payment = Payment {
            pending,
            refunded: None,
        };
        self.payments.insert(key, payment);
        Ok(())
    }

    fn create(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        let kind = call
            .body
            .and_then(|body| body.get("originalTransactionType")?.as_i64());
        let key = kind.zip(call.text("originalTransactionId").map(str::to_owned));
        let Some(payment) = key.and_then(|key| self.payments.get_mut(&key)) else {
            return self.nothing_pending(call);
        };
        match (&payment.refunded, self.settings.repeated_create) {
            (Some(_), Repeat::Refused) => return self.nothing_pending(call),
            (Some(first), Repeat::Replayed) => return Answer::json(200, first.clone()),
            (Some(_), Repeat::PaysAgain) | (None, _) => {}
        }
        self.refunds += 1;
        let client_reference = call.text("clientReference").map(str::to_owned);
        let refund_id = format!("CR{:012}", self.refunds);
        let pending = &payment.pending;
        let code = match self.settings.success_code {
            SuccessCode::Text => json!("200"),
            SuccessCode::Number => json!(200),
        };
        let answer = json!({
            "code": code,
            "msg": "success",
            "data": {
                "cryptoRefundId": refund_id,
                "originalTransactionType": pending.transaction_type,
                "originalTransactionId": pending.transaction_id,
                "participantCode": "SANDBOX",
                "clientReference": client_reference,
                "status": self.settings.status,
                "blockchain": pending.blockchain,
                "currency": pending.currency,
                "amount": pending.amount.to_string(),
                "feeCurrency": pending.currency,
                "feeAmount": pending.fee.to_string(),
                "txnHash": "",
            },
        });
        let answer = without_nulls(answer);
        let mut data = answer.get("data").cloned().unwrap_or_default();
        data["refundAddress"] = json!(format!("0xrefund-{}", pending.transaction_id));
        desk.book.announce(Announcement {
            provider: Provider::Mce,
            at: call.now,
            subject: refund_id.clone(),
            event: self.settings.webhook_event_type.clone(),
            data: Kept::from(&data),
        });
        desk.book.commit(Commitment {
            provider: Provider::Mce,
            kind: EntryKind::Refund,
            subject: pending.transaction_id.clone(),
            client_reference,
            idempotency_key: None,
            amount: pending.amount,
            currency: pending.currency.clone(),
            refund_id,
            committed_at: call.now,
            request: Some(call.number),
            settles_at: call.now,
            fails: false,
        });
        payment.refunded.get_or_insert_with(|| answer.clone());
        Answer::json(200, answer)
    }

    fn nothing_pending(&self, call: &Call<'_>) -> Answer {
        problem(
            call.number,
            &call.request.path,
            self.settings.no_pending_status,
            &self.settings.no_pending_code,
            "No pending refund exists for the payment.",
        )
    }
}

impl Imitation for Mce {
    fn refuse(&self, number: u64, path: &str, refusal: Refusal<'_>) -> Answer {
        let (status, code, detail) = match refusal {
            Refusal::NoSuchCall { status } => (status, "NOT_FOUND", "No such call.".to_owned()),
            Refusal::Invalid { problems, .. } => (400, "INVALID_REQUEST", in_words(problems)),
            Refusal::Unauthorized => (
                401,
                "UNAUTHORIZED",
                "The token is missing or no longer valid.".to_owned(),
            ),
            Refusal::TooMany { .. } => (429, "TOO_MANY_REQUESTS", "Too many requests.".to_owned()),
            Refusal::Broken { status } => (
                status,
                "INTERNAL_ERROR",
                "The request could not be handled.".to_owned(),
            ),
        };
        problem(number, path, status, code, &detail)
    }

    fn admit(&mut self, call: &Call<'_>) -> Result<(), Answer> {
        if bearer(call.request) == Some(MCE_TOKEN) {
            Ok(())
        } else {
            Err(self.refuse(call.number, &call.request.path, Refusal::Unauthorized))
        }
    }

    fn respond(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        match call.operation.name.as_str() {
            "create_crypto_refund" => self.create(call, desk),
            _ => self.refuse(
                call.number,
                &call.request.path,
                Refusal::NoSuchCall { status: 404 },
            ),
        }
    }

    fn rehearse(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        let payments = self.payments.clone();
        let answer = self.respond(call, desk);
        // The count of refunds stays: an id that was shown is never another refund's.
        self.payments = payments;
        answer
    }
}

/// An RFC 7807 problem. Its codes are the sandbox's own: the documentation names
/// one, of another call.
fn problem(number: u64, path: &str, status: u16, code: &str, detail: &str) -> Answer {
    let body = json!({
        "type": ERROR_PAGE,
        "title": status_name(status),
        "status": status,
        "detail": detail,
        "instance": path,
        "code": code,
        "logId": uuid_like(0x4d43, number),
    });
    Answer::problem(status, body)
}

/// `clientReference` is absent where none was sent.
fn without_nulls(mut answer: Value) -> Value {
    if let Some(data) = answer.get_mut("data").and_then(Value::as_object_mut) {
        data.retain(|_, value| !value.is_null());
    }
    answer
}
