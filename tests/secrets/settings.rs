//! Settings, and what is built from them.

use provider_runtime::{
    AccessToken, ClientBuilder, Credentials, Environment, GeneratedClient, SettingsError,
    TokenError, TokenFuture, TokenSource,
};

use crate::{SECRET, assert_debug_silent, assert_error_silent};

fn bearer() -> Credentials {
    Credentials::bearer(SECRET)
}

fn at<C: GeneratedClient>(credentials: Credentials) -> ClientBuilder<C> {
    ClientBuilder::new()
        .environment(Environment::BaseUrl("https://api.example.com".to_owned()))
        .credentials(credentials)
}

#[test]
fn credentials_and_tokens_show_their_kind_alone() {
    assert_debug_silent("bearer", &bearer());
    assert_debug_silent(
        "basic",
        &Credentials::basic("hunter2-key", "hunter2-password"),
    );
    assert_debug_silent("oauth2", &Credentials::oauth2("hunter2-id", SECRET));
    assert_debug_silent("bearer token", &AccessToken::bearer(SECRET).unwrap());
    assert_debug_silent(
        "basic token",
        &AccessToken::basic("hunter2-key", "hunter2-password").unwrap(),
    );
}

fn assert_client_silent<C: GeneratedClient + std::fmt::Debug>(credentials: Credentials) {
    let name = C::PROVIDER.name;
    let builder = at::<C>(credentials);
    assert_debug_silent(name, &builder);
    assert_debug_silent(name, &builder.build().unwrap());
}

#[test]
fn builders_and_clients_of_every_provider_show_no_secret() {
    assert_client_silent::<kotanipay::Client>(bearer());
    assert_client_silent::<mce::Client>(bearer());
    assert_client_silent::<optty::Client>(bearer());
    assert_client_silent::<tazapay::Client>(Credentials::basic("hunter2-key", "hunter2-password"));
    let signing = kotanipay::RequestSigning::new(SECRET);
    assert_debug_silent("request signing", &signing);
    let signed = at::<kotanipay::Client>(bearer()).request_signer(signing);
    assert_debug_silent("a signed builder", &signed);
    assert_debug_silent("a signed client", &signed.build().unwrap());
    let oauth2 = at::<optty::Client>(Credentials::oauth2("hunter2-id", SECRET))
        .token_url("https://auth.example.com/token");
    assert_debug_silent("optty", &oauth2);
    let client = oauth2.build().unwrap();
    assert_debug_silent("optty", &client);
    assert_debug_silent(
        "the session of optty",
        provider_runtime::ClientInfo::inner(&client),
    );
}

struct Vault;

impl TokenSource for Vault {
    fn token<'a>(&'a self, _rejected: Option<&'a AccessToken>) -> TokenFuture<'a> {
        Box::pin(async { Ok(AccessToken::bearer(SECRET)?) })
    }
}

#[test]
fn a_builder_with_a_token_source_shows_no_secret() {
    let builder = ClientBuilder::<mce::Client>::new()
        .environment(Environment::BaseUrl("https://api.example.com".to_owned()))
        .token_source(Vault);
    assert_debug_silent("a token source", &builder);
    assert_debug_silent("a token source", &builder.build().unwrap());
}

fn refused<C: GeneratedClient>(builder: ClientBuilder<C>) -> SettingsError {
    match builder.build() {
        Ok(_) => panic!("the settings were taken"),
        Err(error) => error,
    }
}

#[test]
fn settings_that_are_refused_are_not_quoted() {
    let url = |url: &str| {
        let builder = at::<mce::Client>(bearer()).environment(Environment::BaseUrl(url.to_owned()));
        assert_debug_silent(url.split(':').next().unwrap(), &builder);
        refused(builder)
    };
    for error in [
        url("https://user:hunter2@example.com"),
        url("https://hunter2@example.com"),
        url("https://example.com/?key=hunter2"),
        url("https://example.com/#hunter2"),
        url("http://hunter2.example.com"),
        url("hunter2"),
        url("ftp://hunter2"),
        refused(at::<mce::Client>(Credentials::bearer("hunter2\n"))),
        refused(at::<mce::Client>(Credentials::basic("hunter2", SECRET))),
        refused(at::<tazapay::Client>(bearer())),
        refused(at::<tazapay::Client>(Credentials::basic(
            "hunter2:x",
            SECRET,
        ))),
        refused(at::<tazapay::Client>(Credentials::basic(
            "x",
            "hunter2\r\n",
        ))),
        refused(at::<optty::Client>(Credentials::oauth2(
            "hunter2-id",
            SECRET,
        ))),
        refused(
            at::<optty::Client>(Credentials::oauth2("id", SECRET))
                .token_url("https://a:hunter2@example.com"),
        ),
        refused(at::<mce::Client>(bearer()).token_url("https://example.com/hunter2")),
        refused(at::<mce::Client>(bearer()).user_agent("hunter2\r\n")),
        refused(at::<mce::Client>(bearer()).token_source(Vault)),
    ] {
        assert_error_silent("a settings error", &error);
    }
}

#[test]
fn secrets_that_cannot_be_sent_are_refused_without_being_quoted() {
    for error in [
        AccessToken::bearer("hunter2\n").unwrap_err(),
        AccessToken::bearer("hunté2 hunter2").unwrap_err(),
        AccessToken::basic("hunter2:", "x").unwrap_err(),
        AccessToken::basic("x", "hunter2\u{0}").unwrap_err(),
    ] {
        assert_error_silent("a secret", &error);
        assert_error_silent("a token error", &TokenError::from(error));
    }
}
