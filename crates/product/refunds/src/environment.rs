//! Credentials from variables of the environment, for those who ask for it.

use std::env;

use provider_runtime::Credentials;

use crate::{ProviderName, custom::Secret, providers};

/// Why there are no credentials in the environment. No value is shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// A variable is not set, or empty.
    #[error("no credentials for {provider}: set {}", variables.join(" and "))]
    Missing {
        /// The provider.
        provider: ProviderName,
        /// What to set.
        variables: &'static [&'static str],
    },
    /// A variable is not text.
    #[error("the variable {variable} is not text: set it again")]
    NotText {
        /// The variable.
        variable: &'static str,
    },
    /// A provider of your own has variables of your own.
    #[error("{provider} is a provider of your own: read its credentials from where you keep them")]
    Own {
        /// The provider.
        provider: ProviderName,
    },
}

/// The variables that hold the credentials of a built-in provider, as the command `refund` reads them, in the order in
/// which its crate's `Credentials` take them.
///
/// ```
/// use refunds::{ProviderName, credential_variables};
///
/// assert_eq!(credential_variables(ProviderName::Mce), ["MCE_TOKEN"]);
/// ```
pub fn credential_variables(provider: ProviderName) -> &'static [&'static str] {
    match secret(provider) {
        Some(Secret::Bearer(variables)) => variables,
        Some(Secret::OAuth2(variables) | Secret::Basic(variables)) => variables,
        None => &[],
    }
}

/// The credentials of a built-in provider, from the variables that [`credential_variables`] names. Nothing else of
/// this crate reads the environment.
///
/// # Errors
/// [`EnvironmentError`]
pub fn credentials_from_env(provider: ProviderName) -> Result<Credentials, EnvironmentError> {
    credentials(provider, |name| env::var(name))
}

fn credentials(
    provider: ProviderName,
    variable: impl Fn(&str) -> Result<String, env::VarError>,
) -> Result<Credentials, EnvironmentError> {
    let Some(secret) = secret(provider) else {
        return Err(EnvironmentError::Own { provider });
    };
    let variables = credential_variables(provider);
    let mut values = Vec::with_capacity(variables.len());
    for name in variables {
        match variable(name) {
            Ok(value) if !value.is_empty() => values.push(value),
            Ok(_) | Err(env::VarError::NotPresent) => {
                return Err(EnvironmentError::Missing {
                    provider,
                    variables,
                });
            }
            Err(env::VarError::NotUnicode(_)) => {
                return Err(EnvironmentError::NotText { variable: name });
            }
        }
    }
    let mut values = values.into_iter();
    let mut next = || values.next().unwrap_or_default();
    Ok(match secret {
        Secret::Bearer(_) => Credentials::bearer(next()),
        Secret::OAuth2(_) => Credentials::oauth2(next(), next()),
        Secret::Basic(_) => Credentials::basic(next(), next()),
    })
}

fn secret(provider: ProviderName) -> Option<&'static Secret> {
    providers::of(provider)?.secret.as_ref()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    #[test]
    fn every_built_in_provider_has_credentials_where_its_variables_are_set() {
        for provider in ProviderName::BUILT_IN {
            let read = credentials(provider, |_| Ok("s3cret".to_owned())).unwrap();
            assert!(!format!("{read:?}").contains("s3cret"), "{provider}");
        }
    }

    #[test]
    fn a_variable_that_is_missing_empty_or_no_text_is_named_without_its_value() {
        let provider = ProviderName::Tazapay;
        let first_only = |name: &str| match name {
            "TAZAPAY_API_KEY" => Ok("s3cret".to_owned()),
            _ => Err(env::VarError::NotPresent),
        };
        let error = credentials(provider, first_only).unwrap_err().to_string();
        assert_eq!(
            error,
            "no credentials for tazapay: set TAZAPAY_API_KEY and TAZAPAY_API_SECRET"
        );
        let empty = credentials(provider, |_| Ok(String::new())).unwrap_err();
        assert!(matches!(empty, EnvironmentError::Missing { .. }));
        let no_text = |_: &str| Err(env::VarError::NotUnicode(OsString::from("s3cret")));
        let error = credentials(provider, no_text).unwrap_err().to_string();
        assert_eq!(
            error,
            "the variable TAZAPAY_API_KEY is not text: set it again"
        );
    }
}
