//! The rules of retrying, on tokio's paused clock.

mod errors;
mod key_age;
mod reads;
mod sabotage;
mod watching;
mod writes;

use std::{cell::RefCell, collections::VecDeque, time::Duration};

use tokio::time::Instant;

use super::{
    Deadline, Observer, OpenQuestion, RateLimit, Repeats, RetryBudget, RetryPolicy, Setback, Write,
    Written, write,
};
use crate::{
    Action, ProviderName, Reference, RefundRequest, TazapayRefund, clock::SharedClock,
    evidence::Table,
};

const SETTLE: Duration = Duration::from_secs(60);

/// A part of a payment, under a key that the user trusts at their own risk.
const KEYED: Repeats = Repeats::UnderTrustedKey {
    kept: Duration::from_secs(24 * 60 * 60),
};

/// What two could pay.
const KEYLESS: Repeats = Repeats::Never;

/// Everything of a payment.
const FULL: Repeats = Repeats::SecondIsRefused;

fn policy() -> RetryPolicy {
    RetryPolicy::default()
        .with_backoff(Duration::from_millis(200), Duration::from_secs(1))
        .with_settle_after(SETTLE)
        .with_deadline(Duration::from_secs(300))
}

/// A write of which each attempt takes a second and ends as the script says.
struct Script {
    repeats: Repeats,
    policy: RetryPolicy,
    earlier: Option<OpenQuestion>,
    ends: RefCell<VecDeque<Result<&'static str, Setback>>>,
}

impl Script {
    fn new(
        repeats: Repeats,
        ends: impl IntoIterator<Item = Result<&'static str, Setback>>,
    ) -> Self {
        Self {
            repeats,
            policy: policy(),
            earlier: None,
            ends: RefCell::new(ends.into_iter().collect()),
        }
    }

    fn with_policy(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    fn after(mut self, earlier: OpenQuestion) -> Self {
        self.earlier = Some(earlier);
        self
    }

    /// How it ends, and how long that takes.
    async fn run(self) -> (Written<&'static str>, Duration) {
        self.run_observed(None).await
    }

    async fn run_observed(
        mut self,
        observer: Option<&dyn Observer>,
    ) -> (Written<&'static str>, Duration) {
        let reference = Reference::new("r-1").unwrap();
        let begin = Instant::now();
        let job = Write {
            provider: ProviderName::Tazapay,
            operation: "create_refund",
            reference: &reference,
            action: &|| Action::Create(RefundRequest::Tazapay(TazapayRefund::of_payin("chk_1"))),
            table: Table::of(crate::providers::of(ProviderName::Tazapay).unwrap()),
            rate_limit: RateLimit { pointer: None },
            repeats: self.repeats,
            clock: &SharedClock::default(),
            policy: &self.policy,
            observer,
            earlier: self.earlier.take(),
            deadline: Deadline::of(&self.policy),
        };
        let ends = &self.ends;
        let written = write(job, || async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            ends.borrow_mut()
                .pop_front()
                .unwrap_or_else(|| panic!("one attempt more than the script has"))
        })
        .await;
        let left = self.ends.borrow().len();
        assert_eq!(left, 0, "attempts of the script that were not made");
        (written, begin.elapsed())
    }
}
