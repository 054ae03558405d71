//! What a campaign found.

use std::{fmt, time::Duration};

use super::{server::Seen, supervisor::Passed, tally::Tally};

/// How many of a hundred requests have to be answered otherwise than plainly, for a campaign to say something.
const LEAST_ODD_PERCENT: u64 = 30;
/// Of so many doubts one at least is settled by a read, where there is one.
const ENOUGH_DOUBTS: u64 = 50;
/// Of so many events, some are true.
const ENOUGH_EVENTS: u64 = 20;
/// How many are named of what went wrong.
const NAMED: usize = 5;
/// Of how many refunds the story is told.
const TOLD: usize = 3;

/// What a campaign found.
#[derive(Clone, Debug)]
pub struct CampaignReport {
    pub(super) seed: u64,
    pub(super) refunds: u64,
    pub(super) tally: Tally,
    pub(super) seen: Seen,
    /// Events are verified and read.
    pub(super) reads_events: bool,
    /// The model has events.
    pub(super) writes_events: bool,
    /// Refunds can be found again by reading them.
    pub(super) has_read: bool,
    pub(super) kills: u64,
    pub(super) passed: Passed,
    /// What happened to each refund, by its name.
    pub(super) stories: Vec<(String, Vec<String>)>,
    pub(super) took: Duration,
}

impl CampaignReport {
    /// What the refunds came to.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// How often a worker was killed.
    pub fn kills(&self) -> u64 {
        self.kills
    }

    /// How many requests the provider got.
    pub fn requests(&self) -> u64 {
        self.seen.requests
    }

    /// How many of a hundred requests were answered otherwise than plainly, or not at all.
    pub fn odd_percent(&self) -> u64 {
        (self.seen.odd * 100)
            .checked_div(self.seen.requests)
            .unwrap_or(0)
    }

    /// Requests that the document does not allow.
    pub fn violations(&self) -> impl Iterator<Item = &str> {
        self.seen.found.violations.values().map(String::as_str)
    }

    /// Plain answers of the model that the document does not have: it is the model that is to be mended.
    pub fn misfits(&self) -> impl Iterator<Item = &str> {
        self.seen.found.misfits.values().map(String::as_str)
    }

    /// Everything that happened to a refund at the provider, line by line, by its name: `shop r-17`.
    pub fn story(&self, refund: &str) -> Option<&[String]> {
        let found = self.stories.iter().find(|(name, _)| name == refund)?;
        Some(&found.1)
    }

    /// Whether nothing went wrong.
    pub fn is_clean(&self) -> bool {
        self.wrongs().iter().all(|(_, found)| found.is_empty())
    }

    /// Why it is not to be relied on, if it is not: something went wrong, or too little happened.
    ///
    /// # Errors
    /// The reason, and how it is run again.
    pub fn verdict(&self) -> Result<(), String> {
        let again = format!("--seed {} --refunds {}", self.seed, self.refunds);
        if !self.is_clean() {
            return Err(format!("something went wrong; run it again with {again}"));
        }
        let tally = &self.tally;
        let (percent, least) = (self.odd_percent(), LEAST_ODD_PERCENT);
        if self.writes_events && !self.reads_events {
            return Err(
                "the model has events, and nobody reads them: give the campaign what verifies and reads them \
                 (`Campaign::with_events`), or take them out of the model"
                    .to_owned(),
            );
        }
        let little = if percent < least {
            format!("only {percent} % of the requests met something odd, of at least {least}")
        } else if self.kills == 0 {
            "no worker was killed".to_owned()
        } else if tally.accepted == 0 || tally.unknown == 0 {
            "no refund was accepted, or none was ever in doubt".to_owned()
        } else if self.reads_events && self.seen.events == 0 {
            "no event came, though events are read (`Model::with_events` writes them)".to_owned()
        } else if self.reads_events && self.seen.events >= ENOUGH_EVENTS && self.seen.read == 0 {
            return Err(format!(
                "of {} events, {} of which were forged, not one was taken: look how they are verified and read",
                self.seen.events, self.seen.forged
            ));
        } else if self.has_read && tally.reconciled == 0 && tally.unknown >= ENOUGH_DOUBTS {
            return Err(format!(
                "of {} doubts none was settled by a read, which the model has: look whether `found_by` and `find` read every page, or whether the model shows what they look for",
                tally.unknown
            ));
        } else {
            return Ok(());
        };
        Err(format!(
            "{little}: this says too little; ask for more refunds than {}",
            self.refunds
        ))
    }

    fn wrongs(&self) -> Vec<(&'static str, Vec<&str>)> {
        let tally = &self.tally;
        let (seen, believed) = (&self.seen, self.believed());
        vec![
            ("refunded twice", names(&tally.twice)),
            (
                "called failed though paid",
                names(&tally.failed_though_paid),
            ),
            ("lost", names(&tally.lost)),
            ("astray", names(&tally.astray)),
            ("in doubt that evidence settles", names(&tally.unsettled)),
            (
                "under the key of another one",
                seen.shared.iter().map(String::as_str).collect(),
            ),
            ("events believed in error", believed),
            ("requests against the document", self.violations().collect()),
            (
                "requests unknown to the model",
                seen.strange.iter().map(String::as_str).collect(),
            ),
            ("the model against the document", self.misfits().collect()),
        ]
    }

    /// Refunds of which an event was believed that was forged, or that contradicts itself.
    pub fn believed(&self) -> Vec<&str> {
        let numbers = self.seen.believed.iter();
        let stories = numbers.filter_map(|number| self.stories.get(usize::try_from(*number).ok()?));
        stories.map(|(name, _)| name.as_str()).collect()
    }
}

fn names(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

impl fmt::Display for CampaignReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tally = &self.tally;
        writeln!(f, "seed {}, {:.1} s", self.seed, self.took.as_secs_f64())?;
        let percent = self.odd_percent();
        writeln!(f, "{:<31}{:>7}", "requests", self.seen.requests)?;
        writeln!(
            f,
            "{:<31}{:>7}  ({percent} %)",
            "  not plainly answered", self.seen.odd
        )?;
        for (name, count) in [
            ("workers killed", self.kills),
            ("times that hours passed", self.passed.hours),
            ("times that a day passed", self.passed.days),
            ("events", self.seen.events),
            ("  forged", self.seen.forged),
            ("  true, and taken", self.seen.read),
            ("sent", tally.sent),
            ("accepted", tally.accepted),
            ("  failed after that", tally.failed_after),
            ("accepted and failed", tally.failed),
            ("rejected", tally.rejected),
            ("unknown", tally.unknown),
            ("  reconciled", tally.reconciled),
            ("  settled by events", tally.settled_by_events),
            ("  still unknown", tally.still_unknown),
        ] {
            writeln!(f, "{name:<31}{count:>7}")?;
        }
        for fault in self.seen.found.faults.values() {
            writeln!(f, "not judged, by a fault of the document: {fault}")?;
        }
        let mut told = Vec::new();
        for (name, found) in self.wrongs() {
            write!(f, "{name:<31}{:>7}", found.len())?;
            for (index, what) in found.iter().take(NAMED).enumerate() {
                write!(f, "{}{what}", if index == 0 { "  " } else { ", " })?;
            }
            writeln!(f)?;
            told.extend(
                found
                    .first()
                    .and_then(|name| Some((*name, self.story(name)?))),
            );
        }
        told.dedup_by_key(|(name, _)| *name);
        for (name, story) in told.into_iter().take(TOLD) {
            writeln!(f, "\nWHAT HAPPENED to {name}")?;
            for (number, line) in story.iter().enumerate() {
                writeln!(f, "{:>4}. {line}", number + 1)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One that says something, and in which nothing went wrong.
    fn good() -> CampaignReport {
        CampaignReport {
            seed: 7,
            refunds: 100,
            tally: Tally {
                accepted: 60,
                unknown: 30,
                ..Tally::default()
            },
            seen: Seen {
                requests: 200,
                odd: 90,
                ..Seen::default()
            },
            reads_events: false,
            writes_events: false,
            has_read: true,
            kills: 3,
            passed: Passed::default(),
            stories: vec![("shop r-0".to_owned(), vec!["user: waits".to_owned()])],
            took: Duration::from_secs(1),
        }
    }

    #[test]
    fn a_report_that_says_too_little_does_not_pass_though_nothing_went_wrong() {
        assert_eq!(good().verdict(), Ok(()));
        let mut calm = good();
        calm.seen.odd = 59;
        let mut unharmed = good();
        unharmed.kills = 0;
        let mut refused = good();
        refused.tally.accepted = 0;
        let mut certain = good();
        certain.tally.unknown = 0;
        let mut unheard = good();
        unheard.reads_events = true;
        for (report, why) in [
            (calm, "only 29 % of the requests met something odd"),
            (unharmed, "no worker was killed"),
            (refused, "no refund was accepted"),
            (certain, "none was ever in doubt"),
            (unheard.clone(), "no event came"),
        ] {
            assert!(report.is_clean());
            assert!(report.verdict().unwrap_err().contains(why));
        }
        unheard.seen.events = 1;
        assert_eq!(unheard.verdict(), Ok(()));
        unheard.seen.events = 20;
        let refused = unheard.verdict().unwrap_err();
        assert!(refused.contains("not one was taken"), "{refused}");
        unheard.seen.read = 1;
        assert_eq!(unheard.verdict(), Ok(()));
    }

    #[test]
    fn events_that_the_model_has_and_nobody_reads_do_not_pass() {
        let mut unread = good();
        unread.writes_events = true;
        let told = unread.verdict().unwrap_err();
        assert!(told.contains("nobody reads them"), "{told}");
        unread.reads_events = true;
        unread.seen.events = 1;
        assert_eq!(unread.verdict(), Ok(()));
    }

    #[test]
    fn a_read_that_settles_nothing_does_not_pass_though_events_settle_it_all() {
        let mut unread = good();
        unread.tally.unknown = 50;
        assert!(
            unread
                .verdict()
                .unwrap_err()
                .contains("none was settled by a read")
        );
        let mut some = unread.clone();
        some.tally.reconciled = 1;
        let mut without = unread.clone();
        without.has_read = false;
        let mut few = unread;
        few.tally.unknown = 49;
        for report in [some, without, few] {
            assert_eq!(report.verdict(), Ok(()));
        }
    }

    #[test]
    fn what_went_wrong_is_told_with_its_story_and_how_it_is_run_again() {
        let mut wrong = good();
        wrong.tally.twice.push("shop r-0".to_owned());
        assert!(!wrong.is_clean());
        let told = wrong.verdict().unwrap_err();
        assert!(told.contains("--seed 7 --refunds 100"), "{told}");
        let printed = wrong.to_string();
        assert!(
            printed.contains("WHAT HAPPENED to shop r-0\n   1. user: waits"),
            "{printed}"
        );
    }

    #[test]
    fn each_thing_that_can_go_wrong_makes_a_report_unclean() {
        let name = || "shop r-0".to_owned();
        let wrongs: [fn(&mut CampaignReport, String); 10] = [
            |report, name| report.tally.twice.push(name),
            |report, name| report.tally.failed_though_paid.push(name),
            |report, name| report.tally.lost.push(name),
            |report, name| report.tally.astray.push(name),
            |report, name| report.tally.unsettled.push(name),
            |report, _| assert!(report.seen.believed.insert(0)),
            |report, name| {
                let lines = &mut report.seen.found.violations;
                assert_eq!(lines.insert(name.clone(), name), None);
            },
            |report, name| assert!(report.seen.strange.insert(name)),
            |report, name| assert!(report.seen.shared.insert(name)),
            |report, name| {
                let lines = &mut report.seen.found.misfits;
                assert_eq!(lines.insert(name.clone(), name), None);
            },
        ];
        for wrong in wrongs {
            let mut report = good();
            wrong(&mut report, name());
            assert!(!report.is_clean());
        }
    }
}
