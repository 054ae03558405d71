use std::time::Duration;

use super::{Commit, Ending, Fault, Hint, WaitClock};

/// Longer than a test likes to wait, shorter than it takes to be noticed.
const PAUSE: Duration = Duration::from_millis(300);
/// Short, since it meets every request at the provider and not only one.
const REFUSAL: Duration = Duration::from_millis(10);

/// Each kind of fault.
pub(super) fn every_fault() -> Vec<Fault> {
    let server_error = |status, html, after_commit| Fault::ServerError {
        status,
        html,
        after_commit,
    };
    let odd_hint = |texts: &[&str]| Fault::TooManyRequests {
        hint: Some(Hint::HeaderTexts(
            texts.iter().map(|text| (*text).to_owned()).collect(),
        )),
    };
    vec![
        Fault::DropBeforeCommit,
        Fault::DropAfterCommit,
        Fault::ResetBeforeCommit,
        Fault::ResetAfterCommit,
        Fault::Delay {
            by: PAUSE,
            commit: Commit::Never,
        },
        Fault::Delay {
            by: PAUSE,
            commit: Commit::Before,
        },
        Fault::Delay {
            by: PAUSE,
            commit: Commit::After,
        },
        Fault::TooManyRequests { hint: None },
        Fault::TooManyRequests {
            hint: Some(Hint::BodySeconds(1)),
        },
        Fault::TooManyRequests {
            hint: Some(Hint::HeaderSeconds(1)),
        },
        Fault::TooManyRequests {
            hint: Some(Hint::HeaderDate(1)),
        },
        odd_hint(&["-5"]),
        odd_hint(&["1.5"]),
        odd_hint(&["2, 3"]),
        odd_hint(&["0", "120"]),
        odd_hint(&["99999999999999999999999"]),
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
        Fault::CrashAfterCommit {
            ending: Ending::Closed,
        },
        Fault::CrashAfterCommit {
            ending: Ending::Reset,
        },
        Fault::CrashAfterCommit {
            ending: Ending::CutHead,
        },
        Fault::AnyContradiction {
            after_commit: false,
        },
        Fault::AnyContradiction { after_commit: true },
        Fault::Truncated,
        Fault::Slow { over: PAUSE },
        Fault::Garbage,
        Fault::WrongContentType,
        Fault::UnknownStatusWord,
        Fault::Nulls,
        Fault::DuplicateAnswer,
        Fault::TokenExpires,
        Fault::ConnectionRefused { lasting: REFUSAL },
    ]
}
