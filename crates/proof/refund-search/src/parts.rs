//! The parts of a search: for each provider, what is refunded and who else has refunded.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use refunds::ProviderName;
use refunds_conformance::facade::{Facade, Play};

use crate::{
    SearchError,
    ask::Ask,
    clients::{self, Asked},
    engine::{Findings, search},
    models::{Kotanipay, Ledger, Mce, Model, Optty, Tazapay},
    plot::{NEXT_DAY, NOW, Plot, TWO_MINUTES},
    property::Property,
    report::{Broken, PartReport},
    story::Story,
};

/// What a part is searched with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    pub(crate) depth: u8,
    /// A row of the facade's evidence that is switched off.
    pub(crate) row_off: Option<&'static str>,
    pub(crate) trusts_keys: bool,
    /// A property that is broken is enough.
    pub(crate) stops_early: bool,
    /// Of what is told at some of the later requests only, one in so many is told at each.
    pub(crate) one_in: u64,
}

/// A part of the search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) provider: ProviderName,
    ask: Ask,
    /// What is captured, in hundredths, where that is a limit.
    captured: Option<u32>,
    /// What somebody else has refunded before.
    other: u32,
    /// How long a call may take at most; otherwise as long as the policy has it.
    deadline: Option<Duration>,
}

const PART: u32 = 1990;
/// Less than an attempt may take.
const SOON: Duration = Duration::from_secs(5);

/// All parts, those that take longest first.
pub(crate) const PARTS: &[Part] = &[
    part(
        "all of a payment attempt",
        ProviderName::Tazapay,
        Ask::TazapayFullOfAttempt,
        Some(5000),
        0,
    ),
    part(
        "part of a payin",
        ProviderName::Tazapay,
        Ask::TazapayPart,
        Some(5000),
        0,
    ),
    part(
        "part of a payin of which as much was refunded, soon",
        ProviderName::Tazapay,
        Ask::TazapayPart,
        Some(5000),
        PART,
    )
    .within(SOON),
    part(
        "part of a payment attempt",
        ProviderName::Tazapay,
        Ask::TazapayPartOfAttempt,
        Some(5000),
        0,
    ),
    part(
        "retry of a failed refund",
        ProviderName::Kotanipay,
        Ask::KotanipayRetry,
        None,
        0,
    ),
    part(
        "invoice for a Lightning refund",
        ProviderName::Kotanipay,
        Ask::KotanipayInvoice,
        None,
        0,
    ),
    part(
        "part of an order, reference in the description",
        ProviderName::Optty,
        Ask::OpttyNamedPart,
        Some(10_000),
        0,
    ),
    part(
        "part of an order of which as much was refunded, reference in the description, soon",
        ProviderName::Optty,
        Ask::OpttyNamedPart,
        Some(10_000),
        PART,
    )
    .within(SOON),
    part(
        "part of an order",
        ProviderName::Optty,
        Ask::OpttyPart,
        Some(10_000),
        0,
    ),
    part(
        "all of an order, reference in the description",
        ProviderName::Optty,
        Ask::OpttyNamedPart,
        Some(PART),
        0,
    ),
    part(
        "refund of a transaction",
        ProviderName::Mce,
        Ask::Mce,
        None,
        0,
    ),
    part(
        "refund of a transaction, soon",
        ProviderName::Mce,
        Ask::Mce,
        None,
        0,
    )
    .within(SOON),
    part(
        "part of a payin of which too little is left",
        ProviderName::Tazapay,
        Ask::TazapayPart,
        Some(5000),
        4000,
    ),
    part(
        "all of a payin that was refunded",
        ProviderName::Tazapay,
        Ask::TazapayFull,
        Some(5000),
        5000,
    ),
    part(
        "retry of a refund that has succeeded, soon",
        ProviderName::Kotanipay,
        Ask::KotanipayRetry,
        None,
        PART,
    )
    .within(SOON),
];

const fn part(
    name: &'static str,
    provider: ProviderName,
    ask: Ask,
    captured: Option<u32>,
    other: u32,
) -> Part {
    Part {
        name,
        provider,
        ask,
        captured,
        other,
        deadline: None,
    }
}

impl Part {
    /// The same with less time for a call than an attempt may take.
    const fn within(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Tells all its stories.
    pub(crate) fn search(&self, effort: Effort) -> Result<PartReport, SearchError> {
        let mut ledger = Ledger::new(self.captured);
        if self.other > 0 {
            ledger = ledger.with_other(self.other);
        }
        match self.ask {
            Ask::TazapayFull
            | Ask::TazapayFullOfAttempt
            | Ask::TazapayPart
            | Ask::TazapayPartOfAttempt => {
                let is_of_attempt = matches!(
                    self.ask,
                    Ask::TazapayFullOfAttempt | Ask::TazapayPartOfAttempt
                );
                let begins = Tazapay {
                    ledger,
                    is_full: self.ask.is_full(),
                    is_of_attempt,
                };
                self.told(begins, effort)
            }
            Ask::OpttyPart | Ask::OpttyNamedPart => {
                let is_named = self.ask == Ask::OpttyNamedPart;
                let described = None;
                self.told(
                    Optty {
                        ledger,
                        is_named,
                        described,
                    },
                    effort,
                )
            }
            Ask::Mce => self.told(Mce { ledger }, effort),
            Ask::KotanipayRetry | Ask::KotanipayInvoice => {
                let is_lightning = self.ask == Ask::KotanipayInvoice;
                self.told(Kotanipay::new(ledger, is_lightning), effort)
            }
        }
    }

    fn plot(&self, effort: Effort) -> Plot {
        let waits: &'static [Duration] = match self.provider {
            ProviderName::Tazapay => &[NOW, NEXT_DAY],
            ProviderName::Kotanipay => &[NOW, TWO_MINUTES],
            ProviderName::Mce | ProviderName::Optty | ProviderName::Own(_) => &[NOW],
        };
        Plot {
            words: self.ask.words(),
            references: self.ask.references(),
            loses_count: self.ask.is_full(),
            waits,
            can_fetch: self.provider != ProviderName::Mce,
            can_try_again: self.ask == Ask::KotanipayRetry,
            kills: 1,
            deadline: self.deadline,
            trusts_keys: effort.trusts_keys,
        }
    }

    fn told<M: Model>(&self, begins: M, effort: Effort) -> Result<PartReport, SearchError> {
        let began = Instant::now();
        let plot = self.plot(effort);
        let play = Arc::new(Play::default());
        let refunds = clients::refunds(self.ask, &play)?;
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
            begins,
            depth: effort.depth,
            one_in: effort.one_in,
        };
        let findings: Findings<Property> = search(&story, effort.stops_early);
        if findings.diverged {
            return Err(SearchError::Diverged { part: self.name });
        }
        let broken = findings
            .breaches
            .into_iter()
            .map(|(property, breach)| Broken {
                provider: self.provider,
                part: self.name,
                property,
                times: breach.times,
                length: breach.length,
                lines: story.lines(&breach.path),
            });
        Ok(PartReport {
            provider: self.provider,
            part: self.name,
            stories: findings.stories,
            turns: findings.turns,
            states: findings.states,
            took: began.elapsed(),
            broken: broken.collect(),
        })
    }
}
