//! Credentials, from the environment or from a file that only its owner can read.

mod file;

use std::{env, path::PathBuf};

use crate::{arguments::Options, connection::no_client, providers::known};
use file::CredentialsFile;
use refunds::{
    EnvironmentError, ProviderName,
    kotanipay::RequestSigning,
    provider_runtime::{Credentials, VariableError},
};

/// Names the file, where `--credentials` does not.
const FILE_VARIABLE: &str = "REFUND_CREDENTIALS";

/// What opens a provider.
pub(crate) struct Access {
    /// Who calls.
    pub(crate) credentials: Credentials,
    /// What signs the requests, at Kotani Pay.
    pub(crate) signing: Option<RequestSigning>,
}

impl From<Credentials> for Access {
    fn from(credentials: Credentials) -> Self {
        Self {
            credentials,
            signing: None,
        }
    }
}

/// There are no credentials that can be used. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CredentialsError {
    /// A variable is not set.
    #[error(
        "no credentials for {provider}: set {variables}, or name a file with a table [{provider}] \
         with --credentials"
    )]
    Missing {
        /// The provider.
        provider: ProviderName,
        /// What to set.
        variables: String,
    },
    /// None for any provider.
    #[error(
        "there are credentials for no provider: set those of one, as `refund --help` tells, or name a file with \
         --credentials"
    )]
    None,
    /// The command has no client for the provider.
    #[error("{0}")]
    NoClient(String),
    /// There is no secret to verify webhooks with.
    #[error(
        "no secret to verify webhooks with: set REFUND_WEBHOOK_SECRET to the one that the provider's \
         dashboard shows"
    )]
    NoWebhookSecret,
    /// A variable is not text.
    #[error("the variable {variable} is not text: set it again")]
    NotText {
        /// The variable.
        variable: &'static str,
    },
    /// The file cannot be read.
    #[error("the credentials file {} cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// Others can read the file.
    #[error(
        "the credentials file {path} can be read or changed by others ({what}): make it \
         yours with `chmod 600 {path}`, and have secrets that others may have seen replaced",
        path = path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Whose it is, or what its mode allows.
        what: String,
    },
    /// The file is no TOML of the right shape.
    #[error(
        "line {line} of the credentials file {} does not fit: write tables such as [tazapay] with \
         api_key = \"…\" and api_secret = \"…\"; see `refund --help`",
        path.display()
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

/// What opens a provider: the credentials of the file if it has some, else those of the environment.
///
/// # Errors
/// There are none, or the file cannot be used.
pub(crate) fn find(provider: ProviderName, options: &Options) -> Result<Access, CredentialsError> {
    let path = options
        .credentials
        .clone()
        .or_else(|| env::var_os(FILE_VARIABLE).map(PathBuf::from))
        .or_else(|| options.from_profile.credentials.clone());
    if let Some(path) = path
        && let Some(access) = CredentialsFile::read(path)?.of(provider)
    {
        return Ok(access);
    }
    of_environment(provider)
}

fn of_environment(provider: ProviderName) -> Result<Access, CredentialsError> {
    let credentials = refunds::credentials_from_env(provider).map_err(|error| match error {
        EnvironmentError::Variable(VariableError::Missing { variables, .. }) => {
            CredentialsError::Missing {
                provider,
                variables: variables.join(" and "),
            }
        }
        EnvironmentError::Variable(VariableError::NotText { variable }) => {
            CredentialsError::NotText { variable }
        }
        _ => CredentialsError::NoClient(no_client(provider)),
    })?;
    match known(provider) {
        Some(known) => (known.more_access)(credentials),
        None => Ok(credentials.into()),
    }
}
