//! Kotani Pay: refunds of offramp transactions, retried until they succeed.

mod events;
mod rate_limits;
mod signing;
mod transaction;

use std::{
    collections::{BTreeMap, BTreeSet},
    slice,
};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use self::{rate_limits::RateLimiter, signing::Signatures, transaction::Transaction};
use super::{
    Imitation,
    call::{Call, Desk, Refusal, bearer, in_words, status_name},
};
use crate::{
    AcceptedBody, KotanipaySettings, Offramp, SandboxError, answer::Answer,
    credentials::KOTANIPAY_KEY, ledger::Book, seed::already_there,
};

/// How a Lightning invoice begins.
const INVOICE_PREFIX: &str = "lnbc";

pub(crate) struct Kotanipay {
    settings: KotanipaySettings,
    /// By the integrator's reference.
    transactions: BTreeMap<String, Transaction>,
    limiter: RateLimiter,
    signatures: Signatures,
}

impl Kotanipay {
    pub(crate) fn new(settings: KotanipaySettings) -> Self {
        Self {
            settings,
            transactions: BTreeMap::new(),
            limiter: RateLimiter::default(),
            signatures: Signatures::default(),
        }
    }

    pub(crate) fn add(
        &mut self,
        offramp: Offramp,
        now: DateTime<Utc>,
        book: &mut Book,
    ) -> Result<(), SandboxError> {
        offramp.check()?;
        let reference = offramp.reference_id.clone();
        if self.transactions.contains_key(&reference) {
            return Err(already_there("offramp", &reference));
        }
        let transaction = Transaction::new(offramp, now);
        transaction.announce_need_of_invoice(now, book);
        self.transactions.insert(reference, transaction);
        Ok(())
    }

    fn retry(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        let transaction = self.transactions.get_mut(call.path_value("referenceId"));
        let Some(transaction) = transaction else {
            return error(404, "Reference Id not found");
        };
        if transaction.retry(&self.settings, call, desk.book) {
            self.accepted("Refund retry initiated")
        } else {
            error(400, "Cannot retry refund")
        }
    }

    fn retry_several(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        let references = call
            .body
            .and_then(|body| body.get("referenceIds")?.as_array())
            .filter(|references| !references.is_empty());
        let Some(references) = references else {
            return error(400, "Invalid request");
        };
        // Named twice in one request, a refund is still meant once.
        let named: BTreeSet<&str> = references.iter().filter_map(Value::as_str).collect();
        for reference in named {
            if let Some(transaction) = self.transactions.get_mut(reference) {
                transaction.retry(&self.settings, call, desk.book);
            }
        }
        self.accepted("Refund retries initiated")
    }

    fn retry_all(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        for transaction in self.transactions.values_mut() {
            if transaction.has_failed_refund() {
                transaction.retry(&self.settings, call, desk.book);
            }
        }
        self.accepted("Refund retries initiated")
    }

    fn submit_invoice(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        let transaction = self.transactions.get_mut(call.path_value("referenceId"));
        let Some(transaction) = transaction else {
            return error(404, "Offramp transaction not found");
        };
        let is_invoice = call
            .text("invoice")
            .is_some_and(|invoice| invoice.starts_with(INVOICE_PREFIX));
        if is_invoice && transaction.take_invoice(&self.settings, call, desk.book) {
            self.accepted("Refund invoice submitted")
        } else {
            error(400, "Invalid invoice or not eligible for Lightning refund")
        }
    }

    fn refund_status(&self, call: &Call<'_>) -> Answer {
        match self.transactions.get(call.path_value("referenceId")) {
            Some(transaction) => success(
                "Refund status retrieved",
                transaction.refund_status(&self.settings),
            ),
            None => error(404, "Reference Id not found"),
        }
    }

    fn offramp(&self, call: &Call<'_>) -> Answer {
        match self.transactions.get(call.path_value("referenceId")) {
            Some(transaction) => success(
                "Offramp status retrieved",
                transaction.to_json(&self.settings),
            ),
            None => error(404, "Reference Id not found"),
        }
    }

    fn accepted(&self, message: &str) -> Answer {
        let status = self.settings.accepted_status;
        match self.settings.accepted_body {
            AcceptedBody::Empty => Answer::empty(status),
            AcceptedBody::Envelope => Answer {
                status,
                ..success(message, json!({}))
            },
        }
    }
}

impl Imitation for Kotanipay {
    fn refuse(&self, _number: u64, _path: &str, refusal: Refusal<'_>) -> Answer {
        match refusal {
            Refusal::NoSuchCall { status } => error(status, status_name(status)),
            Refusal::Invalid { problems, .. } => {
                let errors = problems
                    .iter()
                    .map(|problem| in_words(slice::from_ref(problem)));
                let data = json!({"errors": errors.collect::<Vec<_>>()});
                let body = json!({"success": false, "message": "Invalid request", "data": data});
                Answer::json(400, body)
            }
            Refusal::Unauthorized => error(401, "Unauthorized"),
            Refusal::TooMany { seconds } => {
                let data = seconds.map_or_else(|| json!({}), |wait| json!({"retryAfter": wait}));
                let body = json!({
                    "statusCode": 429,
                    "message": "Too many requests",
                    "error": "Too Many Requests",
                    "data": data,
                });
                Answer::json(429, body)
            }
            Refusal::Broken { status } => error(status, status_name(status)),
        }
    }

    fn admit(&mut self, call: &Call<'_>) -> Result<(), Answer> {
        let is_known = bearer(call.request) == Some(KOTANIPAY_KEY);
        let is_signed = self
            .settings
            .signing_secret
            .as_ref()
            .is_none_or(|secret| self.signatures.accept(secret, call));
        let refusal = if !is_known || !is_signed {
            Refusal::Unauthorized
        } else if let Some(limits) = &self.settings.rate_limits
            && let Err(wait) = self.limiter.admit(limits, call)
        {
            Refusal::TooMany {
                seconds: Some(wait),
            }
        } else {
            return Ok(());
        };
        Err(self.refuse(call.number, &call.request.path, refusal))
    }

    fn respond(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        match call.path_values.get("referenceId") {
            Some(reference) => {
                if let Some(transaction) = self.transactions.get_mut(reference) {
                    transaction.pass_time(&self.settings, call.now, desk.book);
                }
            }
            None => self.pass_time(call.now, desk.book),
        }
        match call.operation.name.as_str() {
            "retry_refund" => self.retry(call, desk),
            "retry_refunds" => self.retry_several(call, desk),
            "retry_all_failed_refunds" => self.retry_all(call, desk),
            "submit_refund_invoice" => self.submit_invoice(call, desk),
            "refund_status" => self.refund_status(call),
            "offramp" => self.offramp(call),
            _ => error(404, status_name(404)),
        }
    }

    fn rehearse(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        let transactions = self.transactions.clone();
        let answer = self.respond(call, desk);
        self.transactions = transactions;
        answer
    }

    fn pass_time(&mut self, now: DateTime<Utc>, book: &mut Book) {
        for transaction in self.transactions.values_mut() {
            transaction.pass_time(&self.settings, now, book);
        }
    }

    fn next_due(&self) -> Option<DateTime<Utc>> {
        let transactions = self.transactions.values();
        transactions
            .filter_map(|transaction| transaction.automatic_refund_due(&self.settings))
            .min()
    }
}

fn success(message: &str, data: Value) -> Answer {
    let body = json!({"success": true, "message": message, "data": data});
    Answer::json(200, body)
}

/// An error as the page of `retry-refund` prints it.
fn error(status: u16, message: &str) -> Answer {
    let body = json!({"success": false, "message": message, "data": {}});
    Answer::json(status, body)
}
