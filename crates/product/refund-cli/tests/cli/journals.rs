//! Where the journal is, and that it is never made silently.

use std::{fs, time::Duration};

use refunds_sandbox::{Fault, Provider};
use serde_json::Value;

use crate::support::{Bench, TAZAPAY, ended, outcome, refund};

/// The command in an empty directory, whose default place is below it.
fn at_home(home: &std::path::Path, arguments: &[&str]) -> std::process::Command {
    let mut command = refund(home, arguments);
    command
        .env("HOME", home)
        .env("XDG_STATE_HOME", home.join("state"));
    command
}

fn text<'a>(json: &'a Value, member: &str) -> &'a str {
    json[member].as_str().unwrap_or_default()
}

#[test]
fn without_a_journal_nothing_is_sent_and_none_is_made() {
    let bench = Bench::new();
    fs::remove_file(bench.directory.path().join("refunds.db")).unwrap();
    for arguments in [
        &TAZAPAY[..],
        &["reconcile", "tazapay", "r-1"],
        &["reconcile", "tazapay", "r-1", "--settle", "accepted"],
        &["reconcile", "--all"],
        &["list"],
        &["show", "tazapay", "r-1"],
        &["forget", "tazapay", "r-1"],
        &["import-records", "."],
    ] {
        let refused = bench.json(Provider::Tazapay, arguments);
        assert_eq!(ended(&refused), (5, "refused"), "{}", refused.1);
        let told = refused.1.to_string();
        for part in [
            "\"refund journal init",
            "/refunds.db,",
            "not mounted",
            "XDG_STATE_HOME",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert_eq!(refused.1["next"], "make_journal");
    }
    assert!(bench.sandbox.requests().is_empty());
    assert!(!bench.directory.path().join("refunds.db").exists());
}

#[test]
fn a_journal_is_made_once_and_found_where_the_options_or_the_environment_say() {
    let home = tempfile::tempdir().unwrap();
    for (option, variable, file) in [
        (None, None, "state/refund/refunds.db"),
        (Some("a.db"), Some("b.db"), "a.db"),
        (None, Some("sqlite:b.db"), "b.db"),
        (Some("sqlite:c.db"), None, "c.db"),
    ] {
        let call = |arguments: &[&str]| {
            let mut command = at_home(home.path(), arguments);
            command.arg("--json");
            if let Some(option) = option {
                command.args(["--journal", option]);
            }
            if let Some(variable) = variable {
                command.env("REFUND_JOURNAL", variable);
            }
            outcome(&mut command)
        };
        let path = home.path().join(file);
        let place = path.display().to_string();
        let (code, json) = call(&["journal", "where"]);
        assert_eq!((code, &json["exists"]), (0, &false.into()), "{json}");
        assert!(!path.exists());
        let (code, json) = call(&["journal", "init"]);
        assert_eq!((code, text(&json, "journal")), (0, &*place), "{json}");
        assert!(path.exists());
        let (code, json) = call(&["journal", "where"]);
        assert_eq!((code, &json["exists"]), (0, &true.into()), "{json}");
        assert_eq!(text(&json, "journal"), place);
        let again = call(&["journal", "init"]);
        assert_eq!(ended(&again), (5, "refused"), "{}", again.1);
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_journal_or_its_folder() {
    use std::os::unix::fs::PermissionsExt;

    let home = tempfile::tempdir().unwrap();
    let made = at_home(home.path(), &["journal", "init"]).output().unwrap();
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let mode = |path: &str| {
        let found = fs::metadata(home.path().join(path)).unwrap();
        found.permissions().mode() & 0o777
    };
    assert_eq!(mode("state/refund"), 0o700);
    assert_eq!(mode("state/refund/refunds.db"), 0o600);
}

#[test]
fn a_folder_that_is_named_has_to_be_there() {
    let home = tempfile::tempdir().unwrap();
    let init = ["journal", "init", "--journal", "none/refunds.db", "--json"];
    let refused = outcome(&mut at_home(home.path(), &init));
    assert_eq!(ended(&refused), (5, "refused"), "{}", refused.1);
    assert!(!home.path().join("none").exists());
}

#[test]
fn a_url_that_names_no_journal_or_shows_a_password_ends_with_2() {
    let home = tempfile::tempdir().unwrap();
    for (url, told) in [
        ("mysql://db.example/refunds", "names no database"),
        ("sqlite:refunds.db?mode=memory", "settings of its own"),
        ("postgres://me:hidden@db.example/refunds", "REFUND_JOURNAL"),
    ] {
        let list = ["list", "--json", "--journal", url];
        let refused = outcome(&mut at_home(home.path(), &list));
        assert_eq!(ended(&refused), (2, "wrong_usage"), "{}", refused.1);
        let why = text(&refused.1, "why");
        assert!(why.contains(told), "{why}");
        assert!(!why.contains("hidden"), "{why}");
    }
}

#[test]
fn a_journal_can_be_made_beside_older_records_and_says_what_to_do_with_them() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("state/refund");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("tazapay-r_1-00.json"), "{}").unwrap();
    let (code, json) = outcome(&mut at_home(home.path(), &["journal", "init", "--json"]));
    assert_eq!(code, 0, "{json}");
    let next = json["commands"].to_string();
    assert!(next.contains("refund import-records"), "{next}");
}

#[test]
fn every_command_that_writes_names_the_journal() {
    let bench = Bench::new();
    let place = bench.directory.path().join("refunds.db");
    bench.fault(Provider::Tazapay, "create_refund", Fault::DropAfterCommit);
    let mut other = TAZAPAY;
    other[3] = "r-2";
    for (arguments, code) in [
        (&TAZAPAY[..], 4),
        (&TAZAPAY, 4),
        (&["reconcile", "tazapay", "r-1"], 4),
        (&["reconcile", "tazapay", "r-1", "--settle", "accepted"], 0),
        (&["reconcile", "tazapay", "r-3"], 5),
        (&other, 0),
    ] {
        let (ended, json) = bench.json(Provider::Tazapay, arguments);
        assert_eq!(ended, code, "{json}");
        assert_eq!(text(&json, "journal"), place.display().to_string());
    }
    let output = bench.run(Provider::Tazapay, &TAZAPAY);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(
        shown.contains(&format!("journal   {}", place.display())),
        "{shown}"
    );
}

#[test]
fn a_read_has_the_journal_learn_the_end_of_a_pending_refund_and_settles_no_doubt() {
    let bench = Bench::new();
    let (code, created) = bench.json(Provider::Tazapay, &TAZAPAY);
    assert_eq!(code, 0, "{created}");
    let id = created["refunds"][0]["refund_id"].as_str().unwrap();
    let fetch = ["fetch", "tazapay", id];
    assert_eq!(bench.states(), ["pending"]);
    let (code, early) = bench.json(Provider::Tazapay, &fetch);
    assert_eq!((code, &early["why"]), (0, &Value::Null), "{early}");
    assert_eq!(bench.states(), ["pending"]);
    bench
        .sandbox
        .clock()
        .advance(Duration::from_secs(7 * 86_400));
    let (code, shown) = bench.json(Provider::Tazapay, &fetch);
    assert_eq!(code, 0, "{shown}");
    assert_eq!(shown["why"], "the journal has learnt that r-1 is succeeded");
    assert_eq!(bench.states(), ["succeeded"]);
    let facts = bench.sql("SELECT source || ' ' || what FROM facts ORDER BY number DESC LIMIT 1");
    assert_eq!(facts, ["read succeeded"]);
    bench.fault(Provider::Optty, "refund_order", Fault::DropAfterCommit);
    assert_eq!(bench.json(Provider::Optty, &crate::support::OPTTY).0, 4);
    let (code, shown) = bench.json(Provider::Optty, &["fetch", "optty", "order-1"]);
    assert_eq!((code, &shown["why"]), (0, &Value::Null), "{shown}");
    assert_eq!(
        bench.sql("SELECT state FROM refunds WHERE provider = 'optty'"),
        ["in_doubt"]
    );
}

#[test]
fn a_read_needs_no_journal_unless_one_is_named() {
    let bench = Bench::new();
    let fetch = ["fetch", "optty", "order-1"];
    fs::remove_file(bench.directory.path().join("refunds.db")).unwrap();
    let refused = bench.json(Provider::Optty, &fetch);
    assert_eq!(ended(&refused), (5, "refused"), "{}", refused.1);
    let mut command = bench.command(Provider::Optty, &fetch);
    let mut unnamed = refund(bench.directory.path(), &fetch);
    let place = bench.sandbox.base_url(Provider::Optty);
    unnamed
        .args([
            "--base-url",
            place,
            "--token-url",
            bench.sandbox.token_url(),
            "--json",
        ])
        .env("HOME", bench.directory.path());
    for (name, value) in command.arg("--json").get_envs() {
        unnamed.env(name, value.unwrap());
    }
    let shown = outcome(&mut unnamed);
    assert_eq!(ended(&shown), (0, "shown"), "{}", shown.1);
    assert_eq!(shown.1["journal"], Value::Null);
}

#[test]
fn a_read_is_shown_also_where_the_journal_cannot_be_reached() {
    let bench = Bench::new();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let journal = format!("postgres://me@127.0.0.1:{port}/refunds");
    let mut command = bench.command(Provider::Optty, &["fetch", "optty", "order-1", "--json"]);
    let arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
    let arguments = arguments.into_iter().map(|argument| {
        if argument == "refunds.db" {
            journal.clone().into()
        } else {
            argument
        }
    });
    let mut other = std::process::Command::new(command.get_program());
    other
        .args(arguments)
        .env_clear()
        .current_dir(bench.directory.path());
    for (name, value) in command.env("HOME", "/").get_envs() {
        other.env(name, value.unwrap());
    }
    let output = other.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(
        told.contains("learns nothing of it") && told.contains("refused"),
        "{told}"
    );
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown["outcome"], "shown");
}

#[cfg(unix)]
#[test]
fn a_journal_whose_disk_takes_no_more_sends_nothing_and_says_so() {
    let bench = Bench::new();
    let whole = bench.command(Provider::Tazapay, &TAZAPAY);
    // No file may grow beyond 0 bytes, as by a quota that is used up; writing then fails and ends nothing.
    let mut limited = std::process::Command::new("sh");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""])
        .arg(whole.get_program())
        .args(whole.get_args())
        .arg("--json")
        .env_clear()
        .current_dir(bench.directory.path());
    for (name, value) in whole.get_envs() {
        limited.env(name, value.unwrap());
    }
    let refused = outcome(&mut limited);
    assert_eq!(ended(&refused), (5, "refused"), "{}", refused.1);
    let why = text(&refused.1, "why");
    assert!(
        why.contains("quota") && why.contains("nothing is sent"),
        "{why}"
    );
    assert_eq!(refused.1["next"], "mend_journal", "{}", refused.1);
    assert!(bench.sandbox.requests().is_empty());
    // With room again, the same call is made.
    let made = bench.json(Provider::Tazapay, &TAZAPAY);
    assert_eq!(ended(&made), (0, "accepted"), "{}", made.1);
}
