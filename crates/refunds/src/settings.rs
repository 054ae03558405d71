//! What the calls of a client share, beside the provider's own client.

use std::sync::Arc;

use crate::{
    ProviderName, Reference,
    retry::{
        Observer, OpenQuestion, RateLimit, Read, RetryPolicy, SharedObserver, Write, WriteRules,
    },
};

/// Policy and observer of a client. Cloning shares both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) policy: RetryPolicy,
    pub(crate) observer: SharedObserver,
}

impl Settings {
    pub(crate) fn with_observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = SharedObserver(Some(observer));
        self
    }

    pub(crate) fn with_policy(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    pub(crate) fn write<'a>(
        &'a self,
        provider: ProviderName,
        operation: &'static str,
        reference: &'a Reference,
        rules: &'static WriteRules,
        earlier: Option<OpenQuestion>,
    ) -> Write<'a> {
        Write {
            provider,
            operation,
            reference,
            rules,
            policy: &self.policy,
            observer: self.observer.0.as_deref(),
            earlier,
        }
    }

    pub(crate) fn read(
        &self,
        provider: ProviderName,
        operation: &'static str,
        rate_limit: RateLimit,
    ) -> Read<'_> {
        Read {
            provider,
            operation,
            rate_limit,
            policy: &self.policy,
        }
    }
}
