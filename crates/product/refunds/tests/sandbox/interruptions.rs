use std::time::{Duration, SystemTime};

use refunds::{Action, InDoubt, ProviderName, Reference, RefundRequest, TazapayRefund};
use refunds_sandbox::{Commit, Fault, Provider, Sandbox, ScriptedFault, Settings};

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

fn answered_late(commit: Commit) -> Fault {
    let by = Duration::from_millis(190);
    Fault::Delay { by, commit }
}

/// What is believed of a full refund whose process ended in mid-flight.
async fn full_refund(sandbox: &Sandbox, fault: Fault) -> Belief {
    seed(sandbox, TAZAPAY, "chk_1");
    sandbox.inject(ScriptedFault::at(TAZAPAY, fault)).unwrap();
    let refunds = client(sandbox, TAZAPAY);
    let record = begun_and_ended(&refunds, TazapayRefund::of_payin("chk_1")).await;
    let belief = reconciled(&refunds, record).await;
    assert!(agrees(sandbox, TAZAPAY, "refund-1", belief));
    assert!(sandbox.ledger().refunded_twice().is_empty());
    belief
}

#[tokio::test]
async fn a_full_refund_that_was_interrupted_is_settled_by_its_key_whether_it_was_made_or_not() {
    for commit in [Commit::Before, Commit::Never, Commit::After] {
        let mut settings = Settings::hostile();
        settings.tazapay.lost_answer_keeps_key = true;
        let sandbox = Sandbox::builder().settings(settings).start().unwrap();
        let belief = full_refund(&sandbox, answered_late(commit)).await;
        assert_eq!(belief, Belief::Paid, "{commit:?}");
    }
}

#[tokio::test]
async fn a_full_refund_whose_key_was_lost_with_the_answer_is_not_paid_twice_and_stays_a_question() {
    for (commit, expected) in [
        // The repetition is refused, which is a hint and no proof.
        (Commit::Before, Belief::Unknown),
        (Commit::After, Belief::Unknown),
        (Commit::Never, Belief::Paid),
    ] {
        let belief = full_refund(&hostile(), answered_late(commit)).await;
        assert_eq!(belief, expected, "{commit:?}");
    }
}

#[tokio::test]
async fn a_partial_refund_that_was_interrupted_is_left_to_a_person() {
    let sandbox = hostile();
    seed(&sandbox, TAZAPAY, "chk_1");
    let delay = answered_late(Commit::Before);
    sandbox.inject(ScriptedFault::at(TAZAPAY, delay)).unwrap();
    let refunds = client(&sandbox, TAZAPAY);
    let partial = TazapayRefund::of_payin("chk_1").with_amount("30 USD".parse().unwrap());
    let record = begun_and_ended(&refunds, partial).await;
    assert_eq!(reconciled(&refunds, record).await, Belief::Unknown);
    assert_eq!(sandbox.requests().len(), 1);
    assert_eq!(sandbox.ledger().payments(TAZAPAY, "refund-1"), 1);
}
