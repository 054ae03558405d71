//! What the check of the check does, and that it takes the switch as well as the feature.

use super::{
    errors::{answered, ends_in, unanswered},
    *,
};

#[tokio::test(start_paused = true)]
async fn with_the_first_promise_off_whatever_may_have_happened_is_sent_again() {
    for rules in [&KEYED, &KEYLESS] {
        let ends = [
            ends_in(unanswered()),
            ends_in(answered(500)),
            ends_in(answered(200)),
            Ok("done"),
        ];
        let policy = policy().with_open_writes_repeated();
        let (written, _) = Script::new(rules, ends).with_policy(policy).run().await;
        assert!(matches!(written, Written::Accepted { attempts: 4, .. }));
    }
}

#[tokio::test(start_paused = true)]
async fn with_the_first_promise_off_a_refusal_is_still_a_refusal() {
    let policy = policy().with_open_writes_repeated();
    let script = Script::new(&KEYED, [ends_in(answered(400))]).with_policy(policy);
    assert!(matches!(script.run().await.0, Written::Rejected { .. }));
}

#[tokio::test(start_paused = true)]
async fn the_feature_alone_switches_nothing_off() {
    for end in [unanswered(), answered(500), answered(200)] {
        let (written, _) = Script::new(&KEYLESS, [ends_in(end)]).run().await;
        assert!(matches!(written, Written::Unknown { attempts: 1, .. }));
    }
}
