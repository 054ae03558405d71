//! A provider's rows, as a client judges by them.

use super::{About, Row, rows};
use crate::ProviderName;

/// A provider's rows, as a client judges by them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    provider: ProviderName,
    /// A row that is switched off, and whether all that is open is repeated: for the checks of the checks.
    pub(crate) off: Option<&'static str>,
    pub(crate) repeats_all: bool,
}

impl Table {
    pub(crate) const fn of(provider: ProviderName) -> Self {
        Self {
            provider,
            off: None,
            repeats_all: false,
        }
    }

    pub(crate) fn provider(self) -> ProviderName {
        self.provider
    }

    pub(crate) fn rows(self, about: About) -> impl Iterator<Item = &'static Row> {
        rows(self.provider).filter(move |row| row.about == about && self.off != Some(row.id))
    }
}
