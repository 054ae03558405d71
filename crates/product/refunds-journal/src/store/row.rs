//! A refund as it is stored.

use std::time::SystemTime;

use refunds::{Action, InDoubt, Money, ProviderName, Reference, RefundStatus, RetryMark};
use rust_decimal::Decimal;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row as _, any::AnyRow};

use crate::{BatchState, Entry, Place, State, StoreError, time::system_time};

/// The columns of a [`Row`], for a query.
pub(crate) struct Columns;

impl Columns {
    pub(crate) const ALL: &'static str = "refunds.id, refunds.provider, refunds.place, refunds.reference, refunds.payment, refunds.action, \
        refunds.digest, refunds.amount, refunds.currency, refunds.state, refunds.before, refunds.queued, \
        refunds.status, refunds.refund_id, refunds.retry_mark, refunds.record, refunds.why, refunds.evidence, \
        refunds.waits_since, refunds.progress, refunds.fence, refunds.leased_until, refunds.clean, \
        refunds.reconciling, refunds.attempts, refunds.tries, refunds.first_sent_at, refunds.due_at, \
        refunds.looks, refunds.batch, refunds.line, refunds.created_at, refunds.changed_at, refunds.beside, \
        (SELECT batches.state FROM batches WHERE batches.id = refunds.batch) AS batch_state, \
        (SELECT batches.runs_from FROM batches WHERE batches.id = refunds.batch) AS batch_runs_from";
}

/// A refund as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) provider: ProviderName,
    pub(crate) place: String,
    pub(crate) reference: Reference,
    pub(crate) payment: String,
    pub(crate) action: Option<Action>,
    pub(crate) digest: String,
    pub(crate) amount: Option<Money>,
    pub(crate) state: State,
    /// The state that was read, whatever is made of it.
    pub(crate) stored: State,
    pub(crate) before: State,
    pub(crate) queued: bool,
    pub(crate) status: Option<RefundStatus>,
    pub(crate) refund_id: Option<String>,
    pub(crate) retry_mark: Option<RetryMark>,
    pub(crate) record: Option<InDoubt>,
    pub(crate) why: Option<String>,
    pub(crate) evidence: Option<String>,
    pub(crate) waits_since: Option<i64>,
    pub(crate) progress: Option<refunds::webhooks::RefundProgress>,
    pub(crate) fence: i64,
    pub(crate) leased_until: i64,
    pub(crate) clean: bool,
    pub(crate) reconciling: bool,
    pub(crate) attempts: i64,
    /// Attempts of what is known now that may have happened; those by which nothing happened do not count.
    pub(crate) tries: i64,
    pub(crate) first_sent_at: Option<i64>,
    pub(crate) due_at: Option<i64>,
    pub(crate) looks: i64,
    pub(crate) batch: Option<String>,
    /// Where the batch stands that it is of.
    pub(crate) batch_state: Option<BatchState>,
    /// From when on the batch may be sent.
    pub(crate) batch_runs_from: Option<i64>,
    pub(crate) line: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) changed_at: i64,
    /// Another refund that was accepted under the reference beside the one that is known.
    pub(crate) beside: Option<String>,
}

/// What is known of a payment.
#[derive(Clone, Debug)]
pub(crate) struct PaymentRow {
    pub(crate) total: Option<Money>,
    /// The database's time.
    pub(crate) now: i64,
}

impl PaymentRow {
    pub(crate) fn read(row: &AnyRow) -> Result<Self, StoreError> {
        Ok(Self {
            total: money(row.try_get("total")?, row.try_get("currency")?)?,
            now: row.try_get("now")?,
        })
    }
}

impl Row {
    pub(crate) fn read(row: &AnyRow) -> Result<Self, StoreError> {
        let flag = |column: &str| row.try_get::<i64, _>(column).map(|value| value != 0);
        let provider: String = row.try_get("provider")?;
        let reference: String = row.try_get("reference")?;
        Ok(Self {
            id: row.try_get("id")?,
            provider: from_word("provider", &provider)?,
            place: row.try_get("place")?,
            reference: Reference::new(reference).map_err(|error| unreadable("reference", error))?,
            payment: row.try_get("payment")?,
            action: from_json("action", row.try_get("action")?)?,
            digest: row.try_get("digest")?,
            amount: money(row.try_get("amount")?, row.try_get("currency")?)?,
            state: from_word("state", &row.try_get::<String, _>("state")?)?,
            stored: from_word("state", &row.try_get::<String, _>("state")?)?,
            before: from_word("before", &row.try_get::<String, _>("before")?)?,
            queued: flag("queued")?,
            status: from_json("status", row.try_get("status")?)?,
            refund_id: row.try_get("refund_id")?,
            retry_mark: from_json("retry_mark", row.try_get("retry_mark")?)?,
            record: from_json("record", row.try_get("record")?)?,
            why: row.try_get("why")?,
            evidence: row.try_get("evidence")?,
            waits_since: row.try_get("waits_since")?,
            progress: from_json("progress", row.try_get("progress")?)?,
            fence: row.try_get("fence")?,
            leased_until: row.try_get("leased_until")?,
            clean: flag("clean")?,
            reconciling: flag("reconciling")?,
            attempts: row.try_get("attempts")?,
            tries: row.try_get("tries")?,
            first_sent_at: row.try_get("first_sent_at")?,
            due_at: row.try_get("due_at")?,
            looks: row.try_get("looks")?,
            batch: row.try_get("batch")?,
            batch_state: row
                .try_get::<Option<String>, _>("batch_state")?
                .map(|state| from_word("batch_state", &state))
                .transpose()?,
            batch_runs_from: row.try_get("batch_runs_from")?,
            line: row.try_get("line")?,
            created_at: row.try_get("created_at")?,
            changed_at: row.try_get("changed_at")?,
            beside: row.try_get("beside")?,
        })
    }

    /// Since when it can have happened: of what was accepted elsewhere that is not known.
    pub(crate) fn earliest(&self) -> SystemTime {
        match self.first_sent_at {
            Some(first) => system_time(first),
            None if self.state.is_accepted() => SystemTime::UNIX_EPOCH,
            None => system_time(self.created_at),
        }
    }

    /// For how long it belongs to whoever holds it.
    pub(crate) fn seconds_left(&self, now: i64) -> Option<u64> {
        let left = u64::try_from(self.leased_until.saturating_sub(now)).ok()?;
        (left > 0).then(|| left.div_ceil(1_000))
    }

    /// Whether workers may send it as far as its batch goes, if it is of one.
    pub(crate) fn may_be_sent_of_its_batch(&self) -> bool {
        self.batch.is_none() || self.batch_state == Some(BatchState::Approved)
    }

    /// Whether it is a line that waits for its batch to be approved.
    pub(crate) fn is_planned(&self) -> bool {
        self.state == State::NotSent
            && matches!(
                self.batch_state,
                Some(BatchState::Planning | BatchState::Planned)
            )
    }

    /// What users are shown of it.
    pub(crate) fn entry(&self) -> Entry {
        Entry {
            provider: self.provider,
            place: Place::stored(self.place.clone()),
            reference: self.reference.clone(),
            payment: payment_name(&self.payment).to_owned(),
            amount: self.amount.clone(),
            state: self.state,
            status: self.status.clone(),
            refund_id: self.refund_id.clone(),
            retry_mark: self.retry_mark.clone(),
            why: self.why.clone(),
            evidence: self.evidence.clone(),
            record: self.record.clone(),
            action: self.action.clone(),
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            first_sent_at: self.first_sent_at.map(system_time),
            waits_since: self.waits_since.map(system_time),
            batch: self.batch.clone(),
            line: self.line.and_then(|line| u64::try_from(line).ok()),
            created_at: system_time(self.created_at),
            changed_at: system_time(self.changed_at),
        }
    }
}

/// The provider's name of a payment: its key has the provider and the place before it.
pub(crate) fn payment_name(payment: &str) -> &str {
    payment.splitn(3, '\n').nth(2).unwrap_or(payment)
}

pub(crate) fn money(
    amount: Option<String>,
    currency: Option<String>,
) -> Result<Option<Money>, StoreError> {
    let (Some(amount), Some(currency)) = (amount, currency) else {
        return Ok(None);
    };
    let amount: Decimal = amount
        .parse()
        .map_err(|error| unreadable("amount", error))?;
    let currency: refunds::Currency = currency
        .parse()
        .map_err(|error| unreadable("currency", error))?;
    Ok(Some(Money::new(amount, currency)))
}

/// A value that is stored as one word.
fn from_word<T: DeserializeOwned>(what: &'static str, word: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|error| unreadable(what, error))
}

fn from_json<T: DeserializeOwned>(
    what: &'static str,
    text: Option<String>,
) -> Result<Option<T>, StoreError> {
    text.map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|error| unreadable(what, error))
}

/// A value as the text that is stored of it.
pub(crate) fn to_json<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| unreadable(what, error))
}

fn unreadable(what: &'static str, reason: impl ToString) -> StoreError {
    StoreError::Unreadable {
        what,
        reason: reason.to_string(),
    }
}
