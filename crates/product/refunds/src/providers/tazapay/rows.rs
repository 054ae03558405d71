//! Tazapay.

use crate::evidence::{About, Ask, Check, Fact, Refusal, Repetition, Row, Rule, Says};
use crate::{RefundStatus, WordField};

const OBJECT: &str = "docs.tazapay.com, refund object";
const ENVELOPE: &str = "docs.tazapay.com, envelopes";
const ERRORS: &str = "docs.tazapay.com, errors of create";
const GENERIC: &str = "docs.tazapay.com, generic errors";
const WEBHOOKS: &str = "docs.tazapay.com, webhooks";
const METADATA: &str =
    "docs.tazapay.com, metadata: answers and events repeat what the request gave";
const DECIMALS: &str = "docs.tazapay.com, decimal currencies";
const STATUS: Check = Check::Word {
    field: WordField::Tazapay,
    under_way: &[],
    may_fail: true,
};

pub(super) static ROWS: &[Row] = &[
    // The answer to a creation.
    Row::promised(
        About::Answer,
        Fact::Envelope,
        Check::OneOf(&["success"]),
        Says {
            id: "tazapay-2xx-envelope",
            looks_at: "`status` of the envelope",
            proves: "`success` agrees; another word, or none, is doubt",
            source: ENVELOPE,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Error,
        Check::Empty,
        Says {
            id: "tazapay-2xx-errors",
            looks_at: "`errors`",
            proves: "errors in a success are doubt",
            source: ENVELOPE,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Object,
        Check::OneOf(&["refund"]),
        Says {
            id: "tazapay-2xx-object",
            looks_at: "`data.object`",
            proves: "anything but `refund` is doubt",
            source: OBJECT,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Payment,
        Check::Same(Ask::Payment),
        Says {
            id: "tazapay-2xx-payin",
            looks_at: "`data.payin`",
            proves: "another payin than was asked for is doubt",
            source: OBJECT,
        },
    ),
    Row::member(
        About::Answer,
        Fact::PaymentAttempt,
        Check::Same(Ask::PaymentAttempt),
        Says {
            id: "tazapay-2xx-attempt",
            looks_at: "`data.payment_attempt`",
            proves: "another payment attempt than was asked for is doubt",
            source: OBJECT,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Amount,
        Check::Hundredths,
        Says {
            id: "tazapay-2xx-amount",
            looks_at: "`data.amount`, in hundredths",
            proves: "another amount than was asked for, or none that can be read, is doubt",
            source: DECIMALS,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Currency,
        Check::Currency,
        Says {
            id: "tazapay-2xx-currency",
            looks_at: "`data.currency`, in any case",
            proves: "another currency than was asked for, or none that can be read, is doubt",
            source: OBJECT,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Reference,
        Check::Same(Ask::Reference),
        Says {
            id: "tazapay-2xx-reference",
            looks_at: "`data.metadata`, the entry of our reference",
            proves: "another reference than was sent is doubt",
            source: METADATA,
        },
    ),
    Row::promised(
        About::Answer,
        Fact::Id,
        Check::Names,
        Says {
            id: "tazapay-2xx-id",
            looks_at: "`data.id`",
            proves: "names the refund; none, or blanks, are doubt",
            source: OBJECT,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Status,
        STATUS,
        Says {
            id: "tazapay-2xx-status",
            looks_at: "`data.status`",
            proves: "what the documented words mean, failures included; another word is doubt",
            source: OBJECT,
        },
    ),
    // A refund that is read by its id.
    Row::promised(
        About::Read,
        Fact::Envelope,
        Check::OneOf(&["success"]),
        Says {
            id: "tazapay-read-envelope",
            looks_at: "`status` of the envelope",
            proves: "without `success` the status of the refund is not final",
            source: ENVELOPE,
        },
    ),
    Row::member(
        About::Read,
        Fact::Error,
        Check::Empty,
        Says {
            id: "tazapay-read-errors",
            looks_at: "`errors`",
            proves: "beside errors the status of the refund is not final",
            source: ENVELOPE,
        },
    ),
    Row::promised(
        About::Read,
        Fact::Id,
        Check::Same(Ask::Id),
        Says {
            id: "tazapay-read-id",
            looks_at: "`data.id`",
            proves: "another id than was asked for is no answer to the question; without one the status is not final",
            source: OBJECT,
        },
    ),
    Row::member(
        About::Read,
        Fact::Object,
        Check::OneOf(&["refund"]),
        Says {
            id: "tazapay-read-object",
            looks_at: "`data.object`",
            proves: "the status of anything but a `refund` is not final",
            source: OBJECT,
        },
    ),
    Row::member(
        About::Read,
        Fact::Amount,
        Check::Hundredths,
        Says {
            id: "tazapay-read-amount",
            looks_at: "`data.amount`, in hundredths",
            proves: "beside another amount than was asked for, none above zero, or none that can be read, the status is not final",
            source: DECIMALS,
        },
    ),
    Row::member(
        About::Read,
        Fact::Currency,
        Check::Currency,
        Says {
            id: "tazapay-read-currency",
            looks_at: "`data.currency`",
            proves: "beside another than was asked for, or one that is no currency, the status is not final",
            source: OBJECT,
        },
    ),
    Row::member(
        About::Read,
        Fact::Payment,
        Check::Same(Ask::Payment),
        Says {
            id: "tazapay-read-payin",
            looks_at: "`data.payin`",
            proves: "where the request is known, another payin is no answer to the question",
            source: OBJECT,
        },
    ),
    Row::member(
        About::Read,
        Fact::PaymentAttempt,
        Check::Same(Ask::PaymentAttempt),
        Says {
            id: "tazapay-read-attempt",
            looks_at: "`data.payment_attempt`",
            proves: "where the request is known, another payment attempt is no answer to the question",
            source: OBJECT,
        },
    ),
    Row::member(
        About::Read,
        Fact::Reference,
        Check::Same(Ask::Reference),
        Says {
            id: "tazapay-read-reference",
            looks_at: "`data.metadata`, the entry of our reference",
            proves: "where the request is known, another reference is no answer to the question",
            source: METADATA,
        },
    ),
    // Events.
    Row::member(
        About::Event,
        Fact::Status,
        Check::LikeEvent {
            field: WordField::Tazapay,
            events: &[
                ("refund.pending", RefundStatus::Pending),
                ("refund.succeeded", RefundStatus::Succeeded),
                ("refund.failed", RefundStatus::Failed),
            ],
        },
        Says {
            id: "tazapay-event-status",
            looks_at: "`type` and `data.status`",
            proves: "a status that the event's name contradicts proves nothing: read the refund",
            source: WEBHOOKS,
        },
    ),
    Row::promised(
        About::Event,
        Fact::Reference,
        Check::Same(Ask::Reference),
        Says {
            id: "tazapay-event-reference",
            looks_at: "`data.metadata`, the entry of our reference",
            proves: "our reference says that the refund is ours; without it an event settles no doubt",
            source: METADATA,
        },
    ),
    Row::member(
        About::Event,
        Fact::Body,
        Check::OneOf(&["event"]),
        Says {
            id: "tazapay-event-envelope",
            looks_at: "`object` of the event",
            proves: "anything but `event` proves nothing: read the refund",
            source: WEBHOOKS,
        },
    ),
    Row::member(
        About::Event,
        Fact::Object,
        Check::OneOf(&["refund"]),
        Says {
            id: "tazapay-event-object",
            looks_at: "`data.object`",
            proves: "an event about anything but a refund settles no doubt",
            source: OBJECT,
        },
    ),
    Row::member(
        About::Event,
        Fact::Payment,
        Check::Same(Ask::Payment),
        Says {
            id: "tazapay-event-payin",
            looks_at: "`data.payin`",
            proves: "an event about another payin settles no doubt",
            source: OBJECT,
        },
    ),
    Row::member(
        About::Event,
        Fact::PaymentAttempt,
        Check::Same(Ask::PaymentAttempt),
        Says {
            id: "tazapay-event-attempt",
            looks_at: "`data.payment_attempt`",
            proves: "an event about another payment attempt settles no doubt",
            source: OBJECT,
        },
    ),
    Row::member(
        About::Event,
        Fact::Amount,
        Check::Hundredths,
        Says {
            id: "tazapay-event-amount",
            looks_at: "`data.amount`, in hundredths",
            proves: "an event about another amount settles no doubt",
            source: DECIMALS,
        },
    ),
    Row::member(
        About::Event,
        Fact::Currency,
        Check::Currency,
        Says {
            id: "tazapay-event-currency",
            looks_at: "`data.currency`, in any case",
            proves: "an event about another currency settles no doubt",
            source: OBJECT,
        },
    ),
    Row::member(
        About::Event,
        Fact::CreatedAt,
        Check::NotEarlier,
        Says {
            id: "tazapay-event-time",
            looks_at: "`data.created_at`, where it names an instant",
            proves: "an event about a refund from before the first attempt settles no doubt, nor does a failure of a refund without a time",
            source: OBJECT,
        },
    ),
    Row::promised(
        About::Event,
        Fact::Id,
        Check::Names,
        Says {
            id: "tazapay-event-id",
            looks_at: "`data.id`",
            proves: "names the refund; an event without one settles no doubt",
            source: OBJECT,
        },
    ),
    // Refusals.
    Row::refusal(
        &[(400, 400)],
        &["30010", "30012"],
        Refusal::MayExistAlready,
        Says {
            id: "tazapay-refusal-already",
            looks_at: "400 with 30010 (already fully refunded), 30012 (exceeds what is left), also among others",
            proves: "doubt: an earlier success of ours, perhaps of another machine, is refused so",
            source: ERRORS,
        },
    ),
    Row::refusal(
        &[(400, 400)],
        &["30011", "30022"],
        Refusal::MayExistAlready,
        Says {
            id: "tazapay-refusal-not-refundable",
            looks_at: "400 with 30011 (not refundable), 30022 (meaning not documented)",
            proves: "doubt: what is refunded may be called so",
            source: ERRORS,
        },
    ),
    Row::refusal(
        &[(400, 400)],
        &[
            "30000", "30001", "30002", "30004", "30005", "30006", "30007", "30008", "30014",
            "30015", "30016", "30017", "30019", "30020", "30021",
        ],
        Refusal::Definite,
        Says {
            id: "tazapay-refusal-request",
            looks_at: "400 with 30000 to 30008 or 30014 to 30021",
            proves: "nothing happened: it is about the request or the account, whatever was refunded",
            source: ERRORS,
        },
    ),
    Row::refusal(
        &[(409, 409)],
        &["30009"],
        Refusal::Definite,
        Says {
            id: "tazapay-refusal-attempt",
            looks_at: "409 with 30009 (the payment attempt has not succeeded)",
            proves: "nothing happened: what was not paid is not refunded, and `refunded` is told apart from the status",
            source: "docs.tazapay.com, errors of create; payment attempt: the sample is `succeeded` and refunded",
        },
    ),
    Row::refusal(
        &[(400, 400)],
        &["100", "103", "104"],
        Refusal::Definite,
        Says {
            id: "tazapay-refusal-generic",
            looks_at: "400 with 100, 103 or 104",
            proves: "nothing happened: the request could not be read",
            source: GENERIC,
        },
    ),
    Row::refusal(
        &[(401, 401), (403, 405), (411, 411), (413, 415), (431, 431)],
        &[],
        Refusal::Definite,
        Says {
            id: "tazapay-refusal-status",
            looks_at: "401, 403 to 405, 411, 413 to 415, 431, whatever the code, but for those that are documented with another status",
            proves: "nothing happened: no earlier refund is refused so",
            source: "docs.tazapay.com, generic errors (401, 404); RFC 9110",
        },
    ),
    // Repetitions.
    Row::of(
        About::Repetition,
        Says {
            id: "tazapay-repeat-full",
            looks_at: "a refund of everything (no amount)",
            proves: "may be repeated under its key, also by a reconciliation: a second one is refused (30010)",
            source: ERRORS,
        },
        Rule::Repeats(Repetition::OfEverything),
    ),
    Row::of(
        About::Repetition,
        Says {
            id: "tazapay-repeat-key",
            looks_at: "a refund of a part that got no answer at all, within the 24 hours of its key",
            proves: "nothing by default: keys are kept for 2xx answers only, and nobody heard which came. \
                     It is repeated only with `RetryPolicy::with_risk_of_paying_twice`",
            source: "docs.tazapay.com, idempotency",
        },
        Rule::Repeats(Repetition::UnderTrustedKey),
    ),
];
