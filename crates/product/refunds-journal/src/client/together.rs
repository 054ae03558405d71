//! What several tasks want of the journal in one moment, in one transaction or statement: queued refunds that workers
//! take on, and how calls have ended.
//!
//! A group takes only what is free and plain, so that it waits for nobody and nothing in it fails by itself. What
//! another has locked, and what asks for more to be decided, is done alone, in the one way in which everything is
//! decided. So no two groups can wait for each other, whatever is in them.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use refunds::Money;
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use super::{
    JournaledRefunds,
    begin::Begun,
    claim::{Claimed, Decided, Taken, Wanted},
    payment,
    settle::{Found, Others},
};
use crate::{
    State, StoreError,
    store::{Asked, Columns, Gather, Row, Tx, money, to_json},
};

/// What is gathered.
#[derive(Clone, Default)]
pub(super) struct Together {
    claims: Gather<Arc<Wanted>, Option<Decided>>,
    findings: Gather<Found, bool>,
    /// Payments of which refunds wait until another of them has been sent.
    waited_for: Arc<Mutex<HashSet<String>>>,
}

impl Together {
    pub(super) fn waits_for(&self, payment: &str) {
        self.waited_for().insert(payment.to_owned());
    }

    pub(super) fn is_waited_for(&self, payment: &str) -> bool {
        self.waited_for().contains(payment)
    }

    pub(super) fn waits_no_more(&self, payment: &str) {
        self.waited_for().remove(payment);
    }

    fn waited_for(&self) -> MutexGuard<'_, HashSet<String>> {
        self.waited_for
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is looked at of a refund and its payment, which nobody else can change until the transaction ends.
struct Locked {
    id: String,
    payment: String,
    digest: String,
    state: String,
    fence: i64,
    attempts: i64,
    /// Whether it is queued, and its batch may be sent.
    may_be_sent: bool,
    total: Option<Money>,
    /// The database's time.
    now: i64,
}

/// What a transaction has found of those that are wanted.
#[derive(Default)]
struct Group {
    begun: Vec<Begun>,
    /// Those of whose payment another is being sent, with its reference.
    waiting: HashMap<String, String>,
}

impl JournaledRefunds {
    /// Takes a queued refund on together with others: `None` where it has to be done alone.
    pub(super) async fn claim_with_others(&self, wanted: &Arc<Wanted>) -> Option<Decided> {
        let own = self.clone();
        let grant = move |wishes| own.clone().claim_all(wishes);
        let claims = &self.together.claims;
        let asked = claims.ask(Arc::clone(wanted), grant);
        // Whoever takes it on for somebody who has gone gives it up.
        let decided = self
            .store()
            .in_time(async { Ok::<_, StoreError>(asked.await) });
        decided.await.ok().flatten().flatten()
    }

    async fn claim_all(self, wishes: Vec<Asked<Arc<Wanted>, Option<Decided>>>) {
        let wanted: Vec<_> = wishes.iter().map(|(wanted, _)| &**wanted).collect();
        let taken = self.store().in_time(self.take_all(&wanted));
        let mut decided = match taken.await {
            Ok(decided) => decided,
            Err(error) => {
                tracing::debug!(error = %error, "refunds could not be taken on together: each is taken on alone");
                HashMap::new()
            }
        };
        for (wanted, tell) in wishes {
            // Where whoever asked has gone, it is given up.
            let _ = tell.send(decided.remove(&wanted.id));
        }
    }

    async fn take_all(&self, wanted: &[&Wanted]) -> Result<HashMap<String, Decided>, StoreError> {
        let taken = Taken::now();
        let mut tx = self.store().begin().await?;
        let locked = self.locked_if_free(&mut tx, wanted).await?;
        let others = self.others(&mut tx, &locked).await?;
        let mut group = Group::default();
        for wanted in wanted {
            group.add(self, wanted, &locked, &others);
        }
        let Group { begun, waiting } = group;
        let ids = match begun.is_empty() {
            true => HashSet::new(),
            false => self.put_down(&mut tx, &begun).await?,
        };
        let held = begun
            .into_iter()
            .filter(|begun| ids.contains(&begun.row.id));
        // Whether they are committed may not be heard; that nothing is sent is known, and the fences are nobody else's.
        let held: Vec<_> = held.map(|begun| self.held(begun.row, taken)).collect();
        tx.commit().await?;
        let held = held.into_iter().map(|held| {
            let id = held.row.id.clone();
            (id, Decided::Claimed(Claimed::Held(Box::new(held))))
        });
        let waiting = waiting.into_iter();
        let waiting = waiting.map(|(id, other)| (id, Decided::Wait(other)));
        Ok(held.chain(waiting).collect())
    }

    /// Refunds and their payments, locked until the transaction ends; those that another has locked are left out.
    async fn locked_if_free(
        &self,
        tx: &mut Tx,
        wanted: &[&Wanted],
    ) -> Result<Vec<Locked>, StoreError> {
        let dialect = self.store().dialect();
        let now = dialect.now();
        let select = format!(
            "SELECT refunds.id, refunds.payment, refunds.digest, refunds.state, refunds.fence, refunds.attempts, \
             CASE WHEN refunds.queued = 1 AND (refunds.batch IS NULL OR EXISTS (SELECT 1 FROM batches \
             WHERE batches.id = refunds.batch AND batches.state = 'approved' AND COALESCE(batches.runs_from, 0) <= {now})) \
             THEN 1 ELSE 0 END AS may_be_sent, payments.total, payments.currency, {now} AS now \
             FROM refunds JOIN payments ON payments.id = refunds.payment WHERE refunds.id IN ({each}) {lock}",
            each = dialect.each("$1"),
            lock = dialect.for_update_of_free("payments, refunds"),
        );
        let ids: Vec<_> = wanted.iter().map(|wanted| &wanted.id).collect();
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(to_json("id", &ids)?)
            .fetch_all(&mut **tx)
            .await?;
        rows.iter().map(Locked::read).collect()
    }

    /// The payments' refunds that may take something of them, by a statement of its own, which sees all that was
    /// committed before the payments were locked.
    async fn others(&self, tx: &mut Tx, locked: &[Locked]) -> Result<Vec<Row>, StoreError> {
        let select = format!(
            "SELECT {} FROM refunds WHERE payment IN ({}) AND state IN ('sending', 'in_doubt', 'pending', 'succeeded')",
            Columns::ALL,
            self.store().dialect().each("$1"),
        );
        let payments: Vec<_> = locked.iter().map(|locked| &locked.payment).collect();
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(to_json("payment", &payments)?)
            .fetch_all(&mut **tx)
            .await?;
        rows.iter().map(Row::read).collect()
    }

    /// Puts down how a call has ended together with others: `false` where it has to be done alone.
    pub(super) async fn write_with_others(&self, found: Found) -> bool {
        let own = self.clone();
        let grant = move |findings| own.clone().write_all(findings);
        let written = self.together.findings.ask(found, grant);
        let written = self
            .store()
            .in_time(async { Ok::<_, StoreError>(written.await) });
        written.await.ok().flatten().unwrap_or(false)
    }

    async fn write_all(self, findings: Vec<Asked<Found, bool>>) {
        let found: Vec<_> = findings.iter().map(|(found, _)| found).collect();
        let written = match self.write_if_free(&found).await {
            Ok(written) => written,
            Err(error) => {
                tracing::debug!(error = %error, "findings could not be put down together: each is put down alone");
                HashSet::new()
            }
        };
        for (found, tell) in findings {
            // Whoever has gone meanwhile does not listen.
            let _ = tell.send(written.contains(&found.key()));
        }
    }

    /// Which of them were written: one that comes late has another fence than the one that counts.
    async fn write_if_free(&self, found: &[&Found]) -> Result<HashSet<(String, i64)>, StoreError> {
        let update = self.update_of(Others::LeftOut);
        let query = sqlx::query(AssertSqlSafe(update)).bind(to_json("findings", &found)?);
        let rows = self.store().write_rows(query).await?;
        let keys: Result<_, sqlx::Error> = rows
            .iter()
            .map(|row| Ok((row.try_get("id")?, row.try_get("fence")?)))
            .collect();
        Ok(keys?)
    }
}

impl Locked {
    fn read(row: &AnyRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.try_get("id")?,
            payment: row.try_get("payment")?,
            digest: row.try_get("digest")?,
            state: row.try_get("state")?,
            fence: row.try_get("fence")?,
            attempts: row.try_get("attempts")?,
            may_be_sent: row.try_get::<i64, _>("may_be_sent")? == 1,
            total: money(row.try_get("total")?, row.try_get("currency")?)?,
            now: row.try_get("now")?,
        })
    }
}

impl Group {
    /// Decides on each as far as it is plain; one refund of a payment is sent, and its others wait.
    fn add(
        &mut self,
        client: &JournaledRefunds,
        wanted: &Wanted,
        locked: &[Locked],
        others: &[Row],
    ) {
        let locked = locked.iter().find(|locked| locked.id == wanted.id);
        let (Some(row), Some(locked)) = (&wanted.handed, locked) else {
            return;
        };
        // It is as it was when it was handed out: whoever sends it or changes where it stands takes another fence.
        let is_plain = locked.may_be_sent
            && locked.state == State::NotSent.as_str()
            && locked.digest == wanted.digest
            && locked.payment == wanted.payment
            && (locked.fence, locked.attempts) == (row.fence, row.attempts);
        if !is_plain {
            return;
        }
        let first = self
            .begun
            .iter()
            .find(|begun| begun.row.payment == row.payment);
        if let Some(first) = first {
            // Whoever asks twice for one refund finds the second time that it is being sent.
            if first.row.id != row.id {
                let first = first.row.reference.to_string();
                self.waiting.insert(row.id.clone(), first);
            }
            return;
        }
        let others = others.iter();
        let others: Vec<_> = others
            .filter(|other| other.payment == row.payment)
            .collect();
        if let Some(other) = payment::being_sent(&others, locked.now) {
            self.waiting
                .insert(row.id.clone(), other.reference.to_string());
            return;
        }
        let is_free = !others.iter().any(|other| payment::is_left(other))
            && payment::check(locked.total.as_ref(), wanted.amount.as_ref(), &others).is_ok();
        if is_free {
            self.begun
                .push(client.begun(wanted, row.clone(), locked.now));
        }
    }
}

#[cfg(feature = "sqlite")]
#[cfg(test)]
mod tests {
    use refunds::{
        MceRefund, Reference,
        testing::{Double, Ending},
    };

    use super::*;
    use crate::{
        Journal, JournalError, Place, Source, Step,
        client::{finding::Finding, settle::Guard},
    };

    async fn queued(double: &Double) -> (JournaledRefunds, Reference) {
        let journal = Journal::in_memory().await.unwrap();
        let client = journal.client(double.refunds().unwrap(), Place::sandbox());
        let reference = Reference::new("r-1").unwrap();
        let order = MceRefund::new(1, "t-1");
        client.enqueue(&reference, order).await.unwrap();
        (client, reference)
    }

    #[tokio::test]
    async fn a_refund_that_is_asked_for_twice_in_one_moment_is_given_to_one() {
        let (client, reference) = queued(&Double::new()).await;
        let row = client.journal().row(&client.refund_id(&reference)).await;
        let row = row.unwrap().unwrap();
        let action = row.action.clone().unwrap();
        let wanted = Arc::new(Wanted {
            handed: Some(row),
            ..Wanted::new(&client, &reference, action, None).unwrap()
        });
        let ask = || client.claim_with_others(&wanted);
        let (one, other) = tokio::join!(ask(), ask());
        assert!(
            matches!(one, Some(Decided::Claimed(Claimed::Held(_)))),
            "{one:?}"
        );
        assert!(other.is_none(), "{other:?}");
        // Alone, whoever asked second finds it being sent.
        let alone = client.advance(&reference).await;
        assert!(
            matches!(alone, Err(JournalError::Busy { .. }) | Ok(Step::Later)),
            "{alone:?}"
        );
    }

    #[tokio::test]
    async fn what_was_taken_on_and_never_sent_is_given_up() {
        let (client, reference) = queued(&Double::new()).await;
        let id = client.refund_id(&reference);
        let row = client.journal().row(&id).await.unwrap().unwrap();
        let wanted = Arc::new(Wanted {
            handed: Some(row.clone()),
            ..Wanted::new(&client, &reference, row.action.unwrap(), None).unwrap()
        });
        let held = client.claim_with_others(&wanted).await.unwrap();
        let state = async || client.journal().row(&id).await.unwrap().unwrap().state;
        assert_eq!(state().await, State::Sending);
        drop(held);
        while state().await == State::Sending {
            tokio::task::yield_now().await;
        }
        assert_eq!(state().await, State::NotSent);
        assert_eq!(client.advance(&reference).await.unwrap(), Step::Ended);
    }

    #[tokio::test]
    async fn an_old_hint_does_not_send_what_was_tried_since_and_is_to_wait() {
        let double = Double::new();
        double.ends(Ending::NotSent);
        let (client, reference) = queued(&double).await;
        let once = client.refunds().policy().clone().with_max_attempts(1);
        let client = client.with_refunds(client.refunds().with_policy(once));
        let id = client.refund_id(&reference);
        let handed = client.journal().row(&id).await.unwrap().unwrap();
        let tried = client.advance(&reference).await;
        assert!(
            matches!(tried, Err(JournalError::NotSentYet { .. })),
            "{tried:?}"
        );
        // Another worker was handed it before, and comes only now.
        assert_eq!(client.step(&handed, true).await.unwrap(), Step::Nothing);
        assert_eq!(double.requests().len(), 0);
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        assert_eq!(client.step(&handed, true).await.unwrap(), Step::Ended);
        assert_eq!(double.requests().len(), 1);
    }

    #[tokio::test]
    async fn a_finding_that_comes_late_is_not_taken_for_written_because_another_of_its_refund_is() {
        let (client, reference) = queued(&Double::new()).await;
        let id = client.refund_id(&reference);
        let found = |fence| {
            let finding = Finding {
                state: Some(State::Pending),
                ..Finding::default()
            };
            let state = State::NotSent;
            let guard = Guard { fence, state };
            client.write_with_others(Found::new(&id, &finding, Source::Call, Some(guard)).unwrap())
        };
        let (now, late) = tokio::join!(found(0), found(7));
        assert_eq!([now, late], [true, false]);
    }
}
