//! What Optty answers to a refund.

use super::major;
use crate::{
    alphabet::{
        Alphabet, Binds, ELSEWHERE, Form,
        Means::{Definite, MayEcho},
        Odd, Refusal,
        Says::{self, Anything, AsGood},
        UNREADABLE, When, becomes, gone, plain, twice,
    },
    json::Json,
    models::Entry,
};

pub(super) static CREATE: Alphabet = Alphabet {
    forms: FORMS,
    pays_at_once: true,
    status_at: &["refundStatus"],
    refusals: REFUSALS,
    unreadable: UNREADABLE,
    elsewhere: &[ELSEWHERE, OWN],
};

/// As the page's example has it, where the reference is no echo and the description an object.
pub(super) fn created(entry: &Entry, number: usize) -> Json {
    let reference = entry.reference.as_deref().unwrap_or_default();
    Json::object([
        ("refundReference", Json::text(format!("{reference}-00"))),
        ("bnplProvider", Json::text("KLARNA_AU")),
        ("refundedAmount", Json::raw(number_of(entry.amount))),
        ("refundStatus", Json::text("SUCCESSFUL")),
        ("description", Json::raw("{}")),
        ("refundDate", Json::text("Thu, 01 Jan 2026 00:00:00 GMT")),
        ("bnplRefundId", Json::text(format!("bnpl-{number}"))),
    ])
}

fn number_of(hundredths: u32) -> String {
    let major = major(hundredths);
    major.trim_end_matches('0').trim_end_matches('.').to_owned()
}

const FORMS: &[Form] = &[
    Form {
        says: Says::Succeeded,
        ..plain(200)
    },
    Form {
        says: Says::Succeeded,
        ..plain(201)
    },
    becomes(&["refundedAmount"], r#""19.90""#, Says::Succeeded),
    becomes(&["description"], r#""Damaged""#, Says::Succeeded),
    becomes(&["bnplProvider"], "7", Says::Succeeded),
    becomes(&["refundReference"], r#""x-77""#, AsGood),
    gone(&["refundReference"], AsGood),
    becomes(&["refundReference"], r#""""#, AsGood),
    gone(&["bnplProvider"], AsGood),
    gone(&["description"], AsGood),
    gone(&["refundDate"], AsGood),
    becomes(&["refundDate"], "5", AsGood),
    becomes(&["callbackUrl"], r#""https://shop.example/""#, AsGood),
    becomes(&["refundedAmount"], "19.90", AsGood),
    becomes(&["refundedAmount"], "1.99e1", AsGood),
    becomes(&["refundedAmount"], "1990", Anything),
    becomes(&["refundedAmount"], "19.8", Anything),
    becomes(&["refundedAmount"], r#""19,90""#, Anything),
    becomes(&["refundedAmount"], r#""abc""#, Anything),
    becomes(&["refundedAmount"], "-19.9", Anything),
    becomes(&["refundedAmount"], "0", Anything),
    becomes(&["refundedAmount"], "1e999", Anything),
    becomes(&["refundedAmount"], "true", Anything),
    becomes(&["refundedAmount"], "{}", Anything),
    becomes(&["refundedAmount"], r#""""#, Anything),
    becomes(&["refundedAmount"], "null", Anything),
    gone(&["refundedAmount"], Anything),
    twice(&["refundedAmount"], "1"),
    // Only SUCCESSFUL is printed for refunds; FAILED, DECLINED, CANCELLED and ERROR are words for orders.
    becomes(&["refundStatus"], r#""PENDING""#, AsGood),
    becomes(&["refundStatus"], r#""WHATEVER""#, AsGood),
    becomes(&["refundStatus"], r#""FAILED""#, Says::No),
    becomes(&["refundStatus"], r#""DECLINED""#, Says::No),
    becomes(&["refundStatus"], r#""CANCELLED""#, Says::No),
    becomes(&["refundStatus"], r#""ERROR""#, Says::No),
    becomes(&["refundStatus"], r#""REJECTED""#, Says::No),
    becomes(&["refundStatus"], r#""failed""#, Says::No),
    becomes(&["refundStatus"], r#""canceled""#, Says::No),
    becomes(&["refundStatus"], "5", Anything),
    becomes(&["refundStatus"], "{}", Anything),
    becomes(&["refundStatus"], r#""""#, Anything),
    becomes(&["refundStatus"], "null", Anything),
    gone(&["refundStatus"], Anything),
    twice(&["refundStatus"], r#""FAILED""#),
    becomes(&["bnplRefundId"], r#""""#, Anything),
    becomes(&["bnplRefundId"], r#""   ""#, Anything),
    becomes(&["bnplRefundId"], "null", Anything),
    becomes(&["bnplRefundId"], "5", Anything),
    gone(&["bnplRefundId"], Anything),
    // Members of its errors.
    becomes(&["statusCode"], "400", Anything),
    becomes(&["statusCode"], "500", Anything),
    becomes(&["statusCode"], r#""500""#, Anything),
    becomes(&["statusCode"], "200", AsGood),
    becomes(&["error"], r#""Bad Request""#, Anything),
    becomes(&["message"], r#""refunded""#, AsGood),
    becomes(
        &[],
        r#"{"statusCode":500,"message":"Internal server error"}"#,
        Anything,
    ),
];

macro_rules! error {
    ($status:literal $message:literal, $when:expr, $means:expr) => {
        Refusal {
            name: $message,
            status: $status,
            body: concat!(
                r#"{"statusCode":"#,
                stringify!($status),
                r#","message":""#,
                $message,
                r#"","error":"Refused"}"#
            ),
            when: $when,
            means: $means,
        }
    };
}

/// There is no code: a 400 says in words alone whether it is about the request or about what was refunded
/// before. That the reference must be unique is said in words that nobody has documented.
const REFUSALS: &[Refusal] = &[
    error!(401 "Unauthorized", When::Always, Definite),
    error!(404 "Not Found", When::Always, Definite),
    error!(400 "You can only refund amount up to AUD 0", When::TooLittleLeft, MayEcho),
    error!(400 "Unexpected token a in JSON at position 157", When::Always, MayEcho),
    error!(400 "refundReference must be unique", When::Always, MayEcho),
];

const OWN: &[Odd] = &[Odd {
    status: 500,
    headers: &[("content-type", "application/json")],
    body: r#"{"statusCode":500,"message":"Internal server error"}"#,
    binds: Binds::NothingYet,
}];
