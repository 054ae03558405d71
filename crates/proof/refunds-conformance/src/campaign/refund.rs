//! A refund of a campaign.

use std::time::SystemTime;

use refunds::{Action, InDoubt, Lookup, ProviderName, Reference};

/// A refund of a campaign, as its worker has it.
#[derive(Clone, Debug)]
pub struct Refund {
    pub number: u64,
    pub provider: ProviderName,
    pub reference: Reference,
    pub action: Action,
    /// What reads a try that was taken and may fail yet, so that another one is made; none where an accepted refund is
    /// at its end.
    pub followed_by: Option<Lookup>,
}

impl Refund {
    /// The record of a write that was begun, and whose outcome nobody wrote down. How many attempts were begun is not
    /// counted: the failure of one says nothing of another.
    pub fn interrupted(&self, at: SystemTime) -> InDoubt {
        let (reference, action) = (self.reference.clone(), self.action.clone());
        InDoubt::interrupted(self.provider, reference, action, at).with_repetitions()
    }
}

#[cfg(test)]
impl Refund {
    /// The refund of the tests beside it.
    pub fn example() -> Self {
        Self {
            number: 0,
            provider: ProviderName::own("shop").unwrap(),
            reference: Reference::new("r-0").unwrap(),
            action: Action::Retry,
            followed_by: None,
        }
    }
}
