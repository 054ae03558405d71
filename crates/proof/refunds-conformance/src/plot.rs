//! What stories are about: what the user does, and what can happen to him.

use std::{borrow::Cow, time::Duration};

/// What the user does and what can happen to him.
#[derive(Clone, Debug)]
pub struct Plot {
    /// What the user does, in words.
    pub words: &'static str,
    /// His reference, and the one under which he asks for a corrected refund.
    pub references: [&'static str; 2],
    /// After a kill, nobody counts on it that the refund was sent once only.
    pub loses_count: bool,
    /// How long the user waits before he goes on.
    pub waits: Cow<'static, [Duration]>,
    /// What an accepted refund can be asked about afterwards.
    pub can_fetch: bool,
    /// An accepted write may be tried again, with its mark.
    pub can_try_again: bool,
    /// How often the process may be killed.
    pub kills: u8,
    /// How long a call may take at most; otherwise as long as the policy has it.
    pub deadline: Option<Duration>,
    /// Keys are trusted for parts, too.
    pub trusts_keys: bool,
}

pub const NOW: Duration = Duration::ZERO;
pub const TWO_MINUTES: Duration = Duration::from_secs(120);
pub const NEXT_DAY: Duration = Duration::from_secs(25 * 3600);

/// The user's reference, and the one under which he asks for a corrected refund.
pub const REFERENCES: [&str; 2] = ["r-1", "r-2"];

impl Plot {
    /// The name of the refund.
    pub fn reference(&self, corrected: bool) -> &'static str {
        self.references[usize::from(corrected)]
    }
}
