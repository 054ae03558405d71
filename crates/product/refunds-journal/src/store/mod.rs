//! The database of a journal: one code for SQLite and PostgreSQL.

mod dialect;
mod fact;
mod gather;
#[cfg(feature = "sqlite")]
mod group;
mod migrations;
mod row;
#[cfg(feature = "sqlite")]
mod sqlite_file;
mod tx;

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::{
    Any, AnyPool, Connection as _,
    any::{AnyArguments, AnyPoolOptions, AnyRow, install_default_drivers},
    query::Query,
};

use tokio::{runtime::Handle, task::JoinSet};

pub(crate) use dialect::{Column, Dialect};
pub(crate) use fact::{fact, fact_from};
pub(crate) use gather::{Asked, Gather};
pub(crate) use row::{Columns, PaymentRow, Row, money, payment_name, to_json};
pub(crate) use tx::{Reader, Tx};

use crate::StoreError;
#[cfg(feature = "sqlite")]
use group::Group;
#[cfg(feature = "sqlite")]
use sqlx::AnyConnection;

/// Connections of this process to a PostgreSQL; a journal of many calls waits for one of them.
#[cfg(feature = "postgres")]
const CONNECTIONS: u32 = 16;
/// What was committed has to outlast a loss of power. For half a minute another process may hold it.
#[cfg(feature = "sqlite")]
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; \
    PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA cache_size = -49152;";
/// The same for PostgreSQL, whatever its administrator or a role has set; and a connection that was cut off in
/// mid-transaction does not hold its locks for hours. Each statement has one plan, by indexes: of a table
/// that has just been filled there are no statistics, and planning takes longer than the statement.
#[cfg(feature = "postgres")]
const POSTGRES_SETTINGS: &str = "SELECT set_config('synchronous_commit', 'on', false) \
    WHERE current_setting('synchronous_commit') IN ('off', 'local'); \
    SET default_transaction_isolation = 'read committed'; SET idle_in_transaction_session_timeout = '30s'; SET lock_timeout = '20s'; \
    SET enable_bitmapscan = off; SET enable_seqscan = off; SET enable_sort = off; SET jit = off; \
    SET plan_cache_mode = force_generic_plan;";
/// A connection that was idle for longer is tried before it is used.
#[cfg(feature = "postgres")]
const IDLE_FOR: Duration = Duration::from_secs(1);
/// Connections of this process that read a SQLite.
#[cfg(feature = "sqlite")]
const READERS: u32 = 4;
/// For how long a call waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(60);

/// A database that is silent for so long is taken for unreachable, as over a connection of which nobody has told that it
/// is cut off: the system would wait for a quarter of an hour.
#[cfg(feature = "postgres")]
const SILENCE: Duration = Duration::from_secs(30);
/// The same for a connection that is only tried.
#[cfg(feature = "postgres")]
const SILENT_PING: Duration = Duration::from_secs(5);

#[cfg(feature = "postgres")]
fn silent() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}

/// The database of a journal.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    backend: Backend,
    /// What calls that were dropped still have to say.
    last_words: Arc<Mutex<JoinSet<()>>>,
}

#[derive(Clone, Debug)]
enum Backend {
    /// One writer; and readers beside it, but for a journal in memory, which has one connection.
    #[cfg(feature = "sqlite")]
    Sqlite {
        writer: Group,
        readers: Option<AnyPool>,
    },
    #[cfg(feature = "postgres")]
    Postgres(AnyPool),
}

/// Whether a journal is to be made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    Existing,
    New,
}

impl Store {
    pub(crate) async fn open(url: &str, opening: Opening) -> Result<Self, StoreError> {
        install_default_drivers();
        let scheme = url.split(':').next().unwrap_or_default();
        match scheme {
            #[cfg(feature = "sqlite")]
            "sqlite" => Self::sqlite(url, opening).await,
            #[cfg(feature = "postgres")]
            "postgres" | "postgresql" => Self::postgres(url, opening).await,
            #[allow(unreachable_patterns, reason = "each is left out with its feature")]
            "sqlite" | "postgres" | "postgresql" => Err(StoreError::Url {
                reason: format!("is of {scheme}, which this build leaves out"),
            }),
            _ => Err(StoreError::Url {
                reason: "names no database that a journal can be in".to_owned(),
            }),
        }
    }

    /// A journal that ends with the process.
    #[cfg(feature = "sqlite")]
    pub(crate) async fn in_memory() -> Result<Self, StoreError> {
        install_default_drivers();
        let mut writer = AnyConnection::connect("sqlite::memory:").await?;
        sqlx::raw_sql(SQLITE_SETTINGS).execute(&mut writer).await?;
        migrations::run(Dialect::Sqlite, &mut writer).await?;
        Ok(Self::of_sqlite(writer, None))
    }

    #[cfg(feature = "sqlite")]
    async fn sqlite(url: &str, opening: Opening) -> Result<Self, StoreError> {
        let path = sqlite_file::path(url)?;
        sqlite_file::check(&path, opening)?;
        let url = sqlite_file::url(&path, "rw");
        let opened = async {
            let mut writer = AnyConnection::connect(&url).await?;
            if opening == Opening::Existing {
                // Before anything is written, if only a setting.
                sqlite_file::check_mark(&mut writer, &path).await?;
            }
            sqlx::raw_sql(SQLITE_SETTINGS).execute(&mut writer).await?;
            migrations::run(Dialect::Sqlite, &mut writer).await?;
            if opening == Opening::New {
                // Last, since with it others can open it.
                sqlite_file::mark(&mut writer).await?;
            }
            Ok::<_, StoreError>(writer)
        };
        let opened = opened.await;
        if opened.is_err() && opening == Opening::New {
            // No journal yet, which nobody else can have opened.
            sqlite_file::unmake(&path);
        }
        let writer = opened?;
        let readers = AnyPoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    let settings = "PRAGMA busy_timeout = 30000; PRAGMA query_only = ON";
                    sqlx::raw_sql(settings).execute(connection).await?;
                    Ok(())
                })
            })
            .connect_lazy(&url)?;
        Ok(Self::of_sqlite(writer, Some(readers)))
    }

    #[cfg(feature = "sqlite")]
    fn of_sqlite(writer: AnyConnection, readers: Option<AnyPool>) -> Self {
        let writer = Group::new(writer, ACQUIRE_TIMEOUT);
        Self {
            backend: Backend::Sqlite { writer, readers },
            last_words: Arc::default(),
        }
    }

    #[cfg(feature = "postgres")]
    async fn postgres(url: &str, opening: Opening) -> Result<Self, StoreError> {
        // A pool waits, and forgets why it could not connect.
        let first = tokio::time::timeout(SILENCE, AnyConnection::connect(url)).await;
        first.map_err(|_| silent())??.close().await?;
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > IDLE_FOR {
                        let ping = tokio::time::timeout(SILENT_PING, connection.ping());
                        ping.await.map_err(|_| silent())??;
                    }
                    Ok(true)
                })
            })
            .after_connect(|connection, _| {
                Box::pin(async move {
                    sqlx::raw_sql(POSTGRES_SETTINGS).execute(connection).await?;
                    Ok(())
                })
            })
            .connect(url)
            .await?;
        let found: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_name IN ('refunds', 'payments', 'facts')",
        )
        .fetch_one(&pool)
        .await?;
        let place = place(url);
        match (opening, found) {
            (Opening::Existing, 0) => return Err(StoreError::NotInitialised { place }),
            (Opening::New, 1..) => return Err(StoreError::Exists { place }),
            _ => {}
        }
        let mut connection = pool.acquire().await?;
        migrations::run(Dialect::Postgres, &mut connection).await?;
        drop(connection);
        Ok(Self {
            backend: Backend::Postgres(pool),
            last_words: Arc::default(),
        })
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match &self.backend {
            #[cfg(feature = "sqlite")]
            Backend::Sqlite { .. } => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Backend::Postgres(_) => Dialect::Postgres,
        }
    }

    /// What is asked of the database, unless it is silent. Whatever it may still do of it finds another fence.
    pub(crate) async fn in_time<T, E: From<StoreError>>(
        &self,
        asked: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        match &self.backend {
            // A file on this machine is not silent: whoever holds it too long is told of.
            #[cfg(feature = "sqlite")]
            Backend::Sqlite { .. } => asked.await,
            #[cfg(feature = "postgres")]
            Backend::Postgres(_) => match tokio::time::timeout(SILENCE, asked).await {
                Ok(answer) => answer,
                Err(_) => Err(StoreError::from(silent()).into()),
            },
        }
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match &self.backend {
            #[cfg(feature = "sqlite")]
            Backend::Sqlite { writer, .. } => Tx::Member(writer.begin().await?),
            #[cfg(feature = "postgres")]
            Backend::Postgres(pool) => {
                // By itself: sqlx 0.9 forgets a transaction whose beginning is dropped in the middle (its #4385), and
                // whoever has the connection next would write into it.
                let pool = pool.clone();
                let begun = tokio::spawn(async move { pool.begin().await });
                Tx::Alone(begun.await.map_err(|_| sqlx::Error::WorkerCrashed)??)
            }
        })
    }

    /// A connection that reads what is committed.
    pub(crate) async fn reader(&self) -> Result<Reader, StoreError> {
        Ok(match &self.backend {
            #[cfg(feature = "sqlite")]
            Backend::Sqlite {
                readers: Some(pool),
                ..
            } => Reader::Pooled(pool.acquire().await?),
            #[cfg(feature = "sqlite")]
            Backend::Sqlite {
                writer,
                readers: None,
            } => Reader::Writer(writer.read().await?),
            #[cfg(feature = "postgres")]
            Backend::Postgres(pool) => Reader::Pooled(pool.acquire().await?),
        })
    }

    /// The rows of a statement that reads what is committed.
    pub(crate) async fn read<'q>(
        &self,
        query: Query<'q, Any, AnyArguments>,
    ) -> Result<Vec<AnyRow>, StoreError> {
        self.in_time(async {
            let mut reader = self.reader().await?;
            Ok(query.fetch_all(&mut *reader).await?)
        })
        .await
    }

    /// Runs a statement that writes by itself, and says how many rows it has touched.
    pub(crate) async fn write<'q>(
        &self,
        query: Query<'q, Any, AnyArguments>,
    ) -> Result<u64, StoreError> {
        match &self.backend {
            #[cfg(feature = "sqlite")]
            Backend::Sqlite { writer, .. } => {
                let mut member = writer.begin().await?;
                let written = query.execute(&mut *member).await?;
                member.commit().await?;
                Ok(written.rows_affected())
            }
            #[cfg(feature = "postgres")]
            Backend::Postgres(pool) => {
                let written = async { Ok::<_, StoreError>(query.execute(pool).await?) };
                Ok(self.in_time(written).await?.rows_affected())
            }
        }
    }

    /// The same for a statement that gives rows back.
    pub(crate) async fn write_rows<'q>(
        &self,
        query: Query<'q, Any, AnyArguments>,
    ) -> Result<Vec<AnyRow>, StoreError> {
        match &self.backend {
            #[cfg(feature = "sqlite")]
            Backend::Sqlite { writer, .. } => {
                let mut member = writer.begin().await?;
                let rows = query.fetch_all(&mut *member).await?;
                member.commit().await?;
                Ok(rows)
            }
            #[cfg(feature = "postgres")]
            Backend::Postgres(pool) => {
                self.in_time(async { Ok(query.fetch_all(pool).await?) })
                    .await
            }
        }
    }

    /// Does what a call that is dropped cannot wait for, where there is a runtime.
    pub(crate) fn say_later(&self, words: impl Future<Output = ()> + Send + 'static) {
        if let Ok(runtime) = Handle::try_current() {
            let mut last_words = self.last_words();
            while last_words.try_join_next().is_some() {}
            last_words.spawn_on(words, &runtime);
        }
    }

    fn last_words(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.last_words
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes it, for all its clones, once all is said.
    pub(crate) async fn close(&self) {
        let mut last_words = std::mem::take(&mut *self.last_words());
        while last_words.join_next().await.is_some() {}
        match &self.backend {
            #[cfg(feature = "sqlite")]
            Backend::Sqlite { writer, readers } => {
                if let Some(readers) = readers {
                    readers.close().await;
                }
                // The last connection brings the file up to date.
                writer.close().await;
            }
            #[cfg(feature = "postgres")]
            Backend::Postgres(pool) => pool.close().await,
        }
    }
}

/// Where a database is, without what logs in to it.
#[cfg(feature = "postgres")]
fn place(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(url) => format!(
            "{}://{}{}",
            url.scheme(),
            url.host_str().unwrap_or_default(),
            url.path()
        ),
        Err(_) => "the database".to_owned(),
    }
}
