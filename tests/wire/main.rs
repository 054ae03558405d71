//! What goes over the wire, against a real server on loopback: every request as
//! it is sent, and every answer that no document mentions.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure here is a failure of the test"
)]

mod bodies;
mod connections;
mod environment;
mod messages;
mod money;
mod parameters;
mod redirects;
mod requests;
mod statuses;
mod success;
mod token;

use provider_runtime::{Error, ResponseValue};
use workspace_tests::operations::{self, Decoded, Operation, Outcome, Setup};
use workspace_tests::payloads::{self, Kind};
use workspace_tests::server::{LoopbackServer, Reply};

/// A server that answers everything in one way.
fn serving(reply: Reply) -> LoopbackServer {
    LoopbackServer::start(move |_| reply.clone()).unwrap()
}

async fn outcome(operation: &Operation, setup: &Setup) -> Outcome {
    operations::call(operation, setup).await.unwrap()
}

/// The error of an operation whose server answers with `reply`.
async fn error(operation: &Operation, reply: Reply) -> Error {
    let server = serving(reply);
    let outcome = outcome(operation, &Setup::at(server.url())).await;
    assert_eq!(server.requests().len(), 1, "{}", operation.title());
    match outcome.result {
        Ok(_) => panic!("{} took it for a success", operation.title()),
        Err(error) => error,
    }
}

/// The success of an operation whose server answers with `reply`.
async fn success(operation: &Operation, reply: Reply) -> ResponseValue<Decoded> {
    let server = serving(reply);
    match outcome(operation, &Setup::at(server.url())).await.result {
        Ok(answer) => answer,
        Err(error) => panic!("{error:#}"),
    }
}

/// The operation of this name, which must be one.
fn operation(provider: &str, name: &str) -> Operation {
    operations::find(provider, name).unwrap()
}

/// A success that the operation's type takes: a documented one, or a body by the documented schema.
fn good_answer(operation: &Operation) -> (u16, serde_json::Value) {
    let prefix = format!("{}/", operation.name);
    for (file, value) in payloads::on_disk(operation.provider).unwrap() {
        if let Some((_, Kind::Answer(statuses))) = payloads::parse_name(&file)
            && file.starts_with(&prefix)
            && statuses[0] < 300
        {
            return (statuses[0], value);
        }
    }
    let body = match operation.name {
        // Kotani Pay and Tazapay print no success of these; the fields are those of their schemas.
        "offramp" => serde_json::json!({"data": {"referenceId": "ref-1", "status": "PENDING"}}),
        "refund" => {
            serde_json::json!({"status": "success", "data": {"id": "rfd_1", "status": "pending"}})
        }
        "payment_attempt" => {
            serde_json::json!({"status": "success", "data": {"id": "pat_1", "status": "succeeded"}})
        }
        _ => serde_json::json!({"success": true, "message": "…"}),
    };
    (200, body)
}
