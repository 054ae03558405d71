//! What Kotani Pay answers to a retry and to an invoice. No success is documented: any 2xx is one, unless it says
//! otherwise.

use crate::{
    alphabet::{
        Alphabet, Binds, ELSEWHERE, Form,
        Means::{Definite, MayEcho},
        Odd, Refusal,
        Says::{Accepted, Anything, AsGood},
        When, becomes, gone, plain, twice,
    },
    json::Json,
    models::Entry,
};

pub(super) static RETRY: Alphabet = Alphabet {
    forms: FORMS,
    pays_at_once: false,
    status_at: &["data", "refundStatus"],
    refusals: RETRY_REFUSALS,
    unreadable: UNREADABLE,
    elsewhere: &[ELSEWHERE, OWN],
};

pub(super) static INVOICE: Alphabet = Alphabet {
    forms: FORMS,
    pays_at_once: false,
    status_at: &["data", "refundStatus"],
    refusals: INVOICE_REFUSALS,
    unreadable: UNREADABLE,
    elsewhere: &[ELSEWHERE, OWN],
};

pub(super) fn accepted(_: &Entry, _: usize) -> Json {
    Json::object([
        ("success", Json::raw("true")),
        ("message", Json::text("Refund queued")),
        ("data", Json::object([])),
    ])
}

const fn empty(status: u16) -> Form {
    Form {
        status,
        ..gone(&[], Accepted)
    }
}

const FORMS: &[Form] = &[
    plain(200),
    plain(201),
    plain(202),
    empty(200),
    empty(204),
    becomes(&[], "{}", Accepted),
    becomes(&[], "null", AsGood),
    becomes(&[], "[]", AsGood),
    becomes(&[], r#""OK""#, AsGood),
    becomes(&[], "true", AsGood),
    becomes(&[], "OK", AsGood),
    becomes(&["data", "referenceId"], r#""off-1""#, Accepted),
    becomes(&["data", "referenceId"], r#""""#, AsGood),
    becomes(&["data", "referenceId"], r#""off-2""#, Anything),
    becomes(&["data", "referenceId"], "5", Anything),
    becomes(&["referenceId"], r#""off-2""#, Anything),
    becomes(&["data", "refundStatus"], r#""QUEUED""#, AsGood),
    becomes(&["data", "refundStatus"], r#""FAILED""#, Anything),
    becomes(&["data", "refundStatus"], "5", Anything),
    becomes(&["data", "status"], r#""REFUND_FAILED""#, Anything),
    becomes(&["data", "status"], r#""SUCCESSFUL""#, Anything),
    becomes(&["data", "status"], r#""QUEUED""#, AsGood),
    becomes(&["data", "status"], r#""FAILED""#, AsGood),
    becomes(
        &["data", "error"],
        r#""Refund failed after max retries""#,
        Anything,
    ),
    becomes(&["data"], "null", AsGood),
    becomes(&["data"], "[]", AsGood),
    gone(&["data"], AsGood),
    gone(&["success"], AsGood),
    gone(&["message"], AsGood),
    becomes(&["message"], r#""Cannot retry refund""#, Anything),
    becomes(&["message"], r#""unauthorized ""#, Anything),
    becomes(&["success"], "false", Anything),
    becomes(&["success"], r#""false""#, Anything),
    becomes(&["success"], "0", Anything),
    becomes(&["success"], "{}", Anything),
    twice(&["success"], "false"),
    becomes(&["statusCode"], "500", Anything),
    becomes(&["statusCode"], r#""500""#, Anything),
    becomes(&["statusCode"], "429", Anything),
    becomes(&["statusCode"], "{}", Anything),
    becomes(&["statusCode"], "200", AsGood),
    becomes(&["error"], r#""Internal Server Error""#, Anything),
    becomes(&["error_code"], "400", Anything),
    becomes(&["error_code"], r#""E42""#, Anything),
    becomes(&[], r#"{"statusCode":500}"#, Anything),
    becomes(
        &[],
        r#"{"success":false,"message":"Cannot retry refund","data":{}}"#,
        Anything,
    ),
];

const HTML: &[(&str, &str)] = &[("content-type", "text/html")];

const UNREADABLE: &[Odd] = &[
    Odd {
        status: 200,
        headers: HTML,
        body: "<html><h1>Down for maintenance</h1></html>",
        binds: Binds::NothingYet,
    },
    Odd {
        status: 200,
        headers: &[("content-type", "application/json")],
        body: r#"{"success":tr"#,
        binds: Binds::Nothing,
    },
];

macro_rules! error {
    ($status:literal $message:literal, $means:expr) => {
        Refusal {
            name: $message,
            status: $status,
            body: concat!(
                r#"{"success":false,"message":""#,
                $message,
                r#"","data":{}}"#
            ),
            when: When::Always,
            means: $means,
        }
    };
}

/// One message for every cause, among which is that it is queued or has been paid.
const RETRY_REFUSALS: &[Refusal] = &[
    error!(400 "Cannot retry refund", MayEcho),
    error!(401 "Unauthorized", Definite),
    error!(403 "Forbidden", Definite),
    error!(404 "Reference Id not found", Definite),
    LIMITED,
];

const INVOICE_REFUSALS: &[Refusal] = &[
    error!(400 "Invalid invoice or not eligible for Lightning refund", MayEcho),
    error!(401 "Unauthorized", Definite),
    error!(403 "Forbidden", Definite),
    error!(404 "Offramp transaction not found", Definite),
    LIMITED,
];

const LIMITED: Refusal = Refusal {
    name: "Too Many Requests",
    status: 429,
    body: r#"{"statusCode":429,"message":"slow down","error":"Too Many Requests","data":{"retryAfter":60}}"#,
    when: When::Always,
    means: Definite,
};

const OWN: &[Odd] = &[
    Odd {
        status: 500,
        headers: &[("content-type", "application/json")],
        body: r#"{"statusCode":500,"message":"Internal server error","error":"Internal Server Error"}"#,
        binds: Binds::NothingYet,
    },
    Odd {
        status: 409,
        headers: &[("content-type", "application/json")],
        body: r#"{"success":false,"message":"Cannot retry refund","data":{}}"#,
        binds: Binds::Nothing,
    },
    Odd {
        status: 429,
        headers: &[("content-type", "application/json")],
        body: r#"{"statusCode":429,"message":"slow down","data":{"retryAfter":-1}}"#,
        binds: Binds::DidNothing,
    },
];
