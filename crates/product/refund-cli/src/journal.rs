//! The journal of refunds: where it is, and what to do about its errors.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use refunds_journal::{Journal, JournalError, StoreError};
use url::Url;

use crate::arguments::Options;

/// Names the journal, where `--journal` does not.
const VARIABLE: &str = "REFUND_JOURNAL";
/// The file at the default place.
const FILE: &str = "refunds.db";

/// No journal is named, or not as it can be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LocationError {
    /// The system names no directory for the state of programs.
    #[error(
        "there is no directory for a journal of refunds: name a file with --journal, or in {VARIABLE}"
    )]
    NoDirectory,
    /// The variable is not text.
    #[error("the variable {VARIABLE} is not text: set it again")]
    NotText,
    /// Other users of the machine see arguments.
    #[error(
        "--journal holds a password, which other users of this machine can see: have it replaced, and give the URL \
         in {VARIABLE}, or the password in PGPASSWORD or a file ~/.pgpass"
    )]
    Password,
    /// A URL that is none.
    #[error(
        "the URL of the journal cannot be read: write a file, sqlite:FILE, or one such as postgres://db.example/refunds"
    )]
    NoUrl,
}

/// There is no journal, and none is made unless that is asked for.
#[derive(Debug, thiserror::Error)]
#[error("there is no journal of refunds at {place}, so that nothing was sent")]
pub(crate) struct Missing {
    place: String,
}

impl Missing {
    /// What to do about it.
    pub(crate) fn advice(&self) -> &'static str {
        "for the first one ever, make it; if there was one, find it first, since refunds that it knows of would be \
         sent again (a volume that is not mounted, another XDG_STATE_HOME or another user can be the reason)"
    }
}

/// Where the journal is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    url: String,
    place: String,
    /// The folder of the default place, which is made with the journal.
    folder: Option<PathBuf>,
}

impl Location {
    /// The one that the options or the environment name, or the user's own.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn of(options: &Options) -> Result<Self, LocationError> {
        if let Some(named) = &options.journal {
            return Self::named(named, true);
        }
        match env::var(VARIABLE) {
            Ok(named) if !named.is_empty() => Self::named(&named, false),
            Err(env::VarError::NotUnicode(_)) => Err(LocationError::NotText),
            _ => {
                if let Some(named) = &options.from_profile.journal {
                    return Self::named(named, false);
                }
                let folder = dirs::state_dir()
                    .or_else(dirs::data_local_dir)
                    .ok_or(LocationError::NoDirectory)?
                    .join("refund");
                let file = Self::file(&folder.join(FILE));
                Ok(Self {
                    folder: Some(folder),
                    ..file
                })
            }
        }
    }

    fn named(text: &str, by_option: bool) -> Result<Self, LocationError> {
        if by_option && has_password(text) {
            return Err(LocationError::Password);
        }
        Ok(match text.strip_prefix("sqlite:") {
            Some(path) => Self::file(Path::new(path.strip_prefix("//").unwrap_or(path))),
            None if text.contains("://") => Self::database(text)?,
            None => Self::file(Path::new(text)),
        })
    }

    fn file(path: &Path) -> Self {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let place = path.display().to_string();
        Self {
            url: format!("sqlite://{place}"),
            place,
            folder: None,
        }
    }

    /// A database, shown without what logs in to it.
    fn database(text: &str) -> Result<Self, LocationError> {
        let url = Url::parse(text).map_err(|_| LocationError::NoUrl)?;
        let host = url.host_str().unwrap_or_default();
        let port = url.port().map(|port| format!(":{port}"));
        let port = port.unwrap_or_default();
        Ok(Self {
            url: text.to_owned(),
            place: format!("{}://{host}{port}{}", url.scheme(), url.path()),
            folder: None,
        })
    }

    /// As it is shown.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// The folder of the default place, where records of earlier versions were as well.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Opens it.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub(crate) async fn open(&self) -> Result<Journal> {
        match Journal::open(&self.url).await {
            Err(JournalError::Store(StoreError::NotInitialised { .. })) => Err(Missing {
                place: self.place.clone(),
            }
            .into()),
            opened => Ok(opened?),
        }
    }

    /// Makes it.
    ///
    /// # Errors
    /// There is one, or it cannot be made.
    pub(crate) async fn init(&self) -> Result<Journal> {
        if let Some(folder) = &self.folder {
            make_private(folder).with_context(|| {
                format!(
                    "the folder {} cannot be made: make it, or name a file with --journal",
                    folder.display()
                )
            })?;
        }
        Ok(Journal::init(&self.url).await?)
    }
}

/// Whether what names a database carries a password: before its host, or by its name. It need not be a URL for that.
pub(crate) fn has_password(text: &str) -> bool {
    let before_host = text
        .split_once("://")
        .and_then(|(_, rest)| rest.split(['/', '?', '#']).next()?.rsplit_once('@'));
    before_host.is_some_and(|(user, _)| user.contains(':'))
        || Url::parse(text).is_ok_and(|url| url.password().is_some())
        || text.to_ascii_lowercase().contains("password=")
}

#[cfg(unix)]
fn make_private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

#[cfg(not(unix))]
fn make_private(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)
}

/// An error of the journal's, which is one of a call where a call has failed.
pub(crate) fn plain(error: JournalError) -> anyhow::Error {
    match error {
        JournalError::Refund(error) => error.into(),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_with_and_without_its_scheme() {
        let here = env::current_dir().unwrap().join("a b.db");
        for text in ["a b.db", "sqlite:a b.db", "sqlite://a b.db", "./a b.db"] {
            let location = Location::named(text, false).unwrap();
            assert_eq!(location.place(), here.display().to_string(), "{text}");
            assert_eq!(location.url, format!("sqlite://{}", here.display()));
        }
    }

    #[test]
    fn a_database_is_shown_without_what_logs_in_to_it() {
        let text = "postgres://me:hidden@db.example:5433/refunds?password=hidden";
        let location = Location::named(text, false).unwrap();
        assert_eq!(location.place(), "postgres://db.example:5433/refunds");
        assert_eq!(location.url, text);
    }

    #[test]
    fn an_argument_takes_no_password() {
        for text in [
            "postgres://me:hidden@db.example/refunds",
            "postgres://db.example/refunds?password=hidden",
            "postgres://me:hidden@db.example:port/refunds",
            "postgres://me:hid@den@db.example/refunds",
            "host=db.example user=me password=hidden",
        ] {
            let refused = Location::named(text, true).unwrap_err();
            assert!(matches!(refused, LocationError::Password));
            assert!(!refused.to_string().contains("hidden"));
        }
        assert!(Location::named("postgres://me@db.example/refunds", true).is_ok());
        let refused = Location::named("postgres://db.example:port/refunds", true);
        assert!(matches!(refused, Err(LocationError::NoUrl)));
    }
}
