//! What the documents say of the provider as a whole, as a constant, and the way to a client.

use std::collections::BTreeMap;

use openapi_lower::plan::Operation;
use proc_macro2::TokenStream;
use quote::quote;
use spec_documents::Config;
use spec_documents::config::{Authentication, Host, Hosts};
use syn::{Attribute, parse_quote};

use super::authentication::{authentication, optional};
use super::security;
use super::setters::docs;
use crate::start;

pub(super) fn apply(file: &mut syn::File, operations: &[Operation], config: &Config) {
    let constant = constant(operations, config);
    let title = &config.title;
    let own_hosts = own_hosts(operations, config);
    let security = security::constants(operations, &config.authentication);
    let summary = format!(" What {title}'s documents say of its API as a whole.");
    file.items.push(parse_quote! {
        #[doc = #summary]
        pub const PROVIDER: provider_runtime::Provider = #constant;
    });
    file.items.push(parse_quote! {
        impl provider_runtime::GeneratedClient for Client {
            const PROVIDER: &'static provider_runtime::Provider = &PROVIDER;
            const VERSION: &'static str = env!("CARGO_PKG_VERSION");
            #own_hosts
            #security

            fn assemble(base_url: String, http: reqwest::Client, session: provider_runtime::Session) -> Self {
                Self { baseurl: base_url, client: http, inner: session }
            }
        }
    });
    let (environment, credentials, variables) = (
        environment_docs(&config.hosts),
        credentials_docs(&config.authentication),
        variables_docs(&config.variables_of_credentials()),
    );
    file.items.push(parse_quote! {
        #(#environment)*
        #[doc(inline)]
        pub use provider_runtime::Environment;
    });
    file.items.push(parse_quote! {
        #(#credentials)*
        #[doc(inline)]
        pub use provider_runtime::Credentials;
    });
    file.items.push(parse_quote! {
        #(#variables)*
        pub fn credentials_from_env() -> Result<Credentials, provider_runtime::VariableError> {
            Credentials::from_env(&PROVIDER)
        }
    });
    let summary =
        format!(" Settings for a client of {title}: an environment and credentials at least.");
    file.items.push(parse_quote! {
        impl Client {
            #[doc = #summary]
            pub fn builder() -> provider_runtime::ClientBuilder<Self> {
                provider_runtime::ClientBuilder::new()
            }
        }
    });
}

/// Where calls go in each environment.
fn environment_docs(hosts: &Hosts) -> Vec<Attribute> {
    let of = |name: &str, host: &Option<Host>| match host {
        Some(host) => format!("- `{name}`: <{}>", host.url),
        None => format!("- `{name}`: the documents name none"),
    };
    let text = format!(
        "Where calls go:\n{}\n{}",
        of("Sandbox", &hosts.sandbox),
        of("Production", &hosts.production)
    );
    docs([text.as_str()])
}

/// With what calls are authenticated, and where that is documented.
fn credentials_docs(authentication: &Authentication) -> Vec<Attribute> {
    let (function, source) = match authentication {
        Authentication::Bearer { source } => ("bearer(token)".to_owned(), source),
        Authentication::Basic { source } => ("basic(user, password)".to_owned(), source),
        Authentication::ApiKey { source, .. } => {
            let function = match authentication.key_names().as_slice() {
                [_] => "api_key(key)".to_owned(),
                names => {
                    let pairs = names.iter().map(|name| format!("(\"{name}\", key)"));
                    format!("api_keys([{}])", pairs.collect::<Vec<_>>().join(", "))
                }
            };
            (function, source)
        }
        Authentication::OAuth2ClientCredentials { source, .. } => {
            ("oauth2(client_id, client_secret)".to_owned(), source)
        }
    };
    let text = format!("What calls are authenticated with: `Credentials::{function}` ({source}).");
    docs([text.as_str()])
}

/// From which variables credentials are read.
fn variables_docs(names: &[String]) -> Vec<Attribute> {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    let text = format!(
        "The credentials in the environment: {}. Nothing else of this crate reads credentials from it.\n\n# Errors\n\
         One of them is not set, empty or no text.",
        names.join(", ")
    );
    docs([text.as_str()])
}

/// Where operations are called that have other servers than the provider; nothing if there are none.
fn own_hosts(operations: &[Operation], config: &Config) -> TokenStream {
    let urls = |hosts: &Hosts| {
        let url = |host: &Option<Host>| host.as_ref().map(|host| host.url.clone());
        (url(&hosts.sandbox), url(&hosts.production))
    };
    let own: Vec<TokenStream> = operations
        .iter()
        .filter_map(|operation| {
            let id = &operation.id;
            let servers = operation.servers.iter();
            let servers = servers.map(|server| (server.url.as_str(), server.description.as_str()));
            let (sandbox, production) = urls(&start::of_urls(servers, ""));
            let (other_sandbox, other_production) = urls(&config.hosts);
            let sandbox = sandbox.filter(|url| Some(url) != other_sandbox.as_ref());
            let production = production.filter(|url| Some(url) != other_production.as_ref());
            (sandbox.is_some() || production.is_some()).then(|| {
                let (sandbox, production) = (
                    optional(sandbox.as_deref()),
                    optional(production.as_deref()),
                );
                quote! {
                    provider_runtime::OwnHost {
                        operation: #id,
                        sandbox: #sandbox,
                        production: #production,
                    }
                }
            })
        })
        .collect();
    if own.is_empty() {
        return TokenStream::new();
    }
    quote! {
        const OWN_HOSTS: &'static [provider_runtime::OwnHost] = &[#(#own),*];
    }
}

fn constant(operations: &[Operation], config: &Config) -> TokenStream {
    let name = &config.name;
    let title = &config.title;
    let sandbox = optional(config.hosts.sandbox.as_ref().map(|host| host.url.as_str()));
    let production = optional(
        config
            .hosts
            .production
            .as_ref()
            .map(|host| host.url.as_str()),
    );
    let authentication = authentication(&config.authentication);
    let variables = config.variables_of_credentials();
    let (message, code, log_id, request_id) = (
        &config.errors.message,
        &config.errors.code,
        &config.errors.log_id,
        &config.errors.request_id,
    );
    // Lowering may have mended a path.
    let routes: BTreeMap<&str, &str> = operations
        .iter()
        .map(|operation| (operation.id.as_str(), operation.route.as_str()))
        .collect();
    let operations = config.operations.iter().map(|(id, operation)| {
        let method = operation.call.method.to_ascii_uppercase();
        let route = routes.get(id.as_str()).copied();
        let route = route.unwrap_or(&operation.call.path);
        let moves_money = operation.moves_money;
        let header = optional(operation.idempotency_header.as_deref());
        quote! {
            provider_runtime::Operation {
                id: #id,
                method: #method,
                route: #route,
                moves_money: #moves_money,
                idempotency_header: #header,
            }
        }
    });
    quote! {
        provider_runtime::Provider {
            name: #name,
            title: #title,
            sandbox: #sandbox,
            production: #production,
            authentication: #authentication,
            credential_variables: &[#(#variables),*],
            message_pointers: &[#(#message),*],
            code_pointers: &[#(#code),*],
            log_id_pointers: &[#(#log_id),*],
            request_id_headers: &[#(#request_id),*],
            operations: &[#(#operations),*],
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The operations of a document with these members and these paths, which all are there to be read.
    fn operations(mut document: Value, paths: Value) -> Vec<Operation> {
        document["openapi"] = "3.0.3".into();
        document["info"] = json!({"title": "t", "version": "1"});
        document["paths"] = paths;
        openapi_lower::lower(&document).unwrap().plan.operations
    }

    #[test]
    fn operations_on_hosts_of_their_own_are_listed_and_others_are_not() {
        let config = Config::parse(
            "provider.toml",
            "name = \"acme\"\ntitle = \"Acme\"\n[hosts.production]\nurl = \"https://api.acme.example\"\nsource = \"page\"\n\
             [authentication]\nscheme = \"bearer\"\nsource = \"page\"\n[operations.upload]\ncall = \"POST /files\"\nmoves_money = false\n",
        )
        .unwrap();
        let operation = |id: &str, host: &str| json!({"get": {"operationId": id, "servers": [{"url": format!("https://{host}.acme.example")}]}});
        let operations = operations(
            json!({}),
            json!({"/files": operation("upload", "files"), "/b": operation("other", "api")}),
        );
        let tokens = own_hosts(&operations, &config).to_string();
        assert_eq!(tokens.matches("OwnHost {").count(), 1, "{tokens}");
        assert!(tokens.contains("operation : \"upload\""), "{tokens}");
        assert!(
            tokens.contains("production : Some (\"https://files.acme.example\")"),
            "{tokens}"
        );
        let elsewhere = |operation: &&Operation| operation.id == "upload";
        let others: Vec<_> = operations
            .iter()
            .filter(|one| !elsewhere(one))
            .cloned()
            .collect();
        assert!(own_hosts(&others, &config).is_empty());
    }
}
