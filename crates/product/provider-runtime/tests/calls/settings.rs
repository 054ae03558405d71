use std::time::Duration;

use provider_runtime::{
    AccessToken, ClientBuilder, Credentials, Environment, SettingsError, TokenFuture, TokenSource,
};

use crate::client::{Basic, Bearer, Client, OAuth2, bearer_at};

const LOOPBACK: &str = "http://127.0.0.1:1";

fn refusal<S>(builder: ClientBuilder<Client<S>>) -> SettingsError
where
    S: crate::client::Scheme,
{
    match builder.build() {
        Ok(_) => panic!("the settings were accepted"),
        Err(error) => error,
    }
}

fn base_url<S: crate::client::Scheme>() -> ClientBuilder<Client<S>> {
    Client::builder().environment(Environment::BaseUrl(LOOPBACK.to_owned()))
}

#[test]
fn the_environment_and_the_credentials_are_required() {
    let builder = Client::<Bearer>::builder().credentials(Credentials::bearer("x"));
    assert!(matches!(
        refusal(builder),
        SettingsError::EnvironmentMissing { provider: "acme" }
    ));
    let error = refusal(base_url::<Bearer>());
    assert_eq!(
        error.to_string(),
        "no credentials for acme: call `credentials` with `Credentials::bearer`, or `token_source`"
    );
}

#[test]
fn a_host_that_is_not_documented_has_to_be_given() {
    let builder = Client::<Bearer>::builder()
        .environment(Environment::Sandbox)
        .credentials(Credentials::bearer("x"));
    assert_eq!(
        refusal(builder).to_string(),
        "acme does not document its sandbox host: use `Environment::BaseUrl` with the one that \
         they gave you"
    );
    let documented = Client::<Bearer>::builder()
        .environment(Environment::Production)
        .credentials(Credentials::bearer("x"));
    assert!(documented.build().is_ok());
}

#[test]
fn credentials_of_another_scheme_are_refused() {
    let wrong = |error| matches!(error, SettingsError::WrongCredentials { .. });
    let basic = || Credentials::basic("user", "password");
    let bearer = || Credentials::bearer("token");
    let oauth2 = || Credentials::oauth2("client", "secret");
    assert!(wrong(refusal(base_url::<Bearer>().credentials(basic()))));
    assert!(wrong(refusal(base_url::<Bearer>().credentials(oauth2()))));
    assert!(wrong(refusal(base_url::<Basic>().credentials(bearer()))));
    assert!(wrong(refusal(base_url::<Basic>().credentials(oauth2()))));
    assert!(wrong(refusal(base_url::<OAuth2>().credentials(basic()))));
    // A token at hand does instead of one that is fetched.
    assert!(base_url::<OAuth2>().credentials(bearer()).build().is_ok());
}

struct Never;

impl TokenSource for Never {
    fn token<'a>(&'a self, _rejected: Option<&'a AccessToken>) -> TokenFuture<'a> {
        Box::pin(std::future::pending())
    }
}

#[test]
fn credentials_and_a_token_source_exclude_each_other() {
    assert!(matches!(
        refusal(bearer_at(LOOPBACK).token_source(Never)),
        SettingsError::TwoCredentials
    ));
}

#[test]
fn a_token_url_is_given_where_it_is_needed_and_nowhere_else() {
    let oauth2 = || base_url::<OAuth2>().credentials(Credentials::oauth2("client", "secret"));
    assert!(matches!(
        refusal(oauth2()),
        SettingsError::TokenUrlMissing { provider: "acme" }
    ));
    assert!(oauth2().token_url("http://localhost/token").build().is_ok());
    assert!(matches!(
        refusal(oauth2().token_url("http://auth.example.com/token")),
        SettingsError::InvalidUrl {
            setting: "token URL",
            ..
        }
    ));
    let production = Client::<OAuth2>::builder()
        .environment(Environment::Production)
        .credentials(Credentials::oauth2("client", "secret"));
    assert!(production.build().is_ok());
    assert!(matches!(
        refusal(bearer_at(LOOPBACK).token_url("https://example.com/token")),
        SettingsError::TokenUrlUnused
    ));
}

#[test]
fn empty_secrets_are_refused() {
    let empty = [
        refusal(base_url::<Bearer>().credentials(Credentials::bearer(""))),
        refusal(base_url::<Basic>().credentials(Credentials::basic("", "password"))),
        refusal(
            base_url::<OAuth2>()
                .credentials(Credentials::oauth2("client", ""))
                .token_url(LOOPBACK),
        ),
    ];
    for error in empty {
        assert!(matches!(error, SettingsError::InvalidSecret(_)), "{error}");
    }
}

#[test]
fn timeouts_and_limits_that_no_call_survives_are_refused() {
    let zero = Duration::ZERO;
    let second = Duration::from_secs(1);
    assert!(matches!(
        refusal(bearer_at(LOOPBACK).timeout(zero)),
        SettingsError::Zero { setting: "timeout" }
    ));
    assert!(matches!(
        refusal(bearer_at(LOOPBACK).connect_timeout(zero)),
        SettingsError::Zero {
            setting: "connect_timeout"
        }
    ));
    assert!(matches!(
        refusal(bearer_at(LOOPBACK).body_limit(0)),
        SettingsError::Zero {
            setting: "body_limit"
        }
    ));
    assert!(matches!(
        refusal(bearer_at(LOOPBACK).timeout(second).connect_timeout(second)),
        SettingsError::ConnectTimeoutTooLong
    ));
    assert!(bearer_at(LOOPBACK).timeout(Duration::MAX).build().is_ok());
}

#[test]
fn settings_of_the_http_client_are_made_in_one_place() {
    let own = || bearer_at(LOOPBACK).http_client(reqwest::Client::new());
    assert!(own().build().is_ok());
    assert!(matches!(
        refusal(own().connect_timeout(Duration::from_secs(1))),
        SettingsError::OwnedByHttpClient {
            setting: "connect_timeout"
        }
    ));
    assert!(matches!(
        refusal(own().user_agent("shop/1")),
        SettingsError::OwnedByHttpClient {
            setting: "user_agent"
        }
    ));
    assert!(matches!(
        refusal(bearer_at(LOOPBACK).user_agent("shop\n1")),
        SettingsError::InvalidUserAgent
    ));
}
