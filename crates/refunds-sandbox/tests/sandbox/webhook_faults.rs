//! What goes wrong with deliveries, and who interferes with them.

use std::time::Duration;

use refunds_sandbox::{
    DeliveryKind, FaultPlan, Provider, Sandbox, ScriptedFault, WebhookFault, WebhookRecord,
};

use crate::{
    receiver::{Receiver, answered},
    support::wait_for,
    webhooks::{advance, refund, tazapay},
};

fn with_fault(receiver: &Receiver, fault: WebhookFault) -> Sandbox {
    let sandbox = tazapay(receiver);
    let entry = ScriptedFault::at(Provider::Tazapay, fault);
    sandbox.inject_webhook_fault(entry);
    refund(&sandbox);
    sandbox
}

fn kinds(records: &[WebhookRecord]) -> Vec<DeliveryKind> {
    records.iter().map(|record| record.kind).collect()
}

fn names(records: &[WebhookRecord]) -> Vec<&str> {
    records.iter().map(|record| record.name.as_str()).collect()
}

#[test]
fn a_duplicate_is_the_same_bytes_twice() {
    let sandbox = with_fault(&Receiver::new(), WebhookFault::Duplicate);
    let records = answered(&sandbox, 2);
    assert_eq!(
        kinds(&records),
        [DeliveryKind::Genuine, DeliveryKind::Duplicate]
    );
    assert_eq!(records[0].body, records[1].body);
    assert_eq!(records[0].headers, records[1].headers);
}

#[test]
fn a_delayed_event_comes_later_and_says_when_it_happened() {
    let by = Duration::from_secs(100);
    let receiver = Receiver::new();
    let sandbox = with_fault(&receiver, WebhookFault::Delay { by });
    wait_for("it does not wait", || sandbox.webhooks_waiting() == 2);
    advance(&sandbox, 90);
    let records = answered(&sandbox, 1);
    assert_eq!(names(&records), ["refund.succeeded"]);
    advance(&sandbox, 10);
    let records = answered(&sandbox, 2);
    assert_eq!(names(&records), ["refund.succeeded", "refund.pending"]);
    let late = receiver.arrived()[1].json();
    assert_eq!(late["created_at"], "2026-01-02T03:04:05.000000Z");
}

#[test]
fn a_reordered_event_comes_right_after_the_next_about_the_same_refund() {
    let sandbox = with_fault(&Receiver::new(), WebhookFault::Reorder);
    wait_for("it does not wait", || sandbox.webhooks_waiting() == 2);
    advance(&sandbox, 90);
    let records = answered(&sandbox, 2);
    assert_eq!(names(&records), ["refund.succeeded", "refund.pending"]);
}

#[test]
fn a_wrong_signature_is_put_right_in_the_next_attempt() {
    let receiver = Receiver::answering(|number| if number == 0 { 401 } else { 200 });
    let sandbox = with_fault(&receiver, WebhookFault::WrongSignature);
    answered(&sandbox, 1);
    advance(&sandbox, 10);
    let records = answered(&sandbox, 2);
    assert_eq!(
        kinds(&records),
        [DeliveryKind::BadlySigned, DeliveryKind::Genuine]
    );
    assert_eq!(records[0].body, records[1].body);
    assert_ne!(
        records[0].headers["signature"],
        records[1].headers["signature"]
    );
    assert_eq!(records[1].attempt, 2);
}

#[test]
fn an_answer_that_gets_lost_brings_the_event_again() {
    let sandbox = with_fault(&Receiver::new(), WebhookFault::AnswerLost);
    answered(&sandbox, 1);
    advance(&sandbox, 10);
    let records = answered(&sandbox, 2);
    assert_eq!(records[0].body, records[1].body);
    assert_eq!((records[0].attempt, records[1].attempt), (1, 2));
}

#[test]
fn a_replay_is_the_same_bytes_after_newer_events() {
    let after = Duration::from_secs(200);
    let sandbox = with_fault(&Receiver::new(), WebhookFault::Replay { after });
    answered(&sandbox, 1);
    advance(&sandbox, 90);
    answered(&sandbox, 2);
    advance(&sandbox, 110);
    let records = answered(&sandbox, 3);
    assert_eq!(records[2].kind, DeliveryKind::Replayed);
    assert_eq!(records[2].body, records[0].body);
    assert_eq!(records[2].headers, records[0].headers);
}

#[test]
fn a_forger_says_the_opposite_under_another_signature() {
    let receiver = Receiver::new();
    let sandbox = with_fault(&receiver, WebhookFault::Forged);
    let records = answered(&sandbox, 2);
    assert_eq!(
        kinds(&records),
        [DeliveryKind::Forged, DeliveryKind::Genuine]
    );
    let told: Vec<_> = receiver.arrived().iter().map(|it| it.json()).collect();
    assert_eq!(told[0]["type"], "refund.failed");
    assert_eq!(told[0]["data"]["status"], "failed");
    assert_eq!(told[0]["data"]["id"], told[1]["data"]["id"]);
    assert_ne!(told[0]["id"], told[1]["id"]);
    assert_ne!(
        records[0].headers["signature"],
        records[1].headers["signature"]
    );
}

#[test]
fn an_altered_event_has_the_signature_of_the_genuine_one() {
    let receiver = Receiver::new();
    let sandbox = with_fault(&receiver, WebhookFault::Altered);
    let records = answered(&sandbox, 2);
    assert_eq!(
        kinds(&records),
        [DeliveryKind::Altered, DeliveryKind::Genuine]
    );
    assert_eq!(records[0].headers, records[1].headers);
    let told: Vec<_> = receiver.arrived().iter().map(|it| it.json()).collect();
    assert_eq!(told[0]["data"]["status"], "failed");
    assert_eq!(told[1]["data"]["status"], "pending");
    assert_eq!(told[0]["id"], told[1]["id"]);
}

#[test]
fn the_same_seed_brings_the_same_deliveries() {
    let deliveries = |seed| {
        let sandbox = tazapay(&Receiver::new());
        let plan = FaultPlan::random_webhooks(seed, 0.7);
        sandbox.set_webhook_faults(plan).unwrap();
        for _ in 0..20 {
            refund(&sandbox);
        }
        wait_for("deliveries are left", || {
            advance(&sandbox, 30);
            sandbox.webhooks_waiting() == 0
        });
        let mut kinds = kinds(&sandbox.webhooks());
        kinds.sort_by_key(|kind| format!("{kind:?}"));
        kinds
    };
    let first = deliveries(7);
    assert_eq!(first, deliveries(7));
    for kind in [
        DeliveryKind::Duplicate,
        DeliveryKind::Replayed,
        DeliveryKind::BadlySigned,
        DeliveryKind::Forged,
        DeliveryKind::Altered,
    ] {
        assert!(first.contains(&kind), "{kind:?}");
    }
}
