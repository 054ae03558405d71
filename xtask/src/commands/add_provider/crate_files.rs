//! The hand-written part of a new crate, as a start.

use anyhow::{Context, Result};
use provider_codegen::places::{self, CRATES, Wanted};
use provider_codegen::signatures::Signature;
use spec_documents::config::{Authentication, Config};

/// Begins the workspace's own crates in the root manifest.
const OWN: &str = "# This workspace's own crates.\n";

/// What the crate depends on, as Rust calls it.
pub(super) const DEPENDENCIES: [&str; 7] = [
    "chrono",
    "provider_runtime",
    "regress",
    "reqwest",
    "serde",
    "serde_json",
    "tokio",
];

/// Manifest, README and root of the crate.
pub(super) fn all(config: &Config, signatures: &[Signature]) -> Vec<Wanted> {
    let folder = places::crate_of(&config.name);
    let file = |name: &str, content: String| Wanted {
        path: folder.join(name),
        content,
    };
    vec![
        file("Cargo.toml", manifest(config)),
        file("README.md", readme(config, &example(config, signatures))),
        file("examples/first_call.rs", example(config, signatures)),
        file("src/lib.rs", root(config, signatures)),
        file("tests/calls.rs", calls(config)),
    ]
}

/// A title that can stand in a TOML text and in Markdown.
fn title(config: &Config) -> String {
    config
        .title
        .chars()
        .filter(|character| !character.is_control() && !"\"\\[]<>`".contains(*character))
        .collect()
}

fn manifest(config: &Config) -> String {
    let Config { name, .. } = config;
    let title = title(config);
    format!(
        r#"[package]
name = "{name}"
description = "Typed client for {title}, generated from the document that the provider publishes"
readme = "README.md"
keywords = ["payments", "openapi", "client"]
categories = ["api-bindings"]
version.workspace = true
edition.workspace = true
rust-version = "1.88"
license.workspace = true
repository.workspace = true
documentation = "https://docs.rs/{name}"
include = ["/src", "/examples", "/README.md", "/LICENSE-*"]

[features]
default = ["client", "rustls"]
# The client. Without it there are only the types, and no HTTP stack in the tree.
client = ["dep:reqwest", "provider-runtime/client"]
# TLS by rustls.
rustls = ["client", "provider-runtime/rustls"]
# TLS by the platform's library.
native-tls = ["client", "provider-runtime/native-tls"]
# Calls without an executor of one's own: `send_blocking`.
blocking = ["client", "provider-runtime/blocking"]
# The duration of every request, for whatever recorder the program has (crate metrics).
metrics = ["client", "provider-runtime/metrics"]
# A stand-in for the provider on loopback, for tests of one's own.
testing = ["client", "provider-runtime/testing"]

# The code in generated documentation is the provider's, and none of Rust.
[lib]
doctest = false

[dependencies]
chrono.workspace = true
provider-runtime.workspace = true
regress.workspace = true
reqwest = {{ workspace = true, optional = true }}
serde.workspace = true
serde_json.workspace = true

[dev-dependencies]
tokio = {{ workspace = true, features = ["macros", "rt"] }}

[[example]]
name = "first_call"
required-features = ["client"]

[[test]]
name = "calls"
required-features = ["client"]

[[test]]
name = "payloads"
required-features = ["client"]

[package.metadata.docs.rs]
all-features = true

[lints]
workspace = true
"#
    )
}

/// A first call, as a program: of an operation that needs nothing but texts, a read where there is one.
fn example(config: &Config, signatures: &[Signature]) -> String {
    let Config { name, .. } = config;
    let variables = config.variables_of_credentials().join(", ");
    let environment = match (&config.hosts.sandbox, &config.hosts.production) {
        (Some(_), _) => "Environment::Sandbox",
        (None, Some(_)) => "Environment::Production",
        (None, None) => "Environment::BaseUrl(\"https://api.example.com\".to_owned())",
    };
    let reads = |signature: &&Signature| {
        let operation = config.operations.get(&signature.operation);
        operation.is_some_and(|operation| !operation.moves_money)
    };
    let simple = |signature: &&Signature| !signature.needs_more();
    let mut simple_ones = signatures.iter().filter(simple);
    let first = signatures.iter().filter(simple).find(reads);
    let Some(first) = first.or_else(|| simple_ones.next()).or(signatures.first()) else {
        return String::new();
    };
    let operation = &first.operation;
    let given: String = first
        .texts()
        .map(|text| format!("\n        .{text}(\"…\")"))
        .collect();
    let more = if first.needs_more() {
        "\n    // What else must be given is told by `send`, before anything is sent."
    } else {
        ""
    };
    format!(
        r#"//! A first call. Its credentials come from the environment: {variables}.

#![allow(clippy::print_stdout, reason = "it is a program that shows what came")]

use {name}::{{Client, Environment}};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let client = Client::builder()
        .environment({environment})
        .credentials({name}::credentials_from_env()?)
        .build()?;{more}
    match client
        .{operation}(){given}
        .send()
        .await
    {{
        Ok(answer) => println!("{{}}", answer.status()),
        Err(error) if error.may_have_happened() => println!("open: {{error}}"),
        Err(error) => println!("nothing happened: {{error}}"),
    }}
    Ok(())
}}
"#
    )
}

fn readme(config: &Config, example: &str) -> String {
    let Config { name, .. } = config;
    let title = title(config);
    format!(
        r#"# {name}

Typed client for {title}, generated from the document that the provider publishes.

- An answer that cannot be decoded, or that never comes, is not called a failure: the error keeps status, headers and raw
  body, and says whether what was asked for may have happened.
- A number keeps every digit, both ways: what the document types is an exact decimal or an integer, what it leaves open is
  a `provider_runtime::Json`.
- New words in answers are kept, and so is what the document does not name (`other_members`), which requests can send too.
- Neither `Debug`, `Display`, error chains nor tracing show a secret or a body.

A first call (`examples/first_call.rs`):

```rust
{example}```

Features: `client` (default), `rustls` (default), `native-tls`, `blocking`, `metrics`, `testing`; without `client` there are only the types, and no HTTP stack.

With `testing`, `StandIn` is the provider on loopback, for tests of your own: `StandIn::start(&PROVIDER)` answers each operation with what was
said of it (`answers::<builder::NAME<'_>>(200, JSON)`, which has to be what the operation answers), and tells what it was asked.

Licensed under MIT or Apache-2.0, at your option.
"#
    )
}

fn root(config: &Config, signatures: &[Signature]) -> String {
    let title = title(config);
    let calls: String = signatures
        .iter()
        .take(20)
        .map(|signature| format!("//! - [`Client::{}`]\n", signature.operation))
        .collect();
    let variables = config.variables_of_credentials();
    let quoted: Vec<_> = variables.iter().map(|name| format!("`{name}`")).collect();
    format!(
        r#"//! Typed client for {title}, generated from the document that the provider publishes.
//!
//! Every correction of the document is in the repository's `specs/{name}/overlay.yaml`, with its reason and evidence.
//!
{calls}//!
//! [`credentials_from_env`] reads {variables}, for those who ask for it.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `client` | on | the client; without it there are only the [`types`], and no HTTP stack in the tree |
//! | `rustls` | on | TLS by rustls |
//! | `native-tls` | | TLS by the platform's library |
//! | `blocking` | | calls without an executor of one's own: `send_blocking` |
//! | `metrics` | | the duration of every request, for whatever recorder the program has (crate `metrics`) |
//! | `testing` | | the provider on loopback, for tests of one's own: `StandIn` |
//!
//! What a client can be given beside credentials (interceptors, signers, transports, resolvers of names), and what tells the causes of
//! errors apart, is in the run time that all clients share, `provider_runtime`, which has `reqwest` in it.

// Descriptions in generated documentation are the provider's own words, with their markup; the generator
// formats what it writes. Patterns were compiled when they were generated.
#[allow(missing_docs, unused_mut, clippy::unwrap_used, rustdoc::bare_urls, rustdoc::broken_intra_doc_links, rustdoc::invalid_html_tags, rustdoc::invalid_rust_codeblocks)]
#[rustfmt::skip]
mod generated;

pub use generated::types;
#[cfg(feature = "client")]
pub use generated::{{Client, Credentials, Environment, PROVIDER, builder, credentials_from_env}};
#[cfg(feature = "client")]
#[cfg_attr(doc, doc(hidden))]
pub use provider_runtime;
#[cfg(feature = "client")]
pub use provider_runtime::{{
    AccessToken, ClientBuilder, Error, Items, MediaBody, Multipart, PageError, Pages, Progress, RawBody, ResponseValue,
    SettingsError, TokenError, TokenFuture, TokenSource, VariableError,
}};
#[cfg(feature = "testing")]
pub use provider_runtime::{{Requested, StandIn, StandInError}};
pub use provider_runtime::{{
    Amount, AmountText, ByStatus, Nullable, NumberOrText, Open, RequestAmount, Timestamp,
}};
"#,
        name = config.name,
        variables = quoted.join(" and "),
    )
}

/// Credentials of the kind that the client takes.
pub(super) fn credentials(config: &Config) -> String {
    match &config.authentication {
        Authentication::Bearer { .. } | Authentication::OAuth2ClientCredentials { .. } => {
            "bearer(\"secret\")".to_owned()
        }
        Authentication::Basic { .. } => "basic(\"user\", \"secret\")".to_owned(),
        Authentication::ApiKey { .. } => match config.authentication.key_names().as_slice() {
            [_] => "api_key(\"secret\")".to_owned(),
            names => {
                let keys = names.iter().map(|name| format!("({name:?}, \"secret\")"));
                format!("api_keys([{}])", keys.collect::<Vec<_>>().join(", "))
            }
        },
    }
}

/// Credentials of another kind.
fn wrong_credentials(config: &Config) -> &'static str {
    match &config.authentication {
        Authentication::Bearer { .. } => "basic(\"user\", \"secret\")",
        Authentication::ApiKey { together_with, .. } if together_with.is_empty() => {
            "bearer(\"secret\")"
        }
        _ => "api_key(\"secret\")",
    }
}

/// A test of the settings that need no network.
fn calls(config: &Config) -> String {
    let Config { name, .. } = config;
    let (credentials, wrong) = (credentials(config), wrong_credentials(config));
    format!(
        r#"//! The client of {name} is built from its settings, and shows none of them.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it reports by failing"
)]

use {name}::{{Client, ClientBuilder, Credentials, Environment, PROVIDER}};

fn builder() -> ClientBuilder<Client> {{
    Client::builder().environment(Environment::BaseUrl("https://api.example.com".to_owned()))
}}

#[test]
fn the_credentials_that_the_provider_asks_for_are_taken_and_not_shown() {{
    let client = builder()
        .credentials(Credentials::{credentials})
        .build()
        .unwrap();
    assert!(!format!("{{client:?}}").contains("secret"));
}}

#[test]
fn credentials_of_another_kind_are_refused() {{
    let refused = builder().credentials(Credentials::{wrong}).build();
    assert!(refused.is_err());
}}

#[test]
fn every_operation_is_listed_once_with_its_route() {{
    let mut ids: Vec<_> = PROVIDER
        .operations
        .iter()
        .map(|operation| operation.id)
        .collect();
    assert!(!ids.is_empty());
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    for operation in PROVIDER.operations {{
        assert!(operation.route.starts_with('/'), "{{}}", operation.id);
    }}
}}
"#
    )
}

/// The root manifest with the crate among the workspace's own, in order.
///
/// # Errors
///
/// The manifest does not list them where it used to.
pub(super) fn with_dependency(manifest: &str, name: &str) -> Result<String> {
    let (before, own) = manifest.split_once(OWN).with_context(|| {
        format!(
            "Cargo.toml has no line {:?} to put the crate under",
            OWN.trim()
        )
    })?;
    let line = format!(
        "{name} = {{ path = \"{CRATES}/{name}\", version = \"0.1.0\", default-features = false }}\n"
    );
    let mut lines: Vec<&str> = own.split_inclusive('\n').collect();
    let end = lines
        .iter()
        .position(|line| line.trim().is_empty())
        .unwrap_or(lines.len());
    let at = lines[..end]
        .iter()
        .position(|other| **other > *line)
        .unwrap_or(end);
    lines.insert(at, &line);
    Ok(format!("{before}{OWN}{}", lines.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crate_is_listed_among_the_others_in_order() {
        let manifest = "[workspace.dependencies]\n# This workspace's own crates.\na = { path = \"crates/a\" }\nc = { path = \"crates/c\" }\n\n# Others.\nb = \"1\"\n";
        let changed = with_dependency(manifest, "bank").unwrap();
        assert_eq!(
            changed,
            "[workspace.dependencies]\n# This workspace's own crates.\na = { path = \"crates/a\" }\nbank = { path = \"crates/providers/bank\", version = \"0.1.0\", default-features = false }\nc = { path = \"crates/c\" }\n\n# Others.\nb = \"1\"\n"
        );
        assert!(with_dependency("[workspace]\n", "bank").is_err());
    }
}
