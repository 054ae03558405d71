//! A refusal that an earlier success of ours explains is doubt, at the first attempt too: records can be
//! lost, and another machine can have made the refund.

use refunds::{DoubtCause, InDoubt, MceRefund, NextStep, OpttyRefund, Refunds, TazapayRefund};
use serde_json::json;
use workspace_tests::server::{LoopbackServer, Reply};

use crate::{
    kotanipay::failed,
    support::{
        Stage, kotanipay_at, mce_at, optty_at, reads_and_writes, reference, rejected, server,
        tazapay_at, unknown, writes,
    },
    tazapay::{error, partial},
};

/// No text may lead to a second refund.
fn assert_advises_no_other_reference(text: &str) {
    let text = text.to_lowercase();
    for advice in [
        "another reference",
        "new reference",
        "different reference",
        "other reference",
        "nothing happened",
        "call again",
    ] {
        assert!(!text.contains(advice), "{text}");
    }
}

async fn check(refunds: &Refunds, doubt: refunds::Doubt, writes: impl Fn() -> usize) {
    assert_eq!(doubt.cause(), DoubtCause::MayExistAlready);
    assert_eq!(doubt.attempts(), 1);
    assert!(!matches!(
        doubt.next_step(),
        NextStep::Correct | NextStep::CallAgain | NextStep::CallAgainLater
    ));
    assert_advises_no_other_reference(&doubt.to_string());
    assert_eq!(writes(), 1);
    check_reconciliation(refunds, doubt.record()).await;
    assert_eq!(writes(), 1, "it was sent again");
}

async fn check_reconciliation(refunds: &Refunds, record: &InDoubt) {
    match refunds.reconcile(record).await.unwrap() {
        refunds::Reconciled::StillUnknown(unknown) => {
            assert_advises_no_other_reference(&unknown.to_string());
            let settled_by = unknown.settled_by();
            assert_advises_no_other_reference(&format!("{settled_by:?}"));
            assert!(settled_by.question.contains("refund-1"));
        }
        // Kotani Pay shows the one refund that there is.
        refunds::Reconciled::Shown(_) => {}
        other => panic!("settled: {other:?}"),
    }
}

#[tokio::test]
async fn already_refunded_too_much_and_not_refundable_are_doubt_at_tazapay() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    for (status, code) in [(400, 30010), (400, 30011), (400, 30012), (400, 30022)] {
        for request in [partial(), TazapayRefund::of_payin("chk_1")] {
            stage.answers([Reply::json(status, error(code))]);
            let doubt = unknown(refunds.create(&reference(), request).await);
            check(&refunds, doubt, || stage.writes()).await;
        }
    }
}

#[tokio::test]
async fn a_code_under_a_status_that_is_not_documented_for_it_is_an_unclear_answer_at_tazapay() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    for (status, code) in [
        (403, 30010),
        (404, 30012),
        (405, 30022),
        (409, 30010),
        (409, 30011),
        (413, 30004),
        (422, 30012),
        (422, 30022),
    ] {
        stage.answers([Reply::json(status, error(code))]);
        let doubt = unknown(refunds.create(&reference(), partial()).await);
        assert_eq!(doubt.cause(), DoubtCause::UnclearAnswer, "{status} {code}");
        assert_eq!(stage.writes(), 1, "{status} {code}");
    }
}

#[tokio::test]
async fn of_several_codes_the_gravest_counts_and_one_that_is_not_documented_is_doubt() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    let refusal = |codes: [i64; 2]| {
        let errors = codes.map(|code| json!({"code": code, "message": "no"}));
        Reply::json(
            400,
            json!({"status": "error", "errors": errors}).to_string(),
        )
    };
    for (codes, cause) in [
        ([30004, 30010], DoubtCause::MayExistAlready),
        ([30012, 30004], DoubtCause::MayExistAlready),
        ([30004, 39999], DoubtCause::UnclearAnswer),
    ] {
        stage.answers([refusal(codes)]);
        let doubt = unknown(refunds.create(&reference(), partial()).await);
        assert_eq!(doubt.cause(), cause, "{codes:?}");
    }
    for body in [
        r#"{"errors":[{"code":30004},{"message":"payin already fully refunded"}]}"#,
        r#"{"errors":[{"code":30012}],"errors":[{"code":30000}]}"#,
        r#"{"errors":{"0":{"code":30000},"1":{"code":30010}}}"#,
    ] {
        stage.answers([Reply::json(400, body)]);
        let doubt = unknown(refunds.create(&reference(), partial()).await);
        assert_eq!(doubt.cause(), DoubtCause::UnclearAnswer, "{body}");
    }
    stage.answers([refusal([30004, 30005])]);
    let rejection = rejected(refunds.create(&reference(), partial()).await);
    assert_eq!(rejection.row().unwrap().id, "tazapay-refusal-request");
}

#[tokio::test]
async fn over_the_limit_and_not_unique_are_doubt_at_optty() {
    for message in [
        "You can only refund amount up to AUD 24.98",
        "refundReference is not unique",
        "Unexpected token a in JSON at position 157",
    ] {
        let refusal = json!({"statusCode": 400, "message": message, "error": "Bad Request"});
        let details = json!({"merchantReference": "order-1", "refunds": []}).to_string();
        let server = LoopbackServer::start(move |request| {
            if request.target.ends_with("/details") {
                return Reply::json(200, details.clone());
            }
            Reply::json(400, refusal.to_string())
        })
        .unwrap();
        let refunds = optty_at(&server.url());
        let doubt = unknown(refunds.create(&reference(), crate::optty::refund()).await);
        assert!(doubt.to_string().contains(message), "{doubt}");
        check(&refunds, doubt, || writes(&server)).await;
    }
}

#[tokio::test]
async fn no_pending_refund_is_doubt_at_mce() {
    let stage = Stage::new();
    let refunds = mce_at(&stage.url());
    for (status, code) in [
        (422, "PAY_NO_PENDING_REFUND"),
        (422, "PAY_INSUFFICIENT_FUNDS"),
        (400, "PAY_BAD_REQUEST"),
        (404, "PAY_NOT_FOUND"),
    ] {
        let body = json!({
            "type": "https://api-doc.mce.sg/8182426m0", "title": "No pending refund",
            "status": status, "detail": "there is no pending refund", "code": code
        });
        stage.answers([Reply::json(status, body.to_string())]);
        let doubt = unknown(refunds.create(&reference(), MceRefund::new(1, "t-1")).await);
        check(&refunds, doubt, || stage.writes()).await;
    }
}

#[tokio::test]
async fn a_retry_that_cannot_be_made_is_doubt_at_kotani_pay() {
    let stage = Stage::new();
    let refunds = kotanipay_at(&stage.url());
    for message in ["Cannot retry refund", "Max retries reached"] {
        let body = json!({"success": false, "message": message, "data": {}});
        stage.reads_and_writes(failed(), [Reply::json(400, body.to_string())]);
        let doubt = unknown(refunds.retry(&reference()).await);
        check(&refunds, doubt, || stage.writes()).await;
    }
}

#[tokio::test]
async fn a_refusal_that_nobody_documents_neither_confirms_nor_refuses() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    for reply in [
        Reply::json(400, error(99999)),
        Reply::json(400, "{}"),
        Reply::body(400, "text/html", "<html>"),
        Reply::json(402, "{}"),
        Reply::status(410),
        Reply::status(418),
        Reply::json(422, "{}"),
    ] {
        stage.answers([reply]);
        let doubt = unknown(refunds.create(&reference(), partial()).await);
        assert_eq!(doubt.cause(), DoubtCause::UnclearAnswer);
        assert_eq!(doubt.row().unwrap().id, "any-undocumented-refusal");
        assert_advises_no_other_reference(&doubt.to_string());
        check_reconciliation(&refunds, doubt.record()).await;
        assert_eq!(stage.writes(), 1);
    }
}

#[tokio::test]
async fn a_second_machine_that_has_no_records_is_not_told_that_nothing_happened() {
    // The first machine's refund is there; the second asks for the same one.
    let server = server([Reply::json(400, error(30012))]);
    let second = tazapay_at(&server.url());
    for reference in ["lost2", "lost2-b"] {
        let reference = refunds::Reference::new(reference).unwrap();
        let outcome = second.create(&reference, partial()).await.unwrap();
        assert!(outcome.rejected().is_none(), "{outcome:?}");
        assert_eq!(
            outcome.unknown().unwrap().cause(),
            DoubtCause::MayExistAlready
        );
    }
}

#[tokio::test]
async fn a_refusal_of_the_form_of_the_answer_is_doubt_at_every_provider() {
    // The answer that cannot be had may be that of a success.
    for status in [406, 416, 417] {
        let server = reads_and_writes(failed(), [Reply::status(status)]);
        let url = server.url();
        let order = OpttyRefund::new("order-1", "5 AUD".parse().unwrap(), "Damaged");
        for outcome in [
            tazapay_at(&url).create(&reference(), partial()).await,
            optty_at(&url).create(&reference(), order).await,
            mce_at(&url)
                .create(&reference(), MceRefund::new(1, "t-1"))
                .await,
            kotanipay_at(&url).retry(&reference()).await,
        ] {
            let doubt = unknown(outcome);
            assert_eq!(doubt.cause(), DoubtCause::UnclearAnswer, "{status}");
        }
        assert_eq!(writes(&server), 4);
    }
}
