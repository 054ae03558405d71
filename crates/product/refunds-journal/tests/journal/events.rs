//! Events settle doubts, and tell ends.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use std::time::Duration;

use refunds::{
    TazapayRefund, tazapay,
    webhooks::{Change, RefundUpdate, Secrets, UpdateVerifier as _},
};
use refunds_journal::{JournalError, State};
use refunds_sandbox::{Commit, Fault, Provider, ScriptedFault};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    second_refunds::{ids, patient},
    support::{World, client, comes, on_each, part, place, reference},
};

const SECRET: &str = "whsec_test";

/// A signed event of Tazapay's about a refund of 19.90 USD with our reference in its metadata; the signature is
/// over id, body and time, as its documents say.
pub(crate) fn event(word: &str, id: &str, reference: &str) -> RefundUpdate {
    event_with(word, id, &json!({"refund_reference": reference}))
}

/// The same with metadata of one's own.
pub(crate) fn event_with(word: &str, id: &str, metadata: &Value) -> RefundUpdate {
    // Each a day after the one that comes before it.
    let day = ["pending", "failed", "succeeded"]
        .iter()
        .position(|known| *known == word)
        .unwrap();
    event_at(
        word,
        id,
        metadata,
        &format!("2099-01-0{}T00:00:00.000000Z", day + 1),
    )
}

/// The same of one moment.
pub(crate) fn event_at(word: &str, id: &str, metadata: &Value, created_at: &str) -> RefundUpdate {
    let body = json!({
        "type": format!("refund.{word}"), "created_at": created_at, "id": format!("evt_{word}_{id}"), "object": "event",
        "data": {
            "id": id, "object": "refund", "payin": "chk_1", "amount": 1990, "currency": "USD", "status": word,
            "metadata": metadata, "created_at": created_at,
        },
    })
    .to_string();
    let signed = format!("evt_{word}_{id}{body}{created_at}");
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let verifier = tazapay::webhooks::Verifier::new(Secrets::new(SECRET).unwrap());
    verifier
        .receive(&[("Signature", &*signature)], body.as_bytes())
        .unwrap()
}

#[test]
fn a_failure_is_not_the_end_where_a_reconciliation_that_was_killed_may_have_sent_it_again() {
    on_each(|database| async move {
        let world = World::new();
        let create = |fault| ScriptedFault::at(Provider::Tazapay, fault).operation("create_refund");
        // It pays, and says that it has not; no key is kept of that.
        let broken = Fault::ServerError {
            status: 500,
            html: false,
            after_commit: true,
        };
        world.sandbox.inject(create(broken)).unwrap();
        let refunds = patient(&database, &world).await;
        let everything = TazapayRefund::of_payin("chk_1");
        let doubt = refunds.create(&reference("r-1"), everything).await.unwrap();
        assert!(doubt.outcome().unwrap().unknown().is_some());
        tokio::time::sleep(Duration::from_millis(200)).await;
        let slow = Fault::Delay {
            by: Duration::from_secs(20),
            commit: Commit::After,
        };
        world.sandbox.inject(create(slow)).unwrap();
        let sent = || world.sandbox.requests().len();
        let before = sent();
        let sender = refunds.clone();
        let call = tokio::spawn(async move { sender.reconcile(&reference("r-1")).await });
        assert!(comes(async || sent() > before).await);
        call.abort();
        let earlier = ids(&world).remove(0);
        let told = refunds.apply(&event("failed", &earlier, "r-1")).await;
        assert_eq!(told.unwrap().entry.state, State::InDoubt);
    });
}

#[test]
fn a_signed_event_settles_the_doubt_about_a_part_and_the_refund_is_known_by_its_id() {
    on_each(|database| async move {
        let world = World::new();
        let lost = ScriptedFault::at(Provider::Tazapay, Fault::DropAfterCommit);
        world.sandbox.inject(lost).unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let conclusion = refunds
            .create(&reference("r-1"), part("19.90 USD"))
            .await
            .unwrap();
        assert!(conclusion.outcome().unwrap().unknown().is_some());
        let told = refunds
            .apply(&event("pending", "rfd_9", "r-1"))
            .await
            .unwrap();
        assert_eq!(told.change, Change::Applied);
        assert_eq!(told.entry.state, State::Pending);
        assert_eq!(told.entry.refund_id.as_deref(), Some("rfd_9"));
        let told = refunds
            .apply(&event("succeeded", "rfd_9", "r-1"))
            .await
            .unwrap();
        assert_eq!(told.entry.state, State::Succeeded);
        // The same once more, and one that is older.
        for word in ["succeeded", "pending"] {
            let told = refunds.apply(&event(word, "rfd_9", "r-1")).await.unwrap();
            assert_eq!(told.change, Change::Duplicate);
            assert_eq!(told.entry.state, State::Succeeded);
        }
    });
}

#[test]
fn an_event_about_another_refund_than_the_one_that_is_known_changes_nothing() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let _ = refunds
            .create(&reference("r-1"), part("19.90 USD"))
            .await
            .unwrap();
        let provider = refunds.refunds().provider();
        let before = refunds
            .journal()
            .find(provider, &place(), &reference("r-1"))
            .await
            .unwrap();
        let told = refunds
            .apply(&event("succeeded", "rfd_other", "r-1"))
            .await
            .unwrap();
        assert_eq!(told.entry.state, State::Pending);
        assert_eq!(told.entry.refund_id, before.unwrap().refund_id);
        // It does not keep the refund's own event from counting.
        let id = told.entry.refund_id.clone().unwrap();
        let told = refunds
            .apply(&event("succeeded", &id, "r-1"))
            .await
            .unwrap();
        assert_eq!(told.entry.state, State::Succeeded);
        let unknown = refunds.apply(&event("succeeded", "rfd_9", "r-9")).await;
        assert!(
            matches!(unknown, Err(JournalError::NotKnown { .. })),
            "{unknown:?}"
        );
    });
}

#[test]
fn a_refund_that_a_person_called_rejected_and_an_event_calls_succeeded_is_succeeded() {
    on_each(|database| async move {
        let world = World::new();
        let lost = ScriptedFault::at(Provider::Tazapay, Fault::DropAfterCommit);
        world.sandbox.inject(lost).unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let _ = refunds
            .create(&reference("r-1"), part("19.90 USD"))
            .await
            .unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        refunds.settle_as_rejected(&reference("r-1")).await.unwrap();
        let told = refunds
            .apply(&event("succeeded", "rfd_9", "r-1"))
            .await
            .unwrap();
        assert_eq!(told.entry.state, State::Succeeded);
    });
}

#[test]
fn a_refund_that_was_said_to_have_failed_and_is_paid_after_all_is_succeeded() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let _ = refunds
            .create(&reference("r-1"), part("19.90 USD"))
            .await
            .unwrap();
        let provider = refunds.refunds().provider();
        let find = || async {
            let journal = refunds.journal();
            let found = journal.find(provider, &place(), &reference("r-1")).await;
            found.unwrap().unwrap()
        };
        let id = find().await.refund_id.unwrap();
        let _ = refunds.apply(&event("failed", &id, "r-1")).await.unwrap();
        assert_eq!(find().await.state, State::Failed);
        let told = refunds
            .apply(&event("succeeded", &id, "r-1"))
            .await
            .unwrap();
        assert!(matches!(told.change, Change::Corrected { .. }));
        assert_eq!(find().await.state, State::Succeeded);
    });
}

#[test]
fn an_event_whose_id_no_database_can_hold_is_about_the_refund_that_it_names() {
    on_each(|database| async move {
        let world = World::new();
        let lost = ScriptedFault::at(Provider::Tazapay, Fault::DropAfterCommit);
        world.sandbox.inject(lost).unwrap();
        let refunds = client(&database, world.tazapay()).await;
        let _ = refunds
            .create(&reference("r-1"), part("19.90 USD"))
            .await
            .unwrap();
        for word in ["pending", "succeeded"] {
            let told = refunds.apply(&event(word, "rfd\0", "r-1")).await.unwrap();
            assert_eq!(told.change, Change::Applied, "{word}");
        }
    });
}
