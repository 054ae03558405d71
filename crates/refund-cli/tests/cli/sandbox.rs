//! The sandbox as a process of its own.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use crate::support::{TAZAPAY, refund};

#[test]
fn a_refund_can_be_made_with_what_the_sandbox_tells() {
    let directory = tempfile::tempdir().unwrap();
    let mut sandbox = refund(directory.path(), &["sandbox", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(sandbox.stdout.take().unwrap()).lines();
    let mut text = String::new();
    while !text.ends_with("\n}\n") {
        text.push_str(&lines.next().unwrap().unwrap());
        text.push('\n');
    }
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    let tazapay = &told["providers"]["tazapay"];
    let environment = tazapay["environment"].as_object().unwrap();
    let environment = environment
        .iter()
        .map(|(name, value)| (name, value.as_str().unwrap()));
    let output = refund(directory.path(), &TAZAPAY)
        .args(["--records", "records", "--base-url"])
        .arg(tazapay["base_url"].as_str().unwrap())
        .envs(environment)
        .output()
        .unwrap();
    sandbox.kill().unwrap();
    sandbox.wait().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}
