//! Every documented payload goes through the real client of its operation, and
//! nothing of it is lost.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure here is a failure of the test"
)]

mod access_token;
mod answers;
mod completeness;
mod events;
mod requests;

use serde_json::Value;
use workspace_tests::PROVIDERS;
use workspace_tests::payloads::{self, Kind};

/// A payload on disk.
struct Payload {
    provider: &'static str,
    operation: String,
    kind: Kind,
    file: String,
    value: Value,
}

/// Every file under `specs/*/payloads`; one whose name says nothing fails the test.
fn payloads() -> Vec<Payload> {
    let mut found = Vec::new();
    for provider in PROVIDERS {
        for (file, value) in payloads::on_disk(provider).unwrap() {
            let Some((operation, kind)) = payloads::parse_name(&file) else {
                panic!(
                    "specs/{provider}/payloads/{file}: the name tells no request, no event and no status"
                );
            };
            found.push(Payload {
                provider,
                operation: operation.to_owned(),
                kind,
                file: format!("specs/{provider}/payloads/{file}"),
                value,
            });
        }
    }
    found
}

/// Operations that the crates use without offering them: Optty's token.
const WITHOUT_A_METHOD: [(&str, &str); 1] = [("optty", "access_token")];

fn has_a_method(payload: &Payload) -> bool {
    !WITHOUT_A_METHOD.contains(&(payload.provider, payload.operation.as_str()))
}

/// Fails with all problems, one a line.
fn assert_none(problems: &[String]) {
    let count = problems.len();
    assert_eq!(count, 0, "{count} problems:\n{}\n", problems.join("\n"));
}
