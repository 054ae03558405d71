use std::time::Duration;

use super::{Commit, Fault, Hint};

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
        server_error(500, false, false),
        server_error(500, false, true),
        server_error(502, true, false),
        server_error(502, true, true),
        server_error(503, false, false),
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
