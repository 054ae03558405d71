//! What is printed, as snapshots.

use insta_cmd::assert_cmd_snapshot;
use refunds_sandbox::{Fault, Provider, ScriptedFault};

use crate::support::{Bench, OPTTY, TAZAPAY, refund};

fn plain(arguments: &[&str]) -> std::process::Command {
    refund(&std::env::temp_dir(), arguments)
}

/// What a call to the sandbox prints. Its address differs from run to run, so that it must not get into the
/// snapshot.
fn printed(bench: &Bench, provider: Provider, arguments: &[&str]) -> String {
    let output = bench.run(provider, arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    let code = output.status.code().unwrap();
    format!(
        "$ refund {}\n{out}{err}exit code {code}",
        arguments.join(" ")
    )
}

#[test]
fn the_demonstration_shows_what_happened_and_why() {
    assert_cmd_snapshot!(plain(&["demo"]));
}

#[test]
fn the_demonstration_is_json_on_request() {
    assert_cmd_snapshot!(plain(&["demo", "--json"]));
}

#[test]
fn the_capabilities_of_all_providers_are_a_table() {
    assert_cmd_snapshot!(plain(&["capabilities"]));
}

#[test]
fn the_capabilities_of_one_provider_are_json_on_request() {
    assert_cmd_snapshot!(plain(&["capabilities", "tazapay", "--json"]));
}

#[test]
fn the_help_tells_exit_codes_and_variables() {
    assert_cmd_snapshot!(plain(&["--help"]));
}

#[test]
fn credentials_that_are_missing_are_named() {
    assert_cmd_snapshot!(plain(&["fetch", "optty", "order-1"]));
}

#[test]
fn a_host_that_is_missing_is_asked_for() {
    assert_cmd_snapshot!(plain(&["fetch", "mce", "1", "--json"]));
}

#[test]
fn an_amount_that_could_be_misread_is_refused() {
    let mut arguments = OPTTY;
    arguments[7] = "1,000.00 AUD";
    assert_cmd_snapshot!(plain(&arguments));
}

#[test]
fn each_outcome_of_a_refund_says_what_to_do_next() {
    let bench = Bench::new();
    let settings = {
        let mut settings = insta::Settings::clone_current();
        settings.add_filter(r"rfd_\w+", "rfd_…");
        settings.add_filter(r"journal   /\S+/refunds.db", "journal   …/refunds.db");
        settings.add_filter(r"made      \S+", "made      …");
        settings.add_filter(r"http://127\.0\.0\.1:\d+", "http://sandbox");
        settings
    };
    let _bound = settings.bind_to_scope();
    let (mut too_much, mut mistyped) = (TAZAPAY, TAZAPAY);
    (too_much[3], too_much[7]) = ("r-2", "900.01 USD");
    (mistyped[3], mistyped[5]) = ("r-3", "chk_none");
    let lost = ScriptedFault::at(Provider::Optty, Fault::DropAfterCommit).operation("refund_order");
    bench.sandbox.inject(lost).unwrap();
    let reconcile = ["reconcile", "optty", "r-1"];
    let calls = [
        (Provider::Tazapay, &TAZAPAY[..]),
        (Provider::Tazapay, &TAZAPAY),
        (Provider::Tazapay, &mistyped),
        (Provider::Tazapay, &too_much),
        (Provider::Tazapay, &["reconcile", "tazapay", "r-2"]),
        (Provider::Optty, &OPTTY),
        (Provider::Optty, &OPTTY),
        (Provider::Optty, &reconcile),
        (Provider::Optty, &["fetch", "optty", "order-1"]),
        (Provider::Optty, &["retry", "optty", "r-1"]),
    ];
    let printed = calls.map(|(provider, arguments)| printed(&bench, provider, arguments));
    insta::assert_snapshot!(printed.join("\n\n"));
}

#[test]
fn a_completion_script_names_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = plain(&["completions", shell]).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(script.contains("reconcile"), "{shell}");
    }
}

#[test]
fn no_colour_and_no_progress_reach_a_pipe() {
    let output = plain(&["demo"]).output().unwrap();
    assert!(!output.stdout.contains(&0x1b));
    assert_eq!(output.stderr, b"");
}
