//! The hosts that a crate calls, which come from the configuration, whatever a page says.

use openapi_drift::{Change, Class, Drift, Kind};
use serde_json::Value;
use spec_documents::Config;
use spec_documents::provider::CONFIG;

/// What a change of a server that the crate does not call asks for.
const WHY: &str = "The crate does not call this host, so that its calls go where they went. See whether the hosts in \
                   `provider.toml` have moved too.";

/// Lowers what is told of servers that the crate does not call: a person has to look, and no call fails.
pub(super) fn judge(config: &Config, drift: &mut Drift) {
    for change in &mut drift.changes {
        if is_of_another_host(config, change) {
            change.class = Class::ReadThis;
            change.why = WHY.to_owned();
        }
    }
    drift.sort();
}

/// The changes that touch the crate: all but those of servers that it does not call, those that the overlay masks, and
/// those of a page's text.
pub(super) fn of_the_crate(config: &Config, drift: &Drift) -> Drift {
    let changes = drift.changes.iter();
    let changes = changes.filter(|change| {
        change.masked_by.is_empty()
            && change.kind != Kind::PageChanged
            && !is_of_another_host(config, change)
    });
    Drift {
        changes: changes.cloned().collect(),
    }
}

/// Whether a change is about a server that was there and that the crate does not call. A URL whose host cannot be told
/// may be one that it calls.
pub(super) fn is_of_another_host(config: &Config, change: &Change) -> bool {
    if !is_about_hosts(change) {
        return false;
    }
    let Some(host) = change.before.as_ref().and_then(url).and_then(host) else {
        return false;
    };
    let mut called = called(config).filter_map(|(_, url)| self::host(url));
    !called.any(|other| other == host)
}

/// A sentence that names the hosts of the configuration, if a page changes servers.
pub(super) fn note(config: &Config, drift: &Drift) -> Option<String> {
    let known: Vec<String> = called(config)
        .map(|(role, url)| format!("{role} {url}"))
        .collect();
    drift.changes.iter().any(is_about_hosts).then(|| {
        format!(
            "The crate calls the hosts of specs/{}/{CONFIG} ({}), which no page changes: edit them, with their source, if they have moved.",
            config.name,
            known.join(", ")
        )
    })
}

fn is_about_hosts(change: &Change) -> bool {
    change.kind.code().starts_with("server-")
}

/// The environments of the configuration with their URLs.
fn called(config: &Config) -> impl Iterator<Item = (&'static str, &str)> {
    let hosts = [
        ("sandbox", &config.hosts.sandbox),
        ("production", &config.hosts.production),
    ];
    hosts
        .into_iter()
        .filter_map(|(role, host)| Some((role, host.as_ref()?.url.as_str())))
}

/// The URL in a value of a change, which is an object where the URL has variables.
fn url(value: &Value) -> Option<&str> {
    value
        .as_str()
        .or_else(|| value.get("url").and_then(Value::as_str))
}

/// The host of a URL in lower case; nothing for a relative URL and for a host with a variable.
fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    (!host.is_empty() && !host.contains(['{', '}'])).then(|| host.to_lowercase())
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "what a test cannot set up, it reports by failing"
    )]

    use openapi_drift::compare;
    use serde_json::json;

    use super::*;

    const CONFIG_TEXT: &str = r#"
name = "acme"
title = "Acme"

[hosts.sandbox]
url = "https://sandbox.acme.example"
source = "a test"

[authentication]
scheme = "bearer"
source = "a test"

[operations.a]
call = "GET /a"
moves_money = false
"#;

    /// The changes from one list of servers to another, judged.
    fn judged(before: Value, after: Value) -> Drift {
        let document = |servers: Value| json!({"openapi": "3.1.0", "servers": servers, "paths": {"/a": {"get": {"responses": {}}}}});
        let config = Config::parse(CONFIG, CONFIG_TEXT).unwrap();
        let mut drift = compare(&document(before), &document(after));
        judge(&config, &mut drift);
        drift
    }

    #[test]
    fn a_host_that_the_crate_does_not_call_is_to_be_read() {
        let drift = judged(
            json!([{"url": "https://preview.acme.example"}]),
            json!([{"url": "https://preview.acme.test"}]),
        );
        assert_eq!(drift.class(), Some(Class::ReadThis));
        let config = Config::parse(CONFIG, CONFIG_TEXT).unwrap();
        assert_eq!(of_the_crate(&config, &drift), Drift::default());
    }

    #[test]
    fn a_host_that_the_crate_calls_is_breaking_however_it_is_written() {
        for url in [
            "https://sandbox.acme.example",
            "https://SANDBOX.acme.example/v1/",
        ] {
            let drift = judged(json!([{"url": url}]), json!([{"url": "https://b.test"}]));
            assert_eq!(drift.class(), Some(Class::Breaking), "{url}");
            let config = Config::parse(CONFIG, CONFIG_TEXT).unwrap();
            assert_eq!(of_the_crate(&config, &drift), drift, "{url}");
        }
    }

    #[test]
    fn a_host_that_cannot_be_told_may_be_one_that_the_crate_calls() {
        for server in [
            json!({"url": "/v1"}),
            json!({"url": "https://{env}.acme.example", "variables": {"env": {"default": "sandbox"}}}),
        ] {
            let drift = judged(json!([server]), json!([{"url": "https://b.test"}]));
            assert_eq!(drift.class(), Some(Class::Breaking), "{server}");
        }
    }
}
