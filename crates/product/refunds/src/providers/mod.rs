//! The providers, one module each.

#[cfg(feature = "kotanipay")]
pub(crate) mod kotanipay;
#[cfg(feature = "mce")]
pub(crate) mod mce;
#[cfg(feature = "optty")]
pub(crate) mod optty;
#[cfg(feature = "tazapay")]
pub(crate) mod tazapay;

#[cfg(feature = "webhooks")]
use crate::{
    Answer, InDoubt, NextStep, Receipt, Reconciled, RefundState, StillUnknown,
    evidence::{Objection, ObjectionKind, is_failure},
    webhooks::RefundUpdate,
};
use crate::{ProviderName, RefundError};

/// Refuses what would lose its place in a path and lead to another operation, before anything is
/// recorded or sent.
pub(crate) fn check_segment(
    provider: ProviderName,
    field: &'static str,
    text: &str,
) -> Result<(), RefundError> {
    let reason = match text {
        "" => "it is empty; give the one that the provider knows",
        "." | ".." => "a path would lose it; give the one that the provider knows",
        _ => return Ok(()),
    };
    Err(RefundError::InvalidField {
        provider,
        field,
        reason,
    })
}

/// What an event settles: the write, if every member that speaks says that it is about it.
#[cfg(feature = "webhooks")]
pub(crate) fn settled_by_event(
    record: &InDoubt,
    update: &RefundUpdate,
    objection: Option<Objection>,
) -> Reconciled {
    let unsettled = |why, row| {
        let unknown = StillUnknown {
            row,
            ..StillUnknown::new(record, why, NextStep::AwaitEvent)
        };
        Reconciled::StillUnknown(Box::new(unknown))
    };
    if let Some(objection) = objection {
        let why = match objection.kind {
            ObjectionKind::Missing => "the event does not say that it is about this refund",
            ObjectionKind::Differs => "the event is about something else than was asked for",
            ObjectionKind::Contradicts => "the event contradicts itself, or cannot be read",
        };
        return unsettled(why, Some(objection.row));
    }
    let told = update.told();
    let has_failed = told.status.as_ref().is_some_and(is_failure);
    if has_failed && record.may_be_several() {
        return unsettled(
            "one of its attempts has failed, and another may not have: it was sent more than once",
            None,
        );
    }
    Reconciled::of(Receipt {
        provider: record.provider(),
        reference: record.reference().clone(),
        state: RefundState::new(
            told.refund.as_ref().map(|key| key.id().to_owned()),
            told.status.clone(),
            told.amount.clone(),
        ),
        attempts: 0,
        retry_mark: None,
        answer: Box::new(Answer::Event(Box::new(update.clone()))),
    })
}

/// The type that holds a provider's client, with what the facade adds to it.
macro_rules! adapter_type {
    ($(#[$documentation:meta])* $name:ident, $client:ty) => {
        $(#[$documentation])*
        ///
        /// Cloning shares the client, its tokens and connections.
        #[derive(Clone, Debug)]
        pub struct $name {
            client: std::sync::Arc<$client>,
            settings: $crate::settings::Settings,
        }

        impl $name {
            /// The provider crate's client, for what the facade does not cover.
            pub fn client(&self) -> &$client {
                &self.client
            }

            fn with_settings(&self, settings: $crate::settings::Settings) -> Self {
                Self {
                    client: std::sync::Arc::clone(&self.client),
                    settings,
                }
            }
        }

        impl From<$client> for $name {
            fn from(client: $client) -> Self {
                Self {
                    client: std::sync::Arc::new(client),
                    settings: $crate::settings::Settings::of(NAME),
                }
            }
        }
    };
}

/// The parts of [`Adapter`](crate::adapter::Adapter) that are the same for every provider.
macro_rules! common_methods {
    ($name:expr) => {
        fn capabilities(&self) -> &'static $crate::Capabilities {
            $crate::Capabilities::of($name)
        }

        fn policy(&self) -> &$crate::RetryPolicy {
            &self.settings.policy
        }

        fn policed(&self, policy: $crate::RetryPolicy) -> Self {
            self.with_settings(self.settings.clone().with_policy(policy))
        }

        fn observed(&self, observer: std::sync::Arc<dyn $crate::Observer>) -> Self {
            self.with_settings(self.settings.clone().with_observer(observer))
        }

        fn clocked(&self, clock: std::sync::Arc<dyn $crate::Clock>) -> Self {
            self.with_settings(self.settings.clone().with_clock(clock))
        }

        fn called(&self, call: &provider_runtime::CallSettings) -> Self {
            let client = provider_runtime::GeneratedClient::with_call(&*self.client, call.clone());
            Self {
                client: std::sync::Arc::new(client),
                settings: self.settings.clone(),
            }
        }

        #[cfg(feature = "sabotage")]
        fn switched(&self, off: Option<&'static str>, repeats_all: bool) -> Self {
            let mut settings = self.settings.clone();
            settings.table.off = off;
            settings.table.repeats_all = repeats_all;
            self.with_settings(settings)
        }
    };
}

use {adapter_type, common_methods};
