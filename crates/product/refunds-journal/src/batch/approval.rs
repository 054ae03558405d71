//! Approving a batch, and taking it back.

use std::{fmt, time::Duration};

use refunds::Money;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use super::{Batch, BatchError, Sum, plan::needs_second};
use crate::{
    Journal, Source, StoreError,
    store::{Tx, fact},
    time::{duration_millis, system_time},
};

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BatchState {
    /// Its lines are being put down, or that was cut off.
    Planning,
    /// It waits to be approved.
    Planned,
    /// It may be sent.
    Approved,
    /// It was taken back.
    Cancelled,
}

impl fmt::Display for BatchState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Planning => "planning",
            Self::Planned => "planned",
            Self::Approved => "approved",
            Self::Cancelled => "cancelled",
        })
    }
}

/// Somebody's approval of a batch.
#[derive(Clone, Debug)]
pub struct Approval {
    pub(super) person: String,
    pub(super) sums: Vec<String>,
    pub(super) window: Duration,
}

impl Approval {
    /// By a person, who has seen these sums, such as `tazapay 120.50 USD` or `mce everything`: one for each of the
    /// plan's, as [`Sum`] shows them, with or without the count in parentheses.
    pub fn new(person: impl Into<String>, sums: impl IntoIterator<Item = String>) -> Self {
        Self {
            person: person.into(),
            sums: sums.into_iter().collect(),
            window: Duration::ZERO,
        }
    }

    /// For how long the batch can still be cancelled as a whole before anything of it is sent; where several persons
    /// approve it, the longest counts.
    #[must_use]
    pub fn with_cancel_window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }
}

/// Lines that one statement touches: for a million, a database would be silent for longer than one that is cut off may be.
const LINES_AT_ONCE: u16 = 20_000;

/// A batch as it is stored.
pub(super) struct Stored {
    pub(super) state: BatchState,
    pub(super) name: String,
    pub(super) lines: u64,
    pub(super) sums: Vec<Sum>,
    pub(super) second_above: Vec<Money>,
    pub(super) runs_from: Option<i64>,
}

impl Batch {
    /// A batch that was planned, by its id.
    ///
    /// # Errors
    /// There is none.
    pub async fn find(journal: &Journal, id: &str) -> Result<Self, BatchError> {
        let batch = Self {
            journal: journal.clone(),
            id: id.to_owned(),
        };
        batch.stored().await?;
        Ok(batch)
    }

    pub(super) async fn stored(&self) -> Result<Stored, BatchError> {
        let query = sqlx::query(AssertSqlSafe(stored_query(""))).bind(&self.id);
        let row = self.journal.store().read(query).await?.into_iter().next();
        self.read(row)
    }

    /// The same, locked until the transaction ends.
    async fn locked(&self, tx: &mut Tx) -> Result<Stored, BatchError> {
        let query = stored_query(self.journal.store().dialect().for_update());
        let row = sqlx::query(AssertSqlSafe(query))
            .bind(&self.id)
            .fetch_optional(&mut **tx)
            .await?;
        self.read(row)
    }

    fn read(&self, row: Option<AnyRow>) -> Result<Stored, BatchError> {
        let Some(row) = row else {
            return Err(BatchError::NotKnown {
                id: self.id.clone(),
            });
        };
        let state: String = row.try_get("state")?;
        let lines: i64 = row.try_get("lines")?;
        Ok(Stored {
            state: json("state", format!("\"{state}\""))?,
            name: row.try_get("name")?,
            lines: u64::try_from(lines).unwrap_or(0),
            sums: json("sums", row.try_get("sums")?)?,
            second_above: json("second_above", row.try_get("second_above")?)?,
            runs_from: row.try_get("runs_from")?,
        })
    }

    /// Approves a batch. Its lines may be sent once everybody who is needed has approved, and the cancel window is
    /// over. The answer is whether they may. Persons are told apart by their names, however they are written: who
    /// they are is for the caller to know.
    ///
    /// # Errors
    /// It is not planned, the sums are not its own, nobody is named, or the journal fails.
    pub async fn approve(&self, approval: &Approval) -> Result<bool, BatchError> {
        let person = one_spelling(&approval.person);
        if person.is_empty() {
            return Err(BatchError::NoPerson {
                id: self.id.clone(),
            });
        }
        let store = self.journal.store();
        let mut tx = store.in_time(store.begin()).await?;
        let put = self.put_approval(&mut tx, approval, person);
        let is_approved = store.in_time(put).await?;
        if is_approved {
            let now = store.dialect().now();
            let queue = format!(
                // One that somebody is sending by itself is sent with the others where nothing happens by that.
                "UPDATE refunds SET queued = 1, changed_at = {now}, {}, due_at = CASE WHEN state = 'not_sent' \
                 THEN (SELECT runs_from FROM batches WHERE id = $1) ELSE due_at END \
                 WHERE batch = $1 AND (state = 'not_sent' OR (state = 'sending' AND before = 'not_sent'))",
                fact(Source::Person, "state", "'the batch is approved'")
            );
            self.update_lines(&mut tx, queue).await?;
        }
        store.in_time(tx.commit()).await?;
        Ok(is_approved)
    }

    /// Puts an approval down. The answer is whether everybody who is needed has approved.
    async fn put_approval(
        &self,
        tx: &mut Tx,
        approval: &Approval,
        person: String,
    ) -> Result<bool, BatchError> {
        let now = self.journal.store().dialect().now();
        let stored = self.locked(tx).await?;
        if stored.state != BatchState::Planned {
            return Err(self.state(stored.state, "only a planned batch can be approved"));
        }
        self.check_sums(approval, &stored)?;
        let insert = format!(
            "INSERT INTO approvals (batch, person, at, cancel_window) VALUES ($1, $2, {now}, $3) \
             ON CONFLICT (batch, person) DO UPDATE SET cancel_window = excluded.cancel_window"
        );
        sqlx::query(AssertSqlSafe(insert))
            .bind(&self.id)
            .bind(person)
            .bind(duration_millis(approval.window))
            .execute(&mut **tx)
            .await?;
        let count = "SELECT COUNT(*) AS persons, MAX(cancel_window) AS longest FROM approvals WHERE batch = $1";
        let counted = sqlx::query(count)
            .bind(&self.id)
            .fetch_one(&mut **tx)
            .await?;
        let persons: i64 = counted.try_get("persons")?;
        let needed = if needs_second(&stored.sums, &stored.second_above) {
            2
        } else {
            1
        };
        if persons < needed {
            return Ok(false);
        }
        let window: i64 = counted.try_get("longest")?;
        let approve =
            format!("UPDATE batches SET state = 'approved', runs_from = {now} + $2 WHERE id = $1");
        sqlx::query(AssertSqlSafe(approve))
            .bind(&self.id)
            .bind(window)
            .execute(&mut **tx)
            .await?;
        Ok(true)
    }

    /// Runs an update of the batch's refunds, which it has as `$1`, part by part, and says how many it has touched.
    async fn update_lines(&self, tx: &mut Tx, update: String) -> Result<u64, BatchError> {
        let store = self.journal.store();
        let update = format!("{update} AND line > $2 AND line <= $3");
        let last = async {
            let last = "SELECT COALESCE(MAX(line), 0) FROM refunds WHERE batch = $1";
            let last = sqlx::query_scalar(last).bind(&self.id);
            Ok::<i64, StoreError>(last.fetch_one(&mut **tx).await?)
        };
        let last = store.in_time(last).await?;
        let mut touched = 0;
        for first in (0..last).step_by(usize::from(LINES_AT_ONCE)) {
            let part = async {
                let update = sqlx::query(AssertSqlSafe(update.clone()))
                    .bind(&self.id)
                    .bind(first)
                    .bind(first + i64::from(LINES_AT_ONCE));
                Ok::<_, StoreError>(update.execute(&mut **tx).await?)
            };
            touched += store.in_time(part).await?.rows_affected();
        }
        Ok(touched)
    }

    fn check_sums(&self, approval: &Approval, stored: &Stored) -> Result<(), BatchError> {
        let mut told: Vec<_> = approval.sums.iter().map(|sum| bare(sum)).collect();
        let mut known: Vec<_> = stored
            .sums
            .iter()
            .map(|sum| bare(&sum.to_string()))
            .collect();
        told.sort();
        known.sort();
        if told == known {
            return Ok(());
        }
        let sums: Vec<_> = stored.sums.iter().map(ToString::to_string).collect();
        Err(BatchError::Sums {
            id: self.id.clone(),
            sums: sums.join(", "),
        })
    }

    /// Takes back what was not sent yet, and says how many that are. What is in the air is not stopped; where
    /// nothing happens by it, it is not sent again.
    ///
    /// # Errors
    /// The journal fails.
    pub async fn cancel(&self) -> Result<u64, BatchError> {
        let store = self.journal.store();
        let mut tx = store.in_time(store.begin()).await?;
        let put = async {
            self.locked(&mut tx).await?;
            let cancel = sqlx::query("UPDATE batches SET state = 'cancelled' WHERE id = $1");
            Ok::<_, BatchError>(cancel.bind(&self.id).execute(&mut *tx).await?)
        };
        store.in_time(put).await?;
        let withdraw = format!(
            "UPDATE refunds SET state = 'withdrawn', queued = 0, due_at = NULL, fence = fence + 1, \
             changed_at = {}, {} WHERE batch = $1 AND state = 'not_sent'",
            store.dialect().now(),
            fact(Source::Person, "'withdrawn'", "'the batch is cancelled'")
        );
        let withdrawn = self.update_lines(&mut tx, withdraw).await?;
        store.in_time(tx.commit()).await?;
        Ok(withdrawn)
    }

    /// Whether it may be sent now; otherwise why not.
    ///
    /// # Errors
    /// It is not approved, or was cancelled.
    pub async fn check_approved(&self) -> Result<Option<std::time::SystemTime>, BatchError> {
        let stored = self.stored().await?;
        match stored.state {
            BatchState::Approved => Ok(stored.runs_from.map(system_time)),
            state => Err(self.state(state, "approve it before it is run")),
        }
    }

    pub(super) fn state(&self, state: BatchState, reason: &'static str) -> BatchError {
        BatchError::State {
            id: self.id.clone(),
            state,
            reason,
        }
    }
}

fn stored_query(lock: &str) -> String {
    format!(
        "SELECT state, name, lines, sums, second_above, runs_from FROM batches WHERE id = $1 {lock}"
    )
}

/// A person's name, in one spelling.
fn one_spelling(person: &str) -> String {
    let words: Vec<_> = person.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// A sum without its count, and in one spelling.
fn bare(sum: &str) -> String {
    let text = sum.split('(').next().unwrap_or_default();
    let mut words = text.split_whitespace();
    let (provider, rest): (_, Vec<_>) = (words.next().unwrap_or_default(), words.collect());
    let rest = rest.join(" ");
    match rest.parse::<Money>() {
        Ok(money) => format!(
            "{provider} {} {}",
            money.amount().normalize(),
            money.currency()
        ),
        Err(_) => format!("{provider} {rest}"),
    }
}

pub(super) fn json<T: DeserializeOwned>(what: &'static str, text: String) -> Result<T, BatchError> {
    serde_json::from_str(&text).map_err(|error| {
        StoreError::Unreadable {
            what,
            reason: error.to_string(),
        }
        .into()
    })
}
