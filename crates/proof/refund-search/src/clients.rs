//! Each provider's client on the story's network, its requests and its events.

use std::sync::Arc;

use refunds::{
    Action, LightningInvoice, Lookup, MceRefund, Money, OpttyRefund, Reference, RefundRequest,
    Refunds, TazapayRefund, kotanipay, mce, optty, tazapay,
    webhooks::{RefundUpdate, UnverifiedUpdate, UpdateReader, UpdateVerifier},
};

use refunds_conformance::facade::{Asks, Network, Play};

use crate::{
    SearchError,
    ask::Ask,
    models::{
        ATTEMPT, Event, KOTANIPAY_SECRET, Model, OFFRAMP, ORDER, PAYIN, TAZAPAY_SECRET, TRANSACTION,
    },
};

const URL: &str = "https://provider.example";

/// Tokens: another one after each that was refused.
#[derive(Debug)]
struct Tokens;

impl optty::TokenSource for Tokens {
    fn token<'a>(&'a self, rejected: Option<&'a optty::AccessToken>) -> optty::TokenFuture<'a> {
        let token = if rejected.is_some() { "t-2" } else { "t-1" };
        Box::pin(async move { Ok(optty::AccessToken::bearer(token)?) })
    }
}

macro_rules! client {
    ($provider:ident, $play:expr, $builder:ident => $authenticated:expr) => {{
        let $builder = $provider::Client::builder()
            .environment($provider::Environment::BaseUrl(URL.to_owned()))
            .transport(Network(Arc::clone($play)));
        let client = $authenticated.build();
        Refunds::from(client.map_err(|error| SearchError::Client(error.to_string()))?)
    }};
}

pub(super) fn refunds<M: Model>(ask: Ask, play: &Arc<Play<M>>) -> Result<Refunds, SearchError> {
    Ok(match ask {
        Ask::TazapayFull
        | Ask::TazapayFullOfAttempt
        | Ask::TazapayPart
        | Ask::TazapayPartOfAttempt => {
            client!(tazapay, play, builder => {
                builder.credentials(tazapay::Credentials::basic("key", "secret-of-the-search"))
            })
        }
        Ask::OpttyPart | Ask::OpttyNamedPart => {
            client!(optty, play, builder => builder.token_source(Tokens))
        }
        Ask::Mce => client!(mce, play, builder => {
            builder.credentials(mce::Credentials::bearer("token-of-the-search"))
        }),
        Ask::KotanipayRetry | Ask::KotanipayInvoice => client!(kotanipay, play, builder => {
            builder.credentials(kotanipay::Credentials::bearer("token-of-the-search"))
        }),
    })
}

/// The refund that is created, where one is.
fn request(ask: Ask) -> Option<RefundRequest> {
    let money = |text: &str| text.parse::<Money>().ok();
    Some(match ask {
        Ask::TazapayFull => TazapayRefund::of_payin(PAYIN).into(),
        Ask::TazapayFullOfAttempt => TazapayRefund::of_payin(PAYIN)
            .with_payment_attempt(ATTEMPT)
            .into(),
        Ask::TazapayPart => TazapayRefund::of_payin(PAYIN)
            .with_amount(money("19.90 USD")?)
            .into(),
        Ask::TazapayPartOfAttempt => TazapayRefund::of_payin(PAYIN)
            .with_payment_attempt(ATTEMPT)
            .with_amount(money("19.90 USD")?)
            .into(),
        Ask::OpttyPart => OpttyRefund::new(ORDER, money("19.90 AUD")?, "Damaged").into(),
        Ask::OpttyNamedPart => OpttyRefund::new(ORDER, money("19.90 AUD")?, "Damaged")
            .with_reference_in_description()
            .into(),
        Ask::Mce => MceRefund::new(1, TRANSACTION).into(),
        Ask::KotanipayRetry | Ask::KotanipayInvoice => return None,
    })
}

fn invoice() -> Option<LightningInvoice> {
    LightningInvoice::new("lnbc1500n1pj9").ok()
}

/// An event as the facade takes it, or why it was refused.
fn received(ask: Ask, event: &Event) -> Result<RefundUpdate, String> {
    let secrets = |secret: &str| {
        provider_runtime::webhooks::Secrets::new(secret).map_err(|error| error.to_string())
    };
    let headers = event.headers.as_slice();
    let update = match ask {
        Ask::TazapayFull
        | Ask::TazapayFullOfAttempt
        | Ask::TazapayPart
        | Ask::TazapayPartOfAttempt => {
            tazapay::webhooks::Verifier::new(secrets(TAZAPAY_SECRET)?).receive(headers, &event.body)
        }
        Ask::KotanipayRetry | Ask::KotanipayInvoice => {
            kotanipay::webhooks::Verifier::new(secrets(KOTANIPAY_SECRET)?)
                .receive(headers, &event.body)
        }
        // The user vouches for what cannot be verified.
        Ask::Mce => {
            let reader = mce::webhooks::Reader::new();
            UpdateReader::receive(&reader, &event.body).map(UnverifiedUpdate::trust_without_proof)
        }
        Ask::OpttyPart | Ask::OpttyNamedPart => {
            return Err("its callbacks name no refund".to_owned());
        }
    };
    update.map_err(|error| error.to_string())
}

/// What is asked for at a built-in provider, judged without a row of the evidence if one is given.
pub(crate) struct Asked {
    pub(crate) ask: Ask,
    pub(crate) row_off: Option<&'static str>,
}

impl Asks for Asked {
    fn action(&self) -> Action {
        match request(self.ask) {
            Some(request) => Action::Create(request),
            None => match (self.ask, invoice()) {
                (Ask::KotanipayInvoice, Some(invoice)) => Action::SubmitInvoice(invoice),
                _ => Action::Retry,
            },
        }
    }

    fn lookup(&self, id: Option<&str>) -> Option<Lookup> {
        match self.ask {
            Ask::TazapayFull
            | Ask::TazapayFullOfAttempt
            | Ask::TazapayPart
            | Ask::TazapayPartOfAttempt => Some(Lookup::TazapayRefund(id?.to_owned())),
            Ask::OpttyPart | Ask::OpttyNamedPart => Some(Lookup::OpttyOrder(ORDER.to_owned())),
            Ask::Mce => None,
            Ask::KotanipayRetry | Ask::KotanipayInvoice => {
                Some(Lookup::KotanipayRefund(Reference::new(OFFRAMP).ok()?))
            }
        }
    }

    fn received(&self, event: &Event) -> Result<RefundUpdate, String> {
        let update = received(self.ask, event)?;
        Ok(match self.row_off {
            Some(row) => update.without_row(row),
            None => update,
        })
    }
}
