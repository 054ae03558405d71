//! What can go wrong with a call, and how far it got.

mod advice;
mod causes;
mod connection;
mod convert;
mod display;
mod failure;

use bytes::Bytes;
use reqwest::{StatusCode, header::HeaderMap};

pub use causes::{
    BodyFault, BodyUnread, InvalidRequest, NotSent, NotSentCause, Unanswered, UnansweredCause,
    Undecodable,
};
pub use connection::{ConnectFailure, ConnectFault};
pub use failure::Failure;

use super::{Reply, ResponseValue, reply::Origin};
use crate::{DecodeError, Provider};

/// A call that gave no documented success.
///
/// [`progress`](Self::progress) tells how far it got and
/// [`may_have_happened`](Self::may_have_happened) whether money may have moved all the same.
///
/// `Display` begins with the request's id, where the provider documents one, and names operation, status and the provider's message; `{:#}` adds the chain of causes.
/// Neither shows a URL, a body or a secret.
#[non_exhaustive]
pub enum Error<E = ()> {
    /// The request cannot be made as it is. Nothing was sent.
    InvalidRequest(Box<InvalidRequest>),
    /// No token, or no connection. Nothing was sent, apart from attempts that the provider answered
    /// with 401 for want of a valid token.
    NotSent(Box<NotSent>),
    /// Sent, at least in part, but no answer arrived: the outcome is unknown.
    Unanswered(Box<Unanswered>),
    /// A documented error answer.
    ErrorResponse(Box<ResponseValue<E>>),
    /// An answer with a status that is not documented, or documented without a type: see
    /// [`Reply::is_documented`].
    UnexpectedResponse(Reply),
    /// An answer whose body does not fit its documented type. With a 2xx it is no failure.
    Undecodable(Box<Undecodable>),
    /// An answer whose body did not arrive completely. With a 2xx it is no failure.
    BodyUnread(Box<BodyUnread>),
}

/// How far a call got.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Progress {
    /// The provider has seen nothing that it could act on.
    NotSent,
    /// The provider may have acted, and has not said so.
    Unanswered,
    /// The provider answered; see the status.
    Answered,
}

impl<E> Error<E> {
    /// The request cannot be made, for this reason.
    pub fn invalid_request(reason: String) -> Self {
        Self::InvalidRequest(Box::new(InvalidRequest {
            call: None,
            reason: reason.into(),
            source: None,
        }))
    }

    /// A documented error answer.
    pub fn error_response(response: ResponseValue<E>) -> Self {
        Self::ErrorResponse(Box::new(response))
    }

    /// An answer with a status that is not documented.
    pub fn unexpected_response(reply: Reply) -> Self {
        Self::UnexpectedResponse(reply)
    }

    pub(crate) fn undecodable(reply: Reply, error: &serde_json::Error) -> Self {
        let cause = DecodeError::new(error, reply.body().is_empty());
        Self::Undecodable(Box::new(Undecodable { reply, cause }))
    }

    /// How far the call got.
    pub fn progress(&self) -> Progress {
        match self {
            Self::InvalidRequest(_) | Self::NotSent(_) => Progress::NotSent,
            Self::Unanswered(_) => Progress::Unanswered,
            Self::ErrorResponse(_)
            | Self::UnexpectedResponse(_)
            | Self::Undecodable(_)
            | Self::BodyUnread(_) => Progress::Answered,
        }
    }

    /// The answer, if there is one, whatever became of its body.
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Self::InvalidRequest(_) | Self::NotSent(_) | Self::Unanswered(_) => None,
            Self::ErrorResponse(response) => Some(response.reply()),
            Self::UnexpectedResponse(reply) => Some(reply),
            Self::Undecodable(undecodable) => Some(&undecodable.reply),
            Self::BodyUnread(unread) => Some(&unread.reply),
        }
    }

    /// The status of the answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.reply().map(Reply::status)
    }

    /// The headers of the answer.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.reply().map(Reply::headers)
    }

    /// The body of the answer as far as it was read. It may hold personal data.
    pub fn raw_body(&self) -> Option<&Bytes> {
        self.reply().map(Reply::body)
    }

    /// The provider, once it is known.
    pub fn provider(&self) -> Option<&'static Provider> {
        self.call().map(|call| call.provider)
    }

    /// The operation's name, once it is known.
    pub fn operation(&self) -> Option<&'static str> {
        self.call().map(|call| call.operation)
    }

    /// The message in the provider's answer, also where its body does not decode. Secrets are masked.
    pub fn provider_message(&self) -> Option<String> {
        self.reply()?.text_at(self.provider()?.message_pointers)
    }

    /// The error code in the provider's answer.
    pub fn provider_code(&self) -> Option<String> {
        self.reply()?.text_at(self.provider()?.code_pointers)
    }

    /// All error codes in the provider's answer, where it may list several.
    pub fn provider_codes(&self) -> Vec<String> {
        match (self.reply(), self.provider()) {
            (Some(reply), Some(provider)) => reply.texts_at(provider.code_pointers),
            _ => Vec::new(),
        }
    }

    /// By what the provider finds the request, from a header of the answer: quote it to their support.
    pub fn request_id(&self) -> Option<String> {
        self.reply()?.request_id()
    }

    /// The id by which the provider finds the answer in its logs: quote it to their support.
    pub fn log_id(&self) -> Option<String> {
        self.reply()?.text_at(self.provider()?.log_id_pointers)
    }

    /// The same error with the operation that it happened in, unless it knows already.
    #[must_use]
    pub fn in_operation(mut self, provider: &'static Provider, operation: &'static str) -> Self {
        let call = Origin {
            provider,
            operation,
        };
        match &mut self {
            Self::InvalidRequest(invalid) => {
                invalid.call.get_or_insert(call);
            }
            Self::NotSent(not_sent) => {
                not_sent.call.get_or_insert(call);
            }
            Self::Unanswered(unanswered) => {
                unanswered.call.get_or_insert(call);
            }
            Self::ErrorResponse(response) => response.reply_mut().set_call(call),
            Self::UnexpectedResponse(reply) => reply.set_call(call),
            Self::Undecodable(undecodable) => undecodable.reply.set_call(call),
            Self::BodyUnread(unread) => unread.reply.set_call(call),
        }
        self
    }

    /// The same error without the typed body, whose bytes stay in [`raw_body`](Self::raw_body).
    #[must_use]
    pub fn into_untyped(self) -> Error {
        self.retype(|response| Error::error_response(response.map(|_| ())))
    }

    fn retype<F>(self, typed: impl FnOnce(ResponseValue<E>) -> Error<F>) -> Error<F> {
        match self {
            Self::InvalidRequest(invalid) => Error::InvalidRequest(invalid),
            Self::NotSent(not_sent) => Error::NotSent(not_sent),
            Self::Unanswered(unanswered) => Error::Unanswered(unanswered),
            Self::ErrorResponse(response) => typed(*response),
            Self::UnexpectedResponse(reply) => Error::UnexpectedResponse(reply),
            Self::Undecodable(undecodable) => Error::Undecodable(undecodable),
            Self::BodyUnread(unread) => Error::BodyUnread(unread),
        }
    }

    fn call(&self) -> Option<Origin> {
        match self {
            Self::InvalidRequest(invalid) => invalid.call,
            Self::NotSent(not_sent) => not_sent.call,
            Self::Unanswered(unanswered) => unanswered.call,
            _ => self.reply()?.call(),
        }
    }
}
