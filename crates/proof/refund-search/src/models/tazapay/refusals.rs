//! Every refusal that Tazapay documents, and whether an earlier refund of ours can be what it is about.

use crate::alphabet::{
    Means::{Definite, MayEcho},
    Refusal,
    When::{Always, NothingLeft, TooLittleLeft},
};

macro_rules! error {
    ($status:literal $code:literal $name:literal, $when:expr, $means:expr) => {
        Refusal {
            name: concat!($code, ": ", $name),
            status: $status,
            body: concat!(
                r#"{"status":"error","message":"","errors":[{"code":"#,
                $code,
                r#","message":""#,
                $name,
                r#""}]}"#
            ),
            when: $when,
            means: $means,
        }
    };
}

/// That it cannot be refunded might be said of an attempt whose money has gone back: no document says otherwise.
/// That it has not succeeded is not said of one: the documented sample of an attempt has the status `succeeded`
/// and is refunded. 30022 "exists" means something that nobody knows.
pub(crate) const REFUSALS: &[Refusal] = &[
    error!(404 105 "not found", Always, Definite),
    error!(400 103 "bad path", Always, Definite),
    error!(400 30010 "already fully refunded", NothingLeft, MayEcho),
    error!(400 30012 "amount exceeds what is left", TooLittleLeft, MayEcho),
    error!(400 30000 "bad payin id", Always, Definite),
    error!(400 30001 "bad payment_attempt id", Always, Definite),
    error!(400 30002 "value must be positive", Always, Definite),
    error!(400 30004 "bad source", Always, Definite),
    error!(400 30005 "bad webhook URL", Always, Definite),
    error!(400 30006 "payment_attempt missing", Always, Definite),
    error!(400 30007 "neither payin nor payment_attempt", Always, Definite),
    error!(400 30008 "payin has several attempts", Always, Definite),
    error!(409 30009 "attempt not succeeded", Always, Definite),
    error!(400 30011 "not refundable", Always, MayEcho),
    error!(400 30014 "buyer phone missing", Always, Definite),
    error!(400 30015 "invalid reason", Always, Definite),
    error!(400 30016 "collect object not refundable", Always, Definite),
    error!(400 30017 "account not authorised", Always, Definite),
    error!(400 30019 "customer_details with email required", Always, Definite),
    error!(400 30020 "account not authorised for this method", Always, Definite),
    error!(400 30021 "partial refund unsupported", Always, Definite),
    error!(400 30022 "exists", Always, MayEcho),
    error!(400 100 "bad JSON", Always, Definite),
    error!(400 104 "bad query", Always, Definite),
    error!(401 108 "authentication", Always, Definite),
    error!(401 109 "authentication", Always, Definite),
    error!(401 111 "authentication", Always, Definite),
    error!(429 110 "too many requests", Always, Definite),
    // Under statuses that are documented for other codes, or for none: HTTP says that this one did nothing, and no more.
    error!(403 30010 "already fully refunded", NothingLeft, MayEcho),
    error!(404 30012 "amount exceeds what is left", TooLittleLeft, MayEcho),
    error!(405 30022 "exists", Always, MayEcho),
    // Several at once, of which one may echo.
    Refusal {
        name: "30004 and 30010",
        status: 400,
        body: r#"{"status":"error","message":"","errors":[{"code":30004,"message":"bad source"},{"code":30010,"message":"already fully refunded"}]}"#,
        when: NothingLeft,
        means: MayEcho,
    },
];
