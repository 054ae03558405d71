//! A limit on retries over many calls, so that they do not add to a provider's trouble.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// In hundredths, so that a call can earn a fraction of a retry.
const RETRY: u64 = 100;

/// A limit on retries over many calls: each call earns a fraction of a retry, each retry costs one.
///
/// While few calls fail there is always enough; when most do, retries add a fixed share to the calls
/// and no more. Cloning shares it.
///
/// ```
/// use refunds::RetryBudget;
///
/// // 50 retries in reserve; then one for every five calls.
/// let budget = RetryBudget::new(50, 20);
/// # let _ = budget;
/// ```
#[derive(Clone)]
pub struct RetryBudget(Option<Arc<Account>>);

struct Account {
    balance: AtomicU64,
    reserve: u64,
    earned_per_call: u64,
}

impl Default for RetryBudget {
    /// 100 retries in reserve, then one for every five calls.
    fn default() -> Self {
        Self::new(100, 20)
    }
}

impl RetryBudget {
    /// `reserve` retries at the start and at most; each call earns `percent` hundredths of one.
    pub fn new(reserve: u32, percent: u32) -> Self {
        let reserve = u64::from(reserve) * RETRY;
        Self(Some(Arc::new(Account {
            balance: AtomicU64::new(reserve),
            reserve,
            earned_per_call: u64::from(percent),
        })))
    }

    /// No limit over many calls; each call's own remains.
    pub fn unlimited() -> Self {
        Self(None)
    }

    /// A call begins.
    pub(crate) fn earn(&self) {
        let Some(account) = &self.0 else { return };
        account.change(|balance| {
            let earned = balance.saturating_add(account.earned_per_call);
            Some(earned.min(account.reserve))
        });
    }

    /// Whether a retry may be made; it is paid for.
    pub(crate) fn spend(&self) -> bool {
        match &self.0 {
            Some(account) => account.change(|balance| balance.checked_sub(RETRY)),
            None => true,
        }
    }
}

impl Account {
    fn change(&self, change: impl Fn(u64) -> Option<u64>) -> bool {
        self.balance
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, change)
            .is_ok()
    }
}

impl fmt::Debug for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(account) => {
                let retries = account.balance.load(Ordering::Relaxed) / RETRY;
                write!(f, "RetryBudget({retries} left)")
            }
            None => f.write_str("RetryBudget(unlimited)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserve_is_spent_and_earned_again_by_calls() {
        let budget = RetryBudget::new(2, 50);
        assert!(budget.spend() && budget.spend());
        assert!(!budget.spend());
        budget.earn();
        assert!(!budget.spend(), "half a retry is none");
        budget.earn();
        assert!(budget.spend());
    }

    #[test]
    fn no_more_than_the_reserve_is_kept() {
        let budget = RetryBudget::new(1, 100);
        for _ in 0..10 {
            budget.earn();
        }
        assert!(budget.spend());
        assert!(!budget.spend());
    }

    #[test]
    fn clones_share_one_account() {
        let budget = RetryBudget::new(1, 0);
        assert!(budget.clone().spend());
        assert!(!budget.spend());
    }

    #[test]
    fn an_unlimited_budget_never_ends() {
        let budget = RetryBudget::unlimited();
        assert!((0..1000).all(|_| budget.spend()));
    }
}
