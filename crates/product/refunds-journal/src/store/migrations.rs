//! Brings a database to this version: what is said alike to both, and what each is told in its own words.

use sqlx::{
    AnyConnection,
    migrate::{MigrateError, Migrator},
};

use super::Dialect;
use crate::StoreError;

static BOTH: Migrator = sqlx::migrate!("./migrations/both");
static SQLITE: Migrator = sqlx::migrate!("./migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("./migrations/postgres");

pub(super) async fn run(
    dialect: Dialect,
    connection: &mut AnyConnection,
) -> Result<(), StoreError> {
    let own = match dialect {
        Dialect::Sqlite => &SQLITE,
        Dialect::Postgres => &POSTGRES,
    };
    let all = BOTH.iter().chain(own.iter()).cloned().collect();
    let migrated = Migrator::with_migrations(all).run(connection).await;
    migrated.map_err(|error| match error {
        // What keeps it from being written, such as its disk or who holds it.
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => StoreError::Migration(Box::new(other)),
    })
}
