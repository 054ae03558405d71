//! Why the journal did not do what was asked.

use std::sync::Arc;

use refunds::{DoubtCause, Money, Outcome, ProviderName, Reconciled, Reference, RefundError};

/// The journal forbids what was asked for, or cannot be kept.
///
/// Except for [`NotKept`](Self::NotKept) and [`FindingNotKept`](Self::FindingNotKept), nothing was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The outcome of an earlier call is not known.
    #[error(
        "{provider} refund {reference} is in doubt since an earlier call ({cause}): reconcile it before \
         anything else"
    )]
    InDoubt {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// Why it is in doubt.
        cause: DoubtCause,
    },
    /// Something else was accepted, or put down, under the reference before.
    #[error(
        "{provider} refund {reference} was put down before{}, and what is asked for now differs from it: nothing \
         was sent; only a refund that is to be paid beside it takes another reference",
        refund_id.as_ref().map(|id| format!(" and accepted as {id}")).unwrap_or_default()
    )]
    Differs {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// The provider's id of the refund.
        refund_id: Option<String>,
    },
    /// Another process, or another call of this one, is at it.
    #[error(
        "{provider} refund {reference} is being worked at by another: wait until that has ended{}",
        seconds.map(|seconds| format!("; if it was killed, that shows in {seconds} seconds")).unwrap_or_default()
    )]
    Busy {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// When its lease ends, unless it goes on: from then on it can be reconciled, or sent where nothing has
        /// happened yet.
        seconds: Option<u64>,
    },
    /// Another refund of the payment is being sent.
    #[error(
        "{provider} refund {reference} waits for {other}, a refund of the same payment that is being sent: \
         call again"
    )]
    PaymentBusy {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// The reference of the other one.
        other: String,
    },
    /// More would be refunded than was paid.
    #[error(
        "{provider} refund {reference} of {} goes beyond the payment {payment}: {taken}; nothing was sent",
        asked.as_ref().map_or_else(|| "everything".to_owned(), ToString::to_string)
    )]
    Beyond {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// The payment.
        payment: String,
        /// What was asked for; `None` for everything.
        asked: Option<Box<Money>>,
        /// What is refunded, or may be, and of how much.
        taken: String,
    },
    /// It is a line of a batch that may not be sent.
    #[error(
        "{provider} refund {reference} is a line of batch {batch}, which was not approved, or was cancelled: \
         nothing was queued; approve the batch, or create the refund by itself"
    )]
    OfBatch {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// The batch's id.
        batch: String,
    },
    /// Two totals were told for one payment.
    #[error(
        "{provider} payment {payment} is told to be of {told}, and {known} is on record: nothing was sent; find \
         out which it is, and correct the total if it is the one on record that is wrong"
    )]
    TotalDiffers {
        /// The provider.
        provider: ProviderName,
        /// The payment.
        payment: String,
        /// What was told now.
        told: Money,
        /// What was told before.
        known: String,
    },
    /// A try that was accepted may still be queued, whatever is shown.
    #[error(
        "{provider} refund {reference}: nothing shows that the try that was accepted has run (its count of \
         retries and its time stand where they stood), and another could pay twice: nothing was sent; try \
         again later, or ask the provider, and once they say that nothing is queued, settle it as rejected"
    )]
    NotSeenToRun {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
    },
    /// A try that was accepted has not failed.
    #[error(
        "{provider} refund {reference}: a try that was accepted before has not failed (status {status}), and \
         another could pay twice: nothing was sent; fetch it to see what becomes of it"
    )]
    UnderWay {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// Its status.
        status: String,
    },
    /// A person says no to what the provider said yes to.
    #[error(
        "{provider} refund {reference} was accepted{}, which this word contradicts: nothing was changed; fetch \
         it to see what became of it",
        refund_id.as_ref().map(|id| format!(" as {id}")).unwrap_or_default()
    )]
    Contradicted {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// The provider's id of the refund.
        refund_id: Option<String>,
    },
    /// A person says no to what can still be under way.
    #[error(
        "{provider} refund {reference} was sent just now and can still be under way at the provider, so that \
         nobody can know yet that there will be none: nothing was changed; ask the provider in {seconds} seconds"
    )]
    MayBeUnderWay {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// When it can be told.
        seconds: u64,
    },
    /// The provider shows for it what the journal knows as the refund of another reference.
    #[error(
        "{provider} refund {reference} is in doubt as before: the provider shows {refund_id} as it, which the journal \
         knows as {other}; ask the provider which of the two it is of"
    )]
    OfAnother {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// The provider's id of the refund.
        refund_id: String,
        /// The reference of the other one.
        other: Reference,
    },
    /// Nothing is known of it.
    #[error(
        "{provider} refund {reference} is not in the journal for {place}: check the reference, the journal and \
         where the refund was sent"
    )]
    NotKnown {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// Where it was looked for.
        place: String,
    },
    /// Nothing is known of the payment.
    #[error(
        "{provider} payment {payment} is not in the journal for {place}: check its name, the journal and where its \
         refunds are sent"
    )]
    PaymentNotKnown {
        /// The provider.
        provider: ProviderName,
        /// The payment.
        payment: String,
        /// Where it was looked for.
        place: String,
    },
    /// It is not in doubt.
    #[error("{provider} refund {reference} is not in doubt: it is {state}")]
    NotInDoubt {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// What it is.
        state: crate::State,
    },
    /// What is needed was forgotten.
    #[error(
        "the request of {provider} refund {reference} was forgotten: it cannot be sent or reconciled any more, and \
         only the provider, or an event of it, can tell more of it"
    )]
    Forgotten {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
    },
    /// It could not be sent, and is tried again later.
    #[error("{provider} refund {reference} was not sent, and is tried again later: {why}")]
    NotSentYet {
        /// The provider.
        provider: ProviderName,
        /// The reference.
        reference: Reference,
        /// Why.
        why: String,
    },
    /// Somebody else has taken the refund on meanwhile.
    #[error(
        "this process has lost its lease on the refund, so that it may not send it: another has taken it on"
    )]
    LeaseLost,
    /// Times that do not fit each other.
    #[error("the journal's times do not fit: {0}")]
    Times(String),
    /// The facade refused it.
    #[error(transparent)]
    Refund(#[from] RefundError),
    /// The call has ended, and its outcome could not be written down: the refund stays in doubt in the journal
    /// until it is reconciled.
    #[error(
        "the outcome of the call could not be written down, so that the journal has it in doubt: {source}"
    )]
    NotKept {
        /// What the call ended in.
        outcome: Box<Outcome>,
        /// Why it could not be kept.
        source: StoreError,
    },
    /// A reconciliation has ended, and what it has found could not be written down: the refund stays in doubt in the
    /// journal until it is reconciled again. It may have been sent again, where that cannot pay twice.
    #[error(
        "what the reconciliation has found could not be written down, so that the journal has it in doubt: {source}"
    )]
    FindingNotKept {
        /// What it has found.
        reconciled: Box<Reconciled>,
        /// Why it could not be kept.
        source: StoreError,
    },
    /// The journal itself. Nothing was sent without it: what was sent and cannot be put down is
    /// [`NotKept`](Self::NotKept).
    #[error("nothing is sent: {0}")]
    Store(#[from] StoreError),
}

/// The journal cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The URL names no journal that this build can open.
    #[error(
        "the journal's URL {reason}: give one such as sqlite:refunds.db or postgres://user@host/database"
    )]
    Url {
        /// What is wrong with it.
        reason: String,
    },
    /// There is none.
    #[error(
        "there is no journal at {place}: if a new one is meant, initialise it first, since refunds that another \
         journal knows of would be sent again"
    )]
    NotInitialised {
        /// Where it was looked for.
        place: String,
    },
    /// There is one already.
    #[error("there is a journal at {place} already: open it, or name another place")]
    Exists {
        /// Where.
        place: String,
    },
    /// The file is none of ours, or not its owner's alone.
    #[error("the journal {place} is not opened: {reason}")]
    Unfit {
        /// The file.
        place: String,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// It cannot be written because its disk is full.
    #[error("the disk of the journal is full: make room ({0})")]
    Full(#[source] Arc<sqlx::Error>),
    /// Its disk fails to be read or written.
    #[error(
        "the disk of the journal cannot be read or written: look for a quota, a limit of files' sizes or a broken disk ({0})"
    )]
    Disk(#[source] Arc<sqlx::Error>),
    /// It may only be read.
    #[error("the journal can only be read: mend its permissions ({0})")]
    ReadOnly(#[source] Arc<sqlx::Error>),
    /// Another process holds it for too long.
    #[error("another process holds the journal for too long: find out which ({0})")]
    Locked(#[source] Arc<sqlx::Error>),
    /// It is damaged.
    #[error(
        "the journal is damaged: restore it from a backup, and reconcile what was sent since with the providers ({0})"
    )]
    Damaged(#[source] Arc<sqlx::Error>),
    /// What is stored cannot be understood.
    #[error("the journal holds in {what} what this version cannot read: {reason}")]
    Unreadable {
        /// Which column.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The database does not answer.
    #[error("the journal's database cannot be used: {0}")]
    Database(#[source] Arc<sqlx::Error>),
    /// A migration failed.
    #[error("the journal could not be brought to this version, or is damaged: {0}")]
    Migration(#[source] Box<sqlx::migrate::MigrateError>),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Arc::new(error).into()
    }
}

impl From<Arc<sqlx::Error>> for StoreError {
    fn from(error: Arc<sqlx::Error>) -> Self {
        let code = error
            .as_database_error()
            .and_then(|error| error.code())
            .map(|code| code.into_owned());
        // SQLite's primary result codes, in the low byte (sqlite.org/rescode.html); PostgreSQL's have five letters.
        let primary = code.as_deref().filter(|code| code.len() < 5);
        match primary
            .and_then(|code| code.parse::<u32>().ok())
            .map(|code| code & 0xff)
        {
            Some(5 | 6) => Self::Locked(error),
            Some(8) => Self::ReadOnly(error),
            Some(13) => Self::Full(error),
            Some(10) => Self::Disk(error),
            Some(11 | 26) => Self::Damaged(error),
            _ => match code.as_deref() {
                Some("53100") => Self::Full(error),
                Some("58030") => Self::Disk(error),
                Some("25006") => Self::ReadOnly(error),
                Some("55P03") => Self::Locked(error),
                _ => Self::Database(error),
            },
        }
    }
}
