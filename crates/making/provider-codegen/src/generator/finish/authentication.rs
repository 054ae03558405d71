//! How calls are authenticated, as values of the run time.

use proc_macro2::TokenStream;
use quote::quote;
use spec_documents::config::{Authentication, KeyPlace};

/// How calls are authenticated, as a value of the run time.
pub(super) fn authentication(authentication: &Authentication) -> TokenStream {
    match authentication {
        Authentication::Bearer { .. } => quote! { provider_runtime::Authentication::Bearer },
        Authentication::Basic { .. } => quote! { provider_runtime::Authentication::Basic },
        Authentication::ApiKey {
            name,
            place,
            together_with,
            ..
        } => {
            let first = api_key(name, *place);
            let further = together_with
                .iter()
                .map(|key| api_key(&key.name, key.place));
            quote! {
                provider_runtime::Authentication::ApiKeys(&[#first #(, #further)*])
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

fn api_key(name: &str, place: KeyPlace) -> TokenStream {
    let place = match place {
        KeyPlace::Header => quote! { Header },
        KeyPlace::Query => quote! { Query },
        KeyPlace::Cookie => quote! { Cookie },
    };
    quote! {
        provider_runtime::ApiKey {
            name: #name,
            place: provider_runtime::KeyPlace::#place,
        }
    }
}

/// A text that may be there.
pub(super) fn optional(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote! { Some(#text) },
        None => quote! { None },
    }
}
