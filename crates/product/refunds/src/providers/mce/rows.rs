//! MCE.

use crate::evidence::{About, Ask, Check, Fact, Refusal, Row, Says};

const PAGE: &str = "specs/mce/published/create-crypto-refund.txt";
const NEWER: &str = "api-doc.mce.sg, newer pages: `code` is 200";
const GUIDE: &str = "api-doc.mce.sg/8182426m0, error handling guide";

pub(super) static ROWS: &[Row] = &[
    // The answer to a creation.
    Row::promised(
        About::Answer,
        Fact::Code,
        Check::OneOf(&["200"]),
        Says {
            id: "mce-2xx-code",
            looks_at: "`code`",
            proves: "200, as a number or a text, agrees; another code, or none, is doubt",
            source: NEWER,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Error,
        Check::Empty,
        Says {
            id: "mce-2xx-problem",
            looks_at: "`type`, `title`, `status`, `detail`, `instance`, `logId` beside `code`",
            proves: "members of a problem in a success are doubt",
            source: GUIDE,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Reference,
        Check::Same(Ask::Reference),
        Says {
            id: "mce-2xx-reference",
            looks_at: "`data.clientReference`",
            proves: "another reference than was sent is doubt",
            source: PAGE,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Payment,
        Check::Same(Ask::Payment),
        Says {
            id: "mce-2xx-transaction",
            looks_at: "`data.originalTransactionId`",
            proves: "another transaction than was asked for is doubt",
            source: PAGE,
        },
    ),
    Row::member(
        About::Answer,
        Fact::PaymentType,
        Check::Same(Ask::PaymentType),
        Says {
            id: "mce-2xx-type",
            looks_at: "`data.originalTransactionType`",
            proves: "another type than was asked for is doubt",
            source: PAGE,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Amount,
        Check::Amount,
        Says {
            id: "mce-2xx-amount",
            looks_at: "`data.amount`",
            proves: "none above zero, or none that can be read, is doubt",
            source: PAGE,
        },
    ),
    Row::promised(
        About::Answer,
        Fact::Id,
        Check::Names,
        Says {
            id: "mce-2xx-id",
            looks_at: "`data.cryptoRefundId`",
            proves: "names the refund; none, or blanks, are doubt",
            source: PAGE,
        },
    ),
    // Events, which nothing proves; these count where somebody vouches for one.
    Row::promised(
        About::Event,
        Fact::Reference,
        Check::Same(Ask::Reference),
        Says {
            id: "mce-event-reference",
            looks_at: "`data.clientReference`",
            proves: "our reference says that the refund is ours, where somebody vouches for the event",
            source: "api-doc.mce.sg, crypto refund webhook",
        },
    ),
    Row::promised(
        About::Event,
        Fact::Payment,
        Check::Same(Ask::Payment),
        Says {
            id: "mce-event-transaction",
            looks_at: "`data.originalTransactionId`",
            proves: "an event about another transaction settles no doubt",
            source: "api-doc.mce.sg, crypto refund webhook",
        },
    ),
    Row::member(
        About::Event,
        Fact::PaymentType,
        Check::Same(Ask::PaymentType),
        Says {
            id: "mce-event-type",
            looks_at: "`data.originalTransactionType`",
            proves: "an event about a transaction of another type settles no doubt",
            source: "api-doc.mce.sg, crypto refund webhook",
        },
    ),
    Row::member(
        About::Event,
        Fact::Amount,
        Check::Amount,
        Says {
            id: "mce-event-amount",
            looks_at: "`data.amount`",
            proves: "an event of an amount that is not above zero, or cannot be read, settles no doubt",
            source: "api-doc.mce.sg, crypto refund webhook",
        },
    ),
    Row::member(
        About::Event,
        Fact::Code,
        Check::OneOf(&["200"]),
        Says {
            id: "mce-event-code",
            looks_at: "`code`, which newer events of its siblings have",
            proves: "an event with another code than 200 settles no doubt",
            source: NEWER,
        },
    ),
    Row::promised(
        About::Event,
        Fact::Id,
        Check::Names,
        Says {
            id: "mce-event-id",
            looks_at: "`data.cryptoRefundId`",
            proves: "names the refund; an event without one settles no doubt",
            source: "api-doc.mce.sg, crypto refund webhook",
        },
    ),
    // Refusals.
    Row::refusal(
        &[(400, 400), (404, 404), (422, 422)],
        &[],
        Refusal::MayExistAlready,
        Says {
            id: "mce-refusal-not-pending",
            looks_at: "400, 404, 422, whatever the code",
            proves: "doubt: without a pending refund, as after a success of ours, an error is returned, and which one is not documented",
            source: PAGE,
        },
    ),
    Row::refusal(
        &[
            (401, 401),
            (403, 403),
            (405, 405),
            (411, 411),
            (413, 415),
            (431, 431),
        ],
        &[],
        Refusal::Definite,
        Says {
            id: "mce-refusal-status",
            looks_at: "401, 403, 405, 411, 413 to 415, 431",
            proves: "nothing happened: the caller is not allowed, or the request was not taken",
            source: "api-doc.mce.sg/8182426m0 (401, 403); RFC 9110",
        },
    ),
];
