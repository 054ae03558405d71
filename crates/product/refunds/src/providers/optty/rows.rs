//! Optty.

use crate::WordField;
use crate::evidence::{About, Ask, Check, Fact, Refusal, Row, Says};

const PAGE: &str = "specs/optty/published/post-orders-reference-refund.md";
const DETAILS: &str = "docs.optty.com, order details";
const WORDS: &str = "docs.optty.com: only SUCCESSFUL is printed for refunds; PENDING and INITIATED are words of orders, and refunds can stay pending";
const STATUS: Check = Check::Word {
    field: WordField::Optty,
    under_way: &["PENDING", "INITIATED"],
    may_fail: false,
};

pub(super) static ROWS: &[Row] = &[
    // The answer to a creation.
    Row::member(
        About::Answer,
        Fact::Error,
        Check::Empty,
        Says {
            id: "optty-2xx-error",
            looks_at: "`statusCode`, `error`",
            proves: "members of an error in a success are doubt",
            source: PAGE,
        },
    ),
    Row::promised(
        About::Answer,
        Fact::Amount,
        Check::Amount,
        Says {
            id: "optty-2xx-amount",
            looks_at: "`refundedAmount`, in major units",
            proves: "another amount than was asked for, or none that can be read, is doubt",
            source: PAGE,
        },
    ),
    Row::promised(
        About::Answer,
        Fact::Id,
        Check::Names,
        Says {
            id: "optty-2xx-id",
            looks_at: "`bnplRefundId`",
            proves: "names the refund; none, or blanks, are doubt",
            source: PAGE,
        },
    ),
    Row::promised(
        About::Answer,
        Fact::Status,
        STATUS,
        Says {
            id: "optty-2xx-status",
            looks_at: "`refundStatus`",
            proves: "SUCCESSFUL has succeeded, PENDING and INITIATED are under way; another word is doubt",
            source: WORDS,
        },
    ),
    // A refund in the details of its order.
    Row::member(
        About::Listed,
        Fact::Error,
        Check::Empty,
        Says {
            id: "optty-listed-error",
            looks_at: "`statusCode`, `error` beside the order",
            proves: "beside members of an error, what the order shows settles nothing",
            source: PAGE,
        },
    ),
    Row::promised(
        About::Listed,
        Fact::Reference,
        Check::Same(Ask::Reference),
        Says {
            id: "optty-listed-reason",
            looks_at: "`refundReason`",
            proves: "the description that was sent with our reference says that the refund is ours",
            source: DETAILS,
        },
    ),
    Row::promised(
        About::Listed,
        Fact::Amount,
        Check::Amount,
        Says {
            id: "optty-listed-amount",
            looks_at: "`amount`, in major units",
            proves: "another amount, none, or none that can be read, settles nothing",
            source: DETAILS,
        },
    ),
    Row::promised(
        About::Listed,
        Fact::Currency,
        Check::Currency,
        Says {
            id: "optty-listed-currency",
            looks_at: "`currency`",
            proves: "another currency, or none, settles nothing",
            source: DETAILS,
        },
    ),
    Row::promised(
        About::Listed,
        Fact::Status,
        STATUS,
        Says {
            id: "optty-listed-status",
            looks_at: "`status`",
            proves: "SUCCESSFUL has succeeded, PENDING and INITIATED are under way; another word, or none, settles nothing",
            source: WORDS,
        },
    ),
    Row::member(
        About::Listed,
        Fact::FailureReason,
        Check::BesideSuccess {
            fields: &[(Fact::Status, WordField::Optty)],
            words: &[],
        },
        Says {
            id: "optty-listed-failure",
            looks_at: "`refundFailureReason`",
            proves: "a reason of failure beside SUCCESSFUL settles nothing",
            source: DETAILS,
        },
    ),
    Row::member(
        About::Listed,
        Fact::CreatedAt,
        Check::NotEarlier,
        Says {
            id: "optty-listed-time",
            looks_at: "`createdAt`",
            proves: "a refund from before the first attempt, or of a time that cannot be read, is not ours",
            source: DETAILS,
        },
    ),
    // Refusals.
    Row::refusal(
        &[(400, 400)],
        &[],
        Refusal::MayExistAlready,
        Says {
            id: "optty-refusal-400",
            looks_at: "400, which has no code: over the limit, and a reference that is not unique, among others",
            proves: "doubt: an earlier success of ours leaves less to refund, and its reference is used",
            source: PAGE,
        },
    ),
    Row::refusal(
        &[(401, 401), (403, 405), (411, 411), (413, 415), (431, 431)],
        &[],
        Refusal::Definite,
        Says {
            id: "optty-refusal-status",
            looks_at: "401, 403 to 405, 411, 413 to 415, 431",
            proves: "nothing happened: the order is not known or the caller not allowed, whatever was refunded",
            source: "specs/optty/published/post-orders-reference-refund.md (401, 404); RFC 9110",
        },
    ),
];
