use refunds_sandbox::{PendingRefund, Provider, Repeat, Sandbox, Settings, SuccessCode};
use serde_json::{Value, json};

use crate::support::{Caller, Reply, assert_no_violations, builder, decimal, sandbox};

const PATH: &str = "/v1.0/payment/crypto/createCryptoRefund";

fn with_pending(settings: Settings) -> Sandbox {
    let sandbox = builder().settings(settings).start().unwrap();
    let pending = PendingRefund::new(1, "txn-1", decimal("120.123456789012345678"));
    sandbox.add_pending_refund(pending).unwrap();
    sandbox
}

fn create(sandbox: &Sandbox, body: &Value) -> Reply {
    Caller::new(sandbox, Provider::Mce).post(PATH, body)
}

fn request() -> Value {
    json!({
        "originalTransactionType": 1,
        "originalTransactionId": "txn-1",
        "clientReference": "refund-1",
    })
}

#[test]
fn a_pending_refund_is_created_in_the_shape_of_the_sample() {
    let sandbox = with_pending(Settings::default());
    let reply = create(&sandbox, &request());
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.json(),
        json!({
            "code": "200",
            "msg": "success",
            "data": {
                "cryptoRefundId": "CR000000000001",
                "originalTransactionType": 1,
                "originalTransactionId": "txn-1",
                "participantCode": "SANDBOX",
                "clientReference": "refund-1",
                "status": 1,
                "blockchain": "Ethereum",
                "currency": "USDT",
                "amount": "120.123456789012345678",
                "feeCurrency": "USDT",
                "feeAmount": "0",
                "txnHash": "",
            },
        })
    );
    assert_no_violations(&sandbox);
    let ledger = sandbox.ledger();
    assert_eq!(ledger.payments(Provider::Mce, "refund-1"), 1);
    assert_eq!(
        ledger.entries()[0].amount,
        decimal("120.123456789012345678")
    );
}

#[test]
fn without_a_pending_refund_the_answer_is_a_problem_with_a_log_id() {
    let sandbox = sandbox();
    let reply = create(&sandbox, &request());
    assert_eq!(reply.status, 422);
    assert_eq!(reply.headers["content-type"], "application/problem+json");
    assert_eq!(reply.at("/type"), "https://api-doc.mce.sg/8182426m0");
    assert_eq!(reply.at("/status"), 422);
    assert_eq!(reply.at("/instance"), PATH);
    assert_eq!(reply.at("/code"), "PAY_NO_PENDING_REFUND");
    assert_eq!(reply.at("/logId"), "00004d43-0000-4000-8000-000000000001");
    assert_eq!(sandbox.ledger().entries(), []);
}

#[test]
fn type_and_id_both_tell_the_payment() {
    let sandbox = with_pending(Settings::default());
    let mut other = request();
    other["originalTransactionType"] = json!(2);
    assert_eq!(create(&sandbox, &other).status, 422);
}

#[test]
fn a_second_create_does_what_the_setting_says() {
    let cases = [
        (Repeat::Refused, 422, 1),
        (Repeat::Replayed, 200, 1),
        (Repeat::PaysAgain, 200, 2),
    ];
    for (repeat, status, payments) in cases {
        let mut settings = Settings::default();
        settings.mce.repeated_create = repeat;
        let sandbox = with_pending(settings);
        assert_eq!(create(&sandbox, &request()).status, 200);
        assert_eq!(create(&sandbox, &request()).status, status, "{repeat:?}");
        let ledger = sandbox.ledger();
        assert_eq!(
            ledger.payments(Provider::Mce, "refund-1"),
            payments,
            "{repeat:?}"
        );
    }
}

#[test]
fn a_client_reference_may_be_left_out() {
    let sandbox = with_pending(Settings::default());
    let body = json!({"originalTransactionType": 1, "originalTransactionId": "txn-1"});
    let reply = create(&sandbox, &body);
    assert_eq!(reply.status, 200);
    assert!(!reply.text.contains("clientReference"), "{}", reply.text);
    assert_eq!(sandbox.ledger().payments(Provider::Mce, "txn-1"), 1);
}

#[test]
fn the_code_of_a_success_can_be_a_number() {
    let mut settings = Settings::default();
    settings.mce.success_code = SuccessCode::Number;
    let sandbox = with_pending(settings);
    assert_eq!(create(&sandbox, &request()).at("/code"), 200);
}

#[test]
fn a_wrong_token_is_a_401_problem() {
    let sandbox = with_pending(Settings::default());
    let mut mce = Caller::new(&sandbox, Provider::Mce);
    mce.token = Some("wrong".to_owned());
    let reply = mce.post(PATH, &request());
    assert_eq!(
        (reply.status, reply.at("/title")),
        (401, json!("Unauthorized"))
    );
    assert_eq!(sandbox.ledger().entries(), []);
}

#[test]
fn a_request_without_a_type_is_a_400_problem() {
    let sandbox = with_pending(Settings::default());
    let reply = create(&sandbox, &json!({"originalTransactionId": "txn-1"}));
    assert_eq!((reply.status, reply.at("/status")), (400, json!(400)));
    assert_eq!(sandbox.violations().len(), 1);
}
