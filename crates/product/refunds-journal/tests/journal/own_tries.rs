//! Tries at a provider of a user's own, put here in front of the sandbox's Kotani Pay: one after the other, as there.

use std::{sync::Arc, time::Duration};

use refunds::{
    CallError, Capabilities, ProviderName, ReadBack, Reference, RefundStatus, Refunds,
    custom::{Created, Found, NoRequest, Profile, Provider, RefundsAt, Told},
    evidence::{Asked, Fact},
    kotanipay as rail,
};
use refunds_journal::{Conclusion, State, Step};
use refunds_sandbox::Offramp;

use crate::support::{World, client, found, on_each, policy, reference};

const RAIL: ProviderName = ProviderName::own("rail").unwrap();

static PROFILE: Profile = Profile::new(
    {
        let mut can = Capabilities::cautious(RAIL);
        can.creates = false;
        can.retries = true;
        can.read_back = ReadBack::ByReference;
        can
    },
    "retry_refund",
)
.with_read("refund_status")
.with_words(&[
    ("SUCCESSFUL", RefundStatus::Succeeded),
    ("FAILED", RefundStatus::Failed),
    ("PENDING", RefundStatus::Pending),
])
.without(&["own-2xx-id", "own-listed-id", "own-listed-created"]);

#[derive(Clone, Debug)]
struct Rail(Arc<rail::Client>);

impl Provider for Rail {
    type Request = NoRequest;

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn asked<'a>(&self, _: &'a Reference, request: &'a NoRequest) -> Asked<'a> {
        match *request {}
    }

    async fn create(&self, _: &Reference, request: &NoRequest) -> Result<Created, CallError> {
        match *request {}
    }

    async fn retry(&self, reference: &Reference) -> Option<Result<Created, CallError>> {
        let call = self.0.retry_refund().reference_id(reference.as_str());
        let answer = call.send().await.map_err(rail::Error::into_untyped);
        Some(answer.map(|answer| Created::new(answer, Told::new())))
    }

    async fn find(&self, by: &str) -> Option<Result<Found, CallError>> {
        let call = self.0.refund_status().reference_id(by).send().await;
        let answer = call.map_err(rail::Error::into_untyped);
        Some(answer.map(|answer| {
            let data = answer.data.clone().unwrap_or_default();
            let told = Told::new()
                .with(Fact::Reference, data.reference_id.as_ref())
                .with(Fact::Status, data.refund_status.as_ref())
                .with_tries(data.total_retries, data.timestamp.as_ref());
            Found::new(answer, [told]).by_name()
        }))
    }
}

/// How many tries were sent.
fn tries(world: &World) -> usize {
    let requests = world.sandbox.requests();
    let sent = requests
        .iter()
        .filter(|request| request.operation.as_deref() == Some("retry_refund"));
    sent.count()
}

#[test]
fn a_second_try_follows_only_the_failure_of_the_first_and_its_end_is_read() {
    on_each(|database| async move {
        let world = World::new();
        let failed = Offramp::with_failed_refund("offramp-1", "25.5".parse().unwrap());
        let offramp = Offramp {
            failures_to_come: 1,
            ..failed
        };
        world.sandbox.add_offramp(offramp).unwrap();
        let at = RefundsAt::new(Rail(Arc::new(world.kotanipay_client())));
        let refunds = client(&database, Refunds::from(at).with_policy(policy())).await;
        let first = refunds.retry(&reference("offramp-1")).await.unwrap();
        assert!(first.outcome().unwrap().accepted().is_some());
        assert!(found(&refunds, "offramp-1").await.retry_mark.is_some());
        // It is queued: it still stands, and no other is sent.
        let early = refunds.retry(&reference("offramp-1")).await.unwrap();
        assert!(matches!(early, Conclusion::Before(_)), "{early:?}");
        assert_eq!(tries(&world), 1);
        world.sandbox.clock().advance(Duration::from_secs(3_600));
        let second = refunds.retry(&reference("offramp-1")).await.unwrap();
        assert!(second.outcome().unwrap().accepted().is_some());
        world.sandbox.clock().advance(Duration::from_secs(3_600));
        let step = refunds.advance(&reference("offramp-1")).await.unwrap();
        assert_eq!(step, Step::Ended);
        let ended = found(&refunds, "offramp-1").await;
        assert_eq!((ended.state, ended.attempts), (State::Succeeded, 2));
        assert_eq!(tries(&world), 2);
    });
}
