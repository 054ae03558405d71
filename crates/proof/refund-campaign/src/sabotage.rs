//! Mistakes that a campaign has to find: the check of the check.

use serde::{Deserialize, Serialize};

/// A mistake that real systems made, to show that the campaign would find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sabotage {
    /// The facade's first promise is off: whatever may have happened is sent again.
    RepeatEverything,
    /// An unknown outcome is recorded as failed.
    CallUnknownFailed,
    /// Keys are trusted for refunds of a part, too: the policy that is named for its risk.
    TrustKeys,
    /// Events of Kotani Pay are believed whoever sent them.
    BelieveAnybody,
}
