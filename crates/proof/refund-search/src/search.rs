//! A search: all parts of it, two at a time.

use std::time::Instant;

use refunds::ProviderName;

use crate::{
    Report, SearchError, asks,
    parts::{Effort, Part},
    pool,
    report::PartReport,
};

/// A search of the facade for stories in which money goes wrong.
#[derive(Clone, Debug)]
pub struct Search {
    depth: u8,
    provider: Option<ProviderName>,
    row_off: Option<&'static str>,
    trusts_keys: bool,
    stops_early: bool,
    sample: u64,
}

impl Search {
    /// A search of all providers, which may do as they like with this many requests of a story.
    pub fn new(depth: u8) -> Self {
        Self {
            depth,
            provider: None,
            row_off: None,
            trusts_keys: false,
            stops_early: false,
            sample: 0,
        }
    }

    /// Searches one provider only.
    #[must_use]
    pub fn of(mut self, provider: ProviderName) -> Self {
        self.provider = Some(provider);
        self
    }

    /// Searches the facade as it is with the policy that trusts keys for parts, and that can pay twice.
    #[must_use]
    pub fn with_risk_of_paying_twice(mut self) -> Self {
        self.trusts_keys = true;
        self
    }

    /// Searches the facade as it is without a row of its evidence.
    #[must_use]
    pub fn without_row(mut self, id: &'static str) -> Self {
        self.row_off = Some(id);
        self
    }

    /// Tells another sample of the odd answers at the later requests: of samples 0 to 19, each of them is told at each place.
    #[must_use]
    pub fn with_sample(mut self, sample: u64) -> Self {
        self.sample = sample;
        self
    }

    /// Is content with one counterexample, and tells no more stories than it takes to find it, one after the other.
    #[must_use]
    pub fn stopping_early(mut self) -> Self {
        self.stops_early = true;
        self
    }

    /// Tells all stories; if one counterexample is enough, until there is one.
    ///
    /// # Errors
    /// A client could not be built, or a story told twice was not the same.
    pub fn run(&self) -> Result<Report, SearchError> {
        let began = Instant::now();
        let is_meant = |part: &&dyn Part| {
            self.provider
                .is_none_or(|provider| part.provider() == provider)
        };
        let parts: Vec<_> = asks::parts().filter(is_meant).collect();
        let mut reports = match self.stops_early {
            true => self.until_one_is_broken(parts)?,
            false => pool::each(&parts, |part| part.search(self.effort(self.depth)))?,
        };
        reports.sort_by_key(|report| {
            let place = asks::parts().position(|part| part.name() == report.part);
            (report.provider, place)
        });
        Ok(Report {
            depth: self.depth,
            parts: reports,
            took: began.elapsed(),
        })
    }

    /// What the parts come to, one after the other, until one has a counterexample: of all of them the shortest stories
    /// first, and of longer ones those first of which there are fewer.
    fn until_one_is_broken(
        &self,
        mut parts: Vec<&'static dyn Part>,
    ) -> Result<Vec<PartReport>, SearchError> {
        let mut reports = Vec::new();
        for depth in self.depth.min(1)..=self.depth {
            reports = Vec::new();
            let mut costs = Vec::new();
            for part in parts {
                let report = part.search(self.effort(depth))?;
                let is_broken = !report.broken.is_empty();
                costs.push((report.turns, part));
                reports.push(report);
                if is_broken {
                    return Ok(reports);
                }
            }
            costs.sort_by_key(|(turns, _)| *turns);
            parts = costs.into_iter().map(|(_, part)| part).collect();
        }
        Ok(reports)
    }

    fn effort(&self, depth: u8) -> Effort {
        Effort {
            depth,
            row_off: self.row_off,
            trusts_keys: self.trusts_keys,
            sample: self.sample,
            stops_early: self.stops_early,
        }
    }
}
