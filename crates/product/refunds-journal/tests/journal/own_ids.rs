//! A provider of a user's own that shows a refund by its id alone, put here in front of the sandbox's Tazapay.

use std::{sync::Arc, time::Duration};

use refunds::{
    CallError, Capabilities, Money, OwnRefund, ProviderName, ReadBack, Reference, RefundStatus,
    Refunds,
    custom::{Created, Found, Profile, Provider, RefundsAt, RequestOf, Told},
    evidence::{Asked, Fact},
    tazapay as till,
};
use refunds_journal::{State, Step};
use serde::{Deserialize, Serialize};

use crate::support::{World, client, found, money, on_each, policy, reference};

const TILL: ProviderName = ProviderName::own("till").unwrap();

static PROFILE: Profile = Profile::new(
    {
        let mut can = Capabilities::cautious(TILL);
        can.read_back = ReadBack::ById;
        can
    },
    "create_refund",
)
.with_read("refund")
.with_words(&[
    ("pending", RefundStatus::Pending),
    ("succeeded", RefundStatus::Succeeded),
])
.without(&["own-listed-reference"]);

#[derive(Clone, Debug)]
struct Till(Arc<till::Client>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct TillRefund {
    sale: String,
    amount: Money,
}

impl RequestOf for TillRefund {
    fn payment(&self) -> &str {
        &self.sale
    }

    fn amount(&self) -> Option<&Money> {
        Some(&self.amount)
    }
}

fn told(refund: Option<&till::types::RefundData>) -> Told {
    let of = |member: fn(&till::types::RefundData) -> Option<String>| refund.and_then(member);
    Told::new()
        .with(Fact::Id, of(|refund| refund.id.clone()))
        .with(
            Fact::Status,
            of(|refund| refund.status.as_ref().map(ToString::to_string)),
        )
}

impl Provider for Till {
    type Request = TillRefund;

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn asked<'a>(&self, reference: &'a Reference, _: &'a TillRefund) -> Asked<'a> {
        let mut asked = Asked::default();
        asked.reference = Some(reference.as_str().into());
        asked
    }

    async fn create(
        &self,
        reference: &Reference,
        request: &TillRefund,
    ) -> Result<Created, CallError> {
        let amount = request.amount.hundredths(TILL);
        let amount = amount.map_err(|error| CallError::invalid_request(error.to_string()))?;
        let body = till::types::CreateRefundRequest::builder()
            .payin(request.sale.as_str())
            .amount(amount)
            .currency(request.amount.currency().code());
        let call = self.0.create_refund().idempotency_key(reference.as_str());
        let answer = call.body(body).send().await;
        let answer = answer.map_err(till::Error::into_untyped)?;
        let told = told(answer.data.as_ref());
        Ok(Created::new(answer, told))
    }

    fn found_by_id(&self, id: &str) -> Option<String> {
        Some(id.to_owned())
    }

    async fn find(&self, by: &str) -> Option<Result<Found, CallError>> {
        let answer = self.0.refund().id(by).send().await;
        Some(answer.map_err(till::Error::into_untyped).map(|answer| {
            let told = told(answer.data.as_ref());
            Found::new(answer, [told]).by_name()
        }))
    }
}

#[test]
fn what_is_pending_at_a_provider_of_ones_own_is_read_by_its_id() {
    on_each(|database| async move {
        let world = World::new();
        let at = RefundsAt::new(Till(Arc::new(world.tazapay_client())));
        let refunds = client(&database, Refunds::from(at).with_policy(policy())).await;
        let request = TillRefund {
            sale: "chk_1".to_owned(),
            amount: money("30 USD"),
        };
        let request = OwnRefund::new(TILL, &request).unwrap();
        let conclusion = refunds.create(&reference("r-1"), request).await.unwrap();
        assert!(conclusion.outcome().unwrap().accepted().is_some());
        assert_eq!(found(&refunds, "r-1").await.state, State::Pending);
        let early = refunds.advance(&reference("r-1")).await.unwrap();
        assert_eq!(early, Step::Later);
        world.sandbox.clock().advance(Duration::from_secs(3_600));
        let step = refunds.advance(&reference("r-1")).await.unwrap();
        assert_eq!(step, Step::Ended);
        assert_eq!(found(&refunds, "r-1").await.state, State::Succeeded);
        assert_eq!(world.paid_at_tazapay("r-1"), 1);
    });
}
