//! Two workers on one journal, in every order of a few choices; and mistakes that the search has to find.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails by panicking"
)]

use refund_search::{Mistake, Workers};
use refunds::ProviderName;

/// Deeper ones are told by the command: `--workers --depth 6`.
const DEPTH: u8 = 4;

#[test]
fn two_workers_refund_each_reference_once_and_not_beyond_the_payment() {
    for provider in [ProviderName::Tazapay, ProviderName::Optty] {
        let report = Workers::new(provider, DEPTH).run().unwrap();
        assert!(report.is_clean(), "{provider}: {report}");
        assert!(report.stories() > 200, "{provider}: {report}");
    }
}

#[test]
fn a_queue_that_hands_out_again_what_a_worker_left_is_found_out() {
    let report = Workers::new(ProviderName::Tazapay, 6)
        .with_mistake(Mistake::RequeueOrphans)
        .run()
        .unwrap();
    // It is believed not to have happened, after which it is sent again.
    assert!(report.to_string().contains("was refunded"), "{report}");
}

#[test]
fn a_journal_that_keeps_nothing_for_what_is_being_sent_is_found_to_go_beyond_a_payment() {
    let report = Workers::new(ProviderName::Tazapay, 6)
        .with_mistake(Mistake::ForgetReservations)
        .run()
        .unwrap();
    assert!(report.to_string().contains("more was refunded"), "{report}");
}
