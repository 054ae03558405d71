//! What the user's own code learns of attempts, before they are made.

use std::{error::Error, fmt, sync::Arc, time::SystemTime};

use crate::{ProviderName, Reference};

/// An attempt at a write.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Attempt {
    /// The provider.
    pub provider: ProviderName,
    /// The provider crate's operation, such as `create_refund`.
    pub operation: &'static str,
    /// The reference of the refund.
    pub reference: Reference,
    /// Which attempt of the call, from 1.
    pub number: u32,
    /// When it begins.
    pub at: SystemTime,
}

/// Where a write stands when one of its attempts has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttemptEnd {
    /// The provider has accepted it.
    Accepted,
    /// Nothing has happened: neither by this attempt nor by an earlier one of the same write, also of
    /// an earlier call that this one reconciles. What was recorded for it may be deleted.
    NothingHappened,
    /// It may have happened, by this attempt or by an earlier one.
    InDoubt,
}

/// Own code that is told of every attempt at a write, to keep a record that outlives the process.
///
/// Its methods are called in the task of the call: keep them short, or hand the work on and wait for
/// it. Reads are not told of.
pub trait Observer: Send + Sync {
    /// An attempt is about to be sent. Record it durably: after a restart, what was recorded and has
    /// no outcome is [in doubt](crate::InDoubt).
    ///
    /// # Errors
    /// Any error keeps the attempt from being made.
    fn before_send(&self, attempt: &Attempt) -> Result<(), Box<dyn Error + Send + Sync>>;

    /// The attempt has ended, and this is where the write stands now. It is called once for each
    /// attempt that was begun, before any wait for the next one and before the call returns, unless
    /// the call is dropped during the attempt.
    ///
    /// After [`NothingHappened`](AttemptEnd::NothingHappened) nothing is in doubt, whether the call is
    /// then dropped, or the process ends, or another attempt follows: that one is told of by
    /// [`before_send`](Self::before_send) again.
    fn ended(&self, attempt: &Attempt, end: AttemptEnd) {
        let _ = (attempt, end);
    }

    /// The call was dropped (cancelled) during this attempt, or while waiting for another after it
    /// ended [in doubt](AttemptEnd::InDoubt): it is in doubt, as after a crash.
    fn abandoned(&self, attempt: &Attempt) {
        let _ = attempt;
    }
}

/// Shares an observer among the copies of a client.
#[derive(Clone, Default)]
pub(crate) struct SharedObserver(pub(crate) Option<Arc<dyn Observer>>);

impl fmt::Debug for SharedObserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "set" } else { "none" })
    }
}

/// Notices that a call is dropped while its outcome is open.
pub(super) struct InFlight<'a> {
    observer: Option<&'a dyn Observer>,
    attempt: Option<Attempt>,
}

impl<'a> InFlight<'a> {
    pub(super) fn new(observer: Option<&'a dyn Observer>) -> Self {
        Self {
            observer,
            attempt: None,
        }
    }

    /// Tells the observer of an attempt and watches over it.
    pub(super) fn begin(&mut self, attempt: Attempt) -> Result<(), Box<dyn Error + Send + Sync>> {
        if let Some(observer) = self.observer {
            observer.before_send(&attempt)?;
        }
        self.attempt = Some(attempt);
        Ok(())
    }

    /// Tells the observer where the write stands after the attempt. What is in doubt is watched over
    /// until the call ends.
    pub(super) fn ended(&mut self, end: AttemptEnd) {
        if let (Some(observer), Some(attempt)) = (self.observer, &self.attempt) {
            observer.ended(attempt, end);
        }
        if end != AttemptEnd::InDoubt {
            self.attempt = None;
        }
    }

    /// The call has ended, and says what is in doubt.
    pub(super) fn is_over(&mut self) {
        self.attempt = None;
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        let Some(attempt) = self.attempt.take() else {
            return;
        };
        tracing::warn!(
            refunds.provider = attempt.provider.as_str(),
            refunds.operation = attempt.operation,
            refunds.attempt = attempt.number,
            "the call was dropped in mid-flight: its outcome is unknown"
        );
        if let Some(observer) = self.observer {
            observer.abandoned(&attempt);
        }
    }
}
