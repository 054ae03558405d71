//! What each operation asks to be authenticated with.

use std::collections::BTreeSet;

use openapi_model::reference;
use serde_json::{Map, Value};

use super::parameters::is_of_token;
use super::{Draft, Rule};
use crate::plan::{KeyPlace, Scheme, SchemeKind};
use crate::report::Scribe;
use crate::{LowerError, document};

pub(crate) const RULE: Rule = Rule {
    name: "own-security",
    statement: "Accepts the security of single operations, which takes the place of the document's, and schemes of any kind or none; decides which schemes each asks for.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let Draft {
        document, facts, ..
    } = document;
    let listed = |holder: &Value| holder.get("security").and_then(Value::as_array).cloned();
    let of_all = listed(document);
    let schemes = schemes(document);
    for told in of_all.iter().flat_map(|all| told(all, &schemes)) {
        scribe.note("/security", told);
    }
    let alternatives = |security: &Vec<Value>| {
        let requirements = security.iter().filter_map(Value::as_object);
        requirements
            .map(|names| names.keys().map(|name| named(name, &schemes)).collect())
            .collect()
    };
    document::each_operation_mut(document, &mut |at, operation| {
        let own = operation.get("security").and_then(Value::as_array).cloned();
        if let Some(own) = &own {
            let requirements = own.iter().filter_map(Value::as_object);
            let mut names: Vec<_> = requirements.flat_map(Map::keys).collect();
            names.sort();
            names.dedup();
            if names.is_empty() {
                scribe.note(at, "is called without credentials");
            } else if of_all.as_ref().is_some_and(|all| all != own) {
                scribe.note(
                    at,
                    format!("asks for {names:?} in place of what the document asks for"),
                );
            }
            for told in told(own, &schemes) {
                scribe.note(at, told);
            }
        }
        facts.of(operation).security = own.as_ref().or(of_all.as_ref()).map(alternatives);
    });
    Ok(())
}

/// What a client cannot do as it is asked for.
fn told(security: &[Value], schemes: &[Scheme]) -> BTreeSet<String> {
    let requirements = security.iter().filter_map(Value::as_object);
    let mut told = BTreeSet::new();
    for requirement in requirements {
        let asked: Vec<_> = requirement
            .keys()
            .map(|name| named(name, schemes))
            .collect();
        let unknown = asked.iter().filter(|one| one.kind == SchemeKind::Other);
        told.extend(unknown.map(|Scheme { name, .. }| {
            let why = match schemes.iter().any(|known| known.name == *name) {
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

/// The security schemes of a document, by their names.
fn schemes(document: &Value) -> Vec<Scheme> {
    let defined = document.pointer("/components/securitySchemes");
    let defined = defined.and_then(Value::as_object).into_iter().flatten();
    let scheme = |(name, scheme): (&String, &Value)| Scheme {
        name: name.clone(),
        kind: kind(reference::followed(document, scheme)),
    };
    defined.map(scheme).collect()
}

/// The scheme of a name, or that a URI leads to (OpenAPI 3.2, Security Requirement Object).
fn named(name: &str, schemes: &[Scheme]) -> Scheme {
    let known = |name: &str| schemes.iter().find(|scheme| scheme.name == name);
    let referred = || match reference::component(name)? {
        ("securitySchemes", name) => known(&name),
        _ => None,
    };
    known(name)
        .or_else(referred)
        .cloned()
        .unwrap_or_else(|| Scheme {
            name: name.to_owned(),
            kind: SchemeKind::Other,
        })
}

/// What a scheme is on the wire (OpenAPI, Security Scheme Object).
fn kind(scheme: &Value) -> SchemeKind {
    let text = |member: &str| scheme.get(member).and_then(Value::as_str);
    let is = |word: &str| text("scheme").is_some_and(|text| text.eq_ignore_ascii_case(word));
    let place = || match text("in")? {
        "header" => Some(KeyPlace::Header),
        "query" => Some(KeyPlace::Query),
        "cookie" => Some(KeyPlace::Cookie),
        _ => None,
    };
    match text("type") {
        Some("http") if is("basic") => SchemeKind::Basic,
        Some("http") if is("bearer") => SchemeKind::Bearer,
        Some("oauth2" | "openIdConnect") => SchemeKind::Bearer,
        Some("apiKey") => match (text("name"), place()) {
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
