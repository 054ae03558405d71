use std::time::{Duration, SystemTime};

use refunds::{Action, InDoubt, ProviderName, Reference, RefundRequest, TazapayRefund};
use refunds_sandbox::{Fault, Provider, ScriptedFault};

use crate::{
    belief::{Belief, agrees, reconciled},
    clients::{client, hostile, seed},
};

const TAZAPAY: Provider = Provider::Tazapay;

/// What a process leaves behind that ends in mid-flight, after the request was sent.
async fn begun_and_ended(refunds: &refunds::Refunds, refund: TazapayRefund) -> InDoubt {
    let reference = Reference::new("refund-1").unwrap();
    let first_sent_at = SystemTime::now();
    let call = refunds.create(&reference, refund.clone());
    let ended = tokio::time::timeout(Duration::from_millis(100), call).await;
    assert!(ended.is_err(), "the call ended before the process");
    InDoubt::interrupted(
        ProviderName::Tazapay,
        reference,
        Action::Create(RefundRequest::from(refund)),
        first_sent_at,
    )
}

#[tokio::test]
async fn a_full_refund_that_was_interrupted_is_settled_by_its_key_whether_it_was_made_or_not() {
    for fault in [
        Fault::Delay {
            by: Duration::from_millis(190),
            commit: refunds_sandbox::Commit::Before,
        },
        Fault::Delay {
            by: Duration::from_millis(190),
            commit: refunds_sandbox::Commit::Never,
        },
        Fault::Delay {
            by: Duration::from_millis(190),
            commit: refunds_sandbox::Commit::After,
        },
    ] {
        let sandbox = hostile();
        seed(&sandbox, TAZAPAY, "chk_1");
        sandbox
            .inject(ScriptedFault::at(TAZAPAY, fault.clone()))
            .unwrap();
        let refunds = client(&sandbox, TAZAPAY);
        let record = begun_and_ended(&refunds, TazapayRefund::of_payin("chk_1")).await;
        let belief = reconciled(&refunds, record).await;
        assert_eq!(belief, Belief::Paid, "{fault:?}");
        assert!(agrees(&sandbox, TAZAPAY, "refund-1", belief), "{fault:?}");
    }
}

#[tokio::test]
async fn a_partial_refund_that_was_interrupted_is_left_to_a_person() {
    let sandbox = hostile();
    seed(&sandbox, TAZAPAY, "chk_1");
    let delay = Fault::Delay {
        by: Duration::from_millis(190),
        commit: refunds_sandbox::Commit::Before,
    };
    sandbox.inject(ScriptedFault::at(TAZAPAY, delay)).unwrap();
    let refunds = client(&sandbox, TAZAPAY);
    let partial = TazapayRefund::of_payin("chk_1").with_amount("30 USD".parse().unwrap());
    let record = begun_and_ended(&refunds, partial).await;
    assert_eq!(reconciled(&refunds, record).await, Belief::Unknown);
    assert_eq!(sandbox.requests().len(), 1);
    assert_eq!(sandbox.ledger().payments(TAZAPAY, "refund-1"), 1);
}
