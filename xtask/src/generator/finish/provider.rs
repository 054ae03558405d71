//! What the documents say of the provider as a whole, as a constant, and the way to a client.

use proc_macro2::TokenStream;
use quote::quote;
use spec_documents::Config;
use spec_documents::config::{Authentication, KeyPlace};
use syn::parse_quote;

pub(super) fn apply(file: &mut syn::File, config: &Config) {
    let constant = constant(config);
    let title = &config.title;
    let summary = format!(" What {title}'s documents say of its API as a whole.");
    file.items.push(parse_quote! {
        #[doc = #summary]
        pub const PROVIDER: provider_runtime::Provider = #constant;
    });
    file.items.push(parse_quote! {
        impl provider_runtime::GeneratedClient for Client {
            const PROVIDER: &'static provider_runtime::Provider = &PROVIDER;
            const VERSION: &'static str = env!("CARGO_PKG_VERSION");

            fn assemble(base_url: String, http: reqwest::Client, session: provider_runtime::Session) -> Self {
                Self { baseurl: base_url, client: http, inner: session }
            }
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

fn constant(config: &Config) -> TokenStream {
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
    let (message, code, log_id) = (
        &config.errors.message,
        &config.errors.code,
        &config.errors.log_id,
    );
    let operations = config.operations.iter().map(|(id, operation)| {
        let (method, route) = (
            operation.call.method.to_ascii_uppercase(),
            &operation.call.path,
        );
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
            message_pointers: &[#(#message),*],
            code_pointers: &[#(#code),*],
            log_id_pointers: &[#(#log_id),*],
            operations: &[#(#operations),*],
        }
    }
}

fn optional(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote! { Some(#text) },
        None => quote! { None },
    }
}

fn authentication(authentication: &Authentication) -> TokenStream {
    match authentication {
        Authentication::Bearer { .. } => quote! { provider_runtime::Authentication::Bearer },
        Authentication::Basic { .. } => quote! { provider_runtime::Authentication::Basic },
        Authentication::ApiKey { name, place, .. } => {
            let place = match place {
                KeyPlace::Header => quote! { Header },
                KeyPlace::Query => quote! { Query },
                KeyPlace::Cookie => quote! { Cookie },
            };
            quote! {
                provider_runtime::Authentication::ApiKey {
                    name: #name,
                    place: provider_runtime::KeyPlace::#place,
                }
            }
        }
        Authentication::OAuth2ClientCredentials {
            sandbox_token_url,
            production_token_url,
            scope,
            ..
        } => {
            let scope = optional(scope.as_deref());
            quote! {
                provider_runtime::Authentication::OAuth2ClientCredentials {
                    sandbox_token_url: #sandbox_token_url,
                    production_token_url: #production_token_url,
                    scope: #scope,
                }
            }
        }
    }
}
