//! Requests: from the file through the type to the server.

use workspace_tests::operations::{self, Setup};
use workspace_tests::payloads::{self, Kind};
use workspace_tests::server::{LoopbackServer, Reply};

use crate::{Payload, has_a_method};

fn requests() -> impl Iterator<Item = Payload> {
    crate::payloads()
        .into_iter()
        .filter(|payload| payload.kind == Kind::Request && has_a_method(payload))
}

#[tokio::test]
async fn every_documented_request_is_sent_as_it_is_documented() {
    let mut problems = Vec::new();
    let mut tried = 0;
    for payload in requests() {
        tried += 1;
        let Some(operation) = operations::find(payload.provider, &payload.operation) else {
            problems.push(format!("{}: no client has this operation", payload.file));
            continue;
        };
        let server = LoopbackServer::start(|_| Reply::status(500)).unwrap();
        let setup = Setup {
            body: Some(payload.value.clone()),
            ..Setup::at(server.url())
        };
        match operations::request_round_trip(&operation, &setup) {
            Ok(encoded) if payloads::same(&encoded, &payload.value) => {}
            Ok(encoded) => problems.push(format!(
                "{}: encodes to {encoded}, documented is {}",
                payload.file, payload.value
            )),
            Err(error) => problems.push(format!("{}: {error}: {error:?}", payload.file)),
        }
        operations::call(&operation, &setup).await.unwrap();
        let sent = server.requests();
        assert_eq!(sent.len(), 1, "{}: requests sent", payload.file);
        if !payloads::same(&sent[0].json().unwrap(), &payload.value) {
            let sent = String::from_utf8_lossy(&sent[0].body).into_owned();
            problems.push(format!("{}: sent as {sent}", payload.file));
        }
    }
    crate::assert_none(&problems);
    // Kotani Pay's invoice, MCE's example, Optty's sample and Tazapay's example.
    assert_eq!(tried, 4);
}
