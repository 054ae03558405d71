//! A provider's rows, as a client judges by them.

use super::{About, Row, tables};
use crate::{ProviderName, custom::Profile, status::OwnWords};

/// A provider's rows, as a client judges by them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    provider: ProviderName,
    pub(super) own: &'static [Row],
    /// Of a provider of one's own: the words for the state of a refund, and the rows of the cautious reading that its
    /// author has found to say too much.
    pub(crate) words: OwnWords,
    loosened: Option<&'static [&'static str]>,
    /// A row that is switched off, and whether all that is open is repeated: for the checks of the checks.
    pub(crate) off: Option<&'static str>,
    pub(crate) repeats_all: bool,
}

impl Table {
    /// What counts for every provider, the cautious reading but for the rows that its author has loosened (of a provider of
    /// one's own), and its own rows.
    pub(crate) fn of(profile: &'static Profile) -> Self {
        Self {
            provider: profile.capabilities.provider,
            own: profile.rows,
            words: profile.words,
            loosened: profile.is_cautious().then_some(profile.loosened),
            off: None,
            repeats_all: false,
        }
    }

    pub(crate) fn provider(self) -> ProviderName {
        self.provider
    }

    pub(crate) fn rows(self, about: About) -> impl Iterator<Item = &'static Row> {
        let cautious = self.loosened.map(|loosened| {
            let rows = tables::CAUTIOUS.iter();
            rows.filter(move |row| !loosened.contains(&row.id))
        });
        let rows = tables::COMMON.iter().chain(cautious.into_iter().flatten());
        let rows = rows.chain(self.own);
        rows.filter(move |row| row.about == about && self.off != Some(row.id))
    }
}
