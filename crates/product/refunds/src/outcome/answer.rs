//! The provider's own answer.

use std::any::Any;
use std::fmt;

use bytes::Bytes;
use provider_runtime::{Reply, ResponseValue};
use reqwest::{StatusCode, header::HeaderMap};

/// The provider's own answer, decoded, with its status, headers and raw body.
///
/// `Debug` shows neither the body nor what was decoded of it.
#[non_exhaustive]
#[allow(
    clippy::large_enum_variant,
    reason = "it is kept in a box; which variants there are depends on the features"
)]
pub enum Answer {
    /// Kotani Pay's answer to a write: any 2xx, whose body is not documented.
    #[cfg(feature = "kotanipay")]
    KotanipayWrite(kotanipay::ResponseValue<kotanipay::RawBody>),
    /// Kotani Pay's refund-status.
    #[cfg(feature = "kotanipay")]
    KotanipayRefund(kotanipay::ResponseValue<kotanipay::types::RefundStatusAnswer>),
    /// Kotani Pay's off-ramp.
    #[cfg(feature = "kotanipay")]
    KotanipayOfframp(kotanipay::ResponseValue<kotanipay::types::OfframpAnswer>),
    /// Optty's refund.
    #[cfg(feature = "optty")]
    OpttyRefund(optty::ResponseValue<optty::types::RefundResponse>),
    /// Optty's order with its refunds.
    #[cfg(feature = "optty")]
    OpttyOrder(optty::ResponseValue<optty::types::OrderDetails>),
    /// MCE's refund.
    #[cfg(feature = "mce")]
    MceRefund(mce::ResponseValue<mce::types::CryptoRefundAnswer>),
    /// Tazapay's refund.
    #[cfg(feature = "tazapay")]
    TazapayRefund(tazapay::ResponseValue<tazapay::types::RefundEnvelope>),
    /// Tazapay's payment attempt.
    #[cfg(feature = "tazapay")]
    TazapayAttempt(tazapay::ResponseValue<tazapay::types::PaymentAttemptEnvelope>),
    /// What a provider of your own answered.
    Own(OwnAnswer),
    /// An event that settled the question.
    #[cfg(feature = "webhooks")]
    Event(Box<crate::webhooks::RefundUpdate>),
}

impl Answer {
    /// The answer before it was decoded; `None` for an event, which is no answer.
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            #[cfg(feature = "kotanipay")]
            Self::KotanipayWrite(answer) => Some(answer.reply()),
            #[cfg(feature = "kotanipay")]
            Self::KotanipayRefund(answer) => Some(answer.reply()),
            #[cfg(feature = "kotanipay")]
            Self::KotanipayOfframp(answer) => Some(answer.reply()),
            #[cfg(feature = "optty")]
            Self::OpttyRefund(answer) => Some(answer.reply()),
            #[cfg(feature = "optty")]
            Self::OpttyOrder(answer) => Some(answer.reply()),
            #[cfg(feature = "mce")]
            Self::MceRefund(answer) => Some(answer.reply()),
            #[cfg(feature = "tazapay")]
            Self::TazapayRefund(answer) => Some(answer.reply()),
            #[cfg(feature = "tazapay")]
            Self::TazapayAttempt(answer) => Some(answer.reply()),
            Self::Own(answer) => Some(answer.reply()),
            #[cfg(feature = "webhooks")]
            Self::Event(_) => None,
        }
    }

    /// The status.
    pub fn status(&self) -> Option<StatusCode> {
        self.reply().map(Reply::status)
    }

    /// The headers.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.reply().map(Reply::headers)
    }

    /// The body as the provider sent it. It may hold personal data.
    pub fn raw_body(&self) -> Option<&Bytes> {
        self.reply().map(Reply::body)
    }
}

/// What a provider of your own answered, as its client decoded it.
pub struct OwnAnswer(Box<dyn Decoded>);

/// An answer of any type.
trait Decoded: Any + Send + Sync {
    fn reply(&self) -> &Reply;

    fn as_any(&self) -> &dyn Any;
}

impl<T: Send + Sync + 'static> Decoded for ResponseValue<T> {
    fn reply(&self) -> &Reply {
        ResponseValue::reply(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl OwnAnswer {
    /// This answer.
    pub fn new<T: Send + Sync + 'static>(answer: ResponseValue<T>) -> Self {
        Self(Box::new(answer))
    }

    /// The answer, if it was decoded as a `T`.
    pub fn decoded<T: 'static>(&self) -> Option<&ResponseValue<T>> {
        self.0.as_any().downcast_ref()
    }

    /// The answer before it was decoded.
    pub fn reply(&self) -> &Reply {
        self.0.reply()
    }
}

impl fmt::Debug for OwnAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnAnswer").field(self.reply()).finish()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Answer").field(&self.reply()).finish()
    }
}
