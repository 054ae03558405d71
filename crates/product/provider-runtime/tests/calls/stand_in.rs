//! A stand-in answers what was said, once, and tells what it was asked.

use provider_runtime::{Called, Error, Progress, StandIn, StandInError};

use super::client::{Refund, bearer_at, oauth2_at, provider_of};
use provider_runtime::Environment;

enum RefundOrder {}

impl Called for RefundOrder {
    type Success = Refund;
    const BUILDER: &'static str = "RefundOrder";
}

enum CancelOrder {}

impl Called for CancelOrder {
    type Success = Refund;
    const BUILDER: &'static str = "CancelOrder";
}

fn url(stand_in: &StandIn) -> String {
    let Environment::BaseUrl(url) = stand_in.environment() else {
        panic!("another environment");
    };
    url
}

#[tokio::test]
async fn it_answers_each_call_with_what_was_said_of_its_operation_once_and_in_order() {
    let shop = StandIn::start(provider_of()).unwrap();
    shop.answers::<RefundOrder>(200, r#"{"reference":"r-1"}"#)
        .unwrap();
    shop.refuses::<RefundOrder>(400, r#"{"message":"too much"}"#)
        .unwrap();
    shop.loses::<RefundOrder>().unwrap();
    let client = bearer_at(&url(&shop)).build().unwrap();
    let refund = |order: &'static str| client.refund_order(order, "5".parse().unwrap());
    // What is said of one operation is not for another.
    let details = client.order_details("order/7").await.unwrap_err();
    assert_eq!(details.status().unwrap().as_u16(), 501);
    assert_eq!(refund("order-7").await.unwrap().reference, "r-1");
    let refused = refund("order-7").await.unwrap_err();
    assert!(matches!(refused, Error::ErrorResponse(_)), "{refused}");
    let lost = refund("order-7").await.unwrap_err();
    assert_eq!(lost.progress(), Progress::Unanswered);
    let unsaid = refund("order-7").await.unwrap_err();
    assert_eq!(unsaid.status().unwrap().as_u16(), 501);

    let asked = shop.requests();
    let operations: Vec<_> = asked.iter().map(|asked| asked.operation).collect();
    let refund = Some("refund_order");
    assert_eq!(
        operations,
        [Some("order_details"), refund, refund, refund, refund]
    );
    assert_eq!(asked[0].target, "/orders/order%2F7");
    assert_eq!(asked[1].body, r#"{"amount":5}"#);
    let token = (
        "authorization".to_owned(),
        "Bearer hunter2-token".to_owned(),
    );
    assert!(asked[1].headers.contains(&token));
    assert!(!format!("{asked:?}").contains("hunter2"));
}

#[tokio::test]
async fn it_gives_a_token_to_whoever_asks_for_one() {
    let shop = StandIn::start(provider_of()).unwrap();
    shop.answers::<RefundOrder>(200, r#"{"reference":"r-1"}"#)
        .unwrap();
    let client = oauth2_at(&url(&shop)).token_url(shop.token_url());
    let client = client.build().unwrap();
    let refund = client.refund_order("order-7", "5".parse().unwrap()).await;
    assert_eq!(refund.unwrap().reference, "r-1");
    let asked = shop.requests();
    assert_eq!(asked[0].operation, None);
    let token = ("authorization".to_owned(), "Bearer stand-in".to_owned());
    assert!(asked[1].headers.contains(&token));
}

#[test]
fn what_the_client_could_not_read_is_not_said() {
    let shop = StandIn::start(provider_of()).unwrap();
    let unreadable = shop.answers::<RefundOrder>(200, r#"{"reference":7}"#);
    let unreadable = unreadable.unwrap_err().to_string();
    assert!(
        unreadable.starts_with("refund_order is not answered so"),
        "{unreadable}"
    );
    assert!(shop.refuses::<RefundOrder>(400, "no").is_err());
    let none = shop.loses::<CancelOrder>();
    assert!(matches!(
        none,
        Err(StandInError::NoOperation("CancelOrder"))
    ));
}
