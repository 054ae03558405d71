//! What a builder says when its settings are wrong.

use std::fmt::Write as _;
use std::time::Duration;

use provider_runtime::{ClientBuilder, Credentials, Environment, GeneratedClient};

fn refused<C: GeneratedClient>(builder: ClientBuilder<C>) -> String {
    match builder.build() {
        Ok(_) => panic!("the settings were taken"),
        Err(error) => error.to_string(),
    }
}

fn complete<C: GeneratedClient>(credentials: Credentials) -> ClientBuilder<C> {
    let url = "https://api.example.com".to_owned();
    ClientBuilder::new()
        .environment(Environment::BaseUrl(url))
        .credentials(credentials)
}

fn without_environment<C: GeneratedClient>() -> String {
    refused(ClientBuilder::<C>::new())
}

fn without_credentials<C: GeneratedClient>() -> String {
    let url = "https://api.example.com".to_owned();
    refused(ClientBuilder::<C>::new().environment(Environment::BaseUrl(url)))
}

#[test]
fn the_messages_about_settings_are_as_reviewed() {
    let bearer = || complete::<kotanipay::Client>(Credentials::bearer("t"));
    let at = |url: &str| bearer().environment(Environment::BaseUrl(url.to_owned()));
    let messages = [
        ("no environment", without_environment::<kotanipay::Client>()),
        (
            "no credentials, bearer",
            without_credentials::<kotanipay::Client>(),
        ),
        (
            "no credentials, basic",
            without_credentials::<tazapay::Client>(),
        ),
        (
            "no credentials, OAuth 2.0",
            without_credentials::<optty::Client>(),
        ),
        (
            "a sandbox that is not documented",
            refused(
                complete::<mce::Client>(Credentials::bearer("t")).environment(Environment::Sandbox),
            ),
        ),
        (
            "a production that is not documented",
            refused(
                complete::<mce::Client>(Credentials::bearer("t"))
                    .environment(Environment::Production),
            ),
        ),
        (
            "credentials of another scheme",
            refused(complete::<tazapay::Client>(Credentials::bearer("t"))),
        ),
        (
            "OAuth 2.0 at a base URL of one's own",
            refused(complete::<optty::Client>(Credentials::oauth2(
                "id", "secret",
            ))),
        ),
        (
            "a token URL without use",
            refused(bearer().token_url("https://auth.example.com/token")),
        ),
        (
            "a token with a line break",
            refused(complete::<mce::Client>(Credentials::bearer("t\n"))),
        ),
        (
            "a colon in the user",
            refused(complete::<tazapay::Client>(Credentials::basic("a:b", "c"))),
        ),
        ("no URL", refused(at("api.example.com"))),
        ("plain http", refused(at("http://api.example.com"))),
        (
            "a password in the URL",
            refused(at("https://user:password@example.com")),
        ),
        (
            "a query in the URL",
            refused(at("https://example.com/?a=b")),
        ),
        ("another scheme", refused(at("ftp://example.com"))),
        ("no time", refused(bearer().timeout(Duration::ZERO))),
        (
            "no time to connect",
            refused(bearer().connect_timeout(Duration::ZERO)),
        ),
        (
            "more time to connect than to answer",
            refused(bearer().connect_timeout(Duration::from_secs(60))),
        ),
        ("no body", refused(bearer().body_limit(0))),
        (
            "a user agent of two lines",
            refused(bearer().user_agent("a\r\nb")),
        ),
        (
            "settings that belong to the HTTP client",
            refused(bearer().http_client(reqwest::Client::new()).user_agent("a")),
        ),
    ];
    let mut text = String::new();
    for (name, message) in messages {
        // Writing to a string does not fail.
        let _ = writeln!(text, "## {name}\n{message}\n");
    }
    insta::assert_snapshot!("messages_about_settings", text);
}
