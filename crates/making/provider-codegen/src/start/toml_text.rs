//! A configuration as the text of a `provider.toml`.

use std::collections::BTreeMap;
use std::fmt::Write;

use spec_documents::config::{Authentication, Config, KeyPlace, Paging};

use super::Proposal;

/// The text of a `provider.toml`, in which ways to page are `proposed`, by the names of operations: as comments.
pub fn to_toml(config: &Config, proposed: &BTreeMap<String, Proposal>) -> String {
    let mut text = format!(
        "name = {}\ntitle = {}\n",
        quoted(&config.name),
        quoted(&config.title)
    );
    if let Some(pattern) = &config.operations_matching {
        put(
            &mut text,
            format_args!("operations_matching = {}", quoted(pattern)),
        );
    }
    for (name, host) in [
        ("sandbox", &config.hosts.sandbox),
        ("production", &config.hosts.production),
    ] {
        if let Some(host) = host {
            put(
                &mut text,
                format_args!(
                    "\n[hosts.{name}]\nurl = {}\nsource = {}",
                    quoted(&host.url),
                    quoted(&host.source)
                ),
            );
        }
    }
    put(&mut text, format_args!("\n[authentication]"));
    put_authentication(&mut text, &config.authentication);
    put(&mut text, format_args!("\n[errors]"));
    for (name, pointers) in [
        ("message", &config.errors.message),
        ("code", &config.errors.code),
    ] {
        let list: Vec<_> = pointers.iter().map(|pointer| quoted(pointer)).collect();
        put(&mut text, format_args!("{name} = [{}]", list.join(", ")));
    }
    if !config.errors.request_id.is_empty() {
        let names = config.errors.request_id.iter();
        let names: Vec<_> = names.map(|name| quoted(name)).collect();
        put(
            &mut text,
            format_args!("request_id = [{}]", names.join(", ")),
        );
    }
    for (name, operation) in &config.operations {
        put(
            &mut text,
            format_args!(
                "\n[operations.{name}]\ncall = {}\nmoves_money = {}",
                quoted(&operation.call.to_string()),
                operation.moves_money
            ),
        );
        if let Some(header) = &operation.idempotency_header {
            put(
                &mut text,
                format_args!("idempotency_header = {}", quoted(header)),
            );
        }
        if let Some(paging) = &operation.paging {
            let lines = paging_lines(name, paging);
            put(&mut text, format_args!("\n{}", lines.join("\n")));
        }
        if let Some(proposal) = proposed.get(name) {
            put(&mut text, format_args!("\n{}", commented(name, proposal)));
        }
    }
    text
}

/// A proposal as comments, which a person makes the configuration by taking `# ` away.
fn commented(name: &str, proposal: &Proposal) -> String {
    let mut lines = paging_lines(name, &proposal.paging);
    if !proposal.first_is_told {
        let first = lines.iter_mut().find(|line| line.starts_with("first = "));
        first.into_iter().for_each(|line| {
            *line = "first = # 0 or 1: the document does not say it".to_owned();
        });
    }
    lines.insert(
        0,
        "It seems to page. Check it, and uncomment what is below:".to_owned(),
    );
    let lines = lines.iter().map(|line| format!("# {line}"));
    lines.collect::<Vec<_>>().join("\n")
}

fn paging_lines(name: &str, paging: &Paging) -> Vec<String> {
    let (by, first) = match paging {
        Paging::Link { .. } => ("link", None),
        Paging::Cursor { .. } => ("cursor", None),
        Paging::Offset { .. } => ("offset", None),
        Paging::Page { first, .. } => ("page", Some(first)),
    };
    let items = Some(("items", paging.items()));
    let parameter = paging.parameter().map(|name| ("parameter", name));
    let last = paging.last_item().map(|place| ("last_item", place));
    let texts = [Some(("by", by)), items, parameter, last];
    let texts = texts.into_iter().flatten().chain(paging.places());
    let mut lines = vec![format!("[operations.{name}.paging]")];
    lines.extend(texts.map(|(key, text)| format!("{key} = {}", quoted(text))));
    lines.extend(first.map(|first| format!("first = {first}")));
    lines
}

fn word_for(place: KeyPlace) -> &'static str {
    match place {
        KeyPlace::Header => "header",
        KeyPlace::Query => "query",
        KeyPlace::Cookie => "cookie",
    }
}

fn put_authentication(text: &mut String, authentication: &Authentication) {
    let source = match authentication {
        Authentication::Bearer { source } => {
            put(text, format_args!("scheme = \"bearer\""));
            source
        }
        Authentication::Basic { source } => {
            put(text, format_args!("scheme = \"basic\""));
            source
        }
        Authentication::ApiKey {
            name,
            place,
            together_with,
            source,
        } => {
            put(
                text,
                format_args!(
                    "scheme = \"api-key\"\nname = {}\nplace = \"{}\"",
                    quoted(name),
                    word_for(*place)
                ),
            );
            let further: Vec<_> = together_with
                .iter()
                .map(|key| {
                    let (name, place) = (quoted(&key.name), word_for(key.place));
                    format!("{{ name = {name}, place = \"{place}\" }}")
                })
                .collect();
            if !further.is_empty() {
                put(
                    text,
                    format_args!("together_with = [{}]", further.join(", ")),
                );
            }
            source
        }
        Authentication::OAuth2ClientCredentials {
            sandbox_token_url,
            production_token_url,
            source,
            ..
        } => {
            put(
                text,
                format_args!(
                    "scheme = \"oauth2-client-credentials\"\nsandbox_token_url = {}\nproduction_token_url = {}",
                    quoted(sandbox_token_url),
                    quoted(production_token_url)
                ),
            );
            source
        }
    };
    put(text, format_args!("source = {}", quoted(source)));
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{line}");
}

/// A text as TOML writes it.
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_read_back_as_what_it_was_made_from() {
        let text = "name = \"acme\"\ntitle = \"A \\\"B\\\"\"\noperations_matching = \"*\"\n[hosts.production]\nurl = \"https://acme.example\"\nsource = \"page\"\n\
                    [authentication]\nscheme = \"api-key\"\nname = \"X-Key\"\nplace = \"header\"\ntogether_with = [{ name = \"id\", place = \"query\" }]\nsource = \"page\"\n[errors]\nmessage = [\"/message\"]\nrequest_id = [\"X-Request-Id\"]\n\
                    [operations.refund]\ncall = \"POST /refunds\"\nmoves_money = true\nidempotency_header = \"Key\"\n\
                    [operations.list]\ncall = \"GET /refunds\"\nmoves_money = false\n[operations.list.paging]\nby = \"page\"\nitems = \"\"\nparameter = \"page\"\nfirst = 1\nmore = \"/more\"\n";
        let config = Config::parse("provider.toml", text).unwrap();
        let written = to_toml(&config, &BTreeMap::new());
        assert_eq!(Config::parse("provider.toml", &written), Ok(config));
    }
}
