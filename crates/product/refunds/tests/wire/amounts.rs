//! Amounts of answers are compared as decimals in the provider's unit, however they are written.

use refunds::{Doubt, MceRefund, TazapayRefund};
use serde_json::json;
use workspace_tests::server::Reply;

use crate::support::{Stage, accepted, mce_at, optty_at, reference, tazapay_at, unknown};

/// Tazapay's answer with an amount written like this.
fn with_amount(written: &str) -> Reply {
    Reply::json(
        202,
        format!(
            r#"{{"status":"success","data":{{"id":"rfd_1","payin":"chk_1","amount":{written},"currency":"USD","status":"pending"}}}}"#
        ),
    )
}

fn asked() -> TazapayRefund {
    TazapayRefund::of_payin("chk_1").with_amount("19.90 USD".parse().unwrap())
}

/// What is no amount at all may already not decode.
fn assert_is_about_the_amount(doubt: &Doubt, row: &str, written: &str) {
    let found = doubt.row().unwrap().id;
    assert!(
        [row, "any-unreadable-2xx"].contains(&found),
        "{written}: {found}"
    );
}

#[tokio::test]
async fn hundredths_agree_however_they_are_written_and_are_shown_in_major_units() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    for written in [
        "1990",
        "1990.0",
        "1990.00",
        "1.99e3",
        "199e1",
        r#""1990""#,
        r#""1990.0""#,
    ] {
        stage.answers([with_amount(written)]);
        let receipt = accepted(refunds.create(&reference(), asked()).await);
        let amount = receipt.amount().map(ToString::to_string);
        assert_eq!(amount.as_deref(), Some("19.90 USD"), "{written}");
    }
}

#[tokio::test]
async fn an_amount_that_differs_or_cannot_be_read_is_doubt() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    for written in [
        "19.9",
        r#""19.90""#,
        "1990.5",
        "2e3",
        "1e999",
        "-1990",
        "0",
        "19900",
        r#""abc""#,
        r#""1,990""#,
        r#""1990 USD""#,
        r#""NaN""#,
        "true",
        r#"{"value":1990}"#,
        "[1990]",
    ] {
        stage.answers([with_amount(written)]);
        let doubt = unknown(refunds.create(&reference(), asked()).await);
        assert_is_about_the_amount(&doubt, "tazapay-2xx-amount", written);
        assert_eq!(stage.writes(), 1, "{written}");
    }
}

#[tokio::test]
async fn of_a_refund_of_everything_the_amount_has_to_be_one() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    let everything = || TazapayRefund::of_payin("chk_1");
    for (written, agrees) in [
        ("12345", true),
        ("null", true),
        ("0", false),
        ("-1", false),
        (r#""abc""#, false),
        ("1e999", false),
    ] {
        stage.answers([with_amount(written)]);
        let outcome = refunds.create(&reference(), everything()).await;
        if agrees {
            accepted(outcome);
        } else {
            unknown(outcome);
        }
    }
}

#[tokio::test]
async fn major_units_agree_however_they_are_written() {
    let stage = Stage::new();
    let refunds = optty_at(&stage.url());
    for (written, agrees) in [
        ("24.98", true),
        (r#""24.98""#, true),
        ("24.980", true),
        ("2498e-2", true),
        ("24.9", false),
        ("25", false),
        ("2498", false),
        ("1e999", false),
        (r#""24,98""#, false),
        (r#""a lot""#, false),
        (r#""24.98 AUD""#, false),
    ] {
        let body = crate::optty::refunded(json!("placeholder"));
        let body = body.replace(r#""placeholder""#, written);
        stage.answers([Reply::json(200, body)]);
        let outcome = refunds.create(&reference(), crate::optty::refund()).await;
        if agrees {
            let receipt = accepted(outcome);
            let amount = receipt.amount().map(ToString::to_string);
            assert_eq!(amount.as_deref(), Some("24.98 AUD"), "{written}");
        } else {
            let doubt = unknown(outcome);
            assert_is_about_the_amount(&doubt, "optty-2xx-amount", written);
        }
    }
}

#[tokio::test]
async fn where_no_amount_was_sent_the_one_that_is_told_has_to_be_above_zero() {
    let stage = Stage::new();
    let refunds = mce_at(&stage.url());
    for (written, agrees) in [
        (json!("38.500000"), true),
        (json!("0.00000001"), true),
        (json!("0"), false),
        (json!("0.000000"), false),
        (json!("-38.5"), false),
        (json!("38,5"), false),
        (json!("abc"), false),
        (json!("1e999"), false),
    ] {
        let mut body = crate::mce::created();
        body["data"]["amount"] = written.clone();
        stage.answers([Reply::json(200, body.to_string())]);
        let outcome = refunds.create(&reference(), MceRefund::new(1, "t-1")).await;
        if agrees {
            accepted(outcome);
        } else {
            let doubt = unknown(outcome);
            assert_eq!(doubt.row().unwrap().id, "mce-2xx-amount", "{written}");
        }
    }
}
