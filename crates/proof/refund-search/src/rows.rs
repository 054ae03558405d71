//! The check of the check: each row of the facade's evidence is switched off, which the search has to notice.

use std::fmt;

use refunds::{ProviderName, evidence};

use crate::{Property, Search, SearchError, pool, report::Broken};

/// Rows that no story needs, each with the reason why it stands all the same.
const EXPLAINED: &[(ProviderName, &str, &str)] = &[
    (
        ProviderName::Kotanipay,
        "kotanipay-read-status",
        "it names the reason: two words that contradict each other have no common status in any case",
    ),
    (ProviderName::Kotanipay, "kotanipay-refusal-400", NAMES_IT),
    (ProviderName::Mce, "mce-refusal-not-pending", NAMES_IT),
    (
        ProviderName::Optty,
        "any-429",
        "Optty documents no 429: it is HTTP's word that nothing was done, and a doubt of it breaks no promise",
    ),
    (ProviderName::Optty, "optty-refusal-400", NAMES_IT),
    (
        ProviderName::Tazapay,
        "tazapay-repeat-key",
        "it counts only with the policy that can pay twice; without the row that policy repeats nothing",
    ),
];

const NAMES_IT: &str = "it names the reason: a refusal that no row knows is doubt as well, but nobody is told that it may exist";

/// What became of each row when it was switched off.
#[derive(Clone, Debug)]
pub struct Rows(Vec<Row>);

#[derive(Clone, Debug)]
struct Row {
    provider: ProviderName,
    id: &'static str,
    noticed: Option<Broken>,
}

impl Rows {
    /// Switches each row of one provider, or of all, off in turn.
    ///
    /// # Errors
    /// A search could not be made.
    pub fn check(provider: Option<ProviderName>, depth: u8) -> Result<Self, SearchError> {
        let providers = ProviderName::BUILT_IN.into_iter();
        let providers = providers.filter(|known| provider.is_none_or(|wanted| wanted == *known));
        let rows: Vec<_> = providers
            .flat_map(|provider| evidence::rows(provider).map(move |row| (provider, row.id)))
            .collect();
        let checked = pool::each(&rows, |(provider, id)| {
            Ok(Row {
                provider: *provider,
                id,
                noticed: noticed(*provider, id, depth)?,
            })
        })?;
        Ok(Self(checked))
    }

    /// Whether each row was missed, or is one that is explained.
    pub fn are_all_noticed(&self) -> bool {
        self.0
            .iter()
            .all(|row| row.noticed.is_some() || row.explanation().is_some())
    }

    /// The rows that nobody missed and nobody has explained.
    pub fn unnoticed(&self) -> Vec<(ProviderName, &'static str)> {
        let is_unnoticed = |row: &&Row| row.noticed.is_none() && row.explanation().is_none();
        let unnoticed = self.0.iter().filter(is_unnoticed);
        unnoticed.map(|row| (row.provider, row.id)).collect()
    }
}

/// The first story in which a row is missed.
fn noticed(
    provider: ProviderName,
    row: &'static str,
    depth: u8,
) -> Result<Option<Broken>, SearchError> {
    let search = Search::new(depth).of(provider).stopping_early();
    let report = search.without_row(row).run()?;
    Ok(report.broken().first().map(|broken| (*broken).clone()))
}

impl Row {
    fn explanation(&self) -> Option<&'static str> {
        let mut explained = EXPLAINED.iter();
        let (_, _, why) =
            explained.find(|(provider, id, _)| *provider == self.provider && *id == self.id)?;
        Some(why)
    }
}

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.0 {
            write!(f, "{:<9} {:<40} ", row.provider.as_str(), row.id)?;
            match (&row.noticed, row.explanation()) {
                (Some(broken), _) => {
                    let property: Property = broken.property();
                    writeln!(f, "{property}")?;
                    for line in broken.lines() {
                        writeln!(f, "            {line}")?;
                    }
                }
                (None, Some(why)) => writeln!(f, "unnoticed: {why}")?,
                (None, None) => writeln!(f, "UNNOTICED")?,
            }
        }
        let noticed = self.0.iter().filter(|row| row.noticed.is_some()).count();
        writeln!(
            f,
            "{noticed} of {} rows are missed when they are switched off",
            self.0.len()
        )
    }
}
