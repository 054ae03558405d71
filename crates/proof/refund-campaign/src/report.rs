//! What a campaign found, as a table.

use std::{fmt, time::Duration};

use refunds_conformance::campaign::{supervisor::Passed, tally::Tally};

use crate::Told;

/// How many of a hundred requests have to meet a fault, for a campaign to say something.
pub const LEAST_FAULTED_PERCENT: u64 = 30;

/// How many refunds are named for each thing that went wrong.
const NAMED: usize = 5;

/// What a campaign found.
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) seed: u64,
    pub(crate) tally: Tally,
    pub(crate) told: Option<Told>,
    /// Requests that the providers got.
    pub(crate) requests: u64,
    /// Those of them that met a fault.
    pub(crate) faulted: u64,
    /// How often a worker was killed.
    pub(crate) kills: u64,
    /// How often hours passed, and how often a day.
    pub(crate) passed: Passed,
    /// What was wrong with requests, by the providers' documents.
    pub(crate) violations: Vec<String>,
    pub(crate) took: Duration,
}

impl Report {
    /// What the refunds came to.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// What the webhooks came to, if there were any.
    pub fn told(&self) -> Option<&Told> {
        self.told.as_ref()
    }

    /// How often a worker was killed.
    pub fn kills(&self) -> u64 {
        self.kills
    }

    /// How many of a hundred requests met a fault.
    pub fn faulted_percent(&self) -> u64 {
        (self.faulted * 100).checked_div(self.requests).unwrap_or(0)
    }

    /// How often a day passed while refunds were under way.
    pub fn days(&self) -> u64 {
        self.passed.days
    }

    /// How often hours passed while the workers ran.
    pub fn hours(&self) -> u64 {
        self.passed.hours
    }

    /// Whether enough requests met a fault.
    pub fn is_telling(&self) -> bool {
        self.faulted_percent() >= LEAST_FAULTED_PERCENT
    }

    /// Whether nothing went wrong.
    pub fn is_clean(&self) -> bool {
        self.wrongs().iter().all(|(_, found)| found.is_empty())
    }

    fn wrongs(&self) -> Vec<(&'static str, &[String])> {
        let tally = &self.tally;
        let mut wrongs: Vec<(&'static str, &[String])> = vec![
            ("refunded twice", &tally.twice),
            ("called failed though paid", &tally.failed_though_paid),
            ("lost", &tally.lost),
            ("wrong amount", &tally.astray),
            ("requests against the documents", &self.violations),
        ];
        if let Some(told) = &self.told {
            wrongs.push(("told otherwise than the ledger", &told.otherwise));
            wrongs.push(("forged and believed", &told.believed));
        }
        wrongs
    }
}

fn rows(told: &Told) -> [(&'static str, u64); 11] {
    [
        ("webhooks delivered", told.deliveries),
        ("  not as they should", told.faulty),
        ("  forged or altered", told.forged),
        ("  refused", told.refused),
        ("updates applied", told.applied),
        ("  duplicates", told.duplicates),
        ("  stale", told.stale),
        ("  undecided", told.undecided),
        ("hints without proof", told.hints),
        ("reads to decide or confirm", told.reads),
        ("refunds known by webhooks", told.compared),
    ]
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tally = &self.tally;
        writeln!(f, "seed {}, {:.1} s", self.seed, self.took.as_secs_f64())?;
        let percent = self.faulted_percent();
        writeln!(f, "{:<31}{:>7}", "requests", self.requests)?;
        writeln!(
            f,
            "{:<31}{:>7}  ({percent} %)",
            "  that met a fault", self.faulted
        )?;
        for (name, count) in [
            ("workers killed", self.kills),
            ("times that hours passed", self.passed.hours),
            ("times that a day passed", self.passed.days),
            ("sent", tally.sent),
            ("accepted", tally.accepted),
            ("  failed after that", tally.failed_after),
            ("accepted and failed", tally.failed),
            ("rejected", tally.rejected),
            ("unknown", tally.unknown),
            ("  reconciled", tally.reconciled),
            ("  settled by events", tally.settled_by_events),
            ("  still unknown", tally.still_unknown),
            ("accepted, failed, tried again", tally.failed_later),
        ] {
            writeln!(f, "{name:<31}{count:>7}")?;
        }
        for (provider, concluded) in &tally.concluded {
            let name = format!("concluded at {provider}");
            let percent = concluded.percent();
            writeln!(f, "{name:<31}{:>7}  ({percent} %)", concluded.certain)?;
        }
        for (name, count) in self.told.iter().flat_map(rows) {
            writeln!(f, "{name:<31}{count:>7}")?;
        }
        for (name, found) in self.wrongs() {
            write!(f, "{name:<31}{:>7}", found.len())?;
            for (index, what) in found.iter().take(NAMED).enumerate() {
                write!(f, "{}{what}", if index == 0 { "  " } else { ", " })?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
