//! Events as updates of a refund, proven or not.

use std::fmt;

use provider_runtime::{
    Timestamp,
    webhooks::{Unverified, Verified},
};

use super::{RefundKey, Told};
use crate::{Money, ProviderName, RefundStatus, custom::OwnEvent};
#[cfg(feature = "__sabotage")]
use crate::{evidence::Table, providers};

/// What a provider says of a refund by calling back: proven by its signature, or trusted because somebody
/// said so.
///
/// Give it to the refund's [`RefundProgress`](super::RefundProgress), which knows what came before.
#[derive(Clone, Debug)]
pub struct RefundUpdate {
    told: Told,
    event: ProviderEvent,
}

/// What somebody says of a refund who may be the provider, or anybody else.
///
/// It is a hint to ask the provider, and no [`RefundUpdate`] until somebody writes
/// [`trust_without_proof`](Self::trust_without_proof):
///
/// ```compile_fail,E0308
/// use refunds::webhooks::{Change, RefundProgress, UnverifiedUpdate};
///
/// fn receive(progress: &mut RefundProgress, update: UnverifiedUpdate) -> Change {
///     progress.apply(&update)
/// }
/// ```
///
/// ```
/// use refunds::webhooks::{Change, RefundProgress, UnverifiedUpdate};
///
/// fn receive(progress: &mut RefundProgress, update: UnverifiedUpdate) -> Change {
///     progress.apply(&update.trust_without_proof())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct UnverifiedUpdate {
    told: Told,
    event: UnverifiedEvent,
}

/// A provider's own event.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ProviderEvent {
    /// One of Kotani Pay.
    #[cfg(feature = "kotanipay")]
    Kotanipay(Box<Verified<kotanipay::webhooks::Event>>),
    /// One of MCE, which somebody trusted: MCE's cannot be verified.
    #[cfg(feature = "mce")]
    Mce(Box<Verified<mce::webhooks::Event>>),
    /// One of Optty, which somebody trusted: Optty's cannot be verified.
    #[cfg(feature = "optty")]
    Optty(Box<Verified<optty::webhooks::Event>>),
    /// One of Tazapay.
    #[cfg(feature = "tazapay")]
    Tazapay(Box<Verified<tazapay::webhooks::Event>>),
    /// One of a provider of your own.
    Own(Box<OwnEvent>),
}

/// A provider's own event, if it is the provider's.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum UnverifiedEvent {
    /// One of Kotani Pay, from an account that has no secret for webhooks.
    #[cfg(feature = "kotanipay")]
    Kotanipay(Box<Unverified<kotanipay::webhooks::Event>>),
    /// One of MCE.
    #[cfg(feature = "mce")]
    Mce(Box<Unverified<mce::webhooks::Event>>),
    /// One of Optty.
    #[cfg(feature = "optty")]
    Optty(Box<Unverified<optty::webhooks::Event>>),
    /// One of a provider of your own.
    Own(Box<OwnEvent>),
}

impl RefundUpdate {
    pub(crate) fn new(told: Told, event: ProviderEvent) -> Self {
        Self { told, event }
    }

    /// All that the event says, in the facade's words.
    pub fn told(&self) -> &Told {
        &self.told
    }

    /// The provider.
    pub fn provider(&self) -> ProviderName {
        self.told.provider
    }

    /// The refund, by which its [`RefundProgress`](super::RefundProgress) is found; `None` where the event
    /// names none.
    pub fn refund(&self) -> Option<&RefundKey> {
        self.told.refund.as_ref()
    }

    /// The user's own reference, where the event repeats it.
    pub fn reference(&self) -> Option<&str> {
        self.told.reference.as_deref()
    }

    /// The status; `None` where the event says nothing of a refund.
    pub fn status(&self) -> Option<&RefundStatus> {
        self.told.status.as_ref()
    }

    /// The refunded amount, where the event tells it.
    pub fn amount(&self) -> Option<&Money> {
        self.told.amount.as_ref()
    }

    /// De-duplication key: the same for every delivery of this event by this provider.
    pub fn key(&self) -> &str {
        &self.told.key
    }

    /// When the event happened, where it says so.
    pub fn occurred_at(&self) -> Option<&Timestamp> {
        self.told.occurred_at.as_ref()
    }

    /// Whether a signature proved it; `false` where somebody decided to trust it.
    pub fn has_proof(&self) -> bool {
        self.event.has_proof()
    }

    /// The provider's own event.
    pub fn event(&self) -> &ProviderEvent {
        &self.event
    }

    /// The body as it came.
    pub fn body(&self) -> &str {
        self.event.body()
    }
}

#[cfg(feature = "__sabotage")]
impl RefundUpdate {
    /// The same event, judged without a row.
    pub(crate) fn judged_again(self, off: &'static str) -> Self {
        let Some(profile) = providers::of(self.provider()) else {
            return self;
        };
        let mut table = Table::of(profile);
        table.off = Some(off);
        let told = Told {
            // What the event names was read with what it takes to know.
            reference: self.told.reference,
            ..Told::judged(profile, &self.event.told(), &self.told.key, table)
        };
        Self::new(told, self.event)
    }
}

impl UnverifiedUpdate {
    pub(crate) fn new(told: Told, event: UnverifiedEvent) -> Self {
        Self { told, event }
    }

    /// What is claimed, in the facade's words.
    pub fn claimed(&self) -> &Told {
        &self.told
    }

    /// The provider that it is said to come from.
    pub fn provider(&self) -> ProviderName {
        self.told.provider
    }

    /// The provider's own event, if it is the provider's.
    pub fn event(&self) -> &UnverifiedEvent {
        &self.event
    }

    /// The body as it came.
    pub fn body(&self) -> &str {
        self.event.body()
    }

    /// Takes it for the provider's all the same: because the provider confirmed it when it was asked, or
    /// because something else proves it, such as a mutually authenticated connection.
    pub fn trust_without_proof(self) -> RefundUpdate {
        let event = self.event.trust_without_proof();
        let told = self.told;
        RefundUpdate { told, event }
    }
}

impl ProviderEvent {
    fn has_proof(&self) -> bool {
        match self {
            #[cfg(feature = "kotanipay")]
            Self::Kotanipay(event) => event.has_proof(),
            #[cfg(feature = "mce")]
            Self::Mce(event) => event.has_proof(),
            #[cfg(feature = "optty")]
            Self::Optty(event) => event.has_proof(),
            #[cfg(feature = "tazapay")]
            Self::Tazapay(event) => event.has_proof(),
            Self::Own(event) => event.has_proof(),
        }
    }

    /// What it tells, whatever was asked for.
    #[cfg(feature = "__sabotage")]
    fn told(&self) -> crate::custom::Told {
        match self {
            #[cfg(feature = "kotanipay")]
            Self::Kotanipay(event) => {
                providers::kotanipay::events::told(event.event(), event.occurred_at())
            }
            #[cfg(feature = "mce")]
            Self::Mce(event) => providers::mce::events::told(event.event()),
            #[cfg(feature = "optty")]
            Self::Optty(event) => providers::optty::events::told(event.event()),
            #[cfg(feature = "tazapay")]
            Self::Tazapay(event) => {
                providers::tazapay::events::told(event.event(), event.occurred_at(), None)
            }
            Self::Own(event) => event.told().clone(),
        }
    }

    fn body(&self) -> &str {
        match self {
            #[cfg(feature = "kotanipay")]
            Self::Kotanipay(event) => event.body(),
            #[cfg(feature = "mce")]
            Self::Mce(event) => event.body(),
            #[cfg(feature = "optty")]
            Self::Optty(event) => event.body(),
            #[cfg(feature = "tazapay")]
            Self::Tazapay(event) => event.body(),
            Self::Own(event) => event.body(),
        }
    }
}

impl UnverifiedEvent {
    fn body(&self) -> &str {
        match *self {
            #[cfg(feature = "kotanipay")]
            Self::Kotanipay(ref event) => event.body(),
            #[cfg(feature = "mce")]
            Self::Mce(ref event) => event.body(),
            #[cfg(feature = "optty")]
            Self::Optty(ref event) => event.body(),
            Self::Own(ref event) => event.body(),
        }
    }

    fn trust_without_proof(self) -> ProviderEvent {
        match self {
            #[cfg(feature = "kotanipay")]
            Self::Kotanipay(event) => {
                ProviderEvent::Kotanipay(Box::new(event.trust_without_proof()))
            }
            #[cfg(feature = "mce")]
            Self::Mce(event) => ProviderEvent::Mce(Box::new(event.trust_without_proof())),
            #[cfg(feature = "optty")]
            Self::Optty(event) => ProviderEvent::Optty(Box::new(event.trust_without_proof())),
            Self::Own(event) => ProviderEvent::Own(event),
        }
    }
}

impl fmt::Display for RefundUpdate {
    /// Provider, refund and status.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.told.refund {
            Some(refund) => write!(f, "{refund}")?,
            None => write!(f, "{}", self.told.provider)?,
        }
        match &self.told.status {
            Some(status) => write!(f, ": {status}"),
            None => f.write_str(": no status"),
        }
    }
}
