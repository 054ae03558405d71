//! Where the API is.

use openapi_model::{At, Model, Server};
use serde_json::Value;

use super::engine::Engine;
use super::finding::Finding;
use super::inherited::Said;
use super::operations::Operation;
use crate::{Class, Kind};

type Place<'a> = At<'a, Server<'a>>;

const WHY: &str = "Calls to the old host fail, or reach something else. Change the hosts in `provider.toml`, and see whether \
                   the keys are still the right ones.";

impl<'a> Engine<'a> {
    /// Compares the servers of the whole API.
    pub(crate) fn servers_of_all(
        &mut self,
        (old, new): &(Said<'a, Server<'a>>, Said<'a, Server<'a>>),
        (before, after): (&'a Model<'a>, &'a Model<'a>),
    ) {
        let lists = (listed(old, before), listed(new, after));
        self.servers(lists, "");
    }

    /// Compares the servers of two operations, where one has its own.
    pub(crate) fn servers_of(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        let (before, after) = (Said::by_operation(old), Said::by_operation(new));
        if before.is_own || after.is_own {
            let lists = (
                listed(&before, old.operation.model()),
                listed(&after, new.operation.model()),
            );
            self.servers(lists, " for this operation");
        }
    }

    fn servers(&mut self, (old, new): (Vec<Place<'a>>, Vec<Place<'a>>), of: &str) {
        let mut olds: Vec<Place<'a>> = Vec::new();
        let mut news = new;
        for server in old {
            match news
                .iter()
                .position(|other| address(*other) == address(server))
            {
                Some(index) => self.same_server(server, news.remove(index)),
                None => olds.push(server),
            }
        }
        // What is left: first those of the same role, then in their order, if none is too many.
        let mut left: Vec<Place<'a>> = Vec::new();
        for server in olds {
            let same_role = |other: &Place<'a>| {
                role(*other) == role(server)
                    && (role(server).is_some() || other.description == server.description)
            };
            match news.iter().position(same_role) {
                Some(index) => self.server_changed(server, news.remove(index)),
                None => left.push(server),
            }
        }
        if left.len() == news.len() {
            for (server, other) in left.drain(..).zip(news.drain(..)) {
                self.server_changed(server, other);
            }
        }
        for server in left {
            self.tell(
                Finding::in_before(server, Kind::ServerRemoved)
                    .values(Some(address(server)), None)
                    .classed((Class::Breaking, WHY))
                    .says(format!("The server {} is gone.", url(server))),
            );
        }
        for server in news {
            self.tell(
                Finding::in_after(server, Kind::ServerAdded)
                    .values(None, Some(address(server)))
                    .classed((
                        Class::Compatible,
                        "The servers of before are still there. See whether `provider.toml` should name it.",
                    ))
                    .says(format!("The server {} is new{}.", url(server), of)),
            );
        }
    }

    fn same_server(&mut self, old: Place<'a>, new: Place<'a>) {
        self.leftovers(old, new);
        if role(old) == role(new) {
            return;
        }
        let place = new.keyword("description").unwrap_or_else(|| new.spot());
        let text = |server: Place<'a>| server.description.map(Value::from);
        self.tell(
            Finding::in_after(place, Kind::ServerRoleChanged)
                .values(text(old), text(new))
                .classed((
                    Class::ReadThis,
                    "Real money may move where tests did, or the reverse. Check the hosts in `provider.toml`.",
                ))
                .says(format!("The server {} is said to be another environment.", url(new))),
        );
    }

    fn server_changed(&mut self, old: Place<'a>, new: Place<'a>) {
        let (before, after) = (address(old), address(new));
        self.leftovers(old, new);
        let role = role(new)
            .map(|role| format!(" of the {role}"))
            .unwrap_or_default();
        self.tell(
            Finding::in_after(
                new.keyword("url").unwrap_or_else(|| new.spot()),
                Kind::ServerChanged,
            )
            .values(Some(before), Some(after))
            .classed((Class::Breaking, WHY))
            .says(format!(
                "The server{role} was {} and is {} now.",
                url(old),
                url(new)
            )),
        );
    }
}

fn listed<'a>(said: &Said<'a, Server<'a>>, model: &'a Model<'a>) -> Vec<Place<'a>> {
    said.list.iter().map(|id| model.at(*id)).collect()
}

/// What tells a server from others on the wire: its URL without the slash at the end, and the values that its variables
/// may have.
fn address(server: Place<'_>) -> Value {
    let Some(url) = server.url else {
        return server.raw().clone();
    };
    let url = normal_url(url);
    let variables = server.raw().get("variables").and_then(Value::as_object);
    match variables.filter(|variables| !variables.is_empty()) {
        None => Value::from(url),
        Some(variables) => {
            let mut variables = variables.clone();
            for object in variables.values_mut().filter_map(Value::as_object_mut) {
                object.retain(|key, _| key != "description" && !key.starts_with("x-"));
            }
            serde_json::json!({"url": url, "variables": variables})
        }
    }
}

/// A URL with scheme and host in lower case, and without a slash at the end.
fn normal_url(url: &str) -> String {
    let trimmed = url.trim_end_matches('/');
    let Some((scheme, rest)) = trimmed.split_once("://") else {
        return trimmed.to_owned();
    };
    let end = rest.find(['/', '{']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    format!("{}://{}{path}", scheme.to_lowercase(), host.to_lowercase())
}

fn url(server: Place<'_>) -> String {
    match server.url {
        Some(url) => format!("`{url}`"),
        None => "without a URL".to_owned(),
    }
}

/// The environment that a server is said, or seen by its URL, to be.
fn role(server: Place<'_>) -> Option<&'static str> {
    const ROLES: [(&str, &[&str]); 2] = [
        (
            "sandbox",
            &["sandbox", "test", "qa", "staging", "demo", "uat"],
        ),
        ("production", &["production", "prod", "live"]),
    ];
    let found = |text: &str| {
        let lower = text.to_lowercase();
        let mut words = lower.split(|letter: char| !letter.is_alphanumeric());
        words.find_map(|word| {
            let role = ROLES.iter().find(|(_, words)| words.contains(&word));
            role.map(|(name, _)| *name)
        })
    };
    let texts = [server.description, server.url];
    texts.into_iter().flatten().find_map(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_url_is_compared_without_case_of_its_host_and_slash_at_its_end() {
        assert_eq!(
            normal_url("HTTPS://Api.Example.com/V1/"),
            "https://api.example.com/V1"
        );
        assert_eq!(normal_url("/"), "");
    }

    #[test]
    fn the_environment_is_read_from_words_and_urls() {
        let role_of = |server: Value| {
            let document = json!({"servers": [server]});
            let model = Model::of(&document);
            role(model.at(model.root().servers.as_ref().unwrap()[0]))
        };
        assert_eq!(
            role_of(json!({"url": "https://api.qa.example.com"})),
            Some("sandbox")
        );
        assert_eq!(
            role_of(json!({"url": "https://example.com", "description": "Live"})),
            Some("production")
        );
        assert_eq!(role_of(json!({"url": "https://contest.example.com"})), None);
    }
}
