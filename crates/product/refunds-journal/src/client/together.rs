//! What several tasks want of the journal in one moment, in one transaction or statement: queued refunds that workers
//! take on, and how calls have ended.
//!
//! A group takes only what is free and plain, so that it waits for nobody and nothing in it fails by itself. What
//! another has locked, and what asks for more to be decided, is done alone, in the one way in which everything is
//! decided. So no two groups can wait for each other, whatever is in them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use sqlx::{AssertSqlSafe, Row as _};

use super::{
    JournaledRefunds,
    begin::Begun,
    claim::{Claimed, Decided, Held, Taken, Wanted},
    payment,
    settle::{Found, Others},
};
use crate::{
    State, StoreError,
    store::{Asked, Columns, Gather, PaymentRow, Row, Tx, to_json},
};

/// What is gathered.
#[derive(Clone, Default)]
pub(super) struct Together {
    claims: Gather<Arc<Wanted>, Option<Decided>>,
    findings: Gather<Found, bool>,
}

/// A refund and its payment, which nobody else can change until the transaction ends.
type Locked = (Row, PaymentRow);

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
        claims.ask(Arc::clone(wanted), grant).await.flatten()
    }

    async fn claim_all(self, wishes: Vec<Asked<Arc<Wanted>, Option<Decided>>>) {
        let wanted: Vec<_> = wishes.iter().map(|(wanted, _)| &**wanted).collect();
        let mut decided = match self.take_all(&wanted).await {
            Ok(decided) => decided,
            Err(error) => {
                tracing::debug!(error = %error, "refunds could not be taken on together: each is taken on alone");
                HashMap::new()
            }
        };
        for (wanted, tell) in wishes {
            let told = tell.send(decided.remove(&wanted.id));
            // Whoever asked has gone, and nobody will send it.
            if let Err(Some(Decided::Claimed(Claimed::Held(held)))) = told {
                self.release_later(*held);
            }
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
        let held = held.map(|Begun { row, .. }| Held {
            fence: row.fence,
            row,
            taken,
        });
        if let Err(error) = tx.commit().await {
            // Whether it was committed is not known; that nothing is sent is, and the fences are nobody else's.
            held.for_each(|held| self.release_later(held));
            return Err(error);
        }
        let held = held.map(|held| {
            let id = held.row.id.clone();
            (id, Decided::Claimed(Claimed::Held(Box::new(held))))
        });
        let waiting = waiting.into_iter();
        let waiting = waiting.map(|(id, other)| (id, Decided::Wait(other)));
        Ok(held.chain(waiting).collect())
    }

    fn release_later(&self, held: Held) {
        let own = self.clone();
        tokio::spawn(async move { own.release(&held).await });
    }

    /// Refunds and their payments, locked until the transaction ends; those that another has locked are left out.
    async fn locked_if_free(
        &self,
        tx: &mut Tx,
        wanted: &[&Wanted],
    ) -> Result<Vec<Locked>, StoreError> {
        let dialect = self.store().dialect();
        let select = format!(
            "SELECT {columns}, payments.total AS payment_total, payments.currency AS payment_currency, {now} AS now \
             FROM refunds JOIN payments ON payments.id = refunds.payment WHERE refunds.id IN ({each}) {lock}",
            columns = Columns::ALL,
            now = dialect.now(),
            each = dialect.each("$1"),
            lock = dialect.for_update_of_free("payments, refunds"),
        );
        let ids: Vec<_> = wanted.iter().map(|wanted| &wanted.id).collect();
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(to_json("id", &ids)?)
            .fetch_all(&mut **tx)
            .await?;
        // What cannot be read is told to whoever asks for it alone.
        let read = rows.iter().filter_map(|row| {
            let payment = PaymentRow::read(row, "payment_total", "payment_currency").ok()?;
            Some((Row::read(row).ok()?, payment))
        });
        Ok(read.collect())
    }

    /// The payments' other refunds, by a statement of its own, which sees what was committed before they were locked.
    async fn others(&self, tx: &mut Tx, own: &[Locked]) -> Result<Vec<Row>, StoreError> {
        let dialect = self.store().dialect();
        let select = format!(
            "SELECT {} FROM refunds WHERE payment IN ({}) AND id NOT IN ({})",
            Columns::ALL,
            dialect.each("$1"),
            dialect.each("$2"),
        );
        let payments: Vec<_> = own.iter().map(|(row, _)| &row.payment).collect();
        let ids: Vec<_> = own.iter().map(|(row, _)| &row.id).collect();
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(to_json("payment", &payments)?)
            .bind(to_json("id", &ids)?)
            .fetch_all(&mut **tx)
            .await?;
        rows.iter().map(Row::read).collect()
    }

    /// Puts down how a call has ended together with others: `false` where it has to be done alone.
    pub(super) async fn write_with_others(&self, found: Found) -> bool {
        let own = self.clone();
        let grant = move |findings| own.clone().write_all(findings);
        let written = self.together.findings.ask(found, grant).await;
        written.unwrap_or(false)
    }

    async fn write_all(self, findings: Vec<Asked<Found, bool>>) {
        let found: Vec<_> = findings.iter().map(|(found, _)| found).collect();
        let ids = match self.write_if_free(&found).await {
            Ok(ids) => ids,
            Err(error) => {
                tracing::debug!(error = %error, "findings could not be put down together: each is put down alone");
                HashSet::new()
            }
        };
        for (found, tell) in findings {
            // Whoever has gone meanwhile does not listen.
            let _ = tell.send(ids.contains(found.id()));
        }
    }

    async fn write_if_free(&self, found: &[&Found]) -> Result<HashSet<String>, StoreError> {
        let update = self.update_of(Others::LeftOut);
        let query = sqlx::query(AssertSqlSafe(update)).bind(to_json("findings", &found)?);
        let rows = self.store().write_rows(query).await?;
        let ids: Result<_, sqlx::Error> = rows.iter().map(|row| row.try_get("id")).collect();
        Ok(ids?)
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
        let Some((row, payment)) = locked.iter().find(|(row, _)| row.id == wanted.id) else {
            return;
        };
        let is_plain = row.queued
            && row.state == State::NotSent
            && row.digest == wanted.digest
            && row.payment == wanted.payment
            && row.may_be_sent_of_its_batch()
            && row.batch_runs_from.is_none_or(|from| from <= payment.now);
        if !is_plain {
            return;
        }
        let first = self
            .begun
            .iter()
            .find(|begun| begun.row.payment == row.payment);
        if let Some(first) = first {
            let first = first.row.reference.to_string();
            self.waiting.insert(row.id.clone(), first);
            return;
        }
        let others = others.iter().chain(locked.iter().map(|(row, _)| row));
        let others: Vec<_> = others
            .filter(|other| other.payment == row.payment && other.id != row.id)
            .collect();
        if let Some(other) = payment::being_sent(&others, payment.now) {
            self.waiting
                .insert(row.id.clone(), other.reference.to_string());
            return;
        }
        let is_free = !others.iter().any(|other| payment::is_left(other))
            && payment::check(payment.total.as_ref(), wanted.amount.as_ref(), &others).is_ok();
        if is_free {
            self.begun
                .push(client.begun(wanted, row.clone(), payment.now));
        }
    }
}
