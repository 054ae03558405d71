//! What each operation asks to be authenticated with.

use std::collections::BTreeSet;

use openapi_model::{At, Id, Model, Part, Requirement, SecurityScheme, reference};

use super::Rule;
use super::calls::Calls;
use super::parameters::is_of_token;
use crate::plan::{KeyPlace, Scheme, SchemeKind};
use crate::report::Scribe;

pub(crate) const RULE: Rule = Rule {
    name: "own-security",
    statement: "Accepts the security of single operations, which takes the place of the document's, and schemes of any kind or none; decides which schemes each asks for.",
    apply,
};

fn apply(calls: &mut Calls<'_>, scribe: &mut Scribe<'_>) {
    let model = calls.model;
    let of_all = asked(model.root(), &model.root().said().security);
    for told in of_all.iter().flat_map(|all| told(all, model)) {
        scribe.note("/security", told);
    }
    for (key, called) in &calls.list {
        let operation = called.call.operation;
        let own = asked(operation, &operation.said().security);
        if let Some(own) = own.as_ref().filter(|_| !called.is_stand_in) {
            let mut names: Vec<_> = own.iter().flatten().map(|scheme| &scheme.name).collect();
            names.sort();
            names.dedup();
            if names.is_empty() {
                scribe.note(&key.pointer(), "is called without credentials");
            } else if of_all.as_ref().is_some_and(|all| all != own) {
                scribe.note(
                    &key.pointer(),
                    format!("asks for {names:?} in place of what the document asks for"),
                );
            }
            for told in told(own, model) {
                scribe.note(&key.pointer(), told);
            }
        }
        let decided = own.or_else(|| of_all.clone());
        calls.facts.named(called.id.as_deref()).security = decided;
    }
}

/// What a document or an operation asks for, if it says it.
fn asked<'m, T: Part<'m>>(
    of: At<'m, T>,
    security: &Option<Vec<Id<Requirement<'m>>>>,
) -> Option<Vec<Vec<Scheme>>> {
    let said = security.as_ref();
    let said = said.filter(|_| !of.malformed().contains(&"security"))?;
    let requirements = said.iter().map(|id| of.at(*id));
    let requirements = requirements.filter(|requirement| requirement.raw().is_object());
    let schemes = requirements.map(|requirement| {
        let schemes = requirement.said().schemes.iter();
        let scheme = |(name, scheme): (&str, Option<Id<SecurityScheme<'m>>>)| Scheme {
            // OpenAPI 3.2: a name, or a URI that leads to one.
            name: match reference::component(name).filter(|_| scheme.is_some()) {
                Some((_, name)) => name.into_owned(),
                None => name.to_owned(),
            },
            kind: scheme.map_or(SchemeKind::Other, |scheme| kind(of.at(scheme))),
        };
        schemes
            .map(|(name, found, _)| scheme((name, *found)))
            .collect()
    });
    Some(schemes.collect())
}

/// What a client cannot do as it is asked for.
fn told(security: &[Vec<Scheme>], model: &Model<'_>) -> BTreeSet<String> {
    let known = &model.root().said().schemes;
    let mut told = BTreeSet::new();
    for asked in security {
        let unknown = asked.iter().filter(|one| one.kind == SchemeKind::Other);
        told.extend(unknown.map(|Scheme { name, .. }| {
            let why = match known.iter().any(|(known, _)| known == name) {
                true => "is of no known kind",
                false => "no scheme is called",
            };
            format!("asks for {name:?}, which {why}: what the client has, if that is for no other scheme, or a signer's work")
        }));
        let in_authorization = asked.iter().filter(|one| one.kind.is_in_authorization());
        let names: Vec<_> = in_authorization.map(|one| &one.name).collect();
        if names.len() > 1 {
            told.insert(format!(
                "asks for {names:?} together, which all are the header \"Authorization\": one of them is sent"
            ));
        }
    }
    told
}

/// What a scheme is on the wire (OpenAPI, Security Scheme Object).
fn kind(scheme: At<'_, SecurityScheme<'_>>) -> SchemeKind {
    let word = scheme.scheme.unwrap_or_default();
    let place = match scheme.location {
        Some("header") => Some(KeyPlace::Header),
        Some("query") => Some(KeyPlace::Query),
        Some("cookie") => Some(KeyPlace::Cookie),
        _ => None,
    };
    match scheme.kind {
        Some("http") if word.eq_ignore_ascii_case("basic") => SchemeKind::Basic,
        Some("http") if word.eq_ignore_ascii_case("bearer") => SchemeKind::Bearer,
        Some("oauth2" | "openIdConnect") => SchemeKind::Bearer,
        Some("apiKey") => match (scheme.name, place) {
            (Some(name), Some(place)) if fits(name, place) => SchemeKind::ApiKey {
                name: name.to_owned(),
                place,
            },
            _ => SchemeKind::Other,
        },
        Some("mutualTLS") => SchemeKind::Certificate,
        _ => SchemeKind::Other,
    }
}

/// Whether a key of this name can be sent there (RFC 9110, section 5.1; RFC 6265, section 4.1.1).
fn fits(name: &str, place: KeyPlace) -> bool {
    !name.is_empty() && (place == KeyPlace::Query || name.bytes().all(is_of_token))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::plan::{KeyPlace, Scheme, SchemeKind};
    use crate::rules::testing::planned;

    #[test]
    fn an_operations_own_security_stands_in_place_of_the_documents_with_its_schemes() {
        let decided = |security: Option<Value>| {
            let mut operation =
                json!({"operationId": "a", "responses": {"204": {"description": ""}}});
            if let Some(security) = security {
                operation["security"] = security;
            }
            planned(json!({
                "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "security": [{"key": []}],
                "paths": {"/a": {"get": operation}},
                "components": {"securitySchemes": {
                    "key": {"$ref": "#/components/securitySchemes/other"},
                    "other": {"type": "apiKey", "in": "header", "name": "X-Key"},
                    "unfit": {"type": "apiKey", "in": "header", "name": "X Key"},
                    "cert": {"type": "mutualTLS"},
                }},
            }))
            .security
            .unwrap()
        };
        let scheme = |name: &str, kind| Scheme {
            name: name.to_owned(),
            kind,
        };
        let key = || SchemeKind::ApiKey {
            name: "X-Key".to_owned(),
            place: KeyPlace::Header,
        };
        assert_eq!(decided(Some(json!([]))), [[]; 0]);
        assert_eq!(decided(Some(json!([{}]))), [[]]);
        assert_eq!(
            decided(Some(json!([{}, {"other": [], "gone": []}]))),
            [
                vec![],
                vec![scheme("gone", SchemeKind::Other), scheme("other", key())]
            ]
        );
        assert_eq!(
            decided(Some(json!([{"unfit": []}, {"cert": []}]))),
            [
                [scheme("unfit", SchemeKind::Other)],
                [scheme("cert", SchemeKind::Certificate)]
            ]
        );
        // OpenAPI 3.2: the name of a scheme, or a URI that leads to one.
        assert_eq!(
            decided(Some(json!([{"#/components/securitySchemes/o%74her": []}]))),
            [[scheme("other", key())]]
        );
        assert_eq!(decided(None), [[scheme("key", key())]]);
        assert_eq!(decided(Some(json!(false))), [[scheme("key", key())]]);
    }

    #[test]
    fn what_no_client_can_do_as_it_is_asked_for_is_told() {
        let lowered = crate::lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "security": [{"digest": []}],
            "paths": {"/a": {"get": {
                "operationId": "a", "security": [{"token": [], "login": []}, {"gone": []}],
                "responses": {"204": {"description": ""}}
            }}},
            "components": {"securitySchemes": {
                "digest": {"type": "http", "scheme": "digest"},
                "token": {"type": "http", "scheme": "bearer"},
                "login": {"type": "http", "scheme": "basic"},
            }},
        }))
        .unwrap();
        let report = lowered.report.to_string();
        for line in [
            "/security: asks for \"digest\", which is of no known kind",
            "/paths/~1a/get: asks for \"gone\", which no scheme is called",
            "/paths/~1a/get: asks for [\"login\", \"token\"] together",
        ] {
            assert!(report.contains(line), "{line} in {report}");
        }
    }
}
