//! The spans of a call and of its sendings, by OpenTelemetry's conventions for HTTP clients. Never a body, a query, a
//! value in a path or a credential.

use std::time::Duration;

use reqwest::Url;
use tracing::{Span, field::Empty};

use super::{
    Failure, Reply,
    error::{Error, NotSentCause, UnansweredCause},
    route,
};
use crate::{Operation, Provider};

/// The span of a call, whose sendings are within.
pub(crate) fn call(provider: &Provider, operation: &Operation) -> Span {
    tracing::info_span!(
        "provider_call",
        otel.name = format_args!("{} {}", provider.name, operation.id),
        otel.kind = "internal",
        otel.status_code = Empty,
        refunds.provider = provider.name,
        refunds.operation = operation.id,
        refunds.attempt = Empty,
        refunds.duration_ms = Empty,
        error.type = Empty,
    )
}

/// Adds what is known at the end of a call; `attempts` counts requests to the operation.
pub(crate) fn ended(
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
    fail(span, error_type(outcome));
}

/// Where a request goes, as far as it may be told.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    /// To an operation, below this path of the URL's host.
    Operation {
        operation: &'a Operation,
        base_path: &'a str,
    },
    /// To the token URL, which is a setting.
    Token,
}

/// One sending, the `number`th of its call, while it is under way. To the server it is a request like any other. One that is
/// dropped before its end is told as such.
pub(crate) struct Sending {
    span: Span,
    has_ended: bool,
    #[cfg(feature = "metrics")]
    measured: super::metrics::Measured,
}

impl Sending {
    pub(crate) fn begin(method: &str, url: &Url, target: Target<'_>, number: u32) -> Self {
        Self {
            span: sending(method, url, target, number),
            has_ended: false,
            #[cfg(feature = "metrics")]
            measured: super::metrics::Measured::begin(method, url, target),
        }
    }

    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Adds what it came to.
    pub(crate) fn end(mut self, status: Option<u16>, error: Option<&str>) {
        self.tell(status, error);
    }

    fn tell(&mut self, status: Option<u16>, error: Option<&str>) {
        self.has_ended = true;
        if let Some(status) = status {
            self.span.record("http.response.status_code", status);
        }
        fail(&self.span, error);
        #[cfg(feature = "metrics")]
        self.measured.end(status, error);
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        if !self.has_ended {
            self.tell(None, Some("dropped"));
        }
    }
}

fn sending(method: &str, url: &Url, target: Target<'_>, number: u32) -> Span {
    let span = tracing::info_span!(
        "http_request",
        otel.name = Empty,
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = method,
        http.request.resend_count = Empty,
        http.response.status_code = Empty,
        url.full = Empty,
        url.template = Empty,
        server.address = url.host_str(),
        server.port = url.port_or_known_default(),
        error.type = Empty,
    );
    if span.is_disabled() {
        return span;
    }
    let origin = url.origin().ascii_serialization();
    match target {
        Target::Operation {
            operation,
            base_path,
        } => {
            let (route, path) = (operation.route, route::without_values(operation.route));
            span.record("otel.name", format_args!("{method} {route}"));
            span.record("url.template", route);
            span.record("url.full", format_args!("{origin}{base_path}{path}"));
        }
        Target::Token => {
            span.record("otel.name", method);
            span.record("url.full", format_args!("{origin}{}", url.path()));
        }
    }
    if number > 1 {
        span.record("http.request.resend_count", number - 1);
    }
    span
}

fn fail(span: &Span, error: Option<&str>) {
    if let Some(error) = error {
        span.record("error.type", error);
        span.record("otel.status_code", "ERROR");
    }
}

/// The status of the answer, if there is one.
pub(crate) fn status(outcome: &Result<Reply, Failure>) -> Option<u16> {
    let status = match outcome {
        Ok(reply) => Some(reply.status()),
        Err(failure) => failure.error().status(),
    };
    status.map(|status| status.as_u16())
}

/// The attribute `error.type`: the status of an answer that says no, or why there is none that can be read.
pub(crate) fn error_type(outcome: &Result<Reply, Failure>) -> Option<&str> {
    match outcome {
        Ok(reply) if reply.status().as_u16() >= 400 => Some(reply.status_text()),
        Ok(_) => None,
        Err(failure) => Some(type_of(failure)),
    }
}

fn type_of(failure: &Failure) -> &'static str {
    match failure.error() {
        Error::InvalidRequest(_) => "invalid_request",
        Error::NotSent(not_sent) => match not_sent.cause() {
            NotSentCause::Connect(failure) => failure.fault().as_str(),
            NotSentCause::Token(_) => "token",
            NotSentCause::Signing(_) => "signing",
            NotSentCause::Intercepted(_) => "intercepted",
            #[cfg(feature = "blocking")]
            NotSentCause::NoExecutor(_) => "no_executor",
            NotSentCause::DeadlinePassed => "deadline",
            NotSentCause::OtherHost { .. } | NotSentCause::LinkToOtherHost { .. } => "other_host",
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
