//! Events of the provider's that settle what is in doubt, and those that do not.

use std::{fs, process::Stdio};

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use refunds_sandbox::{Fault, Provider};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::{Bench, MCE, OPTTY, TAZAPAY, ended, outcome};

const SECRET: &str = "whsec_test";
const ID: &str = "evt_auigfianfoangohuehg";
const CREATED_AT: &str = "2023-07-24T00:05:12.000000Z";

/// A refund of a part whose answer got lost, though it was paid.
fn in_doubt() -> Bench {
    let bench = Bench::new();
    bench.fault(Provider::Tazapay, "create_refund", Fault::DropAfterCommit);
    let result = bench.json(Provider::Tazapay, &TAZAPAY);
    assert_eq!(ended(&result), (4, "unknown"), "{}", result.1);
    bench
}

fn refund_id(bench: &Bench) -> String {
    bench.sandbox.ledger().entries()[0].refund_id.clone()
}

/// An event in the documented form about the refund that is in doubt.
fn event(bench: &Bench, name: &str, status: &str) -> Value {
    json!({
        "type": name,
        "created_at": CREATED_AT,
        "data": {
            "id": refund_id(bench),
            "object": "refund",
            "payin": "chk_1",
            "amount": 1990,
            "currency": "USD",
            "status": status,
            "created_at": "2100-01-01T00:00:00.000000Z",
            "metadata": {"refund_reference": "r-1"},
        },
        "id": ID,
        "object": "event",
    })
}

/// Base64 of the HMAC-SHA256 of `id`, body and `created_at`, as Tazapay documents it.
fn signature(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    for part in [ID, body, CREATED_AT] {
        mac.update(part.as_bytes());
    }
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

/// Gives the command an event with a signature by a secret.
fn give(bench: &Bench, event: &Value, secret: &str) -> (i32, Value) {
    let body = event.to_string();
    fs::write(bench.directory.path().join("event.json"), &body).unwrap();
    let header = format!("signature: {}", signature(secret, &body));
    let arguments = [
        "reconcile",
        "tazapay",
        "r-1",
        "--event",
        "event.json",
        "--header",
        &header,
    ];
    let mut command = bench.command(Provider::Tazapay, &arguments);
    outcome(command.env("REFUND_WEBHOOK_SECRET", SECRET).arg("--json"))
}

#[test]
fn a_signed_event_settles_a_refund_of_a_part() {
    for (name, status, code, word, standing) in [
        ("refund.succeeded", "succeeded", 0, "accepted", "succeeded"),
        ("refund.pending", "pending", 0, "accepted", "pending"),
        ("refund.failed", "failed", 6, "refund_failed", "failed"),
    ] {
        let bench = in_doubt();
        let settled = give(&bench, &event(&bench, name, status), SECRET);
        assert_eq!(ended(&settled), (code, word), "{}", settled.1);
        assert_eq!(settled.1["standing"], standing);
        assert_eq!(settled.1["refunds"][0]["refund_id"], refund_id(&bench));
        let again = bench.json(Provider::Tazapay, &TAZAPAY);
        assert_eq!(ended(&again), (code, word), "{}", again.1);
        assert_eq!(again.1["already"], true);
        assert_eq!(again.1["refunds"][0]["status"], status);
        assert_eq!(bench.sandbox.requests().len(), 1);
    }
}

/// Gives `webhook apply` an event with a signature by a secret.
fn apply(bench: &Bench, event: &Value, secret: &str) -> (i32, Value) {
    let body = event.to_string();
    let path = bench.directory.path().join("event.json");
    fs::write(&path, &body).unwrap();
    let header = format!("signature: {}", signature(secret, &body));
    let arguments = ["webhook", "apply", "tazapay", "--header", &header, "--json"];
    let mut command = bench.command(Provider::Tazapay, &arguments);
    command
        .env_remove("TAZAPAY_API_KEY")
        .env("REFUND_WEBHOOK_SECRET", SECRET)
        .stdin(Stdio::from(fs::File::open(path).unwrap()));
    outcome(&mut command)
}

#[test]
fn a_webhook_is_put_down_for_the_refund_that_it_names_and_a_forged_one_is_not() {
    let bench = in_doubt();
    let before = bench.known();
    let honest = event(&bench, "refund.succeeded", "succeeded");
    let forged = apply(&bench, &honest, "whsec_other");
    assert_eq!(ended(&forged), (3, "rejected"), "{}", forged.1);
    assert_eq!(forged.1["step"], "signature");
    assert_eq!(bench.known(), before);
    let settled = apply(&bench, &honest, SECRET);
    assert_eq!(ended(&settled), (0, "accepted"), "{}", settled.1);
    assert_eq!(settled.1["reference"], "r-1");
    assert_eq!(bench.states(), ["succeeded"]);
    let mut other = honest;
    other["data"]["id"] = "rfd_other".into();
    other["data"]["metadata"]["refund_reference"] = "r-2".into();
    let unknown = apply(&bench, &other, SECRET);
    assert_eq!(ended(&unknown), (5, "refused"), "{}", unknown.1);
    assert_eq!(bench.states(), ["succeeded"]);
    assert_eq!(bench.sandbox.requests().len(), 1);
}

#[test]
fn an_event_counts_also_of_a_refund_whose_request_was_forgotten() {
    let bench = in_doubt();
    let failed = event(&bench, "refund.failed", "failed");
    assert_eq!(apply(&bench, &failed, SECRET).0, 6);
    let forgotten = bench.json(Provider::Tazapay, &["forget", "tazapay", "r-1"]);
    assert_eq!(ended(&forgotten), (0, "forgotten"), "{}", forgotten.1);
    let paid = event(&bench, "refund.succeeded", "succeeded");
    let told = apply(&bench, &paid, SECRET);
    assert_eq!(ended(&told), (0, "accepted"), "{}", told.1);
    assert_eq!(bench.states(), ["succeeded"]);
}

#[test]
fn an_event_can_come_by_standard_input() {
    let bench = in_doubt();
    let body = event(&bench, "refund.succeeded", "succeeded").to_string();
    let path = bench.directory.path().join("event.json");
    fs::write(&path, &body).unwrap();
    let header = format!("X-Mine: {}", signature(SECRET, &body));
    let arguments = [
        "reconcile",
        "tazapay",
        "r-1",
        "--event",
        "-",
        "--header",
        &header,
        "--signature-header",
        "x-mine",
        "--json",
    ];
    let mut command = bench.command(Provider::Tazapay, &arguments);
    command
        .env("REFUND_WEBHOOK_SECRET", SECRET)
        .stdin(Stdio::from(fs::File::open(path).unwrap()));
    let settled = outcome(&mut command);
    assert_eq!(ended(&settled), (0, "accepted"), "{}", settled.1);
}

#[test]
fn a_forged_event_settles_nothing_and_leaves_the_refund_in_doubt() {
    let bench = in_doubt();
    let before = bench.known();
    let honest = event(&bench, "refund.succeeded", "succeeded");
    let forged = give(&bench, &honest, "whsec_other");
    assert_eq!(ended(&forged), (4, "unknown"), "{}", forged.1);
    let why = forged.1["why"].as_str().unwrap();
    assert!(why.contains("not believed"), "{why}");
    assert!(forged.1["question"].is_string(), "{}", forged.1);
    let unsigned = ["reconcile", "tazapay", "r-1", "--event", "event.json"];
    let mut command = bench.command(Provider::Tazapay, &unsigned);
    let unsigned = outcome(command.env("REFUND_WEBHOOK_SECRET", SECRET).arg("--json"));
    assert_eq!(ended(&unsigned), (4, "unknown"), "{}", unsigned.1);
    assert_eq!(bench.known(), before);
    assert_eq!(bench.json(Provider::Tazapay, &TAZAPAY).0, 4);
}

#[test]
fn an_event_about_another_refund_or_in_contradiction_settles_nothing() {
    for (pointer, value, row) in [
        (
            "/data/metadata",
            json!({"refund_reference": "r-2"}),
            "tazapay-event-reference",
        ),
        ("/data/metadata", json!({}), "tazapay-event-reference"),
        ("/data/metadata", json!(null), "tazapay-event-reference"),
        ("/data/payin", json!("chk_2"), "tazapay-event-payin"),
        ("/data/amount", json!(1991), "tazapay-event-amount"),
        ("/data/amount", json!("19,90"), "tazapay-event-amount"),
        ("/data/currency", json!("EUR"), "tazapay-event-currency"),
        ("/data/object", json!("payout"), "tazapay-event-object"),
        ("/data/id", json!(" "), "tazapay-event-id"),
        ("/type", json!("refund.failed"), "tazapay-event-status"),
        ("/data/status", json!("failed"), "tazapay-event-status"),
    ] {
        let bench = in_doubt();
        let mut told = event(&bench, "refund.succeeded", "succeeded");
        *told.pointer_mut(pointer).unwrap() = value.clone();
        let result = give(&bench, &told, SECRET);
        assert_eq!(
            ended(&result),
            (4, "unknown"),
            "{pointer} {value}: {}",
            result.1
        );
        assert_eq!(result.1["row"], row, "{pointer} {value}");
        let again = bench.json(Provider::Tazapay, &TAZAPAY);
        assert_eq!(ended(&again), (4, "unknown"), "{}", again.1);
        assert_eq!(bench.sandbox.requests().len(), 1);
    }
}

#[test]
fn an_event_moves_an_accepted_refund_on_to_its_end_and_never_back() {
    let bench = Bench::new();
    assert_eq!(bench.json(Provider::Tazapay, &TAZAPAY).0, 0);
    let failed = give(&bench, &event(&bench, "refund.failed", "failed"), SECRET);
    assert_eq!(ended(&failed), (6, "refund_failed"), "{}", failed.1);
    assert_eq!(failed.1["next"], "create_another", "{}", failed.1);
    for (name, status) in [
        ("refund.pending", "pending"),
        ("refund.succeeded", "succeeded"),
    ] {
        let late = give(&bench, &event(&bench, name, status), SECRET);
        assert_eq!(ended(&late), (6, "refund_failed"), "{}", late.1);
        let why = late.1["why"].as_str().unwrap();
        assert!(why.contains("changed nothing"), "{why}");
        // Another one could pay a second time.
        assert_eq!(late.1["next"], "ask_the_provider", "{}", late.1);
    }
    let again = bench.json(Provider::Tazapay, &TAZAPAY);
    assert_eq!(ended(&again), (6, "refund_failed"), "{}", again.1);
}

#[test]
fn an_event_settles_also_what_somebody_said_was_rejected_and_nothing_else_does() {
    let bench = in_doubt();
    bench.an_hour_passes();
    let settle = ["reconcile", "tazapay", "r-1", "--settle", "rejected"];
    assert_eq!(bench.json(Provider::Tazapay, &settle).0, 3);
    let honest = event(&bench, "refund.succeeded", "succeeded");
    let forged = give(&bench, &honest, "whsec_other");
    assert_eq!(ended(&forged), (5, "refused"), "{}", forged.1);
    let mut other = honest.clone();
    other["data"]["payin"] = json!("chk_2");
    let other = give(&bench, &other, SECRET);
    assert_eq!(ended(&other), (5, "refused"), "{}", other.1);
    let settled = give(&bench, &honest, SECRET);
    assert_eq!(ended(&settled), (0, "accepted"), "{}", settled.1);
    assert_eq!(bench.states(), ["succeeded"]);
    let again = bench.json(Provider::Tazapay, &TAZAPAY);
    assert_eq!(ended(&again), (0, "accepted"), "{}", again.1);
    assert_eq!(bench.requests_of("create_refund"), 1);
}

#[test]
fn an_event_about_a_second_refund_under_the_reference_is_told() {
    let bench = Bench::new();
    assert_eq!(bench.json(Provider::Tazapay, &TAZAPAY).0, 0);
    let mut second = event(&bench, "refund.succeeded", "succeeded");
    second["data"]["id"] = json!("rfd_second");
    let result = give(&bench, &second, SECRET);
    assert_eq!(ended(&result), (0, "accepted"), "{}", result.1);
    assert_eq!(result.1["refunds"][0]["status"], "pending");
    let why = result.1["why"].as_str().unwrap();
    assert!(why.contains("second refund"), "{why}");
    // The journal has it wait for a person, who then says that they have seen to it.
    let waits = || {
        bench.sql(
            "SELECT CAST(waits_since IS NOT NULL AS TEXT) FROM refunds WHERE beside = 'rfd_second'",
        )
    };
    assert_eq!(waits(), ["1"]);
    let seen = ["reconcile", "tazapay", "r-1", "--settle", "accepted"];
    assert_eq!(bench.json(Provider::Tazapay, &seen).0, 0);
    assert_eq!(waits(), ["0"]);
}

#[test]
fn an_event_of_mce_settles_only_what_somebody_vouches_for() {
    let bench = Bench::new();
    bench.fault(
        Provider::Mce,
        "create_crypto_refund",
        Fault::DropAfterCommit,
    );
    let (code, json) = bench.json(Provider::Mce, &MCE);
    let told = json["commands"][0].as_str().unwrap();
    let pasted = "refund reconcile mce r-1 --event FILE --vouched ";
    assert!(code == 4 && told.starts_with(pasted), "{told}");
    let body = json!({
        "eventType": "CRYPTO_REFUND",
        "notificationId": "n-1",
        "data": {
            "cryptoRefundId": refund_id(&bench),
            "originalTransactionType": 1,
            "originalTransactionId": "transaction-1",
            "clientReference": "r-1",
            "status": 2,
            "currency": "USDT",
            "amount": "38.5",
        },
    });
    fs::write(bench.directory.path().join("event.json"), body.to_string()).unwrap();
    let given = ["reconcile", "mce", "r-1", "--event", "event.json"];
    let refused = bench.json(Provider::Mce, &given);
    assert_eq!(ended(&refused), (5, "refused"), "{}", refused.1);
    assert_eq!(bench.json(Provider::Mce, &MCE).0, 4);
    let vouched = [&given[..], &["--vouched"]].concat();
    let settled = bench.json(Provider::Mce, &vouched);
    assert_eq!(ended(&settled), (0, "accepted"), "{}", settled.1);
    let again = bench.json(Provider::Mce, &MCE);
    assert_eq!(
        (again.0, &again.1["already"]),
        (0, &true.into()),
        "{}",
        again.1
    );
}

#[test]
fn options_of_an_event_that_do_not_fit_are_told_before_the_records() {
    let bench = in_doubt();
    let given = ["reconcile", "tazapay", "r-1", "--event", "nowhere.json"];
    let no_secret = bench.json(Provider::Tazapay, &given);
    assert_eq!(ended(&no_secret), (2, "wrong_usage"), "{}", no_secret.1);
    let mut command = bench.command(Provider::Tazapay, &given);
    let no_file = outcome(command.env("REFUND_WEBHOOK_SECRET", SECRET).arg("--json"));
    assert_eq!(ended(&no_file), (2, "wrong_usage"), "{}", no_file.1);
    bench.fault(Provider::Optty, "refund_order", Fault::DropAfterCommit);
    assert_eq!(bench.json(Provider::Optty, &OPTTY).0, 4);
    let optty = ["reconcile", "optty", "r-1", "--event", "nowhere.json"];
    let unfit = bench.json(Provider::Optty, &optty);
    assert_eq!(ended(&unfit), (5, "refused"), "{}", unfit.1);
}
