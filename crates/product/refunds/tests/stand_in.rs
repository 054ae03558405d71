//! A provider's stand-in on loopback, typed by its crate's operations, behind the facade.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

use provider_runtime::StandIn;
use refunds::{Outcome, Reference, Refunds, RetryPolicy, TazapayRefund, tazapay};
use tazapay::builder::CreateRefund;

const PENDING: &str = r#"{"status":"success","message":"","data":{"object":"refund","id":"rfd_1","payin":"chk_1","amount":1990,
    "currency":"USD","status":"pending","metadata":{"refund_reference":"r-1"}}}"#;

#[tokio::test]
async fn a_stand_in_answers_a_refund_as_its_crate_types_it() {
    let shop = StandIn::start(&tazapay::PROVIDER).unwrap();
    shop.answers::<CreateRefund<'_>>(200, PENDING).unwrap();
    shop.loses::<CreateRefund<'_>>().unwrap();
    let client = tazapay::Client::builder()
        .environment(shop.environment())
        .credentials(tazapay::Credentials::basic("key", "secret"))
        .build()
        .unwrap();
    let refunds = Refunds::from(client).with_policy(RetryPolicy::never());
    let refund = || TazapayRefund::of_payin("chk_1").with_amount("19.90 USD".parse().unwrap());
    let reference = Reference::new("r-1").unwrap();
    let taken = refunds.create(&reference, refund()).await.unwrap();
    assert!(matches!(taken, Outcome::Pending(_)), "{taken:?}");
    let lost = refunds.create(&reference, refund()).await.unwrap();
    assert!(lost.unknown().is_some(), "{lost:?}");
    let asked = shop.requests();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].operation, Some("create_refund"));
    assert!(
        asked[0].body.contains(r#""amount":1990"#),
        "{}",
        asked[0].body
    );
    // A success of another type is none of this operation's.
    assert!(shop.answers::<CreateRefund<'_>>(200, "[]").is_err());
}
