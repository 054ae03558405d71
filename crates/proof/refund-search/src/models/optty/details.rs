//! What Optty shows of an order: its refunds, without the reference, from a time on that is not documented.

use super::{CURRENCY, ORDER, Optty, listed};
use crate::{
    alphabet::{
        ELSEWHERE, Form,
        Means::Definite,
        Refusal,
        Says::{Anything, AsGood},
        UNREADABLE, When, becomes, gone, plain, twice,
    },
    json::Json,
    models::{
        Entry, Fate, Key, Served,
        read::{Read, ReadAlphabet},
    },
    teller::{Moment, Teller},
};

/// What can be claimed of our refund.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    Hidden,
    Shown(Fate),
    /// With a word that says no, and is documented for orders or nowhere.
    Denied(&'static str),
    /// Twice, and not the same.
    Doubled,
}

impl Claim {
    fn words(self) -> &'static str {
        match self {
            Self::Hidden => "there is no such refund",
            Self::Shown(Fate::Taken) => "the refund is under way",
            Self::Shown(Fate::Paid) => "the refund is paid",
            Self::Shown(Fate::Failed) => "the refund has failed",
            Self::Denied(_) => "the refund was denied, in another word",
            Self::Doubled => "there are two such refunds, one paid and one failed",
        }
    }
}

pub(super) fn show(optty: &mut Optty, teller: &mut Teller, moment: Moment) -> Served {
    use Claim::{Denied, Doubled, Hidden, Shown};
    let is_ours = |entry: &Entry| entry.reference.is_some();
    let ours = optty.ledger.entries.iter().find(|entry| is_ours(entry));
    let (claims, truths): (&[Claim], usize) = match ours.map(|entry| entry.fate) {
        None => (
            &[Hidden, Shown(Fate::Paid), Shown(Fate::Failed), Doubled],
            1,
        ),
        Some(Fate::Taken) => (
            &[
                Shown(Fate::Paid),
                Shown(Fate::Taken),
                Shown(Fate::Failed),
                Denied("DECLINED"),
                Denied("REJECTED"),
                Hidden,
                Doubled,
            ],
            6,
        ),
        Some(Fate::Paid) => (
            &[Shown(Fate::Paid), Hidden, Shown(Fate::Failed), Doubled],
            2,
        ),
        Some(Fate::Failed) => (
            &[Shown(Fate::Failed), Hidden, Shown(Fate::Paid), Doubled],
            2,
        ),
    };
    // An honest provider that has come to rest hides nothing, and uses the word that is printed.
    let truths = if moment.is_free { truths } else { 1 };
    let words: Vec<_> = claims.iter().map(|claim| claim.words()).collect();
    let read = Read {
        alphabet: &DETAILS,
        contradicting: if moment.knows_request {
            &[(OTHER_REFUND, &|_| true)]
        } else {
            &[]
        },
        claims: &words,
        truths,
        shown: &|claim| details(optty, claims.get(claim).copied().unwrap_or(Hidden), moment),
        is_alike: &|claim| claim < truths,
    };
    let (served, told) = read.serve(teller, moment);
    let learnt = match told.and_then(|told| claims.get(told)) {
        Some(Claim::Shown(fate)) => *fate,
        Some(Claim::Denied(_)) => Fate::Failed,
        Some(Claim::Hidden | Claim::Doubled) | None => Fate::Taken,
    };
    for entry in &mut optty.ledger.entries {
        if entry.reference.is_some() {
            entry.learn(learnt);
        }
    }
    served
}

/// The order, our refunds first.
fn details(optty: &Optty, claim: Claim, moment: Moment) -> Json {
    let mut refunds = Vec::new();
    let mut numbered = optty.ledger.entries.iter().enumerate();
    let ours: Vec<_> = numbered
        .by_ref()
        .filter(|(_, entry)| entry.reference.is_some())
        .map(|(number, entry)| (number, entry.clone()))
        .collect();
    let ours = if ours.is_empty() {
        vec![(70, nobodys(optty, moment))]
    } else {
        ours
    };
    for (number, entry) in &ours {
        match claim {
            Claim::Hidden => {}
            Claim::Shown(fate) => refunds.push(shown(entry, *number, fate)),
            Claim::Denied(word) => refunds.push(listed(entry, *number, word, "")),
            Claim::Doubled => {
                refunds.push(shown(entry, *number, Fate::Paid));
                refunds.push(shown(entry, *number, Fate::Failed));
            }
        }
    }
    for (number, entry) in optty.ledger.entries.iter().enumerate() {
        if entry.reference.is_none() {
            refunds.push(shown(entry, number, Fate::Paid));
        }
    }
    Json::object([
        ("merchantReference", Json::text(ORDER)),
        ("status", Json::text("SUCCESSFUL")),
        ("amount", Json::text("100.00")),
        ("currency", Json::text(CURRENCY)),
        ("provider", Json::text("KLARNA_AU")),
        ("updatedAt", Json::text("2026-01-01T00:00:00.000Z")),
        ("failureReason", Json::raw("null")),
        ("transactionHistory", Json::raw("[]")),
        ("refunds", Json::Array(refunds)),
        ("orderCaptures", Json::raw("[]")),
    ])
}

/// A refund as it was asked for, which nobody has made.
fn nobodys(optty: &Optty, moment: Moment) -> Entry {
    Entry {
        reference: None,
        life: moment.life,
        amount: 1990,
        fate: Fate::Taken,
        shows: optty.described.clone().or(Some("Damaged".into())),
        key: Key::Lost,
        at: moment.noted(),
    }
}

fn shown(entry: &Entry, number: usize, fate: Fate) -> Json {
    let (status, problem) = match fate {
        Fate::Taken => ("PENDING", ""),
        Fate::Paid => ("SUCCESSFUL", ""),
        Fate::Failed => ("FAILED", "insufficient funds"),
    };
    listed(entry, number, status, problem)
}

static DETAILS: ReadAlphabet = ReadAlphabet {
    honest: &[
        plain(201),
        plain(200),
        becomes(&["refunds", "0", "amount"], "19.9", AsGood),
        becomes(&["refunds", "0", "amount"], r#""19.9""#, AsGood),
        becomes(&["refunds", "0", "amount"], r#""""#, AsGood),
        gone(&["refunds", "0", "amount"], AsGood),
        gone(&["refunds", "0", "currency"], AsGood),
        gone(&["refunds", "0", "refundId"], AsGood),
        gone(&["refunds", "0", "createdAt"], AsGood),
        gone(&["refunds", "0", "refundReason"], AsGood),
        becomes(&["refunds", "0", "refundReason"], r#""300 Refund""#, AsGood),
        becomes(&["refunds", "0", "refundFailureReason"], "null", AsGood),
        becomes(&["status"], r#""FAILED""#, AsGood),
        gone(&["merchantReference"], AsGood),
        becomes(&["refunds"], "null", AsGood),
        becomes(&["refunds"], "{}", AsGood),
        gone(&["refunds"], AsGood),
    ],
    worthless: &[
        becomes(&["merchantReference"], r#""order-2""#, Anything),
        becomes(&["merchantReference"], "5", Anything),
        becomes(&["statusCode"], "500", Anything),
        becomes(&["error"], r#""Unauthorized""#, Anything),
        becomes(&["refunds", "0", "amount"], r#""19,90""#, Anything),
        becomes(&["refunds", "0", "amount"], r#""-19.90""#, Anything),
        becomes(&["refunds", "0", "amount"], "{}", Anything),
        becomes(&["refunds", "0", "currency"], "5", Anything),
        becomes(&["refunds", "0", "status"], "5", Anything),
        twice(&["refunds", "0", "status"], r#""FAILED""#),
        twice(&["refunds", "0", "status"], r#""SUCCESSFUL""#),
        becomes(
            &["refunds", "0", "refundFailureReason"],
            r#""insufficient funds""#,
            Anything,
        ),
        becomes(&["refunds", "0", "refundFailureReason"], "5", Anything),
        becomes(&["refunds", "0", "refundReason"], "5", Anything),
    ],
    refusals: &[Refusal {
        name: "wrong merchant",
        status: 401,
        body: r#"{"statusCode":401,"message":"You are not authorized to view this transaction...!","error":"Unauthorized"}"#,
        when: When::Always,
        means: Definite,
    }],
    unreadable: UNREADABLE,
    elsewhere: ELSEWHERE,
};

/// What contradicts the request that the details are read for.
const OTHER_REFUND: &[Form] = &[
    becomes(&["refunds", "0", "amount"], r#""20.90""#, Anything),
    becomes(&["refunds", "0", "currency"], r#""USD""#, Anything),
    becomes(
        &["refunds", "0", "createdAt"],
        r#""2025-12-01T00:00:00.000Z""#,
        Anything,
    ),
    becomes(
        &["refunds", "0", "refundReason"],
        r#""Damaged [r-10]""#,
        Anything,
    ),
    becomes(
        &["refunds", "0", "refundReason"],
        r#""Damaged [r-1] again""#,
        Anything,
    ),
];
