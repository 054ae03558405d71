use std::fmt;

use serde::{Deserialize, Serialize};

/// One of the four providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Kotani Pay.
    Kotanipay,
    /// MCE (MetaComp).
    Mce,
    /// Optty.
    Optty,
    /// Tazapay.
    Tazapay,
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Kotanipay, Self::Mce, Self::Optty, Self::Tazapay];

    /// The name as in `specs/`, such as `kotanipay`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kotanipay => "kotanipay",
            Self::Mce => "mce",
            Self::Optty => "optty",
            Self::Tazapay => "tazapay",
        }
    }

    /// The place in [`Provider::ALL`].
    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Kotanipay => 0,
            Self::Mce => 1,
            Self::Optty => 2,
            Self::Tazapay => 3,
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
