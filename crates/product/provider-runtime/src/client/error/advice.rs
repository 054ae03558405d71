//! What an error means for the money, and what to do next.

use reqwest::StatusCode;

use super::{Error, Progress};

impl<E> Error<E> {
    /// Whether the operation may have had its effect all the same.
    ///
    /// False where nothing was sent, where the operation moves no money, and where the provider
    /// refused: a 4xx, except 408, which a gateway may send for a request that it passed on, and a 409
    /// without an error code where a key may be in use. An operation that is not known counts as one
    /// that moves money.
    pub fn may_have_happened(&self) -> bool {
        let outcome_is_open = match self.progress() {
            Progress::NotSent => false,
            Progress::Unanswered => true,
            Progress::Answered => {
                !self.status().is_some_and(is_refusal) || self.key_may_be_in_use()
            }
        };
        outcome_is_open && self.moves_money()
    }

    /// What to do next, in a sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "correct the request and send it again",
            Self::NotSent(_) => "it is safe to send it again",
            _ if self.may_have_happened() => {
                "it may have happened: do not send it again before reading its state back"
            }
            _ => match self.status() {
                Some(StatusCode::TOO_MANY_REQUESTS) => {
                    "the provider refused it for now: wait, as long as its answer says, and send it again"
                }
                Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                    "the provider refused it: check the credentials and what they are allowed to do"
                }
                Some(status) if is_refusal(status) => {
                    "the provider refused it: correct what it names before sending again"
                }
                _ => "it moves no money: it is safe to send it again",
            },
        }
    }

    /// A 409 to a request with a key, without an error code of the provider's: the first request with that
    /// key may be running. What providers answer then is not documented.
    fn key_may_be_in_use(&self) -> bool {
        let has_key = || {
            let details = self.call().and_then(|call| call.details());
            details.is_some_and(|operation| operation.idempotency_header.is_some())
        };
        self.status() == Some(StatusCode::CONFLICT) && has_key() && self.provider_code().is_none()
    }

    fn moves_money(&self) -> bool {
        self.call()
            .and_then(|call| call.details())
            .is_none_or(|operation| operation.moves_money)
    }
}

fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT
}
