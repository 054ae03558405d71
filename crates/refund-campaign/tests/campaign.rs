//! Small campaigns, and mistakes that they have to find.

use std::path::Path;

use refund_campaign::{Campaign, Sabotage};

const PROGRAM: &str = env!("CARGO_BIN_EXE_refund-campaign");
const WORKER: &str = "--as-worker";

#[test]
fn no_refund_is_made_twice_called_failed_though_paid_or_lost() {
    let report = Campaign::new(240, 7)
        .run(Path::new(PROGRAM), WORKER)
        .unwrap();
    assert!(report.is_clean(), "{report}");
    assert!(report.faulted_percent() >= 30, "{report}");
    assert!(report.kills() > 4, "{report}");
    let tally = report.tally();
    assert_eq!(tally.accepted + tally.rejected + tally.still_unknown, 240);
    for (name, count) in [
        ("accepted", tally.accepted),
        ("rejected", tally.rejected),
        ("reconciled", tally.reconciled),
        ("still unknown", tally.still_unknown),
    ] {
        assert!(
            count > 0,
            "a campaign without {name} says little:\n{report}"
        );
    }
}

#[test]
fn repeating_everything_is_found_to_refund_twice() {
    let report = Campaign::new(240, 7)
        .with_sabotage(Sabotage::RepeatEverything)
        .run(Path::new(PROGRAM), WORKER)
        .unwrap();
    assert!(!report.tally().twice.is_empty(), "{report}");
    assert!(!report.is_clean(), "{report}");
}

#[test]
fn calling_the_unknown_failed_is_found() {
    let report = Campaign::new(240, 7)
        .with_sabotage(Sabotage::CallUnknownFailed)
        .run(Path::new(PROGRAM), WORKER)
        .unwrap();
    assert!(!report.tally().failed_though_paid.is_empty(), "{report}");
    assert!(report.tally().twice.is_empty(), "{report}");
}

#[test]
fn a_campaign_that_fails_ends_in_an_error_with_the_command_to_replay_it() {
    let output = std::process::Command::new(PROGRAM)
        .args([
            "--refunds",
            "160",
            "--seed",
            "3",
            "--sabotage",
            "repeat-everything",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    let replay = "cargo xtask campaign --refunds 160 --seed 3 --sabotage repeat-everything";
    assert!(message.contains(replay), "{message}");
}

#[test]
fn what_is_known_by_webhooks_is_what_happened_whatever_is_forged_or_sent_again() {
    let report = Campaign::new(240, 7)
        .with_webhooks()
        .run(Path::new(PROGRAM), WORKER)
        .unwrap();
    assert!(report.is_clean(), "{report}");
    let told = report.told().unwrap();
    assert!(told.otherwise.is_empty() && told.believed.is_empty());
    for (name, count) in [
        ("forged", told.forged),
        ("refused", told.refused),
        ("duplicates", told.duplicates),
        ("stale", told.stale),
        ("hints", told.hints),
        ("reads", told.reads),
        ("compared", told.compared),
    ] {
        assert!(
            count > 0,
            "a campaign without {name} says little:\n{report}"
        );
    }
    assert!(told.applied >= told.compared / 2, "{report}");
    assert!(report.to_string().contains("forged and believed"));
}

#[test]
fn believing_anybody_is_found() {
    let report = Campaign::new(240, 7)
        .with_webhooks()
        .with_sabotage(Sabotage::BelieveAnybody)
        .run(Path::new(PROGRAM), WORKER)
        .unwrap();
    assert!(!report.told().unwrap().believed.is_empty(), "{report}");
    assert!(!report.is_clean(), "{report}");
    assert!(report.tally().twice.is_empty(), "{report}");
}
