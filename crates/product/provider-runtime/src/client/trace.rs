//! The span of a call, in OpenTelemetry's words. Never a body, a query or a credential.

use std::time::Duration;

use tracing::{Span, field::Empty};

use super::{
    Failure, Reply,
    error::{Error, NotSentCause, UnansweredCause},
};
use crate::{Operation, Provider};

pub(crate) fn span(provider: &Provider, operation: &Operation, (host, port): (&str, u16)) -> Span {
    tracing::info_span!(
        "provider_call",
        otel.name = format_args!("{} {}", operation.method, operation.route),
        otel.kind = "client",
        http.request.method = operation.method,
        url.template = operation.route,
        server.address = host,
        server.port = port,
        refunds.provider = provider.name,
        refunds.operation = operation.id,
        refunds.attempt = Empty,
        refunds.duration_ms = Empty,
        http.request.resend_count = Empty,
        http.response.status_code = Empty,
        error.type = Empty,
    )
}

/// Adds what is known at the end of a call; `attempts` counts requests to the operation.
pub(crate) fn record(
    span: &Span,
    attempts: u32,
    duration: Duration,
    outcome: &Result<Reply, Failure>,
) {
    if span.is_disabled() {
        return;
    }
    span.record("refunds.attempt", attempts);
    span.record("refunds.duration_ms", duration.as_secs_f64() * 1000.0);
    if attempts > 1 {
        span.record("http.request.resend_count", attempts - 1);
    }
    let status = match outcome {
        Ok(reply) => Some(reply.status()),
        Err(failure) => failure.error().status(),
    };
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
    match outcome {
        Ok(reply) if reply.status().as_u16() >= 400 => {
            span.record("error.type", reply.status().as_str());
        }
        Ok(_) => {}
        Err(failure) => {
            span.record("error.type", error_type(failure));
        }
    }
}

fn error_type(failure: &Failure) -> &'static str {
    match failure.error() {
        Error::InvalidRequest(_) => "invalid_request",
        Error::NotSent(not_sent) => match not_sent.cause() {
            NotSentCause::Connect(failure) => failure.fault().as_str(),
            NotSentCause::Token(_) => "token",
            NotSentCause::Signing(_) => "signing",
            NotSentCause::Intercepted(_) => "intercepted",
            NotSentCause::DeadlinePassed => "deadline",
            NotSentCause::OtherHost { .. } => "other_host",
            NotSentCause::OtherScheme { .. } => "other_scheme",
        },
        Error::Unanswered(unanswered) => match unanswered.cause() {
            UnansweredCause::TimedOut { .. } => "timeout",
            UnansweredCause::Transport(_) => "transport",
            UnansweredCause::CutOff(_) => "cut_off",
            UnansweredCause::Redirected => "redirected",
        },
        Error::BodyUnread(_) => "body_unread",
        Error::ErrorResponse(_) | Error::UnexpectedResponse(_) | Error::Undecodable(_) => {
            "unexpected"
        }
    }
}
