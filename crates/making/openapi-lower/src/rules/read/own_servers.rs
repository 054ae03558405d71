//! Operations on other servers than those of the document.

use openapi_model::{At, Id, Model, Server as Documented};

use super::Rule;
use super::calls::Calls;
use crate::plan::Server;
use crate::report::Scribe;

pub(crate) const RULE: Rule = Rule {
    name: "own-servers",
    statement: "Accepts servers of single paths and operations; decides on the servers of the operations whose servers are not the document's, with variables and relative URLs resolved.",
    apply,
};

fn apply(calls: &mut Calls<'_>, scribe: &mut Scribe<'_>) {
    let model = calls.model;
    let of_document = servers(model, &model.root().said().servers, &[]);
    let known = |server: &Server| of_document.iter().any(|other| other.url == server.url);
    for (key, called) in &calls.list {
        let own = &called.call.operation.said().servers;
        let own = match own {
            Some(list) if !list.is_empty() => own,
            _ => &called.call.item.said().servers,
        };
        let own = servers(model, own, &of_document);
        if called.is_stand_in || own.is_empty() || own.iter().all(known) {
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
            &key.pointer(),
            format!("has servers of its own ({urls}): {told}"),
        );
        if https {
            calls.facts.named(called.id.as_deref()).servers = own;
        }
    }
}

/// The servers of a list; a URL without a host is on those of `bases`.
fn servers<'m>(
    model: &'m Model<'m>,
    list: &Option<Vec<Id<Documented<'m>>>>,
    bases: &[Server],
) -> Vec<Server> {
    let mut found = Vec::new();
    for server in list.iter().flatten().map(|id| model.at(*id)) {
        let Some(url) = url_of(server) else {
            continue;
        };
        let description = server.description.unwrap_or_default();
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

fn url_of(server: At<'_, Documented<'_>>) -> Option<String> {
    let mut url = server.url?.trim().to_owned();
    for (name, default) in &server.variables {
        if let Some(default) = default {
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
