//! What the calls of a client share, beside the provider's own client.

use std::sync::Arc;

use crate::{
    ProviderName, Reference,
    retry::{Deadline, Observer, RateLimit, Read, RetryPolicy, SharedObserver, Write, WriteRules},
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

    /// The deadline of a call that begins now.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::of(&self.policy)
    }

    /// A write that is a call by itself.
    pub(crate) fn write<'a>(
        &'a self,
        provider: ProviderName,
        operation: &'static str,
        reference: &'a Reference,
        rules: &'static WriteRules,
    ) -> Write<'a> {
        Write {
            provider,
            operation,
            reference,
            rules,
            policy: &self.policy,
            observer: self.observer.0.as_deref(),
            earlier: None,
            deadline: self.deadline(),
        }
    }

    /// A read, by the deadline of the call that it is, or is a part of.
    pub(crate) fn read(
        &self,
        provider: ProviderName,
        operation: &'static str,
        rate_limit: RateLimit,
        deadline: Deadline,
    ) -> Read<'_> {
        Read {
            provider,
            operation,
            rate_limit,
            policy: &self.policy,
            deadline,
        }
    }
}
