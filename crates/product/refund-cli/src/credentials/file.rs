//! The credentials file.

use std::{fs::File, path::PathBuf};

use refunds::ProviderName;

use super::{Access, CredentialsError};
use crate::{
    private::{self, Opened},
    providers::Tables,
};

/// What the file holds.
#[derive(Debug)]
pub(super) struct CredentialsFile(Tables);

impl CredentialsFile {
    /// Reads a file that nobody else can read.
    pub(super) fn read(path: PathBuf) -> Result<Self, CredentialsError> {
        match File::open(&path).and_then(|file| private::read(file, 0o077)) {
            // The error's own text quotes the line, secrets included.
            Ok(Opened::Text(text)) => {
                toml::from_str(&text)
                    .map(Self)
                    .map_err(|error| CredentialsError::Malformed {
                        line: private::line_of(&text, &error),
                        path,
                    })
            }
            Ok(Opened::Exposed(what)) => Err(CredentialsError::Exposed { path, what }),
            Err(reason) => Err(CredentialsError::Unreadable { path, reason }),
        }
    }

    /// What opens a provider, if it has a table.
    pub(super) fn of(self, provider: ProviderName) -> Option<Access> {
        self.0.of(provider)
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    fn file(text: &str, mode: u32) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        file
    }

    #[test]
    fn a_file_of_its_owner_is_read() {
        let text = "[tazapay]\napi_key = \"k\"\napi_secret = \"s\"\n[mce]\ntoken = \"t\"\n";
        for mode in [0o600, 0o400] {
            let file = file(text, mode);
            let read = || CredentialsFile::read(file.path().to_owned()).unwrap();
            assert!(read().of(ProviderName::Tazapay).is_some());
            assert!(read().of(ProviderName::Mce).is_some());
            assert!(read().of(ProviderName::Optty).is_none());
        }
    }

    #[test]
    fn requests_to_kotani_pay_are_signed_if_the_file_has_an_api_secret() {
        for (more, signed) in [("", false), ("api_secret = \"s\"\n", true)] {
            let file = file(&format!("[kotanipay]\napi_key = \"k\"\n{more}"), 0o600);
            let read = CredentialsFile::read(file.path().to_owned()).unwrap();
            let access = read.of(ProviderName::Kotanipay).unwrap();
            assert_eq!(access.signing.is_some(), signed, "{more}");
        }
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        for mode in [0o644, 0o640, 0o604, 0o620] {
            let file = file("[mce]\ntoken = \"t\"\n", mode);
            let error = CredentialsFile::read(file.path().to_owned()).unwrap_err();
            assert!(
                error.to_string().contains(&format!("{mode:04o}")),
                "{error}"
            );
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
    }

    #[test]
    fn a_malformed_file_is_named_with_its_line_and_without_its_secrets() {
        for text in [
            "[mce]\ntoken = \"hidden\" oops\n",
            "[mce]\ntoken = 4711\n",
            "[mce]\ntokken = \"hidden\"\n",
        ] {
            let file = file(text, 0o600);
            let error = CredentialsFile::read(file.path().to_owned()).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains("line 2"), "{shown}");
            assert!(
                !shown.contains("hidden") && !shown.contains("4711"),
                "{shown}"
            );
        }
    }
}
