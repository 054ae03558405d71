//! The events of refunds, with the fields of the provider's samples.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::transaction::timestamp;
use crate::{Offramp, Provider, kept::Kept, money, webhooks::Announcement};

/// A bitcoin in satoshis, and a satoshi in the unit of the sample's
/// `refundAmount`: 1500000 beside 1500 of `refundAmountSats`.
const SATOSHIS: i64 = 100_000_000;
const PARTS_OF_A_SATOSHI: i64 = 1000;
/// Where nobody should post to: a client builds its own URL.
const SUBMIT_URL: &str = "https://submit.invalid/api/v3/offramp/submit-refund-invoice";

/// A refund has come to its end.
pub(super) fn settled(
    offramp: &Offramp,
    at: DateTime<Utc>,
    fails: bool,
    hash: String,
    tries: u32,
) -> Announcement {
    let mut data = json!({
        "referenceId": offramp.reference_id,
        "refundAmount": money::to_json(offramp.crypto_amount),
        "chain": offramp.chain,
        "token": offramp.token,
        "currency": offramp.fiat_currency,
        "timestamp": timestamp(at),
    });
    if fails {
        data["refundStatus"] = json!("FAILED");
        data["error"] = json!("Refund failed");
        data["totalRetries"] = json!(tries);
    } else {
        data["status"] = json!("REVERSED");
        data["refundStatus"] = json!("SUCCESSFUL");
        data["refundTransactionHash"] = json!(hash);
    }
    let event = if fails {
        "refund.failed"
    } else {
        "refund.completed"
    };
    announcement(offramp, at, event, data)
}

/// A refund waits for a Lightning invoice.
pub(super) fn invoice_needed(offramp: &Offramp, at: DateTime<Utc>) -> Announcement {
    let reference = &offramp.reference_id;
    let in_units = |units: i64| {
        let amount = offramp.crypto_amount.checked_mul(Decimal::from(units));
        amount.map_or(Value::Null, |amount| money::to_json(amount.trunc()))
    };
    let data = json!({
        "referenceId": reference,
        "status": offramp.status,
        "onchainStatus": offramp.onchain_status,
        "refundStatus": "INVOICE_NEEDED",
        "refundAmount": in_units(SATOSHIS * PARTS_OF_A_SATOSHI),
        "refundAmountSats": in_units(SATOSHIS),
        "chain": offramp.chain,
        "currency": offramp.fiat_currency,
        "requiresAction": true,
        "action": {
            "type": "SUBMIT_LIGHTNING_INVOICE",
            "submitUrl": format!("{SUBMIT_URL}/{reference}"),
            "method": "POST",
            "body": {"invoice": "lnbc…"},
        },
    });
    announcement(offramp, at, "refund.lightning.invoice_needed", data)
}

fn announcement(offramp: &Offramp, at: DateTime<Utc>, event: &str, data: Value) -> Announcement {
    Announcement {
        provider: Provider::Kotanipay,
        at,
        subject: offramp.reference_id.clone(),
        event: event.to_owned(),
        data: Kept::from(&data),
    }
}
