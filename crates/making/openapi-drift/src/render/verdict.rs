//! The verdict: whether to merge.

use super::counted;
use crate::{Change, Class, Compared, Kind, OverlayFinding, Report, Step};

/// The verdict of a report.
pub(super) struct Verdict {
    /// One or two words.
    pub(super) headline: &'static str,
    /// What to do.
    pub(super) advice: &'static str,
    /// What was found, a sentence each.
    pub(super) findings: Vec<String>,
}

pub(super) fn verdict(report: &Report) -> Verdict {
    let money = report.drift.of_money().count() > 0;
    let (headline, advice) = match report.class() {
        _ if report.failed.is_some() => (
            "drift failed",
            "Nothing was compared: what changes for users is not known. Do not merge before this is mended.",
        ),
        None if report.compared.contains(&Compared::PageText) => (
            "no change",
            "Nothing changes for users: pages and documents say the same to them, so that merging is safe.",
        ),
        None => (
            "no change",
            "No rule finds a change. What pages say besides was not compared.",
        ),
        Some(Class::Compatible) => (
            "compatible, look first",
            "Code that works today goes on working. Look at what is new below before you merge: no list has every word for money.",
        ),
        Some(Class::ReadThis)
            if report.drift.class().is_none()
                && is_step_none(report)
                && report.differing().count() == 0 =>
        {
            (
                "overlay to edit",
                "Nothing changes for users: merge once the overlay is edited as said below.",
            )
        }
        Some(Class::ReadThis) if money => (
            "money, read first",
            "Do not merge before you have read the changes below that are about money, and decided what they ask for.",
        ),
        Some(Class::ReadThis) => (
            "read first",
            "Read the changes below before merging: nothing breaks by itself, but a person has to decide.",
        ),
        Some(Class::Breaking) if report.drift.class() == Some(Class::Breaking) && money => (
            "breaking, money among it",
            "Do not merge before each breaking change below is dealt with, and what is about money is read.",
        ),
        Some(Class::Breaking) if report.drift.class() == Some(Class::Breaking) => (
            "breaking",
            "Do not merge before each breaking change below is dealt with.",
        ),
        Some(Class::Breaking) if money => (
            "breaking in Rust; money, read first",
            "Do not merge before you have read the changes below that are about money; then with a release that may break.",
        ),
        Some(Class::Breaking) => (
            "breaking in Rust, read first",
            "Read the changes below before merging, and merge only with a release that may break: nothing breaks on the wire, \
             but code of users may no longer compile.",
        ),
    };
    Verdict {
        headline,
        advice,
        findings: match &report.failed {
            Some(_) => Vec::new(),
            None => findings(report),
        },
    }
}

fn is_step_none(report: &Report) -> bool {
    report
        .rust
        .as_ref()
        .is_none_or(|rust| rust.step == Step::None)
}

fn findings(report: &Report) -> Vec<String> {
    let mut findings = Vec::new();
    let money = report.drift.of_money().count();
    if money > 0 {
        findings.push(format!(
            "Money first: {} about amounts, units, keys, limits, fees, time, retries or signatures.",
            counted(money, "change is", "changes are")
        ));
    }
    if !report.mends.is_empty() {
        findings.push(format!(
            "Paths moved: mend {} as said below, then compare again; the rest of this report is as if they were mended.",
            counted(report.mends.len(), "line", "lines")
        ));
    }
    findings.push(wire(report));
    findings.extend(beside_the_wire(report));
    if let Some(rust) = &report.rust {
        let release = match rust.current_version == rust.recommended_version {
            true => format!("no release is needed (it is {})", rust.current_version),
            false => format!(
                "release {} (it is {} now)",
                rust.recommended_version, rust.current_version
            ),
        };
        findings.push(match rust.step {
            Step::None => format!("The crate's public surface stays as it is; {release}."),
            step => format!(
                "The crate's public surface needs a {} step, with {}; {release}.",
                step.code(),
                counted(rust.changes.len(), "change", "changes"),
            ),
        });
    }
    let going = report.going();
    if going > 0 {
        findings.push(format!(
            "The provider publishes what was transcribed: {} can go, {} of them with differences; `--accept` takes them out.",
            counted(going, "part", "parts"),
            report.differing().count().saturating_sub(report.transcribed.len() - going)
        ));
    }
    if report.transcribed.len() > going {
        findings.push(format!(
            "What was transcribed may have moved: a page has {} like it in another place.",
            counted(report.transcribed.len() - going, "operation", "operations")
        ));
    }
    if !report.overlay.is_empty() {
        findings.push(format!(
            "{} to look at.",
            counted(
                report.overlay.len(),
                "overlay action is",
                "overlay actions are"
            )
        ));
    }
    findings
}

/// Where a change shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    OnTheWire,
    BehindTheOverlay,
    InThePages,
}

impl Seen {
    fn of(change: &Change) -> Self {
        match change.kind {
            Kind::PageChanged => Self::InThePages,
            _ if change.masked_by.is_empty() => Self::OnTheWire,
            _ => Self::BehindTheOverlay,
        }
    }
}

fn wire(report: &Report) -> String {
    counts(report, Seen::OnTheWire, "On the wire")
        .unwrap_or_else(|| "On the wire, nothing changes.".to_owned())
}

fn beside_the_wire(report: &Report) -> impl Iterator<Item = String> {
    [
        (Seen::BehindTheOverlay, "Masked by the overlay"),
        (Seen::InThePages, "In what the pages say"),
    ]
    .into_iter()
    .filter_map(|(seen, place)| counts(report, seen, place))
}

/// How many changes show in a place, by class; nothing if there are none.
fn counts(report: &Report, seen: Seen, place: &str) -> Option<String> {
    let classes = [
        (Class::Breaking, "breaking"),
        (Class::ReadThis, "to be read"),
        (Class::Compatible, "compatible"),
    ];
    let counts = classes.map(|(class, words)| {
        let changes = report.drift.of(class);
        (
            changes.filter(|change| Seen::of(change) == seen).count(),
            words,
        )
    });
    let all: usize = counts.iter().map(|(count, _)| count).sum();
    let parts = counts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    let all = (all > 0).then(|| counted(all, "change", "changes"))?;
    Some(format!("{place}, {all}: {}.", parts.join(", ")))
}

/// What a state of an overlay action means.
pub(super) fn overlay_state(finding: &OverlayFinding) -> &'static str {
    match finding.state {
        crate::OverlayState::Stale => "its target is gone",
        crate::OverlayState::Wrong => "it no longer fits the page",
        crate::OverlayState::Superfluous => "the provider says the same now",
    }
}
