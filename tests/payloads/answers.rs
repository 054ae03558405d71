//! Answers: from the file through a server and the client to the type, and back.

use serde_json::Value;
use workspace_tests::operations::{self, Decoded, Operation, Outcome, Setup};
use workspace_tests::payloads::{self, Kind};
use workspace_tests::server::{LoopbackServer, Reply};

use crate::has_a_method;

/// What is wrong with a payload that was served with a status.
async fn problem_with(operation: &Operation, status: u16, documented: &Value) -> Option<String> {
    let body = documented.to_string();
    let server = LoopbackServer::start(move |_| Reply::json(status, body.clone())).unwrap();
    let outcome = operations::call(operation, &Setup::at(server.url()))
        .await
        .unwrap();
    assert_eq!(server.requests().len(), 1, "{}", operation.title());
    let encoded = match decoded(outcome) {
        Ok(encoded) => encoded,
        Err(problem) => return Some(format!("{status}: {problem}")),
    };
    let (wanted, met) = (
        payloads::without_nulls(documented),
        payloads::without_nulls(&encoded),
    );
    (!payloads::same(&wanted, &met))
        .then(|| format!("{status}: encodes to {met}, documented is {wanted}"))
}

/// The typed body of a success or of a documented refusal, encoded again.
fn decoded(outcome: Outcome) -> Result<Value, String> {
    let Outcome { result, refusal } = outcome;
    match (result, refusal) {
        (Ok(answer), _) => match answer.into_inner() {
            Decoded::Json(value) => Ok(value),
            Decoded::Raw(_) => Err("a documented success has no type".to_owned()),
        },
        (Err(_), Some(refusal)) => Ok(refusal),
        (Err(error), None) => Err(format!("no typed body: {error}")),
    }
}

#[tokio::test]
async fn every_documented_answer_decodes_and_nothing_in_it_is_lost() {
    let mut problems = Vec::new();
    let mut tried = 0;
    for payload in crate::payloads() {
        let Kind::Answer(statuses) = &payload.kind else {
            continue;
        };
        if !has_a_method(&payload) {
            continue;
        }
        tried += 1;
        let Some(operation) = operations::find(payload.provider, &payload.operation) else {
            problems.push(format!("{}: no client has this operation", payload.file));
            continue;
        };
        for status in statuses {
            let problem = problem_with(&operation, *status, &payload.value).await;
            problems.extend(problem.map(|problem| format!("{}: {problem}", payload.file)));
        }
    }
    crate::assert_none(&problems);
    // Ten of Kotani Pay, two of MCE, eight of Optty beside the token, one of Tazapay.
    assert_eq!(tried, 21);
}

/// Statuses above and below 400 must not be mistaken for one another.
#[tokio::test]
async fn a_documented_answer_is_a_success_exactly_when_its_status_is_2xx() {
    for payload in crate::payloads()
        .iter()
        .filter(|payload| has_a_method(payload))
    {
        let Kind::Answer(statuses) = &payload.kind else {
            continue;
        };
        let operation = operations::find(payload.provider, &payload.operation).unwrap();
        for status in statuses.iter().copied() {
            let body = payload.value.to_string();
            let server = LoopbackServer::start(move |_| Reply::json(status, body.clone())).unwrap();
            let outcome = operations::call(&operation, &Setup::at(server.url()))
                .await
                .unwrap();
            let is_success = (200..300).contains(&status);
            assert_eq!(outcome.result.is_ok(), is_success, "{}", payload.file);
            let met = match &outcome.result {
                Ok(answer) => answer.status(),
                Err(error) => error.status().unwrap(),
            };
            assert_eq!(met.as_u16(), status, "{}", payload.file);
        }
    }
}
