//! MCE: `POST createCryptoRefund`, nothing to read back, and events that only somebody can vouch for. From
//! `mce.md` alone.

mod events;

use std::sync::Arc;

use serde_json::Value;

use super::{Entry, Event, Fate, Key, Ledger, Model, Served, read, write::Write};
use crate::{
    alphabet::{
        Alphabet, Binds, ELSEWHERE, Form,
        Means::{Definite, MayEcho},
        Odd, Refusal,
        Says::{self, Accepted, Anything, AsGood},
        UNREADABLE, When, becomes, gone, plain, twice,
    },
    json::Json,
    teller::{Moment, Teller},
    wire::Request,
};

pub(crate) const TRANSACTION: &str = "tx-1";

/// A crypto payment that waits to be refunded. That a refund that was created is not pending any more is
/// documented nowhere, so that a second one may be refused and may be made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Mce {
    pub(crate) ledger: Ledger,
}

impl Model for Mce {
    fn serve(&mut self, request: &Request, teller: &mut Teller, moment: Moment) -> Served {
        self.ledger.land(teller, moment);
        let is_create = request.method == "POST"
            && request
                .path
                .ends_with("/v1.0/payment/crypto/createCryptoRefund");
        if !is_create {
            return read::not_there(teller);
        }
        let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let reference = asked.get("clientReference").and_then(Value::as_str);
        let reference: Arc<str> = reference.unwrap_or("without a reference").into();
        let is_known = |entry: &Entry| entry.reference.as_ref() == Some(&reference);
        let repeated = self.ledger.entries.iter().position(is_known);
        let write = Write {
            alphabet: &CREATE,
            entry: Entry {
                reference: Some(reference),
                life: moment.life,
                amount: 1,
                fate: Fate::Taken,
                shows: None,
                key: Key::Lost,
                at: moment.noted(),
            },
            stored: None,
            repeated,
            honest: &created,
        };
        write.serve(&mut self.ledger, teller, moment)
    }

    fn settle(&mut self, teller: &mut Teller, moment: Moment) {
        self.ledger.land(teller, moment);
    }

    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    fn event(&mut self, teller: &mut Teller, moment: Moment, is_honest: bool) -> Option<Event> {
        events::event(self, teller, moment, is_honest)
    }

    // One from before the records were lost is not told from another of the same reference.
    fn can_be_settled(&self, reference: &str, moment: Moment, by_event: bool) -> bool {
        let is_ours = |entry: &&Entry| entry.reference.as_deref() == Some(reference);
        let mut ours = self.ledger.entries.iter().filter(is_ours);
        let first = ours.next();
        let is_only = first.is_some_and(|entry| entry.life == moment.life) && ours.next().is_none();
        by_event && is_only
    }
}

fn created(entry: &Entry, number: usize) -> Json {
    let reference = entry.reference.as_deref().unwrap_or_default();
    Json::object([
        ("code", Json::text("200")),
        ("msg", Json::text("success")),
        (
            "data",
            Json::object([
                ("cryptoRefundId", Json::text(format!("cr-{number}"))),
                ("originalTransactionType", Json::raw("1")),
                ("originalTransactionId", Json::text(TRANSACTION)),
                ("participantCode", Json::text("p-1")),
                ("clientReference", Json::text(reference)),
                ("status", Json::raw("1")),
                ("blockchain", Json::text("Ethereum")),
                ("currency", Json::text("USDC")),
                ("amount", Json::text("19.90")),
                ("feeCurrency", Json::text("USDC")),
                ("feeAmount", Json::text("0.10")),
                ("txnHash", Json::text("")),
            ]),
        ),
    ])
}

static CREATE: Alphabet = Alphabet {
    forms: FORMS,
    pays_at_once: false,
    status_at: &["data", "status"],
    refusals: REFUSALS,
    unreadable: UNREADABLE,
    elsewhere: &[ELSEWHERE, OWN],
};

const FORMS: &[Form] = &[
    plain(200),
    becomes(&["code"], "200", Accepted),
    // The numbers of `status` have no documented meaning.
    becomes(&["data", "status"], "2", Accepted),
    becomes(&["data", "status"], "9", Accepted),
    becomes(&["data", "status"], "-1", AsGood),
    becomes(&["data", "status"], r#""FAILED""#, Says::No),
    becomes(&["data", "status"], "1.5", AsGood),
    becomes(&["data", "status"], "{}", Anything),
    becomes(&["data", "status"], "null", AsGood),
    gone(&["data", "status"], AsGood),
    becomes(&["code"], "500", Anything),
    becomes(&["code"], r#""500""#, Anything),
    becomes(&["code"], r#""1001""#, Anything),
    becomes(&["code"], "-1", Anything),
    becomes(&["code"], "0", Anything),
    becomes(&["code"], r#""0""#, Anything),
    becomes(&["code"], r#""PAY_INSUFFICIENT_FUNDS""#, Anything),
    becomes(&["code"], "{}", Anything),
    becomes(&["code"], "false", Anything),
    becomes(&["code"], "200.5", Anything),
    becomes(&["code"], "200.0", AsGood),
    twice(&["code"], "500"),
    becomes(&["code"], r#""""#, AsGood),
    becomes(&["code"], "null", AsGood),
    gone(&["code"], AsGood),
    becomes(&["msg"], r#""failed""#, AsGood),
    gone(&["msg"], AsGood),
    // Members of its problem objects.
    becomes(&["status"], "422", Anything),
    becomes(&["title"], r#""Insufficient Funds""#, Anything),
    becomes(&["data"], "null", Anything),
    becomes(&["data"], "{}", Anything),
    becomes(&["data"], "[]", Anything),
    becomes(&["data"], r#""cr-1""#, Anything),
    gone(&["data"], Anything),
    becomes(&["data", "cryptoRefundId"], r#""""#, Anything),
    becomes(&["data", "cryptoRefundId"], r#""   ""#, Anything),
    becomes(&["data", "cryptoRefundId"], "null", Anything),
    becomes(&["data", "cryptoRefundId"], "5", Anything),
    gone(&["data", "cryptoRefundId"], Anything),
    becomes(&["data", "originalTransactionType"], "2", Anything),
    becomes(&["data", "originalTransactionType"], r#""x""#, Anything),
    becomes(&["data", "originalTransactionType"], "1.5", Anything),
    becomes(&["data", "originalTransactionType"], "null", AsGood),
    gone(&["data", "originalTransactionType"], AsGood),
    becomes(&["data", "originalTransactionId"], r#""tx-2""#, Anything),
    becomes(&["data", "originalTransactionId"], "5", Anything),
    becomes(&["data", "originalTransactionId"], r#""""#, AsGood),
    gone(&["data", "originalTransactionId"], AsGood),
    becomes(&["data", "clientReference"], r#""r-9""#, Anything),
    becomes(&["data", "clientReference"], "5", Anything),
    becomes(&["data", "clientReference"], r#""""#, AsGood),
    gone(&["data", "clientReference"], AsGood),
    // Nobody asked for an amount; one that cannot be read is none.
    becomes(&["data", "amount"], r#""abc""#, Anything),
    becomes(&["data", "amount"], r#""-19.90""#, Anything),
    becomes(&["data", "amount"], r#""19,90""#, Anything),
    becomes(&["data", "amount"], "{}", Anything),
    becomes(&["data", "amount"], "19.9", AsGood),
    becomes(&["data", "amount"], r#""""#, AsGood),
    gone(&["data", "amount"], AsGood),
    becomes(&["data", "currency"], "5", Anything),
    becomes(&["data", "currency"], r#""""#, AsGood),
    gone(&["data", "currency"], AsGood),
    becomes(&["data", "txnHash"], r#""0xabc""#, AsGood),
    becomes(&["data", "feeAmount"], r#""abc""#, AsGood),
    Form {
        says: AsGood,
        ..plain(201)
    },
];

macro_rules! problem {
    ($status:literal $code:literal, $means:expr) => {
        Refusal {
            name: $code,
            status: $status,
            body: concat!(
                r#"{"type":"https://api-doc.mce.sg/8182426m0","title":"Refused","status":"#,
                stringify!($status),
                r#","detail":"","instance":"/v1.0/payment/crypto/createCryptoRefund","code":""#,
                $code,
                r#"","logId":"0a1b2c3d"}"#
            ),
            when: When::Always,
            means: $means,
        }
    };
}

/// That no refund is pending is said by an error, and by which one is not documented.
const REFUSALS: &[Refusal] = &[
    problem!(401 "AUTH_INVALID", Definite),
    problem!(403 "AUTH_FORBIDDEN", Definite),
    problem!(429 "RATE_LIMITED", Definite),
    problem!(400 "REQ_INVALID", MayEcho),
    problem!(422 "PAY_INSUFFICIENT_FUNDS", MayEcho),
    problem!(422 "PAY_NO_PENDING_REFUND", MayEcho),
];

const OWN: &[Odd] = &[
    Odd {
        status: 500,
        headers: &[("content-type", "application/problem+json")],
        body: r#"{"type":"about:blank","title":"Error","status":500,"code":"SYS","logId":"0a1b2c3d"}"#,
        binds: Binds::NothingYet,
    },
    Odd {
        status: 404,
        headers: &[("content-type", "application/problem+json")],
        body: r#"{"type":"about:blank","title":"Not Found","status":404,"code":"PAY_NO_PENDING_REFUND"}"#,
        binds: Binds::Nothing,
    },
    Odd {
        status: 409,
        headers: &[("content-type", "application/problem+json")],
        body: r#"{"type":"about:blank","title":"Conflict","status":409,"code":"PAY_DUPLICATE"}"#,
        binds: Binds::Nothing,
    },
];
