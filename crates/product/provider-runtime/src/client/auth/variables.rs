//! Credentials from variables of the environment, for those who ask for it.

use std::env::{self, VarError};

use super::Credentials;
use crate::{Authentication, Provider};

/// Why there are no credentials in the environment. No value is shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VariableError {
    /// A variable is not set, or empty.
    #[error("no credentials for {provider}: set {}", variables.join(" and "))]
    Missing {
        /// The provider.
        provider: &'static str,
        /// What to set, all of it.
        variables: &'static [&'static str],
    },
    /// A variable is not text.
    #[error("the variable {variable} is not text: set it again")]
    NotText {
        /// The variable.
        variable: &'static str,
    },
    /// The provider's crate does not name as many variables as its credentials have parts.
    #[error(
        "no variables are named for all credentials of {provider}: give them to the client's builder"
    )]
    Unnamed {
        /// The provider.
        provider: &'static str,
    },
}

impl Credentials {
    /// The credentials in the variables that [`credential_variables`](Provider::credential_variables) of a provider names:
    /// `Credentials::from_env(&PROVIDER)`. Nothing else of a client reads credentials from the environment.
    ///
    /// # Errors
    /// [`VariableError`]
    pub fn from_env(provider: &Provider) -> Result<Self, VariableError> {
        Self::from_variables(provider, |name| env::var(name))
    }

    fn from_variables(
        provider: &Provider,
        variable: impl Fn(&str) -> Result<String, VarError>,
    ) -> Result<Self, VariableError> {
        let variables = provider.credential_variables;
        let value = |at: usize| {
            let provider = provider.name;
            let name = *variables
                .get(at)
                .ok_or(VariableError::Unnamed { provider })?;
            match variable(name) {
                Ok(value) if !value.is_empty() => Ok(value),
                Ok(_) | Err(VarError::NotPresent) => Err(VariableError::Missing {
                    provider,
                    variables,
                }),
                Err(VarError::NotUnicode(_)) => Err(VariableError::NotText { variable: name }),
            }
        };
        Ok(match provider.authentication {
            Authentication::Bearer => Self::bearer(value(0)?),
            // A key alone goes without a password.
            Authentication::Basic if variables.len() == 1 => Self::basic(value(0)?, ""),
            Authentication::Basic => Self::basic(value(0)?, value(1)?),
            Authentication::OAuth2ClientCredentials { .. } => Self::oauth2(value(0)?, value(1)?),
            Authentication::ApiKeys([_]) => Self::api_key(value(0)?),
            Authentication::ApiKeys(keys) => {
                let keys = keys.iter().enumerate();
                let keys = keys.map(|(at, key)| Ok((key.name, value(at)?)));
                Self::api_keys(keys.collect::<Result<Vec<_>, _>>()?)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::{ApiKey, KeyPlace};

    const KEYS: &[ApiKey] = &[
        ApiKey {
            name: "X-Client-Id",
            place: KeyPlace::Header,
        },
        ApiKey {
            name: "X-Client-Secret",
            place: KeyPlace::Header,
        },
    ];
    const OAUTH2: Authentication = Authentication::OAuth2ClientCredentials {
        sandbox_token_url: "https://auth.qa.acme.example/token",
        production_token_url: "https://auth.acme.example/token",
        scope: None,
    };

    fn acme(
        authentication: Authentication,
        credential_variables: &'static [&'static str],
    ) -> Provider {
        Provider {
            name: "acme",
            title: "Acme",
            sandbox: None,
            production: None,
            authentication,
            credential_variables,
            message_pointers: &[],
            code_pointers: &[],
            log_id_pointers: &[],
            request_id_headers: &[],
            operations: &[],
        }
    }

    #[test]
    fn each_kind_of_credentials_is_read_and_none_is_shown() {
        for (authentication, variables, shown) in [
            (Authentication::Bearer, &["A"][..], "Credentials(bearer)"),
            (Authentication::Basic, &["A", "B"], "Credentials(basic)"),
            (Authentication::Basic, &["A"], "Credentials(basic)"),
            (OAUTH2, &["A", "B"], "Credentials(oauth2)"),
            (
                Authentication::ApiKeys(&KEYS[..1]),
                &["A"],
                "Credentials(API key)",
            ),
            (
                Authentication::ApiKeys(KEYS),
                &["A", "B"],
                "Credentials(API keys)",
            ),
        ] {
            let provider = acme(authentication, variables);
            let read = Credentials::from_variables(&provider, |name| Ok(format!("s3cret {name}")));
            assert_eq!(format!("{:?}", read.unwrap()), shown);
        }
    }

    #[test]
    fn a_variable_that_is_missing_empty_or_no_text_is_named_without_its_value() {
        let provider = acme(Authentication::Basic, &["ACME_USER", "ACME_PASSWORD"]);
        let first_only = |name: &str| match name {
            "ACME_USER" => Ok("s3cret".to_owned()),
            _ => Err(VarError::NotPresent),
        };
        let error = Credentials::from_variables(&provider, first_only).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no credentials for acme: set ACME_USER and ACME_PASSWORD"
        );
        let empty = Credentials::from_variables(&provider, |_| Ok(String::new()));
        assert_eq!(empty.unwrap_err(), error);
        let no_text = |_: &str| Err(VarError::NotUnicode(OsString::from("s3cret")));
        let error = Credentials::from_variables(&provider, no_text)
            .unwrap_err()
            .to_string();
        assert_eq!(error, "the variable ACME_USER is not text: set it again");
    }

    #[test]
    fn fewer_names_than_parts_are_an_error_and_no_empty_credentials() {
        let set = |_: &str| Ok("s3cret".to_owned());
        for (authentication, variables) in [
            (Authentication::Bearer, &[][..]),
            (OAUTH2, &["A"]),
            (Authentication::ApiKeys(KEYS), &["A"]),
        ] {
            let error = Credentials::from_variables(&acme(authentication, variables), set);
            let provider = "acme";
            assert_eq!(error.unwrap_err(), VariableError::Unnamed { provider });
        }
    }
}
