//! Every example is run, and what it says is what it should.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]
#![allow(dead_code, reason = "the examples have a `main` of their own")]

#[path = "../examples/double.rs"]
mod double;
#[path = "../examples/one_refund.rs"]
mod one_refund;
#[path = "../examples/restart.rs"]
mod restart;
#[path = "../examples/tracing.rs"]
mod spans;
#[path = "../examples/webhook_axum.rs"]
mod webhook_axum;

/// What an example says.
macro_rules! said {
    ($example:ident) => {{
        let mut out = Vec::new();
        $example::play(&mut out).await.unwrap();
        String::from_utf8(out).unwrap()
    }};
}

#[tokio::test]
async fn one_refund_is_taken_on_and_paid_once() {
    assert_eq!(
        said!(one_refund),
        "taken on: Some(19.90 USD)\npaid by the sandbox: 1 time\n"
    );
}

#[tokio::test]
async fn a_refund_that_was_interrupted_is_settled_after_the_restart_and_paid_once() {
    assert_eq!(
        said!(restart),
        "the first process saw an answer: false\n\
         the next one reads: order-7-refund-1 is in doubt\n\
         it is taken on: order-7-refund-1\n\
         paid by the sandbox: 1 time\n"
    );
}

#[tokio::test]
async fn an_event_that_verifies_moves_the_refund_on_and_a_forged_one_does_not() {
    assert_eq!(
        said!(webhook_axum),
        "created: Some(Pending)\n\
         a forged call: 401 Unauthorized\n\
         known by its events: Some(Succeeded)\n"
    );
}

#[tokio::test]
async fn a_double_lets_a_shop_test_what_it_tells_its_customers() {
    assert_eq!(
        said!(double),
        "order-1: Your money is on its way.\n\
         order-2: We are looking into your refund.\n\
         order-3: We could not refund you, and will call you.\n\
         the provider was asked 3 times\n"
    );
}

#[tokio::test]
async fn a_call_is_traced_with_both_of_its_attempts() {
    // One that lasts, so that the threads of other tests do not decide that nobody is interested in a span.
    ::tracing::subscriber::set_global_default(tracing_subscriber::registry()).unwrap();
    let said = said!(spans);
    let closed = |span: &str| {
        let lines = said.lines();
        lines
            .filter(|line| line.contains(span) && line.ends_with("close"))
            .count()
    };
    for said_of_it in [
        "refunds.operation=\"create_refund\"",
        "refunds.attempts=2",
        "refunds.outcome=\"accepted\"",
        "taken on: true",
    ] {
        assert!(said.contains(said_of_it), "{said_of_it}: {said}");
    }
    assert!(closed("refund_attempt{refunds.attempt=2") > 0, "{said}");
    assert!(!said.contains("secret"), "{said}");
}
