//! Sees before each attempt that the refund still belongs to the call, and puts the attempt down.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use refunds::{Attempt, AttemptEnd, Observer, ObserverFuture};
use sqlx::AssertSqlSafe;

use super::{
    claim::{Held, Taken},
    lease::Unsent,
};
use crate::{
    JournalError, Settings, State,
    store::Store,
    time::{duration_millis, millis},
};

/// Sees before each attempt that the refund still belongs to the call.
pub(super) struct Recorder {
    store: Store,
    times: Settings,
    id: String,
    fence: i64,
    state: State,
    /// How many attempts were put down, by which a statement that comes late is told from one about the next.
    attempts: AtomicI64,
    /// Until when an attempt that was put down when the refund was taken on may begin.
    taken: Taken,
    /// Whether such an attempt is still to be made.
    is_put_down: AtomicBool,
    unsent: Arc<Unsent>,
}

impl Recorder {
    /// For a write: its first attempt was put down when it was taken on.
    pub(super) fn of_write(store: Store, times: Settings, held: &Held) -> Self {
        Self::new(store, times, held, State::Sending, true)
    }

    /// For a reconciliation, which mostly sends nothing.
    pub(super) fn of_reconciliation(store: Store, times: Settings, held: &Held) -> Self {
        Self::new(store, times, held, State::InDoubt, false)
    }

    fn new(store: Store, times: Settings, held: &Held, state: State, is_put_down: bool) -> Self {
        Self {
            store,
            times,
            id: held.row.id.clone(),
            fence: held.fence,
            state,
            attempts: AtomicI64::new(held.row.attempts),
            taken: held.taken,
            is_put_down: AtomicBool::new(is_put_down),
            unsent: Arc::clone(&held.unsent),
        }
    }

    /// How many attempts were put down, with those of the call's own.
    pub(super) fn attempts(&self) -> i64 {
        self.attempts.load(Ordering::Acquire)
    }

    async fn put_down(&self, attempt: &Attempt) -> Result<(), JournalError> {
        let dialect = self.store.dialect();
        let now = dialect.now();
        // Of two clocks the earlier one: the provider's own is never behind it by more.
        let begun = format!("{}({now}, $4)", dialect.least());
        let update = format!(
            "UPDATE refunds SET attempts = attempts + 1, tries = CASE WHEN clean = 1 THEN tries ELSE tries + 1 END, clean = 0, leased_until = {now} + $3, due_at = {now} + $3, \
             first_sent_at = CASE WHEN clean = 1 AND tries <= 1 THEN {begun} ELSE COALESCE(first_sent_at, {begun}) END \
             WHERE id = $1 AND fence = $2 AND state = $5 AND attempts = $6"
        );
        let query = sqlx::query(AssertSqlSafe(update))
            .bind(&self.id)
            .bind(self.fence)
            .bind(duration_millis(self.times.lease))
            .bind(millis(attempt.at))
            .bind(self.state.as_str())
            .bind(self.attempts());
        if self.store.write(query).await? == 0 {
            return Err(JournalError::LeaseLost);
        }
        self.attempts.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }
}

impl Observer for Recorder {
    fn before_send<'a>(
        &'a self,
        attempt: &'a Attempt,
    ) -> ObserverFuture<'a, Result<(), Box<dyn Error + Send + Sync>>> {
        Box::pin(async move {
            let is_put_down = self.is_put_down.swap(false, Ordering::AcqRel);
            if !(is_put_down && self.taken.leaves_an_attempt(&self.times)) {
                let asked = Taken::now();
                self.put_down(attempt).await?;
                // The machine may have slept since the database said yes.
                if !asked.leaves_an_attempt(&self.times) {
                    return Err(JournalError::LeaseLost.into());
                }
            }
            self.unsent.is_over();
            Ok(())
        })
    }

    fn ended<'a>(&'a self, attempt: &'a Attempt, end: AttemptEnd) -> ObserverFuture<'a, ()> {
        Box::pin(async move {
            let _ = attempt;
            if end != AttemptEnd::NothingHappened || self.state != State::Sending {
                return;
            }
            let query = sqlx::query(
                "UPDATE refunds SET clean = 1 WHERE id = $1 AND fence = $2 AND state = 'sending' AND attempts = $3",
            )
            .bind(&self.id)
            .bind(self.fence)
            .bind(self.attempts());
            // If this fails, the refund is taken for interrupted where the process ends now.
            let _ = self.store.write(query).await;
        })
    }

    /// Nothing is under way any more once the provider had its time: nobody has to wait for the lease to end.
    fn abandoned(&self, _attempt: &Attempt) {
        let dialect = self.store.dialect();
        let update = format!(
            "UPDATE refunds SET leased_until = {least}(leased_until, {now} + $3), \
             due_at = {least}(due_at, {now} + $3), handed_until = {least}(handed_until, {now} + $3) \
             WHERE id = $1 AND fence = $2 AND state = $4 AND attempts = $5",
            least = dialect.least(),
            now = dialect.now(),
        );
        let (store, id, fence) = (self.store.clone(), self.id.clone(), self.fence);
        let (state, attempts) = (self.state.as_str(), self.attempts());
        let settles = duration_millis(self.times.settle_after);
        self.store.say_later(async move {
            let query = sqlx::query(AssertSqlSafe(update))
                .bind(id)
                .bind(fence)
                .bind(settles)
                .bind(state)
                .bind(attempts);
            // If this fails, the lease ends by itself.
            let _ = store.write(query).await;
        });
    }
}
