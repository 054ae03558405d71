//! What the check of the check does.

use super::{
    errors::{answered, ends_in, unanswered},
    *,
};

#[tokio::test(start_paused = true)]
async fn with_the_first_promise_off_whatever_may_have_happened_is_sent_again() {
    let ends = [
        ends_in(unanswered()),
        ends_in(answered(500)),
        ends_in(answered(200)),
        Ok("done"),
    ];
    let (written, _) = Script::new(Repeats::Anything, ends).run().await;
    assert!(matches!(written, Written::Accepted { attempts: 4, .. }));
}

#[tokio::test(start_paused = true)]
async fn with_the_first_promise_off_a_refusal_is_still_a_refusal() {
    let script = Script::new(Repeats::Anything, [ends_in(answered(401))]);
    assert!(matches!(script.run().await.0, Written::Rejected { .. }));
}
