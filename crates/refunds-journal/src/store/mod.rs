//! The database of a journal: one code for SQLite and PostgreSQL.

mod row;
#[cfg(feature = "sqlite")]
mod sqlite_file;

use std::time::Duration;

use sqlx::{
    Any, AnyConnection, AnyPool, AssertSqlSafe, Connection as _, Transaction,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::Migrator,
};

pub(crate) use row::{Columns, PaymentRow, Row, money, to_json};

use crate::StoreError;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Connections of this process to a PostgreSQL; a journal of many calls waits for one of them.
const CONNECTIONS: u32 = 16;
/// What was committed has to outlast a loss of power. For half a minute another process may hold it.
#[cfg(feature = "sqlite")]
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; \
    PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA cache_size = -49152;";
/// The same for PostgreSQL, whatever its administrator or a role has set; and a connection that was cut off in
/// mid-transaction does not hold its locks for hours.
#[cfg(feature = "postgres")]
const POSTGRES_SETTINGS: &str = "SELECT set_config('synchronous_commit', 'on', false) \
    WHERE current_setting('synchronous_commit') IN ('off', 'local'); \
    SET default_transaction_isolation = 'read committed'; SET idle_in_transaction_session_timeout = '30s'; SET lock_timeout = '20s';";
/// A connection that was idle for longer is tried before it is used.
const IDLE_FOR: Duration = Duration::from_secs(1);
/// For how long a call waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(60);

/// What differs between the databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// Milliseconds of Unix time by the database's clock: those of machines differ.
    pub(crate) fn now(self) -> &'static str {
        match self {
            Self::Sqlite => "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
            Self::Postgres => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
        }
    }

    /// What keeps two workers from waiting for each other's rows.
    pub(crate) fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }

    /// The rows of the JSON array of arrays that is the first parameter, each as `value`.
    pub(crate) fn rows(self) -> &'static str {
        match self {
            Self::Sqlite => "json_each($1)",
            Self::Postgres => "json_array_elements(CAST($1 AS json)) AS each(value)",
        }
    }

    /// The texts of the JSON array that is the first parameter.
    pub(crate) fn each(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT value FROM json_each($1)",
            Self::Postgres => "SELECT json_array_elements_text(CAST($1 AS json))",
        }
    }

    /// What locks a row that is read to be written.
    pub(crate) fn for_update(self) -> &'static str {
        match self {
            // The whole journal is locked from the beginning of the transaction on.
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE",
        }
    }
}

/// A transaction.
pub(crate) type Tx = Transaction<'static, Any>;

/// The database of a journal.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pool: AnyPool,
    dialect: Dialect,
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
        let store = Self::sqlite_pool("sqlite::memory:").await?;
        store.migrate().await?;
        Ok(store)
    }

    #[cfg(feature = "sqlite")]
    async fn sqlite(url: &str, opening: Opening) -> Result<Self, StoreError> {
        let path = sqlite_file::path(url)?;
        let place = path.display().to_string();
        sqlite_file::check(&path, opening)?;
        let store = Self::sqlite_pool(&sqlite_file::url(&path, "rw")).await?;
        match opening {
            Opening::New => {
                let mark = format!("PRAGMA application_id = {}", sqlite_file::APPLICATION_ID);
                sqlx::query(AssertSqlSafe(mark))
                    .execute(&store.pool)
                    .await?;
            }
            Opening::Existing => {
                let id: i64 = sqlx::query_scalar(
                    "SELECT CAST(application_id AS INTEGER) FROM pragma_application_id",
                )
                .fetch_one(&store.pool)
                .await?;
                if id != i64::from(sqlite_file::APPLICATION_ID) {
                    return Err(StoreError::Unfit {
                        place,
                        reason: "it is a database of something else; name the journal's own file"
                            .to_owned(),
                    });
                }
            }
        }
        store.migrate().await?;
        Ok(store)
    }

    /// One connection, so that writers wait in a row and not for SQLite's lock.
    #[cfg(feature = "sqlite")]
    async fn sqlite_pool(url: &str) -> Result<Self, StoreError> {
        // A pool waits long for a file that does not open, and then does not say why.
        let mut first = AnyConnection::connect(url).await?;
        sqlx::raw_sql(SQLITE_SETTINGS).execute(&mut first).await?;
        first.close().await?;
        let pool = AnyPoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    sqlx::raw_sql(SQLITE_SETTINGS).execute(connection).await?;
                    Ok(())
                })
            })
            .connect(url)
            .await?;
        Ok(Self {
            pool,
            dialect: Dialect::Sqlite,
        })
    }

    #[cfg(feature = "postgres")]
    async fn postgres(url: &str, opening: Opening) -> Result<Self, StoreError> {
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > IDLE_FOR {
                        connection.ping().await?;
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
        let store = Self {
            pool,
            dialect: Dialect::Postgres,
        };
        let found: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_name IN ('refunds', 'payments', 'facts')",
        )
        .fetch_one(&store.pool)
        .await?;
        let place = place(url);
        match (opening, found) {
            (Opening::Existing, 0) => return Err(StoreError::NotInitialised { place }),
            (Opening::New, 1..) => return Err(StoreError::Exists { place }),
            _ => {}
        }
        store.migrate().await?;
        Ok(store)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let migrated = MIGRATIONS.run(&self.pool).await;
        migrated.map_err(|error| StoreError::Migration(Box::new(error)))
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(crate) fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match self.dialect {
            // Otherwise a reader that becomes a writer fails where another has written meanwhile.
            Dialect::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await?,
            Dialect::Postgres => self.pool.begin().await?,
        })
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
