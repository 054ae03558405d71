//! Whether a refund is made, and how it stands.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use hyper::Uri;
use serde_json::{Value, json};

use super::{answers::Code, refunds::Refunds, settles_at};
use crate::{
    CreatedAt, OmittedAmount, Payin, PaymentAttempt, Provider, TazapaySettings, documents::Problem,
    imitations::Call, kept::Kept, money, webhooks::Announcement,
};

/// The amount whose refunds settle to failed in the provider's own sandbox, in
/// hundredths.
const FAILING_AMOUNT: i64 = 20_000;

/// A refund that was made. Amounts are in hundredths.
#[derive(Clone)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) payin: String,
    pub(super) attempt: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    reason: String,
    metadata: Value,
    webhook_url: String,
    pub(super) created_at: DateTime<Utc>,
    pub(super) settles_at: DateTime<Utc>,
    pub(super) fails: bool,
    /// The status word of one that fails.
    failed_word: String,
}

pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) code: Code,
    pub(super) message: &'static str,
    /// When the request is not as documented.
    pub(super) problem: Option<Problem>,
}

impl Refused {
    fn with<T>(code: Code, message: &'static str) -> Result<T, Self> {
        Err(Self {
            status: 400,
            code,
            message,
            problem: None,
        })
    }
}

pub(super) fn decide(
    settings: &TazapaySettings,
    payins: &BTreeMap<String, Payin>,
    made: &Refunds,
    call: &Call<'_>,
) -> Result<Refund, Refused> {
    if !settings.account_may_refund {
        return Refused::with(Code::ACCOUNT_NOT_AUTHORISED, "account not authorised");
    }
    let (payin, attempt) = paid(payins, call)?;
    check_demands(payin, call)?;
    let has_other_currency = call
        .text("currency")
        .is_some_and(|currency| !currency.eq_ignore_ascii_case(&payin.currency));
    if has_other_currency {
        let code = Code(settings.currency_mismatch_code);
        return Refused::with(code, "currency is not that of the payin");
    }
    let amount = amount(settings, payin, made, call)?;
    let text = |name| call.text(name).unwrap_or_default().to_owned();
    let metadata = match call.body.and_then(|body| body.get("metadata")) {
        Some(Value::String(text)) => serde_json::from_str(text).ok(),
        object => object.cloned(),
    };
    Ok(Refund {
        id: made.next_id(),
        payin: payin.id.clone(),
        attempt: attempt.id.clone(),
        amount,
        currency: payin.currency.clone(),
        reason: text("reason"),
        metadata: metadata.unwrap_or_else(|| json!({})),
        webhook_url: text("webhook_url"),
        created_at: call.now,
        settles_at: settles_at(settings, call),
        fails: call.fails_as.is_some() || amount == FAILING_AMOUNT,
        failed_word: call.fails_as.unwrap_or("failed").to_owned(),
    })
}

/// The payin and the attempt that paid it.
fn paid<'a>(
    payins: &'a BTreeMap<String, Payin>,
    call: &Call<'_>,
) -> Result<(&'a Payin, &'a PaymentAttempt), Refused> {
    let payin = match call.text("payin").map(|id| payins.get(id)) {
        Some(None) => return Refused::with(Code::BAD_PAYIN, "bad payin id"),
        Some(found) => found,
        None => None,
    };
    let attempt = match (call.text("payment_attempt"), payin) {
        (Some(id), Some(payin)) => payin.attempt(id).map(|attempt| (payin, attempt)),
        (Some(id), None) => {
            let mut all = payins.values();
            all.find_map(|payin| Some((payin, payin.attempt(id)?)))
        }
        (None, Some(payin)) => match payin.attempts.as_slice() {
            [attempt] => Some((payin, attempt)),
            _ => return Refused::with(Code::SEVERAL_ATTEMPTS, "payin has several attempts"),
        },
        (None, None) => {
            let why = "neither payin nor payment_attempt";
            return Refused::with(Code::NEITHER_PAYIN_NOR_ATTEMPT, why);
        }
    };
    match attempt {
        None => Refused::with(Code::BAD_ATTEMPT, "bad payment_attempt id"),
        Some((_, attempt)) if !attempt.succeeded => Err(Refused {
            status: 409,
            code: Code::ATTEMPT_NOT_SUCCEEDED,
            message: "payment attempt has not succeeded",
            problem: None,
        }),
        Some(paid) => Ok(paid),
    }
}

impl Payin {
    pub(super) fn attempt(&self, id: &str) -> Option<&PaymentAttempt> {
        self.attempts.iter().find(|attempt| attempt.id == id)
    }
}

/// What the payin and its payment method ask for.
fn check_demands(payin: &Payin, call: &Call<'_>) -> Result<(), Refused> {
    if let Some(code) = payin.refused_with {
        return Refused::with(Code(code), "refund is not possible");
    }
    let customer = call.body.and_then(|body| body.get("customer_details"));
    if payin.needs_customer_details && customer.is_none() {
        let why = "customer_details with email required";
        return Refused::with(Code::NEEDS_CUSTOMER_DETAILS, why);
    }
    let phone = customer.and_then(|customer| customer.get("phone")?.get("number"));
    if payin.needs_phone && phone.is_none() {
        return Refused::with(Code::NEEDS_PHONE, "buyer phone missing");
    }
    if call.text("webhook_url").is_some_and(|url| !is_web_url(url)) {
        return Refused::with(Code::BAD_WEBHOOK, "bad webhook URL");
    }
    Ok(())
}

/// The amount to refund; by the settings when the request has none.
fn amount(
    settings: &TazapaySettings,
    payin: &Payin,
    made: &Refunds,
    call: &Call<'_>,
) -> Result<i64, Refused> {
    // The payin was checked to fit when it was added.
    let full = money::to_hundredths(payin.amount).unwrap_or_default();
    let refunded: i64 = made
        .of_payin(&payin.id)
        .filter(|refund| !refund.has_failed(call.now))
        .map(|refund| refund.amount)
        .sum();
    let left = full - refunded;
    let asked = match call.body.and_then(|body| body.get("amount")) {
        None => match settings.omitted_amount {
            OmittedAmount::FullAmount => full,
            OmittedAmount::WhatIsLeft => left,
        },
        Some(amount) => match amount.as_i64() {
            Some(amount) => amount,
            None => {
                return Err(Refused {
                    status: 400,
                    code: Code::BAD_JSON,
                    message: "amount is not an integer",
                    problem: Some(Problem::at(
                        "body/amount",
                        format!("{amount} is not written as an integer of 64 bits"),
                    )),
                });
            }
        },
    };
    if left == 0 {
        return Refused::with(Code::FULLY_REFUNDED, "already fully refunded");
    }
    if asked < full && !payin.partial_refunds {
        return Refused::with(Code::NO_PARTIAL_REFUND, "partial refund unsupported");
    }
    if asked > left {
        return Refused::with(Code::EXCEEDS_LEFT, "amount exceeds what is left");
    }
    Ok(asked)
}

impl Refund {
    pub(super) fn has_failed(&self, now: DateTime<Utc>) -> bool {
        self.fails && now >= self.settles_at
    }

    fn status(&self, now: DateTime<Utc>) -> &str {
        match (now >= self.settles_at, self.fails) {
            (false, _) => "pending",
            (true, false) => "succeeded",
            (true, true) => &self.failed_word,
        }
    }

    /// The event's name, of which there are few, whatever the status word.
    fn event(&self, at: DateTime<Utc>) -> &'static str {
        match (at >= self.settles_at, self.fails) {
            (false, _) => "refund.pending",
            (true, false) => "refund.succeeded",
            (true, true) => "refund.failed",
        }
    }

    /// What the customer is told: that it was made, and how it ended.
    pub(super) fn announcements(&self) -> impl Iterator<Item = Announcement> {
        // What settles at once is never pending.
        let made_at = (self.created_at < self.settles_at).then_some(self.created_at);
        let times = made_at.into_iter().chain([self.settles_at]);
        times.map(|at| {
            let status = self.status(at);
            let created_at = self.created_at.to_rfc3339_opts(SecondsFormat::Micros, true);
            let mut data = self.object(status, created_at);
            if let Some(members) = data.as_object_mut() {
                // Events call it `status_reason`.
                let reason = members.remove("status_description");
                members.insert("status_reason".to_owned(), reason.unwrap_or_default());
            }
            Announcement {
                provider: Provider::Tazapay,
                at,
                subject: self.id.clone(),
                event: self.event(at).to_owned(),
                data: Kept::from(&data),
            }
        })
    }

    pub(super) fn to_json(&self, settings: &TazapaySettings, now: DateTime<Utc>) -> Value {
        let created_at = match settings.created_at {
            CreatedAt::Spaced => self.created_at.format("%Y-%m-%d %H:%M:%S").to_string(),
            CreatedAt::Rfc3339 => self.created_at.to_rfc3339_opts(SecondsFormat::Micros, true),
        };
        self.object(self.status(now), created_at)
    }

    fn object(&self, status: &str, created_at: String) -> Value {
        json!({
            "id": self.id,
            "object": "refund",
            "payin": self.payin,
            "amount": self.amount,
            "currency": self.currency,
            "customer_receives": {"currency": "", "amount": null},
            "payment_attempt": self.attempt,
            "reason": self.reason,
            "metadata": self.metadata,
            "status": status,
            "status_description": "",
            "webhook_url": self.webhook_url,
            "created_at": created_at,
            "balance_transaction": "",
            "reference_id": "",
            "holding_currency": self.currency,
        })
    }
}

fn is_web_url(text: &str) -> bool {
    text.parse::<Uri>()
        .is_ok_and(|url| matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some())
}
