//! What the command's exit code tells a script.

use std::process::ExitCode;

use refunds::{ReferenceError, RefundError, provider_runtime::SettingsError};
use refunds_journal::{BatchError, JournalError, StoreError};

use crate::{
    commands::{ApprovalError, EventError, Interrupted, NotAtItsEnd},
    connection::PlaceError,
    credentials::CredentialsError,
    journal::{LocationError, Missing},
    profile::ProfileError,
};

/// How the command ended. The codes are part of its interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: accepted (pending or succeeded), or what was asked for is shown.
    Done,
    /// 1: anything else, such as a read that was not answered. Nothing was refunded by it.
    Failed,
    /// 2: the arguments or the credentials do not fit. Nothing was sent.
    Usage,
    /// 3: the provider's definite no. Nothing happened.
    Rejected,
    /// 4: it may have happened.
    Unknown,
    /// 5: refused before anything was sent, and so it will be next time.
    Refused,
    /// 6: accepted, and failed for good: the refund is at the provider, and no money was returned.
    RefundFailed,
    /// 7: accepted and pending, where that was asked to be told apart.
    Pending,
    /// 8: nothing happened, and the same call can be made again.
    NotSent,
}

impl Exit {
    /// What an error means for a script.
    pub(crate) fn of_error(error: &anyhow::Error) -> Self {
        if let Some(error) = error.downcast_ref::<RefundError>() {
            return match error {
                RefundError::Read { .. } => Self::Failed,
                RefundError::NoTime { .. } => Self::NotSent,
                _ => Self::Refused,
            };
        }
        let batch = error.downcast_ref();
        match batch {
            None | Some(BatchError::Journal(_)) => {}
            Some(BatchError::File { .. } | BatchError::Problems { .. }) => return Self::Usage,
            Some(_) => return Self::Refused,
        }
        if let Some(error) = journal_error(error) {
            return match error {
                // Each of them may hide a refund that has happened.
                JournalError::InDoubt { .. }
                | JournalError::Busy { .. }
                | JournalError::LeaseLost
                | JournalError::MayBeUnderWay { .. }
                | JournalError::OfAnother { .. }
                | JournalError::NotKept { .. }
                | JournalError::FindingNotKept { .. }
                | JournalError::Store(
                    StoreError::Damaged(_)
                    | StoreError::Unreadable { .. }
                    | StoreError::Migration(_),
                ) => Self::Unknown,
                JournalError::Store(StoreError::Url { .. }) => Self::Usage,
                JournalError::PaymentBusy { .. }
                | JournalError::NotSentYet { .. }
                | JournalError::Store(StoreError::Locked(_) | StoreError::Database(_)) => {
                    Self::NotSent
                }
                _ => Self::Refused,
            };
        }
        if let Some(interrupted) = error.downcast_ref::<Interrupted>() {
            return if interrupted.wrote {
                Self::NotSent
            } else {
                Self::Failed
            };
        }
        if error.is::<Missing>() || error.is::<NotAtItsEnd>() {
            return Self::Refused;
        }
        let is_usage = error.is::<CredentialsError>()
            || error.is::<SettingsError>()
            || error.is::<PlaceError>()
            || error.is::<LocationError>()
            || error.is::<ProfileError>()
            || error.is::<EventError>()
            || error.is::<ApprovalError>()
            || error.is::<ReferenceError>();
        if is_usage { Self::Usage } else { Self::Failed }
    }

    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Rejected => 3,
            Self::Unknown => 4,
            Self::Refused => 5,
            Self::RefundFailed => 6,
            Self::Pending => 7,
            Self::NotSent => 8,
        }
    }
}

/// An error of the journal's, also within one of a batch's.
pub(crate) fn journal_error(error: &anyhow::Error) -> Option<&JournalError> {
    match error.downcast_ref() {
        Some(BatchError::Journal(error)) => Some(error),
        _ => error.downcast_ref(),
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
