//! MCE's events. Nothing in them can be verified: the user vouches for each one.

use super::{Mce, created};
use crate::{
    alphabet::{Change, Form, Says::Anything, becomes, gone},
    json::Json,
    models::{Entry, Event, Fate, Key},
    teller::{Moment, Teller},
};

/// Forms that contradict the refund, or say nothing of it.
const CONTRADICTORY: &[Form] = &[
    becomes(&["code"], "500", Anything),
    becomes(&["code"], r#""1001""#, Anything),
    becomes(&["data", "clientReference"], r#""r-9""#, Anything),
    becomes(&["data", "clientReference"], r#""""#, Anything),
    gone(&["data", "clientReference"], Anything),
    becomes(&["data", "originalTransactionId"], r#""tx-2""#, Anything),
    becomes(&["data", "originalTransactionId"], r#""""#, Anything),
    gone(&["data", "originalTransactionId"], Anything),
    becomes(&["data", "originalTransactionType"], "2", Anything),
    becomes(&["data", "amount"], r#""abc""#, Anything),
    becomes(&["data", "amount"], r#""-19.90""#, Anything),
    becomes(&["data", "cryptoRefundId"], r#""""#, Anything),
    becomes(&["data", "cryptoRefundId"], r#""  ""#, Anything),
    gone(&["data", "cryptoRefundId"], Anything),
    gone(&["data"], Anything),
];

/// What it says of a refund's state is a number whose meaning is not documented: that it was created, no more.
pub(super) fn event(
    mce: &Mce,
    teller: &mut Teller,
    moment: Moment,
    is_honest: bool,
) -> Option<Event> {
    let entries = &mce.ledger.entries;
    let is_ours = |entry: &Entry| entry.reference.is_some();
    let ours = entries.iter().position(is_ours);
    let honest = ours.and_then(|at| Some((at, entries.get(at)?)));
    let chosen = if is_honest {
        0
    } else {
        teller.choose(1 + CONTRADICTORY.len())
    };
    let Some(chosen) = chosen.checked_sub(1) else {
        let (number, entry) = honest?;
        teller.say(|| {
            format!(
                "provider: sends an event about the refund of {}, for which the user vouches",
                entry.name()
            )
        });
        return Some(sent(body(entry, number), false));
    };
    let form = CONTRADICTORY.get(chosen)?;
    let nobodys = Entry {
        reference: Some("r-1".into()),
        life: moment.life,
        amount: 1,
        fate: Fate::Taken,
        shows: None,
        key: Key::Lost,
        at: moment.noted(),
    };
    let mut json = match honest {
        Some((number, entry)) => body(entry, number),
        None => body(&nobodys, 70),
    };
    match form.change {
        Change::Becomes(text) | Change::Twice(text) => json.set(form.at, Json::raw(text)),
        Change::Gone => json.remove(form.at),
        Change::Nothing => {}
    }
    teller.say(|| {
        format!(
            "provider: sends an event, for which the user vouches, that contradicts the refund in `{}`",
            form.at.join(".")
        )
    });
    Some(sent(json, true))
}

fn body(entry: &Entry, number: usize) -> Json {
    let answer = created(entry, number);
    let mut data = answer.at(&["data"]).cloned().unwrap_or(Json::raw("{}"));
    data.set(&["refundAddress"], Json::text("0xabc"));
    Json::object([
        ("eventType", Json::text("CRYPTO_REFUND")),
        ("notificationId", Json::text(format!("n-{number}"))),
        ("data", data),
    ])
}

fn sent(json: Json, is_contradictory: bool) -> Event {
    Event {
        headers: Vec::new(),
        body: json.to_string().into_bytes(),
        is_contradictory,
    }
}
