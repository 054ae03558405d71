//! What operations ask for that the client's credentials alone are not for, as constants.

use std::collections::BTreeMap;

use openapi_lower::plan::{Operation, Requirement};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use spec_documents::config::{ApiKey, Authentication, KeyPlace};

use super::provider;
use crate::start;

/// Schemes beside the client's and the operations that ask for them, or for nothing; no tokens if there are none.
pub(super) fn constants(operations: &[Operation], client: &Authentication) -> TokenStream {
    let mut schemes = BTreeMap::new();
    let operations: Vec<TokenStream> = operations
        .iter()
        .filter_map(|operation| {
            let id = &operation.id;
            let alternatives = operation.security.as_ref()?.iter();
            let mut requirements: Vec<_> = alternatives
                .map(|needed| requirement(needed, client))
                .collect();
            if requirements.is_empty() {
                requirements.push(Needed::default());
            }
            // The client's credentials alone are what every other operation gets.
            let is_plain = |one: &Needed<'_>| one.credentials && one.further.is_empty();
            if requirements.iter().any(is_plain) {
                return None;
            }
            for (name, scheme) in requirements.iter().flat_map(|one| &one.further) {
                schemes.insert((*name).to_owned(), provider::authentication(scheme));
            }
            let alternatives = requirements.iter().map(|one| {
                let credentials = one.credentials;
                let names = one.further.iter().map(|(name, _)| name);
                quote! {
                    provider_runtime::SecurityRequirement { credentials: #credentials, schemes: &[#(#names),*] }
                }
            });
            Some(quote! {
                provider_runtime::OperationSecurity { operation: #id, alternatives: &[#(#alternatives),*] }
            })
        })
        .collect();
    let schemes = match schemes.is_empty() {
        true => TokenStream::new(),
        false => {
            let (names, kinds): (Vec<_>, Vec<_>) = schemes.into_iter().unzip();
            quote! {
                const SCHEMES: &'static [provider_runtime::SecurityScheme] = &[
                    #(provider_runtime::SecurityScheme { name: #names, authentication: #kinds }),*
                ];
            }
        }
    };
    if operations.is_empty() {
        return schemes;
    }
    quote! {
        #schemes
        const SECURITY: &'static [provider_runtime::OperationSecurity] = &[#(#operations),*];
    }
}

/// What is needed together: the client's credentials, and schemes that they are not for.
#[derive(Default)]
struct Needed<'a> {
    credentials: bool,
    further: Vec<(&'a str, Authentication)>,
}

fn requirement<'a>(needed: &'a Requirement, client: &Authentication) -> Needed<'a> {
    let mut requirement = Needed::default();
    for (name, scheme) in needed {
        // What is of no known kind is what `provider.toml` decided on.
        match start::known(&Value::Null, scheme, String::new()) {
            Some(kind) if !is_for(client, &kind) => {
                // There is no token URL for another scheme: its token is the user's to get.
                let kind = match kind {
                    Authentication::OAuth2ClientCredentials { source, .. } => {
                        Authentication::Bearer { source }
                    }
                    kind => kind,
                };
                requirement.further.push((name, kind));
            }
            _ => requirement.credentials = true,
        }
    }
    requirement
}

/// Whether the client's credentials are what this scheme asks for, as it is on the wire.
fn is_for(client: &Authentication, scheme: &Authentication) -> bool {
    use Authentication::{ApiKey as Key, Basic, Bearer, OAuth2ClientCredentials};
    match (client, scheme) {
        (
            Bearer { .. } | OAuth2ClientCredentials { .. },
            Bearer { .. } | OAuth2ClientCredentials { .. },
        )
        | (Basic { .. }, Basic { .. }) => true,
        (
            Key {
                name,
                place,
                together_with,
                ..
            },
            Key {
                name: wanted,
                place: at,
                ..
            },
        ) => {
            let is_it = |name: &str, place: KeyPlace| {
                place == *at
                    && match place {
                        KeyPlace::Header => name.eq_ignore_ascii_case(wanted),
                        KeyPlace::Query | KeyPlace::Cookie => name == wanted,
                    }
            };
            let further = |key: &ApiKey| is_it(&key.name, key.place);
            is_it(name, *place) || together_with.iter().any(further)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn constants_of(alternatives: Value) -> String {
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "pay"}}}
        });
        let mut operations = openapi_lower::lower(&document).unwrap().plan.operations;
        let alternatives = alternatives.as_array().unwrap().iter();
        let alternatives = alternatives.map(|one| one.as_object().unwrap().clone());
        let alternatives = alternatives.map(|one| one.into_iter().collect());
        operations[0].security = Some(alternatives.collect());
        let client = Authentication::Bearer {
            source: "page".to_owned(),
        };
        constants(&operations, &client)
            .to_string()
            .replace("provider_runtime :: ", "")
    }

    #[test]
    fn only_what_the_clients_credentials_are_not_for_is_listed() {
        let bearer = json!({"type": "oauth2", "flows": {}});
        let basic = json!({"type": "http", "scheme": "Basic"});
        let key = json!({"type": "apiKey", "in": "header", "name": "X-Key"});
        for plain in [
            json!([{"token": bearer}]),
            json!([{}, {"login": basic}, {"token": bearer}]),
            json!([{"cert": {"type": "mutualTLS"}}]),
            json!([{"nowhere": null}]),
        ] {
            assert_eq!(constants_of(plain), "");
        }
        for nothing in [json!([]), json!([{}])] {
            let tokens = constants_of(nothing);
            assert!(tokens.contains("alternatives : & [SecurityRequirement { credentials : false , schemes : & [] }]"), "{tokens}");
            assert!(!tokens.contains("SCHEMES"), "{tokens}");
        }
        let tokens = constants_of(json!([{"token": bearer, "key": key}, {"login": basic}]));
        for part in [
            "SecurityScheme { name : \"key\" , authentication : Authentication :: ApiKeys",
            "SecurityScheme { name : \"login\" , authentication : Authentication :: Basic }",
            "& [SecurityRequirement { credentials : true , schemes : & [\"key\"] } , SecurityRequirement { credentials : false , schemes : & [\"login\"] }]",
        ] {
            assert!(tokens.contains(part), "{part} in {tokens}");
        }
    }

    #[test]
    fn a_key_is_known_by_its_name_and_place_and_a_header_in_any_case() {
        let key = |name: &str, place| Authentication::ApiKey {
            name: name.to_owned(),
            place,
            together_with: Vec::new(),
            source: String::new(),
        };
        let (header, query) = (KeyPlace::Header, KeyPlace::Query);
        assert!(is_for(&key("X-Key", header), &key("x-key", header)));
        assert!(!is_for(&key("key", query), &key("Key", query)));
        assert!(!is_for(&key("key", query), &key("key", header)));
    }
}
