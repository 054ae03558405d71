//! The parts of a search: for each provider, what is refunded and who else has refunded.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use refunds::ProviderName;
use refunds_conformance::facade::{Facade, Play};

use crate::{
    SearchError,
    asks::{Ask, Asked},
    engine::{Findings, search},
    models::Ledger,
    plot::Plot,
    property::Property,
    report::{Broken, PartReport},
    story::Story,
    teller::Sampling,
};

/// What a part is searched with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    pub(crate) depth: u8,
    /// A row of the facade's evidence that is switched off.
    pub(crate) row_off: Option<&'static str>,
    /// Which sample of the odd answers is told at the later requests.
    pub(crate) sample: u64,
    pub(crate) trusts_keys: bool,
    /// A property that is broken is enough.
    pub(crate) stops_early: bool,
}

/// A part of the search.
pub(crate) trait Part: Sync {
    fn name(&self) -> &'static str;

    fn provider(&self) -> ProviderName;

    /// Tells all its stories.
    fn search(&self, effort: Effort) -> Result<PartReport, SearchError>;
}

/// The stories of one request at one provider.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told<A> {
    name: &'static str,
    ask: A,
    /// What is captured, in hundredths, where that is a limit.
    captured: Option<u32>,
    /// What somebody else has refunded before.
    other: u32,
    /// How long a call may take at most; otherwise as long as the policy has it.
    deadline: Option<Duration>,
}

/// 19.90, in hundredths.
pub(crate) const PART: u32 = 1990;
/// Less than an attempt may take.
pub(crate) const SOON: Duration = Duration::from_secs(5);

impl<A: Copy> Told<A> {
    pub(crate) const fn new(name: &'static str, ask: A, captured: Option<u32>, other: u32) -> Self {
        Self {
            name,
            ask,
            captured,
            other,
            deadline: None,
        }
    }

    /// The same with less time for a call than an attempt may take.
    pub(crate) const fn within(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }
}

impl<A: Ask> Told<A> {
    fn plot(&self, effort: Effort) -> Plot {
        Plot {
            words: self.ask.words(),
            references: self.ask.references(),
            loses_count: self.ask.is_full(),
            waits: A::WAITS.into(),
            can_fetch: A::CAN_FETCH,
            can_try_again: self.ask.can_try_again(),
            kills: 1,
            deadline: self.deadline,
            trusts_keys: effort.trusts_keys,
        }
    }
}

impl<A: Ask> Part for Told<A> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn provider(&self) -> ProviderName {
        A::PROVIDER
    }

    fn search(&self, effort: Effort) -> Result<PartReport, SearchError> {
        let began = Instant::now();
        let mut ledger = Ledger::new(self.captured);
        if self.other > 0 {
            ledger = ledger.with_other(self.other);
        }
        let plot = self.plot(effort);
        let play = Arc::new(Play::default());
        let refunds = self.ask.client(&play)?;
        let refunds = match effort.row_off {
            Some(row) => refunds.without_row(row),
            None => refunds,
        };
        let asked = Asked {
            ask: self.ask,
            row_off: effort.row_off,
        };
        let story = Story {
            client: Facade::new(&refunds, play, asked, &plot)?,
            plot,
            begins: self.ask.begins(ledger),
            depth: effort.depth,
            sampling: Sampling {
                which: effort.sample,
                ..Sampling::to_depth(effort.depth)
            },
        };
        let findings: Findings<Property> = search(&story, effort.stops_early);
        if findings.diverged {
            return Err(SearchError::Diverged { part: self.name });
        }
        let broken = findings
            .breaches
            .into_iter()
            .map(|(property, breach)| Broken {
                provider: A::PROVIDER,
                part: self.name,
                property,
                times: breach.times,
                length: breach.length,
                lines: story.lines(&breach.path),
            });
        Ok(PartReport {
            provider: A::PROVIDER,
            part: self.name,
            stories: findings.stories,
            turns: findings.turns,
            states: findings.states,
            took: began.elapsed(),
            broken: broken.collect(),
        })
    }
}
