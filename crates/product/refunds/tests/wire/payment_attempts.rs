//! The payment attempt of a refund of a part whose answer was lost: a hint, and never proof.

use refunds::{Answer, Evidence, NextStep, TazapayRefund};
use serde_json::{Value, json};
use workspace_tests::server::Reply;

use crate::{
    support::{Stage, lines, reads_and_writes, reference, still_unknown, tazapay_at, unknown},
    tazapay::partial,
};

fn attempt(refunded: Value) -> Reply {
    let body = json!({
        "status": "success", "message": "",
        "data": {
            "id": "pat_1", "object": "payment_attempt", "payin": "chk_1", "amount": 90000,
            "charge_currency": "USD", "status": "succeeded", "refunded": refunded
        }
    });
    Reply::json(200, body.to_string())
}

fn lost_part() -> TazapayRefund {
    partial().with_payment_attempt("pat_1")
}

#[tokio::test]
async fn what_the_attempt_says_is_a_hint_in_both_of_its_documented_forms() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    for (refunded, says) in [
        (json!(true), "says that it was refunded"),
        (json!("true"), "says that it was refunded"),
        (json!(false), "says that it was not refunded"),
        (json!("false"), "says that it was not refunded"),
    ] {
        stage.reads_and_writes(attempt(refunded.clone()), [Reply::close()]);
        let doubt = unknown(refunds.create(&reference(), lost_part()).await);
        let unknown = still_unknown(&refunds, doubt.record()).await;
        assert!(unknown.why().contains(says), "{refunded}: {unknown}");
        assert!(unknown.why().contains("no proof"), "{unknown}");
        assert_eq!(unknown.next_step(), NextStep::AwaitEvent);
        let Evidence::Answer(answer) = unknown.evidence() else {
            panic!("the answer is lost");
        };
        assert!(matches!(**answer, Answer::TazapayAttempt(_)));
        assert_eq!(
            stage.lines(),
            ["POST /v3/refund", "GET /v3/payment_attempt/pat_1"]
        );
    }
}

#[tokio::test]
async fn an_attempt_that_tells_nothing_or_cannot_be_read_leaves_the_question_as_it_was() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    for read in [
        attempt(Value::Null),
        attempt(json!("perhaps")),
        attempt(json!(1)),
        Reply::status(500),
        Reply::json(404, "{}"),
        Reply::body(200, "text/html", "<html>"),
    ] {
        stage.reads_and_writes(read.clone(), [Reply::close()]);
        let doubt = unknown(refunds.create(&reference(), lost_part()).await);
        let unknown = still_unknown(&refunds, doubt.record()).await;
        assert!(unknown.why().contains("two could be paid"), "{read:?}");
        assert_eq!(unknown.next_step(), NextStep::AwaitEvent);
    }
}

#[tokio::test]
async fn an_attempt_that_was_not_named_is_not_read() {
    let server = reads_and_writes(attempt(json!(true)), [Reply::close()]);
    let refunds = tazapay_at(&server.url());
    let doubt = unknown(refunds.create(&reference(), partial()).await);
    still_unknown(&refunds, doubt.record()).await;
    assert_eq!(lines(&server), ["POST /v3/refund"]);
}
