//! What is another refund's, another request's or from elsewhere is told apart.

use std::time::{Duration, SystemTime};

use refunds::{Action, InDoubt, RefundStatus};
use refunds_journal::{Imported, JournalError, State, Step};
use refunds_sandbox::{Fault, Literal, Provider, ScriptedFault};

use crate::{
    events::event,
    second_refunds::ids,
    support::{World, client, found, of_order, on_each, part, reference},
};

#[test]
fn what_the_provider_shows_as_this_refund_is_not_believed_where_the_journal_knows_it_as_another() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.optty()).await;
        for (name, fault) in [
            ("r-1", Fault::DropAfterCommit),
            ("r-2", Fault::DropBeforeCommit),
        ] {
            let lost = ScriptedFault::at(Provider::Optty, fault).operation("refund_order");
            world.sandbox.inject(lost).unwrap();
            let lost = refunds.create(&reference(name), of_order("30 AUD")).await;
            assert!(lost.unwrap().outcome().unwrap().unknown().is_some());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let _ = refunds.reconcile(&reference("r-1")).await.unwrap();
        let first = found(&refunds, "r-1").await;
        assert!(first.state.is_accepted());
        // The order shows the refund of the one as that of the other.
        let swapped = Fault::Contradict {
            member: "/refunds/0/refundReason".to_owned(),
            value: Some(Literal::new("Damaged [r-2]")),
            after_commit: true,
        };
        let swapped = ScriptedFault::at(Provider::Optty, swapped).operation("order_details");
        world.sandbox.inject(swapped).unwrap();
        let error = refunds.reconcile(&reference("r-2")).await.unwrap_err();
        assert!(matches!(error, JournalError::OfAnother { .. }), "{error}");
        assert!(error.to_string().contains("r-1"), "{error}");
        let second = found(&refunds, "r-2").await;
        assert_eq!((second.state, second.refund_id), (State::InDoubt, None));
        assert_eq!(refunds.journal().waiting().await.unwrap().count, 1);
    });
}

#[test]
fn an_event_about_the_refund_of_another_reference_settles_nothing_for_whom_it_is_given() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let _ = refunds
            .create(&reference("r-1"), part("19.90 USD"))
            .await
            .unwrap();
        let lost = ScriptedFault::at(Provider::Tazapay, Fault::DropBeforeCommit);
        world.sandbox.inject(lost).unwrap();
        let _ = refunds
            .create(&reference("r-2"), part("19.90 USD"))
            .await
            .unwrap();
        let id = ids(&world).remove(0);
        let told = event("succeeded", &id, "r-2");
        let told = refunds.apply_to(&reference("r-2"), &told).await.unwrap();
        assert_eq!(told.entry.state, State::InDoubt);
        assert_eq!(found(&refunds, "r-1").await.state, State::Pending);
    });
}

#[test]
fn another_request_does_not_replace_a_queued_one_that_its_worker_has_left() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let order = part("10 USD");
        refunds.enqueue(&reference("r-1"), order).await.unwrap();
        // It was taken on, nothing happened, and whoever held it has ended.
        let left = "UPDATE refunds SET state = 'sending', before = 'not_sent', clean = 1, leased_until = 1, \
            attempts = 1, fence = fence + 1";
        database.change(left).await;
        let other = refunds.create(&reference("r-1"), part("50 USD")).await;
        assert!(
            matches!(other, Err(JournalError::Differs { .. })),
            "{other:?}"
        );
        let same = refunds.create(&reference("r-1"), part("10 USD")).await;
        assert!(same.unwrap().outcome().unwrap().accepted().is_some());
        assert_eq!(world.sandbox.requests().len(), 1);
    });
}

#[test]
fn the_end_of_a_refund_from_earlier_records_is_read_among_those_of_its_order() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.optty()).await;
        let earlier = refunds.refunds();
        let earlier = earlier.create(&reference("r-1"), of_order("30 AUD")).await;
        let earlier = earlier.unwrap();
        let imported = Imported::Accepted {
            refund_id: earlier.accepted().unwrap().refund_id().map(str::to_owned),
            status: Some(RefundStatus::Pending),
            retry_mark: None,
        };
        let action = Action::Create(of_order("30 AUD").into());
        let entry = refunds.import(&reference("r-1"), action, imported).await;
        assert_eq!(entry.unwrap().state, State::Pending);
        // As if it had been taken over a day after it was made.
        let later = "UPDATE refunds SET created_at = created_at + 86400000, \
            first_sent_at = first_sent_at + 86400000";
        database.change(later).await;
        let step = refunds.advance(&reference("r-1")).await.unwrap();
        assert_eq!(step, Step::Ended);
        assert_eq!(found(&refunds, "r-1").await.state, State::Succeeded);
    });
}

#[test]
fn what_a_provider_writes_is_kept_though_no_database_could_hold_it() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let refused = Fault::Replace {
            status: Some(400),
            body: r#"{"status": "error", "message": "no\u0000t today", "errors": [{"code": 30000, "message": "no\u0000t"}]}"#
                .to_owned(),
            content_type: None,
            after_commit: false,
        };
        let named = Fault::Contradict {
            member: "/data/id".to_owned(),
            value: Some(Literal::new("rfd_\u{0}1")),
            after_commit: true,
        };
        for (name, fault, state) in [
            ("r-1", refused, State::Rejected),
            ("r-2", named, State::Pending),
        ] {
            let fault = ScriptedFault::at(Provider::Tazapay, fault);
            world.sandbox.inject(fault).unwrap();
            let conclusion = refunds.create(&reference(name), part("19.90 USD")).await;
            assert!(conclusion.is_ok(), "{conclusion:?}");
            assert_eq!(found(&refunds, name).await.state, state);
        }
    });
}

#[test]
fn records_that_are_taken_over_once_more_do_not_undo_what_a_person_has_said_since() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let action = Action::Create(part("19.90 USD").into());
        let began = SystemTime::now() - Duration::from_secs(86_400);
        let record = InDoubt::interrupted(
            refunds.refunds().provider(),
            reference("r-1"),
            action.clone(),
            began,
        );
        let record = record.with_quiet_since(began);
        for state in [State::InDoubt, State::Rejected] {
            let imported = Imported::InDoubt(Box::new(record.clone()));
            let entry = refunds
                .import(&reference("r-1"), action.clone(), imported)
                .await
                .unwrap();
            assert_eq!(entry.state, state);
            if state == State::InDoubt {
                tokio::time::sleep(Duration::from_millis(200)).await;
                refunds.settle_as_rejected(&reference("r-1")).await.unwrap();
            }
        }
    });
}
