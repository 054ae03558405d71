//! The file of a journal: never made unasked, and its owner's alone.

use refunds_journal::{Journal, JournalError, StoreError};
use tempfile::TempDir;

use crate::support::{World, on_each, part, place, reference};

fn run<T>(future: impl std::future::Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

fn url(directory: &TempDir, name: &str) -> String {
    format!("sqlite:{}", directory.path().join(name).display())
}

fn refused(url: &str) -> StoreError {
    match run(Journal::open(url)).unwrap_err() {
        JournalError::Store(error) => error,
        other => panic!("{other}"),
    }
}

#[test]
fn a_journal_is_made_only_when_that_is_asked_for_and_once() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["refunds.db", "a ?#%25 b.db", "not/there/refunds.db"] {
        let url = format!("sqlite:{}", directory.path().join(name).display());
        if name.contains('?') {
            assert!(matches!(refused(&url), StoreError::Url { .. }));
            continue;
        }
        assert!(
            matches!(refused(&url), StoreError::NotInitialised { .. }),
            "{name}"
        );
        assert!(!directory.path().join(name).exists(), "{name} was made");
    }
    let url = url(&directory, "refunds.db");
    run(Journal::init(&url)).unwrap();
    run(Journal::open(&url)).unwrap();
    let again = run(Journal::init(&url)).unwrap_err();
    assert!(
        matches!(again, JournalError::Store(StoreError::Exists { .. })),
        "{again}"
    );
    for other in [
        "mysql://localhost/x",
        "refunds.db",
        "sqlite::memory:",
        "sqlite:",
    ] {
        assert!(matches!(refused(other), StoreError::Url { .. }), "{other}");
    }
}

#[test]
fn another_database_a_damaged_one_and_other_files_are_refused_and_left_as_they_were() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("other.db");
    private(
        &path,
        b"no database at all, but a text that is somebody else's",
    );
    assert!(matches!(
        refused(&url(&directory, "other.db")),
        StoreError::Unfit { .. }
    ));
    assert!(std::fs::read(&path).unwrap().starts_with(b"no database"));
    private(&directory.path().join("foreign.db"), b"");
    let foreign = refused(&url(&directory, "foreign.db"));
    assert!(matches!(foreign, StoreError::Unfit { .. }), "{foreign}");
    let own = url(&directory, "refunds.db");
    run(async { Journal::init(&own).await.unwrap().close().await });
    let path = directory.path().join("refunds.db");
    let mut bytes = std::fs::read(&path).unwrap();
    assert!(bytes.len() > 8_192);
    // All but the page that says what there is.
    for byte in bytes.iter_mut().skip(4_096) {
        *byte = 0xff;
    }
    std::fs::write(&path, &bytes).unwrap();
    let world = World::new();
    let sent = run(async {
        let journal = Journal::open(&own).await?;
        let refunds = journal.client(world.tazapay(), place());
        refunds.create(&reference("r-1"), part("1 USD")).await
    });
    let text = sent.unwrap_err().to_string();
    assert!(text.contains("damaged"), "{text}");
    assert_eq!(world.sandbox.requests().len(), 0);
}

#[test]
fn a_journal_that_could_not_be_made_leaves_nothing_that_keeps_it_from_being_made() {
    let directory = tempfile::tempdir().unwrap();
    let url = url(&directory, "refunds.db");
    // Where its log would be, nothing can be written.
    let log = directory.path().join("refunds.db-wal");
    std::fs::create_dir(&log).unwrap();
    let unmade = run(Journal::init(&url)).unwrap_err();
    assert!(matches!(unmade, JournalError::Store(_)), "{unmade}");
    assert!(matches!(refused(&url), StoreError::NotInitialised { .. }));
    std::fs::remove_dir(&log).unwrap();
    run(Journal::init(&url)).unwrap();
    run(Journal::open(&url)).unwrap();
}

#[cfg(unix)]
#[test]
fn links_pipes_and_files_that_others_can_read_are_refused_and_nobody_else_can_read_a_new_one() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("refunds.db");
    run(Journal::init(&url(&directory, "refunds.db"))).unwrap();
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    symlink(&path, directory.path().join("link.db")).unwrap();
    let link = refused(&url(&directory, "link.db"));
    assert!(link.to_string().contains("link"), "{link}");
    let pipe = directory.path().join("pipe.db");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    private_mode(&pipe, 0o600);
    assert!(
        refused(&url(&directory, "pipe.db"))
            .to_string()
            .contains("no regular file")
    );
    private_mode(&path, 0o640);
    let shared = refused(&url(&directory, "refunds.db"));
    assert!(shared.to_string().contains("chmod 600"), "{shared}");
    private_mode(&path, 0o600);
    // Only root can give a file away.
    if std::os::unix::fs::chown(&path, Some(12_345), None).is_ok() {
        let foreign = refused(&url(&directory, "refunds.db"));
        assert!(foreign.to_string().contains("another user"), "{foreign}");
    }
}

#[test]
fn a_journal_that_another_process_holds_sends_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let world = World::new();
    let url = url(&directory, "refunds.db");
    run(async {
        let refunds = Journal::init(&url)
            .await
            .unwrap()
            .client(world.tazapay(), place());
        // Read-only from now on, as a disk that failed is mounted again.
        let own = reference("r-1");
        let outcome = read_only(&url, || refunds.create(&own, part("1 USD"))).await;
        let Err(error @ JournalError::Store(_)) = outcome else {
            panic!("sent: {outcome:?}");
        };
        assert!(error.to_string().contains("nothing is sent"), "{error}");
    });
    assert_eq!(world.sandbox.requests().len(), 0);
}

#[test]
fn a_postgres_to_which_there_is_no_tls_is_not_reached_without_where_it_is_asked_for() {
    on_each(|database| async move {
        if !database.is_postgres() {
            return;
        }
        let url = format!("{}?sslmode=require", database.url);
        let Err(error) = Journal::init(&url).await else {
            panic!("it was opened");
        };
        assert!(error.to_string().contains("TLS"), "{error}");
        assert!(Journal::init(&database.url).await.is_ok());
    });
}

#[test]
fn a_file_of_somebody_elses_is_refused_and_not_even_its_settings_are_changed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("empty.db");
    private(&path, b"");
    let empty = refused(&url(&directory, "empty.db"));
    assert!(matches!(empty, StoreError::Unfit { .. }), "{empty}");
    assert_eq!(std::fs::read(&path).unwrap(), b"");
    let other = directory.path().join("other.db");
    private(&other, b"");
    run(async {
        use sqlx::Connection as _;

        sqlx::any::install_default_drivers();
        let own = sqlx::AnyConnection::connect(&format!("sqlite://{}", other.display()));
        let own = &mut own.await.unwrap();
        let table = "CREATE TABLE own (id TEXT)";
        sqlx::query(table).execute(own).await.unwrap();
    });
    let before = std::fs::read(&other).unwrap();
    let foreign = refused(&url(&directory, "other.db"));
    assert!(matches!(foreign, StoreError::Unfit { .. }), "{foreign}");
    assert_eq!(std::fs::read(&other).unwrap(), before);
}

/// While somebody else has the journal in a transaction of theirs.
async fn read_only<F: std::future::Future>(url: &str, call: impl FnOnce() -> F) -> F::Output {
    use sqlx::Connection as _;

    let mut other = sqlx::AnyConnection::connect(url).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let output = call().await;
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    output
}

fn private(path: &std::path::Path, content: &[u8]) {
    std::fs::write(path, content).unwrap();
    private_mode(path, 0o600);
}

#[cfg(unix)]
fn private_mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;

    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn private_mode(_path: &std::path::Path, _mode: u32) {}
