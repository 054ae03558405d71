//! Clients of the sandbox, and things to refund.

use std::time::Duration;

use refunds::{
    Decimal, MceRefund, OpttyRefund, Outcome, Reference, RefundError, Refunds, RetryPolicy,
    TazapayRefund, kotanipay, mce, optty, tazapay,
};
use refunds_sandbox::{
    Credentials, Offramp, Order, Payin, PendingRefund, Provider, Sandbox, Settings,
};

/// The sandbox delays answers by 300 milliseconds: longer than a client waits, and shorter than it
/// takes an attempt to settle.
const TIMEOUT: Duration = Duration::from_millis(200);
const SETTLE: Duration = Duration::from_millis(600);

pub(crate) const PROVIDERS: [Provider; 4] = [
    Provider::Kotanipay,
    Provider::Mce,
    Provider::Optty,
    Provider::Tazapay,
];

/// A sandbox that takes what is not documented in the most dangerous way.
pub(crate) fn hostile() -> Sandbox {
    Sandbox::builder()
        .settings(Settings::hostile())
        .start()
        .unwrap()
}

pub(crate) fn policy() -> RetryPolicy {
    RetryPolicy::default()
        .with_backoff(Duration::from_millis(5), Duration::from_millis(20))
        .with_settle_after(SETTLE)
        // Among the faults is a provider that asks for two minutes: that call ends, and nothing has happened.
        .with_deadline(Duration::from_secs(30))
}

/// The operation that moves money.
pub(crate) fn write_of(provider: Provider) -> &'static str {
    match provider {
        Provider::Kotanipay => "retry_refund",
        Provider::Mce => "create_crypto_refund",
        Provider::Optty => "refund_order",
        Provider::Tazapay => "create_refund",
    }
}

macro_rules! build {
    ($provider:ident, $sandbox:expr, $url:expr, $credentials:expr $(, $method:ident($value:expr))*) => {
        Refunds::from(
            $provider::Client::builder()
                .environment($provider::Environment::BaseUrl($url.to_owned()))
                .credentials($credentials)
                .timeout(TIMEOUT)
                $(.$method($value))*
                .build()
                .unwrap(),
        )
        .with_policy(policy())
    };
}

pub(crate) fn client(sandbox: &Sandbox, provider: Provider) -> Refunds {
    let url = sandbox.base_url(provider);
    match (provider, sandbox.credentials(provider)) {
        (Provider::Kotanipay, Credentials::Bearer { token }) => {
            build!(
                kotanipay,
                sandbox,
                url,
                kotanipay::Credentials::bearer(token)
            )
        }
        (Provider::Mce, Credentials::Bearer { token }) => {
            build!(mce, sandbox, url, mce::Credentials::bearer(token))
        }
        (
            Provider::Optty,
            Credentials::ClientCredentials {
                client_id,
                client_secret,
                ..
            },
        ) => build!(
            optty,
            sandbox,
            url,
            optty::Credentials::oauth2(client_id, client_secret),
            token_url(sandbox.token_url())
        ),
        (Provider::Tazapay, Credentials::Basic { key, secret }) => {
            build!(
                tazapay,
                sandbox,
                url,
                tazapay::Credentials::basic(key, secret)
            )
        }
        (provider, _) => panic!("other credentials than {provider} takes"),
    }
}

/// Adds something of 100 to refund, of which a refund takes 30 where a part can be refunded.
pub(crate) fn seed(sandbox: &Sandbox, provider: Provider, name: &str) {
    let hundred = Decimal::from(100);
    match provider {
        Provider::Kotanipay => sandbox.add_offramp(Offramp::with_failed_refund(name, hundred)),
        Provider::Mce => sandbox.add_pending_refund(PendingRefund::new(1, name, hundred)),
        Provider::Optty => sandbox.add_order(Order::new(name, hundred, "AUD")),
        Provider::Tazapay => sandbox.add_payin(Payin::new(name, hundred, "USD")),
    }
    .unwrap();
}

/// Makes the refund of what was added; for Kotani Pay, tries it again.
pub(crate) async fn refund(
    refunds: &Refunds,
    provider: Provider,
    name: &str,
) -> Result<Outcome, RefundError> {
    let reference = Reference::new(name).unwrap();
    match provider {
        Provider::Kotanipay => refunds.retry(&reference).await,
        Provider::Mce => refunds.create(&reference, MceRefund::new(1, name)).await,
        Provider::Optty => {
            let refund = OpttyRefund::new(name, "30 AUD".parse().unwrap(), "Damaged")
                .with_reference_in_description();
            refunds.create(&reference, refund).await
        }
        Provider::Tazapay => {
            let refund = TazapayRefund::of_payin(name).with_amount("30 USD".parse().unwrap());
            refunds.create(&reference, refund).await
        }
    }
}
