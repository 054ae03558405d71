//! What is remembered of refunds.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use refunds::{ProviderName, Reference, Refunds};
use sqlx::{AssertSqlSafe, Row as _};

use crate::{
    Entry, Fact, JournalError, JournaledRefunds, Place, Settings, Source, State, StoreError,
    identity::refund_id,
    store::{Columns, Opening, Row, Store, fact},
    time::{millis, system_time},
};

/// A journal of refunds. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Journal {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    settings: Settings,
    /// The providers whose doubts metrics were told of.
    told_doubts: Arc<Mutex<BTreeSet<String>>>,
}

/// A place in a list of refunds, behind one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    changed_at: SystemTime,
    id: String,
}

impl Cursor {
    /// The place behind a refund that was listed.
    pub fn behind(entry: &Entry) -> Self {
        Self {
            changed_at: entry.changed_at,
            id: refund_id(entry.provider, &entry.place, &entry.reference),
        }
    }
}

/// Which refunds to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those in one of these states; any without.
    pub states: Vec<State>,
    /// Those of this provider.
    pub provider: Option<ProviderName>,
    /// Those of this batch.
    pub batch: Option<String>,
    /// Those of which something was learnt since.
    pub since: Option<SystemTime>,
    /// Those after this one, in the order of the list: for the next page. What changes meanwhile goes to the front.
    pub after: Option<Cursor>,
    /// How many at most; 100 without.
    pub limit: Option<u32>,
}

/// What waits for a person or an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiting {
    /// How many refunds.
    pub count: u64,
    /// Since when the one does that has waited longest.
    pub since: Option<SystemTime>,
}

impl Journal {
    /// Opens a journal: `sqlite:FILE`, or `postgres://…` in a build with that feature. It has to be there:
    /// [`init`](Self::init) makes one. An older one is brought to this version.
    ///
    /// # Errors
    /// There is none, it is not fit, or it cannot be read.
    pub async fn open(url: &str) -> Result<Self, JournalError> {
        Self::opened(Store::open(url, Opening::Existing).await?)
    }

    /// Makes a journal. Make it once: refunds that another journal knows of would be sent again by this one.
    ///
    /// # Errors
    /// There is one already, or it cannot be made.
    pub async fn init(url: &str) -> Result<Self, JournalError> {
        Self::opened(Store::open(url, Opening::New).await?)
    }

    /// A journal that ends with the process, for tests and demonstrations.
    ///
    /// # Errors
    /// It cannot be made.
    #[cfg(feature = "sqlite")]
    pub async fn in_memory() -> Result<Self, JournalError> {
        Self::opened(Store::in_memory().await?)
    }

    fn opened(store: Store) -> Result<Self, JournalError> {
        let settings = Settings::default();
        let inner = Arc::new(Inner {
            store,
            settings,
            told_doubts: Arc::default(),
        });
        Ok(Self { inner })
    }

    /// Closes it: no clone of it works any more, and the file of SQLite is whole by itself.
    pub async fn close(&self) {
        self.store().close().await;
    }

    /// The same journal with other times.
    ///
    /// # Errors
    /// They do not fit each other.
    pub fn with_settings(&self, settings: Settings) -> Result<Self, JournalError> {
        settings.check()?;
        let inner = Arc::new(Inner {
            store: self.inner.store.clone(),
            settings,
            told_doubts: Arc::clone(&self.inner.told_doubts),
        });
        Ok(Self { inner })
    }

    /// A client whose refunds are remembered here. The place tells refunds of one address from those of another: it
    /// has to be where the client sends them.
    pub fn client(&self, refunds: impl Into<Refunds>, place: Place) -> JournaledRefunds {
        JournaledRefunds::new(self.clone(), refunds.into(), place)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn settings(&self) -> Settings {
        self.inner.settings
    }

    pub(crate) async fn row(&self, id: &str) -> Result<Option<Row>, StoreError> {
        let select = format!("SELECT {} FROM refunds WHERE id = $1", Columns::ALL);
        let query = sqlx::query(AssertSqlSafe(select)).bind(id);
        let found = self.store().read(query).await?.into_iter().next();
        found.map(|row| Row::read(&row)).transpose()
    }

    /// A refund.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn find(
        &self,
        provider: ProviderName,
        place: &Place,
        reference: &Reference,
    ) -> Result<Option<Entry>, JournalError> {
        let row = self.row(&refund_id(provider, place, reference)).await?;
        Ok(row.map(|row| row.entry()))
    }

    /// Refunds, those first of which something was learnt last.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<Entry>, JournalError> {
        let words: Vec<_> = filter
            .states
            .iter()
            .map(|state| format!("'{state}'"))
            .collect();
        let mut conditions = vec!["changed_at >= $1 AND (changed_at, id) < ($3, $4)".to_owned()];
        if !words.is_empty() {
            conditions.push(format!("state IN ({})", words.join(", ")));
        }
        if let Some(provider) = filter.provider {
            conditions.push(format!("provider = '{provider}'"));
        }
        if filter.batch.is_some() {
            conditions.push("batch = $2".to_owned());
        } else {
            conditions.push("COALESCE($2, '') = ''".to_owned());
        }
        let select = format!(
            "SELECT {} FROM refunds WHERE {} ORDER BY changed_at DESC, id DESC LIMIT {}",
            Columns::ALL,
            conditions.join(" AND "),
            filter.limit.unwrap_or(100)
        );
        let (before, after_id) = match &filter.after {
            Some(cursor) => (millis(cursor.changed_at), cursor.id.clone()),
            None => (i64::MAX, String::new()),
        };
        let query = sqlx::query(AssertSqlSafe(select))
            .bind(filter.since.map_or(0, millis))
            .bind(&filter.batch)
            .bind(before)
            .bind(after_id);
        let rows = self.store().read(query).await?;
        let rows: Result<Vec<_>, StoreError> = rows.iter().map(Row::read).collect();
        Ok(rows?.iter().map(Row::entry).collect())
    }

    /// All that was learnt of a refund, in the order in which it was.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn history(
        &self,
        provider: ProviderName,
        place: &Place,
        reference: &Reference,
    ) -> Result<Vec<Fact>, JournalError> {
        let query = sqlx::query(
            "SELECT at, source, what, detail FROM facts WHERE refund = $1 ORDER BY number",
        )
        .bind(refund_id(provider, place, reference));
        let rows = self.store().read(query).await?;
        let facts: Result<Vec<_>, sqlx::Error> = rows
            .iter()
            .map(|row| {
                Ok(Fact {
                    at: system_time(row.try_get("at")?),
                    source: row.try_get("source")?,
                    what: row.try_get("what")?,
                    detail: row.try_get("detail")?,
                })
            })
            .collect();
        Ok(facts.map_err(StoreError::from)?)
    }

    /// How many refunds wait for a person or an event, and since when.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn waiting(&self) -> Result<Waiting, JournalError> {
        let query = sqlx::query(
            "SELECT COUNT(*) AS waiting, MIN(waits_since) AS since FROM refunds WHERE waits_since IS NOT NULL",
        );
        let rows = self.store().read(query).await?;
        let Some(row) = rows.first() else {
            return Ok(Waiting::default());
        };
        let count: i64 = row.try_get("waiting").map_err(StoreError::from)?;
        let since: Option<i64> = row.try_get("since").map_err(StoreError::from)?;
        Ok(Waiting {
            count: u64::try_from(count).unwrap_or(0),
            since: since.map(system_time),
        })
    }

    /// Tells logs and metrics what waits.
    pub(crate) async fn tell_waiting(&self) -> Result<(), JournalError> {
        let waiting = self.waiting().await?;
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        metrics::gauge!("refunds_journal_waiting").set(waiting.count as f64);
        let seconds = waiting
            .since
            .and_then(|since| SystemTime::now().duration_since(since).ok())
            .unwrap_or_default();
        metrics::gauge!("refunds_journal_waiting_seconds").set(seconds.as_secs_f64());
        self.tell_doubts().await?;
        if waiting.count > 0 {
            tracing::warn!(
                refunds.waiting = waiting.count,
                refunds.waiting_seconds = seconds.as_secs(),
                "refunds wait for a person or an event"
            );
        }
        Ok(())
    }

    /// Tells metrics how many refunds are in doubt at each provider; one that has none any more is told as well.
    async fn tell_doubts(&self) -> Result<(), JournalError> {
        let query = sqlx::query(
            "SELECT provider, COUNT(*) AS doubts FROM refunds WHERE record IS NOT NULL AND state = 'in_doubt' \
             GROUP BY provider",
        );
        let rows = self.store().read(query).await?;
        let now: Result<BTreeMap<String, i64>, sqlx::Error> = rows
            .iter()
            .map(|row| Ok((row.try_get("provider")?, row.try_get("doubts")?)))
            .collect();
        let now = now.map_err(StoreError::from)?;
        let mut told = self
            .inner
            .told_doubts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        told.extend(now.keys().cloned());
        for provider in told.iter() {
            #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
            let count = now.get(provider).copied().unwrap_or(0) as f64;
            metrics::gauge!("refunds_journal_in_doubt", "refunds.provider" => provider.clone())
                .set(count);
        }
        Ok(())
    }

    /// Forgets the request of a refund, personal data included. What proves the payment stays: amounts, ids, states
    /// and the history.
    ///
    /// # Errors
    /// It is not known, or not at an end: it could not be reconciled any more.
    pub async fn forget(
        &self,
        provider: ProviderName,
        place: &Place,
        reference: &Reference,
    ) -> Result<(), JournalError> {
        let id = refund_id(provider, place, reference);
        let Some(row) = self.row(&id).await? else {
            return Err(JournalError::NotKnown {
                provider,
                reference: reference.clone(),
                place: place.to_string(),
            });
        };
        if !row.state.is_final() {
            return Err(JournalError::Busy {
                provider,
                reference: reference.clone(),
                seconds: None,
            });
        }
        let forgotten = self
            .forget_where("id = $1 AND fence = $2", |query| {
                query.bind(&id).bind(row.fence)
            })
            .await?;
        // Something was learnt of it meanwhile.
        if forgotten == 0 {
            return Err(JournalError::Busy {
                provider,
                reference: reference.clone(),
                seconds: None,
            });
        }
        Ok(())
    }

    /// Forgets the requests of all refunds that came to an end before a time; see [`forget`](Self::forget).
    ///
    /// # Errors
    /// The journal cannot be written.
    pub async fn forget_before(&self, time: SystemTime) -> Result<u64, JournalError> {
        let ends = "state IN ('succeeded', 'failed', 'rejected', 'withdrawn') AND changed_at < $1 AND action IS NOT NULL";
        self.forget_where(ends, |query| query.bind(millis(time)))
            .await
    }

    async fn forget_where<'q>(
        &self,
        condition: &str,
        bind: impl FnOnce(
            sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>,
        ) -> sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>,
    ) -> Result<u64, JournalError> {
        let update = format!(
            "UPDATE refunds SET action = NULL, record = NULL, why = NULL, progress = NULL, changed_at = {}, {} \
             WHERE {condition}",
            self.store().dialect().now(),
            fact(Source::Person, "'forgotten'", "NULL")
        );
        let query = bind(sqlx::query(AssertSqlSafe(update)));
        Ok(self.store().write(query).await?)
    }
}
