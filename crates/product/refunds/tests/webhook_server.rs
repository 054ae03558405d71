//! The example server, fed by the sandbox under faults.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

#[path = "../examples/webhook_server/book.rs"]
mod book;
#[path = "../examples/webhook_server/scene.rs"]
mod scene;
#[path = "../examples/webhook_server/server.rs"]
mod server;

use std::collections::BTreeSet;

use refunds_sandbox::{DeliveryKind, Provider};

#[tokio::test]
async fn under_faults_the_server_ends_with_every_refund_in_the_state_of_the_ledger() {
    let mut met = BTreeSet::new();
    for seed in [1, 2, 3] {
        let ending = scene::play(seed, 12).await.unwrap();
        assert_eq!(ending.refunds(), 4 * 12);
        assert!(ending.differences().is_empty(), "seed {seed}:\n{ending}");
        for delivery in ending.deliveries() {
            met.insert(format!("{:?}", delivery.kind));
        }
    }
    // A server that met none of these would show little.
    for kind in ["Altered", "BadlySigned", "Duplicate", "Forged", "Replayed"] {
        assert!(met.contains(kind), "{kind}");
    }
}

#[tokio::test]
async fn nothing_that_is_forged_or_altered_is_taken_for_a_providers() {
    let ending = scene::play(4, 12).await.unwrap();
    let mut forged = 0;
    for delivery in ending.deliveries() {
        let is_signed = match delivery.provider {
            Provider::Kotanipay | Provider::Tazapay => true,
            Provider::Mce | Provider::Optty => false,
        };
        let is_false = !delivery.kind.is_true() || delivery.kind == DeliveryKind::BadlySigned;
        let status = delivery.answered.unwrap();
        if is_signed && is_false {
            forged += 1;
            assert_eq!(status, 401, "{delivery:?}");
        } else {
            assert_eq!(status, 204, "{delivery:?}");
        }
    }
    assert!(forged > 0, "{ending}");
    assert!(ending.differences().is_empty(), "{ending}");
    // These two were retried by somebody else: what was known was read back, and reported.
    assert_eq!(
        ending.corrections(),
        [2, 8].map(|number| format!("kotanipay offramp-{number}: failed, then succeeded"))
    );
}
