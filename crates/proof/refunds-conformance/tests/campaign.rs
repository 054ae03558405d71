//! The campaign of the front page, as it stands there, at the document of the provider that the shop is.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what a test cannot set up, it reports by failing"
)]

use refunds::custom::{Created, Profile, Provider, RequestOf, Told};
use refunds::evidence::{Asked as Wanted, Fact};
use refunds::{CallError, Capabilities, ProviderName, Reference, RefundStatus, optty as shop};
use refunds::{Money, custom::RefundsAt};
use refunds_conformance::{Asked, Campaign, Keys, Model, Network, RawRequest, Shown, State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
const SHOP: ProviderName = ProviderName::own("shop").unwrap();
static PROFILE: Profile = Profile::new(Capabilities::cautious(SHOP), "refund_order")
    .with_words(&[("SUCCESSFUL", RefundStatus::Succeeded)]);
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
#[derive(Clone, Debug)]
struct Shop(Arc<shop::Client>);
impl Provider for Shop {
    type Request = ShopRefund;
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }
    fn asked<'a>(&self, reference: &'a Reference, request: &'a ShopRefund) -> Wanted<'a> {
        let mut asked = Wanted::default();
        asked.reference = Some(reference.as_str().into());
        asked.amount = Some(request.amount.amount());
        asked
    }
    async fn create(
        &self,
        reference: &Reference,
        request: &ShopRefund,
    ) -> Result<Created, CallError> {
        let amount = shop::types::OrderRefundAmount::builder()
            .amount(request.amount.amount())
            .currency(request.amount.currency().code());
        let body = shop::types::OrderRefundDto::builder()
            .refund_amount(amount)
            .refund_description("Damaged")
            .refund_reference(reference.as_str());
        let call = self
            .0
            .refund_order()
            .order_reference(request.order.as_str())
            .body(body);
        let answer = call.send().await.map_err(shop::Error::into_untyped)?;
        let told = Told::new()
            .with(Fact::Id, Some(&answer.bnpl_refund_id))
            .with(Fact::Reference, Some(&answer.refund_reference))
            .with(Fact::Amount, Some(&answer.refunded_amount))
            .with(Fact::Status, Some(&answer.refund_status));
        Ok(Created::new(answer, told))
    }
}
const DOCUMENT: &str = include_str!("../../../../specs/optty/openapi.json");

fn main() -> std::process::ExitCode {
    // Each refund, by its number: of an order and an amount of its own.
    let case = |number: u64| {
        let (order, cents) = (format!("order-{number}"), 101 + number);
        let amount = format!("{}.{:02}", cents / 100, cents % 100);
        let refund = ShopRefund {
            order: order.clone(),
            amount: format!("{amount} EUR").parse().expect("an amount"),
        };
        (refund, model(order, amount))
    };
    Campaign::of(DOCUMENT, at, case).with_refunds(120).main()
}

// Your provider, on the network of the campaign, as in the search.
fn at(network: Network) -> Result<RefundsAt<Shop>, shop::SettingsError> {
    let client = shop::Client::builder().credentials(shop::Credentials::bearer("token"));
    Ok(RefundsAt::new(Shop(Arc::new(
        network.put_under(client).build()?,
    ))))
}

// What the shop documents, of one refund: as in the search.
fn model(order: String, amount: String) -> Model {
    let shown = Shown::new("/bnplRefundId")
        .with_reference("/refundReference")
        .with_amount("/refundedAmount", format!("\"{amount}\""))
        .with_status("/refundStatus")
        .with_member("/bnplProvider", r#""KLARNA_AU""#)
        .with_member("/description", r#""REFUND_SUCCESSFUL""#)
        .with_member("/refundDate", r#""2026-01-01T00:00:00.000Z""#);
    let expected = Asked {
        payment: Some(order),
        amount: Some(amount),
        currency: Some("EUR".to_owned()),
        ..Asked::default()
    };
    let create = |request: &RawRequest<'_>| {
        let order = request
            .path()
            .strip_prefix("/orders/")?
            .strip_suffix("/refund")?;
        Some(Asked {
            payment: Some(order.to_owned()),
            reference: request.member("/refundReference"),
            amount: request.member("/refundAmount/amount"),
            currency: request.member("/refundAmount/currency"),
            key: None,
        })
    };
    Model::new(expected, create, 201, shown)
        .with_words(&[("SUCCESSFUL", State::Paid)])
        .with_keys(Keys::NotDocumented)
}
