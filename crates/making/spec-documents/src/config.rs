//! `provider.toml`: what is configuration about a provider, and not code.

mod complaints;
mod credentials;
mod paging;

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

pub use paging::Paging;

use crate::Call;

/// A provider.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name of the crate: lower case.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Where each published page is, by the file name that it is stored under; those whose place is known.
    #[serde(default)]
    pub pages: BTreeMap<String, PageAddress>,
    /// Where the provider's servers are, where that is documented.
    #[serde(default)]
    pub hosts: Hosts,
    /// How calls are authenticated.
    pub authentication: Authentication,
    /// The variables of the environment that the credentials are read from, for those who ask for it, in the order in
    /// which the crate's `Credentials` take them. Without them they are called after the provider
    /// ([`variables_of_credentials`](Self::variables_of_credentials)).
    #[serde(default)]
    pub credential_variables: Vec<String>,
    /// Where an error body says what.
    #[serde(default)]
    pub errors: Errors,
    /// A pattern of paths or `operationId`s (`*` stands for any characters): what it describes is an
    /// operation of the crate beside those listed.
    pub operations_matching: Option<String>,
    /// The operations of the crate, by name in snake case.
    #[serde(default)]
    pub operations: BTreeMap<String, Operation>,
    /// Calls that are documented and not part of the crate, by the name that their payloads go under.
    #[serde(default)]
    pub documented: BTreeMap<String, Call>,
    /// The webhooks whose types the crate has, by name in snake case.
    #[serde(default)]
    pub webhooks: BTreeMap<String, Webhook>,
}

/// Where a published page is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageAddress {
    /// Its URL.
    pub url: String,
    /// Where that URL is documented.
    pub source: String,
}

/// The provider's servers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hosts {
    /// For trying out.
    pub sandbox: Option<Host>,
    /// For real money.
    pub production: Option<Host>,
}

/// A server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Base URL, without a slash at the end.
    pub url: String,
    /// Page that documents it.
    pub source: String,
}

/// How calls are authenticated.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "scheme", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Authentication {
    /// `Authorization: Bearer`, with a token or an API key that the user supplies.
    Bearer {
        /// Page that documents it.
        source: String,
    },
    /// `Authorization: Basic`.
    Basic {
        /// Page that documents it.
        source: String,
    },
    /// An API key, as it is.
    ApiKey {
        /// Name of the header, query parameter or cookie that it goes in.
        name: String,
        /// Where it goes.
        place: KeyPlace,
        /// Further keys that every call needs together with it.
        #[serde(default)]
        together_with: Vec<ApiKey>,
        /// Page that documents it.
        source: String,
    },
    /// A bearer token that is fetched with OAuth 2 client credentials.
    #[serde(rename = "oauth2-client-credentials")]
    OAuth2ClientCredentials {
        /// Token endpoint of the sandbox.
        sandbox_token_url: String,
        /// Token endpoint of production.
        production_token_url: String,
        /// Scope to ask for.
        scope: Option<String>,
        /// Page that documents it.
        source: String,
    },
}

impl Authentication {
    /// The names of the API keys that every call needs; none of another scheme.
    pub fn key_names(&self) -> Vec<&str> {
        match self {
            Self::ApiKey {
                name,
                together_with,
                ..
            } => {
                let further = together_with.iter().map(|key| &key.name);
                [name]
                    .into_iter()
                    .chain(further)
                    .map(String::as_str)
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

/// An API key that goes together with another.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    /// Name of the header, query parameter or cookie that it goes in.
    pub name: String,
    /// Where it goes.
    pub place: KeyPlace,
}

/// Where an API key goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyPlace {
    /// In a header of its own.
    Header,
    /// In the query of the URL.
    Query,
    /// In the header `Cookie`.
    Cookie,
}

/// JSON pointers into an error body, in the order in which they are tried.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Errors {
    /// To the message for people.
    #[serde(default)]
    pub message: Vec<String>,
    /// To the code for programs.
    #[serde(default)]
    pub code: Vec<String>,
    /// To the id that the provider's support asks for.
    #[serde(default)]
    pub log_id: Vec<String>,
    /// The headers of answers by which the provider finds a request: names, and no pointers.
    #[serde(default)]
    pub request_id: Vec<String>,
}

/// An operation of the crate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// Method and path template, as in the effective document.
    pub call: Call,
    /// Whether sending it twice could move money twice.
    pub moves_money: bool,
    /// Request header on whose value the provider de-duplicates.
    pub idempotency_header: Option<String>,
    /// How it pages.
    pub paging: Option<Paging>,
}

/// A webhook of the crate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Name of the event, under which the effective document has the webhook.
    pub event: String,
}

/// A `provider.toml` that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// Not the expected TOML.
    #[error("{file}: {message}")]
    Malformed {
        /// The configuration.
        file: String,
        /// What is wrong, with its line.
        message: String,
    },
    /// A value that is not acceptable.
    #[error("{file}, {key}: {message}")]
    Value {
        /// The configuration.
        file: String,
        /// Dotted key of the value.
        key: String,
        /// What is wrong, and what would be right.
        message: String,
    },
}

impl Config {
    /// Reads and checks a configuration.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], with the line or the key.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| ConfigError::Malformed {
            file: file.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        match config.complaint() {
            None => Ok(config),
            Some((key, message)) => Err(ConfigError::Value {
                file: file.to_owned(),
                key,
                message,
            }),
        }
    }

    /// Name of an operation or a documented call.
    pub fn name_of(&self, call: &Call) -> Option<&str> {
        let operations = self
            .operations
            .iter()
            .map(|(name, operation)| (name, &operation.call));
        let mut all = operations.chain(&self.documented);
        all.find(|(_, known)| *known == call)
            .map(|(name, _)| name.as_str())
    }

    /// Name of a webhook, by its event.
    pub fn name_of_event(&self, event: &str) -> Option<&str> {
        let mut all = self.webhooks.iter();
        all.find(|(_, webhook)| webhook.event == event)
            .map(|(name, _)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &str = r#"
name = "optty"
title = "Optty"
[pages]
"refund.md" = { url = "https://docs.example.com/refund.md", source = "the page" }
[hosts.sandbox]
url = "https://api.qa.example.com"
source = "docs"
[authentication]
scheme = "oauth2-client-credentials"
sandbox_token_url = "https://auth.qa.example.com/token"
production_token_url = "https://auth.example.com/token"
scope = "api-user"
source = "docs"
[errors]
message = ["/message"]
[operations.refund_order]
call = "POST /orders/{id}/refund"
moves_money = true
idempotency_header = "Idempotency-Key"
[webhooks.refund_paid]
event = "refund.paid"
[documented]
access_token = "POST /token"
"#;

    fn refused(from: &str, to: &str) -> String {
        assert!(VALID.contains(from), "{from}");
        Config::parse("provider.toml", &VALID.replace(from, to))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_configuration_is_read() {
        let config = Config::parse("provider.toml", VALID).unwrap();
        assert_eq!(
            config.operations["refund_order"].call,
            Call::new("post", "/orders/{id}/refund")
        );
        assert_eq!(
            config.operations["refund_order"]
                .idempotency_header
                .as_deref(),
            Some("Idempotency-Key")
        );
        assert_eq!(
            config.name_of(&Call::new("post", "/token")),
            Some("access_token")
        );
        assert_eq!(config.name_of(&Call::new("get", "/token")), None);
        assert_eq!(config.name_of_event("refund.paid"), Some("refund_paid"));
        assert_eq!(config.name_of_event("refund_paid"), None);
        assert_eq!(config.hosts.production, None);
        assert!(matches!(
            config.authentication,
            Authentication::OAuth2ClientCredentials { .. }
        ));
    }

    #[test]
    fn a_misspelt_key_is_refused_with_its_line() {
        let message = refused("moves_money = true", "moves_mony = true");
        assert!(
            message.contains("provider.toml") && message.contains("moves_mony"),
            "{message}"
        );
        assert!(refused("scope =", "scopes =").contains("scopes"));
        let bearer = "scheme = \"bearer\"\nsandbox_token_url = \"x\"";
        assert!(!refused("scheme = \"oauth2-client-credentials\"", bearer).is_empty());
    }

    #[test]
    fn a_missing_flag_of_money_is_refused() {
        assert!(refused("moves_money = true", "").contains("moves_money"));
    }

    #[test]
    fn values_that_cannot_be_meant_are_refused_by_key() {
        for (from, to, key) in [
            ("name = \"optty\"", "name = \"Opt-ty\"", "name"),
            (
                "https://api.qa.example.com",
                "http://api.qa.example.com",
                "hosts.sandbox.url",
            ),
            (
                "https://api.qa.example.com",
                "https://api.qa.example.com/",
                "hosts.sandbox.url",
            ),
            (
                "https://auth.example.com",
                "https://u:p@auth.example.com",
                "authentication.production_token_url",
            ),
            (
                "https://docs.example.com/refund.md",
                "http://docs.example.com/refund.md",
                "pages.refund.md.url",
            ),
            ("\"refund.md\"", "\"../refund.md\"", "pages.../refund.md"),
            ("\"/message\"", "\"message\"", "errors.message"),
            (
                "[operations.refund_order]",
                "[operations.refundOrder]",
                "operations.refundOrder",
            ),
            (
                "\"POST /token\"",
                "\"POST /orders/{id}/refund\"",
                "documented.access_token",
            ),
            (
                "access_token =",
                "refund_order =",
                "documented.refund_order",
            ),
            (
                "[webhooks.refund_paid]",
                "[webhooks.refundPaid]",
                "webhooks.refundPaid",
            ),
            (
                "[webhooks.refund_paid]",
                "[webhooks.access_token]",
                "webhooks.access_token",
            ),
            (
                "[webhooks.refund_paid]",
                "[webhooks.a]\nevent = \"refund.paid\"\n[webhooks.b]",
                "webhooks.b",
            ),
        ] {
            let message = refused(from, to);
            assert!(
                message.starts_with(&format!("provider.toml, {key}: ")),
                "{message}"
            );
        }
        assert!(refused("POST /token", "post /token").contains("upper case"));
    }
}
