//! Where a document says that its API is.

use std::collections::BTreeSet;

use openapi_model::{Id, Model, Server};
use serde_json::Value;
use spec_documents::config::{Host, Hosts};

/// Words by which a host for trying out is known.
const SANDBOX: [&str; 14] = [
    "sandbox",
    "playground",
    "test",
    "testing",
    "qa",
    "staging",
    "stage",
    "demo",
    "uat",
    "dev",
    "preprod",
    "preproduction",
    "nonprod",
    "mock",
];
/// Words that say so as a part of another one in the name of a host as well: `sandboxapi`, `apitest`.
const SANDBOX_PARTS: [&str; 4] = ["sandbox", "playground", "staging", "preprod"];
/// Words that end in `test` and are none.
const NO_TEST: [&str; 3] = ["latest", "fastest", "contest"];
/// The servers of a document, `source` being what is said of where they are documented. Where it has none
/// that a client can be made for, those are taken that most of its paths and operations have.
pub fn hosts(model: &Model<'_>, source: &str) -> Hosts {
    let of_document = model.root().said().servers.as_ref();
    of_document
        .map(|servers| of_servers(model, servers, source))
        .filter(|hosts| *hosts != Hosts::default())
        .or_else(|| Some(of_servers(model, most_common(model)?, source)))
        .unwrap_or_default()
}

/// The list of servers that stands at the most paths and operations.
fn most_common<'m>(model: &'m Model<'_>) -> Option<&'m [Id<Server<'m>>]> {
    let calls = model.calls();
    let of_operations = calls
        .iter()
        .map(|call| call.operation.said().servers.as_deref());
    let of_paths = model.root().said().paths.iter();
    let of_paths = of_paths.map(|(_, item)| model.at(*item).said().servers.as_deref());
    let as_written = |list: &[Id<Server<'m>>]| -> Vec<&'m Value> {
        list.iter().map(|id| model.at(*id).raw()).collect()
    };
    let mut counts: Vec<(&[Id<Server<'m>>], usize)> = Vec::new();
    for servers in of_operations.chain(of_paths).flatten() {
        let is_known =
            |(known, _): &&mut (&[Id<Server<'m>>], usize)| as_written(known) == as_written(servers);
        match counts.iter_mut().find(is_known) {
            Some((_, count)) => *count += 1,
            None => counts.push((servers, 1)),
        }
    }
    let usable = |servers: &[Id<Server<'m>>]| of_servers(model, servers, "") != Hosts::default();
    let found = counts.into_iter().filter(|(servers, _)| usable(servers));
    // Of as many, the first.
    found
        .rev()
        .max_by_key(|(_, count)| *count)
        .map(|(servers, _)| servers)
}

/// The hosts in a list of servers.
fn of_servers<'m>(model: &'m Model<'_>, servers: &[Id<Server<'m>>], source: &str) -> Hosts {
    let servers = servers.iter().map(|id| model.at(*id));
    let servers: Vec<(String, &str)> = servers
        .filter_map(|server| {
            Some((
                url_of(server.said())?,
                server.said().description.unwrap_or_default(),
            ))
        })
        .collect();
    of_urls(
        servers.iter().map(|(url, told)| (url.as_str(), *told)),
        source,
    )
}

/// The hosts at URLs, with what is said of each.
pub(crate) fn of_urls<'a>(urls: impl Iterator<Item = (&'a str, &'a str)>, source: &str) -> Hosts {
    let mut hosts = Hosts::default();
    for (url, told) in urls {
        let Some(url) = usable(url) else { continue };
        let place = if is_sandbox(&url, told) {
            &mut hosts.sandbox
        } else {
            &mut hosts.production
        };
        match place {
            None => {
                *place = Some(Host {
                    url,
                    source: format!("{source}: servers"),
                });
            }
            // Which of them is meant, a person has to say.
            Some(host) if host.url != url => host.source.push_str(&format!(", or {url}")),
            Some(_) => {}
        }
    }
    hosts
}

/// Whether a server is one for trying out, by its URL and what is said of it.
fn is_sandbox(url: &str, told: &str) -> bool {
    let (url, told) = (url.to_ascii_lowercase(), told.to_ascii_lowercase());
    let words = |text: &str| -> BTreeSet<String> {
        text.split(|character: char| !character.is_ascii_alphanumeric())
            .map(str::to_owned)
            .collect()
    };
    let host = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let host = words(host.split('/').next().unwrap_or(host));
    let is_part = |word: &String| {
        SANDBOX_PARTS.iter().any(|part| word.contains(part))
            || word.starts_with("test")
            || word.ends_with("test") && !NO_TEST.contains(&word.as_str())
    };
    let said = words(&format!("{url} {told}"));
    SANDBOX.iter().any(|word| said.contains(*word)) || host.iter().any(is_part)
}

/// The URL of a server, its variables by their defaults.
fn url_of(server: &Server<'_>) -> Option<String> {
    let mut url = server.url?.to_owned();
    for (name, default) in &server.variables {
        url = url.replace(&format!("{{{name}}}"), default.unwrap_or_default());
    }
    Some(url)
}

/// A URL as it is written; nothing if it is none that a client can be made for.
fn usable(url: &str) -> Option<String> {
    let url = url.trim().trim_end_matches('/');
    let rest = url.strip_prefix("https://")?;
    let plain = !rest.is_empty() && !rest.contains(['{', '}', '@', '?', '#', ' ', '"']);
    plain.then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hosts_are_told_apart_by_their_words_and_only_https_counts() {
        let document = json!({"servers": [
            {"url": "http://localhost:8080"},
            {"url": "https://{env}.acme.example/v1/", "variables": {"env": {"default": "api"}}},
            {"url": "https://api-sandbox.acme.example"}
        ]});
        let hosts = hosts(&Model::of(&document), "acme.json");
        let production = hosts.production.unwrap();
        assert_eq!(production.url, "https://api.acme.example/v1");
        assert_eq!(production.source, "acme.json: servers");
        assert_eq!(
            hosts.sandbox.unwrap().url,
            "https://api-sandbox.acme.example"
        );
    }

    #[test]
    fn a_document_without_servers_has_those_of_most_of_its_paths() {
        let server =
            |name: &str| json!({"servers": [{"url": format!("https://{name}.acme.example")}]});
        let document = json!({
            "servers": [{"url": "/"}],
            "paths": {"/a": server("files"), "/b": {"get": server("api")}, "/c": server("api")}
        });
        let hosts = hosts(&Model::of(&document), "acme.json");
        assert_eq!(hosts.production.unwrap().url, "https://api.acme.example");
    }

    #[test]
    fn a_host_for_trying_out_is_known_by_a_part_of_its_name() {
        for (url, is_told) in [
            ("https://sandboxapi.rapyd.net", true),
            ("https://apitest.cybersource.com", true),
            ("https://testapi.acme.example", true),
            ("https://api.playground.klarna.com", true),
            ("https://latest.acme.example", false),
            ("https://api.acme.example/contests", false),
        ] {
            assert_eq!(is_sandbox(url, ""), is_told, "{url}");
        }
        assert!(is_sandbox("https://a.acme.example", "The playground"));
    }

    #[test]
    fn another_host_of_the_same_kind_is_told() {
        let document = json!({"servers": [
            {"url": "https://us.acme.example"}, {"url": "https://eu.acme.example"}
        ]});
        let production = hosts(&Model::of(&document), "page").production.unwrap();
        assert_eq!(production.url, "https://us.acme.example");
        assert_eq!(
            production.source,
            "page: servers, or https://eu.acme.example"
        );
    }
}
