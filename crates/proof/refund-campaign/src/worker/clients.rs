//! Clients of the sandbox.

use std::time::Duration;

use refunds::{
    Refunds, RetryBudget, RetryPolicy, kotanipay, mce, optty,
    tazapay::{self, ClientBuilder, Credentials, Environment, SettingsError},
};
use refunds_sandbox::{Credentials as Accepted, Provider};

use crate::{Assignment, Sabotage, assignment::Place, case::Case};

/// Shorter than the pauses of the faults.
const TIMEOUT: Duration = Duration::from_millis(600);

/// Longer than any pause of the faults lasts after the timeout, with room for a busy machine.
const SETTLED: Duration = Duration::from_millis(2500);

/// A client of each provider.
pub(crate) struct Clients {
    kotanipay: Refunds,
    mce: Refunds,
    optty: Refunds,
    tazapay: Refunds,
    /// At Tazapay, with one attempt for each call.
    impatient: Refunds,
}

impl Clients {
    pub(crate) fn new(assignment: &Assignment) -> Result<Self, SettingsError> {
        let place = |provider| assignment.places.get(&provider);
        let (kotanipay, mce) = (place(Provider::Kotanipay), place(Provider::Mce));
        let (optty, tazapay) = (place(Provider::Optty), place(Provider::Tazapay));
        // One policy for all: without a budget, so that nothing but the rules limits repetitions.
        let policy = RetryPolicy::default()
            .with_backoff(Duration::from_millis(20), Duration::from_millis(200))
            .with_deadline(Duration::from_secs(30))
            .with_least_attempt(Duration::from_millis(700))
            .with_settle_after(SETTLED)
            .with_budget(RetryBudget::unlimited());
        let policy = match assignment.sabotage {
            Some(Sabotage::TrustKeys) => policy.with_risk_of_paying_twice(),
            _ => policy,
        };
        let optty = at(optty::Client::builder(), optty).token_url(&assignment.token_url);
        let clients = [
            Refunds::from(at(kotanipay::Client::builder(), kotanipay).build()?),
            Refunds::from(at(mce::Client::builder(), mce).build()?),
            Refunds::from(optty.build()?),
            Refunds::from(at(tazapay::Client::builder(), tazapay).build()?),
        ];
        let repeats_everything = assignment.sabotage == Some(Sabotage::RepeatEverything);
        let [kotanipay, mce, optty, tazapay] = clients.map(|client| {
            let client = client.with_policy(policy.clone());
            if repeats_everything {
                client.with_open_writes_repeated()
            } else {
                client
            }
        });
        let impatient = if repeats_everything {
            tazapay.clone()
        } else {
            tazapay.with_policy(policy.with_max_attempts(1))
        };
        Ok(Self {
            kotanipay,
            mce,
            optty,
            tazapay,
            impatient,
        })
    }

    /// The client that begins a refund.
    pub(super) fn beginning(&self, case: &Case) -> &Refunds {
        match case.provider {
            Provider::Tazapay if case.is_given_up_soon() => &self.impatient,
            provider => self.of(provider),
        }
    }

    pub(crate) fn of(&self, provider: Provider) -> &Refunds {
        match provider {
            Provider::Kotanipay => &self.kotanipay,
            Provider::Mce => &self.mce,
            Provider::Optty => &self.optty,
            Provider::Tazapay => &self.tazapay,
        }
    }
}

/// Without a place the builder refuses to build, and says so.
fn at<C>(builder: ClientBuilder<C>, place: Option<&Place>) -> ClientBuilder<C> {
    let builder = builder.timeout(TIMEOUT);
    let Some(place) = place else { return builder };
    let credentials = match &place.credentials {
        Accepted::Bearer { token } => Credentials::bearer(token.clone()),
        Accepted::Basic { key, secret } => Credentials::basic(key.clone(), secret.clone()),
        Accepted::ClientCredentials {
            client_id,
            client_secret,
            ..
        } => Credentials::oauth2(client_id.clone(), client_secret.clone()),
    };
    builder
        .environment(Environment::BaseUrl(place.base_url.clone()))
        .credentials(credentials)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::PAUSE;

    #[test]
    fn an_attempt_has_settled_before_it_is_repeated() {
        assert!(TIMEOUT < PAUSE);
        assert!(SETTLED > (PAUSE - TIMEOUT) * 5);
    }
}
