use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    SandboxError,
    documents::{Document, documents},
};

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

/// Does not compile where one is forgotten.
macro_rules! all {
    ($($variant:ident),*) => {{
        const fn is_one(provider: Provider) -> bool {
            match provider {
                $(Provider::$variant)|* => true,
            }
        }
        assert!($(is_one(Provider::$variant))&&*);
        [$(Provider::$variant),*]
    }};
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 4] = all!(Kotanipay, Mce, Optty, Tazapay);

    /// The name, such as `kotanipay`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kotanipay => "kotanipay",
            Self::Mce => "mce",
            Self::Optty => "optty",
            Self::Tazapay => "tazapay",
        }
    }

    /// The names of its documented calls, by which faults are told where to happen.
    ///
    /// # Errors
    /// An embedded document cannot be used.
    pub fn operations(self) -> Result<Vec<&'static str>, SandboxError> {
        let document = documents()?.get(self.index());
        Ok(document.map(Document::names).unwrap_or_default())
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
