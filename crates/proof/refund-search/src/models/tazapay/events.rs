//! Tazapay's signed events: plain ones about each refund, and such as contradict themselves.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Tazapay, answers};
use crate::{
    alphabet::{
        Change, Form,
        Says::{Anything, AsGood},
        becomes, gone, plain, twice,
    },
    json::Json,
    models::{Entry, Event, Fate, Key, Ledger},
    teller::{Moment, Teller},
    wire::stamp,
};

pub(crate) const SECRET: &str = "whsec_search";

/// Forms that leave an event as good as it is.
const HONEST: &[Form] = &[
    plain(0),
    becomes(&["data", "amount"], "1990.0", AsGood),
    becomes(&["data", "currency"], r#""usd""#, AsGood),
    gone(&["data", "payment_attempt"], AsGood),
    // The form of REST's samples, which names no instant.
    becomes(&["data", "created_at"], r#""2026-01-01 00:00:00""#, AsGood),
    becomes(&["data", "created_at"], r#""""#, AsGood),
    gone(&["data", "created_at"], AsGood),
];

/// Forms that contradict the event's own name, or the refund.
const CONTRADICTORY: &[Form] = &[
    becomes(&["data", "status"], r#""failed""#, Anything),
    becomes(&["data", "status"], r#""succeeded""#, Anything),
    becomes(&["data", "status"], r#""cancelled""#, Anything),
    becomes(&["data", "status"], "5", Anything),
    twice(&["data", "status"], r#""failed""#),
    twice(&["data", "status"], r#""succeeded""#),
    becomes(&["type"], r#""refund.failed""#, Anything),
    becomes(&["type"], r#""refund.succeeded""#, Anything),
    becomes(&["type"], r#""payout.succeeded""#, Anything),
    becomes(&["object"], r#""error""#, Anything),
    becomes(&["data", "object"], r#""payout""#, Anything),
    becomes(&["data", "id"], r#""""#, Anything),
    gone(&["data", "id"], Anything),
    becomes(&["data", "payin"], r#""chk_2""#, Anything),
    becomes(&["data", "amount"], "199", Anything),
    becomes(&["data", "amount"], r#""abc""#, Anything),
    becomes(&["data", "amount"], "19.9", Anything),
    becomes(&["data", "currency"], r#""EUR""#, Anything),
    becomes(
        &["data", "metadata"],
        r#"{"refund_reference":"r-9"}"#,
        Anything,
    ),
    becomes(&["data", "metadata"], r#"{"refund_reference":5}"#, Anything),
    becomes(&["data", "metadata"], "{}", Anything),
    gone(&["data"], Anything),
];

/// The same, where the payment attempt was named.
const OTHER_ATTEMPT: Form = becomes(&["data", "payment_attempt"], r#""pat_2""#, Anything);

pub(super) fn event(
    tazapay: &mut Tazapay,
    teller: &mut Teller,
    moment: Moment,
    is_honest: bool,
) -> Option<Event> {
    let is_full = tazapay.is_full;
    let ledger = &mut tazapay.ledger;
    if is_honest {
        let is_ours = |entry: &Entry| entry.reference.is_some();
        let number = ledger.entries.iter().position(is_ours)?;
        return Some(plain_event(ledger, number, teller, HONEST.first()?));
    }
    // One about each refund there is, then those that are about none.
    let refunds = ledger.entries.len();
    // Of everything, nobody said how much it is.
    let contradicts = |form: &&Form| {
        !(is_full
            && OF_AMOUNT.contains(&form.at)
            && !matches!(form.change, Change::Becomes(r#""abc""#)))
    };
    let of_attempt = tazapay.is_of_attempt.then_some(&OTHER_ATTEMPT);
    let forms = CONTRADICTORY.iter().chain(of_attempt);
    let contradictory: Vec<_> = forms.filter(contradicts).collect();
    let chosen = teller.choose(refunds * HONEST.len() + contradictory.len());
    if let Some(chosen) = chosen.checked_sub(refunds * HONEST.len()) {
        return contradictory_event(tazapay, contradictory.get(chosen)?, teller, moment);
    }
    let form = HONEST.get(chosen % HONEST.len())?;
    Some(plain_event(ledger, chosen / HONEST.len(), teller, form))
}

fn plain_event(ledger: &mut Ledger, number: usize, teller: &mut Teller, form: &Form) -> Event {
    let mut fate = Fate::Taken;
    if let Some(entry) = ledger.entries.get_mut(number) {
        let told: &[Fate] = match entry.fate {
            Fate::Taken => &[Fate::Paid, Fate::Taken, Fate::Failed],
            Fate::Paid => &[Fate::Paid, Fate::Taken],
            Fate::Failed => &[Fate::Failed, Fate::Taken],
        };
        fate = teller.pick(told).unwrap_or(Fate::Taken);
        entry.learn(fate);
    }
    let entry = ledger.entries.get(number);
    // An amount is that of the form only where it is the one that was asked for.
    let amount = entry.map_or(0, |entry| entry.amount);
    let form = match form.at {
        ["data", "amount"] if amount != 1990 => HONEST.first().unwrap_or(form),
        _ => form,
    };
    teller.say(|| {
        let whose = entry.map_or_else(|| "nobody".to_owned(), Entry::name);
        format!(
            "provider: sends the signed event `{}` about the refund of {whose}{}",
            name(fate),
            detail(form)
        )
    });
    let json = entry.map(|entry| body(entry, number, name(fate), fate));
    signed(json.unwrap_or(Json::raw("{}")), form, false)
}

/// What only an amount that was asked for can contradict.
const OF_AMOUNT: [&[&str]; 2] = [&["data", "amount"], &["data", "currency"]];

fn contradictory_event(
    tazapay: &Tazapay,
    form: &Form,
    teller: &mut Teller,
    moment: Moment,
) -> Option<Event> {
    let ledger = &tazapay.ledger;
    let ours = ledger
        .entries
        .iter()
        .chain(&ledger.late)
        .position(|entry| entry.reference.is_some());
    let number = ours.unwrap_or(ledger.entries.len());
    let entry = ours
        .and_then(|at| ledger.entries.iter().chain(&ledger.late).nth(at))
        .cloned()
        .unwrap_or(Entry {
            reference: None,
            life: moment.life,
            amount: if tazapay.is_full { 5000 } else { 1990 },
            fate: Fate::Taken,
            shows: Some(r#"{"refund_reference":"r-1"}"#.into()),
            key: Key::Lost,
            at: moment.noted(),
        });
    // The name that the form contradicts.
    let (name, fate) = match form.change {
        Change::Becomes(r#""refund.succeeded""#) | Change::Twice(r#""succeeded""#) => {
            ("refund.failed", Fate::Failed)
        }
        Change::Becomes(r#""succeeded""#) => ("refund.failed", Fate::Failed),
        _ => ("refund.succeeded", Fate::Paid),
    };
    teller.say(|| {
        format!(
            "provider: sends a signed event `{name}` that contradicts itself{}",
            detail(form)
        )
    });
    Some(signed(body(&entry, number, name, fate), form, true))
}

fn name(fate: Fate) -> &'static str {
    match fate {
        Fate::Taken => "refund.pending",
        Fate::Paid => "refund.succeeded",
        Fate::Failed => "refund.failed",
    }
}

fn detail(form: &Form) -> String {
    let at = form.at.join(".");
    match form.change {
        Change::Nothing => String::new(),
        Change::Becomes(json) => format!(", whose `{at}` is {json}"),
        Change::Twice(json) => format!(", with a second `{at}`, {json}"),
        Change::Gone => format!(", without `{at}`"),
    }
}

fn body(entry: &Entry, number: usize, name: &str, fate: Fate) -> Json {
    let mut data = answers::refund(entry, number, answers::word(fate), "status_reason");
    // In events it names its zone.
    data.set(&["created_at"], Json::text(stamp(entry.at)));
    Json::object([
        ("type", Json::text(name)),
        ("created_at", Json::text("2026-01-02T00:00:00.000000Z")),
        ("data", data),
        ("id", Json::text(format!("evt_{number}_{name}"))),
        ("object", Json::text("event")),
    ])
}

/// Signed over id, body and time of creation.
fn signed(mut json: Json, form: &Form, is_contradictory: bool) -> Event {
    match form.change {
        Change::Nothing => {}
        Change::Becomes(text) => json.set(form.at, Json::raw(text)),
        Change::Twice(text) => json.add(form.at, Json::raw(text)),
        Change::Gone => json.remove(form.at),
    }
    let told = |at: &str| {
        let shown = json.at(&[at]).map(Json::to_string);
        shown.unwrap_or_default().trim_matches('"').to_owned()
    };
    let body = json.to_string();
    let signed = format!("{}{body}{}", told("id"), told("created_at"));
    let signature = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())
        .map(|mut mac| {
            mac.update(signed.as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        })
        .unwrap_or_default();
    Event {
        headers: vec![("signature", signature)],
        body: body.into_bytes(),
        is_contradictory,
    }
}
