//! The sandbox as a process of its own.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Stdio},
};

use serde_json::Value;

use crate::support::{TAZAPAY, checked, make_journal, outcome, refund};

/// A running sandbox, and what it tells.
struct Running {
    child: Child,
    told: Value,
}

impl Running {
    fn new(directory: &Path, arguments: &[&str]) -> Self {
        make_journal(directory);
        let arguments = [&["sandbox", "--json"], arguments].concat();
        let mut child = refund(directory, &arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let told = checked(&lines.next().unwrap().unwrap());
        Self { child, told }
    }

    fn base_url(&self, provider: &str) -> &str {
        self.told["providers"][provider]["base_url"]
            .as_str()
            .unwrap()
    }

    /// A refund at Tazapay with the credentials that it told.
    fn refund(&self, directory: &Path) -> (i32, Value) {
        let environment = &self.told["providers"]["tazapay"]["environment"];
        let environment = environment.as_object().unwrap();
        let environment = environment
            .iter()
            .map(|(name, value)| (name, value.as_str().unwrap()));
        let mut command = refund(directory, &TAZAPAY);
        command
            .args(["--json", "--journal", "refunds.db", "--base-url"])
            .arg(self.base_url("tazapay"))
            .envs(environment);
        outcome(&mut command)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn a_refund_can_be_made_with_what_the_sandbox_tells() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = Running::new(directory.path(), &[]);
    let (code, json) = sandbox.refund(directory.path());
    assert_eq!((code, &json["outcome"]), (0, &"accepted".into()), "{json}");
}

/// As somebody does who pastes them into a shell, with no journal yet.
#[cfg(unix)]
#[test]
fn the_lines_that_the_sandbox_proposes_make_a_refund() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = refund(directory.path(), &["sandbox"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = lines.map(Result::unwrap);
    let told: Vec<_> = told.take_while(|line| !line.contains("Ctrl-C")).collect();
    let proposed = told.iter().filter(|line| line.starts_with("  "));
    let script: Vec<&str> = proposed.map(|line| line.trim()).collect();
    let folder = Path::new(env!("CARGO_BIN_EXE_refund")).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let output = std::process::Command::new("sh")
        .args(["-ec", &script.join("\n")])
        .current_dir(directory.path())
        .env("PATH", path)
        .env_remove("REFUND_JOURNAL")
        .output();
    child.kill().unwrap();
    child.wait().unwrap();
    let output = output.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", told.join("\n"));
    assert!(text.contains("accepted tazapay first, pending"), "{text}");
}

#[test]
fn the_sandbox_begins_at_the_port_that_is_asked_for() {
    // Five ports in a row have to be free, of which nobody can be sure: several tries.
    let directory = tempfile::tempdir().unwrap();
    let first = (0..20).find_map(|_| {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let last = port.checked_add(4)?;
        let held: Result<Vec<_>, _> = (port..=last)
            .map(|port| TcpListener::bind(("127.0.0.1", port)))
            .collect();
        held.is_ok().then_some(port)
    });
    let first = first.unwrap();
    let sandbox = Running::new(directory.path(), &["--port", &first.to_string()]);
    let ports: Vec<u16> = ["kotanipay", "mce", "optty", "tazapay"]
        .iter()
        .map(|provider| {
            let (_, port) = sandbox.base_url(provider).rsplit_once(':').unwrap();
            port.parse().unwrap()
        })
        .collect();
    assert!(ports.contains(&first), "{ports:?}");
    assert!(
        ports.iter().all(|port| (first..=first + 4).contains(port)),
        "{ports:?}"
    );
    assert_eq!(sandbox.refund(directory.path()).0, 0);
    // There is no place for another one, which says what can be asked for instead.
    let second = ["sandbox", "--port", &first.to_string()];
    let second = refund(directory.path(), &second).output().unwrap();
    let text = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1), "{text}");
    assert!(text.contains("or none for any that is free"), "{text}");
}

#[test]
fn a_plan_of_faults_spoils_what_the_sandbox_answers() {
    let directory = tempfile::tempdir().unwrap();
    let plan = r#"{"script": [{"provider": "tazapay", "fault": {"kind": "server_error", "status": 502}}]}"#;
    std::fs::write(directory.path().join("plan.json"), plan).unwrap();
    let sandbox = Running::new(directory.path(), &["--faults", "plan.json"]);
    let (code, json) = sandbox.refund(directory.path());
    assert_eq!((code, &json["outcome"]), (4, &"unknown".into()), "{json}");
    assert_eq!(json["http_status"], 502);
}

#[test]
fn a_plan_that_is_none_is_refused_with_an_example() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("plan.json"), "{}").unwrap();
    for plan in ["plan.json", "missing.json"] {
        let output = refund(directory.path(), &["sandbox", "--faults", plan])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(plan), "{message}");
    }
}
