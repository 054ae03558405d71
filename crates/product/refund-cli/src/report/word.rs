//! The outcome in a word.

use refunds::RefundStatus;
use schemars::JsonSchema;
use serde::Serialize;

use crate::exit::Exit;

/// How a refund stands that the provider has taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// No end of it is told.
    Pending,
    /// The money was returned.
    Succeeded,
    /// It has failed for good.
    Failed,
}

impl Standing {
    pub(crate) fn of(status: Option<&RefundStatus>) -> Self {
        match status {
            Some(RefundStatus::Succeeded) => Self::Succeeded,
            Some(RefundStatus::Failed | RefundStatus::Cancelled) => Self::Failed,
            _ => Self::Pending,
        }
    }

    pub(super) fn word(self) -> Word {
        match self {
            Self::Pending | Self::Succeeded => Word::Accepted,
            Self::Failed => Word::RefundFailed,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

/// The outcome in a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Word {
    /// The provider has the refund: it is pending or has succeeded.
    Accepted,
    /// The provider has the refund, and it has failed for good.
    RefundFailed,
    /// What was asked for is shown.
    Shown,
    /// A webhook is the provider's.
    Verified,
    /// The request of a refund is no longer kept.
    Forgotten,
    /// A definite no.
    Rejected,
    /// It may have happened.
    Unknown,
    /// Nothing was sent, and nothing will be as it is.
    Refused,
    /// Nothing happened: it was not sent, or turned away by a limit. The same call can be made again.
    NotSent,
    /// The arguments or the credentials do not fit.
    WrongUsage,
    /// Anything else.
    #[default]
    Failed,
}

impl Word {
    /// The word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::RefundFailed => "refund failed",
            Self::Shown => "shown",
            Self::Verified => "verified",
            Self::Forgotten => "forgotten",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
            Self::NotSent => "not sent",
            Self::WrongUsage => "wrong usage",
            Self::Failed => "failed",
        }
    }

    /// The exit code that goes with it.
    pub(crate) fn exit(self) -> Exit {
        match self {
            Self::Accepted | Self::Shown | Self::Verified | Self::Forgotten => Exit::Done,
            Self::RefundFailed => Exit::RefundFailed,
            Self::Rejected => Exit::Rejected,
            Self::Unknown => Exit::Unknown,
            Self::Refused => Exit::Refused,
            Self::NotSent => Exit::NotSent,
            Self::WrongUsage => Exit::Usage,
            Self::Failed => Exit::Failed,
        }
    }
}
