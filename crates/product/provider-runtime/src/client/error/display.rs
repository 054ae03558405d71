//! How errors are shown: one line, with neither URL, body nor secret.

use std::{error::Error as StdError, fmt};

use super::Error;
use crate::client::{redactor::one_line, reply::Reply};

impl<E> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = self.request_id() {
            write!(f, "request {}: ", one_line(&id))?;
        }
        if let Some(call) = self.call() {
            write!(f, "{call}: ")?;
        }
        match self {
            Self::InvalidRequest(invalid) => write!(
                f,
                "not sent, because the request is invalid: {}",
                one_line(invalid.reason())
            )?,
            Self::NotSent(not_sent) => write!(f, "not sent: {}", not_sent.cause)?,
            Self::Unanswered(unanswered) => {
                write!(f, "sent, but not answered: {}", unanswered.cause)?;
            }
            Self::ErrorResponse(response) => self.fmt_answer(response.reply(), "", f)?,
            Self::UnexpectedResponse(reply) => {
                let note = if reply.is_documented() {
                    " (documented without a type)"
                } else {
                    " (a status that is not documented)"
                };
                self.fmt_answer(reply, note, f)?;
            }
            Self::Undecodable(undecodable) => {
                self.fmt_answer(&undecodable.reply, "", f)?;
                write!(f, "; {}", undecodable.cause)?;
            }
            Self::BodyUnread(unread) => {
                self.fmt_answer(&unread.reply, "", f)?;
                write!(f, "; {}", unread.fault)?;
            }
        }
        if self.may_have_happened() {
            write!(f, "; {}", self.advice())?;
        }
        if f.alternate() {
            let mut cause = self.source();
            while let Some(error) = cause {
                write!(f, ": {error}")?;
                cause = error.source();
            }
        }
        Ok(())
    }
}

impl<E> Error<E> {
    fn fmt_answer(&self, reply: &Reply, note: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{note}", reply.status())?;
        if let Some(message) = self.provider_message() {
            write!(f, ": {}", one_line(&message))?;
        }
        if let Some(log_id) = self.log_id() {
            write!(f, " [log id {}]", one_line(&log_id))?;
        }
        Ok(())
    }
}

impl<E> fmt::Debug for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<E> StdError for Error<E> {
    // The cause's own text is part of the error's, so the chain goes on with what is behind it.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::InvalidRequest(invalid) => {
                let source = invalid.source.as_deref()?;
                Some(source)
            }
            Self::NotSent(not_sent) => match &not_sent.cause {
                super::NotSentCause::Connect(failure) => failure.source(),
                #[cfg(feature = "blocking")]
                super::NotSentCause::NoExecutor(error) => error.source(),
                super::NotSentCause::Token(error) => error.source(),
                super::NotSentCause::Signing(error) => error.source(),
                cause => cause.source(),
            },
            Self::Unanswered(unanswered) => unanswered.cause.source(),
            Self::BodyUnread(unread) => unread.fault.source(),
            Self::ErrorResponse(_) | Self::UnexpectedResponse(_) | Self::Undecodable(_) => None,
        }
    }
}
