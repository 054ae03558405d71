//! What operations ask for that the client's credentials alone are not for, as constants.

use std::{cmp::Reverse, collections::BTreeMap};

use openapi_lower::plan::{KeyPlace as Place, Operation, Scheme, SchemeKind};
use proc_macro2::TokenStream;
use quote::quote;
use spec_documents::config::{Authentication, KeyPlace};

use super::authentication;

/// Schemes beside the client's and the operations that ask for them, or for nothing; no tokens if there are none.
pub(super) fn constants(operations: &[Operation], client: &Authentication) -> TokenStream {
    let client = Client::among(operations, client);
    let mut schemes = BTreeMap::new();
    let listed = operations.iter().filter_map(|operation| {
        let id = &operation.id;
        let requirements = client.listed(operation)?;
        for (name, scheme) in requirements.iter().flat_map(|one| &one.further) {
            let kind = scheme.as_ref().map(authentication::authentication);
            schemes.extend(kind.map(|kind| ((*name).to_owned(), kind)));
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

/// What is needed together: the client's credentials, and schemes that they are not for, of a kind that can be given
/// or of another.
#[derive(Clone, Default)]
struct Requirement<'a> {
    credentials: bool,
    further: Vec<(&'a str, Option<Authentication>)>,
}

impl Requirement<'_> {
    /// Whether it is the client's credentials alone.
    fn is_plain(&self) -> bool {
        self.credentials && self.further.is_empty()
    }
}

/// What a scheme is met with.
#[derive(Clone)]
enum Part<'a> {
    Credentials,
    Further(&'a str, Option<Authentication>),
}

/// The client's credentials, and the names of the schemes that they are for first.
struct Client<'a> {
    authentication: &'a Authentication,
    own: Vec<&'a Scheme>,
}

impl<'a> Client<'a> {
    /// Of schemes that are the same on the wire, the one that is asked for most is the client's, or the first of these.
    fn among(operations: &'a [Operation], authentication: &'a Authentication) -> Self {
        let schemes = operations.iter().flat_map(|operation| &operation.security);
        let mut counts: Vec<(&Scheme, usize)> = Vec::new();
        for scheme in schemes.flatten().flatten() {
            match counts.iter_mut().find(|(known, _)| *known == scheme) {
                Some((_, count)) => *count += 1,
                None if is_met(authentication, scheme) => counts.push((scheme, 1)),
                None => {}
            }
        }
        counts.sort_by_key(|(_, count)| Reverse(*count));
        let mut own: Vec<&Scheme> = Vec::new();
        for (scheme, _) in counts {
            if own.iter().all(|known| known.kind != scheme.kind) {
                own.push(scheme);
            }
        }
        Self {
            authentication,
            own,
        }
    }

    /// What this operation asks for; nothing where the client's credentials alone are what it gets.
    fn listed(&self, operation: &'a Operation) -> Option<Vec<Requirement<'a>>> {
        let alternatives = operation.security.as_ref()?.iter();
        let mut requirements: Vec<_> = alternatives
            .flat_map(|needed| self.alternatives(needed))
            .collect();
        if requirements.is_empty() {
            requirements.push(Requirement::default());
        }
        // The client's credentials are always at hand: what comes after them is never taken, nor is nothing.
        if let Some(plain) = requirements.iter().position(Requirement::is_plain) {
            requirements.truncate(plain + 1);
            requirements.retain(|one| one.credentials || !one.further.is_empty());
        }
        let is_listed = !requirements.first().is_some_and(Requirement::is_plain);
        is_listed.then_some(requirements)
    }

    /// The ways to meet a requirement, in the order in which they are tried.
    fn alternatives(&self, needed: &'a [Scheme]) -> Vec<Requirement<'a>> {
        let mut found = vec![Requirement::default()];
        let mut in_authorization = Vec::new();
        for scheme in needed {
            let parts = self.parts(scheme);
            match scheme.kind.is_in_authorization() {
                true => in_authorization.extend(parts),
                false => found = with_each(found, &parts),
            }
        }
        // A request has one header `Authorization` (RFC 9110, section 5.3).
        with_each(found, &in_authorization)
    }

    /// What meets a scheme, the first that is at hand; nothing if it is no matter of requests.
    fn parts(&self, scheme: &'a Scheme) -> Vec<Part<'a>> {
        let kind = authentication(&scheme.kind);
        let is_known = kind.is_some();
        let further = Part::Further(&scheme.name, kind);
        // Where the documents know no scheme that the credentials are for, `provider.toml` decided on what is unknown.
        let is_decided = self.own.is_empty() && !is_known;
        match scheme.kind {
            _ if is_decided || self.own.contains(&scheme) => vec![Part::Credentials],
            SchemeKind::Certificate => Vec::new(),
            // What the user gives for it by its name comes first.
            _ if is_met(self.authentication, scheme) => vec![further, Part::Credentials],
            _ => vec![further],
        }
    }
}

/// Each requirement with each of these parts, or as it is where there are none.
fn with_each<'a>(requirements: Vec<Requirement<'a>>, parts: &[Part<'a>]) -> Vec<Requirement<'a>> {
    if parts.is_empty() {
        return requirements;
    }
    let with = |requirement: &Requirement<'a>, part: &Part<'a>| {
        let mut requirement = requirement.clone();
        match part.clone() {
            Part::Credentials => requirement.credentials = true,
            Part::Further(name, kind) => requirement.further.push((name, kind)),
        }
        requirement
    };
    let requirements = requirements.iter();
    requirements
        .flat_map(|one| parts.iter().map(move |part| with(one, part)))
        .collect()
}

/// Whether the client's credentials are what this scheme asks for.
fn is_met(client: &Authentication, scheme: &Scheme) -> bool {
    authentication(&scheme.kind).is_some_and(|kind| is_for(client, &kind))
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
        SchemeKind::Certificate | SchemeKind::Other => return None,
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
    use serde_json::{Map, Value, json};

    use super::*;

    /// The operations of a document that ask for these.
    fn operations(securities: &[Value]) -> Vec<Operation> {
        let operations = securities.iter().enumerate();
        let paths: Map<String, Value> = operations
            .map(|(index, security)| {
                let id = format!("pay{index}");
                let operation = json!({"operationId": id, "security": security, "responses": {}});
                (format!("/{index}"), json!({"get": operation}))
            })
            .collect();
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths,
            "components": {"securitySchemes": {
                "token": {"type": "oauth2", "flows": {}},
                "admin": {"type": "http", "scheme": "bearer"},
                "login": {"type": "http", "scheme": "Basic"},
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "cert": {"type": "mutualTLS"},
                "digest": {"type": "http", "scheme": "digest"},
            }},
        });
        openapi_lower::lower(&document).unwrap().plan.operations
    }

    fn bearer() -> Authentication {
        Authentication::Bearer {
            source: "page".to_owned(),
        }
    }

    /// The alternatives of the last of these: names of schemes, `*` being the client's credentials.
    fn listed(securities: &[Value]) -> Option<Vec<String>> {
        let (operations, bearer) = (operations(securities), bearer());
        let listed = Client::among(&operations, &bearer).listed(operations.last()?)?;
        let shown = |one: &Requirement| {
            let credentials = one.credentials.then_some("*");
            let names = one.further.iter().map(|(name, _)| *name);
            credentials
                .into_iter()
                .chain(names)
                .collect::<Vec<_>>()
                .join("+")
        };
        Some(listed.iter().map(shown).collect())
    }

    #[test]
    fn only_what_the_clients_credentials_are_not_for_is_listed() {
        for plain in [
            json!([{"token": []}]),
            json!([{}, {"token": []}, {"login": []}]),
            json!([{"token": [], "cert": []}]),
        ] {
            assert_eq!(
                listed(&[json!([{"token": []}]), plain.clone()]),
                None,
                "{plain}"
            );
        }
        for (security, wanted) in [
            (json!([]), vec![""]),
            (json!([{}]), vec![""]),
            (
                json!([{"token": [], "key": []}, {"login": []}]),
                vec!["*+key", "login"],
            ),
            // A request has one header `Authorization`: these cannot go together.
            (json!([{"admin": [], "token": []}]), vec!["admin", "*"]),
            // What comes before the client's credentials is taken where it is given, and nothing after them.
            (
                json!([{}, {"login": []}, {"token": []}, {"key": []}]),
                vec!["login", "*"],
            ),
            (json!([{"key": []}, {}]), vec!["key", ""]),
            (
                json!([{"login": [], "token": [], "key": []}]),
                vec!["key+login", "*+key"],
            ),
        ] {
            let token = json!([{"token": []}]);
            let wanted = wanted.into_iter().map(str::to_owned).collect();
            assert_eq!(
                listed(&[token, security.clone()]),
                Some(wanted),
                "{security}"
            );
        }
    }

    #[test]
    fn a_scheme_of_the_same_kind_can_be_given_and_the_client_has_the_one_that_is_asked_for_most() {
        let (token, admin) = (json!([{"token": []}]), json!([{"admin": []}]));
        let with_admin = Some(vec!["admin".to_owned(), "*".to_owned()]);
        assert_eq!(
            listed(&[token.clone(), token.clone(), admin.clone()]),
            with_admin
        );
        assert_eq!(listed(&[admin.clone(), token.clone(), admin.clone()]), None);
        assert_eq!(listed(&[admin.clone(), token.clone(), token.clone()]), None);
        assert_eq!(listed(&[admin.clone(), admin]), None);
        assert_eq!(
            listed(&[token, json!([{"token": []}, {"admin": []}])]),
            None
        );
    }

    #[test]
    fn what_is_of_no_known_kind_is_the_clients_only_where_nothing_known_is() {
        for unknown in ["digest", "nowhere", "cert"] {
            let unknown = json!([{unknown: []}]);
            assert_eq!(listed(&[unknown.clone(), unknown]), None);
        }
        for (unknown, wanted) in [("digest", "digest"), ("nowhere", "nowhere"), ("cert", "")] {
            let securities = [json!([{"token": []}]), json!([{unknown: []}])];
            assert_eq!(listed(&securities), Some(vec![wanted.to_owned()]));
        }
    }

    #[test]
    fn what_can_be_given_is_printed_with_its_kind() {
        let operations = operations(&[
            json!([{"token": []}]),
            json!([{"token": [], "key": []}, {"login": []}]),
            json!([{"digest": []}]),
        ]);
        let tokens = constants(&operations, &bearer()).to_string();
        let tokens = tokens.replace("provider_runtime :: ", "");
        for part in [
            "SecurityScheme { name : \"key\" , authentication : Authentication :: ApiKeys",
            "SecurityScheme { name : \"login\" , authentication : Authentication :: Basic }",
            "& [SecurityRequirement { credentials : true , schemes : & [\"key\"] } , SecurityRequirement { credentials : false , schemes : & [\"login\"] }]",
            "& [SecurityRequirement { credentials : false , schemes : & [\"digest\"] }]",
        ] {
            assert!(tokens.contains(part), "{part} in {tokens}");
        }
        assert_eq!(tokens.matches("SecurityScheme {").count(), 2, "{tokens}");
        let open = constants(&self::operations(&[json!([])]), &bearer()).to_string();
        assert!(!open.contains("SCHEMES"), "{open}");
        let plain = constants(&self::operations(&[json!([{"token": []}])]), &bearer());
        assert!(plain.is_empty(), "{plain}");
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
        let mut two = key("X-Id", header);
        if let Authentication::ApiKey { together_with, .. } = &mut two {
            let (name, place) = ("secret".to_owned(), query);
            together_with.push(spec_documents::config::ApiKey { name, place });
        }
        assert!(is_for(&two, &key("x-id", header)) && is_for(&two, &key("secret", query)));
        assert!(!is_for(&two, &key("secret", header)));
        assert!(is_for(&key("X-Key", header), &key("x-key", header)));
        assert!(!is_for(&key("key", query), &key("Key", query)));
        assert!(!is_for(&key("key", query), &key("key", header)));
    }
}
