//! What becomes of the database meanwhile.

use std::{
    io,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use refunds_journal::{Filter, Journal, JournalError, State};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};

use crate::CampaignError;

/// For so long the campaign's own connection may fail.
const OUTAGE: Duration = Duration::from_secs(60);

/// Whether something is still to be sent, or being sent; a database that is being restarted is waited for.
pub(super) async fn is_open(journal: &Journal) -> Result<bool, JournalError> {
    let open = Filter {
        states: vec![State::NotSent, State::Sending],
        limit: Some(1),
        ..Filter::default()
    };
    let entries = patiently(|| journal.list(&open)).await?;
    Ok(!entries.is_empty())
}

/// Does something again for as long as a database takes to start again.
pub(super) async fn patiently<T, F>(mut what: impl FnMut() -> F) -> Result<T, JournalError>
where
    F: Future<Output = Result<T, JournalError>>,
{
    let until = Instant::now() + OUTAGE;
    loop {
        match what().await {
            Ok(done) => return Ok(done),
            Err(error) if Instant::now() > until => return Err(error),
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}

/// Cuts everybody's connections to a PostgreSQL.
pub(super) async fn cut(url: &str) -> Result<(), CampaignError> {
    run(
        url,
        "SELECT CAST(COUNT(pg_terminate_backend(pid)) AS BIGINT) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .await
}

/// Lets the waits of all that is in doubt or pending be over: they double with each look, up to hours.
pub(super) async fn make_due(url: &str) -> Result<(), CampaignError> {
    run(
        url,
        "UPDATE refunds SET due_at = 0, handed_for = -1, looks = 0 WHERE due_at IS NOT NULL AND state <> 'sending'",
    )
    .await
}

/// Sets the database's clock apart from the workers', by ten minutes in one direction or the other.
pub(super) async fn set_clock_apart(url: &str, seed: u64) -> Result<(), CampaignError> {
    let by = if seed.is_multiple_of(2) { "-10" } else { "10" };
    let statements = format!(
        "CREATE SCHEMA skew; \
         CREATE FUNCTION skew.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS \
         $$ SELECT pg_catalog.clock_timestamp() + interval '{by} minutes' $$; \
         DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, skew, pg_catalog', \
         current_database()); END $$"
    );
    run(url, &statements).await
}

async fn run(url: &str, statements: &str) -> Result<(), CampaignError> {
    let mut own = AnyConnection::connect(url)
        .await
        .map_err(CampaignError::Database)?;
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned()))
        .execute(&mut own)
        .await
        .map_err(CampaignError::Database)?;
    own.close().await.map_err(CampaignError::Database)
}

/// Restarts the PostgreSQL, and waits until that is done.
pub(super) fn restart(command: &str) -> Result<(), CampaignError> {
    let ended = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(CampaignError::Process)?;
    match ended.success() {
        true => Ok(()),
        false => Err(CampaignError::Process(io::Error::other(
            "the command that restarts the PostgreSQL failed",
        ))),
    }
}
