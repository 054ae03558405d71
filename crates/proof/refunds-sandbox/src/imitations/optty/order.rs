//! One order, its refunds, and what its details show of them.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use crate::{
    OpttySettings, Order, PendingRefunds, Provider, clock,
    documents::Problem,
    imitations::{Call, Desk, call::uuid_like},
    kept::Kept,
    ledger::{Commitment, EntryKind},
    money,
    webhooks::Announcement,
};

const SUCCESSFUL: &str = "SUCCESSFUL";
/// The reason of a failed refund, in the sandbox's own words.
const FAILURE: &str = "the payment provider refused the refund";
/// The event of every refund.
const CALLBACK: &str = "REFUND_CALLBACK";

#[derive(Clone)]
pub(super) struct OrderBook {
    order: Order,
    added_at: DateTime<Utc>,
    refunds: Vec<Refund>,
}

#[derive(Clone)]
struct Refund {
    number: u64,
    amount: Decimal,
    reason: String,
    created_at: DateTime<Utc>,
    /// How it is pending, and how it ends.
    pending: Option<PendingRefunds>,
}

/// What a valid request asks for.
pub(super) struct Asked {
    amount: Decimal,
    reference: String,
    description: String,
}

pub(super) struct Refused {
    pub(super) message: String,
    /// When the request is not as documented.
    pub(super) problem: Option<Problem>,
}

/// The body again, with the amount's own digits.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow, rename = "refundAmount")]
    refund_amount: BodyAmount<'a>,
}

#[derive(Deserialize)]
struct BodyAmount<'a> {
    #[serde(borrow)]
    amount: &'a RawValue,
    currency: String,
}

impl OrderBook {
    pub(super) const fn new(order: Order, added_at: DateTime<Utc>) -> Self {
        Self {
            order,
            added_at,
            refunds: Vec::new(),
        }
    }

    /// The merchant, when it is another than the account's own.
    pub(super) fn merchant(&self) -> Option<&str> {
        self.order.merchant.as_deref()
    }

    pub(super) const fn is_own(&self) -> bool {
        self.order.merchant.is_none()
    }

    /// Reads the request and checks it against the order.
    pub(super) fn asked(&self, call: &Call<'_>) -> Result<Asked, Refused> {
        let invalid = |message: String, place: &str| Refused {
            problem: Some(Problem::at(place, message.clone())),
            message,
        };
        let body: Body<'_> = serde_json::from_slice(&call.request.body)
            .map_err(|error| invalid(error.to_string(), "body"))?;
        let place = "body/refundAmount/amount";
        let digits = body.refund_amount.amount;
        let amount = money::of_json(digits)
            .ok_or_else(|| invalid(format!("{digits} is not an amount"), place))?;
        if !money::has_decimals(amount, 2) {
            let message = format!("{digits} has more than two decimals");
            return Err(invalid(message, place));
        }
        self.check_against_order(amount, &body.refund_amount.currency, call.now)
            .map_err(|message| Refused {
                message,
                problem: None,
            })?;
        let text = |name| call.text(name).unwrap_or_default().to_owned();
        Ok(Asked {
            amount,
            reference: text("refundReference"),
            description: text("refundDescription"),
        })
    }

    /// Of these refusals the documentation prints the limit's words only.
    fn check_against_order(
        &self,
        amount: Decimal,
        currency: &str,
        now: DateTime<Utc>,
    ) -> Result<(), String> {
        let own = &self.order.currency;
        if currency != own {
            return Err(format!("The currency of the order is {own}"));
        }
        let left = self.left(now);
        if amount > left {
            let left = left.normalize();
            return Err(format!("You can only refund amount up to {own} {left}"));
        }
        if amount != self.order.captured && !self.order.partial_refunds {
            return Err("The payment method does not support partial refunds".to_owned());
        }
        Ok(())
    }

    /// What can still be refunded. Only a successful order was captured.
    fn left(&self, now: DateTime<Utc>) -> Decimal {
        if self.order.status != SUCCESSFUL {
            return Decimal::ZERO;
        }
        let standing = self.refunds.iter().filter(|refund| !refund.has_failed(now));
        let refunded: Decimal = standing.map(|refund| refund.amount).sum();
        self.order.captured - refunded
    }

    /// Makes the refund and gives the answer's body.
    pub(super) fn refund(
        &mut self,
        number: u64,
        asked: &Asked,
        settings: &OpttySettings,
        call: &Call<'_>,
        desk: &mut Desk<'_>,
    ) -> Value {
        let refund = Refund {
            number,
            amount: asked.amount,
            reason: asked.description.clone(),
            created_at: call.now,
            pending: match call.fails_as {
                Some(word) => Some(PendingRefunds {
                    word: word.to_owned(),
                    lasting: Duration::ZERO,
                    failed_word: Some(word.to_owned()),
                }),
                None => settings.pending.clone(),
            },
        };
        let settles_at = refund.settles_at();
        let id = uuid_like(0x4f50, number);
        let body = json!({
            "refundReference": format!("{}-{:02}", asked.reference, self.refunds.len()),
            "bnplProvider": self.order.payment_method,
            "refundedAmount": money::to_json(asked.amount),
            "refundStatus": refund.status(call.now),
            "description": {},
            "refundDate": call.now.format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
            "bnplRefundId": id,
        });
        desk.book.announce(Announcement {
            provider: Provider::Optty,
            at: settles_at,
            subject: id.clone(),
            event: CALLBACK.to_owned(),
            data: Kept::from(&json!({
                "status": refund.status(settles_at),
                "transactionId": format!("{}-TRANSACTION", self.order.reference),
            })),
        });
        desk.book.commit(Commitment {
            provider: Provider::Optty,
            kind: EntryKind::Refund,
            subject: self.order.reference.clone(),
            client_reference: Some(asked.reference.clone()),
            idempotency_key: None,
            amount: asked.amount,
            currency: self.order.currency.clone(),
            refund_id: id,
            committed_at: call.now,
            request: Some(call.number),
            settles_at,
            fails: refund.fails(),
        });
        self.refunds.push(refund);
        body
    }

    pub(super) fn details(&self, now: DateTime<Utc>) -> Value {
        let order = &self.order;
        let last_refund = self.refunds.last().map(|refund| refund.created_at);
        let added_at = timestamp(self.added_at);
        let captures = if order.status == SUCCESSFUL {
            json!([{
                "captureId": format!("{}-CAPTURE", order.reference),
                "amount": amount_text(order.captured),
                "status": SUCCESSFUL,
                "createdAt": added_at,
            }])
        } else {
            json!([])
        };
        json!({
            "merchantReference": order.reference,
            "status": order.status,
            "amount": amount_text(order.captured),
            "currency": order.currency,
            "provider": order.payment_method,
            "updatedAt": timestamp(last_refund.unwrap_or(self.added_at)),
            "failureReason": null,
            "bnplOrderId": format!("{}-BNPL", order.reference),
            "transactionReference": format!("{}-TRANSACTION", order.reference),
            "transactionHistory": [{
                "transactionId": format!("{}-TRANSACTION", order.reference),
                "status": order.status,
                "createdAt": added_at,
            }],
            "refunds": self.refunds.iter().map(|refund| json!({
                "refundId": format!("{}-{:04}", order.payment_method, refund.number),
                "amount": amount_text(refund.amount),
                "currency": order.currency,
                "status": refund.status(now),
                "createdAt": timestamp(refund.created_at),
                "refundReason": refund.reason,
                "refundFailureReason": if refund.has_failed(now) { FAILURE } else { "" },
            })).collect::<Vec<_>>(),
            "orderCaptures": captures,
        })
    }
}

impl Refund {
    fn settles_at(&self) -> DateTime<Utc> {
        self.pending.as_ref().map_or(self.created_at, |pending| {
            clock::after(self.created_at, pending.lasting)
        })
    }

    fn fails(&self) -> bool {
        let pending = self.pending.as_ref();
        pending.is_some_and(|pending| pending.failed_word.is_some())
    }

    fn has_failed(&self, now: DateTime<Utc>) -> bool {
        self.fails() && now >= self.settles_at()
    }

    fn status(&self, now: DateTime<Utc>) -> &str {
        match &self.pending {
            Some(pending) if now < self.settles_at() => &pending.word,
            Some(PendingRefunds {
                failed_word: Some(word),
                ..
            }) => word,
            _ => SUCCESSFUL,
        }
    }
}

fn amount_text(amount: Decimal) -> String {
    amount.normalize().to_string()
}

fn timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
