//! No payment is refunded beyond what is known of it.

use refunds::{Currency, Money, TazapayRefund};
use refunds_journal::{JournalError, Order, State};

use crate::support::{World, client, money, on_each, part, place, reference, second};

fn of_hundred(amount: &str) -> Order {
    Order::new(part(amount)).with_payment_total(money("100 USD"))
}

#[test]
fn two_refunds_of_sixty_on_a_payment_of_a_hundred_are_one() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let _ = refunds
            .create(&reference("r-1"), of_hundred("60 USD"))
            .await
            .unwrap();
        // The total that was told once holds, also where it is not told again.
        let elsewhere = second(&database, world.tazapay()).await;
        let beyond = elsewhere
            .create(&reference("r-2"), part("60 USD"))
            .await
            .unwrap_err();
        assert!(matches!(beyond, JournalError::Beyond { .. }), "{beyond}");
        assert!(beyond.to_string().contains("60 of 100"), "{beyond}");
        let _ = elsewhere
            .create(&reference("r-3"), part("40 USD"))
            .await
            .unwrap();
        assert_eq!(world.sandbox.requests().len(), 2);
        let other = Order::new(part("1 USD")).with_payment_total(money("200 USD"));
        let differs = refunds.create(&reference("r-4"), other).await;
        assert!(
            matches!(differs, Err(JournalError::TotalDiffers { .. })),
            "{differs:?}"
        );
    });
}

#[test]
fn twelve_references_of_two_machines_on_one_payment_go_one_after_the_other() {
    on_each(|database| async move {
        let world = World::new();
        let machines = [
            client(&database, world.tazapay()).await,
            second(&database, world.tazapay()).await,
        ];
        let calls: Vec<_> = (0..12)
            .map(|index| {
                let refunds = machines[index % 2].clone();
                tokio::spawn(async move {
                    let reference = reference(&format!("r-{index}"));
                    refunds.create(&reference, of_hundred("10 USD")).await
                })
            })
            .collect();
        let mut beyond = 0;
        for call in calls {
            match call.await.unwrap() {
                Ok(conclusion) => assert!(conclusion.outcome().unwrap().accepted().is_some()),
                Err(JournalError::Beyond { .. }) => beyond += 1,
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(beyond, 2);
        assert_eq!(world.sandbox.requests().len(), 10);
    });
}

#[test]
fn beside_a_refund_of_everything_there_is_no_other_and_beside_a_part_none_of_everything() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let everything = || TazapayRefund::of_payin("chk_1");
        let _ = refunds
            .create(&reference("r-1"), everything())
            .await
            .unwrap();
        for order in [Order::new(part("1 USD")), Order::new(everything())] {
            let beyond = refunds.create(&reference("r-2"), order).await;
            assert!(
                matches!(beyond, Err(JournalError::Beyond { .. })),
                "{beyond:?}"
            );
        }
        assert_eq!(world.sandbox.requests().len(), 1);
    });
}

#[test]
fn what_goes_beyond_when_its_turn_comes_is_rejected_and_not_sent() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        // None of them has been sent when the others are put down.
        for name in ["r-1", "r-2"] {
            refunds
                .enqueue(&reference(name), of_hundred("60 USD"))
                .await
                .unwrap();
        }
        for name in ["r-1", "r-2"] {
            refunds.advance(&reference(name)).await.unwrap();
        }
        let provider = refunds.refunds().provider();
        let entry = refunds
            .journal()
            .find(provider, &place(), &reference("r-2"))
            .await
            .unwrap();
        let entry = entry.unwrap();
        assert_eq!(entry.state, State::Rejected);
        assert!(entry.why.unwrap().contains("beyond the payment"));
        assert_eq!(world.sandbox.requests().len(), 1);
    });
}

#[test]
fn a_total_that_was_told_wrongly_can_be_corrected_and_the_history_says_so() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let wrong = Order::new(part("60 USD")).with_payment_total(money("10 USD"));
        let beyond = refunds.create(&reference("r-1"), wrong).await;
        assert!(
            matches!(beyond, Err(JournalError::Beyond { .. })),
            "{beyond:?}"
        );
        let _ = refunds
            .create(&reference("r-2"), part("5 USD"))
            .await
            .unwrap();
        // What was told of the payment holds, also by one that was not sent.
        let beyond = refunds.create(&reference("r-3"), part("6 USD")).await;
        assert!(
            matches!(beyond, Err(JournalError::Beyond { .. })),
            "{beyond:?}"
        );
        let before = refunds
            .correct_payment_total("chk_1", money("100 USD"))
            .await;
        assert_eq!(before.unwrap(), Some(money("10 USD")));
        let _ = refunds
            .create(&reference("r-4"), of_hundred("60 USD"))
            .await
            .unwrap();
        let provider = refunds.refunds().provider();
        let journal = refunds.journal();
        let history = journal.history(provider, &place(), &reference("r-2")).await;
        let last = history.unwrap().pop().unwrap();
        assert_eq!((&*last.source, &*last.what), ("person", "payment_total"));
        assert_eq!(last.detail.unwrap(), "100.00 USD, before 10.00 USD");
        let unknown = refunds.correct_payment_total("chk_9", money("1 USD")).await;
        assert!(
            matches!(unknown, Err(JournalError::PaymentNotKnown { .. })),
            "{unknown:?}"
        );
    });
}

#[test]
fn what_the_facade_would_refuse_is_not_put_down_and_takes_nothing() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let usd: Currency = "USD".parse().unwrap();
        for amount in ["-5", "0", "1.999"] {
            let amount = Money::new(amount.parse().unwrap(), usd.clone());
            let order = TazapayRefund::of_payin("chk_1").with_amount(amount);
            let refused = refunds.enqueue(&reference("r-1"), order).await;
            assert!(
                matches!(refused, Err(JournalError::Refund(_))),
                "{refused:?}"
            );
        }
        assert_eq!(database.number("SELECT COUNT(*) FROM refunds").await, 0);
    });
}
