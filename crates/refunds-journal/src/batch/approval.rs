//! Approving a batch, and taking it back.

use std::{fmt, time::Duration};

use refunds::Money;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::{AssertSqlSafe, Row as _};

use super::{Batch, BatchError, Sum, plan::needs_second};
use crate::{
    Journal, StoreError,
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

    /// For how long the batch can still be cancelled as a whole before anything of it is sent.
    #[must_use]
    pub fn with_cancel_window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }
}

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
        let row = sqlx::query(
            "SELECT state, name, lines, sums, second_above, runs_from FROM batches WHERE id = $1",
        )
        .bind(&self.id)
        .fetch_optional(self.journal.store().pool())
        .await?;
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
    /// over. The answer is whether they may.
    ///
    /// # Errors
    /// It is not planned, the sums are not its own, or the journal fails.
    pub async fn approve(&self, approval: &Approval) -> Result<bool, BatchError> {
        let stored = self.stored().await?;
        if stored.state != BatchState::Planned {
            return Err(self.state(stored.state, "only a planned batch can be approved"));
        }
        let mut told: Vec<_> = approval.sums.iter().map(|sum| bare(sum)).collect();
        let mut known: Vec<_> = stored
            .sums
            .iter()
            .map(|sum| bare(&sum.to_string()))
            .collect();
        told.sort();
        known.sort();
        if told != known {
            let sums: Vec<_> = stored.sums.iter().map(ToString::to_string).collect();
            return Err(BatchError::Sums {
                id: self.id.clone(),
                sums: sums.join(", "),
            });
        }
        let store = self.journal.store();
        let now = store.dialect().now();
        let mut tx = store.begin().await?;
        let insert = format!(
            "INSERT INTO approvals (batch, person, at) VALUES ($1, $2, {now}) ON CONFLICT (batch, person) DO NOTHING"
        );
        sqlx::query(AssertSqlSafe(insert))
            .bind(&self.id)
            .bind(approval.person.trim())
            .execute(&mut *tx)
            .await?;
        let persons: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM approvals WHERE batch = $1")
            .bind(&self.id)
            .fetch_one(&mut *tx)
            .await?;
        let needed = if needs_second(&stored.sums, &stored.second_above) {
            2
        } else {
            1
        };
        let is_approved = persons >= needed;
        if is_approved {
            let approve = format!(
                "UPDATE batches SET state = 'approved', runs_from = {now} + $2 WHERE id = $1 AND state = 'planned'"
            );
            let window = duration_millis(approval.window);
            sqlx::query(AssertSqlSafe(approve))
                .bind(&self.id)
                .bind(window)
                .execute(&mut *tx)
                .await?;
            let queue = format!(
                "UPDATE refunds SET queued = 1, due_at = {now} + $2, changed_at = {now} \
                 WHERE batch = $1 AND state = 'not_sent'"
            );
            sqlx::query(AssertSqlSafe(queue))
                .bind(&self.id)
                .bind(window)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(is_approved)
    }

    /// Takes back what was not sent yet, and says how many that are.
    ///
    /// # Errors
    /// The journal fails.
    pub async fn cancel(&self) -> Result<u64, BatchError> {
        self.stored().await?;
        let store = self.journal.store();
        let now = store.dialect().now();
        let mut tx = store.begin().await?;
        let withdraw = format!(
            "UPDATE refunds SET state = 'withdrawn', queued = 0, due_at = NULL, fence = fence + 1, changed_at = {now} \
             WHERE batch = $1 AND state = 'not_sent'"
        );
        let withdrawn = sqlx::query(AssertSqlSafe(withdraw))
            .bind(&self.id)
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE batches SET state = 'cancelled' WHERE id = $1")
            .bind(&self.id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(withdrawn.rows_affected())
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

    fn state(&self, state: BatchState, reason: &'static str) -> BatchError {
        BatchError::State {
            id: self.id.clone(),
            state,
            reason,
        }
    }
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
