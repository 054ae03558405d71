//! The file of a journal in SQLite: its owner's alone, and made only when that is asked for.

use std::{
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use sqlx::{AnyConnection, AssertSqlSafe};

use super::Opening;
use crate::StoreError;

/// "RFND", by which the file is known as a journal of refunds.
const APPLICATION_ID: i32 = 0x5246_4e44;

/// The file that a URL such as `sqlite:refunds.db` or `sqlite:///var/lib/refunds.db` names.
pub(super) fn path(url: &str) -> Result<PathBuf, StoreError> {
    let rest = url.strip_prefix("sqlite:").unwrap_or(url);
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    if rest.is_empty() || rest.contains(":memory:") {
        return Err(StoreError::Url {
            reason: "names no file".to_owned(),
        });
    }
    if rest.contains(['?', '#']) {
        return Err(StoreError::Url {
            reason: "has settings of its own, and a journal's are fixed".to_owned(),
        });
    }
    Ok(PathBuf::from(rest))
}

/// The URL by which the file is opened, and never made.
pub(super) fn url(path: &Path, mode: &str) -> String {
    let mut written = String::from("sqlite://");
    for character in path.to_string_lossy().chars() {
        match character {
            '%' => written.push_str("%25"),
            '?' => written.push_str("%3f"),
            '#' => written.push_str("%23"),
            other => written.push(other),
        }
    }
    format!("{written}?mode={mode}")
}

/// Makes the file, or sees that it is there and fit: a regular file, no link, that nobody else can read or write.
pub(super) fn check(path: &Path, opening: Opening) -> Result<(), StoreError> {
    let place = path.display().to_string();
    let unfit = |reason: &str| StoreError::Unfit {
        place: place.clone(),
        reason: reason.to_owned(),
    };
    match (fs::symlink_metadata(path), opening) {
        (Ok(_), Opening::New) => return Err(StoreError::Exists { place }),
        (Err(error), Opening::New) if error.kind() == io::ErrorKind::NotFound => {
            let made = make(path);
            return made.map_err(|error| unfit(&format!("it cannot be made: {error}")));
        }
        (Err(error), Opening::Existing) if error.kind() == io::ErrorKind::NotFound => {
            return Err(StoreError::NotInitialised { place });
        }
        (Err(error), _) => return Err(unfit(&error.to_string())),
        (Ok(found), Opening::Existing) => {
            // A link may lead to another journal tomorrow, and a pipe is waited for without end.
            if found.file_type().is_symlink() {
                return Err(unfit("it is a link; name the file itself"));
            }
            if !found.is_file() {
                return Err(unfit("it is no regular file"));
            }
            check_owner(&found).map_err(unfit)?;
        }
    }
    let mut head = [0; 16];
    let read = fs::File::open(path).and_then(|mut file| {
        use io::Read as _;
        file.read(&mut head)
    });
    match read {
        Ok(count) if count == 0 || head.starts_with(b"SQLite format 3\0") => Ok(()),
        Ok(_) => Err(unfit("it is no database of SQLite")),
        Err(error) => Err(unfit(&error.to_string())),
    }
}

/// Takes a new file away that could not be made a journal, so that it can be made once what was in the way is mended.
pub(super) fn unmake(path: &Path) {
    for ending in ["-wal", "-shm", ""] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        // What was not made is not there.
        let _ = fs::remove_file(PathBuf::from(name));
    }
}

/// Marks a new file as ours.
pub(super) async fn mark(connection: &mut AnyConnection) -> Result<(), StoreError> {
    let mark = format!("PRAGMA application_id = {APPLICATION_ID}");
    sqlx::query(AssertSqlSafe(mark)).execute(connection).await?;
    Ok(())
}

/// Sees that an old file is ours.
pub(super) async fn check_mark(
    connection: &mut AnyConnection,
    path: &Path,
) -> Result<(), StoreError> {
    let id: i64 =
        sqlx::query_scalar("SELECT CAST(application_id AS INTEGER) FROM pragma_application_id")
            .fetch_one(connection)
            .await?;
    if id == i64::from(APPLICATION_ID) {
        return Ok(());
    }
    Err(StoreError::Unfit {
        place: path.display().to_string(),
        reason: "it is a database of something else; name the journal's own file".to_owned(),
    })
}

#[cfg(unix)]
fn make(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;

    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    Ok(())
}

#[cfg(not(unix))]
fn make(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path)?;
    Ok(())
}

#[cfg(unix)]
fn check_owner(found: &fs::Metadata) -> Result<(), &'static str> {
    use std::os::unix::fs::MetadataExt as _;

    // Root may do as it likes anyway.
    let owner = found.uid();
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        return Err("it belongs to another user: name a journal of your own (refund journal init)");
    }
    if found.mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(
        "others can read or write it, and it holds personal data: take their rights away (chmod 600)",
    )
}

#[cfg(not(unix))]
fn check_owner(_found: &fs::Metadata) -> Result<(), &'static str> {
    Ok(())
}
