//! Small campaigns on a journal: on SQLite, and on PostgreSQL where the tests have one.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    missing_docs,
    reason = "a test fails by panicking, and says what it leaves out"
)]

use std::path::Path;

use refund_campaign::journaled::JournaledCampaign;

const PROGRAM: &str = env!("CARGO_BIN_EXE_refund-campaign");
const WORKER: &str = "--as-journal-worker";
const POSTGRES: &str = "REFUNDS_TEST_POSTGRES";

fn ends_clean(postgres: Option<String>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let campaign = JournaledCampaign::new(80, 7, postgres).with_webhooks();
    let report = runtime
        .block_on(campaign.run(Path::new(PROGRAM), WORKER))
        .unwrap();
    assert!(report.is_clean(), "{report}");
    assert!(report.kills() > 4, "{report}");
}

#[test]
fn workers_that_are_killed_and_find_a_full_disk_refund_nothing_twice_or_beyond_and_lose_nothing() {
    ends_clean(None);
}

#[test]
fn workers_that_are_killed_and_cut_off_from_postgres_refund_nothing_twice_or_beyond_and_lose_nothing()
 {
    match std::env::var(POSTGRES) {
        Ok(server) => ends_clean(Some(server)),
        Err(_) => {
            eprintln!("left out: {POSTGRES} names no server; `cargo xtask test` starts one");
        }
    }
}
