//! What goes wrong where no file says otherwise.

use std::time::Duration;

use refunds_sandbox::{
    Commit, Ending, Fault, FaultPlan, Hint, RandomFaults, WaitClock, WeightedFault,
};

/// More than the 30 % that a campaign is to meet at least.
const RATE: f64 = 0.4;

/// Longer than a worker waits for an answer, and far shorter than it waits before it takes an unanswered
/// attempt to have ended.
pub(crate) const PAUSE: Duration = Duration::from_millis(900);

/// How long a port stays shut; short, since all refunds at its provider meet it.
const SHUT: Duration = Duration::from_millis(20);

/// Every kind of fault, in equal shares; which contradiction, depends on the operation.
pub(crate) fn every_kind(seed: u64) -> FaultPlan {
    let delay = |commit| Fault::Delay { by: PAUSE, commit };
    let limit = |hint| Fault::TooManyRequests { hint };
    let odd = |texts: &[&str]| {
        let texts = texts.iter().map(|text| (*text).to_owned());
        limit(Some(Hint::HeaderTexts(texts.collect())))
    };
    let crash = |ending| Fault::CrashAfterCommit { ending };
    let any_contradiction = |after_commit| Fault::AnyContradiction { after_commit };
    let server_error = |status, html, after_commit| Fault::ServerError {
        status,
        html,
        after_commit,
    };
    let faults = [
        Fault::DropBeforeCommit,
        Fault::DropAfterCommit,
        Fault::ResetBeforeCommit,
        Fault::ResetAfterCommit,
        delay(Commit::Never),
        delay(Commit::Before),
        delay(Commit::After),
        limit(None),
        limit(Some(Hint::BodySeconds(1))),
        limit(Some(Hint::HeaderSeconds(1))),
        limit(Some(Hint::HeaderDate(1))),
        odd(&["-5"]),
        odd(&["1.5"]),
        odd(&["2, 3"]),
        odd(&["0", "120"]),
        odd(&["99999999999999999999999"]),
        server_error(500, false, false),
        server_error(500, false, true),
        server_error(502, true, false),
        server_error(502, true, true),
        server_error(503, false, false),
        Fault::LateServerError {
            after: PAUSE,
            clock: WaitClock::Real,
            status: 500,
        },
        crash(Ending::Closed),
        crash(Ending::Reset),
        crash(Ending::CutHead),
        any_contradiction(false),
        any_contradiction(true),
        Fault::Truncated,
        Fault::Slow { over: PAUSE },
        Fault::Garbage,
        Fault::WrongContentType,
        Fault::UnknownStatusWord,
        Fault::Nulls,
        Fault::DuplicateAnswer,
        Fault::TokenExpires,
        Fault::ConnectionRefused { lasting: SHUT },
    ];
    let weights = faults.map(|fault| WeightedFault { fault, weight: 1 });
    FaultPlan::Random(RandomFaults {
        seed,
        rate: RATE,
        weights: weights.into(),
    })
}
