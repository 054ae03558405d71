//! What to do next, in one word and in a sentence.

use std::fmt;

/// What to do next. `Display` says it in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NextStep {
    /// Nothing happened: call again with the same reference.
    CallAgain,
    /// Nothing happened: call again with the same reference, later.
    CallAgainLater,
    /// Nothing happened: correct what the provider names, then call again with the same reference.
    Correct,
    /// It may have happened: reconcile, with the record that comes with the outcome.
    Reconcile,
    /// It may have happened, and cannot be told yet: reconcile again, later.
    ReconcileLater,
    /// It may have happened: read the refund again until its status is final.
    ReadAgain,
    /// It may have happened, and only an event of the provider's, or its support, can tell: reconcile with
    /// the event when it comes.
    AwaitEvent,
    /// It may have happened, and the API cannot tell: ask the provider's support or look into their
    /// dashboard.
    AskTheProvider,
}

impl fmt::Display for NextStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CallAgain => "nothing happened: call again with the same reference",
            Self::CallAgainLater => "nothing happened: call again with the same reference, later",
            Self::Correct => {
                "nothing happened: correct what the provider names, then call again with the same \
                 reference"
            },
            Self::Reconcile => "it may have happened: reconcile it before anything else",
            Self::ReconcileLater => {
                "it may have happened, and cannot be told yet: reconcile it again, later"
            }
            Self::ReadAgain => {
                "it may have happened: read the refund again until its status is final"
            }
            Self::AwaitEvent => {
                "it may have happened: reconcile it with the provider's event about it, or ask their \
                 support, and record nothing until one of them tells"
            }
            Self::AskTheProvider => {
                "it may have happened, and the API cannot tell: ask the provider's support, and \
                 record nothing until they answer"
            }
        })
    }
}
