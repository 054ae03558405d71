//! The most dangerous reading of what is not documented.

use refunds_sandbox::{
    Fault, Offramp, Order, Payin, PendingRefund, Provider, Sandbox, ScriptedFault, Settings,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Caller, assert_no_violations, builder, decimal, send};

/// Sends the same refund twice at each provider.
fn repeat_everywhere(sandbox: &Sandbox) {
    sandbox
        .add_order(Order::new("order-1", decimal("100"), "AUD"))
        .unwrap();
    sandbox
        .add_payin(Payin::new("chk_1", decimal("100"), "USD"))
        .unwrap();
    sandbox
        .add_offramp(Offramp::with_failed_refund("offramp-1", decimal("5")))
        .unwrap();
    sandbox
        .add_pending_refund(PendingRefund::new(1, "txn-1", decimal("5")))
        .unwrap();
    let optty = json!({
        "refundReference": "r",
        "refundAmount": {"amount": 5, "currency": "AUD"},
        "refundDescription": "d",
    });
    let mce = json!({"originalTransactionType": 1, "originalTransactionId": "txn-1"});
    let tazapay = json!({"payin": "chk_1", "amount": 500});
    let requests = [
        (Provider::Optty, "/orders/order-1/refund", Some(optty)),
        (
            Provider::Mce,
            "/v1.0/payment/crypto/createCryptoRefund",
            Some(mce),
        ),
        (Provider::Tazapay, "/v3/refund", Some(tazapay)),
        (
            Provider::Kotanipay,
            "/api/v3/offramp/retry-refund/offramp-1",
            None::<Value>,
        ),
    ];
    for (provider, path, body) in requests {
        let caller = Caller::new(sandbox, provider);
        for _ in 0..2 {
            let mut request = caller.request(Method::POST, path);
            if let Some(body) = &body {
                request = request.json(body);
            }
            if provider == Provider::Tazapay {
                request = request.header("Idempotency-Key", "key-1");
            }
            caller.checked(request);
        }
    }
    assert_no_violations(sandbox);
}

#[test]
fn a_repeat_pays_again_wherever_no_document_forbids_it() {
    let sandbox = builder().settings(Settings::hostile()).start().unwrap();
    repeat_everywhere(&sandbox);
    // A key of Tazapay's protects once its answer was heard.
    assert_eq!(
        sandbox.ledger().refunded_twice(),
        [
            (Provider::Kotanipay, "offramp-1"),
            (Provider::Mce, "txn-1"),
            (Provider::Optty, "r"),
        ]
    );
}

#[test]
fn a_repeat_pays_nowhere_again_by_default() {
    let sandbox = builder().start().unwrap();
    repeat_everywhere(&sandbox);
    let ledger = sandbox.ledger();
    assert_eq!(
        (ledger.entries().len(), ledger.refunded_twice()),
        (4, vec![])
    );
}

#[test]
fn a_key_whose_answer_got_lost_pays_again_in_the_most_dangerous_reading() {
    let lost = ScriptedFault::at(Provider::Tazapay, Fault::DropAfterCommit);
    let sandbox = builder()
        .settings(Settings::hostile())
        .fault(lost)
        .start()
        .unwrap();
    sandbox
        .add_payin(Payin::new("chk_1", decimal("100"), "USD"))
        .unwrap();
    let repeat = || {
        let tazapay = Caller::new(&sandbox, Provider::Tazapay);
        let request = tazapay.request(Method::POST, "/v3/refund");
        let request = request.json(&json!({"payin": "chk_1", "amount": 500}));
        send(request.header("Idempotency-Key", "key-1"))
    };
    assert!(repeat().is_err());
    assert_eq!(repeat().unwrap().status, 202);
    assert_eq!(
        sandbox.ledger().refunded_twice(),
        [(Provider::Tazapay, "key-1")]
    );
}
