//! Operations on other servers than those of the document.

use serde_json::{Map, Value};

use super::Rule;
use crate::document::METHODS;
use crate::draft::Draft;
use crate::plan::Server;
use crate::report::Scribe;
use crate::{LowerError, pointer};

pub(super) const RULE: Rule = Rule {
    name: "own-servers",
    statement: "Accepts servers of single paths and operations; decides on the servers of the operations whose servers are not the document's, with variables and relative URLs resolved.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let Draft { document, facts } = document;
    let of_document = servers(document.get("servers"), &[]);
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        let at = pointer::join("/paths", path);
        let Some(item) = item.as_object_mut() else {
            continue;
        };
        let of_path = item.get("servers").cloned();
        for method in METHODS {
            let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) else {
                continue;
            };
            let own = match operation.get("servers") {
                Some(Value::Array(own)) if !own.is_empty() => operation.get("servers"),
                _ => of_path.as_ref(),
            };
            let own = servers(own, &of_document);
            let known = |server: &Server| of_document.iter().any(|other| other.url == server.url);
            if own.is_empty() || own.iter().all(known) {
                continue;
            }
            let urls: Vec<_> = own.iter().map(|server| server.url.as_str()).collect();
            let urls = urls.join(", ");
            let https = own.iter().any(|server| server.url.starts_with("https://"));
            let told = if https {
                "called there by a client of a documented environment"
            } else {
                "called on the host that the client is made for, since none of them is an https URL"
            };
            scribe.note(
                &pointer::join(&at, method),
                format!("has servers of its own ({urls}): {told}"),
            );
            if https {
                facts.of(operation).servers = own;
            }
        }
    }
    Ok(())
}

/// The servers of a list; a URL without a host is on those of `bases`.
fn servers(list: Option<&Value>, bases: &[Server]) -> Vec<Server> {
    let list = list.and_then(Value::as_array);
    let mut found = Vec::new();
    for server in list.into_iter().flatten() {
        let Some(url) = url_of(server) else {
            continue;
        };
        let text = |member: &str| server.get(member).and_then(Value::as_str);
        let description = text("description").unwrap_or_default();
        if !url.starts_with('/') || bases.is_empty() {
            found.push(Server {
                url,
                description: description.to_owned(),
            });
            continue;
        }
        for base in bases {
            found.push(Server {
                url: format!("{}{url}", origin(&base.url)),
                description: format!("{} {description}", base.description),
            });
        }
    }
    found
}

/// Scheme and host of a URL.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |place| place + 3);
    let end = url[host..]
        .find('/')
        .map_or(url.len(), |place| host + place);
    &url[..end]
}

fn url_of(server: &Value) -> Option<String> {
    let mut url = server.get("url")?.as_str()?.trim().to_owned();
    let none = Map::new();
    let variables = server.get("variables").and_then(Value::as_object);
    for (name, variable) in variables.unwrap_or(&none) {
        if let Some(default) = variable.get("default").and_then(Value::as_str) {
            url = url.replace(&format!("{{{name}}}"), default);
        }
    }
    // Nobody knows what a variable without a default is.
    Some(url.trim_end_matches('/').to_owned()).filter(|url| !url.is_empty() && !url.contains('{'))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::planned;

    fn own(root: Value, of_path: Value, of_operation: Value) -> Value {
        let operation = planned(json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "servers": root,
            "paths": {"/a": {"servers": of_path, "get": {
                "operationId": "a", "servers": of_operation, "responses": {"204": {"description": ""}}
            }}}
        }));
        operation
            .servers
            .into_iter()
            .map(|server| server.url)
            .collect()
    }

    #[test]
    fn servers_of_an_operation_come_before_those_of_its_path() {
        let root = json!([{"url": "https://api.acme.example"}]);
        let path = json!([{"url": "https://files.acme.example/"}]);
        let operation = json!([{"url": "https://{place}.acme.example/v2", "variables": {"place": {"default": "up"}}}]);
        assert_eq!(
            own(root.clone(), path.clone(), json!(null)),
            json!(["https://files.acme.example"])
        );
        assert_eq!(
            own(root, path, operation),
            json!(["https://up.acme.example/v2"])
        );
    }

    #[test]
    fn servers_that_are_the_document_s_make_no_difference() {
        let root =
            json!([{"url": "https://api.acme.example"}, {"url": "https://test.acme.example"}]);
        let path = json!([{"url": "https://api.acme.example/"}]);
        assert_eq!(own(root.clone(), path, json!([])), json!([]));
        assert_eq!(own(root, json!(null), json!(null)), json!([]));
    }

    #[test]
    fn a_server_with_a_variable_that_nobody_knows_is_none() {
        let root = json!([{"url": "https://api.acme.example"}]);
        let operation =
            json!([{"url": "https://{tenant}.acme.example"}, {"url": "https://up.acme.example"}]);
        assert_eq!(
            own(root.clone(), json!(null), operation),
            json!(["https://up.acme.example"])
        );
        let unknown = json!([{"url": "https://{tenant}.acme.example"}]);
        assert_eq!(own(root, json!(null), unknown), json!([]));
    }

    #[test]
    fn a_url_without_a_host_is_on_each_of_the_document_s() {
        let root = json!([{"url": "https://api.acme.example/v1"}, {"url": "https://test.acme.example/v1"}]);
        assert_eq!(
            own(root, json!([{"url": "/v2"}]), json!([])),
            json!([
                "https://api.acme.example/v2",
                "https://test.acme.example/v2"
            ])
        );
    }

    #[test]
    fn a_server_that_no_client_may_call_is_only_reported() {
        assert_eq!(
            own(
                json!([]),
                json!([{"url": "http://plain.example"}]),
                json!([])
            ),
            json!([])
        );
    }
}
