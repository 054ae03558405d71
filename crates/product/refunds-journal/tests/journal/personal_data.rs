//! What is forgotten, and what stays.

use refunds::{TazapayCustomer, TazapayRefund};
use refunds_journal::{JournalError, State};

use crate::support::{World, client, money, on_each, place, reference};

#[test]
fn what_is_forgotten_leaves_the_proof_of_the_payment() {
    on_each(|database| async move {
        let world = World::new();
        let refunds = client(&database, world.tazapay()).await;
        let customer = TazapayCustomer::new("jane@example.com");
        let personal = TazapayRefund::of_payin("chk_1")
            .with_amount(money("19.90 USD"))
            .with_customer(customer);
        let _ = refunds
            .create(&reference("r-1"), personal.clone())
            .await
            .unwrap();
        let provider = refunds.refunds().provider();
        let journal = refunds.journal();
        let early = journal.forget(provider, &place(), &reference("r-1")).await;
        assert!(
            matches!(early, Err(JournalError::Busy { .. })),
            "it is pending"
        );
        world
            .sandbox
            .clock()
            .advance(std::time::Duration::from_secs(86_400));
        refunds.advance(&reference("r-1")).await.unwrap();
        journal
            .forget(provider, &place(), &reference("r-1"))
            .await
            .unwrap();
        let entry = journal
            .find(provider, &place(), &reference("r-1"))
            .await
            .unwrap()
            .unwrap();
        assert!(entry.action.is_none());
        assert_eq!(entry.state, State::Succeeded);
        assert_eq!(entry.amount, Some(money("19.90 USD")));
        assert!(entry.refund_id.is_some());
        let facts = journal
            .history(provider, &place(), &reference("r-1"))
            .await
            .unwrap();
        assert_eq!(facts.last().unwrap().what, "forgotten");
        // The same request is known again, and not sent.
        let again = refunds.create(&reference("r-1"), personal).await.unwrap();
        assert!(again.outcome().is_none());
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
    });
}
