//! Tazapay's answers: the honest ones, and every way that one member of them can be otherwise.

use super::{ATTEMPT, CURRENCY, PAYIN, metadata, refusals::REFUSALS};
use crate::{
    alphabet::{
        Alphabet, Binds, ELSEWHERE, Form, Odd, Says, UNREADABLE, becomes, gone, plain, twice,
    },
    json::Json,
    models::{Entry, Fate, read::ReadAlphabet},
};

use Binds::{Nothing, NothingYet};
use Says::{Accepted, Anything, AsGood, Failed, Succeeded};

/// Of a part of a payin.
pub(crate) static PART: Alphabet = Alphabet {
    forms: PART_FORMS,
    pays_at_once: false,
    status_at: &["data", "status"],
    refusals: REFUSALS,
    unreadable: UNREADABLE,
    elsewhere: &[ELSEWHERE, OWN],
};

/// Of a part, where the payment attempt is named.
pub(crate) static PART_OF_ATTEMPT: Alphabet = Alphabet {
    forms: ATTEMPT_FORMS,
    pays_at_once: false,
    status_at: &["data", "status"],
    refusals: REFUSALS,
    unreadable: UNREADABLE,
    elsewhere: &[ELSEWHERE, OWN],
};

/// Of everything, where the payment attempt is named.
pub(crate) static FULL_OF_ATTEMPT: Alphabet = Alphabet {
    forms: FULL_ATTEMPT_FORMS,
    pays_at_once: false,
    status_at: &["data", "status"],
    refusals: REFUSALS,
    unreadable: UNREADABLE,
    elsewhere: &[ELSEWHERE, OWN],
};

/// Of everything: which amount and currency that is, nobody asked.
pub(crate) static FULL: Alphabet = Alphabet {
    forms: FULL_FORMS,
    pays_at_once: false,
    status_at: &["data", "status"],
    refusals: REFUSALS,
    unreadable: UNREADABLE,
    elsewhere: &[ELSEWHERE, OWN],
};

/// Errors in its own envelope: of its servers, and refusals that are not documented so.
const OWN: &[Odd] = &[
    own(
        500,
        r#"{"status":"error","message":"","errors":[{"code":101,"message":"server fault"}]}"#,
        NothingYet,
    ),
    own(
        500,
        r#"{"status":"error","message":"","errors":[{"code":30004,"message":"bad source"}]}"#,
        NothingYet,
    ),
    own(
        400,
        r#"{"status":"error","message":"","errors":[{"code":39999,"message":"something new"}]}"#,
        Nothing,
    ),
    own(
        400,
        r#"{"status":"error","message":"bad source","errors":[]}"#,
        Nothing,
    ),
    own(
        400,
        r#"{"status":"success","message":"","data":{"id":"rfd_1","status":"pending"}}"#,
        Nothing,
    ),
    own(
        409,
        r#"{"status":"error","message":"","errors":[{"code":30004,"message":"bad source"}]}"#,
        Nothing,
    ),
    own(
        422,
        r#"{"status":"error","message":"","errors":[{"code":30012,"message":"exceeds"}]}"#,
        Nothing,
    ),
];

const fn own(status: u16, body: &'static str, binds: Binds) -> Odd {
    Odd {
        status,
        headers: &[("content-type", "application/json")],
        body,
        binds,
    }
}

/// The refund as its creation answers.
pub(crate) fn created(entry: &Entry, number: usize) -> Json {
    let data = refund(entry, number, "pending", "status_description");
    Json::object([
        ("status", Json::text("success")),
        ("message", Json::text("refund created successfully")),
        ("data", data),
    ])
}

/// The refund as a read shows it.
pub(crate) fn shown(entry: &Entry, number: usize, fate: Fate) -> Json {
    let data = refund(entry, number, word(fate), "status_description");
    Json::object([
        ("status", Json::text("success")),
        ("message", Json::text("")),
        ("data", data),
    ])
}

pub(crate) fn word(fate: Fate) -> &'static str {
    match fate {
        Fate::Taken => "pending",
        Fate::Paid => "succeeded",
        Fate::Failed => "failed",
    }
}

/// `data`; events call the description of the status otherwise.
pub(crate) fn refund(entry: &Entry, number: usize, status: &str, description: &str) -> Json {
    Json::object([
        ("id", Json::text(format!("rfd_{number}"))),
        ("object", Json::text("refund")),
        ("payin", Json::text(PAYIN)),
        ("amount", Json::raw(entry.amount.to_string())),
        ("currency", Json::text(CURRENCY)),
        (
            "customer_receives",
            Json::object([("currency", Json::text("")), ("amount", Json::raw("null"))]),
        ),
        ("payment_attempt", Json::text(ATTEMPT)),
        ("reason", Json::text("")),
        ("metadata", metadata(entry)),
        ("status", Json::text(status)),
        (description, Json::text("")),
        ("webhook_url", Json::text("")),
        ("created_at", Json::text("2026-01-01 00:00:00")),
        ("balance_transaction", Json::text("")),
        ("reference_id", Json::text("")),
        ("holding_currency", Json::text("")),
    ])
}

/// The payment attempt as a read shows it.
pub(crate) fn attempt(is_refunded: bool) -> Json {
    let data = Json::object([
        ("id", Json::text(ATTEMPT)),
        ("object", Json::text("payment_attempt")),
        ("payin", Json::text(PAYIN)),
        ("amount", Json::raw("5000")),
        ("charge_currency", Json::text(CURRENCY)),
        ("status", Json::text("succeeded")),
        ("metadata", Json::raw("null")),
        ("refunded", Json::raw(is_refunded.to_string())),
    ]);
    Json::object([("status", Json::text("success")), ("data", data)])
}

/// What can be otherwise whatever was asked; `$more` is what depends on it.
macro_rules! forms {
    ($($more:expr),* $(,)?) => {
        &[
            plain(202),
            plain(200),
            // Documented words, in any case.
            becomes(&["data", "status"], r#""succeeded""#, Succeeded),
            becomes(&["data", "status"], r#""Succeeded""#, Succeeded),
            becomes(&["data", "status"], r#""processing""#, Accepted),
            becomes(&["data", "status"], r#""Requested""#, Accepted),
            becomes(&["data", "status"], r#""Initiated""#, Accepted),
            becomes(&["data", "status"], r#""failed""#, Failed),
            becomes(&["data", "status"], r#""Failed""#, Failed),
            becomes(&["data", "status"], r#""Rejected""#, Failed),
            becomes(&["data", "status"], r#""cancelled""#, Failed),
            // An unknown word is not final.
            becomes(&["data", "status"], r#""paused""#, AsGood),
            becomes(&["data", "status"], r#""error""#, AsGood),
            becomes(&["data", "status"], r#""""#, AsGood),
            gone(&["data", "status"], AsGood),
            becomes(&["data", "status"], "5", Anything),
            becomes(&["data", "status"], "true", Anything),
            becomes(&["data", "status"], "{}", Anything),
            becomes(&["data", "status"], r#"["pending"]"#, Anything),
            becomes(&["data", "status"], r#"" failed ""#, Anything),
            twice(&["data", "status"], r#""failed""#),
            // The envelope.
            becomes(&["status"], r#""error""#, Anything),
            becomes(&["status"], r#""failed""#, Anything),
            becomes(&["status"], r#""Error""#, Anything),
            becomes(&["status"], r#""fail""#, Anything),
            becomes(&["status"], "false", Anything),
            becomes(&["status"], "400", Anything),
            becomes(&["status"], "{}", Anything),
            twice(&["status"], r#""error""#),
            becomes(&["status"], r#""""#, AsGood),
            gone(&["status"], AsGood),
            becomes(&["message"], r#""failed""#, AsGood),
            gone(&["message"], AsGood),
            becomes(&["errors"], r#"[{"code":30010,"message":"already refunded"}]"#, Anything),
            becomes(&["errors"], r#"[{"code":101,"message":"server fault"}]"#, Anything),
            becomes(&["errors"], "[]", AsGood),
            becomes(&["data"], "null", Anything),
            becomes(&["data"], "{}", Anything),
            becomes(&["data"], "[]", Anything),
            becomes(&["data"], r#""rfd_1""#, Anything),
            gone(&["data"], Anything),
            twice(&["data"], "null"),
            // What names it.
            becomes(&["data", "id"], r#""""#, Anything),
            becomes(&["data", "id"], r#""   ""#, Anything),
            becomes(&["data", "id"], "null", Anything),
            becomes(&["data", "id"], "5", Anything),
            becomes(&["data", "id"], "{}", Anything),
            gone(&["data", "id"], Anything),
            becomes(&["data", "object"], r#""payout""#, Anything),
            becomes(&["data", "object"], r#""error""#, Anything),
            becomes(&["data", "object"], "5", Anything),
            becomes(&["data", "object"], r#""""#, AsGood),
            gone(&["data", "object"], AsGood),
            becomes(&["data", "payin"], r#""chk_2""#, Anything),
            becomes(&["data", "payin"], "5", Anything),
            becomes(&["data", "payin"], "{}", Anything),
            becomes(&["data", "payin"], r#""""#, AsGood),
            gone(&["data", "payin"], AsGood),
            // What it is of.
            becomes(&["data", "amount"], r#""abc""#, Anything),
            becomes(&["data", "amount"], r#""1,990""#, Anything),
            becomes(&["data", "amount"], "1990.5", Anything),
            becomes(&["data", "amount"], "-1990", Anything),
            becomes(&["data", "amount"], "1e999", Anything),
            becomes(&["data", "amount"], "true", Anything),
            becomes(&["data", "amount"], "{}", Anything),
            becomes(&["data", "amount"], "[1990]", Anything),
            twice(&["data", "amount"], "1"),
            gone(&["data", "amount"], AsGood),
            becomes(&["data", "currency"], "5", Anything),
            becomes(&["data", "currency"], "{}", Anything),
            becomes(&["data", "currency"], r#""usd""#, Accepted),
            becomes(&["data", "currency"], r#""""#, AsGood),
            gone(&["data", "currency"], AsGood),
            // What it carries: how the request's text is read is not documented.
            becomes(&["data", "metadata"], "{}", Accepted),
            becomes(&["data", "metadata"], "null", Accepted),
            gone(&["data", "metadata"], AsGood),
            becomes(&["data", "metadata"], r#"{"refund_reference":"r-9"}"#, Anything),
            becomes(&["data", "metadata"], r#"{"refund_reference":5}"#, Anything),
            becomes(&["data", "metadata"], "5", Anything),
            // What nobody asked for says nothing about it.
            becomes(&["data", "status_description"], r#""insufficient funds""#, AsGood),
            becomes(&["data", "reference_id"], r#""order_12345""#, AsGood),
            becomes(&["data", "created_at"], r#""2026-01-01T00:00:00.000000Z""#, Accepted),
            becomes(&["data", "created_at"], "1767225600", AsGood),
            becomes(&["data", "new_member"], r#"{"a":[1]}"#, AsGood),
            Form { says: AsGood, ..plain(201) },
            $($more,)*
        ]
    };
}

const PART_FORMS: &[Form] = forms![
    becomes(&["data", "amount"], "1990.0", AsGood),
    becomes(&["data", "amount"], "1.99e3", AsGood),
    becomes(&["data", "amount"], r#""1990""#, AsGood),
    becomes(&["data", "amount"], "19.9", Anything),
    becomes(&["data", "amount"], r#""19.90""#, Anything),
    becomes(&["data", "amount"], "2e3", Anything),
    becomes(&["data", "amount"], "1991", Anything),
    becomes(&["data", "amount"], "5000", Anything),
    becomes(&["data", "amount"], "199000", Anything),
    becomes(&["data", "amount"], "0", Anything),
    becomes(&["data", "currency"], r#""EUR""#, Anything),
    becomes(&["data", "currency"], r#""dollars""#, Anything),
    becomes(&["data", "payment_attempt"], r#""""#, AsGood),
];

const ATTEMPT_FORMS: &[Form] = forms![
    becomes(&["data", "amount"], "19.9", Anything),
    becomes(&["data", "amount"], "5000", Anything),
    becomes(&["data", "currency"], r#""EUR""#, Anything),
    becomes(&["data", "payment_attempt"], r#""pat_2""#, Anything),
    becomes(&["data", "payment_attempt"], "5", Anything),
    becomes(&["data", "payment_attempt"], r#""""#, AsGood),
    gone(&["data", "payment_attempt"], AsGood),
];

const FULL_ATTEMPT_FORMS: &[Form] = forms![
    becomes(&["data", "payment_attempt"], r#""pat_2""#, Anything),
    becomes(&["data", "payment_attempt"], "5", Anything),
    becomes(&["data", "payment_attempt"], r#""""#, AsGood),
    becomes(&["data", "currency"], r#""EUR""#, AsGood),
    becomes(&["data", "amount"], "5000.0", AsGood),
];

const FULL_FORMS: &[Form] = forms![
    becomes(&["data", "payment_attempt"], r#""""#, AsGood),
    becomes(&["data", "currency"], r#""EUR""#, AsGood),
    becomes(&["data", "amount"], "5000.0", AsGood),
    becomes(&["data", "amount"], "0", AsGood),
];

/// Of a refund.
pub(crate) static READ: ReadAlphabet = ReadAlphabet {
    honest: &[
        plain(200),
        gone(&["data", "metadata"], AsGood),
        gone(&["status"], AsGood),
    ],
    worthless: &[
        becomes(&["status"], r#""error""#, Anything),
        becomes(&["status"], "false", Anything),
        becomes(
            &["errors"],
            r#"[{"code":101,"message":"server fault"}]"#,
            Anything,
        ),
        becomes(&["data", "id"], r#""rfd_77""#, Anything),
        becomes(&["data", "id"], r#""""#, Anything),
        becomes(&["data", "id"], "5", Anything),
        gone(&["data", "id"], Anything),
        becomes(&["data", "object"], r#""payout""#, Anything),
        becomes(&["data", "amount"], r#""abc""#, Anything),
        becomes(&["data", "currency"], "5", Anything),
        becomes(&["data", "currency"], r#""US$""#, Anything),
        becomes(&["data", "status"], "5", Anything),
        twice(&["data", "status"], r#""failed""#),
        twice(&["data", "status"], r#""succeeded""#),
    ],
    refusals: REFUSALS.split_at(2).0,
    unreadable: UNREADABLE,
    elsewhere: ELSEWHERE,
};

/// What contradicts the request that a read is about.
pub(crate) const OTHER_REFUND: &[Form] = &[
    becomes(&["data", "payin"], r#""chk_2""#, Anything),
    becomes(
        &["data", "metadata"],
        r#"{"refund_reference":"r-9"}"#,
        Anything,
    ),
];

/// What contradicts a request that names a payment attempt.
pub(crate) const OTHER_ATTEMPT: &[Form] = &[becomes(
    &["data", "payment_attempt"],
    r#""pat_2""#,
    Anything,
)];

/// What contradicts a request that names an amount.
pub(crate) const OTHER_AMOUNT: &[Form] = &[
    becomes(&["data", "amount"], "1", Anything),
    becomes(&["data", "currency"], r#""EUR""#, Anything),
];

/// Of a payment attempt.
pub(crate) static ATTEMPT_READ: ReadAlphabet = ReadAlphabet {
    honest: &[
        plain(200),
        becomes(&["data", "refunded"], r#""true""#, Anything),
        becomes(&["data", "refunded"], r#""false""#, Anything),
        gone(&["data", "refunded"], AsGood),
    ],
    worthless: &[
        becomes(&["status"], r#""error""#, Anything),
        becomes(&["data", "id"], r#""pat_2""#, Anything),
        becomes(&["data", "refunded"], "5", Anything),
    ],
    refusals: REFUSALS.split_at(2).0,
    unreadable: UNREADABLE,
    elsewhere: ELSEWHERE,
};
