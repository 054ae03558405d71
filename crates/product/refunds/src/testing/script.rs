//! What a double answers, and what it was asked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use provider_runtime::{Arrived, Heard, Limits, NoAnswer, Transport, TransportFuture};
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde::Serialize;

use super::client::{Answer, Body};
use crate::{Reference, RefundRequest};

/// How a request for a refund ends at a double.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// The refund is taken on, and under way.
    Pending,
    /// The refund is taken on, and has succeeded.
    Succeeded,
    /// The refund is taken on, and has failed for good.
    Failed,
    /// It is refused, and nothing has happened.
    Rejected,
    /// It is taken on, and the answer is lost: a reconciliation finds it.
    Lost,
    /// The request is lost, and so is the answer: a reconciliation finds nothing.
    LostBefore,
    /// There is no connection, so that nothing is sent.
    NotSent,
    /// The provider answers 500, and has made no refund.
    ServerError,
}

/// A refund that a double was asked for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Request {
    /// The user's own reference.
    pub reference: Reference,
    /// What was asked for.
    pub request: RefundRequest,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Script(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    endings: VecDeque<Ending>,
    requests: Vec<Request>,
    refunds: Vec<Answer>,
}

impl Script {
    pub(super) fn push(&self, ending: Ending) {
        self.state().endings.push_back(ending);
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn create(&mut self, body: &[u8]) -> Result<Arrived, NoAnswer> {
        let Ok(Body { reference, request }) = serde_json::from_slice(body) else {
            return answer(StatusCode::BAD_REQUEST, &());
        };
        let ending = self.endings.pop_front().unwrap_or(Ending::Pending);
        if ending == Ending::NotSent {
            return Err(NoAnswer::not_sent("the script says so"));
        }
        let id = format!("double-{}", self.refunds.len() + 1);
        let status = match ending {
            Ending::Succeeded => Some("succeeded"),
            Ending::Failed => Some("failed"),
            Ending::Pending | Ending::Lost => Some("pending"),
            Ending::Rejected | Ending::LostBefore | Ending::NotSent | Ending::ServerError => None,
        };
        let made = status.map(|status| Answer {
            id,
            reference: reference.to_string(),
            status: status.to_owned(),
        });
        self.requests.push(Request { reference, request });
        self.refunds.extend(made.clone());
        match (ending, made) {
            (Ending::Lost | Ending::LostBefore, _) => {
                Err(NoAnswer::lost("the script says so", Heard::Nothing))
            }
            (Ending::ServerError, _) => answer(StatusCode::INTERNAL_SERVER_ERROR, &()),
            (_, Some(made)) => answer(StatusCode::OK, &made),
            (_, None) => answer(StatusCode::UNPROCESSABLE_ENTITY, &()),
        }
    }

    fn list(&self, url: &reqwest::Url) -> Result<Arrived, NoAnswer> {
        let asked = |refund: &&Answer| {
            let mut pairs = url.query_pairs();
            pairs.any(|(name, value)| name == "reference" && value == refund.reference)
        };
        let listed: Vec<&Answer> = self.refunds.iter().filter(asked).collect();
        answer(StatusCode::OK, &listed)
    }
}

fn answer(status: StatusCode, body: &impl Serialize) -> Result<Arrived, NoAnswer> {
    let body = serde_json::to_vec(body).map_err(NoAnswer::not_sent)?;
    Ok(Arrived::new(status, HeaderMap::new(), body))
}

impl Transport for Script {
    fn send(&self, request: reqwest::Request, _: Limits) -> TransportFuture<'_> {
        let mut state = self.state();
        let answered = match *request.method() {
            Method::POST => state.create(
                request
                    .body()
                    .and_then(|body| body.as_bytes())
                    .unwrap_or_default(),
            ),
            _ => state.list(request.url()),
        };
        drop(state);
        Box::pin(std::future::ready(answered))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{MceRefund, Outcome, Reconciled, Refunds, testing::Double};

    fn at(double: &Double) -> Refunds {
        let refunds = double.refunds().unwrap();
        let quick = Duration::from_millis(1);
        let policy = refunds.policy().clone();
        refunds.with_policy(policy.with_backoff(quick, quick).with_settle_after(quick))
    }

    async fn create(refunds: &Refunds, reference: &str) -> Outcome {
        let reference = Reference::new(reference).unwrap();
        let created = refunds.create(&reference, MceRefund::new(1, "t-1"));
        created.await.unwrap()
    }

    #[tokio::test]
    async fn every_ending_is_the_outcome_that_the_facade_makes_of_it() {
        for (ending, expected) in [
            (Ending::Pending, "Pending"),
            (Ending::Succeeded, "Succeeded"),
            (Ending::Failed, "Failed"),
            (Ending::Rejected, "Rejected"),
            (Ending::Lost, "Unknown"),
            (Ending::LostBefore, "Unknown"),
            (Ending::ServerError, "Unknown"),
        ] {
            let double = Double::new();
            double.ends(ending);
            let outcome = create(&at(&double), "r-1").await;
            let told = format!("{outcome:?}");
            assert!(told.starts_with(expected), "{ending:?}: {told}");
            assert_eq!(double.requests().len(), 1, "{ending:?}");
        }
    }

    #[tokio::test]
    async fn what_was_not_sent_is_tried_again_and_what_may_have_happened_is_not() {
        let double = Double::new();
        double.ends(Ending::NotSent).ends(Ending::Succeeded);
        let outcome = create(&at(&double), "r-1").await;
        assert!(matches!(outcome, Outcome::Succeeded(_)), "{outcome:?}");
        let request = &double.requests()[0];
        assert_eq!(request.request, MceRefund::new(1, "t-1").into());
    }

    #[tokio::test]
    async fn a_lost_answer_is_settled_by_a_reconciliation_and_a_lost_request_is_not() {
        let double = Double::new();
        double.ends(Ending::Lost).ends(Ending::LostBefore);
        let refunds = at(&double);
        for (reference, is_settled) in [("r-1", true), ("r-2", false)] {
            let Outcome::Unknown(doubt) = create(&refunds, reference).await else {
                panic!("{reference}")
            };
            let found = refunds.reconcile(doubt.record()).await.unwrap();
            assert_eq!(
                matches!(found, Reconciled::Pending(_)),
                is_settled,
                "{found:?}"
            );
        }
    }
}
