//! A provider of one's own whose list comes in pages: whoever reads the first one alone is found.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it reports by failing"
)]

use std::sync::Arc;

use refunds::custom::{Created, Found, Profile, Provider, RefundsAt, RequestOf, Told};
use refunds::evidence::{Asked as Wanted, Fact};
use refunds::provider_runtime::{Answers, Call, Given, Method, NextPage, Paging};
use refunds::{
    CallError, Capabilities, Money, ProviderName, ReadBack, Reference, RefundStatus,
    tazapay as shop,
};
use refunds_conformance::{
    Asked, Conformance, Model, Network, Property, RawRequest, Report, Shown, State,
};
use serde::{Deserialize, Serialize};

const SHOP: ProviderName = match ProviderName::own("shop") {
    Some(name) => name,
    None => unreachable!(),
};

static PROFILE: Profile = Profile::new(
    {
        let mut can = Capabilities::cautious(SHOP);
        can.read_back = ReadBack::ByReference;
        can
    },
    "create_refund",
)
.with_read("refund")
.with_words(&[
    ("pending", RefundStatus::Pending),
    ("succeeded", RefundStatus::Succeeded),
    ("failed", RefundStatus::Failed),
]);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ShopRefund {
    payment: String,
    amount: Money,
}

impl RequestOf for ShopRefund {
    fn payment(&self) -> &str {
        &self.payment
    }

    fn amount(&self) -> Option<&Money> {
        Some(&self.amount)
    }
}

#[derive(Clone, Debug)]
struct Shop {
    client: Arc<shop::Client>,
    reads_all: bool,
}

#[derive(Serialize, Deserialize)]
struct Listed {
    id: String,
    reason: String,
    status: String,
    created_at: String,
}

#[derive(Deserialize)]
struct Page {
    refunds: Vec<Listed>,
}

fn told(page: &Page) -> Vec<Told> {
    let told = page.refunds.iter().map(|refund| {
        Told::new()
            .with(Fact::Id, Some(&refund.id))
            .with(Fact::Reference, Some(&refund.reason))
            .with(Fact::Status, Some(&refund.status))
            .with(Fact::CreatedAt, Some(&refund.created_at))
    });
    told.collect()
}

impl Provider for Shop {
    type Request = ShopRefund;

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn asked<'a>(&self, reference: &'a Reference, _: &'a ShopRefund) -> Wanted<'a> {
        let mut asked = Wanted::default();
        asked.reference = Some(reference.as_str().into());
        asked
    }

    async fn create(
        &self,
        reference: &Reference,
        request: &ShopRefund,
    ) -> Result<Created, CallError> {
        let body = shop::types::CreateRefundRequest::builder()
            .payin(request.payment.as_str())
            .amount(request.amount.hundredths(SHOP).unwrap_or_default())
            .currency(request.amount.currency().code())
            .reason(reference.as_str());
        let answer = self.client.create_refund().body(body).send().await;
        let answer = answer.map_err(shop::Error::into_untyped)?;
        let told = match &answer.data {
            Some(refund) => Told::new()
                .with(Fact::Id, refund.id.as_ref())
                .with(Fact::Reference, refund.reason.as_ref())
                .with(Fact::Status, refund.status.as_ref()),
            None => Told::new(),
        };
        Ok(Created::new(answer, told))
    }

    fn found_by(&self, reference: &Reference, _: &ShopRefund) -> Option<String> {
        Some(reference.to_string())
    }

    // What a generated client's `pages()` does.
    async fn find(&self, by: &str) -> Option<Result<Found, CallError>> {
        let call = Call::new(&*self.client, "refund", Method::GET, "/v3/refund/{id}");
        let call = call.path("id", Given::<String>::value(by));
        let (answers, none) = (Answers::json(&[200..=200]), Answers::empty(&[]));
        if !self.reads_all {
            let answer = call.send::<Page, ()>(answers, none).await;
            let answer = answer.map_err(shop::Error::into_untyped);
            return Some(answer.map(|page| {
                let told = told(&page);
                Found::new(page, told)
            }));
        }
        let next = NextPage::Cursor {
            parameter: "after",
            at: "/next",
        };
        let pages = call.pages::<Page, ()>(answers, none, Paging::new("/refunds", next));
        Some(Found::in_pages(pages, told).await)
    }
}

fn searched(reads_all: bool) -> Report {
    let create = |request: &RawRequest<'_>| {
        (request.method() == "POST").then(|| Asked {
            payment: request.member("/payin"),
            reference: request.member("/reason"),
            amount: request.member("/amount"),
            currency: request.member("/currency"),
            key: None,
        })
    };
    let list = |request: &RawRequest<'_>| {
        let by = request.path().strip_prefix("/v3/refund/")?;
        Some(by.to_owned())
    };
    let expected = Asked {
        payment: Some("pay_1".to_owned()),
        amount: Some("500".to_owned()),
        currency: Some("EUR".to_owned()),
        ..Asked::default()
    };
    let created = Shown::new("/data/id")
        .with_reference("/data/reason")
        .with_status("/data/status");
    let listed = Shown::new("/id")
        .with_reference("/reason")
        .with_status("/status")
        .with_created("/created_at");
    let model = Model::new(expected, create, 200, created)
        .with_words(&[
            ("pending", State::Pending),
            ("succeeded", State::Paid),
            ("failed", State::Failed),
        ])
        .with_list(list, "/refunds", listed)
        .listing_all()
        .listing_in_pages("/next", |request| {
            let is_first = request.query("after").is_none();
            is_first.then(|| "\"page-2\"".to_owned())
        });
    let at = move |network: Network| {
        let client = shop::Client::builder().credentials(shop::Credentials::basic("key", "secret"));
        let client = network.put_under(client).build();
        client.map(|client| {
            let client = Arc::new(client);
            RefundsAt::new(Shop { client, reads_all })
        })
    };
    let refund = ShopRefund {
        payment: "pay_1".to_owned(),
        amount: "5.00 EUR".parse().unwrap(),
    };
    Conformance::of(at, refund)
        .with_model(model)
        .search(2)
        .unwrap()
}

#[test]
fn a_list_of_which_all_pages_are_read_is_searched_and_nothing_is_found() {
    let report = searched(true);
    assert!(report.is_clean(), "{report}");
}

#[test]
fn a_refund_on_a_page_that_nobody_reads_is_found() {
    let report = searched(false);
    let found = report.counterexample(Property::NoDoubtLeft);
    assert!(found.is_some(), "{report}");
}
