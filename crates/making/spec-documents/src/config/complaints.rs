//! What is wrong with a configuration that can be read.

use std::collections::{BTreeMap, BTreeSet};

use super::{Authentication, Config, Errors};
use crate::Call;

impl Config {
    /// The key of what is wrong, and what would be right.
    pub(super) fn complaint(&self) -> Option<(String, String)> {
        if !is_snake_case(&self.name) {
            return Some((
                "name".to_owned(),
                "a crate's name is in snake case".to_owned(),
            ));
        }
        if self.operations.is_empty() && self.operations_matching.is_none() {
            return Some((
                "operations".to_owned(),
                "there is none: add [operations.<name>], or operations_matching".to_owned(),
            ));
        }
        self.key_complaint()
            .or_else(|| self.variable_complaint())
            .or_else(|| self.url_complaint())
            .or_else(|| self.page_complaint())
            .or_else(|| self.pointer_complaint())
            .or_else(|| self.operation_complaint())
            .or_else(|| self.webhook_complaint())
    }

    fn key_complaint(&self) -> Option<(String, String)> {
        let Authentication::ApiKey {
            name,
            together_with,
            ..
        } = &self.authentication
        else {
            return None;
        };
        let first = ("authentication.name", name);
        let further = together_with.iter();
        let further = further.map(|key| ("authentication.together_with", &key.name));
        let mut known = BTreeSet::new();
        for (key, name) in std::iter::once(first).chain(further) {
            let of_token =
                |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            let problem = if name.is_empty() || !name.bytes().all(of_token) {
                "is no name of a header, a query parameter or a cookie"
            } else if !known.insert(name.to_ascii_lowercase()) {
                "is there twice: give each key once"
            } else {
                continue;
            };
            return Some((key.to_owned(), format!("\"{name}\" {problem}")));
        }
        None
    }

    fn url_complaint(&self) -> Option<(String, String)> {
        let hosts = [
            ("hosts.sandbox.url", &self.hosts.sandbox),
            ("hosts.production.url", &self.hosts.production),
        ];
        let hosts = hosts
            .into_iter()
            .filter_map(|(key, host)| Some((key, host.as_ref()?.url.as_str())));
        let tokens = match &self.authentication {
            Authentication::OAuth2ClientCredentials {
                sandbox_token_url,
                production_token_url,
                ..
            } => vec![
                (
                    "authentication.sandbox_token_url",
                    sandbox_token_url.as_str(),
                ),
                (
                    "authentication.production_token_url",
                    production_token_url.as_str(),
                ),
            ],
            _ => Vec::new(),
        };
        let mut urls = hosts.chain(tokens);
        urls.find(|(_, url)| !is_https(url)).map(|(key, url)| {
            (key.to_owned(), format!("\"{url}\" is not acceptable: write https, the host and the path, without a slash at the end"))
        })
    }

    fn page_complaint(&self) -> Option<(String, String)> {
        let stored = |name: &str| {
            name.starts_with(|first: char| first.is_ascii_alphanumeric())
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        };
        self.pages.iter().find_map(|(name, page)| {
            if !stored(name) {
                return Some((
                    format!("pages.{name}"),
                    "a page is stored under a file name: begin with a letter or a digit and use letters, digits, dots, \"-\" and \"_\"".to_owned(),
                ));
            }
            (!is_https(&page.url)).then(|| {
                (
                    format!("pages.{name}.url"),
                    format!("\"{}\" is not acceptable: write https, the host and the path", page.url),
                )
            })
        })
    }

    fn pointer_complaint(&self) -> Option<(String, String)> {
        let Errors {
            message,
            code,
            log_id,
            request_id,
        } = &self.errors;
        let is_header = |name: &String| {
            let mut bytes = name.bytes();
            !name.is_empty()
                && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        if let Some(name) = request_id.iter().find(|name| !is_header(name)) {
            return Some((
                "errors.request_id".to_owned(),
                format!("\"{name}\" is no name of a header: write one such as X-Request-Id"),
            ));
        }
        let lists = [
            ("errors.message", message),
            ("errors.code", code),
            ("errors.log_id", log_id),
        ];
        let mut pointers = lists
            .into_iter()
            .flat_map(|(key, list)| list.iter().map(move |pointer| (key, pointer)));
        pointers
            .find(|(_, pointer)| !pointer.starts_with('/'))
            .map(|(key, pointer)| {
                (
                    key.to_owned(),
                    format!("\"{pointer}\" is no JSON pointer: it begins with a slash"),
                )
            })
    }

    fn operation_complaint(&self) -> Option<(String, String)> {
        let mut seen: BTreeMap<&Call, String> = BTreeMap::new();
        let operations = self
            .operations
            .iter()
            .map(|(name, operation)| ("operations", name, &operation.call));
        let documented = self
            .documented
            .iter()
            .map(|(name, call)| ("documented", name, call));
        for (table, name, call) in operations.chain(documented) {
            let key = format!("{table}.{name}");
            if !is_snake_case(name) {
                return Some((key, "an operation's name is in snake case".to_owned()));
            }
            if table == "documented" && self.operations.contains_key(name) {
                return Some((
                    key,
                    "the name is an operation's already: choose another".to_owned(),
                ));
            }
            if let Some(other) = seen.insert(call, key.clone()) {
                let problem = format!("{call} is {other} already: remove one of them");
                return Some((key, problem));
            }
        }
        self.operations.iter().find_map(|(name, operation)| {
            let paging = operation.paging.as_ref()?;
            let (key, problem) = paging.complaint(&operation.call, operation.moves_money)?;
            Some((format!("operations.{name}.paging.{key}"), problem))
        })
    }

    fn webhook_complaint(&self) -> Option<(String, String)> {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for (name, webhook) in &self.webhooks {
            let key = format!("webhooks.{name}");
            if !is_snake_case(name) {
                return Some((key, "a webhook's name is in snake case".to_owned()));
            }
            if self.operations.contains_key(name) || self.documented.contains_key(name) {
                let problem = "the name is an operation's already: choose another";
                return Some((key, problem.to_owned()));
            }
            let event = webhook.event.as_str();
            if let Some(other) = seen.insert(event, name) {
                let problem = format!("{event} is webhooks.{other} already: remove one of them");
                return Some((key, problem));
            }
        }
        None
    }
}

fn is_snake_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn is_https(url: &str) -> bool {
    url.strip_prefix("https://").is_some_and(|rest| {
        !rest.is_empty()
            && !rest.ends_with('/')
            && !rest.contains(['@', '?', '#'])
            && !rest.contains(char::is_whitespace)
    })
}
