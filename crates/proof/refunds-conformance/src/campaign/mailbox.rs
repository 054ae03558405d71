//! What a worker gets of the provider's events.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use refunds::custom::{Provider, RefundsAt};
use reqwest::{Method, StatusCode};

use super::{
    CampaignError, Receive,
    conclude::{Mailbox, Told},
    server::{Letter, reference},
};

const TIMEOUT: Duration = Duration::from_secs(10);

/// The mail of a provider, and how it is read.
pub(super) struct Mail<P: Provider> {
    url: String,
    http: reqwest::Client,
    at: RefundsAt<P>,
    receive: Arc<Receive<P>>,
}

impl<P: Provider> Mail<P> {
    pub(super) fn new(
        url: String,
        at: RefundsAt<P>,
        receive: Arc<Receive<P>>,
    ) -> Result<Self, CampaignError> {
        let http = reqwest::Client::builder().no_proxy().timeout(TIMEOUT);
        let http = http.build();
        Ok(Self {
            url,
            http: http.map_err(|error| CampaignError::Client(error.to_string()))?,
            at,
            receive,
        })
    }

    async fn tell(&self, method: Method, refund: u64) {
        let url = format!("{}/{}", self.url, reference(refund));
        // The server is in the process that started this one.
        let _ = self.http.request(method, url).send().await;
    }

    async fn letter(&self, refund: u64) -> Option<Letter> {
        let url = format!("{}/{}", self.url, reference(refund));
        let answer = self.http.get(url).send().await.ok()?;
        if answer.status() != StatusCode::OK {
            return None;
        }
        serde_json::from_slice(&answer.bytes().await.ok()?).ok()
    }
}

impl<P: Provider> Mailbox for Mail<P> {
    fn update<'a>(
        &'a self,
        refund: u64,
    ) -> Pin<Box<dyn Future<Output = Option<Told>> + Send + 'a>> {
        Box::pin(async move {
            let letter = self.letter(refund).await?;
            let update = (self.receive)(&self.at, &letter.headers, &letter.body).ok()?;
            if letter.is_forged {
                self.believed(refund).await;
                return None;
            }
            if !letter.is_contradictory {
                self.tell(Method::PUT, refund).await;
            }
            Some(Told {
                update,
                is_true: !letter.is_contradictory,
            })
        })
    }

    fn believed<'a>(&'a self, refund: u64) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            self.tell(Method::POST, refund).await;
        })
    }
}
