//! What operations ask for that the client's credentials alone are not for, as constants.

use std::collections::BTreeMap;

use openapi_lower::plan::{KeyPlace as Place, Operation, Scheme, SchemeKind};
use proc_macro2::TokenStream;
use quote::quote;
use spec_documents::config::{Authentication, KeyPlace};

use super::provider;

/// Schemes beside the client's and the operations that ask for them, or for nothing; no tokens if there are none.
pub(super) fn constants(operations: &[Operation], client: &Authentication) -> TokenStream {
    let mut schemes = BTreeMap::new();
    let listed = operations.iter().filter_map(|operation| {
        let id = &operation.id;
        let alternatives = operation.security.as_ref()?.iter();
        let mut requirements: Vec<_> = alternatives
            .map(|needed| requirement(needed, client))
            .collect();
        if requirements.is_empty() {
            requirements.push(Requirement::default());
        }
        // The client's credentials alone are what every other operation gets.
        let is_plain = |one: &Requirement| one.credentials && one.further.is_empty();
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
    });
    let operations: Vec<TokenStream> = listed.collect();
    if operations.is_empty() {
        return TokenStream::new();
    }
    let (names, kinds): (Vec<_>, Vec<_>) = schemes.into_iter().unzip();
    let schemes = (!names.is_empty()).then(|| {
        quote! {
            const SCHEMES: &'static [provider_runtime::SecurityScheme] = &[
                #(provider_runtime::SecurityScheme { name: #names, authentication: #kinds }),*
            ];
        }
    });
    quote! {
        #schemes
        const SECURITY: &'static [provider_runtime::OperationSecurity] = &[#(#operations),*];
    }
}

/// What is needed together: the client's credentials, and schemes that they are not for.
#[derive(Default)]
struct Requirement<'a> {
    credentials: bool,
    further: Vec<(&'a str, Authentication)>,
}

fn requirement<'a>(needed: &'a [Scheme], client: &Authentication) -> Requirement<'a> {
    let mut requirement = Requirement::default();
    for scheme in needed {
        // What is of no known kind is what `provider.toml` decided on.
        match authentication(&scheme.kind) {
            Some(kind) if !is_for(client, &kind) => requirement.further.push((&scheme.name, kind)),
            _ => requirement.credentials = true,
        }
    }
    requirement
}

fn authentication(kind: &SchemeKind) -> Option<Authentication> {
    let source = String::new();
    Some(match kind {
        SchemeKind::Bearer => Authentication::Bearer { source },
        SchemeKind::Basic => Authentication::Basic { source },
        SchemeKind::ApiKey { name, place } => Authentication::ApiKey {
            name: name.clone(),
            place: match place {
                Place::Header => KeyPlace::Header,
                Place::Query => KeyPlace::Query,
                Place::Cookie => KeyPlace::Cookie,
            },
            together_with: Vec::new(),
            source,
        },
        SchemeKind::Other => return None,
    })
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
            let further = |key: &spec_documents::config::ApiKey| is_it(&key.name, key.place);
            is_it(name, *place) || together_with.iter().any(further)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn constants_of(alternatives: Value) -> String {
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "pay", "security": alternatives, "responses": {}}}},
            "components": {"securitySchemes": {
                "token": {"type": "oauth2", "flows": {}},
                "login": {"type": "http", "scheme": "Basic"},
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "cert": {"type": "mutualTLS"},
            }},
        });
        let plan = openapi_lower::lower(&document).unwrap().plan;
        let client = Authentication::Bearer {
            source: "page".to_owned(),
        };
        let tokens = constants(&plan.operations, &client).to_string();
        tokens.replace("provider_runtime :: ", "")
    }

    #[test]
    fn only_what_the_clients_credentials_are_not_for_is_listed() {
        for plain in [
            json!([{"token": []}]),
            json!([{}, {"login": []}, {"token": []}]),
            json!([{"cert": []}]),
            json!([{"nowhere": []}]),
        ] {
            assert_eq!(constants_of(plain), "");
        }
        for nothing in [json!([]), json!([{}])] {
            let tokens = constants_of(nothing);
            assert!(tokens.contains("alternatives : & [SecurityRequirement { credentials : false , schemes : & [] }]"), "{tokens}");
            assert!(!tokens.contains("SCHEMES"), "{tokens}");
        }
        let tokens = constants_of(json!([{"token": [], "key": []}, {"login": []}]));
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
