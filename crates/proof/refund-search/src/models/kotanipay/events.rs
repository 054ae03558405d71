//! Kotani Pay's signed events: plain ones, late ones from before, and such as contradict themselves.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{
    Kotanipay,
    status::{Claim, refund},
};
use crate::{
    alphabet::{Change, Form, Says::Anything, becomes, gone},
    json::Json,
    models::{Entry, Event, Fate},
    teller::{Moment, Teller},
};

pub(crate) const SECRET: &str = "whsec_search";

const CONTRADICTORY: &[Form] = &[
    becomes(&["data", "refundStatus"], r#""FAILED""#, Anything),
    becomes(&["data", "refundStatus"], r#""SUCCESSFUL""#, Anything),
    becomes(&["data", "refundStatus"], "5", Anything),
    becomes(&["data", "status"], r#""REFUND_FAILED""#, Anything),
    becomes(&["data", "status"], r#""REVERSED""#, Anything),
    becomes(&["data", "refundAmount"], "0", Anything),
    becomes(&["data", "refundAmount"], r#""no amount""#, Anything),
    becomes(&["data", "referenceId"], r#""off-2""#, Anything),
    becomes(&["data", "referenceId"], r#""""#, Anything),
    gone(&["data", "referenceId"], Anything),
    gone(&["data"], Anything),
];

pub(super) fn event(
    kotanipay: &Kotanipay,
    teller: &mut Teller,
    moment: Moment,
    is_honest: bool,
) -> Option<Event> {
    let has_run = |entry: &&Entry| entry.fate != Fate::Taken;
    let last = kotanipay.ledger.entries.iter().rfind(has_run);
    let plain = last.map(|entry| {
        if entry.fate == Fate::Paid {
            Claim::Paid
        } else {
            Claim::FailedBefore
        }
    });
    let told = |claim: Claim, retries: u32, ran_at: Duration| {
        let name = name(claim);
        (name, refund(claim, retries, ran_at))
    };
    if is_honest {
        let (name, data) = told(plain?, kotanipay.retries, kotanipay.ran_at);
        teller.say(|| format!("provider: sends the signed event `{name}`"));
        return Some(signed(name, data, None));
    }
    let names = [Claim::Paid, Claim::FailedAgain];
    let chosen = teller.choose(2 + names.len() * CONTRADICTORY.len());
    match chosen {
        0 => {
            let (name, data) = told(plain?, kotanipay.retries, kotanipay.ran_at);
            teller.say(|| format!("provider: sends the signed event `{name}`"));
            Some(signed(name, data, None))
        }
        1 => {
            let (name, data) = told(Claim::FailedBefore, 1, Duration::ZERO);
            teller
                .say(|| format!("provider: sends `{name}` of the refund's first failure only now"));
            Some(signed(name, data, None))
        }
        chosen => {
            let form = CONTRADICTORY.get((chosen - 2) % CONTRADICTORY.len())?;
            let claim = names.get((chosen - 2) / CONTRADICTORY.len()).copied()?;
            let (name, data) = told(claim, kotanipay.retries + 1, moment.noted());
            let event = Json::object([("data", data.clone())]);
            // That an off-ramp's refund has failed is what `refund.failed` says, too.
            let agrees = claim == Claim::FailedAgain
                && matches!(form.change, Change::Becomes(r#""REFUND_FAILED""#));
            if agrees || !form.changes(&event) {
                return None;
            }
            teller.say(|| {
                format!(
                    "provider: sends a signed event `{name}` that contradicts itself in `{}`",
                    form.at.join(".")
                )
            });
            Some(signed(name, data, Some(form)))
        }
    }
}

fn name(claim: Claim) -> &'static str {
    match claim {
        Claim::Paid => "refund.completed",
        Claim::FailedBefore | Claim::FailedUncounted | Claim::FailedAgain => "refund.failed",
        Claim::NeedsInvoice => "refund.lightning.invoice_needed",
    }
}

/// Signed over event and data, as JavaScript writes them.
fn signed(name: &str, data: Json, form: Option<&Form>) -> Event {
    let mut json = Json::object([("event", Json::text(name)), ("data", data)]);
    match form.map(|form| (form.at, form.change)) {
        Some((at, Change::Becomes(text) | Change::Twice(text))) => json.set(at, Json::raw(text)),
        Some((at, Change::Gone)) => json.remove(at),
        Some((_, Change::Nothing)) | None => {}
    }
    let text = json.to_string();
    let signature = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())
        .map(|mut mac| {
            mac.update(text.as_bytes());
            format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
        })
        .unwrap_or_default();
    json.set(&["signature"], Json::text(&*signature));
    Event {
        headers: vec![
            ("X-Kotani-Signature", signature),
            ("X-Kotani-Event", name.to_owned()),
        ],
        body: json.to_string().into_bytes(),
        is_contradictory: form.is_some(),
    }
}
