//! Kotani Pay.

use crate::evidence::{About, Ask, Check, Fact, Refusal, Row, Says};
use crate::{RefundStatus, WordField};

const ENVELOPES: &str = "developers.kotanipay.com, envelopes";
const PAGE: &str = "specs/kotanipay/published/retry-refund.md";
const STATUS_PAGE: &str = "developers.kotanipay.com, refund status: members of an older schema";
const WEBHOOKS: &str = "developers.kotanipay.com, offramp refunds: webhooks";
/// Words of off-ramps that say nothing against a refund that is under way.
const OFFRAMP_UNDER_WAY: &[&str] = &[
    "PENDING",
    "CRYPTO_RECEIVED",
    "PROCESSING",
    "FAILED",
    "TIMEOUT",
    "CANCELLED",
];

/// Where the end of a refund may be told.
const STATUSES: &[(Fact, WordField)] = &[
    (Fact::Status, WordField::KotanipayRefund),
    (Fact::PaymentStatus, WordField::KotanipayOfframp),
];

pub(super) static ROWS: &[Row] = &[
    // The 2xx of a write, whose body is not documented.
    Row::member(
        About::Answer,
        Fact::Body,
        Check::OneOf(&["nothing", "object"]),
        Says {
            id: "kotanipay-2xx-body",
            looks_at: "the body",
            proves: "none, or a JSON object in which nothing speaks against it, agrees; anything else, such as a page of HTML, is doubt",
            source: PAGE,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Envelope,
        Check::OneOf(&["true"]),
        Says {
            id: "kotanipay-2xx-success",
            looks_at: "`success`",
            proves: "anything but `true` is doubt",
            source: ENVELOPES,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Code,
        Check::OneOf(&["200", "201", "202", "204", "success", "ok"]),
        Says {
            id: "kotanipay-2xx-code",
            looks_at: "`statusCode`, `status` beside `data`",
            proves: "a code of anything but a success is doubt",
            source: ENVELOPES,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Error,
        Check::Empty,
        Says {
            id: "kotanipay-2xx-error",
            looks_at: "`error`, `error_code`, `errors`, and the same in `data`",
            proves: "members of an error in a success are doubt",
            source: ENVELOPES,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Message,
        Check::NoneOf(&[
            "Cannot retry refund",
            "Unauthorized",
            "Reference Id not found",
            "Invalid request",
            "Invalid invoice or not eligible for Lightning refund",
            "Offramp transaction not found",
        ]),
        Says {
            id: "kotanipay-2xx-message",
            looks_at: "`message`",
            proves: "the message of a documented refusal is doubt",
            source: PAGE,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Reference,
        Check::Same(Ask::Reference),
        Says {
            id: "kotanipay-2xx-reference",
            looks_at: "`referenceId`, also in `data`",
            proves: "another off-ramp than was asked for is doubt",
            source: STATUS_PAGE,
        },
    ),
    Row::member(
        About::Answer,
        Fact::Status,
        Check::Word {
            field: WordField::KotanipayRefund,
            under_way: &["PENDING", "PROCESSING"],
            may_fail: false,
        },
        Says {
            id: "kotanipay-2xx-refund-status",
            looks_at: "`data.refundStatus`",
            proves: "a failure, or a word that is not documented, is doubt",
            source: STATUS_PAGE,
        },
    ),
    Row::member(
        About::Answer,
        Fact::PaymentStatus,
        Check::Word {
            field: WordField::KotanipayOfframp,
            under_way: OFFRAMP_UNDER_WAY,
            may_fail: false,
        },
        Says {
            id: "kotanipay-2xx-offramp-status",
            looks_at: "`data.status`",
            proves: "a failed refund, an off-ramp that was paid out, or a word that is not documented, is doubt",
            source: STATUS_PAGE,
        },
    ),
    // refund-status.
    Row::member(
        About::Read,
        Fact::Envelope,
        Check::OneOf(&["true"]),
        Says {
            id: "kotanipay-read-success",
            looks_at: "`success`",
            proves: "a status beside anything but `true` is not final and settles nothing",
            source: ENVELOPES,
        },
    ),
    Row::member(
        About::Read,
        Fact::Code,
        Check::OneOf(&["200"]),
        Says {
            id: "kotanipay-read-code",
            looks_at: "`statusCode`, `error_code`",
            proves: "a status beside the code of an error is not final and settles nothing",
            source: ENVELOPES,
        },
    ),
    Row::member(
        About::Read,
        Fact::Error,
        Check::Empty,
        Says {
            id: "kotanipay-read-envelope-error",
            looks_at: "`error`, `errors` beside `data`",
            proves: "a status beside members of an error is not final and settles nothing",
            source: ENVELOPES,
        },
    ),
    Row::promised(
        About::Read,
        Fact::Reference,
        Check::Same(Ask::Reference),
        Says {
            id: "kotanipay-read-reference",
            looks_at: "`data.referenceId`",
            proves: "another off-ramp is no answer to the question; without one the status settles nothing",
            source: STATUS_PAGE,
        },
    ),
    Row::member(
        About::Read,
        Fact::Amount,
        Check::Amount,
        Says {
            id: "kotanipay-read-amount",
            looks_at: "`data.refundAmount`",
            proves: "beside an amount that is not above zero or cannot be read, the status settles nothing",
            source: STATUS_PAGE,
        },
    ),
    Row::member(
        About::Read,
        Fact::Status,
        Check::Pair {
            field: WordField::KotanipayRefund,
            payment: WordField::KotanipayOfframp,
        },
        Says {
            id: "kotanipay-read-status",
            looks_at: "`data.refundStatus` and `data.status`",
            proves: "a word that is not documented, or that the other one contradicts, is not final and settles nothing",
            source: STATUS_PAGE,
        },
    ),
    Row::member(
        About::Read,
        Fact::FailureReason,
        Check::BesideSuccess {
            fields: STATUSES,
            words: &[],
        },
        Says {
            id: "kotanipay-read-error",
            looks_at: "`data.error`",
            proves: "SUCCESSFUL beside an error is not final and settles nothing",
            source: STATUS_PAGE,
        },
    ),
    Row::member(
        About::Read,
        Fact::Initiated,
        Check::BesideSuccess {
            fields: STATUSES,
            words: &["true"],
        },
        Says {
            id: "kotanipay-read-initiated",
            looks_at: "`data.refundInitiated`",
            proves: "SUCCESSFUL of a refund that was not initiated is not final and settles nothing",
            source: STATUS_PAGE,
        },
    ),
    Row::member(
        About::Read,
        Fact::ManualIntervention,
        Check::BesideSuccess {
            fields: STATUSES,
            words: &["false"],
        },
        Says {
            id: "kotanipay-read-manual",
            looks_at: "`data.requiresManualIntervention`",
            proves: "SUCCESSFUL of a refund that waits for a person is not final and settles nothing",
            source: STATUS_PAGE,
        },
    ),
    Row::member(
        About::Read,
        Fact::TransactionHash,
        Check::NotBesideFailure(STATUSES),
        Says {
            id: "kotanipay-read-hash",
            looks_at: "`data.refundTransactionHash`",
            proves: "FAILED of a refund that has a transaction is not final and settles nothing",
            source: WEBHOOKS,
        },
    ),
    // Events.
    Row::member(
        About::Event,
        Fact::Status,
        Check::LikeEvent {
            field: WordField::KotanipayRefund,
            events: &[
                ("refund.completed", RefundStatus::Succeeded),
                ("refund.failed", RefundStatus::Failed),
                (
                    "refund.lightning.invoice_needed",
                    RefundStatus::ActionRequired,
                ),
            ],
            may_say_nothing: false,
        },
        Says {
            id: "kotanipay-event-status",
            looks_at: "`event` and `data.refundStatus`",
            proves: "a status that the event's name contradicts proves nothing: read the refund",
            source: WEBHOOKS,
        },
    ),
    Row::member(
        About::Event,
        Fact::PaymentStatus,
        Check::LikeEvent {
            field: WordField::KotanipayOfframp,
            events: &[("refund.completed", RefundStatus::Succeeded)],
            // Most words of an off-ramp say nothing of its refund.
            may_say_nothing: true,
        },
        Says {
            id: "kotanipay-event-offramp",
            looks_at: "`event` and `data.status`",
            proves: "`refund.completed` of an off-ramp that is not refunded proves nothing: read the refund",
            source: WEBHOOKS,
        },
    ),
    Row::member(
        About::Event,
        Fact::Amount,
        Check::Amount,
        Says {
            id: "kotanipay-event-amount",
            looks_at: "`data.refundAmount`",
            proves: "an event with an amount that is not above zero or cannot be read proves nothing: read the refund",
            source: WEBHOOKS,
        },
    ),
    Row::promised(
        About::Event,
        Fact::Reference,
        Check::Same(Ask::Reference),
        Says {
            id: "kotanipay-event-reference",
            looks_at: "`data.referenceId`",
            proves: "the off-ramp whose refund it is",
            source: WEBHOOKS,
        },
    ),
    // Refusals.
    Row::refusal(
        &[(400, 400)],
        &[],
        Refusal::MayExistAlready,
        Says {
            id: "kotanipay-refusal-400",
            looks_at: "400, which has one message for every cause",
            proves: "doubt: a refund that is under way or has succeeded cannot be tried again either",
            source: PAGE,
        },
    ),
    Row::refusal(
        &[(401, 401), (403, 405), (411, 411), (413, 415), (431, 431)],
        &[],
        Refusal::Definite,
        Says {
            id: "kotanipay-refusal-status",
            looks_at: "401, 403 to 405, 411, 413 to 415, 431",
            proves: "nothing happened: the off-ramp is not known or the caller not allowed",
            source: "specs/kotanipay/published/retry-refund.md (401, 404); developers.kotanipay.com (403); RFC 9110",
        },
    ),
];
