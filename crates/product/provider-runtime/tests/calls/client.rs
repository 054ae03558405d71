//! A client written by hand the way the generated ones are.

use std::marker::PhantomData;

use provider_runtime::{
    Amount, Answers, ApiKey, Authentication, ByStatus, Call, ClientBuilder, ClientInfo,
    Credentials, Environment, Error, GeneratedClient, Given, KeyPlace, Method, Operation,
    OperationSecurity, OwnHost, Provider, RawBody, ResponseValue, SecurityRequirement,
    SecurityScheme, Session,
};
use serde::{Deserialize, Serialize};

pub(crate) const REFUND: &str = "refund_order";

const OPERATIONS: &[Operation] = &[
    Operation {
        id: REFUND,
        method: "POST",
        route: "/orders/{orderReference}/refund",
        moves_money: true,
        idempotency_header: Some("Idempotency-Key"),
    },
    Operation {
        id: "order_details",
        method: "GET",
        route: "/orders/{orderReference}",
        moves_money: false,
        idempotency_header: None,
    },
];

const fn provider(authentication: Authentication) -> Provider {
    Provider {
        name: "acme",
        title: "Acme Pay",
        sandbox: None,
        production: Some("https://api.acme.example"),
        authentication,
        credential_variables: &[],
        message_pointers: &["/message", "/errors/0/message"],
        code_pointers: &["/error_code", "/statusCode"],
        log_id_pointers: &["/logId"],
        request_id_headers: &["X-Request-Id", "X-Trace"],
        operations: OPERATIONS,
    }
}

/// The provider of the bearer scheme.
#[cfg(feature = "testing")]
pub(crate) fn provider_of() -> &'static Provider {
    Bearer::PROVIDER
}

pub(crate) trait Scheme {
    const PROVIDER: &'static Provider;
    const OWN_HOSTS: &'static [OwnHost] = &[];
    const SCHEMES: &'static [SecurityScheme] = &[];
    const SECURITY: &'static [OperationSecurity] = &[];
}

#[derive(Debug)]
pub(crate) struct Bearer;
#[derive(Debug)]
pub(crate) struct Basic;
#[derive(Debug)]
pub(crate) struct KeyInHeader;
#[derive(Debug)]
pub(crate) struct KeyInQuery;
#[derive(Debug)]
pub(crate) struct TwoKeys;
#[derive(Debug)]
pub(crate) struct OAuth2;
/// Refunds are on another host, and details need no credentials.
#[derive(Debug)]
pub(crate) struct Elsewhere;

impl Scheme for Bearer {
    const PROVIDER: &'static Provider = &provider(Authentication::Bearer);
}

impl Scheme for Elsewhere {
    const PROVIDER: &'static Provider = Bearer::PROVIDER;
    const OWN_HOSTS: &'static [OwnHost] = &[OwnHost {
        operation: REFUND,
        sandbox: None,
        production: Some("https://refunds.other.example/v2"),
    }];
    const SECURITY: &'static [OperationSecurity] = &[OperationSecurity {
        operation: "order_details",
        alternatives: &[NOTHING],
    }];
}

const NOTHING: SecurityRequirement = SecurityRequirement {
    credentials: false,
    schemes: &[],
};

/// Refunds ask for a key beside the token, or for user and password; details for nothing, or for these.
#[derive(Debug)]
pub(crate) struct Several;

impl Scheme for Several {
    const PROVIDER: &'static Provider = Bearer::PROVIDER;
    const SCHEMES: &'static [SecurityScheme] = &[
        SecurityScheme {
            name: "deviceKey",
            authentication: Authentication::ApiKeys(&[ApiKey {
                name: "X-Device",
                place: KeyPlace::Header,
            }]),
        },
        SecurityScheme {
            name: "login",
            authentication: Authentication::Basic,
        },
    ];
    const SECURITY: &'static [OperationSecurity] = &[
        OperationSecurity {
            operation: REFUND,
            alternatives: &[
                SecurityRequirement {
                    credentials: true,
                    schemes: &["deviceKey"],
                },
                SecurityRequirement {
                    credentials: false,
                    schemes: &["login"],
                },
            ],
        },
        OperationSecurity {
            operation: "order_details",
            alternatives: &[
                NOTHING,
                SecurityRequirement {
                    credentials: false,
                    schemes: &["login"],
                },
            ],
        },
    ];
}

impl Scheme for Basic {
    const PROVIDER: &'static Provider = &provider(Authentication::Basic);
}

impl Scheme for KeyInHeader {
    const PROVIDER: &'static Provider = &provider(Authentication::ApiKeys(&[ApiKey {
        name: "X-API-Key",
        place: KeyPlace::Header,
    }]));
}

impl Scheme for KeyInQuery {
    const PROVIDER: &'static Provider = &provider(Authentication::ApiKeys(&[ApiKey {
        name: "api_key",
        place: KeyPlace::Query,
    }]));
}

impl Scheme for TwoKeys {
    const PROVIDER: &'static Provider = &provider(Authentication::ApiKeys(&[
        ApiKey {
            name: "X-Client-Id",
            place: KeyPlace::Header,
        },
        ApiKey {
            name: "X-Client-Secret",
            place: KeyPlace::Header,
        },
    ]));
}

impl Scheme for OAuth2 {
    const PROVIDER: &'static Provider = &provider(Authentication::OAuth2ClientCredentials {
        sandbox_token_url: "https://auth.qa.acme.example/token",
        production_token_url: "https://auth.acme.example/token",
        scope: Some("api-user"),
    });
}

#[derive(Debug)]
pub(crate) struct Client<S> {
    baseurl: String,
    client: reqwest::Client,
    inner: Session,
    scheme: PhantomData<S>,
}

impl<S: Scheme> GeneratedClient for Client<S> {
    const PROVIDER: &'static Provider = S::PROVIDER;
    const OWN_HOSTS: &'static [OwnHost] = S::OWN_HOSTS;
    const SCHEMES: &'static [SecurityScheme] = S::SCHEMES;
    const SECURITY: &'static [OperationSecurity] = S::SECURITY;
    const VERSION: &'static str = "1.2.3";

    fn assemble(base_url: String, http: reqwest::Client, session: Session) -> Self {
        Self {
            baseurl: base_url,
            client: http,
            inner: session,
            scheme: PhantomData,
        }
    }
}

impl<S> ClientInfo<Session> for Client<S> {
    fn api_version() -> &'static str {
        "1"
    }

    fn baseurl(&self) -> &str {
        &self.baseurl
    }

    fn client(&self) -> &reqwest::Client {
        &self.client
    }

    fn inner(&self) -> &Session {
        &self.inner
    }
}

#[derive(Serialize)]
struct RefundRequest {
    amount: Amount,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Refund {
    pub(crate) reference: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Refusal {
    pub(crate) message: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Limit {
    #[serde(rename = "retryAfter")]
    pub(crate) retry_after: u32,
}

#[derive(Debug, Deserialize)]
pub(crate) enum Problem {
    Status400Or401(Refusal),
    Status429(Limit),
}

impl<S: Scheme> Client<S> {
    pub(crate) fn builder() -> ClientBuilder<Self> {
        ClientBuilder::new()
    }

    pub(crate) async fn refund_order(
        &self,
        reference: &str,
        amount: Amount,
    ) -> Result<ResponseValue<Refund>, Error<ByStatus<Problem>>> {
        Call::new(
            self,
            REFUND,
            Method::POST,
            "/orders/{orderReference}/refund",
        )
        .path("orderReference", Given::<String>::value(reference))
        .json(Given::from(RefundRequest { amount }))
        .send(
            Answers::json(&[200..=200]),
            Answers::json(&[400..=401, 429..=429]),
        )
        .await
    }

    pub(crate) async fn order_details(
        &self,
        reference: &str,
    ) -> Result<ResponseValue<RawBody>, Error<()>> {
        Call::new(
            self,
            "order_details",
            Method::GET,
            "/orders/{orderReference}",
        )
        .path("orderReference", Given::<String>::value(reference))
        .send(Answers::raw(&[200..=299]), Answers::empty(&[404..=404]))
        .await
    }
}

/// A client of the bearer scheme for the server at this URL.
pub(crate) fn bearer_at(url: &str) -> ClientBuilder<Client<Bearer>> {
    Client::builder()
        .environment(Environment::BaseUrl(url.to_owned()))
        .credentials(Credentials::bearer("hunter2-token"))
}

/// A client that fetches tokens, for the server at this URL, whose token URL is below it.
pub(crate) fn oauth2_at(url: &str) -> ClientBuilder<Client<OAuth2>> {
    Client::builder()
        .environment(Environment::BaseUrl(url.to_owned()))
        .credentials(Credentials::oauth2("the-client", "hunter2-secret"))
        .token_url(format!("{url}/token"))
}
