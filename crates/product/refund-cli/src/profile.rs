//! Profiles: URLs and names of files under a name, and no secrets.

use std::{collections::BTreeMap, env, fs::File, path::PathBuf};

use refunds::ProviderName;
use serde::Deserialize;
use url::Url;

use crate::{
    arguments::Options,
    journal::has_password,
    private::{self, Opened},
    providers::known,
};

const PROFILE_VARIABLE: &str = "REFUND_PROFILE";
const CONFIG_VARIABLE: &str = "REFUND_CONFIG";

/// What a profile says, where neither an option nor a variable does.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Profile {
    /// The journal.
    pub(crate) journal: Option<String>,
    /// The credentials file.
    pub(crate) credentials: Option<PathBuf>,
    kotanipay_base_url: Option<String>,
    mce_base_url: Option<String>,
    optty_base_url: Option<String>,
    optty_token_url: Option<String>,
    tazapay_base_url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Configuration {
    profiles: BTreeMap<String, Profile>,
}

/// A profile cannot be used. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProfileError {
    /// A variable is not text.
    #[error("the variable {0} is not text: set it again")]
    NotText(&'static str),
    /// The system names no directory for configuration.
    #[error(
        "there is no directory for configuration: name the file with --config, or in {CONFIG_VARIABLE}"
    )]
    NoDirectory,
    /// The file cannot be read.
    #[error("the configuration {} cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// Others can change the file, and with it where credentials are sent.
    #[error(
        "the configuration {path} can be changed by others ({what}): make it yours, and change it back with `chmod \
         go-w {path}`",
        path = path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Why.
        what: String,
    },
    /// The file is no TOML of the right shape.
    #[error(
        "line {line} of the configuration {} does not fit: write tables such as [profiles.staging] with journal, \
         credentials (a file), optty_token_url and PROVIDER_base_url, and no secrets",
        path.display()
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A URL of the profile holds a password.
    #[error(
        "a URL of the profile {0} holds a password: profiles hold no secrets; have it replaced, and give it in \
         PGPASSWORD, a file ~/.pgpass or the credentials file"
    )]
    Password(String),
    /// The file has no such profile.
    #[error("{} has no profile {name}: it has {known}", path.display())]
    NotKnown {
        /// The profile.
        name: String,
        /// The file.
        path: PathBuf,
        /// Those that it has.
        known: String,
    },
}

impl Profile {
    /// The profile that was asked for, or one that says nothing.
    ///
    /// # Errors
    /// There is none of that name, or the file cannot be used.
    pub(crate) fn of(options: &Options) -> Result<Self, ProfileError> {
        let asked = match &options.profile {
            Some(name) => Some(name.clone()),
            None => variable(PROFILE_VARIABLE)?,
        };
        let Some(name) = asked else {
            return Ok(Self::default());
        };
        let path = match &options.config {
            Some(path) => path.clone(),
            None => match env::var_os(CONFIG_VARIABLE).filter(|path| !path.is_empty()) {
                Some(path) => path.into(),
                None => dirs::config_dir()
                    .ok_or(ProfileError::NoDirectory)?
                    .join("refund/config.toml"),
            },
        };
        let mut profiles = read(&path)?.profiles;
        let Some(profile) = profiles.remove(&name) else {
            let known: Vec<_> = profiles.into_keys().collect();
            let known = if known.is_empty() {
                "none".to_owned()
            } else {
                known.join(", ")
            };
            return Err(ProfileError::NotKnown { name, path, known });
        };
        if profile.urls().any(holds_a_secret) {
            return Err(ProfileError::Password(name));
        }
        Ok(profile)
    }

    fn urls(&self) -> impl Iterator<Item = &str> {
        // All of them by name, so that none is forgotten.
        let Self {
            journal,
            credentials: _,
            kotanipay_base_url,
            mce_base_url,
            optty_base_url,
            optty_token_url,
            tazapay_base_url,
        } = self;
        [
            journal,
            kotanipay_base_url,
            mce_base_url,
            optty_base_url,
            optty_token_url,
            tazapay_base_url,
        ]
        .into_iter()
        .flatten()
        .map(String::as_str)
    }

    fn base_url(&self, provider: ProviderName) -> Option<&String> {
        match provider {
            ProviderName::Kotanipay => self.kotanipay_base_url.as_ref(),
            ProviderName::Mce => self.mce_base_url.as_ref(),
            ProviderName::Optty => self.optty_base_url.as_ref(),
            ProviderName::Tazapay => self.tazapay_base_url.as_ref(),
            ProviderName::Own(_) => None,
        }
    }

    fn token_url(&self, provider: ProviderName) -> Option<&String> {
        match provider {
            ProviderName::Optty => self.optty_token_url.as_ref(),
            ProviderName::Kotanipay | ProviderName::Mce | ProviderName::Tazapay => None,
            ProviderName::Own(_) => None,
        }
    }
}

/// Where a provider's calls go: as the option says, or the variable, or the profile.
pub(crate) fn base_url(
    provider: ProviderName,
    options: &Options,
) -> Result<Option<String>, ProfileError> {
    match known(provider) {
        Some(known) => first(
            &options.base_url,
            known.base_url,
            options.from_profile.base_url(provider),
        ),
        None => Ok(options.base_url.clone()),
    }
}

/// Where a provider's tokens are had: as the option says, or the variable, or the profile.
pub(crate) fn token_url(
    provider: ProviderName,
    options: &Options,
) -> Result<Option<String>, ProfileError> {
    match known(provider).and_then(|known| known.token_url) {
        Some(name) => first(
            &options.token_url,
            name,
            options.from_profile.token_url(provider),
        ),
        None => Ok(options.token_url.clone()),
    }
}

fn first(
    option: &Option<String>,
    name: &'static str,
    profile: Option<&String>,
) -> Result<Option<String>, ProfileError> {
    match option {
        Some(given) => Ok(Some(given.clone())),
        None => Ok(variable(name)?.or_else(|| profile.cloned())),
    }
}

fn variable(name: &'static str) -> Result<Option<String>, ProfileError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(ProfileError::NotText(name)),
    }
}

/// Whether a URL carries what logs in.
fn holds_a_secret(text: &str) -> bool {
    has_password(text)
        || Url::parse(text)
            .is_ok_and(|url| url.scheme().starts_with("http") && !url.username().is_empty())
}

fn read(path: &PathBuf) -> Result<Configuration, ProfileError> {
    let unreadable = |reason| ProfileError::Unreadable {
        path: path.clone(),
        reason,
    };
    let opened = File::open(path).and_then(|file| private::read(file, 0o022));
    match opened.map_err(unreadable)? {
        Opened::Exposed(what) => Err(ProfileError::Exposed {
            path: path.clone(),
            what,
        }),
        // The error's own text would quote the line.
        Opened::Text(text) => toml::from_str(&text).map_err(|error| ProfileError::Malformed {
            line: private::line_of(&text, &error),
            path: path.clone(),
        }),
    }
}
