//! A journal of an earlier version.

use std::{fs::OpenOptions, os::unix::fs::OpenOptionsExt as _};

use refunds_journal::JournalError;
use sqlx::{AnyConnection, Connection as _, migrate::Migrator};

use crate::support::{World, on_each, part, reference, second};

#[test]
fn a_journal_of_an_earlier_version_is_brought_to_this_one_with_what_it_knows() {
    static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/both");

    on_each(|database| async move {
        sqlx::any::install_default_drivers();
        let world = World::new();
        if let Some(path) = database.url.strip_prefix("sqlite:") {
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)
                .unwrap();
            database.change("PRAGMA application_id = 1380339268").await;
        }
        // As it was before facts were appended by triggers.
        let first = MIGRATIONS.iter().take(2).cloned().collect();
        let mut connection = AnyConnection::connect(&database.url).await.unwrap();
        Migrator::with_migrations(first)
            .run(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        let id = "tazapay\nsandbox\nchk_1";
        database
            .change(&format!(
                "INSERT INTO payments (id, provider, place, name, total, currency, turn) \
                 VALUES ('{id}', 'tazapay', 'sandbox', 'chk_1', '100', 'USD', 0); \
                 INSERT INTO refunds (id, provider, place, reference, payment, digest, amount, currency, state, \
                 before, queued, fence, leased_until, clean, reconciling, attempts, looks, facts, created_at, \
                 changed_at) VALUES ('old', 'tazapay', 'sandbox', 'old', '{id}', 'd', '60', 'USD', 'succeeded', \
                 'not_sent', 0, 1, 0, 0, 0, 1, 0, 1, 1, 1); \
                 INSERT INTO facts (refund, number, at, source, what) VALUES ('old', 1, 1, 'call', 'succeeded')"
            ))
            .await;
        let refunds = second(&database, world.tazapay()).await;
        let beyond = refunds.create(&reference("r-1"), part("60 USD")).await;
        assert!(
            matches!(beyond, Err(JournalError::Beyond { .. })),
            "{beyond:?}"
        );
        let _ = refunds
            .create(&reference("r-2"), part("40 USD"))
            .await
            .unwrap();
        assert_eq!(database.number("SELECT COUNT(*) FROM facts").await, 3);
    });
}
