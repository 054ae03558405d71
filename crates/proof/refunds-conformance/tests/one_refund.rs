//! A provider of one's own that shows the one refund of a reference, and keeps keys for three days.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it reports by failing"
)]

use std::{sync::Arc, time::Duration};

use refunds::custom::{Created, Found, Profile, Provider, RefundsAt, Repetition, RequestOf, Told};
use refunds::evidence::{Asked as Wanted, Fact};
use refunds::tazapay as shelf;
use refunds::{CallError, Capabilities, Money, ProviderName, ReadBack, Reference, RefundStatus};
use refunds_conformance::{
    Asked, Conformance, Keys, Model, Modelled, Network, Property, RawRequest, Report, SearchError,
    Shown, State,
};
use serde::{Deserialize, Serialize};

const SHELF: ProviderName = match ProviderName::own("shelf") {
    Some(name) => name,
    None => unreachable!(),
};
const THREE_DAYS: Duration = Duration::from_secs(3 * 24 * 3600);

const fn keeping(kept: Duration) -> Profile {
    PROFILE.with_repetition(Repetition::KeyKeepsEveryAnswer { kept })
}

static KEYLESS: Profile = PROFILE;
static KEYED: Profile = keeping(THREE_DAYS);
static HOPEFUL: Profile = keeping(Duration::from_secs(365 * 24 * 3600));

const PROFILE: Profile = Profile::new(
    {
        let mut can = Capabilities::cautious(SHELF);
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
struct ShelfRefund {
    payment: String,
    amount: Money,
}

impl RequestOf for ShelfRefund {
    fn payment(&self) -> &str {
        &self.payment
    }

    fn amount(&self) -> Option<&Money> {
        Some(&self.amount)
    }
}

#[derive(Clone, Debug)]
struct Shelf {
    client: Arc<shelf::Client>,
    profile: &'static Profile,
    is_read: bool,
}

fn told(answer: &shelf::types::RefundEnvelope) -> Told {
    let Some(refund) = &answer.data else {
        return Told::new();
    };
    Told::new()
        .with(Fact::Id, refund.id.as_ref())
        .with(Fact::Reference, refund.reason.as_ref())
        .with(Fact::Amount, refund.amount.as_ref())
        .with(Fact::Currency, refund.currency.as_ref())
        .with(Fact::CreatedAt, refund.created_at.as_ref())
        .with(Fact::Status, refund.status.as_ref())
}

impl Provider for Shelf {
    type Request = ShelfRefund;

    fn profile(&self) -> &'static Profile {
        self.profile
    }

    fn asked<'a>(&self, reference: &'a Reference, request: &'a ShelfRefund) -> Wanted<'a> {
        let mut asked = Wanted::default();
        asked.reference = Some(reference.as_str().into());
        asked.amount = Some(request.amount.amount() * refunds::Decimal::from(100));
        asked.currency = Some(request.amount.currency().code());
        asked
    }

    async fn create(
        &self,
        reference: &Reference,
        request: &ShelfRefund,
    ) -> Result<Created, CallError> {
        let body = shelf::types::CreateRefundRequest::builder()
            .payin(request.payment.as_str())
            .amount(request.amount.hundredths(SHELF).unwrap_or_default())
            .currency(request.amount.currency().code())
            .reason(reference.as_str());
        let answer = self
            .client
            .create_refund()
            .idempotency_key(reference.as_str())
            .body(body)
            .send()
            .await;
        let answer = answer.map_err(shelf::Error::into_untyped)?;
        let told = told(&answer);
        Ok(Created::new(answer, told))
    }

    fn found_by(&self, reference: &Reference, _: &ShelfRefund) -> Option<String> {
        self.is_read.then(|| reference.to_string())
    }

    fn asked_by<'a>(&self, by: &'a str) -> Wanted<'a> {
        let mut asked = Wanted::default();
        asked.reference = Some(by.into());
        asked
    }

    async fn find(&self, by: &str) -> Option<Result<Found, CallError>> {
        let answer = self.client.refund().id(by).send().await;
        Some(answer.map_err(shelf::Error::into_untyped).map(|answer| {
            let told = told(&answer);
            Found::new(answer, [told]).by_name()
        }))
    }
}

/// What is found where the provider is taken by this profile, and its documents say so of keys. Without them, refunds are read.
fn searched(profile: &'static Profile, keys: Keys, depth: u8) -> Report {
    modelled(profile, keys, "POST").search(depth).unwrap()
}

/// The search of a model that takes requests of this method for those that ask for a refund.
fn modelled(profile: &'static Profile, keys: Keys, method: &'static str) -> Modelled<Shelf> {
    let is_read = keys == Keys::NotDocumented;
    Conformance::of(at(profile, is_read), refund()).with_model(model(keys, method))
}

fn refund() -> ShelfRefund {
    ShelfRefund {
        payment: "pay_1".to_owned(),
        amount: "5.00 EUR".parse().unwrap(),
    }
}

/// What the shelf documents of it; without keys, refunds are read.
fn model(keys: Keys, method: &'static str) -> Model {
    let create = move |request: &RawRequest<'_>| {
        (request.method() == method).then(|| Asked {
            payment: request.member("/payin"),
            reference: request.member("/reason"),
            amount: request.member("/amount"),
            currency: request.member("/currency"),
            key: request.header("idempotency-key").map(str::to_owned),
        })
    };
    let read = |request: &RawRequest<'_>| {
        let reference = request.path().strip_prefix("/v3/refund/")?;
        (request.method() == "GET").then(|| reference.to_owned())
    };
    let shown = || {
        Shown::new("/data/id")
            .with_reference("/data/reason")
            .with_amount("/data/amount", "500")
            .with_status("/data/status")
    };
    let expected = Asked {
        payment: Some("pay_1".to_owned()),
        amount: Some("500".to_owned()),
        currency: Some("EUR".to_owned()),
        ..Asked::default()
    };
    let model = Model::new(expected, create, 200, shown())
        .with_words(&[
            ("pending", State::Pending),
            ("succeeded", State::Paid),
            ("failed", State::Failed),
        ])
        .with_keys(keys);
    match keys {
        Keys::NotDocumented => model.with_read(read, shown()),
        _ => model,
    }
}

fn at(
    profile: &'static Profile,
    is_read: bool,
) -> impl Fn(Network) -> Result<RefundsAt<Shelf>, shelf::SettingsError> + Send + Sync + 'static {
    move |network: Network| {
        let client =
            shelf::Client::builder().credentials(shelf::Credentials::basic("key", "secret"));
        let client = network.put_under(client).build();
        client.map(|client| {
            let client = Arc::new(client);
            RefundsAt::new(Shelf {
                client,
                profile,
                is_read,
            })
        })
    }
}

/// What was asked for under a name, nobody knows who has the name alone: another amount is no contradiction then.
#[test]
fn one_refund_that_is_read_by_its_reference_is_searched_and_nothing_is_found() {
    let report = searched(&KEYLESS, Keys::NotDocumented, 2);
    assert!(report.is_clean(), "{report}");
}

#[test]
fn a_key_that_is_believed_for_longer_than_it_is_kept_is_found() {
    let keys = Keys::KeepEveryAnswer(THREE_DAYS);
    let report = searched(&KEYED, keys, 2);
    assert!(report.is_clean(), "{report}");
    let report = searched(&HOPEFUL, keys, 2);
    let found = report.counterexample(Property::NeverPaidTwice);
    assert!(found.is_some(), "{report}");
}

#[test]
fn a_key_that_is_kept_for_ever_is_searched() {
    let report = searched(&HOPEFUL, Keys::KeepEveryAnswer(Duration::MAX), 1);
    assert!(report.is_clean(), "{report}");
}

#[test]
fn a_model_that_knows_no_request_for_a_refund_is_no_proof() {
    let keys = Keys::NotDocumented;
    let searched = modelled(&KEYLESS, keys, "PUT").search(1);
    assert!(
        matches!(searched, Err(SearchError::NothingSent)),
        "{searched:?}"
    );
}

#[cfg(all(unix, feature = "campaign"))]
#[test]
fn a_worker_that_makes_another_refund_than_its_campaign_ends_and_says_so() {
    use refunds_conformance::{Campaign, CampaignError};

    let document = include_str!("../../../../specs/tazapay/openapi.json");
    let campaign = |amount: &'static str| {
        Campaign::of(document, at(&KEYLESS, true), move |_| {
            let amount = amount.parse().unwrap();
            let refund = ShelfRefund { amount, ..refund() };
            (refund, model(Keys::NotDocumented, "POST"))
        })
    };
    // What a worker is told is kept for one of another campaign.
    let kept = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let ran = campaign("5.00 EUR").with_refunds(3).run(|told| {
        let mut copy = std::process::Command::new("cp");
        copy.arg(told).arg(kept);
        copy
    });
    assert!(ran.unwrap().verdict().is_err(), "nothing was sent");
    let told = campaign("6.00 EUR").work(&kept.join("post-0.json"));
    let told = told.unwrap_err();
    assert!(
        matches!(told, CampaignError::AnotherRefund { number: 0 }),
        "{told}"
    );
}
