//! What `refund-status` shows. It has no schema: its members are those of an older page and of the webhooks.

use std::time::Duration;

use super::{Kotanipay, OFFRAMP};
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
        Served,
        read::{Read, ReadAlphabet},
    },
    teller::{Moment, Teller},
    wire::stamp,
};

/// What can be claimed of the refund.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    Paid,
    /// It has failed, as it had before.
    FailedBefore,
    /// The same, without a count, and with a time that is the answer's own: no document says whose it is.
    FailedUncounted,
    /// It has failed, once more than before.
    FailedAgain,
    NeedsInvoice,
}

impl Claim {
    fn words(self) -> &'static str {
        match self {
            Self::Paid => "the refund is paid",
            Self::FailedBefore => "the refund has failed, as often as it had",
            Self::FailedUncounted => "the refund has failed, and not how often",
            Self::FailedAgain => "the refund has failed once more",
            Self::NeedsInvoice => "the refund waits for an invoice",
        }
    }
}

pub(super) fn show(kotanipay: &Kotanipay, teller: &mut Teller, moment: Moment) -> Served {
    let truth = truth(kotanipay);
    let lies = [
        Claim::Paid,
        Claim::FailedBefore,
        Claim::FailedUncounted,
        Claim::FailedAgain,
        Claim::NeedsInvoice,
    ];
    let mut claims = vec![truth];
    let is_lightning = kotanipay.is_lightning;
    claims.extend(
        lies.into_iter()
            .filter(|lie| *lie != truth && (is_lightning || *lie != Claim::NeedsInvoice)),
    );
    let words: Vec<_> = claims.iter().map(|claim| claim.words()).collect();
    let read = Read {
        alphabet: &STATUS,
        contradicting: &[
            (OF_PAID, &|claim| claims.get(claim) == Some(&Claim::Paid)),
            (OF_UNPAID, &|claim| claims.get(claim) != Some(&Claim::Paid)),
            (OF_TRIES, &|claim| {
                moment.knows_mark && claims.get(claim) != Some(&Claim::Paid)
            }),
        ],
        claims: &words,
        truths: 1,
        shown: &|claim| {
            let claim = claims.get(claim).copied().unwrap_or(truth);
            status(kotanipay, claim, moment)
        },
        is_alike: &|claim| {
            let has_failed = |claim: Claim| !matches!(claim, Claim::Paid | Claim::NeedsInvoice);
            let claim = claims.get(claim).copied().unwrap_or(truth);
            claim == truth || has_failed(claim) && has_failed(truth)
        },
    };
    read.serve(teller, moment).0
}

fn truth(kotanipay: &Kotanipay) -> Claim {
    if kotanipay.is_refunded() {
        Claim::Paid
    } else if kotanipay.is_lightning && kotanipay.retries == 1 {
        Claim::NeedsInvoice
    } else {
        Claim::FailedBefore
    }
}

fn status(kotanipay: &Kotanipay, claim: Claim, moment: Moment) -> Json {
    let (retries, ran_at) = match claim {
        Claim::FailedAgain => (kotanipay.retries + 1, moment.noted()),
        Claim::FailedUncounted => (kotanipay.retries, moment.noted()),
        _ => (kotanipay.retries, kotanipay.ran_at),
    };
    let mut refund = refund(claim, retries, ran_at);
    if claim == Claim::FailedUncounted {
        refund.remove(&["totalRetries"]);
    }
    Json::object([
        ("success", Json::raw("true")),
        ("message", Json::text("ok")),
        ("data", refund),
    ])
}

/// The refund, as events show it too.
pub(super) fn refund(claim: Claim, retries: u32, ran_at: Duration) -> Json {
    let (status, refund_status, hash, error) = match claim {
        Claim::Paid => ("REVERSED", "SUCCESSFUL", "0xrefund123", ""),
        Claim::FailedBefore | Claim::FailedUncounted | Claim::FailedAgain => {
            ("FAILED", "FAILED", "", "Refund failed")
        }
        Claim::NeedsInvoice => ("FAILED", "INVOICE_NEEDED", "", ""),
    };
    Json::object([
        ("referenceId", Json::text(OFFRAMP)),
        ("status", Json::text(status)),
        ("refundInitiated", Json::raw("true")),
        ("refundStatus", Json::text(refund_status)),
        ("refundTransactionHash", Json::text(hash)),
        ("refundAmount", Json::raw("38.5")),
        ("error", Json::text(error)),
        ("totalRetries", Json::raw(retries.to_string())),
        ("requiresManualIntervention", Json::raw("false")),
        ("chain", Json::text("POLYGON")),
        ("token", Json::text("USDT")),
        ("currency", Json::text("KES")),
        ("timestamp", Json::text(stamp(ran_at))),
    ])
}

static STATUS: ReadAlphabet = ReadAlphabet {
    honest: &[
        plain(200),
        gone(&["success"], AsGood),
        gone(&["data", "refundInitiated"], AsGood),
        gone(&["data", "refundAmount"], AsGood),
        gone(&["data", "status"], AsGood),
        gone(&["data", "totalRetries"], AsGood),
        gone(&["data", "timestamp"], AsGood),
        gone(&["data", "error"], AsGood),
        becomes(&["data", "refundStatus"], r#""""#, AsGood),
        gone(&["data", "refundStatus"], AsGood),
        becomes(&["data", "requiresManualIntervention"], "true", AsGood),
    ],
    worthless: &[
        becomes(&["success"], "false", Anything),
        becomes(&["success"], r#""no""#, Anything),
        becomes(&["statusCode"], "500", Anything),
        becomes(&["error"], r#""Internal Server Error""#, Anything),
        becomes(&["error_code"], "400", Anything),
        becomes(&["data", "referenceId"], r#""off-2""#, Anything),
        becomes(&["data", "referenceId"], r#""""#, Anything),
        becomes(&["data", "referenceId"], "5", Anything),
        gone(&["data", "referenceId"], Anything),
        becomes(&["data", "refundStatus"], r#""QUEUED""#, Anything),
        becomes(&["data", "refundStatus"], r#""successful""#, Anything),
        becomes(&["data", "refundStatus"], "5", Anything),
        twice(&["data", "refundStatus"], r#""FAILED""#),
        twice(&["data", "refundStatus"], r#""SUCCESSFUL""#),
        becomes(&["data", "refundAmount"], "-38.5", Anything),
        becomes(&["data", "refundAmount"], "0", Anything),
        becomes(&["data"], "null", Anything),
        becomes(&["data"], "[]", Anything),
        gone(&["data"], Anything),
    ],
    refusals: &[Refusal {
        name: "Unauthorized",
        status: 401,
        body: r#"{"success":false,"message":"Unauthorized","data":{}}"#,
        when: When::Always,
        means: Definite,
    }],
    unreadable: UNREADABLE,
    elsewhere: ELSEWHERE,
};

/// What contradicts a refund that is said to be paid.
const OF_PAID: &[Form] = &[
    becomes(&["data", "status"], r#""REFUND_PENDING""#, Anything),
    becomes(&["data", "status"], r#""REFUND_FAILED""#, Anything),
    becomes(&["data", "error"], r#""out of funds""#, Anything),
    becomes(&["data", "refundInitiated"], "false", Anything),
    becomes(&["data", "requiresManualIntervention"], "true", Anything),
];

/// What contradicts a refund that is said to have failed.
const OF_UNPAID: &[Form] = &[
    becomes(&["data", "status"], r#""REFUNDED""#, Anything),
    becomes(&["data", "status"], r#""REVERSED""#, Anything),
    becomes(&["data", "status"], r#""REFUND_PENDING""#, Anything),
    becomes(&["data", "refundTransactionHash"], r#""0xabc""#, Anything),
];

/// What contradicts how often it had failed before, and when.
const OF_TRIES: &[Form] = &[
    becomes(&["data", "totalRetries"], r#""x""#, Anything),
    becomes(&["data", "totalRetries"], "-1", Anything),
    becomes(&["data", "totalRetries"], "0", Anything),
    becomes(&["data", "totalRetries"], "1.5", Anything),
    becomes(&["data", "timestamp"], r#""yesterday""#, Anything),
    becomes(&["data", "timestamp"], "5", Anything),
    becomes(
        &["data", "timestamp"],
        r#""2025-01-01T00:00:00.000Z""#,
        Anything,
    ),
];
