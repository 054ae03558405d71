//! Credentials from variables of the environment, for those who ask for it.

use provider_runtime::{Credentials, VariableError};

use crate::{ProviderName, providers};

/// Why there are no credentials in the environment. No value is shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// A variable is not set, empty or no text.
    #[error(transparent)]
    Variable(#[from] VariableError),
    /// The provider's client is not part of this build.
    #[error("{provider} is not part of this build: turn on the feature `{provider}` of `refunds`")]
    NotCompiled {
        /// The provider.
        provider: ProviderName,
    },
    /// The crate of a provider of your own reads them.
    #[error("{provider} is a provider of your own: ask `credentials_from_env` of its crate")]
    Own {
        /// The provider.
        provider: ProviderName,
    },
}

/// The variables that hold the credentials of a built-in provider, as the command `refund` reads them, in the order in
/// which its crate's `Credentials` take them. None where its client is not part of the build.
///
/// ```
/// # #[cfg(feature = "mce")]
/// assert_eq!(refunds::credential_variables(refunds::ProviderName::Mce), ["MCE_TOKEN"]);
/// ```
pub fn credential_variables(provider: ProviderName) -> &'static [&'static str] {
    made_by(provider).map_or(&[], |provider| provider.credential_variables)
}

/// The credentials of a built-in provider, from the variables that [`credential_variables`] names. Nothing else of
/// this crate reads the environment.
///
/// # Errors
/// [`EnvironmentError`]
pub fn credentials_from_env(provider: ProviderName) -> Result<Credentials, EnvironmentError> {
    match (made_by(provider), provider) {
        (Some(made_by), _) => Ok(Credentials::from_env(made_by)?),
        (None, ProviderName::Own(_)) => Err(EnvironmentError::Own { provider }),
        (None, _) => Err(EnvironmentError::NotCompiled { provider }),
    }
}

fn made_by(provider: ProviderName) -> Option<&'static provider_runtime::Provider> {
    providers::of(provider)?.made_by.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variables_are_those_of_the_command_and_a_provider_that_is_not_there_says_so() {
        // README of the command, "Credentials".
        for (provider, is_there, variables) in [
            (
                ProviderName::Kotanipay,
                cfg!(feature = "kotanipay"),
                &["KOTANIPAY_API_KEY"][..],
            ),
            (ProviderName::Mce, cfg!(feature = "mce"), &["MCE_TOKEN"]),
            (
                ProviderName::Optty,
                cfg!(feature = "optty"),
                &["OPTTY_CLIENT_ID", "OPTTY_CLIENT_SECRET"],
            ),
            (
                ProviderName::Tazapay,
                cfg!(feature = "tazapay"),
                &["TAZAPAY_API_KEY", "TAZAPAY_API_SECRET"],
            ),
        ] {
            if is_there {
                assert_eq!(credential_variables(provider), variables);
            } else {
                assert!(credential_variables(provider).is_empty());
                let error = credentials_from_env(provider).unwrap_err();
                assert_eq!(error, EnvironmentError::NotCompiled { provider });
            }
        }
        let provider = ProviderName::own("acme").unwrap();
        let error = credentials_from_env(provider).unwrap_err();
        assert_eq!(error, EnvironmentError::Own { provider });
    }
}
