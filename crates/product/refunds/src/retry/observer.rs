//! What the user's own code learns of attempts, before they are made.

use std::{error::Error, fmt, pin::Pin, sync::Arc, time::SystemTime};

use crate::{Action, ProviderName, Reference};

/// What an [`Observer`] gives back; `Box::pin(async move { … })` makes one.
pub type ObserverFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

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
    /// What is asked for, as it is stored until its outcome is known. It holds personal data.
    pub action: Arc<Action>,
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
/// The call waits for it, within its own task. Reads are not told of.
pub trait Observer: Send + Sync {
    /// An attempt is about to be sent. Record it durably: after a restart, what was recorded and has
    /// no outcome is [in doubt](crate::InDoubt).
    ///
    /// # Errors
    /// Any error keeps the attempt from being made: that it cannot be recorded, or that it must not be sent, for
    /// a reason that the error tells. The call then ends with it
    /// ([`RefundError::NotRecorded`](crate::RefundError::NotRecorded)), or, after an attempt in doubt, with that
    /// doubt.
    fn before_send<'a>(
        &'a self,
        attempt: &'a Attempt,
    ) -> ObserverFuture<'a, Result<(), Box<dyn Error + Send + Sync>>>;

    /// The attempt has ended, and this is where the write stands now. It is called once for each
    /// attempt that was begun, before any wait for the next one and before the call returns, unless
    /// the call is dropped during the attempt, or before this has ended.
    ///
    /// After [`NothingHappened`](AttemptEnd::NothingHappened) nothing is in doubt, whether the call is
    /// then dropped, or the process ends, or another attempt follows: that one is told of by
    /// [`before_send`](Self::before_send) again.
    fn ended<'a>(&'a self, attempt: &'a Attempt, end: AttemptEnd) -> ObserverFuture<'a, ()> {
        let _ = (attempt, end);
        Box::pin(std::future::ready(()))
    }

    /// The call was dropped (cancelled) during this attempt, or while waiting for another after it
    /// ended [in doubt](AttemptEnd::InDoubt): it is in doubt, as after a crash. Nobody waits for what this does.
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
    attempt: Option<Begun>,
}

/// An attempt that was begun, with what the observer is told of it, if there is one.
pub(super) struct Begun {
    pub(super) provider: ProviderName,
    pub(super) operation: &'static str,
    pub(super) number: u32,
    pub(super) told: Option<Attempt>,
}

impl<'a> InFlight<'a> {
    pub(super) fn new(observer: Option<&'a dyn Observer>) -> Self {
        Self {
            observer,
            attempt: None,
        }
    }

    /// Tells the observer of an attempt and watches over it.
    pub(super) async fn begin(&mut self, begun: Begun) -> Result<(), Box<dyn Error + Send + Sync>> {
        if let (Some(observer), Some(attempt)) = (self.observer, &begun.told) {
            observer.before_send(attempt).await?;
        }
        self.attempt = Some(begun);
        Ok(())
    }

    /// Tells the observer where the write stands after the attempt. What is in doubt is watched over
    /// until the call ends.
    pub(super) async fn ended(&mut self, end: AttemptEnd) {
        if let (Some(observer), Some(attempt)) = (self.observer, self.told()) {
            observer.ended(attempt, end).await;
        }
        if end != AttemptEnd::InDoubt {
            self.attempt = None;
        }
    }

    /// The call has ended, and says what is in doubt.
    pub(super) fn is_over(&mut self) {
        self.attempt = None;
    }

    fn told(&self) -> Option<&Attempt> {
        self.attempt.as_ref()?.told.as_ref()
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        let Some(begun) = self.attempt.take() else {
            return;
        };
        tracing::warn!(
            refunds.provider = begun.provider.as_str(),
            refunds.operation = begun.operation,
            refunds.attempt = begun.number,
            "the call was dropped in mid-flight: its outcome is unknown"
        );
        if let (Some(observer), Some(attempt)) = (self.observer, &begun.told) {
            observer.abandoned(attempt);
        }
    }
}
