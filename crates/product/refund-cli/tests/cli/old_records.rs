//! Records of earlier versions: files from before there was a journal, from before the reference travelled at Tazapay,
//! and before the status was kept.

use std::{
    fs,
    time::{Duration, SystemTime},
};

use refunds_sandbox::{Fault, Offramp, Provider, Settings};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Bench, TAZAPAY, TAZAPAY_FULL, ended, outcome};

/// Writes a record as an earlier version did.
fn write(bench: &Bench, place: &str, provider: Provider, reference: &str, record: &Value) {
    let mut digest = Sha256::new();
    for part in [place, provider.name(), reference] {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    let digest: String = digest
        .finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let readable = reference.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
    let directory = bench.directory.path().join("records");
    fs::create_dir_all(&directory).unwrap();
    let name = format!("{}-{readable}-{digest}", provider.name());
    fs::write(directory.join(format!("{name}.json")), record.to_string()).unwrap();
    fs::write(directory.join(format!("{name}.lock")), "").unwrap();
}

/// The label of the sandbox's provider.
fn here(bench: &Bench, provider: Provider) -> String {
    let base_url = bench.sandbox.base_url(provider);
    base_url.replace("127.0.0.1", "localhost")
}

fn an_hour_ago() -> Value {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    json!({"secs_since_epoch": now.unwrap().as_secs() - 3600, "nanos_since_epoch": 0})
}

fn refund(amount: Option<&str>) -> Value {
    json!({"create": {"tazapay": {
        "payin": "chk_1", "payment_attempt": null, "amount": amount, "reason": null, "metadata": {},
        "customer": null, "webhook_url": null,
    }}})
}

fn accepted(action: &Value, refund_id: &Value) -> Value {
    json!({"state": "accepted", "action": action, "refund_id": refund_id, "at": an_hour_ago()})
}

/// A record of which nobody heard an answer, or whose process was killed.
fn doubted(action: &Value, cause: &str) -> Value {
    json!({"state": "in_doubt", "reconciling": false, "record": {
        "provider": "tazapay", "reference": "r-1", "action": action, "cause": cause,
        "first_sent_at": an_hour_ago(), "quiet_since": an_hour_ago(),
    }})
}

fn import(bench: &Bench, provider: Provider) -> (i32, Value) {
    bench.json(provider, &["import-records", "records"])
}

fn counts(json: &Value) -> (u64, u64, u64) {
    let count = |member: &str| json[member].as_u64().unwrap();
    (count("imported"), count("known"), count("left"))
}

/// The refund of a part, made by a version whose records are lost to this one.
fn made_before(create: &[&str], fault: Option<Fault>) -> (Bench, Value) {
    let bench = Bench::new();
    if let Some(fault) = fault {
        bench.fault(Provider::Tazapay, "create_refund", fault);
    }
    let create = [create, &["--attempts", "1"]].concat();
    let (_, json) = bench.json(Provider::Tazapay, &create);
    bench.lose_journal();
    (bench, json)
}

#[test]
fn an_accepted_refund_that_was_imported_knows_the_same_command_again() {
    let (bench, first) = made_before(&TAZAPAY, None);
    let id = &first["refunds"][0]["refund_id"];
    let place = here(&bench, Provider::Tazapay);
    let record = accepted(&refund(Some("19.90 USD")), id);
    write(&bench, &place, Provider::Tazapay, "r-1", &record);
    write(&bench, "production", Provider::Tazapay, "r-1", &record);
    let (code, told) = import(&bench, Provider::Tazapay);
    assert_eq!((code, counts(&told)), (0, (1, 0, 1)), "{told}");
    let (code, told) = import(&bench, Provider::Tazapay);
    assert_eq!((code, counts(&told)), (0, (0, 1, 1)), "{told}");
    for arguments in [&TAZAPAY[..], &["reconcile", "tazapay", "r-1"]] {
        let result = bench.json(Provider::Tazapay, arguments);
        assert_eq!(ended(&result), (0, "accepted"), "{}", result.1);
        assert_eq!(result.1["already"], true);
        assert_eq!(&result.1["refunds"][0]["refund_id"], id);
    }
    let mut other = TAZAPAY;
    other[7] = "19.91 USD";
    assert_eq!(bench.json(Provider::Tazapay, &other).0, 5);
    assert_eq!(bench.sandbox.requests().len(), 1);
}

#[test]
fn a_record_in_doubt_from_before_is_settled_by_no_event_but_by_the_word_of_support() {
    let (bench, _) = made_before(&TAZAPAY, Some(Fault::DropAfterCommit));
    let record = doubted(&refund(Some("19.90 USD")), "unanswered");
    let place = here(&bench, Provider::Tazapay);
    write(&bench, &place, Provider::Tazapay, "r-1", &record);
    assert_eq!(import(&bench, Provider::Tazapay).0, 0);
    assert_eq!(bench.json(Provider::Tazapay, &TAZAPAY).0, 4);
    let reconciled = bench.json(Provider::Tazapay, &["reconcile", "tazapay", "r-1"]);
    assert_eq!(ended(&reconciled), (4, "unknown"), "{}", reconciled.1);
    assert_eq!(reconciled.1.get("settling_event"), None);
    let next = reconciled.1["commands"].to_string();
    assert!(
        next.contains("--settle") && !next.contains("--event"),
        "{next}"
    );
    let settle = ["reconcile", "tazapay", "r-1", "--settle", "accepted"];
    assert_eq!(bench.json(Provider::Tazapay, &settle).0, 0);
    let again = bench.json(Provider::Tazapay, &TAZAPAY);
    assert_eq!(
        (again.0, &again.1["already"]),
        (0, &true.into()),
        "{}",
        again.1
    );
    assert_eq!(bench.requests_of("create_refund"), 1);
    assert_eq!(bench.sandbox.ledger().payments(Provider::Tazapay, "r-1"), 1);
}

#[test]
fn a_refund_of_everything_from_before_is_repeated_as_it_was_sent() {
    let (bench, _) = made_before(&TAZAPAY_FULL, Some(Fault::DropAfterCommit));
    let place = here(&bench, Provider::Tazapay);
    let record = doubted(&refund(None), "interrupted");
    write(&bench, &place, Provider::Tazapay, "r-1", &record);
    assert_eq!(import(&bench, Provider::Tazapay).0, 0);
    let settled = bench.json(Provider::Tazapay, &["reconcile", "tazapay", "r-1"]);
    assert_eq!(bench.sandbox.ledger().payments(Provider::Tazapay, "r-1"), 1);
    // The sandbox's default shows the first refund under its key; its metadata has the reference, of which
    // an old record knows nothing.
    assert_eq!(ended(&settled), (0, "accepted"), "{}", settled.1);
}

#[test]
fn an_accepted_try_from_before_is_followed_by_another_only_on_the_word_of_support() {
    let bench = Bench::with(Settings::hostile());
    let mut offramp = Offramp::with_failed_refund("offramp-2", Decimal::from(3));
    offramp.failures_to_come = 1;
    bench.sandbox.add_offramp(offramp).unwrap();
    let retry = ["retry", "kotanipay", "offramp-2"];
    assert_eq!(bench.json(Provider::Kotanipay, &retry).0, 0);
    bench.lose_journal();
    let place = here(&bench, Provider::Kotanipay);
    let record = accepted(&json!("retry"), &Value::Null);
    write(&bench, &place, Provider::Kotanipay, "offramp-2", &record);
    assert_eq!(import(&bench, Provider::Kotanipay).0, 0);
    // It has failed, but nothing on record tells what was shown before it.
    bench.sandbox.clock().advance(Duration::from_secs(3600));
    let again = bench.json(Provider::Kotanipay, &retry);
    assert_eq!(ended(&again), (5, "refused"), "{}", again.1);
    let settle = [
        "reconcile",
        "kotanipay",
        "offramp-2",
        "--settle",
        "rejected",
    ];
    let settled = bench.json(Provider::Kotanipay, &settle);
    assert_eq!(ended(&settled), (3, "rejected"), "{}", settled.1);
    assert_eq!(bench.requests_of("retry_refund"), 1);
    let again = bench.json(Provider::Kotanipay, &retry);
    assert_eq!(ended(&again), (0, "accepted"), "{}", again.1);
    assert_eq!(bench.requests_of("retry_refund"), 2);
}

#[test]
fn a_reference_that_no_file_name_tells_is_found_in_a_list() {
    let bench = Bench::new();
    let long = "r".repeat(41);
    let place = here(&bench, Provider::Tazapay);
    let record = accepted(&refund(None), &json!("rfd_1"));
    write(&bench, &place, Provider::Tazapay, &long, &record);
    // What the name of its file holds is cut off.
    let directory = bench.directory.path().join("records");
    for file in fs::read_dir(&directory).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        fs::rename(&path, directory.join(name.replacen(&long, &long[1..], 1))).unwrap();
    }
    let (code, told) = import(&bench, Provider::Tazapay);
    assert_eq!((code, counts(&told)), (0, (0, 0, 1)), "{told}");
    fs::write(
        bench.directory.path().join("mine"),
        format!("r-1\n{long}\n"),
    )
    .unwrap();
    let arguments = ["import-records", "records", "--references", "mine"];
    let (code, told) = bench.json(Provider::Tazapay, &arguments);
    assert_eq!((code, counts(&told)), (0, (1, 0, 0)), "{told}");
}

#[test]
fn files_that_cannot_be_read_end_with_4_and_those_that_differ_with_5() {
    let bench = Bench::new();
    let place = here(&bench, Provider::Tazapay);
    let record = accepted(&refund(Some("1.00 USD")), &json!("rfd_1"));
    write(&bench, &place, Provider::Tazapay, "r-1", &record);
    assert_eq!(bench.json(Provider::Tazapay, &TAZAPAY).0, 0);
    let (code, told) = import(&bench, Provider::Tazapay);
    assert_eq!((code, counts(&told)), (5, (0, 0, 0)), "{told}");
    let differing = told["differing"][0].as_str().unwrap();
    assert!(differing.contains("r-1"), "{told}");
    let broken = bench.directory.path().join("records/optty-r_2-00.json");
    fs::write(broken, "{").unwrap();
    let (code, told) = import(&bench, Provider::Tazapay);
    assert_eq!((code, told["unreadable"].as_array().unwrap().len()), (4, 1));
    let missing = ["import-records", "nowhere", "--json"];
    let result = outcome(&mut bench.command(Provider::Tazapay, &missing));
    assert_eq!(ended(&result), (1, "failed"), "{}", result.1);
}

#[cfg(unix)]
#[test]
fn a_pipe_among_the_records_is_told_as_one_that_cannot_be_read_and_nobody_waits_for_it() {
    use std::process::{Command, Stdio};

    let bench = Bench::new();
    let records = bench.directory.path().join("records");
    fs::create_dir(&records).unwrap();
    let pipe = records.join("tazapay-r_1-00.json");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let given = ["import-records", "records", "--json"];
    let mut command = bench.command(Provider::Tazapay, &given);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let begun = std::time::Instant::now();
    while child.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let is_over = child.try_wait().unwrap().is_some();
    let _ = child.kill();
    let ended = child.wait_with_output().unwrap();
    assert!(is_over);
    assert_eq!(ended.status.code(), Some(4));
    let told = String::from_utf8(ended.stdout).unwrap();
    assert!(told.contains("no regular file"), "{told}");
}
