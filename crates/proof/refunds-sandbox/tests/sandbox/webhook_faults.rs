//! What goes wrong with deliveries, and who interferes with them.

use std::time::Duration;

use refunds_sandbox::{
    Clock, DeliveryKind, EventPart, FaultPlan, Offramp, Order, Payin, Provider, Sandbox,
    ScriptedFault, Settings, WebhookFault, WebhookRecord,
};

use crate::{
    receiver::{Receiver, answered},
    support::{Caller, builder, decimal, start_time, wait_for},
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
fn a_wrong_signature_is_put_right_although_the_clock_leaps_before_its_answer() {
    let leap = Duration::from_secs(29 * 3600);
    for (give_up_after, deliveries) in [(leap / 2, 1), (leap * 2, 2)] {
        let clock = Clock::frozen(start_time());
        let leaping = clock.clone();
        let receiver = Receiver::answering(move |number| {
            if number == 0 {
                leaping.advance(leap);
                401
            } else {
                200
            }
        });
        let mut settings = Settings::default();
        settings.tazapay.settles_after = Duration::ZERO;
        settings.tazapay.webhook_retries.give_up_after = give_up_after;
        settings.tazapay.webhook_retries.longest = Duration::from_secs(10);
        let fault = ScriptedFault::at(Provider::Tazapay, WebhookFault::WrongSignature);
        let sandbox = Sandbox::builder()
            .clock(clock)
            .settings(settings)
            .webhooks(Provider::Tazapay, receiver.signed())
            .start()
            .unwrap();
        sandbox.inject_webhook_fault(fault);
        let payin = Payin::new("chk_1", decimal("900"), "USD");
        sandbox.add_payin(payin).unwrap();
        refund_that_settled(&sandbox);
        answered(&sandbox, 1);
        advance(&sandbox, 10);
        wait_for("attempts are left", || sandbox.webhooks_waiting() == 0);
        assert_eq!(sandbox.webhooks().len(), deliveries);
    }
}

fn refund_that_settled(sandbox: &Sandbox) {
    let caller = Caller::new(sandbox, Provider::Tazapay);
    let reply = caller.post("/v3/refund", &serde_json::json!({"payin": "chk_1"}));
    assert_eq!(reply.at("/data/status"), "succeeded");
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

/// What arrived after a fault: event, status of its data and id, in order.
fn told(receiver: &Receiver) -> Vec<(String, String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let arrived = receiver.arrived();
    let events = arrived.iter().map(|arrived| {
        let event = arrived.json();
        (
            text(&event["type"]),
            text(&event["data"]["status"]),
            text(&event["id"]),
        )
    });
    events.collect()
}

#[test]
fn an_event_can_contradict_itself_under_a_good_signature() {
    for (part, name, status) in [
        (EventPart::Name, "refund.failed", "succeeded"),
        (EventPart::Data, "refund.succeeded", "failed"),
    ] {
        let receiver = Receiver::new();
        let sandbox = tazapay(&receiver);
        let entry = ScriptedFault::at(Provider::Tazapay, WebhookFault::Contradicting { part });
        sandbox.inject_webhook_fault(entry.operation("refund.succeeded"));
        refund(&sandbox);
        answered(&sandbox, 1);
        advance(&sandbox, 90);
        let records = answered(&sandbox, 3);
        assert_eq!(
            kinds(&records),
            [
                DeliveryKind::Genuine,
                DeliveryKind::Contradicting,
                DeliveryKind::Genuine
            ]
        );
        assert_eq!(
            names(&records),
            ["refund.pending", name, "refund.succeeded"]
        );
        let told = told(&receiver);
        assert_eq!((told[1].0.as_str(), told[1].1.as_str()), (name, status));
        assert_eq!(
            (told[2].0.as_str(), told[2].1.as_str()),
            ("refund.succeeded", "succeeded")
        );
        // It is an event of its own, so that nobody takes the genuine one for a duplicate.
        assert_ne!(told[1].2, told[2].2);
        assert_ne!(records[1].event, records[2].event);
        assert!(records[1].kind.is_true());
    }
}

#[test]
fn a_refund_that_failed_at_kotani_pay_can_be_told_as_successful_by_its_data() {
    let receiver = Receiver::new();
    let sandbox = builder()
        .webhooks(Provider::Kotanipay, receiver.signed())
        .start()
        .unwrap();
    let mut offramp = Offramp::with_failed_refund("a", decimal("5"));
    offramp.failures_to_come = 1;
    sandbox.add_offramp(offramp).unwrap();
    let part = EventPart::Data;
    sandbox.inject_webhook_fault(ScriptedFault::at(
        Provider::Kotanipay,
        WebhookFault::Contradicting { part },
    ));
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    kotanipay.post_empty("/api/v3/offramp/retry-refund/a");
    advance(&sandbox, 30);
    answered(&sandbox, 2);
    let told: Vec<_> = receiver.arrived().iter().map(|it| it.json()).collect();
    for (event, status) in told.iter().zip(["SUCCESSFUL", "FAILED"]) {
        assert_eq!(event["event"], "refund.failed");
        assert_eq!(event["data"]["refundStatus"], status);
        assert_eq!(event["data"]["error"], "Refund failed");
    }
}

#[test]
fn a_part_without_an_opposite_is_delivered_as_ever() {
    let receiver = Receiver::new();
    let sandbox = builder()
        .webhooks(Provider::Optty, receiver.unsigned())
        .start()
        .unwrap();
    sandbox
        .add_order(Order::new("order-1", decimal("24.98"), "AUD"))
        .unwrap();
    let part = EventPart::Name;
    sandbox.inject_webhook_fault(ScriptedFault::at(
        Provider::Optty,
        WebhookFault::Contradicting { part },
    ));
    let body = serde_json::json!({
        "refundReference": "r",
        "refundAmount": {"amount": 1, "currency": "AUD"},
        "refundDescription": "d",
    });
    Caller::new(&sandbox, Provider::Optty).post("/orders/order-1/refund", &body);
    let records = answered(&sandbox, 1);
    assert_eq!(kinds(&records), [DeliveryKind::Genuine]);
    assert_eq!(sandbox.webhooks_waiting(), 0);
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
        DeliveryKind::Contradicting,
    ] {
        assert!(first.contains(&kind), "{kind:?}");
    }
}
