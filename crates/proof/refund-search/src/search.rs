//! A search: all parts of it, two at a time.

use std::{
    num::NonZero,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use refunds::ProviderName;

use crate::{
    Report, SearchError, asks,
    parts::{Effort, Part},
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

    /// Is content with one counterexample, and tells no more stories than it takes to find it.
    #[must_use]
    pub fn stopping_early(mut self) -> Self {
        self.stops_early = true;
        self
    }

    /// Tells all stories.
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
        let next = AtomicUsize::new(0);
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let told = thread::scope(|scope| {
            let work = || {
                let mut reports = Vec::new();
                while let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    reports.push(self.part(*part)?);
                }
                Ok(reports)
            };
            let threads: Vec<_> = (0..threads.min(parts.len()))
                .map(|_| scope.spawn(work))
                .collect();
            let joined = threads.into_iter().map(|thread| match thread.join() {
                Ok(reports) => reports,
                Err(_) => Err(SearchError::Broken),
            });
            joined.collect::<Result<Vec<_>, _>>()
        })?;
        let mut parts: Vec<PartReport> = told.into_iter().flatten().collect();
        parts.sort_by_key(|report| {
            let place = asks::parts().position(|part| part.name() == report.part);
            (report.provider, place)
        });
        Ok(Report {
            depth: self.depth,
            parts,
            took: began.elapsed(),
        })
    }

    /// One part; if one counterexample is enough, from the shortest stories on.
    fn part(&self, part: &dyn Part) -> Result<PartReport, SearchError> {
        let effort = |depth: u8| Effort {
            depth,
            row_off: self.row_off,
            trusts_keys: self.trusts_keys,
            sample: self.sample,
            stops_early: self.stops_early,
        };
        if self.stops_early {
            for depth in 1..self.depth {
                let report = part.search(effort(depth))?;
                if !report.broken.is_empty() {
                    return Ok(report);
                }
            }
        }
        part.search(effort(self.depth))
    }
}
