//! Optty: `POST /orders/{reference}/refund`, and the order's details. From `optty.md` alone.

mod answers;
mod details;

use std::sync::Arc;

use serde_json::Value;

use super::{Entry, Event, Fate, Key, Ledger, Model, Served, read, write::Write};
use crate::{
    json::Json,
    teller::{Moment, Teller},
    wire::Request,
    wire::stamp,
};

pub(crate) const ORDER: &str = "order-1";
const CURRENCY: &str = "AUD";

/// An order with its refunds. What a repeated `refundReference` does is not documented.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Optty {
    pub(crate) ledger: Ledger,
    /// The user lets the description carry the reference.
    pub(crate) is_named: bool,
    /// The description of the last request that arrived.
    pub(crate) described: Option<Arc<str>>,
}

impl Model for Optty {
    fn serve(&mut self, request: &Request, teller: &mut Teller, moment: Moment) -> Served {
        self.ledger.land(teller, moment);
        let path = request.path.split('?').next().unwrap_or_default();
        let path = path.strip_prefix("/orders/").unwrap_or_default();
        match (request.method.as_str(), path.split_once('/')) {
            ("POST", Some((ORDER, "refund"))) => self.refund(request, teller, moment),
            ("POST", Some((ORDER, "details"))) => details::show(self, teller, moment),
            _ => read::not_there(teller),
        }
    }

    fn is_read(&self, request: &Request) -> bool {
        request.path.ends_with("/details")
    }

    fn settle(&mut self, teller: &mut Teller, moment: Moment) {
        self.ledger.land(teller, moment);
    }

    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    // No callback of Optty's can be verified.
    fn event(&mut self, _: &mut Teller, _: Moment, _: bool) -> Option<Event> {
        None
    }

    // One from before the records were lost is not told from another of the same reference.
    fn can_be_settled(&self, reference: &str, moment: Moment, by_event: bool) -> bool {
        let of_ours = |entry: &&Entry| entry.reference.as_deref() == Some(reference);
        let ours: Vec<_> = self.ledger.entries.iter().filter(of_ours).collect();
        // Which word tells a refund that has failed is not documented.
        let one = |ours: &[&Entry]| matches!(ours, [entry] if entry.fate != Fate::Failed && entry.life == moment.life);
        !by_event && self.is_named && one(&ours)
    }
}

impl Optty {
    fn refund(&mut self, request: &Request, teller: &mut Teller, moment: Moment) -> Served {
        let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let text = |name: &str| -> Arc<str> {
            let text = asked.get(name).and_then(Value::as_str);
            text.unwrap_or_default().into()
        };
        let reference = text("refundReference");
        let amount = asked.pointer("/refundAmount/amount").map(Value::to_string);
        self.described = Some(text("refundDescription"));
        let is_known = |entry: &Entry| entry.reference.as_ref() == Some(&reference);
        let repeated = self.ledger.entries.iter().position(is_known);
        let write = Write {
            alphabet: &answers::CREATE,
            entry: Entry {
                reference: Some(reference),
                life: moment.life,
                amount: amount.as_deref().map_or(u32::MAX, hundredths),
                fate: Fate::Taken,
                shows: Some(text("refundDescription")),
                key: Key::Lost,
                at: moment.noted(),
            },
            stored: None,
            repeated,
            honest: &answers::created,
        };
        write.serve(&mut self.ledger, teller, moment)
    }
}

/// A decimal of at most two places, in hundredths.
fn hundredths(decimal: &str) -> u32 {
    let decimal = decimal.trim_matches('"');
    let (whole, part) = decimal.split_once('.').unwrap_or((decimal, ""));
    let number = |text: &str| text.parse::<u32>().unwrap_or(u32::MAX);
    let part = format!("{part:0<2}");
    number(whole)
        .saturating_mul(100)
        .saturating_add(number(&part))
}

fn major(hundredths: u32) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// One refund as an order's details list it.
fn listed(entry: &Entry, number: usize, status: &str, problem: &str) -> Json {
    Json::object([
        ("refundId", Json::text(format!("OPT-{number}"))),
        ("amount", Json::text(major(entry.amount))),
        ("currency", Json::text(CURRENCY)),
        ("status", Json::text(status)),
        ("createdAt", Json::text(stamp(entry.at))),
        (
            "refundReason",
            Json::text(entry.shows.as_deref().unwrap_or("of somebody else")),
        ),
        ("refundFailureReason", Json::text(problem)),
    ])
}
