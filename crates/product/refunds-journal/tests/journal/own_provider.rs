//! A provider of a user's own is remembered as the built-in ones are. It is put here in front of the sandbox's Optty.

use std::{sync::Arc, time::Duration};

use refunds::{
    CallError, Capabilities, Lookup, Money, OwnRefund, ProviderName, ReadBack, Reference,
    RefundIds, RefundStatus, Refunds,
    custom::{Created, Found, Profile, Provider, RefundsAt, RequestOf, Told},
    evidence::{Asked, Fact},
    optty,
    testing::{Double, Ending},
};
use refunds_journal::{JournalError, State, Step};
use refunds_sandbox::{Commit, Fault, Provider as Imitated, ScriptedFault};
use serde::{Deserialize, Serialize};

use crate::support::{
    World, client, comes, found, money, on_each, place, policy, reference, second, short,
};

const SHOP: ProviderName = ProviderName::own("shop").unwrap();

const fn profile(ids: RefundIds) -> Profile {
    let mut can = Capabilities::cautious(SHOP);
    can.read_back = ReadBack::AmongThoseOfTheOrder;
    can.ids = ids;
    Profile::new(can, "refund_order")
}

static PROFILE: Profile =
    profile(RefundIds::Differ).with_words(&[("SUCCESSFUL", RefundStatus::Succeeded)]);
/// What nobody has said of ids.
static UNREAD: Profile =
    profile(RefundIds::OneForAll).with_words(&[("SUCCESSFUL", RefundStatus::Succeeded)]);
/// A shop at which it takes a while.
static SLOW: Profile =
    profile(RefundIds::Differ).with_words(&[("SUCCESSFUL", RefundStatus::Pending)]);

#[derive(Clone, Debug)]
struct Shop(Arc<optty::Client>, &'static Profile);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ShopRefund {
    order: String,
    amount: Money,
}

impl RequestOf for ShopRefund {
    fn payment(&self) -> &str {
        &self.order
    }

    fn amount(&self) -> Option<&Money> {
        Some(&self.amount)
    }
}

impl Provider for Shop {
    type Request = ShopRefund;

    fn profile(&self) -> &'static Profile {
        self.1
    }

    fn asked<'a>(&self, reference: &'a Reference, request: &'a ShopRefund) -> Asked<'a> {
        let mut asked = Asked::default();
        asked.reference = Some(reference.as_str().into());
        asked.amount = Some(request.amount.amount());
        asked.currency = Some(request.amount.currency().code());
        asked
    }

    async fn create(
        &self,
        reference: &Reference,
        request: &ShopRefund,
    ) -> Result<Created, CallError> {
        let amount = optty::types::OrderRefundAmount::builder()
            .amount(request.amount.amount())
            .currency(request.amount.currency().code());
        let body = optty::types::OrderRefundDto::builder()
            .refund_amount(amount)
            .refund_description(reference.as_str())
            .refund_reference(reference.as_str());
        let call = self
            .0
            .refund_order()
            .order_reference(request.order.as_str());
        let answer = call.body(body).send().await;
        let answer = answer.map_err(optty::Error::into_untyped)?;
        let told = Told::new()
            .with(Fact::Id, Some(&answer.bnpl_refund_id))
            .with(Fact::Amount, Some(&answer.refunded_amount))
            .with(Fact::Status, Some(&answer.refund_status));
        Ok(Created::new(answer, told))
    }

    fn found_by(&self, _: &Reference, request: &ShopRefund) -> Option<String> {
        Some(request.order.clone())
    }

    async fn find(&self, by: &str) -> Option<Result<Found, CallError>> {
        let answer = self.0.order_details().merchant_reference(by).send().await;
        let answer = answer.map_err(optty::Error::into_untyped);
        let told = |answer: &optty::ResponseValue<optty::types::OrderDetails>| -> Vec<Told> {
            let refunds = answer.refunds.iter().flatten();
            let told = refunds.map(|refund| {
                Told::new()
                    .with(Fact::Id, refund.refund_id.as_ref())
                    .with(Fact::Reference, refund.refund_reason.as_ref())
                    .with(Fact::Amount, refund.amount.as_ref())
                    .with(Fact::Currency, refund.currency.as_ref())
                    .with(Fact::Status, refund.status.as_ref())
            });
            told.collect()
        };
        Some(answer.map(|answer| {
            let listed = told(&answer);
            Found::new(answer, listed)
        }))
    }
}

fn shop(world: &World) -> Refunds {
    shop_with(world, &PROFILE)
}

fn shop_with(world: &World, profile: &'static Profile) -> Refunds {
    let shop = Shop(Arc::new(world.optty_client()), profile);
    Refunds::from(RefundsAt::new(shop)).with_policy(policy())
}

fn refund(amount: &str) -> OwnRefund {
    let refund = ShopRefund {
        order: "order-1".to_owned(),
        amount: money(amount),
    };
    OwnRefund::new(SHOP, &refund).unwrap()
}

#[test]
fn a_refund_at_a_provider_of_ones_own_survives_a_lost_answer_and_a_restart() {
    on_each(|database| async move {
        let world = World::new();
        let lost =
            ScriptedFault::at(Imitated::Optty, Fault::DropAfterCommit).operation("refund_order");
        world.sandbox.inject(lost).unwrap();
        let refunds = client(&database, shop(&world)).await;
        let order =
            refunds_journal::Order::new(refund("60 AUD")).with_payment_total(money("100 AUD"));
        let conclusion = refunds.create(&reference("r-1"), order).await.unwrap();
        let outcome = conclusion.outcome().unwrap();
        assert!(outcome.unknown().is_some(), "{outcome:?}");
        drop(refunds);

        // Another process, after a restart. What may have been refunded is still reserved.
        let refunds = second(&database, shop(&world)).await;
        let again = refunds.create(&reference("r-1"), refund("60 AUD")).await;
        assert!(
            matches!(again, Err(JournalError::InDoubt { .. })),
            "{again:?}"
        );
        let beyond = refunds.create(&reference("r-2"), refund("60 AUD")).await;
        assert!(beyond.is_err(), "{beyond:?}");
        assert_eq!(world.paid_at_optty("r-2"), 0);

        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let swept = refunds.sweep().await.unwrap();
        assert_eq!((swept.looked_at, swept.failed), (1, 0));
        let entry = found(&refunds, "r-1").await;
        assert_eq!(entry.state, State::Succeeded, "{entry:?}");
        assert_eq!(world.paid_at_optty("r-1"), 1);
    });
}

#[test]
fn a_refund_that_a_list_names_otherwise_than_the_late_answer_is_no_second_one_where_its_author_says_so()
 {
    on_each(|database| async move {
        let world = World::new();
        let journal = client(&database, shop(&world)).await.journal().clone();
        let long = short().with_lease(Duration::from_secs(20));
        let journal = journal.with_settings(long).unwrap();
        for (name, profile, waiting) in [("r-1", &PROFILE, 0), ("r-2", &UNREAD, 1)] {
            let slow = Fault::Delay {
                by: Duration::from_millis(1_500),
                commit: Commit::Before,
            };
            let slow = ScriptedFault::at(Imitated::Optty, slow).operation("refund_order");
            world.sandbox.inject(slow).unwrap();
            let refunds = journal.client(shop_with(&world, profile), place());
            let sender = refunds.clone();
            let call =
                tokio::spawn(
                    async move { sender.create(&reference(name), refund("30 AUD")).await },
                );
            assert!(comes(async || world.paid_at_optty(name) == 1).await);
            database.change("UPDATE refunds SET leased_until = 1").await;
            let other = second(&database, shop_with(&world, profile)).await;
            let _ = other.reconcile(&reference(name)).await.unwrap();
            assert_eq!(found(&other, name).await.state, State::Succeeded);
            let conclusion = call.await.unwrap().unwrap();
            assert!(conclusion.outcome().unwrap().accepted().is_some());
            let told = refunds.journal().waiting().await.unwrap().count;
            assert_eq!(told, waiting, "{name}");
        }
    });
}

#[test]
fn what_is_pending_is_known_among_those_of_an_order_by_its_reference() {
    on_each(|database| async move {
        let world = World::new();
        let slow = client(&database, shop_with(&world, &SLOW)).await;
        for name in ["r-1", "r-2"] {
            let conclusion = slow.create(&reference(name), refund("30 AUD")).await;
            assert!(conclusion.unwrap().outcome().unwrap().accepted().is_some());
            assert_eq!(found(&slow, name).await.state, State::Pending);
        }
        let refunds = second(&database, shop(&world)).await;
        let step = refunds.advance(&reference("r-2")).await.unwrap();
        assert_eq!(step, Step::Ended);
        assert_eq!(found(&refunds, "r-2").await.state, State::Succeeded);
        assert_eq!(found(&refunds, "r-1").await.state, State::Pending);
        // Whoever reads the order by hand has it put down as well.
        let by = Lookup::Own {
            provider: SHOP,
            by: "order-1".to_owned(),
        };
        let read = refunds.fetch(&by).await.unwrap();
        assert_eq!(read.fetched.refunds().len(), 2);
        assert_eq!(found(&refunds, "r-1").await.state, State::Succeeded);
        assert_eq!(world.paid_at_optty("r-1") + world.paid_at_optty("r-2"), 2);
    });
}

#[test]
fn a_journal_remembers_refunds_of_the_double_for_unit_tests() {
    on_each(|database| async move {
        let double = Double::new();
        double.ends(Ending::Lost);
        let refunds = client(&database, double.refunds().unwrap().with_policy(policy())).await;
        let asked = refunds::MceRefund::new(1, "t-1");
        let conclusion = refunds.create(&reference("r-1"), asked.clone()).await;
        assert!(conclusion.unwrap().outcome().unwrap().unknown().is_some());
        let again = refunds.create(&reference("r-1"), asked).await;
        assert!(
            matches!(again, Err(JournalError::InDoubt { .. })),
            "{again:?}"
        );
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let swept = refunds.sweep().await.unwrap();
        assert_eq!((swept.looked_at, swept.failed), (1, 0));
        assert_eq!(found(&refunds, "r-1").await.state, State::Pending);
        assert_eq!(double.requests().len(), 1);
    });
}
