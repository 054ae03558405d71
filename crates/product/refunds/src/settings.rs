//! What the calls of a client share, beside the provider's own client.

use std::sync::Arc;

use crate::{
    Action, Clock, Reference,
    clock::SharedClock,
    custom::Profile,
    evidence::Table,
    retry::{Deadline, Observer, RateLimit, Read, Repeats, RetryPolicy, SharedObserver, Write},
};

/// Policy, observer, clock and evidence of a client. Cloning shares them.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) policy: RetryPolicy,
    pub(crate) observer: SharedObserver,
    pub(crate) clock: SharedClock,
    pub(crate) table: Table,
    /// Whether calls were to have what the provider does not take.
    pub(crate) lacks_call: bool,
}

/// A write to a provider.
pub(crate) struct Writing<'a> {
    pub(crate) operation: &'static str,
    pub(crate) reference: &'a Reference,
    pub(crate) action: &'a (dyn Fn() -> Action + Send + Sync),
    pub(crate) rate_limit: RateLimit,
    pub(crate) repeats: Repeats,
}

impl Settings {
    pub(crate) fn of(profile: &'static Profile) -> Self {
        Self {
            policy: RetryPolicy::default(),
            observer: SharedObserver::default(),
            clock: SharedClock::default(),
            table: Table::of(profile),
            lacks_call: false,
        }
    }

    pub(crate) fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = SharedClock(Some(clock));
        self
    }

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
    pub(crate) fn write<'a>(&'a self, writing: Writing<'a>) -> Write<'a> {
        let Writing {
            operation,
            reference,
            action,
            rate_limit,
            repeats,
        } = writing;
        Write {
            provider: self.table.provider(),
            operation,
            reference,
            action,
            table: self.table,
            rate_limit,
            repeats: if self.table.repeats_all {
                Repeats::Anything
            } else {
                repeats
            },
            policy: &self.policy,
            clock: &self.clock,
            observer: self.observer.0.as_deref(),
            earlier: None,
            deadline: self.deadline(),
        }
    }

    /// A read, by the deadline of the call that it is, or is a part of.
    pub(crate) fn read(
        &self,
        operation: &'static str,
        rate_limit: RateLimit,
        deadline: Deadline,
    ) -> Read<'_> {
        Read {
            provider: self.table.provider(),
            operation,
            rate_limit,
            policy: &self.policy,
            deadline,
        }
    }
}
