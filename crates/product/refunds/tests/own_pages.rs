//! A provider of one's own whose list pages: all pages count, and what does not end as it is documented is not all.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use refunds::{
    Action, CallError, Capabilities, InDoubt, Money, OwnRefund, ProviderName, ReadBack, Reconciled,
    Reference, RefundError, RefundStatus, Refunds, RetryPolicy,
    custom::{Created, Found, Profile, Provider, RefundsAt, RequestOf, Told},
    evidence::{Asked, Fact},
    kotanipay as any,
    provider_runtime::{Answers, Call, Given, Method, NextPage, Paging},
};
use serde::{Deserialize, Serialize};
use workspace_tests::server::{LoopbackServer, Reply, Request};

const SHOP: ProviderName = ProviderName::own("shop").unwrap();

static PROFILE: Profile = Profile::new(
    {
        let mut can = Capabilities::cautious(SHOP);
        can.read_back = ReadBack::AmongThoseOfTheOrder;
        can
    },
    "create",
)
.with_words(&[
    ("done", RefundStatus::Succeeded),
    ("failed", RefundStatus::Failed),
]);

#[derive(Clone, Debug)]
struct Shop(Arc<any::Client>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ShopRefund(Money);

impl RequestOf for ShopRefund {
    fn payment(&self) -> &str {
        "order-1"
    }

    fn amount(&self) -> Option<&Money> {
        Some(&self.0)
    }
}

#[derive(Deserialize)]
struct Page {
    refunds: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
    reference: String,
    state: String,
    made: String,
}

impl Provider for Shop {
    type Request = ShopRefund;

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn asked<'a>(&self, _: &'a Reference, _: &'a ShopRefund) -> Asked<'a> {
        Asked::default()
    }

    async fn create(&self, _: &Reference, _: &ShopRefund) -> Result<Created, CallError> {
        Err(CallError::invalid_request("never called".to_owned()))
    }

    fn found_by(&self, _: &Reference, request: &ShopRefund) -> Option<String> {
        Some(request.payment().to_owned())
    }

    // What a generated client's `pages()` does.
    async fn find(&self, order: &str) -> Option<Result<Found, CallError>> {
        let next = NextPage::Cursor {
            parameter: "after",
            at: "/next",
        };
        let path = "/api/v3/offramp/refund-status/{referenceId}";
        let call = Call::new(&*self.0, "refund_status", Method::GET, path);
        let call = call.path("referenceId", Given::<String>::value(order));
        let pages = call.pages::<Page, ()>(
            Answers::json(&[200..=200]),
            Answers::empty(&[]),
            Paging::new("/refunds", next),
        );
        let told = |page: &Page| {
            let told = page.refunds.iter().map(|refund| {
                Told::new()
                    .with(Fact::Id, Some(&refund.id))
                    .with(Fact::Reference, Some(&refund.reference))
                    .with(Fact::Status, Some(&refund.state))
                    .with(Fact::CreatedAt, Some(&refund.made))
            });
            told.collect()
        };
        Some(Found::in_pages(pages.with_page_limit(2), told).await)
    }
}

fn page(reference: &str, state: &str, next: &str) -> Reply {
    let refund = format!(
        r#"{{"id":"rf_{reference}","reference":"{reference}","state":"{state}","made":"2099-01-01T00:00:00Z"}}"#
    );
    Reply::json(200, format!(r#"{{"refunds":[{refund}],"next":{next}}}"#))
}

/// What a list of two pages settles of the refund `r-2`, and how many requests that took.
async fn settled(
    pages: impl Fn(&Request) -> Reply + Send + Sync + 'static,
) -> (Result<Reconciled, RefundError>, usize) {
    let server = LoopbackServer::start(pages).unwrap();
    let client = any::Client::builder()
        .environment(any::Environment::BaseUrl(server.url()))
        .credentials(any::Credentials::bearer("token"))
        .build()
        .unwrap();
    let policy = RetryPolicy::never().with_settle_after(Duration::ZERO);
    let refunds = Refunds::from(RefundsAt::new(Shop(Arc::new(client)))).with_policy(policy);
    let request = OwnRefund::new(SHOP, &ShopRefund("5.00 EUR".parse().unwrap())).unwrap();
    let record = InDoubt::interrupted(
        SHOP,
        Reference::new("r-2").unwrap(),
        Action::Create(request.into()),
        SystemTime::now(),
    );
    // What one call cannot have sent twice.
    let reconciled = refunds.reconcile(&record.of_one_refund()).await;
    (reconciled, server.requests().len())
}

fn is_second(request: &Request) -> bool {
    request.target.contains("after=")
}

#[tokio::test]
async fn a_refund_on_the_second_page_is_found_and_one_that_has_failed_is_the_only_one() {
    for (state, ends) in [("done", "Succeeded"), ("failed", "Failed")] {
        let (settled, requests) = settled(move |request| match is_second(request) {
            false => page("r-1", "done", r#""2""#),
            true => page("r-2", state, "null"),
        })
        .await;
        let settled = format!("{:?}", settled.unwrap());
        assert!(settled.starts_with(ends), "{settled}");
        assert_eq!(requests, 2);
    }
}

#[tokio::test]
async fn a_failure_settles_nothing_where_the_pages_do_not_end_as_documented() {
    for next in ["{}", r#""2""#, r#""3""#] {
        let (settled, requests) = settled(move |request| match is_second(request) {
            false => page("r-1", "done", r#""2""#),
            true => page("r-2", "failed", next),
        })
        .await;
        let settled = settled.unwrap();
        assert!(settled.still_unknown().is_some(), "{next}: {settled:?}");
        assert_eq!(requests, 2, "{next}");
    }
}

#[tokio::test]
async fn a_page_that_cannot_be_had_is_a_read_that_failed() {
    let (settled, _) = settled(|request| match is_second(request) {
        false => page("r-2", "done", r#""2""#),
        true => Reply::status(500),
    })
    .await;
    assert!(
        matches!(settled, Err(RefundError::Read { .. })),
        "{settled:?}"
    );
}
