//! Mistakes that a campaign has to find: the check of the check.

use serde::{Deserialize, Serialize};

/// A mistake that real systems made, to show that the campaign would find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sabotage {
    /// Whatever has no answer is sent again: the first promise is off.
    RepeatEverything,
    /// An unknown outcome is recorded as failed.
    CallUnknownFailed,
    /// Events of Kotani Pay are believed whoever sent them.
    BelieveAnybody,
}
