//! The verdict: whether to merge.

use super::counted;
use crate::{Class, OverlayFinding, Report, Step};

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
    let (headline, advice) = match report.class() {
        _ if report.failed.is_some() => (
            "drift failed",
            "Nothing was compared: what changes for users is not known. Do not merge before this is mended.",
        ),
        None => (
            "no change",
            "Nothing changes for users: merging is safe, and changes documentation at most.",
        ),
        Some(Class::Compatible) => (
            "compatible",
            "Merge: code that works today goes on working.",
        ),
        Some(Class::ReadThis) if report.drift.class().is_none() && is_step_none(report) => (
            "overlay to edit",
            "Nothing changes for users: merge once the overlay is edited as said below.",
        ),
        Some(Class::ReadThis) => (
            "read first",
            "Read the changes below before merging: nothing breaks by itself, but a person has to decide.",
        ),
        Some(Class::Breaking) if report.drift.class() == Some(Class::Breaking) => (
            "breaking",
            "Do not merge before each breaking change below is dealt with.",
        ),
        Some(Class::Breaking) => (
            "breaking in Rust",
            "Merge only with a release that may break: nothing breaks on the wire, but code of users may no longer compile.",
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
    let mut findings = vec![wire(report)];
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

fn wire(report: &Report) -> String {
    let counts = [
        (Class::Breaking, "breaking"),
        (Class::ReadThis, "to be read"),
        (Class::Compatible, "compatible"),
    ];
    let parts: Vec<String> = counts
        .into_iter()
        .map(|(class, words)| (report.drift.count(class), words))
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    match parts.is_empty() {
        true => "On the wire, nothing changes.".to_owned(),
        false => {
            let count = counted(report.drift.changes.len(), "change", "changes");
            format!("On the wire, {count}: {}.", parts.join(", "))
        }
    }
}

/// What a state of an overlay action means.
pub(super) fn overlay_state(finding: &OverlayFinding) -> &'static str {
    match finding.state {
        crate::OverlayState::Stale => "its target is gone",
        crate::OverlayState::Wrong => "it no longer fits the page",
        crate::OverlayState::Superfluous => "the provider says the same now",
    }
}
