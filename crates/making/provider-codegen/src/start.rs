//! What a document itself says for a first `provider.toml`: hosts, authentication, where errors tell what.

mod hosts;
mod paging;
mod toml_text;

use std::cmp::Reverse;

use openapi_model::media::is_json;
use openapi_model::schema::{Edge, Type};
use openapi_model::{At, Call, Id, Model, Requirement, Schema, SecurityScheme};
use spec_documents::config::{ApiKey, Authentication, Errors, Host, KeyPlace};

pub use hosts::hosts;
pub(crate) use hosts::of_urls;
pub use paging::{Proposal, paging};
pub use toml_text::quoted;
pub use toml_text::to_toml;

/// Places where errors carry a message, in the order of trust.
const MESSAGES: [&str; 8] = [
    "/message",
    "/error/message",
    "/errors/0/message",
    "/detail",
    "/errors/0/detail",
    "/error_description",
    "/errorMessage",
    "/title",
];
/// Places where errors carry a code.
const CODES: [&str; 7] = [
    "/code",
    "/error/code",
    "/errors/0/code",
    "/errorCode",
    "/error_code",
    "/name",
    "/error/type",
];

/// The security scheme that the document asks for first, cookies last, with the API keys that go together
/// with it; a bearer token where it names none that is known. What else is required together with it is said
/// in the source.
pub fn authentication(model: &Model<'_>, source: &str) -> Authentication {
    let schemes = &model.root().said().schemes;
    let described = |wanted: &str| {
        let found = schemes.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, id)| model.at(*id))
    };
    let required = required(model);
    let all = schemes.iter().map(|(name, _)| *name);
    let in_order = required
        .iter()
        .flatten()
        .copied()
        .chain(all)
        .filter_map(|name| Some((name, described(name)?)));
    let (cookies, others): (Vec<_>, Vec<_>) =
        in_order.partition(|(_, scheme)| scheme.location == Some("cookie"));
    for (name, scheme) in others.into_iter().chain(cookies) {
        let told = format!("{source}: security scheme {name}");
        let Some(mut found) = known(scheme, told) else {
            continue;
        };
        // What one operation may do without, the client does not ask for.
        let together = required
            .iter()
            .filter(|names| names.contains(&name))
            .min_by_key(|names| names.len());
        let further = together
            .into_iter()
            .flatten()
            .filter(|other| **other != name);
        for name in further {
            match described(name).and_then(|scheme| known(scheme, (*name).to_owned())) {
                Some(other) => add(&mut found, other),
                None => remark(
                    &mut found,
                    &format!("{name}, which is of no known kind: see to it in the HTTP client"),
                ),
            }
        }
        return found;
    }
    Authentication::Bearer {
        source: format!("{source} names no security scheme: check how calls are authenticated"),
    }
}

/// Adds what calls need together with what was `found`: a key among keys, anything else as a remark.
fn add(found: &mut Authentication, other: Authentication) {
    let is_token = |found: &Authentication| {
        matches!(
            found,
            Authentication::Bearer { .. } | Authentication::OAuth2ClientCredentials { .. }
        )
    };
    // Both are the one token in `Authorization`.
    if is_token(found) && is_token(&other) {
        return;
    }
    match (found, other) {
        (
            Authentication::ApiKey {
                name: first,
                together_with,
                source,
                ..
            },
            Authentication::ApiKey {
                name,
                place,
                source: scheme,
                ..
            },
            // The same name twice is one key that may go in either place.
        ) if [&*first]
            .into_iter()
            .chain(together_with.iter().map(|key| &key.name))
            .all(|known| !known.eq_ignore_ascii_case(&name)) =>
        {
            source.push_str(&format!(" with {scheme}"));
            together_with.push(ApiKey { name, place });
        }
        (
            found,
            Authentication::Bearer { source }
            | Authentication::Basic { source }
            | Authentication::ApiKey { source, .. }
            | Authentication::OAuth2ClientCredentials { source, .. },
        ) => remark(
            found,
            &format!("{source}: give the latter with `ClientBuilder::credentials_for`"),
        ),
    }
}

/// Says in the source what is required together with what was `found`, and not sent, and what to do about it.
fn remark(found: &mut Authentication, other: &str) {
    let (Authentication::Bearer { source }
    | Authentication::Basic { source }
    | Authentication::ApiKey { source, .. }
    | Authentication::OAuth2ClientCredentials { source, .. }) = found;
    source.push_str(&format!(", required together with {other}"));
}

/// Names of the schemes that are required, together where they are: those of the whole document first, then
/// those of the most operations.
fn required<'m>(model: &'m Model<'_>) -> Vec<Vec<&'m str>> {
    let names = |security: &'m Option<Vec<Id<Requirement<'m>>>>| {
        let requirements = security.iter().flatten();
        let names = requirements.map(|id| {
            let schemes = &model.at(*id).said().schemes;
            schemes.iter().map(|(name, ..)| *name).collect()
        });
        names.collect::<Vec<Vec<&str>>>()
    };
    let calls = model.calls();
    let of_operations = calls
        .iter()
        .flat_map(|call| names(&call.operation.said().security));
    let mut counts: Vec<(Vec<&str>, usize)> = Vec::new();
    for requirement in of_operations {
        match counts.iter_mut().find(|(known, _)| *known == requirement) {
            Some((_, count)) => *count += 1,
            None => counts.push((requirement, 1)),
        }
    }
    // Of as many, the first.
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let of_operations = counts.into_iter().map(|(requirement, _)| requirement);
    let of_document = names(&model.root().said().security).into_iter();
    of_document.chain(of_operations).collect()
}

fn known(scheme: At<'_, SecurityScheme<'_>>, source: String) -> Option<Authentication> {
    let is = |word: &str| {
        scheme
            .scheme
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case(word))
    };
    match scheme.kind? {
        "http" if is("basic") => Some(Authentication::Basic { source }),
        "http" if is("bearer") => Some(Authentication::Bearer { source }),
        "openIdConnect" => Some(Authentication::Bearer { source }),
        "apiKey" => {
            let place = match scheme.location? {
                "header" => KeyPlace::Header,
                "query" => KeyPlace::Query,
                "cookie" => KeyPlace::Cookie,
                _ => return None,
            };
            let name = scheme.name?.to_owned();
            Some(Authentication::ApiKey {
                name,
                place,
                together_with: Vec::new(),
                source,
            })
        }
        "oauth2" => Some(oauth2(scheme, source)),
        _ => None,
    }
}

/// Client credentials where the token URL is documented; else a token that the user has from elsewhere.
fn oauth2(scheme: At<'_, SecurityScheme<'_>>, source: String) -> Authentication {
    let mut flows = scheme.flows.iter();
    let flow = flows.find(|(flow, _)| *flow == "clientCredentials");
    let written = flow.and_then(|(_, flow)| flow.token_url);
    let written = written.map(|url| url.trim().trim_end_matches('/'));
    let hosts = hosts(scheme.model(), "");
    let on = |host: Option<&Host>| {
        let url = match written? {
            url if url.starts_with('/') => format!("{}{url}", origin(host?)?),
            url => url.to_owned(),
        };
        let is_url = url.starts_with("https://") && !url.contains(['?', '#', '@', ' ', '"', '{']);
        is_url.then_some(url)
    };
    let (sandbox, production) = (hosts.sandbox.as_ref(), hosts.production.as_ref());
    let urls = on(sandbox.or(production)).zip(on(production.or(sandbox)));
    let Some((sandbox_token_url, production_token_url)) = urls else {
        return Authentication::Bearer { source };
    };
    Authentication::OAuth2ClientCredentials {
        sandbox_token_url,
        production_token_url,
        scope: None,
        source,
    }
}

/// The scheme and the name of a host.
fn origin(host: &Host) -> Option<String> {
    let host = host.url.strip_prefix("https://")?.split('/').next()?;
    Some(format!("https://{host}"))
}

/// Where the documented errors of the calls that are wanted have a message and a code, and the headers of all answers
/// that name a request. None is proposed that the document does not have.
pub fn errors(model: &Model<'_>, is_wanted: impl Fn(&Call<'_>) -> bool) -> Errors {
    let mut bodies = Vec::new();
    let mut request_id: Vec<String> = Vec::new();
    for call in model.calls() {
        for (status, answer) in &call.operation.said().answers {
            let answer = model.at(*answer).said();
            for (name, _) in &answer.headers {
                let is_known = |known: &String| known.eq_ignore_ascii_case(name);
                if names_a_request(name) && !request_id.iter().any(is_known) {
                    request_id.push((*name).to_owned());
                }
            }
            if (status.starts_with(['4', '5']) || *status == "default") && is_wanted(&call) {
                let json = answer.content.iter().filter(|(kind, _)| is_json(kind));
                bodies
                    .extend(json.filter_map(|(_, media)| Some(model.at(model.at(*media).schema?))));
            }
        }
    }
    let found = |places: &[&str]| -> Vec<String> {
        let has_one = |place: &&&str| bodies.iter().any(|body| has(*body, place, 0));
        let found = places.iter().filter(has_one);
        found.map(|place| (*place).to_owned()).collect()
    };
    Errors {
        message: found(&MESSAGES),
        code: found(&CODES),
        log_id: Vec::new(),
        request_id,
    }
}

fn names_a_request(header: &str) -> bool {
    let lower = header.to_ascii_lowercase();
    let ends = ["request-id", "requestid", "correlation-id"];
    ends.iter().any(|end| lower.ends_with(end))
}

/// Whether instances of `schema` can have a text, a number or a flag at `place`.
fn has(schema: At<'_, Schema<'_>>, place: &str, depth: usize) -> bool {
    if depth > 8 {
        return false;
    }
    let inside = |id, place| has(schema.at(id), place, depth + 1);
    let is_made_of =
        |edge: Edge<'_>| matches!(edge, Edge::Reference | Edge::AllOf | Edge::Alternative(_));
    if schema
        .children()
        .any(|(edge, id)| is_made_of(edge) && inside(id, place))
    {
        return true;
    }
    let Some(tokens) = place.strip_prefix('/') else {
        let others = [Type::Object, Type::Array, Type::Null]
            .into_iter()
            .collect();
        return match schema.types {
            Some(types) => !types.are_within(others),
            None => schema.values.is_some(),
        };
    };
    let (token, rest) = tokens.split_at(tokens.find('/').unwrap_or(tokens.len()));
    match token {
        "0" => schema.items.is_some_and(|items| inside(items, rest)),
        token => {
            let mut members = schema.properties.iter();
            members.any(|(name, member)| *name == token && inside(*member, rest))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn authentication(document: &Value, source: &str) -> Authentication {
        super::authentication(&Model::of(document), source)
    }

    #[test]
    fn the_scheme_that_is_required_is_taken_and_each_kind_is_known() {
        let with = |scheme: Value| {
            authentication(
                &json!({
                    "security": [{"wanted": []}],
                    "components": {"securitySchemes": {"another": {"type": "http", "scheme": "basic"}, "wanted": scheme}}
                }),
                "page",
            )
        };
        let source = || "page: security scheme wanted".to_owned();
        assert_eq!(
            with(json!({"type": "http", "scheme": "Bearer"})),
            Authentication::Bearer { source: source() }
        );
        assert_eq!(
            with(json!({"type": "apiKey", "in": "query", "name": "key"})),
            Authentication::ApiKey {
                name: "key".to_owned(),
                place: KeyPlace::Query,
                together_with: Vec::new(),
                source: source()
            }
        );
        let token_url = "https://acme.example/token";
        assert_eq!(
            with(
                json!({"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": token_url}}})
            ),
            Authentication::OAuth2ClientCredentials {
                sandbox_token_url: token_url.to_owned(),
                production_token_url: token_url.to_owned(),
                scope: None,
                source: source()
            }
        );
        assert!(matches!(
            with(json!({"type": "mutualTLS"})),
            Authentication::Basic { .. }
        ));
        assert!(matches!(
            authentication(&json!({}), "page"),
            Authentication::Bearer { .. }
        ));
    }

    #[test]
    fn a_header_comes_before_a_cookie_and_what_is_required_together_is_told() {
        let key = |place: &str, name: &str| json!({"type": "apiKey", "in": place, "name": name});
        let document = json!({
            "security": [{"session": []}, {"id": [], "secret": []}],
            "components": {"securitySchemes": {
                "session": key("cookie", "s"), "id": key("header", "X-Id"), "secret": key("header", "X-Secret")
            }}
        });
        assert_eq!(
            authentication(&document, "page"),
            Authentication::ApiKey {
                name: "X-Id".to_owned(),
                place: KeyPlace::Header,
                together_with: vec![ApiKey {
                    name: "X-Secret".to_owned(),
                    place: KeyPlace::Header
                }],
                source: "page: security scheme id with secret".to_owned()
            }
        );
    }

    #[test]
    fn a_key_that_may_be_left_out_or_stands_there_twice_is_not_asked_for() {
        let key = |place: &str, name: &str| json!({"type": "apiKey", "in": place, "name": name});
        let found = |security: Value| {
            let document = json!({
                "security": security,
                "components": {"securitySchemes": {
                    "id": key("header", "X-Id"), "merchant": key("header", "X-Merchant"), "query": key("query", "x-id")
                }}
            });
            match authentication(&document, "page") {
                Authentication::ApiKey {
                    name,
                    together_with,
                    ..
                } => (name, together_with.len()),
                other => panic!("{other:?}"),
            }
        };
        let one = ("X-Id".to_owned(), 0);
        assert_eq!(found(json!([{"id": [], "merchant": []}, {"id": []}])), one);
        assert_eq!(found(json!([{"id": [], "query": []}])), one);
        assert_eq!(
            found(json!([{"id": [], "merchant": []}])),
            ("X-Id".to_owned(), 1)
        );
    }

    #[test]
    fn what_cannot_be_sent_with_a_scheme_is_told_and_two_tokens_are_one() {
        let document = |together: Value| {
            json!({
                "security": [together],
                "components": {"securitySchemes": {
                    "a": {"type": "oauth2", "flows": {}}, "b": {"type": "http", "scheme": "bearer"},
                    "c": {"type": "apiKey", "in": "header", "name": "X-Key"}, "d": {"type": "mutualTLS"}
                }}
            })
        };
        let found = |together: Value| authentication(&document(together), "page");
        assert_eq!(
            found(json!({"a": [], "b": []})),
            Authentication::Bearer {
                source: "page: security scheme a".to_owned()
            }
        );
        assert_eq!(
            found(json!({"b": [], "c": []})),
            Authentication::Bearer {
                source: "page: security scheme b, required together with c: give the latter with `ClientBuilder::credentials_for`".to_owned()
            }
        );
        assert_eq!(
            found(json!({"b": [], "d": []})),
            Authentication::Bearer {
                source: "page: security scheme b, required together with d, which is of no known kind: see to it in the HTTP client".to_owned()
            }
        );
    }

    #[test]
    fn the_scheme_of_the_most_operations_is_taken_where_the_document_requires_none() {
        let get = |scheme: &str| json!({"get": {"security": [{scheme: []}]}});
        let document = json!({
            "paths": {"/auth": get("basic"), "/orders": get("token"), "/refunds": get("token")},
            "components": {"securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "token": {"$ref": "#/components/securitySchemes/bearer"},
                "bearer": {"type": "http", "scheme": "bearer"}
            }}
        });
        let source = "page: security scheme token".to_owned();
        assert_eq!(
            authentication(&document, "page"),
            Authentication::Bearer { source }
        );
    }

    #[test]
    fn a_token_url_with_a_variable_is_none_and_one_without_a_host_is_on_each_host() {
        let document = |url: &str| {
            json!({
                "servers": [{"url": "https://api.sandbox.acme.example/v1"}, {"url": "https://api.acme.example/v1"}],
                "components": {"securitySchemes": {"o": {"type": "oauth2", "flows": {
                    "clientCredentials": {"tokenUrl": url}
                }}}}
            })
        };
        let source = "page: security scheme o".to_owned();
        assert_eq!(
            authentication(&document("/oauth2/token"), "page"),
            Authentication::OAuth2ClientCredentials {
                sandbox_token_url: "https://api.sandbox.acme.example/oauth2/token".to_owned(),
                production_token_url: "https://api.acme.example/oauth2/token".to_owned(),
                scope: None,
                source: source.clone()
            }
        );
        assert_eq!(
            authentication(&document("https://{prefix}.acme.example/token"), "page"),
            Authentication::Bearer { source }
        );
    }

    #[test]
    fn a_token_url_without_a_host_is_one_of_the_server() {
        let found = authentication(
            &json!({
                "servers": [{"url": "https://api.acme.example/v1"}],
                "components": {"securitySchemes": {"o": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/oauth2/token"}}}}}
            }),
            "page",
        );
        let Authentication::OAuth2ClientCredentials {
            production_token_url,
            ..
        } = found
        else {
            panic!("{found:?}");
        };
        assert_eq!(
            production_token_url,
            "https://api.acme.example/oauth2/token"
        );
    }

    #[test]
    fn a_request_id_is_a_header_that_the_documented_answers_have() {
        let document = json!({
            "paths": {"/a": {"get": {"responses": {
                "200": {"headers": {"X-Request-Id": {}, "X-RateLimit-Remaining": {}}},
                "400": {"$ref": "#/components/responses/No"}
            }}}, "/b": {"get": {"responses": {"200": {"headers": {"x-request-id": {}}}}}}},
            "components": {
                "responses": {"No": {"headers": {"Acme-Correlation-ID": {}}}, "Unused": {"headers": {"Request-Id": {}}}}
            }
        });
        let found = errors(&Model::of(&document), |_| false);
        assert_eq!(found.request_id, ["X-Request-Id", "Acme-Correlation-ID"]);
    }

    #[test]
    fn messages_and_codes_are_where_the_documented_errors_have_them() {
        let document = json!({
            "paths": {"/b": {"get": {"responses": {"default": {"content": {"*/*": {"schema": {"oneOf": [
                {"type": "string"}, {"properties": {"detail": {"type": ["string", "null"]}, "message": {"type": "object"}}}
            ]}}}}}}}, "/a": {"get": {"responses": {
                "200": {"content": {"application/json": {"schema": {"properties": {"title": {"type": "string"}}}}}},
                "400": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/E"}}}}
            }}}},
            "components": {"schemas": {"E": {"properties": {
                "errors": {"type": "array", "items": {"properties": {"message": {"type": "string"}, "code": {"type": "integer"}}}}
            }}}}
        });
        let model = Model::of(&document);
        let only_a = errors(&model, |call| call.path == "/a");
        assert_eq!(only_a.message, ["/errors/0/message"]);
        assert_eq!(only_a.code, ["/errors/0/code"]);
        let all = errors(&model, |_| true);
        assert_eq!(all.message, ["/errors/0/message", "/detail"]);
    }
}
